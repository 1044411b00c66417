//! The front page: three ways in, what happened lately, and what waits longest.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::{Conn, fulfilments, promises, proposals, rounds};
use crate::domain::block::Blocks;
use crate::domain::fulfilment::Fulfilment;
use crate::domain::neighbour::NeighbourProposal;
use crate::domain::proposal::{CloseReason, Proposal, Purpose, State as Life};
use crate::domain::round::Round;
use crate::error::Error;
use crate::text;
use crate::web::cards::{Card, Listed, Shown, What, list_open, page_path, read_shown};
use crate::web::error::Problem;
use crate::web::page::{Page, show as page};
use crate::web::session::Visitor;
use crate::web::words::Words;

/// How many sentences there are about what happened.
const LINES: usize = 7;
/// How many slips there are.
const CARDS: usize = 6;
/// How far back we look for something to tell.
const LOOK_BACK: i64 = 20;
/// For how long posts and deeds stand side by side.
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Template)]
#[template(path = "front/show.html")]
struct Front {
    page: Page,
    lately: Vec<Line>,
    cards: Vec<Card>,
    rounds: Vec<OpenRound>,
    /// What was posted and what came of it in the last 30 days; for members.
    deeds: Option<String>,
}

/// A round that is open.
struct OpenRound {
    title: String,
    html: String,
    until: String,
}

/// One thing that happened.
struct Line {
    at: Timestamp,
    text: String,
    href: Option<String>,
    date: String,
    iso: String,
}

/// Everything that the front page reads.
struct Lately {
    first: Vec<Shown>,
    neighbours: Vec<Shown>,
    published: Vec<Proposal>,
    came: Vec<(Fulfilment, Proposal)>,
    rounds: Vec<Round>,
    deeds: Option<Deeds>,
}

/// How much was posted, and how much came or went, in the last 30 days.
struct Deeds {
    posts: i64,
    came: i64,
}

/// `GET /`
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let looker = visitor.clone();
    let blocks = app.hidden_from(visitor.viewer());
    let now = app.now();
    let lately = app.db.read(move |conn| Lately::read(conn, &looker, &blocks, now)).await?;
    let words = Words::new(&app, &visitor);
    let cards = lately.first.iter().map(|each| each.card(&words)).collect();
    let frame = Page::new(&app, &visitor, words.locale.say("front-title"));
    let rounds = lately.rounds.iter().map(|each| OpenRound::new(&words, each)).collect();
    let deeds = lately.deeds.as_ref().and_then(|deeds| deeds.say(&words));
    page(&Front { page: frame, lately: lately.lines(&words), cards, rounds, deeds })
}

impl Lately {
    fn read(
        conn: &mut Conn,
        visitor: &Visitor,
        blocks: &Blocks,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut came = Vec::new();
        for fulfilment in fulfilments::list_latest(conn, LOOK_BACK)? {
            let proposal = proposals::find(conn, fulfilment.proposal)?;
            if proposal.was_published() && proposal.content.audience.includes(visitor.viewer()) {
                let said = promises::list_confirmations(conn, proposal.id)?;
                came.push((fulfilment.recounted(&said), proposal));
            }
        }
        let published = proposals::list_public(conn, None, LOOK_BACK)?;
        let mut open = list_open(conn, visitor, blocks, |_| true)?;
        let neighbours = read_shown(conn, newest_of_neighbours(&open))?;
        open.truncate(CARDS);
        let deeds = match visitor.is_full_member() {
            true => Some(Deeds::read(conn, now.saturating_sub(MONTH).unwrap_or(now))?),
            false => None,
        };
        let rounds = rounds::list_open(conn, now)?;
        Ok(Self { first: read_shown(conn, open)?, neighbours, published, came, rounds, deeds })
    }

    /// Newest first.
    fn lines(&self, words: &Words<'_>) -> Vec<Line> {
        let came =
            self.came.iter().map(|(fulfilment, proposal)| line_came(words, fulfilment, proposal));
        let posted = self.published.iter().map(|proposal| line_posted(words, proposal));
        let met = self.published.iter().filter_map(|proposal| line_met(words, proposal));
        let neighbours = self.neighbours.iter().filter_map(|shown| match shown {
            Shown::Neighbours(proposal, actor, _) => {
                Some(line_neighbours(words, proposal, &actor.name))
            }
            Shown::Ours(_) => None,
        });
        let mut lines: Vec<Line> = came.chain(posted).chain(met).chain(neighbours).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.at));
        lines.truncate(LINES);
        lines
    }
}

