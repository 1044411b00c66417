//! What of strangers is held, on one page for stewards: what reads like somebody who asks us comes
//! first, one by one; the rest by what it is like and by server, with one act for each group.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::SignedDuration;

use crate::actions::domain_rules::Wish;
use crate::actions::look_after_held::{let_in, open_reply, put_aside};
use crate::actions::{careful as careful_now, domain_rules};
use crate::app::App;
use crate::db::held::{self, Heap, Item, Pick};
use crate::db::{Conn, careful, proposals};
use crate::domain::domain_rule::Severity;
use crate::domain::held::{ALIKE_MANY, CAREFUL_LASTS, Careful, Which};
use crate::domain::id::{Id, ProposalId};
use crate::domain::message::HeldBecause;
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::messages::held_id;
use crate::web::page::{Page, go_on, show as render};
use crate::web::proposals::path_of;
use crate::web::session::Steward;
use crate::web::words::Words;

/// Where this page is.
const PATH: &str = "/steward/held";
/// How long a server is suspended that is blocked from here.
const BLOCK_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many of those that ask are shown at once, of each sort.
const ASKING: i64 = 50;
/// How many groups of each sort are shown at once, the largest.
const GROUPS: usize = 30;
/// How many of a group are shown.
const SAMPLES: i64 = 2;
/// How many hosts of a group are named.
const HOSTS: usize = 100;
/// How much of a text in a group is shown, in characters.
const SHORT: usize = 400;
/// How much that was put aside is shown.
const ASIDE: i64 = 50;

#[derive(Template)]
#[template(path = "held/show.html")]
struct HeldPage {
    page: Page,
    total: i64,
    /// What was only counted in the last month, in a sentence.
    counted: Option<String>,
    /// Until when we are careful, in a sentence.
    careful: Option<String>,
    asking: Vec<Line>,
    alike: Vec<Group>,
    hosts: Vec<Group>,
    aside: Vec<Line>,
}

#[derive(Template)]
#[template(path = "held/reply.html")]
struct Opened {
    page: Page,
    which: String,
    handle: String,
    is_private: bool,
    text: String,
    date: String,
    iso: String,
    about: (String, String),
}

/// One held thing.
struct Line {
    which: String,
    handle: Option<String>,
    /// What a button calls it for those who do not see where it stands: never its text, which may
    /// be private.
    name: String,
    purpose: Option<String>,
    is_need: bool,
    is_private: bool,
    text: String,
    /// Where a private message is read: who does so stands in the log.
    opens: Option<String>,
    date: String,
    iso: String,
    href: Option<String>,
    because: Option<String>,
    /// What it answers: title and page.
    about: Option<(String, String)>,
}

/// Many held things, about which is decided at once.
struct Group {
    which: String,
    title: String,
    /// What comes later is not meant.
    newest: i64,
    hosts: Vec<(String, i64)>,
    samples: Vec<Line>,
}

/// Texts that are alike: by which number they go together, how many they are, how many of each host,
/// and some of them.
type AlikeGroup = (i64, Heap, Vec<(String, i64)>, Vec<Item>);

/// Everything that is read for the page.
struct Found {
    total: i64,
    counted: (i64, i64),
    careful: Option<Careful>,
    asking: Vec<Item>,
    alike: Vec<AlikeGroup>,
    hosts: Vec<(String, Heap, Vec<Item>)>,
    aside: Vec<Item>,
    titles: BTreeMap<i64, String>,
}

/// `GET /steward/held`
pub async fn show(State(app): State<App>, steward: Steward) -> Result<Response, Problem> {
    let shared = app.clone();
    let found = app.db.read(move |conn| Found::read(&shared, conn)).await?;
    let words = Words::new(&app, &steward.visitor);
    let lines = |items: &[Item]| items.iter().map(|item| line(&words, &found, item)).collect();
    let (counted, of_hosts) = found.counted;
    let counted_arguments = || [("count", counted.into()), ("hosts", of_hosts.into())];
    let until = |careful: &Careful| {
        let id = if careful.by_itself { "careful-by-itself" } else { "careful-until" };
        words.locale.say_with(id, [("date", words.time(careful.ends_at).into())])
    };
    render(&HeldPage {
        page: Page::new(&app, &steward.visitor, words.locale.say("held-title")),
        total: found.total,
        counted: (counted > 0).then(|| words.locale.say_with("held-counted", counted_arguments())),
        careful: found.careful.as_ref().map(until),
        asking: lines(&found.asking),
        alike: found.alike.iter().map(|group| alike(&words, &found, group)).collect(),
        hosts: found.hosts.iter().map(|group| host(&words, &found, group)).collect(),
        aside: lines(&found.aside),
    })
}

