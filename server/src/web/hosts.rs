//! What is on its way to each server, what keeps it, whom we block, and what came in and could not
//! be processed.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use url::Url;

use crate::actions::{block as blocking, look_after_queue as queueing};
use crate::app::App;
use crate::db::hosts::{self as known, Block};
use crate::db::queue::{self, HostLine, Refused};
use crate::db::{Conn, journal, proposals};
use crate::domain::id::ProposalId;
use crate::error::Error;
use crate::web::cards::page_path;
use crate::web::error::Problem;
use crate::web::form::Form;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::Steward;
use crate::web::words::{Day, Words};

/// Where this page stands.
const PATH: &str = "/steward/hosts";
/// How much of what a server turned away is shown.
const REFUSED: usize = 20;

#[derive(Template)]
#[template(path = "steward/hosts.html")]
struct Hosts {
    page: Page,
    is_paused: bool,
    hosts: Vec<Host>,
    all_well: bool,
    failed: i64,
    blocks: Vec<Blocked>,
    block: BlockForm,
}

struct Host {
    place: usize,
    host: String,
    state: String,
    is_paused: bool,
    is_blocked: bool,
    may_be_tried: bool,
    pending: i64,
    since: Option<String>,
    why: Option<String>,
    next: Option<String>,
    reached: Option<String>,
    refused: i64,
    refused_list: Vec<TurnedAway>,
    has_more: bool,
}

struct TurnedAway {
    what: String,
    href: Option<String>,
    why: String,
    when: Day,
}

struct Blocked {
    subject: String,
    reason: String,
    since: String,
}

#[derive(Default)]
struct BlockForm {
    subject: String,
    reason: String,
    problem: Option<String>,
}

/// Everything that is read for the page.
struct Found {
    is_paused: bool,
    lines: Vec<(HostLine, Vec<Refused>)>,
    titles: HashMap<ProposalId, String>,
    failed: i64,
    blocks: Vec<Block>,
}

/// `GET /steward/hosts`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    page(&app, &steward, BlockForm::default()).await
}

/// `POST /steward/hosts/retry`
pub async fn retry(
    State(app): State<App>,
    _steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let host = fields.text("host");
    queueing::retry(&app, Some(host.clone())).await?;
    Ok(go_on(&app, PATH, "hosts-retry-done", &[&host]))
}

/// `POST /steward/hosts/pause`: one host, or all of them if none is named.
pub async fn pause(
    State(app): State<App>,
    _steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let host = Some(fields.text("host")).filter(|host| !host.is_empty());
    queueing::pause(&app, host.clone()).await?;
    Ok(match host {
        Some(host) => go_on(&app, PATH, "hosts-pause-done", &[&host]),
        None => go_on(&app, PATH, "hosts-pause-all-done", &[]),
    })
}

/// `POST /steward/hosts/resume`: one host, or all of them if none is named.
pub async fn resume(
    State(app): State<App>,
    _steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let host = Some(fields.text("host")).filter(|host| !host.is_empty());
    queueing::resume(&app, host.clone()).await?;
    Ok(match host {
        Some(host) => go_on(&app, PATH, "hosts-resume-done", &[&host]),
        None => go_on(&app, PATH, "hosts-resume-all-done", &[]),
    })
}

/// `POST /steward/hosts/drop`
pub async fn drop_waiting(
    State(app): State<App>,
    _steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let host = fields.text("host");
    queueing::drop_waiting(&app, host.clone()).await?;
    Ok(go_on(&app, PATH, "hosts-drop-done", &[&host]))
}

