//! How fast a server delivers to many hosts, and whether dead and silent ones hold up the others.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use serde_json::Value;
use url::Url;

use crate::crowd::Crowd;
use crate::http;
use crate::keys::{ACTIVITY_JSON, check};
use crate::process::{Used, shell};
use crate::profile::Profile;
use crate::report::{Bar, Report, float, micros_each, per_second};
use crate::{Common, check_loopback};

/// How long one round may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// `load fanout`
#[derive(Args, Debug)]
pub struct Fanout {
    /// The actor that is followed.
    #[arg(long, value_name = "URL")]
    actor: Url,
    /// A command that lets the actor say something to its followers, once.
    #[arg(long, value_name = "COMMAND")]
    post: String,
    /// The server's process, to measure its processor time.
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,
    #[command(flatten)]
    size: Size,
}

/// How large a fan-out is.
#[derive(Args, Clone, Copy, Debug)]
pub struct Size {
    /// How many hosts can be reached.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub hosts: u32,
    /// How many followers each host has.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub followers: u32,
    /// How many posts.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub posts: u32,
    /// How many of all hosts are dead in the second round, in percent: half of them closed, half
    /// silent. 0 for no second round.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=90))]
    pub dead: u32,
}

/// Lets the actor say something, once. Blocks.
pub type Post = Arc<dyn Fn() -> anyhow::Result<()> + Send + Sync>;

/// Who is followed, and how it is made to speak.
#[derive(Clone)]
pub struct Speaker {
    /// Its id.
    pub actor: String,
    /// Its inbox.
    pub inbox: Url,
    /// Lets it speak.
    pub post: Post,
    /// Its process.
    pub pid: Option<u32>,
}

/// What one round showed.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// From the first post to the last delivery.
    pub elapsed: Duration,
    /// Processor time of the server.
    pub cpu: Option<Duration>,
    /// How many deliveries.
    pub deliveries: u64,
}

impl Fanout {
    /// Runs it.
    pub async fn run(self, common: &Common, report: &mut Report) -> anyhow::Result<()> {
        check_loopback(&self.actor, common).await?;
        let answer = http::get(&self.actor, ACTIVITY_JSON).await?;
        let document: Value =
            serde_json::from_slice(&answer.body).context("the actor cannot be read")?;
        let inbox = document.get("inbox").and_then(Value::as_str);
        let inbox = inbox.context("the actor has no inbox")?;
        let (inbox, line) = (Url::parse(inbox)?, self.post);
        let speaker = Speaker {
            actor: self.actor.to_string(),
            inbox,
            post: Arc::new(move || shell(&line).map(drop)),
            pid: self.server_pid,
        };
        measure(&speaker, self.size, common, report, [None; 3]).await
    }
}

/// Measures both rounds, with bars for the rate, the processor time and what the dead may cost in
/// percent.
pub async fn measure(
    speaker: &Speaker,
    size: Size,
    common: &Common,
    report: &mut Report,
    [rate, cpu, cost]: [Option<Bar>; 3],
) -> anyhow::Result<()> {
    let (hosts, followers) = (usize::try_from(size.hosts)?, usize::try_from(size.followers)?);
    let mut crowd = Crowd::gather(hosts, hosts * followers, common.bind).await?;
    crowd.follow(&speaker.inbox, &speaker.actor, &crowd.actors).await?;
    let profile = begin(common, "fan-out", speaker)?;
    let alive = round(&crowd, speaker, size).await?;
    profile.map_or(Ok(()), Profile::end)?;
    say(report, "all hosts alive", alive, [rate, cpu]);
    if size.dead > 0 {
        let dead = usize::try_from(size.hosts * size.dead / (100 - size.dead))?.max(2);
        let known = crowd.actors.len();
        crowd.grow(dead, dead).await?;
        let strangers = crowd.actors.get(known..).unwrap_or_default();
        crowd.follow(&speaker.inbox, &speaker.actor, strangers).await?;
        for (number, host) in crowd.hosts.iter_mut().skip(hosts).enumerate() {
            if number % 2 == 0 { host.close() } else { host.fall_silent() }
        }
        let some_dead = round(&crowd, speaker, size).await?;
        let name = format!("{} % of hosts dead or silent", size.dead);
        say(report, &name, some_dead, [None, None]);
        let ratio = some_dead.elapsed.as_secs_f64() / alive.elapsed.as_secs_f64();
        report.add(("fan-out", "more time because of the dead"), (ratio - 1.0) * 100.0, "%", cost);
    }
    let account = crowd.account(0..hosts);
    report.add(("fan-out", "arrived more than once"), float(account.duplicates), "", None);
    if account.missing > 0 {
        report.fail(format!("fan-out: {} deliveries never arrived", account.missing));
    }
    check_signatures(&crowd, speaker, report).await
}