/// `GET /steward/held/{id}`: one reply, also one that was written privately. Who reads that stands in
/// the log.
pub async fn open(
    State(app): State<App>,
    steward: Steward,
    PathId(id): PathId<()>,
) -> Result<Response, Problem> {
    let (held, handle) = open_reply(&app, id.number(), Some(steward.member.id)).await?;
    let about = held.reply.proposal;
    let answered = app.db.read(move |conn| proposals::find(conn, about)).await?;
    let words = Words::new(&app, &steward.visitor);
    let day = words.lately(held.received_at);
    render(&Opened {
        page: Page::new(&app, &steward.visitor, words.locale.say("held-title")).found_at(PATH),
        which: Which::Reply(held.reply.id).to_string(),
        handle: format!("@{handle}"),
        is_private: !held.reply.is_public,
        text: text::written(&held.reply.html),
        date: day.text,
        iso: day.iso,
        about: (answered.content.title, path_of(&app, about)),
    })
}

/// `POST /steward/held`: lets in, puts aside, or blocks.
pub async fn decide(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let act = fields.text("act");
    if act == "block" {
        return block_hosts(&app, &steward, &fields).await;
    }
    let which: Which = fields.text("what").parse().map_err(|()| Problem::NotFound)?;
    let newest = fields.text("newest").parse().unwrap_or_default();
    let by = Some(steward.member.id);
    let (done, word) = match act.as_str() {
        "let-in" => (let_in(&app, by, which, newest).await, "held-let-in-done"),
        "aside" => (put_aside(&app, by, which, newest).await, "held-aside-done"),
        _ => return Err(Problem::NotFound),
    };
    let count = done.map_err(|error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, word, &[&count.to_string()]))
}

/// `POST /steward/careful`
pub async fn set_careful(
    State(app): State<App>,
    steward: Steward,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let by = Some(steward.member.id);
    if fields.text("act") != "on" {
        careful_now::end(&app, by).await?;
        return Ok(go_on(&app, PATH, "careful-ended-done", &[]));
    }
    let hours = fields.text("hours").parse().map(SignedDuration::from_hours);
    let lasts = hours.unwrap_or(CAREFUL_LASTS);
    let begun = careful_now::begin(&app, by, lasts).await;
    let begun = begun.map_err(|error| Problem::from(error).at(PATH))?;
    let until = Words::new(&app, &steward.visitor).time(begun.ends_at);
    Ok(go_on(&app, PATH, "careful-began-done", &[&until]))
}

/// Suspends the servers that were ticked for a week, and puts aside what is held of them. One with
/// which there is a pact is refused: that is looked at on the page of rules (mission, J12).
async fn block_hosts(app: &App, steward: &Steward, fields: &Fields) -> Result<Response, Problem> {
    let hosts = fields.all("host");
    let reason = steward.visitor.locale.say("held-block-reason");
    for host in hosts.iter().take(HOSTS) {
        let wish = Wish {
            public_comment: reason.clone(),
            expires_at: app.now().checked_add(BLOCK_LASTS).ok(),
            ..Wish::new(host, Severity::Suspend)
        };
        let blocked = domain_rules::set(app, Some(steward.member.id), wish).await;
        blocked.map_err(|error| Problem::from(error).at(PATH))?;
        put_aside(app, Some(steward.member.id), Which::Host(host.clone()), i64::MAX).await?;
    }
    Ok(go_on(app, PATH, "held-blocked-done", &[&hosts.len().min(HOSTS).to_string()]))
}

impl Found {
    fn read(app: &App, conn: &mut Conn) -> Result<Self, Error> {
        let month = app.now().saturating_sub(SignedDuration::from_hours(30 * 24));
        let heaps = held::heaps_alike(conn)?;
        let many = i64::try_from(ALIKE_MANY).unwrap_or(i64::MAX);
        let crowds: Vec<i64> =
            heaps.iter().filter(|(_, heap)| heap.count >= many).map(|(id, _)| *id).collect();
        let mut asking = held::list_asking(conn, &crowds, ASKING)?;
        asking.sort_by_key(|item| item.purpose.is_none());
        let mut alike = Vec::new();
        for (id, heap) in largest(heaps, 2, GROUPS) {
            let pick = Pick::alike(Id::from_number(id), heap.count < many);
            let samples = held::list(conn, &pick, SAMPLES)?;
            let hosts = held::heaps_by_host(conn, Some(id))?;
            let hosts = largest(hosts, 1, HOSTS).into_iter().map(|(host, heap)| (host, heap.count));
            alike.push((id, heap, hosts.collect(), samples));
        }
        alike.retain(|(_, _, _, samples): &AlikeGroup| !samples.is_empty());
        let mut hosts = Vec::new();
        for (host, heap) in largest(held::heaps_by_host(conn, None)?, 1, GROUPS) {
            let samples = held::list(conn, &Pick::host(&host), SAMPLES)?;
            hosts.push((host, heap, samples));
        }
        hosts.retain(|(_, _, samples): &(_, _, Vec<Item>)| !samples.is_empty());
        let mut found = Self {
            total: held::count(conn)?,
            counted: careful::counted_since(conn, month.unwrap_or(app.now()))?,
            careful: careful::current(conn, app.now())?,
            asking,
            alike,
            hosts,
            aside: held::list_aside(conn, ASIDE)?,
            titles: BTreeMap::new(),
        };
        found.read_titles(conn)?;
        Ok(found)
    }