impl Deeds {
    fn read(conn: &mut Conn, since: Timestamp) -> Result<Self, Error> {
        let posts = proposals::count_published_since(conn, since)?;
        Ok(Self { posts, came: fulfilments::count_since(conn, since)? })
    }

    /// Posts are no deeds (mission E22): where nothing came, it says so.
    fn say(&self, words: &Words<'_>) -> Option<String> {
        let (posts, came) = (("posts", self.posts.into()), ("came", self.came.into()));
        match (self.posts, self.came) {
            (0, 0) => None,
            (_, 0) => Some(words.locale.say_with("front-deeds-none", [posts])),
            _ => Some(words.locale.say_with("front-deeds", [came, posts])),
        }
    }
}

impl OpenRound {
    fn new(words: &Words<'_>, round: &Round) -> Self {
        Self {
            title: round.title.clone(),
            html: text::markdown(&round.text),
            until: words.day(round.until()).text,
        }
    }
}

/// What neighbours published last: as many as there could be sentences about.
fn newest_of_neighbours(open: &[Listed]) -> Vec<Listed> {
    let is_theirs = |listed: &&Listed| matches!(listed.what, What::Neighbours(_));
    let mut newest: Vec<&Listed> = open.iter().filter(is_theirs).collect();
    newest.sort_by_key(|listed| std::cmp::Reverse(listed.place.since));
    newest.into_iter().take(LINES).cloned().collect()
}

/// What came, as the collective's deed and never a person's.
fn line_came(words: &Words<'_>, fulfilment: &Fulfilment, proposal: &Proposal) -> Line {
    let title = proposal.content.title.as_str();
    let is_need = proposal.purpose == Purpose::Need;
    let counts = fulfilment.proposer_amount.zip(fulfilment.promiser_amount);
    let text = match (&proposal.content.quantity, counts) {
        (Some(quantity), Some((one, other))) => {
            let what = words.counts(one.min(other), one.max(other), &quantity.unit);
            let id = if is_need { "lately-came" } else { "lately-went" };
            words.locale.say_with(id, [("title", title.into()), ("what", what.into())])
        }
        _ => {
            let id = if is_need { "lately-came-plain" } else { "lately-went-plain" };
            words.locale.say_with(id, [("title", title.into())])
        }
    };
    Line::new(words, fulfilment.fulfilled_at, text, page_path(words, proposal.id))
}

fn line_posted(words: &Words<'_>, proposal: &Proposal) -> Line {
    let who = &words.app.collective.name;
    let content = &proposal.content;
    let text = asks(words, proposal.purpose, who, &content.title, content.ends_at);
    let at = proposal.published_at.unwrap_or(proposal.updated_at);
    Line::new(words, at, text, page_path(words, proposal.id))
}

/// That a need was closed because there is enough.
fn line_met(words: &Words<'_>, proposal: &Proposal) -> Option<Line> {
    let met = matches!(proposal.close_reason, Some(CloseReason::Fulfilled | CloseReason::Enough));
    if proposal.state != Life::Enough || proposal.purpose != Purpose::Need || !met {
        return None;
    }
    let title = proposal.content.title.as_str();
    let text = words.locale.say_with("lately-met", [("title", title.into())]);
    Some(Line::new(words, proposal.updated_at, text, page_path(words, proposal.id)))
}

fn line_neighbours(words: &Words<'_>, proposal: &NeighbourProposal, name: &str) -> Line {
    let text = asks(words, proposal.purpose, name, &proposal.title, proposal.ends_at);
    Line::new(words, proposal.published_at, text, format!("/neighbours/{}", proposal.id))
}

fn asks(
    words: &Words<'_>,
    purpose: Purpose,
    who: &str,
    title: &str,
    until: Option<Timestamp>,
) -> String {
    let (collective, title) = (("collective", who.into()), ("title", title.into()));
    match (purpose, until) {
        (Purpose::Offer, _) => words.locale.say_with("lately-offered", [collective, title]),
        (Purpose::Need, None) => words.locale.say_with("lately-asked", [collective, title]),
        (Purpose::Need, Some(end)) => {
            let date = ("date", words.day(end).text.into());
            words.locale.say_with("lately-asked-until", [collective, title, date])
        }
    }
}

impl Line {
    fn new(words: &Words<'_>, at: Timestamp, text: String, href: String) -> Self {
        let day = words.lately(at);
        Self { at, text, href: Some(href), date: day.text, iso: day.iso }
    }
}