/// Lets the speaker post, and waits until every host that is alive has everything.
pub async fn round(crowd: &Crowd, speaker: &Speaker, size: Size) -> anyhow::Result<Round> {
    let tally = &crowd.tally;
    let deliveries = u64::from(size.hosts) * u64::from(size.posts);
    let wanted = tally.announcements.load(Ordering::Relaxed) + deliveries;
    let before = speaker.pid.map(Used::of).transpose()?;
    let begin = Instant::now();
    let (post, posts) = (Arc::clone(&speaker.post), size.posts);
    let posting =
        tokio::task::spawn_blocking(move || (0..posts).try_for_each(|_| (post.as_ref())()));
    while tally.announcements.load(Ordering::Relaxed) < wanted {
        let missing = wanted.saturating_sub(tally.announcements.load(Ordering::Relaxed));
        let is_late = begin.elapsed() > PATIENCE;
        ensure!(!is_late, "{missing} of {deliveries} deliveries did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let after = speaker.pid.map(Used::of).transpose()?;
    let last = tally.last().context("nothing arrived")?;
    posting.await??;
    let cpu = before.zip(after).map(|(before, after)| after.cpu_since(before));
    Ok(Round { elapsed: last.duration_since(begin), cpu, deliveries })
}

fn begin(common: &Common, name: &str, speaker: &Speaker) -> anyhow::Result<Option<Profile>> {
    let Some(pid) = speaker.pid else { return Ok(None) };
    Profile::begin(common.profile.as_deref(), name, pid)
}

fn say(report: &mut Report, what: &str, round: Round, [rate, cpu]: [Option<Bar>; 2]) {
    let speed = per_second(round.deliveries, round.elapsed);
    report.add(("fan-out", what), speed, "/s", rate);
    if let Some(used) = round.cpu {
        let each = micros_each(used, round.deliveries);
        report.add(("fan-out", "  server CPU per delivery"), each, "µs", cpu);
    }
}

/// Checks the digest and signature of some deliveries with the key that the actor shows.
async fn check_signatures(
    crowd: &Crowd,
    speaker: &Speaker,
    report: &mut Report,
) -> anyhow::Result<()> {
    let answer = http::get(&Url::parse(&speaker.actor)?, ACTIVITY_JSON).await?;
    let actor: Value = serde_json::from_slice(&answer.body)?;
    let pem = actor.pointer("/publicKey/publicKeyPem").and_then(Value::as_str);
    let pem = pem.context("the actor shows no key")?;
    let samples = crowd.tally.samples();
    let (cavage, other): (Vec<_>, Vec<_>) =
        samples.iter().partition(|request| request.header("signature-input").is_none());
    for request in &cavage {
        if let Err(error) = check(request, pem) {
            report.fail(format!("fan-out: a delivery is not signed properly: {error:#}"));
            return Ok(());
        }
    }
    report.note(format!(
        "fan-out: {} deliveries checked for digest and signature; {} are signed in another way, \
         which is not read here",
        cavage.len(),
        other.len()
    ));
    Ok(())
}