/// `POST /steward/hosts/block`
pub async fn block(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (subject, reason) = (fields.text("host"), fields.text("reason"));
    match blocking::block_as(&app, Some(steward.member.id), &subject, &reason).await {
        Ok(block) => Ok(go_on(&app, PATH, "hosts-block-done", &[&block.subject])),
        Err(Error::Refused(refusal)) => {
            let problem = Some(steward.visitor.locale.say(refusal.key()));
            page(&app, &steward, BlockForm { subject, reason, problem }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /steward/hosts/unblock`
pub async fn unblock(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let by = Some(steward.member.id);
    let subject = blocking::unblock_as(&app, by, &fields.text("host")).await?;
    Ok(go_on(&app, PATH, "hosts-unblock-done", &[&subject]))
}

/// `POST /steward/hosts/received`
pub async fn retry_received(
    State(app): State<App>,
    _steward: Steward,
    _form: Form,
) -> Result<Response, Problem> {
    queueing::retry_received(&app).await?;
    Ok(go_on(&app, PATH, "hosts-received-done", &[]))
}

async fn page(app: &App, steward: &Steward, block: BlockForm) -> Result<Response, Problem> {
    let shared = app.clone();
    let found = app.db.read(move |conn| Found::read(&shared, conn)).await?;
    let words = Words::new(app, &steward.visitor);
    let is_refused = block.problem.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let lines = found.lines.iter().enumerate();
    let title = words.locale.say("hosts-title");
    let template = Hosts {
        page: Page::new(app, &steward.visitor, title).found_at(PATH),
        is_paused: found.is_paused,
        all_well: !found.lines.iter().any(|(line, _)| line.pending > 0 || line.is_troubled()),
        hosts: lines.map(|(place, (line, _))| host(&words, &found, place, line)).collect(),
        failed: found.failed,
        blocks: found.blocks.iter().map(|each| blocked(&words, each)).collect(),
        block,
    };
    answer(status, &template)
}

impl Found {
    /// Those that need a look come first, and then those for which something waits.
    fn read(app: &App, conn: &mut Conn) -> Result<Self, Error> {
        let mut all = queue::list_hosts(conn)?;
        all.sort_by_key(|line| (!line.is_troubled(), line.pending == 0));
        let (mut lines, mut titles) = (Vec::new(), HashMap::new());
        for line in all {
            let most = i64::try_from(REFUSED).unwrap_or_default();
            let refused = match line.refused {
                0 => Vec::new(),
                _ => queue::list_refused(conn, &line.host, most)?,
            };
            for id in refused.iter().filter_map(|each| proposal_of(app, each)) {
                match proposals::find(conn, id) {
                    Ok(proposal) => drop(titles.insert(id, proposal.content.title)),
                    Err(Error::NotFound) => {}
                    Err(other) => return Err(other),
                }
            }
            lines.push((line, refused));
        }
        Ok(Self {
            is_paused: known::is_paused(conn, known::ALL)?,
            lines,
            titles,
            failed: journal::depth(conn)?.failed,
            blocks: known::list_blocks(conn)?,
        })
    }
}

fn proposal_of(app: &App, refused: &Refused) -> Option<ProposalId> {
    app.collective.urls().parse_note(&Url::parse(&refused.object).ok()?)
}

fn host(words: &Words<'_>, found: &Found, place: usize, line: &HostLine) -> Host {
    let is_blocked = words.app.blocks().covers_host(&line.host);
    let refused = found.lines.get(place).map(|(_, refused)| refused.as_slice()).unwrap_or_default();
    let troubled = line.failing_since.is_some() || line.is_paused;
    Host {
        place,
        host: line.host.clone(),
        state: words.locale.say(state(line, is_blocked)),
        is_paused: line.is_paused,
        is_blocked,
        may_be_tried: line.pending > 0 || line.is_troubled(),
        pending: line.pending,
        since: line.failing_since.map(|since| words.time(time(since))),
        // Why something was turned away stands with it.
        why: line.last_error.as_deref().filter(|_| troubled).map(|error| explain(words, error)),
        next: (line.pending > 0).then(|| next(words, found, line, is_blocked)),
        reached: line.reached_at.map(|reached| words.time(time(reached))),
        refused: line.refused,
        has_more: usize::try_from(line.refused).is_ok_and(|count| count > refused.len()),
        refused_list: refused.iter().map(|each| turned_away(words, found, each)).collect(),
    }
}

fn state(line: &HostLine, is_blocked: bool) -> &'static str {
    match () {
        () if is_blocked => "hosts-state-blocked",
        () if line.is_paused => "hosts-state-paused",
        () if line.failing_since.is_some() => "hosts-state-failing",
        () if line.pending > 0 => "hosts-state-waiting",
        () if line.refused > 0 => "hosts-state-refused",
        () => "hosts-state-well",
    }
}

fn next(words: &Words<'_>, found: &Found, line: &HostLine, is_blocked: bool) -> String {
    let next = time(line.next_at);
    match () {
        () if is_blocked => words.locale.say("hosts-next-never"),
        () if line.is_paused || found.is_paused => words.locale.say("hosts-next-resume"),
        () if next <= words.now => words.locale.say("hosts-next-now"),
        () => words.time(next),
    }
}

fn turned_away(words: &Words<'_>, found: &Found, refused: &Refused) -> TurnedAway {
    let about = proposal_of(words.app, refused).and_then(|id| Some((id, found.titles.get(&id)?)));
    let id = match (refused.kind.as_str(), &about) {
        ("Create", Some(_)) => "hosts-refused-new",
        ("Update", Some(_)) => "hosts-refused-change",
        ("Delete", Some(_)) => "hosts-refused-taken-down",
        ("Follow", _) => "hosts-refused-follow",
        ("Accept", _) => "hosts-refused-accept",
        _ => "hosts-refused-something",
    };
    let title = about.as_ref().map_or("", |(_, title)| title.as_str());
    TurnedAway {
        what: words.locale.say_with(id, [("title", title.into())]),
        href: about.map(|(id, _)| page_path(words, id)),
        why: explain(words, &refused.reason),
        when: words.lately(time(refused.refused_at)),
    }
}

fn blocked(words: &Words<'_>, block: &Block) -> Blocked {
    Blocked {
        subject: block.subject.clone(),
        reason: block.reason.clone(),
        since: words.day(block.blocked_at).text,
    }
}

/// The log says more; a steward needs to know whether to wait or to ask.
fn explain(words: &Words<'_>, error: &str) -> String {
    let answered = error.strip_prefix("the server answered ").unwrap_or_default();
    let status: String = answered.chars().take_while(char::is_ascii_digit).collect();
    let lower = error.to_ascii_lowercase();
    let says = |word: &str| lower.contains(word);
    let id = match status.as_str() {
        _ if says("clock is off") => "hosts-why-clock",
        "" if says("too long") => "hosts-why-slow",
        "" if says("certificate") => "hosts-why-certificate",
        "" if says("lookup") || says("resolve") || says("dns") => "hosts-why-name",
        "" => "hosts-why-unreachable",
        "401" | "403" => "hosts-why-not-let-in",
        "404" => "hosts-why-missing",
        "410" => "hosts-why-gone",
        "408" | "425" | "429" => "hosts-why-busy",
        five if five.starts_with('5') => "hosts-why-broken",
        _ => "hosts-why-answer",
    };
    words.locale.say_with(id, [("status", status.into())])
}

fn time(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}
