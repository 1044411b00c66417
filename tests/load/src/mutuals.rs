//! `load mutuals`: starts a server of ours in a temporary folder and measures everything.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use url::Url;

use crate::Common;
use crate::blast::{Outcome, Volley};
use crate::crowd::{Crowd, Style};
use crate::fanout::{self, Size, Speaker};
use crate::get::Get;
use crate::http::{self, address_of};
use crate::inbox::{prepare, report_outcome};
use crate::keys::ACTIVITY_JSON;
use crate::process::{Used, resident};
use crate::profile::Profile;
use crate::report::{Bar, Report, float, micros_each, millis, per_second};

mod board;
mod instance;
mod kill;
mod wave;

use instance::Instance;

/// Over how many connections requests come.
const CONNECTIONS: usize = 64;
/// On how many hosts the collectives live that we follow.
const NEIGHBOUR_HOSTS: usize = 16;
/// After how long a server counts as idle.
const IDLE: Duration = Duration::from_secs(5);
/// How many times the start is measured.
const STARTS: usize = 5;

/// `load mutuals`
#[derive(Args, Debug)]
pub struct Mutuals {
    /// What to measure.
    #[arg(value_enum, default_values_t = [Part::All])]
    parts: Vec<Part>,
    /// The program.
    #[arg(long, value_name = "PATH", default_value = "target/release/mutuals")]
    bin: PathBuf,
    /// A PostgreSQL server, postgres://NAME@HOST:PORT/DATABASE; a database for each part is made
    /// there and dropped. Without it: SQLite.
    #[arg(long, value_name = "URL")]
    database_url: Option<Url>,
    /// How many activities arrive.
    #[arg(long, default_value_t = 30_000, value_parser = clap::value_parser!(u32).range(64..=500_000))]
    activities: u32,
    /// How many collectives we follow: what one of them sends is processed in order.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    actors: u32,
    /// How many GETs of each kind.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    requests: u32,
    /// How many objects are stored before the start is measured.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=500_000))]
    objects: u32,
    /// How many deliveries wait before memory is measured.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    queued: u32,
    /// How often the server is killed.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    repetitions: u32,
    /// The program is not optimized: how much processor time it needs says nothing.
    #[arg(long)]
    debug: bool,
    #[command(flatten)]
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Everything.
    All,
    /// Accepting activities, and their effects.
    Inbox,
    /// The same as inbox: both are one run.
    Backlog,
    /// Delivering.
    Fanout,
    /// Showing the actor and an object.
    Get,
    /// Idle, and with deliveries queued.
    Memory,
    /// From the start to the first answer, with objects stored.
    Start,
    /// The board, with 200 pacts and 10,000 open needs and offers of others.
    Board,
    /// A spam wave: 5,000 posts from 300 servers that nobody knows.
    Wave,
    /// kill -9 at random moments: nothing is lost, effects happen once (F-01).
    Kill,
}

impl Mutuals {
    /// Runs it.
    pub async fn run(self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        let wants = |part| self.parts.contains(&part) || self.parts.contains(&Part::All);
        if wants(Part::Get) {
            self.get(common, report).await.context("get")?;
        }
        if wants(Part::Inbox) || wants(Part::Backlog) || wants(Part::Start) {
            let measured = wants(Part::Inbox) || wants(Part::Backlog);
            self.inbox(common, report, measured, wants(Part::Start)).await.context("inbox")?;
        }
        if wants(Part::Fanout) {
            self.fanout(common, report).await.context("fanout")?;
        }
        if wants(Part::Memory) {
            self.memory(common, report).await.context("memory")?;
        }
        if wants(Part::Board) {
            let instance = Instance::new(&self.bin, self.database_url.as_ref())?;
            board::run(instance, report).await.context("board")?;
        }
        if wants(Part::Wave) {
            let instance = Instance::new(&self.bin, self.database_url.as_ref())?;
            wave::run(instance, common, report, self.debug).await.context("wave")?;
        }
        if wants(Part::Kill) {
            let url = self.database_url.as_ref();
            kill::run(&self.bin, url, self.size, self.repetitions, common, report)
                .await
                .context("kill")?;
        }
        Ok(())
    }

    async fn started(&self) -> anyhow::Result<Instance> {
        let mut instance = Instance::new(&self.bin, self.database_url.as_ref())?;
        instance.start().await?;
        Ok(instance)
    }

