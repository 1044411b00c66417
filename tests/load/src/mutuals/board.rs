//! The board with a big neighbourhood: 200 pacts and 10,000 open needs and offers of others.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use url::Url;

use crate::http::{Answer, Connection, address_of, get_request};
use crate::keys::{host_of, now};
use crate::mutuals::instance::Instance;
use crate::mutuals::{IDLE, mebibytes};
use crate::process::Used;
use crate::report::{Bar, Report, float, micros_each, millis};

/// With how many collectives there is a pact.
const PACTS: u32 = 200;
/// How many needs and offers of theirs are open: half of them public, half for pacts.
const PROPOSALS: u32 = 10_000;
/// How many pages are asked for, of each sort.
const PAGES: u32 = 200;
/// How long a page may take, in milliseconds.
const SLOWEST: f64 = 100.0;
/// How much the server may grow, in MiB.
const GROWTH: f64 = 30.0;

/// Who looks at what.
struct Sort {
    name: &'static str,
    query: &'static str,
    cookie: Option<String>,
    /// How many of [`PROPOSALS`] are for this reader and fit.
    fits: u32,
}

/// Runs it on a server that was set up and never started.
pub async fn run(mut instance: Instance, report: &mut Report) -> anyhow::Result<()> {
    for sql in filling() {
        instance.execute(&sql)?;
    }
    instance.start().await?;
    tokio::time::sleep(IDLE).await;
    let pid = instance.pid()?;
    let before = mebibytes(pid)?;
    let board = instance.url("/board");
    let stranger = Sort { name: "stranger", query: "", cookie: None, fits: PROPOSALS / 2 };
    let filtered =
        Sort { name: "one kind", query: "kind=bedding", cookie: None, fits: PROPOSALS / 4 };
    measure(&board, pid, &stranger, report).await?;
    measure(&board, pid, &filtered, report).await?;
    let more = mebibytes(pid)? - before;
    let what = format!("more resident after {} pages", 2 * PAGES);
    report.add(("board", &what), more, "MiB", Some(Bar::AtMost(GROWTH)));
    let cookie = Some(sign_in(&instance).await.context("signing in")?);
    let member = Sort { name: "member", query: "", cookie, fits: PROPOSALS };
    measure(&board, pid, &member, report).await?;
    let more = mebibytes(pid)? - before;
    report.add(("board", "… and those of a member"), more, "MiB", Some(Bar::AtMost(GROWTH)));
    Ok(())
}

/// Asks for page after page, one at a time, and looks whether the last one holds what came last.
async fn measure(board: &Url, pid: u32, sort: &Sort, report: &mut Report) -> anyhow::Result<()> {
    let address = address_of(board).await?;
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::new();
    let begin = Used::of(pid)?;
    for number in 0..PAGES {
        let begin = Instant::now();
        let answer = connection.ask(&request(board, sort, number % 30 + 1)).await?;
        times.push(begin.elapsed());
        ensure!(answer.status == 200, "the board answers {}", answer.status);
    }
    let cpu = micros_each(Used::of(pid)?.cpu_since(begin), u64::from(PAGES)) / 1e3;
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    let (bar, name) = (Some(Bar::AtMost(SLOWEST)), sort.name);
    report.add(("board", &format!("{name}: a page (median)")), millis(middle), "ms", bar);
    let slowest: Duration = times.last().copied().unwrap_or_default();
    report.add(("board", &format!("{name}: the slowest page")), millis(slowest), "ms", None);
    report.add(("board", &format!("{name}: server CPU for a page")), cpu, "ms", bar);
    check_last_page(address, board, sort, report).await
}

/// The pages reach to the newest: nothing is cut off silently.
async fn check_last_page(
    address: SocketAddr,
    board: &Url,
    sort: &Sort,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.ask(&request(board, sort, PROPOSALS)).await?;
    let html = String::from_utf8_lossy(&answer.body).into_owned();
    let pages = sort.fits.div_ceil(30);
    if html.contains(&format!("{pages} of {pages}")) {
        let what = format!("{}: pages", sort.name);
        report.add(("board", &what), float(pages.into()), "", None);
    } else {
        report.fail(format!("board: {} does not get {pages} pages", sort.name));
    }
    Ok(())
}

