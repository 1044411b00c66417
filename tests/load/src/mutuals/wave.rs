//! A spam wave as in February 2024 (reliability.md, 5, MOD-10; mission, J12): 5,000 posts from 300
//! servers that nobody knows, while somebody reads the board. What really asks is not lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use url::Url;

use crate::Common;
use crate::blast::Volley;
use crate::crowd::{Actor, Crowd};
use crate::http::{Connection, address_of, get_request};
use crate::keys::now;
use crate::mutuals::instance::Instance;
use crate::mutuals::{IDLE, mebibytes};
use crate::process::Used;
use crate::report::{Bar, Report, float, millis};

/// From so many servers, one account on each …
const HOSTS: usize = 300;
/// … come so many posts.
const POSTS: usize = 5_000;
/// Which of them are from people who are in need.
const REAL: [usize; 2] = [2_900, 4_400];
/// Over how many connections they come.
const CONNECTIONS: usize = 32;
/// How long a page may take meanwhile, in milliseconds (J12).
const SLOWEST: f64 = 500.0;
/// How much processor time the server may need for all of it, in seconds (MOD-10).
const CPU: f64 = 60.0;
/// How much the server may grow, in MiB.
const GROWTH: f64 = 64.0;
/// Of so many texts in an hour every one is kept whole.
const WHOLE: f64 = 2_000.0;
/// How long the server may need after the last post came in.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs it on a fresh server. Of one that is not optimized (`is_debug`), times have no bar: memory,
/// counts and that nobody was answered have.
pub async fn run(
    mut instance: Instance,
    common: &Common,
    report: &mut Report,
    is_debug: bool,
) -> anyhow::Result<()> {
    instance.post("Blankets")?;
    instance.start().await?;
    tokio::time::sleep(IDLE).await;
    let pid = instance.pid()?;
    let (memory, begin) = (mebibytes(pid)?, Used::of(pid)?);
    let over = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read_pages(instance.url("/board"), Arc::clone(&over)));
    let crowd = Crowd::gather(HOSTS, HOSTS, common.bind).await?;
    let (inbox, us) = (instance.inbox(), instance.actor());
    let named = us.clone();
    crowd.introduce(&inbox, &crowd.actors, move |actor| post(actor, &named, 0)).await?;
    let mut requests = Vec::new();
    for number in HOSTS..POSTS {
        let actor = crowd.actors.get(number % HOSTS).context("nobody writes")?;
        requests.push(actor.signed(&inbox, &post(actor, &us, number))?);
    }
    let outcome = Volley::new(address_of(&inbox).await?, requests, CONNECTIONS).fire().await;
    report.note(format!("wave: {}", outcome.words()));
    wait_until_done(&instance).await?;
    let end = Used::of(pid)?;
    over.store(true, Ordering::Relaxed);
    let mut times = reader.await??;
    times.sort_unstable();
    let at = |percent: usize| {
        let last = times.len().saturating_sub(1);
        millis(times.get(last * percent / 100).copied().unwrap_or_default())
    };
    let page = (!is_debug).then_some(Bar::AtMost(SLOWEST));
    report.add(("wave", "pages read meanwhile"), float(u64::try_from(times.len())?), "", None);
    report.add(("wave", "a page meanwhile (median)"), at(50), "ms", page);
    report.add(("wave", "the slowest page meanwhile"), at(100), "ms", page);
    let cpu = end.cpu_since(begin).as_secs_f64();
    let most = (!is_debug).then_some(Bar::AtMost(CPU));
    report.add(("wave", "server CPU for all of it"), cpu, "s", most);
    report.add(("wave", "until all was weighed"), end.time_since(begin).as_secs_f64(), "s", None);
    let more = mebibytes(pid)? - memory;
    report.add(("wave", "more resident"), more, "MiB", Some(Bar::AtMost(GROWTH)));
    check(&instance, &crowd, report)
}

/// What is kept, that nobody was answered, and that both who ask are there.
fn check(instance: &Instance, crowd: &Crowd, report: &mut Report) -> anyhow::Result<()> {
    let of = |sql: &str| instance.count(sql);
    let held = of("SELECT count(*) AS count FROM messages_private WHERE state = 'held'")?;
    let counted = of("SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS count FROM held_counted")?;
    let waves = of("SELECT count(*) AS count FROM held_waves")?;
    // The texts are sealed, so the two are known by their addresses; nobody else counts as asking.
    let asking = of("SELECT count(*) AS count FROM messages_private WHERE state = 'held' \
                     AND asks AND is_plain")?;
    let mut real = 0;
    for number in REAL {
        real += of(&format!(
            "SELECT count(*) AS count FROM messages_private WHERE state = 'held' \
             AND asks AND is_plain AND url LIKE '%/wave/{number}'"
        ))?;
    }
    report.add(("wave", "kept whole"), float(held), "", Some(Bar::AtMost(WHOLE + 2.0)));
    report.add(("wave", "only counted"), float(counted), "", None);
    report.add(("wave", "alerts"), float(waves), "", Some(Bar::AtMost(1.0)));
    let answered = crowd.tally.announcements.load(Ordering::Relaxed);
    report.add(("wave", "answers sent"), float(answered), "", Some(Bar::AtMost(0.0)));
    if real != u64::try_from(REAL.len())? || asking != real {
        report.fail(format!(
            "wave: {real} of {} who ask are held, and {asking} count as asking",
            REAL.len()
        ));
    }
    let all = u64::try_from(POSTS)?;
    if held + counted != all {
        report.fail(format!("wave: {held} held and {counted} counted are not {all}"));
    }
    Ok(())
}

/// A page of the board after the other, as long as it takes.
async fn read_pages(board: Url, over: Arc<AtomicBool>) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(address_of(&board).await?).await?;
    let request = get_request(&board, &["Accept: text/html".to_owned()]);
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        let answer = connection.ask(&request).await?;
        times.push(begin.elapsed());
        ensure!(answer.status == 200, "the board answers {}", answer.status);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(times)
}

async fn wait_until_done(instance: &Instance) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    while instance.received_waiting()? > 0 {
        ensure!(Instant::now() < end, "the wave was not weighed in time");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// One post of the wave: it names us and ten others, and carries a link; or what somebody writes who
/// is in need.
fn post(actor: &Actor, us: &Url, number: usize) -> Value {
    let is_real = REAL.contains(&number);
    let text = match number % 2 {
        _ if is_real => {
            format!("My neighbour said you help: we have no heating since day {number}, please")
        }
        0 => format!(
            "Join our server today, the best place for everybody who likes games and music, all \
             your friends are waiting https://chat{number}.example/x{number}"
        ),
        _ => format!(
            "Double your coins within a day, no risk, ask @friend{number} how it works and tell \
             everybody you know about it https://coins.example/{number}"
        ),
    };
    let mut tag = vec![json!({"type": "Mention", "href": us, "name": "@ring"})];
    let others = if is_real { 0 } else { 10 };
    tag.extend(
        (0..others)
            .map(|other| json!({"type": "Mention", "href": format!("https://x.example/{other}")})),
    );
    let note = json!({
        "id": format!("{}/wave/{number}", actor.url),
        "type": "Note",
        "attributedTo": actor.url,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [us],
        "published": now().to_string(),
        "content": format!("<p>{text}</p>"),
        "tag": tag
    });
    actor.activity("Create", note)
}
