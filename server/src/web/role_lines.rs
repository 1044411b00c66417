//! Roles and terms in words: for the map of who holds what, and for the page of one role.

use crate::db::{Conn, decisions, roles};
use crate::domain::decision::Decision;
use crate::domain::id::{DecisionId, MemberId, RoleId};
use crate::domain::role::{HOUSE, Role, State, THINGS, Term};
use crate::error::Error;
use crate::web::measure_lines::Names;
use crate::web::words::Words;

/// How many decisions a form offers.
const OFFERED: i64 = 40;

/// All roles, who has them, and the decisions that gave them.
pub struct Held {
    /// The roles that have not ended.
    pub roles: Vec<Role>,
    /// Their terms.
    pub terms: Vec<Term>,
    /// The names of all members.
    pub names: Names,
    decisions: Vec<Decision>,
}

/// Somebody's term, as a page shows it.
pub struct TermLine {
    /// Its id.
    pub id: String,
    /// Who holds it, or that nobody does.
    pub holder: String,
    /// Who stands in.
    pub deputy: Option<String>,
    /// Until when, or since when it is over.
    pub until: String,
    /// What follows from that.
    pub means: Option<String>,
    /// By which decision: its page and its title.
    pub decision: Option<(String, String)>,
}

/// A decision to choose.
pub struct Offered {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: String,
}

impl Held {
    /// Reads them.
    pub fn read(conn: &mut Conn) -> Result<Self, Error> {
        let terms = roles::list_terms(conn)?;
        let mut given = Vec::new();
        for id in terms.iter().filter_map(|term| term.decision) {
            given.push(decisions::find(conn, id)?);
        }
        let (roles, names) = (roles::list(conn)?, Names::read(conn)?);
        Ok(Self { roles, terms, names, decisions: given })
    }

    /// The roles by the name that each has for the reader.
    pub fn by_title(&self, words: &Words<'_>) -> Vec<(String, &Role)> {
        let mut all: Vec<_> = self.roles.iter().map(|role| (title(words, role), role)).collect();
        all.sort_by_key(|(title, role)| (title.to_lowercase(), role.id));
        all
    }

    /// The terms of a role that somebody has or stands in for.
    pub fn terms_of(&self, role: RoleId) -> impl Iterator<Item = &Term> {
        let is_held = |term: &&Term| term.holder.is_some() || term.deputy.is_some();
        self.terms.iter().filter(move |term| term.role == role).filter(is_held)
    }

    /// Who holds a role now, without those whose powers rest.
    pub fn holders(&self, role: RoleId) -> impl Iterator<Item = MemberId> {
        let open = self.terms_of(role).filter(|term| term.lapsed_at.is_none());
        open.filter_map(|term| term.holder)
    }

    /// A term in words.
    pub fn line(&self, words: &Words<'_>, term: &Term) -> TermLine {
        let is_last = self.holders(HOUSE).count() < 2;
        let state = term.state(is_last, words.now);
        let date = words.day(term.ends_at).text;
        let (until, means) = match state {
            State::Running => ("role-until", None),
            State::Due if term.role == HOUSE && is_last => {
                ("role-due-since", Some("role-due-last"))
            }
            State::Due => ("role-due-since", Some("role-due-means")),
            State::Resting => ("role-due-since", Some("role-rests-means")),
        };
        let name = |who: MemberId| self.names.of(words, Some(who));
        TermLine {
            id: term.id.to_string(),
            holder: term.holder.map_or_else(|| words.locale.say("role-nobody"), name),
            deputy: term.deputy.map(name),
            until: words.locale.say_with(until, [("date", date.into())]),
            means: means.map(|id| words.locale.say(id)),
            decision: term.decision.and_then(|id| self.decision(id)),
        }
    }

    fn decision(&self, id: DecisionId) -> Option<(String, String)> {
        let found = self.decisions.iter().find(|decision| decision.id == id)?;
        Some((crate::actions::decide::page_of(id), found.title.clone()))
    }
}

/// What a role is called.
pub fn title(words: &Words<'_>, role: &Role) -> String {
    match role.is_house() {
        true => words.locale.say("role-house"),
        false => role.title.clone(),
    }
}

/// What a role decides, in Markdown.
pub fn decides(words: &Words<'_>, role: &Role) -> String {
    match role.is_house() && role.decides.is_empty() {
        true => words.locale.say("role-house-decides"),
        false => role.decides.clone(),
    }
}

/// Something that a role holds: a word of ours in the reader's language, or their own words.
pub fn thing(words: &Words<'_>, held: &str) -> String {
    let id = match held {
        "keys" => "thing-keys",
        "money" => "thing-money",
        "domain" => "thing-domain",
        "server" => "thing-server",
        "phone" => "thing-phone",
        own => return own.to_owned(),
    };
    words.locale.say(id)
}

/// Everything that is held: the words of ours first, then those that roles have of their own, in
/// order.
pub fn things(roles: &[Role]) -> Vec<String> {
    let mut own: Vec<String> = roles.iter().flat_map(|role| role.holds.clone()).collect();
    own.retain(|thing| !THINGS.contains(&thing.as_str()));
    own.sort_by_key(|thing| thing.to_lowercase());
    own.dedup();
    THINGS.into_iter().map(str::to_owned).chain(own).collect()
}

/// The decisions that a form offers: those by which nothing was done yet, the newest first.
pub fn list_offered(conn: &mut Conn) -> Result<Vec<Offered>, Error> {
    let adopted = decisions::list_citable(conn, OFFERED)?;
    let offered =
        |decision: Decision| Offered { id: decision.id.to_string(), title: decision.title };
    Ok(adopted.into_iter().map(offered).collect())
}