fn request(board: &Url, sort: &Sort, page: u32) -> Vec<u8> {
    let mut url = board.clone();
    let query = [sort.query.to_owned(), format!("page={page}")];
    url.set_query(Some(query.join("&").trim_start_matches('&')));
    let mut headers = vec!["Accept: text/html".to_owned(), "Accept-Language: en".to_owned()];
    headers.extend(sort.cookie.as_ref().map(|cookie| format!("Cookie: {cookie}")));
    get_request(&url, &headers)
}

/// Adds a member and uses their one-time link; the cookie of their session.
async fn sign_in(instance: &Instance) -> anyhow::Result<String> {
    let lines = instance.poster().run(&["member", "add", "Rosa"])?;
    let link = lines.first().and_then(|line| line.get("sign_in")?.as_str()).context("no link")?;
    let link = Url::parse(link)?;
    let (host, path) = (host_of(&link), link.path());
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
    );
    let mut connection = Connection::open(address_of(&link).await?).await?;
    let answer: Answer = connection.ask(request.as_bytes()).await?;
    // The word that greets them is a cookie too.
    let set = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let mut cookies = set.filter_map(|(_, cookie)| cookie.split(';').next());
    let cookie = cookies.rfind(|cookie| cookie.contains("_session_"));
    let cookie = cookie.with_context(|| format!("no cookie, status {}", answer.status))?;
    Ok(cookie.to_owned())
}

/// What fills a fresh database, in words that both engines understand. Nothing of it leads
/// anywhere: port 9 of a loopback address is closed.
fn filling() -> [String; 4] {
    let time = now().as_microsecond();
    let count = |most: u32| {
        format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})")
    };
    let (pacts, proposals) = (count(PACTS), count(PROPOSALS));
    [
        format!(
            "INSERT INTO remote_actors
             (id, url, kind, address, name, inbox, shared_inbox, page, fetched_at) {pacts}
             SELECT i, 'http://127.0.1.' || i || ':9/c/ring', 'Organization',
             'ring@127.0.1.' || i || ':9', 'Ring ' || i, 'http://127.0.1.' || i || ':9/c/ring/inbox',
             'http://127.0.1.' || i || ':9/inbox', 'http://127.0.1.' || i || ':9/@ring', {time}
             FROM n"
        ),
        format!(
            "INSERT INTO followings (id, actor_id, state, asked_at, answered_at, read_at) {pacts}
             SELECT i, i, 'following', {time}, {time}, {time} FROM n"
        ),
        format!(
            "INSERT INTO pacts
             (id, actor_id, ours, ours_sequence, ours_round, theirs, theirs_sequence, theirs_round,
              shares_needs, shares_offers, shares_availability, accepts_alone, proposed_at,
              changed_at) {pacts}
             SELECT i, i, 'wanted', 1, 0, 'wanted', 1, 0, TRUE, TRUE, TRUE, FALSE, {time}, {time}
             FROM n"
        ),
        format!(
            "INSERT INTO neighbour_proposals
             (id, url, actor_id, purpose, title, html, page, kind, kind_iri, amount, open, minimum,
              unit, place, ends_at, language, finished, asks_return, published_at, updated_at,
              audience, intent, hops) {proposals}
             SELECT i, 'http://127.0.1.' || (i % {PACTS} + 1) || ':9/proposals/' || i,
             i % {PACTS} + 1, CASE WHEN i % 3 = 0 THEN 'offer' ELSE 'need' END, 'Blankets ' || i,
             '<p>{text}</p>', 'http://127.0.1.' || (i % {PACTS} + 1) || ':9/@ring/' || i,
             CASE WHEN i % 4 < 2 THEN 'bedding' ELSE 'food' END, NULL, '20', '12', '1', 'one',
             'Mill Road', {time} + 864000000000, CASE WHEN i % 5 = 0 THEN 'es' ELSE 'en' END,
             FALSE, FALSE, {time} - ({most} - i) * 1000000, {time},
             CASE WHEN i % 2 = 0 THEN 'public' ELSE 'pacts' END,
             'http://127.0.1.' || (i % {PACTS} + 1) || ':9/proposals/' || i || '#intent', 0
             FROM n",
            text = "Twenty blankets for the night shelter, clean and dry please. ".repeat(8),
            most = PROPOSALS,
        ),
    ]
}
