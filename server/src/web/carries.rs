//! What a decision carries out: said on its page, with the button that does it once it is adopted;
//! and the forms on the page of a role that ask the assembly for such a decision.

use axum::extract::State;
use axum::response::Response;

use crate::actions::ask_assembly;
use crate::actions::decide::page_of;
use crate::actions::hold_role::page_of as role_page;
use crate::app::App;
use crate::db::{Conn, roles};
use crate::domain::decision::Decision;
use crate::domain::id::{MemberId, RoleId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::role::Role;
use crate::domain::subject::Subject;
use crate::error::Error;
use crate::web::decision_page;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::measure_lines::Names;
use crate::web::page::go_on;
use crate::web::role_lines::title;
use crate::web::roles as roles_page;
use crate::web::session::{FullMember, Visitor};
use crate::web::words::{Words, end_of_day};

/// What is read about what a decision carries out.
pub struct Carried {
    subject: Subject,
    role: Role,
    holder: Option<MemberId>,
    /// Whether there is still something to do.
    is_possible: bool,
}

/// What a decision carries out, as its page shows it.
pub struct CarryLine {
    /// In a sentence.
    pub says: String,
    /// The page of the role, for those who may see it.
    pub href: Option<String>,
    /// Whether the reader may do it now.
    pub is_ready: bool,
    /// When it was done.
    pub done: Option<String>,
}

/// `POST /decisions/{id}/carry-out`
pub async fn carry_out(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Decision>,
    _form: Form,
) -> Result<Response, Problem> {
    let tried = ask_assembly::carry_out(&app, &member, id).await;
    decision_page::done(&app, &visitor, id, tried, "subject-done").await
}

/// `POST /roles/{id}/ask`: ends the term of the form, or names somebody.
pub async fn ask(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Role>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    match ask_for(&app, (&visitor, &member), id, &fields).await {
        Ok(decision) => Ok(go_on(&app, &page_of(decision.id), "decision-proposed", &[])),
        Err(Error::Refused(refusal)) => {
            roles_page::page(&app, (&visitor, &member), id, (&fields, Some(refusal))).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn ask_for(
    app: &App,
    (visitor, member): (&Visitor, &Member),
    role: RoleId,
    fields: &Fields,
) -> Result<Decision, Error> {
    let term = fields.text("term");
    if !term.is_empty() {
        let term = term.parse().map_err(|_| Error::NotFound)?;
        return ask_assembly::ask_to_end(app, member, term, &visitor.locale).await;
    }
    let holder = fields.text("holder").parse().map_err(|_| Refusal::HolderMissing)?;
    let until = end_of_day(app, &fields.text("until")).ok_or(Refusal::DateNotADate)?;
    ask_assembly::ask_to_name(app, member, (role, holder, until), &visitor.locale).await
}

impl Carried {
    /// Reads it, if a decision carries something out.
    pub fn read(conn: &mut Conn, decision: &Decision) -> Result<Option<Self>, Error> {
        let Some(subject) = decision.subject else { return Ok(None) };
        let found = match subject {
            Subject::Name { role, holder, .. } => {
                let role = roles::find(conn, role)?;
                let is_possible = role.ended_at.is_none();
                Self { subject, role, holder: Some(holder), is_possible }
            }
            Subject::EndTerm { term } => {
                let term = roles::find_term(conn, term)?;
                let is_possible = roles::list_terms(conn)?.iter().any(|open| open.id == term.id);
                let role = roles::find(conn, term.role)?;
                Self { subject, role, holder: term.holder, is_possible }
            }
        };
        Ok(Some(found))
    }

    /// Says it to a reader. The names of those who hold roles are for members.
    pub fn line(
        &self,
        words: &Words<'_>,
        (names, decision): (&Names, &Decision),
        (sees_names, has_voice): (bool, bool),
    ) -> CarryLine {
        let name = match sees_names {
            true => names.of(words, self.holder),
            false => words.locale.say("log-a-member"),
        };
        let (name, role) = (("name", name.into()), ("role", title(words, &self.role).into()));
        let says = match self.subject {
            Subject::Name { until, .. } => {
                let date = ("date", words.day(until).text.into());
                words.locale.say_with("subject-name", [name, role, date])
            }
            Subject::EndTerm { .. } => words.locale.say_with("subject-end", [name, role]),
        };
        let done =
            |at| words.locale.say_with("subject-done-on", [("date", words.day(at).text.into())]);
        let is_waiting = decision.is_adopted() && decision.carried_out_at.is_none();
        CarryLine {
            says,
            href: (sees_names && self.role.ended_at.is_none()).then(|| role_page(self.role.id)),
            is_ready: is_waiting && self.is_possible && sees_names && has_voice,
            done: decision.carried_out_at.map(done),
        }
    }
}