    fn read_titles(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let of_groups = self.alike.iter().flat_map(|(_, _, _, samples)| samples);
        let of_hosts = self.hosts.iter().flat_map(|(_, _, samples)| samples);
        let all = self.asking.iter().chain(&self.aside).chain(of_groups).chain(of_hosts);
        let mut answered: Vec<i64> = all.filter_map(|item| item.answers).collect();
        answered.sort_unstable();
        answered.dedup();
        for id in answered {
            let proposal = proposals::find(conn, ProposalId::from_number(id))?;
            self.titles.insert(id, proposal.content.title);
        }
        Ok(())
    }
}

/// The largest heaps first, of those that hold at least so many, and no more than `most`.
fn largest<K>(heaps: BTreeMap<K, Heap>, least: i64, most: usize) -> Vec<(K, Heap)> {
    let mut heaps: Vec<(K, Heap)> =
        heaps.into_iter().filter(|(_, heap)| heap.count >= least).collect();
    heaps.sort_by_key(|(_, heap)| std::cmp::Reverse(heap.count));
    heaps.truncate(most);
    heaps
}

fn alike(words: &Words<'_>, found: &Found, (id, heap, hosts, samples): &AlikeGroup) -> Group {
    let arguments = [("count", heap.count.into()), ("hosts", hosts.len().into())];
    Group {
        which: Which::Alike(Id::from_number(*id)).to_string(),
        title: words.locale.say_with("held-alike-title", arguments),
        newest: heap.newest,
        hosts: hosts.clone(),
        samples: samples.iter().map(|item| line(words, found, item)).collect(),
    }
}

fn host(
    words: &Words<'_>,
    found: &Found,
    (host, heap, samples): &(String, Heap, Vec<Item>),
) -> Group {
    let arguments = [("host", host.as_str().into()), ("count", heap.count.into())];
    Group {
        which: Which::Host(host.clone()).to_string(),
        title: words.locale.say_with("held-host-title", arguments),
        newest: heap.newest,
        hosts: vec![(host.clone(), heap.count)],
        samples: samples.iter().map(|item| line(words, found, item)).collect(),
    }
}

fn line(words: &Words<'_>, found: &Found, item: &Item) -> Line {
    let day = words.lately(item.received_at);
    let which = match item.answers {
        Some(_) => Which::Reply(item.id),
        None => Which::Message(Id::from_number(item.id)),
    };
    let purpose = item.purpose.as_deref().and_then(Purpose::from_word);
    let plain = if item.answers.is_some() { text::written(&item.text) } else { item.text.clone() };
    let because = item.held_because.as_deref().and_then(HeldBecause::from_word);
    let about = |id: i64| {
        Some((found.titles.get(&id)?.clone(), path_of(words.app, ProposalId::from_number(id))))
    };
    Line {
        which: which.to_string(),
        name: item.handle.as_ref().unwrap_or(&item.host).clone(),
        handle: item.handle.as_ref().map(|handle| format!("@{handle}")),
        purpose: purpose.map(|purpose| match purpose {
            Purpose::Need => words.locale.say("messages-need"),
            Purpose::Offer => words.locale.say("messages-offer"),
        }),
        is_need: purpose == Some(Purpose::Need),
        is_private: item.is_private,
        opens: item.is_private.then(|| {
            let id = Id::<()>::from_number(item.id);
            if item.answers.is_some() { format!("{PATH}/{id}") } else { format!("/messages/{id}") }
        }),
        text: text::one_line(&plain, SHORT),
        date: day.text,
        iso: day.iso,
        href: item.page.clone(),
        because: because.map(|because| words.locale.say(held_id(because))),
        about: item.answers.and_then(about),
    }
}
