//! Ask the assembly to name somebody for a role, or to end a term, and carry out what it decided. The
//! decision says what it carries out, so that anybody may do it, and nothing else by it.

use jiff::{SignedDuration, Timestamp};

use crate::actions::check_voice::check_voice;
use crate::actions::decide::{self, Wish};
use crate::actions::hold_role::{self, Giving};
use crate::app::App;
use crate::db::{Conn, decisions, roles};
use crate::domain::decision::{Decision, Method, Quorum};
use crate::domain::id::{DecisionId, MemberId, RoleId, TermId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Role, check_end};
use crate::domain::subject::Subject;
use crate::error::Error;
use crate::i18n::Locale;

/// Such a decision is open for so long.
const OPEN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A third of the members must speak, in percent and rounded up.
const QUORUM: Quorum = Quorum::Share(34);
/// The most characters of a role's name in the title of a decision.
const LONGEST_NAME: usize = 80;

/// Asks that somebody gets a role, until a day.
pub async fn ask_to_name(
    app: &App,
    by: &Member,
    (role, holder, until): (RoleId, MemberId, Timestamp),
    locale: &Locale,
) -> Result<Decision, Error> {
    check_end(until, true, app.now())?;
    let read = move |conn: &mut Conn| {
        let role = roles::find(conn, role)?;
        check_voice(conn, holder)?;
        Ok(role)
    };
    let named = app.db.read(read).await?;
    let subject = Subject::Name { role, holder, until };
    ask(app, by, subject, title(locale, "role-ask-name-title", &named)?).await
}

/// Asks that a term ends.
pub async fn ask_to_end(
    app: &App,
    by: &Member,
    term: TermId,
    locale: &Locale,
) -> Result<Decision, Error> {
    let read = move |conn: &mut Conn| {
        let open = roles::list_terms(conn)?.into_iter().find(|each| each.id == term);
        roles::find(conn, open.ok_or(Error::NotFound)?.role)
    };
    let role = app.db.read(read).await?;
    let subject = Subject::EndTerm { term };
    ask(app, by, subject, title(locale, "role-ask-end-title", &role)?).await
}

/// Does what an adopted decision says. Every member may, because it is decided.
pub async fn carry_out(app: &App, by: &Member, id: DecisionId) -> Result<(), Error> {
    let decision = app.db.read(move |conn| decisions::find(conn, id)).await?;
    match decision.subject.ok_or(Error::NotFound)? {
        Subject::Name { role, holder, until } => {
            let giving = Giving { holder, deputy: None, ends_at: until, decision: Some(id) };
            hold_role::give(app, by, role, giving).await.map(drop)
        }
        Subject::EndTerm { term } => hold_role::give_back(app, by, term, Some(id)).await,
    }
}

async fn ask(app: &App, by: &Member, subject: Subject, title: String) -> Result<Decision, Error> {
    let wish = Wish {
        title,
        text: String::new(),
        method: Method::Vote,
        quorum: QUORUM,
        closes_at: app.now().saturating_add(OPEN).map_err(anyhow::Error::from)?,
        asks_followers: false,
        answers: None,
        subject: Some(subject),
    };
    decide::propose(app, by, wish).await
}

/// The title of a decision about a role. It names nobody: titles stay when somebody has left.
fn title(locale: &Locale, id: &str, role: &Role) -> Result<String, Error> {
    if role.ended_at.is_some() {
        return Err(Refusal::RoleOver.into());
    }
    let name = if role.is_house() { locale.say("role-house") } else { role.title.clone() };
    let name: String = name.chars().take(LONGEST_NAME).collect();
    Ok(locale.say_with(id, [("role", name.into())]))
}
