//! The page of a round: what belongs to it, and the sheet with which it is closed. The sheet can be
//! printed and filled in on paper.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::decide;
use crate::app::App;
use crate::db::{Conn, decisions, proposals, rounds};
use crate::domain::decision::Decision;
use crate::domain::id::{MemberId, RoundId};
use crate::domain::member::Member;
use crate::domain::proposal::Proposal;
use crate::domain::round::{Line, MOST_DAYS, Openers, Outcome, Round, Stage};
use crate::error::Error;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::PathId;
use crate::web::measure_lines::Names;
use crate::web::need_context::Choice;
use crate::web::page::{Page, show as render};
use crate::web::proposals::path_of;
use crate::web::qr;
use crate::web::round_lines::Fates;
use crate::web::rounds::{choices, is_shown, list_unused, say_stage};
use crate::web::session::{SignedIn, Visitor};
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "rounds/show.html")]
struct Shown {
    page: Page,
    id: String,
    title: String,
    html: String,
    state: String,
    says: String,
    openers: Option<String>,
    decided: Vec<Link>,
    decisions: Vec<Choice>,
    most_days: i64,
    may: May,
    stage: Stage,
    lines: Vec<Row>,
    goes_on: Vec<Link>,
    is_sheet: bool,
}

/// What who looks may do.
struct May {
    open: bool,
    confirm: bool,
    renew: bool,
    end: bool,
    close: bool,
    decide: bool,
}

/// A need of the round.
struct Row {
    id: String,
    href: String,
    title: String,
    language: String,
    state: String,
    outcome: Option<String>,
    is_undecided: bool,
}

/// What goes on after it.
struct Link {
    href: String,
    title: String,
}

#[derive(Template)]
#[template(path = "rounds/poster.html")]
struct Poster {
    page: Page,
    title: String,
    html: String,
    until: String,
    address: String,
    code: qr::Picture,
}

/// Everything that is read for the page.
struct Found {
    round: Round,
    openers: Openers,
    decided: Vec<Decision>,
    unused: Vec<Decision>,
    lines: Vec<(Line, Proposal)>,
    names: Names,
    fates: Fates,
}

/// `GET /rounds/{id}`
pub async fn show(
    State(app): State<App>,
    SignedIn { visitor, member }: SignedIn,
    PathId(id): PathId<Round>,
) -> Result<Response, Problem> {
    let looker = visitor.clone();
    let found = app.db.read(move |conn| Found::read(conn, &looker, id)).await?;
    if !is_shown(&found.round, &member) {
        return Err(Problem::NotFound);
    }
    let words = Words::new(&app, &visitor);
    let (state, says) = say_stage(&words, &found.round);
    let stage = found.round.stage(words.now);
    let is_steward = member.is_steward();
    let may = found.may(&member, stage);
    render(&Shown {
        page: Page::new(&app, &visitor, found.round.title.as_str()),
        id: id.to_string(),
        title: found.round.title.clone(),
        html: text::markdown(&found.round.text),
        state,
        says,
        openers: found.openers(&words, &visitor),
        decided: found.decided.iter().filter(|_| visitor.is_full_member()).map(decided).collect(),
        decisions: choices(&found.unused, ""),
        most_days: MOST_DAYS,
        lines: found.lines.iter().map(|each| found.row(&words, each, is_steward)).collect(),
        goes_on: found.goes_on(),
        is_sheet: is_steward && matches!(stage, Stage::Ended | Stage::Closed),
        may,
        stage,
    })
}

/// `GET /rounds/{id}/poster`: to be printed and put up.
pub async fn poster(
    State(app): State<App>,
    SignedIn { visitor, member }: SignedIn,
    PathId(id): PathId<Round>,
) -> Result<Response, Problem> {
    let round = app.db.read(move |conn| rounds::find(conn, id)).await?;
    if !is_shown(&round, &member) {
        return Err(Problem::NotFound);
    }
    let words = Words::new(&app, &visitor);
    let address = app.collective.base.to_string();
    render(&Poster {
        page: Page::new(&app, &visitor, round.title.as_str()),
        title: round.title.clone(),
        html: text::markdown(&round.text),
        until: words.day(round.ends_at).text,
        code: qr::Picture::of(&address)?,
        address: address.trim_end_matches('/').to_owned(),
    })
}

