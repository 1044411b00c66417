//! What a need belongs to, in its form and on its page: a round, by which way it came, what is
//! behind it. Nobody has to say any of it.

use crate::actions::cause::name_of;
use crate::actions::round::page_of;
use crate::app::App;
use crate::db::{Conn, causes, origins, rounds};
use crate::domain::cause::{Cause, Statement};
use crate::domain::draft::Context;
use crate::domain::id::ProposalId;
use crate::domain::origin::Origin;
use crate::domain::proposal::Purpose;
use crate::domain::round::Round;
use crate::error::Error;
use crate::web::proposal_fields::Typed;
use crate::web::words::Words;

/// One thing to choose.
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// The part of the form for needs.
pub struct Belongs {
    /// The rounds that are open, and none; empty where there is nothing to choose.
    pub rounds: Vec<Choice>,
    /// Whether by which way it came may be said: not for an offer.
    pub is_asked: bool,
    /// Whether it was said.
    pub is_said: bool,
    /// By which way.
    pub origins: Vec<Choice>,
    /// Whether it stands in for a service.
    pub replaces: bool,
}

/// The round on the page of a need.
pub struct RoundLink {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
}

/// What may be said of what is behind a need.
pub struct Causes {
    offered: Vec<Cause>,
    said: Option<Statement>,
}

/// The same, in the form that closes a need.
pub struct Behind {
    /// The list.
    pub causes: Vec<Choice>,
    /// What was said before, if it was closed before.
    pub words: String,
}

/// The round in which new needs stand by themselves; empty for none.
pub async fn usual_round(app: &App) -> Result<String, Error> {
    let now = app.now();
    let open = app.db.read(move |conn| rounds::list_open(conn, now)).await?;
    Ok(open.last().map(|round| round.id.to_string()).unwrap_or_default())
}

/// What a need belongs to now.
pub fn read(conn: &mut Conn, need: ProposalId) -> Result<Context, Error> {
    let line = rounds::find_line(conn, need)?;
    Ok(Context { round: line.map(|line| line.round), way: origins::find(conn, need)? })
}

/// The round that a need belongs to.
pub fn round_of(conn: &mut Conn, need: ProposalId) -> Result<Option<Round>, Error> {
    let Some(line) = rounds::find_line(conn, need)? else { return Ok(None) };
    rounds::find(conn, line.round).map(Some)
}

impl Belongs {
    /// What there is to choose.
    pub async fn read(words: &Words<'_>, purpose: Purpose, typed: &Typed) -> Result<Self, Error> {
        let is_asked = purpose == Purpose::Need;
        let now = words.now;
        let open = match is_asked {
            true => words.app.db.read(move |conn| rounds::list_open(conn, now)).await?,
            false => Vec::new(),
        };
        let say = |id: &str| words.locale.say(id);
        let choice = |value: &str, label: String, chosen: &str| Choice {
            selected: value == chosen,
            value: value.to_owned(),
            label,
        };
        let mut rounds: Vec<Choice> = open
            .iter()
            .map(|round| choice(&round.id.to_string(), round.title.clone(), &typed.round))
            .collect();
        if !rounds.is_empty() {
            rounds.push(choice("", say("form-round-none"), &typed.round));
        }
        let ways = Origin::ALL.map(|origin| origin.word());
        let origin = |word: &str| choice(word, say(&format!("origin-{word}")), &typed.origin);
        let unsaid = choice("", say("form-origin-unsaid"), &typed.origin);
        Ok(Self {
            rounds,
            is_asked,
            is_said: !typed.origin.is_empty() || typed.replaces,
            origins: std::iter::once(unsaid).chain(ways.into_iter().map(origin)).collect(),
            replaces: typed.replaces,
        })
    }
}

impl RoundLink {
    /// The link to a round.
    pub fn of(round: &Round) -> Self {
        Self { href: page_of(round.id), title: round.title.clone() }
    }
}

impl Causes {
    /// Reads the list, and what was said before.
    pub fn read(conn: &mut Conn, need: ProposalId) -> Result<Self, Error> {
        let mut offered = causes::list(conn)?;
        offered.retain(Cause::is_offered);
        Ok(Self { offered, said: causes::find_statement(conn, need)? })
    }

    /// The form.
    pub fn form(&self, words: &Words<'_>) -> Behind {
        let said = self.said.as_ref();
        let choice = |cause: &Cause| Choice {
            value: cause.id.to_string(),
            label: name_of(cause, words.locale),
            selected: said.is_some_and(|said| said.cause == cause.id),
        };
        Behind {
            causes: self.offered.iter().map(choice).collect(),
            words: said.and_then(|said| said.words.clone()).unwrap_or_default(),
        }
    }
}