    async fn get(&self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        let instance = self.started().await?;
        let note = instance.post("Blankets")?.context("a need has no address")?;
        let (actor, pid) = (instance.actor(), instance.pid()?);
        let pid = Some(pid);
        let get = |url: &Url, header: Vec<String>| {
            let connections = u32::try_from(CONNECTIONS).unwrap_or(64);
            Get { url: url.clone(), header, requests: self.requests, connections, server_pid: pid }
        };
        let bars = [Some(Bar::AtLeast(40_000.0)), Some(Bar::AtMost(25.0))];
        let folder = common.profile.as_deref();
        let profile = Profile::begin(folder, "actor", instance.pid()?)?;
        get(&actor, Vec::new()).measure("actor", report, bars).await?;
        profile.map_or(Ok(()), Profile::end)?;
        let profile = Profile::begin(folder, "object", instance.pid()?)?;
        get(&note, Vec::new()).measure("object", report, [None, None]).await?;
        profile.map_or(Ok(()), Profile::end)?;
        let answer = http::get(&actor, ACTIVITY_JSON).await?;
        match answer.header("etag") {
            Some(tag) => {
                let header = vec![format!("If-None-Match: {tag}")];
                get(&actor, header).measure("not mod.", report, [None, None]).await?;
            }
            None => report.note("get: the actor has no ETag; a conditional GET is no use".into()),
        }
        Ok(())
    }

    /// Inbox and backlog are one run: what was accepted is processed while more comes.
    async fn inbox(
        &self,
        common: &Common,
        report: &mut Report,
        measured: bool,
        start: bool,
    ) -> anyhow::Result<()> {
        let mut instance = self.started().await?;
        let actors = usize::try_from(self.actors)?;
        let crowd = instance.neighbours(NEIGHBOUR_HOSTS.min(actors), actors, common).await?;
        let mut stored = 0;
        if measured {
            stored +=
                self.take_in((&instance, &crowd), self.activities, common, Some(report)).await?;
        }
        if start {
            let missing = u64::from(self.objects).saturating_sub(stored);
            self.take_in((&instance, &crowd), u32::try_from(missing)?, common, None).await?;
            measure_start(&mut instance, report).await?;
        }
        Ok(())
    }

    async fn take_in(
        &self,
        (instance, crowd): (&Instance, &Crowd),
        count: u32,
        common: &Common,
        report: Option<&mut Report>,
    ) -> anyhow::Result<u64> {
        let style = Style { in_reply_to: None, is_need: true };
        let (inbox, pid) = (instance.inbox(), instance.pid()?);
        let had = instance.neighbour_objects()?.len();
        let prepared = prepare(&crowd.actors, &inbox, &style, usize::try_from(count)?).await?;
        let volley = Volley::new(address_of(&inbox).await?, prepared.requests, CONNECTIONS);
        let folder = common.profile.as_deref().filter(|_| report.is_some());
        let mut taking = Profile::begin(folder, "inbox", pid)?;
        let begin = Used::of(pid)?;
        let outcome = volley.fire().await;
        let taken = Used::of(pid)?;
        let done_early = instance.count_neighbour_objects()?.saturating_sub(had);
        taking.as_mut().map_or(Ok(()), Profile::stop)?;
        let working = Profile::begin(folder, "backlog", pid)?;
        let accepted = outcome.count(200..300);
        let drained = instance.wait_for_objects(had + outcome.accepted.len()).await;
        let end = Used::of(pid)?;
        working.map_or(Ok(()), Profile::end)?;
        taking.map_or(Ok(()), Profile::end)?;
        let Some(report) = report else {
            drained?;
            return Ok(accepted);
        };
        let done = u64::try_from(done_early)?;
        report_inbox(report, &outcome, done, [begin, taken, end]);
        if accepted < u64::from(count) {
            report.fail(format!("inbox: only {accepted} of {count} were accepted"));
        }
        let effects = instance.neighbour_objects()?;
        let without = outcome
            .accepted
            .iter()
            .filter_map(|number| prepared.notes.get(*number))
            .filter(|note| effects.get(*note) != Some(&1))
            .count();
        if without > 0 || drained.is_err() {
            report.fail(format!("inbox: {without} accepted activities did not take effect once"));
        } else {
            report.note(format!("inbox: read back, each of {accepted} took effect once"));
        }
        Ok(accepted)
    }