impl Found {
    fn read(conn: &mut Conn, visitor: &Visitor, id: RoundId) -> Result<Self, Error> {
        let round = rounds::find(conn, id)?;
        let authors = proposals::list_authors_in_round(conn, id)?;
        let mut lines = rounds::list_lines_and_needs(conn, id)?;
        lines.retain(|(_, need)| is_visible(visitor, need, authors.get(&need.id).copied()));
        Ok(Self {
            openers: rounds::find_openers(conn, id)?,
            decided: rounds::list_decisions(conn, id)?
                .into_iter()
                .map(|decision| decisions::find(conn, decision))
                .collect::<Result<_, _>>()?,
            unused: list_unused(conn)?,
            names: Names::read(conn)?,
            fates: Fates::read(conn)?,
            round,
            lines,
        })
    }

    fn may(&self, member: &Member, stage: Stage) -> May {
        let is_steward = member.is_steward();
        let is_other = self.openers.asked_by != Some(member.id);
        let is_begun = matches!(stage, Stage::Asked | Stage::Provisional);
        May {
            confirm: is_steward && is_begun,
            renew: is_steward
                && matches!(stage, Stage::Open | Stage::Ended)
                && self.round.was_open(),
            open: is_steward && stage == Stage::Asked && is_other,
            end: is_steward && matches!(stage, Stage::Provisional | Stage::Open),
            close: is_steward && stage == Stage::Ended && self.round.was_open(),
            decide: is_steward && self.round.was_open() && stage != Stage::Closed,
        }
    }

    /// Who opened it; for members.
    fn openers(&self, words: &Words<'_>, visitor: &Visitor) -> Option<String> {
        let asked_by = self.openers.asked_by.filter(|_| visitor.is_full_member())?;
        let first = self.names.of(words, Some(asked_by));
        Some(match self.openers.seconded_by {
            None => words.locale.say_with("round-asked-by", [("name", first.into())]),
            second => {
                let second = self.names.of(words, second);
                let names = [("name", first.into()), ("second", second.into())];
                words.locale.say_with("round-opened-by", names)
            }
        })
    }

    fn row(&self, words: &Words<'_>, (line, need): &(Line, Proposal), is_steward: bool) -> Row {
        let outcome = line.decided.map(|(outcome, _)| self.fates.say(words, outcome, is_steward));
        Row {
            id: need.id.to_string(),
            href: path_of(words.app, need.id),
            title: need.content.title.clone(),
            language: need.content.language.clone(),
            state: words.state(need),
            outcome,
            is_undecided: line.is_undecided(need),
        }
    }

    /// The standing duties that came of it, each once, by name.
    fn goes_on(&self) -> Vec<Link> {
        let duties = self.lines.iter().filter_map(|(line, _)| match line.decided {
            Some((Outcome::Duty(duty), _)) => Some(duty),
            _ => None,
        });
        let mut links: Vec<Link> = Vec::new();
        for duty in duties {
            let Some((href, title)) = self.fates.duty(duty) else { continue };
            if links.iter().all(|link| link.href != href) {
                links.push(Link { href, title });
            }
        }
        links.sort_by(|one, other| one.title.cmp(&other.title));
        links
    }
}

fn decided(decision: &Decision) -> Link {
    Link { href: decide::page_of(decision.id), title: decision.title.clone() }
}

fn is_visible(visitor: &Visitor, need: &Proposal, author: Option<MemberId>) -> bool {
    let is_author = visitor.member().is_some_and(|member| author == Some(member.id));
    need.is_visible_to(visitor.viewer(), is_author)
}
