//! F-01: the server is killed at random moments while it delivers to many hosts and takes in what
//! others send. Afterwards every host has every activity, and everything that was answered with
//! 202 had its effect exactly once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use url::Url;

use crate::Common;
use crate::blast::Volley;
use crate::crowd::{Crowd, Style};
use crate::fanout::Size;
use crate::http::address_of;
use crate::inbox::prepare;
use crate::mutuals::instance::Instance;
use crate::report::{Bar, Report, float};

/// How many collectives send activities in.
const NEIGHBOURS: usize = 16;
/// How many activities they have ready for each repetition.
const ACTIVITIES: usize = 1_500;
/// How many needs are posted in each repetition.
const POSTS: usize = 2;
/// The latest moment of the kill, in milliseconds after the first activity was sent.
const LATEST: u64 = 1_500;
/// After how many kills everything is waited for: leases of a killed server last a minute.
const SETTLE_EVERY: u32 = 10;
/// After this long without progress something is lost.
const STANDSTILL: Duration = Duration::from_secs(180);
/// How many deliveries may be under way when the server is killed; each may arrive twice.
const IN_FLIGHT: u64 = 128;

struct Run {
    instance: Instance,
    senders: Crowd,
    followers: Crowd,
    posted: Arc<AtomicUsize>,
    accepted: Vec<String>,
    kills: u32,
}

/// Runs it.
pub async fn run(
    bin: &Path,
    database: Option<&Url>,
    size: Size,
    repetitions: u32,
    common: &Common,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut instance = Instance::new(bin, database)?;
    instance.start().await?;
    let senders = instance.neighbours(NEIGHBOURS, NEIGHBOURS, common).await?;
    let hosts = usize::try_from(size.hosts)?;
    let followers = Crowd::gather(hosts, hosts, common.bind).await?;
    let actor = instance.actor();
    followers.follow(&instance.inbox(), actor.as_str(), &followers.actors).await?;
    let posted = Arc::default();
    let mut run = Run { instance, senders, followers, posted, accepted: Vec::new(), kills: 0 };
    while run.kills < repetitions {
        run.repetition().await.with_context(|| format!("repetition {}", run.kills))?;
        if run.kills.is_multiple_of(SETTLE_EVERY) || run.kills == repetitions {
            run.settle(report).await?;
        }
    }
    run.account(report)
}

impl Run {
    async fn repetition(&mut self) -> anyhow::Result<()> {
        let (inbox, style) = (self.instance.inbox(), Style { in_reply_to: None, is_need: true });
        let prepared = prepare(&self.senders.actors, &inbox, &style, ACTIVITIES).await?;
        let volley = Volley::new(address_of(&inbox).await?, prepared.requests, 64);
        let stop: Arc<AtomicBool> = Arc::clone(&volley.stop);
        let (poster, posted) = (self.instance.poster(), Arc::clone(&self.posted));
        let posting = tokio::task::spawn_blocking(move || {
            for _ in 0..POSTS {
                poster.post("Blankets")?;
                posted.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        });
        let sending = tokio::spawn(volley.fire());
        tokio::time::sleep(random_delay()?).await;
        self.instance.kill()?;
        stop.store(true, Ordering::Relaxed);
        let outcome = sending.await?;
        posting.await??;
        self.kills += 1;
        let notes = outcome.accepted.iter().filter_map(|number| prepared.notes.get(*number));
        self.accepted.extend(notes.cloned());
        self.instance.start().await
    }

    /// Waits until everything arrived and took effect, or nothing moves any more.
    async fn settle(&self, report: &mut Report) -> anyhow::Result<()> {
        let wanted = self.posted.load(Ordering::Relaxed);
        let (begin, mut since, mut last) = (Instant::now(), Instant::now(), usize::MAX);
        loop {
            let account = self.followers.account(0..self.followers.hosts.len());
            let unsaid = wanted.saturating_sub(account.activities) * self.followers.hosts.len();
            let effects = self.instance.neighbour_objects()?;
            let without = self.accepted.iter().filter(|note| !effects.contains_key(*note)).count();
            let missing = account.missing + unsaid + without;
            if missing == 0 {
                break;
            }
            if missing < last {
                (last, since) = (missing, Instant::now());
            }
            ensure!(since.elapsed() < STANDSTILL, "{missing} deliveries or effects are missing");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        report.note(format!(
            "kill: after {} kills everything was there {:.1} s after the last start",
            self.kills,
            begin.elapsed().as_secs_f64()
        ));
        Ok(())
    }

    fn account(&self, report: &mut Report) -> anyhow::Result<()> {
        let hosts = self.followers.hosts.len();
        let account = self.followers.account(0..hosts);
        let effects = self.instance.neighbour_objects()?;
        let lost = self.accepted.iter().filter(|note| effects.get(*note) != Some(&1)).count();
        let number = |count: usize| u64::try_from(count).map(float);
        let none = Some(Bar::AtMost(0.0));
        report.add(("kill", "kills"), f64::from(self.kills), "", None);
        report.add(("kill", "deliveries"), number(account.activities * hosts)?, "", None);
        report.add(("kill", "deliveries lost"), number(account.missing)?, "", none);
        let most = Bar::AtMost(float(u64::from(self.kills) * IN_FLIGHT));
        report.add(("kill", "arrived again"), float(account.duplicates), "", Some(most));
        report.add(
            ("kill", "activities answered with 202"),
            number(self.accepted.len())?,
            "",
            None,
        );
        report.add(("kill", "without exactly one effect"), number(lost)?, "", none);
        if account.missing > 0 || lost > 0 || account.activities != self.posted() {
            report.fail("kill: something was lost or happened twice".into());
        }
        if account.duplicates > u64::from(self.kills) * IN_FLIGHT {
            report.fail("kill: more arrived again than was under way".into());
        }
        Ok(())
    }

    fn posted(&self) -> usize {
        self.posted.load(Ordering::Relaxed)
    }
}

fn random_delay() -> anyhow::Result<Duration> {
    let mut bytes = [0; 2];
    aws_lc_rs::rand::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(Duration::from_millis(u64::from(u16::from_be_bytes(bytes)) % LATEST))
}