    async fn fanout(&self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        let instance = Arc::new(self.started().await?);
        let bars = [Some(Bar::AtLeast(3_000.0)), Some(Bar::AtMost(450.0)), Some(Bar::AtMost(10.0))];
        fanout::measure(&speaker(&instance)?, self.size, common, report, bars).await
    }

    async fn memory(&self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        let mut instance = self.started().await?;
        tokio::time::sleep(IDLE).await;
        let idle = mebibytes(instance.pid()?)?;
        report.add(("memory", "resident, idle"), idle, "MiB", Some(Bar::AtMost(30.0)));
        let hosts = usize::try_from(self.size.hosts)?;
        let mut crowd = Crowd::gather(hosts, hosts, common.bind).await?;
        crowd.follow(&instance.inbox(), instance.actor().as_str(), &crowd.actors).await?;
        instance.stop()?;
        for host in &mut crowd.hosts {
            host.close();
        }
        instance.start().await?;
        tokio::time::sleep(IDLE).await;
        let before = mebibytes(instance.pid()?)?;
        let posts = self.queued.div_ceil(self.size.hosts);
        let poster = instance.poster();
        let posting = move || (0..posts).try_for_each(|_| poster.post("Blankets").map(drop));
        tokio::task::spawn_blocking(posting).await??;
        tokio::time::sleep(IDLE).await;
        let waiting = instance.deliveries_waiting()?;
        let more = mebibytes(instance.pid()?)? - before;
        let what = format!("more with {waiting} deliveries queued");
        report.add(("memory", &what), more, "MiB", Some(Bar::AtMost(50.0)));
        if waiting < u64::from(self.queued) {
            report.fail(format!("memory: only {waiting} deliveries are queued"));
        }
        Ok(())
    }
}

/// Adds what one run at the inbox showed: `done` activities were processed already when the last
/// was accepted.
fn report_inbox(report: &mut Report, outcome: &Outcome, done: u64, [begin, taken, end]: [Used; 3]) {
    let bars = [Some(Bar::AtLeast(8_000.0)), Some(Bar::AtMost(50.0))];
    report_outcome("inbox", report, outcome, bars);
    // While activities come, some are processed already. What processing one takes is known from
    // the time after the last came; the rest of the first phase is accepting.
    let accepted = outcome.count(200..300);
    let waiting = accepted.saturating_sub(done);
    let process = micros_each(end.cpu_since(taken), waiting);
    let early = process * float(done) / float(accepted.max(1));
    let accept = micros_each(taken.cpu_since(begin), accepted) - early;
    report.add(("inbox", "server CPU to accept one"), accept, "µs", Some(Bar::AtMost(120.0)));
    report.add(("inbox", "processed meanwhile"), float(done), "", None);
    let speed = per_second(waiting, end.time_since(taken));
    report.add(("backlog", "processed"), speed, "/s", Some(Bar::AtLeast(3_000.0)));
    let bar = Some(Bar::AtMost(300.0));
    report.add(("backlog", "server CPU to process one"), process, "µs", bar);
    let whole = per_second(accepted, end.time_since(begin));
    report.add(("both", "accepted and processed"), whole, "/s", None);
    let all = micros_each(end.cpu_since(begin), accepted);
    report.add(("both", "server CPU for one altogether"), all, "µs", None);
}

async fn measure_start(instance: &mut Instance, report: &mut Report) -> anyhow::Result<()> {
    let objects = instance.count_neighbour_objects()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        instance.stop()?;
        let begin = Instant::now();
        instance.start().await?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    let middle = times.get(STARTS / 2).copied().unwrap_or_default();
    let what = format!("first answer, {objects} objects");
    report.add(("start", &what), millis(middle), "ms", Some(Bar::AtMost(300.0)));
    tokio::time::sleep(IDLE).await;
    report.add(("start", "resident with them, idle"), mebibytes(instance.pid()?)?, "MiB", None);
    Ok(())
}

fn speaker(instance: &Arc<Instance>) -> anyhow::Result<Speaker> {
    let poster = instance.poster();
    Ok(Speaker {
        actor: instance.actor().to_string(),
        inbox: instance.inbox(),
        post: Arc::new(move || poster.post("Blankets").map(drop)),
        pid: Some(instance.pid()?),
    })
}

fn mebibytes(pid: u32) -> anyhow::Result<f64> {
    Ok(float(resident(pid)?.into()) / 1024.0)
}
