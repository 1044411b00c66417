//! One role: what it decides and holds, whose it is until when, its hand-over list, and the forms to
//! give it, give it back, or end it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;

use crate::actions::hold_role::{self, Giving, Step, Wish, page_of};
use crate::app::App;
use crate::db::{Conn, members, roles};
use crate::domain::id::{DecisionId, LineId, MemberId, RoleId};
use crate::domain::member::{Member, Standing};
use crate::domain::refusal::Refusal;
use crate::domain::role::{Line, Role, THINGS, Term};
use crate::error::Error;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::role_lines::{Held, Offered, TermLine, decides, list_offered, thing, title};
use crate::web::session::{FullMember, Visitor};
use crate::web::words::{Words, date, end_of_day};

/// The map of who holds what.
const MAP: &str = "/power";
/// The term that the form proposes.
const USUAL: SignedDuration = SignedDuration::from_hours(365 * 24);

#[derive(Template)]
#[template(path = "roles/new.html")]
struct New {
    page: Page,
    title: String,
    decides: String,
    things: Vec<Choice>,
    own: String,
    decisions: Vec<Offered>,
    decision: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "roles/show.html")]
struct Shown {
    page: Page,
    id: String,
    title: String,
    decides: String,
    holds: Vec<String>,
    is_house: bool,
    is_steward: bool,
    terms: Vec<TermRow>,
    lines: Vec<LineRow>,
    /// Whether the reader keeps the hand-over list.
    may_hand_over: bool,
    people: Vec<Choice>,
    deputies: Vec<Choice>,
    until: String,
    decisions: Vec<Offered>,
    problem: Option<String>,
}

struct TermRow {
    line: TermLine,
    is_own: bool,
    may_end: bool,
    /// Whether the reader may ask the assembly to end it.
    may_ask: bool,
}

struct LineRow {
    id: String,
    text: String,
    is_ticked: bool,
}

/// Something to choose in a form.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// Everything that is read for the page of a role.
struct Found {
    role: Role,
    held: Held,
    lines: Vec<Line>,
    people: Vec<Member>,
    decisions: Vec<Offered>,
}

/// `GET /roles/new`
pub async fn new(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
) -> Result<Response, Problem> {
    new_form(&app, &visitor, &Fields::default(), None).await
}

/// `POST /roles/new`
pub async fn create(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let own = fields.text("own");
    let wish = Wish {
        title: fields.text("title"),
        decides: fields.text("decides"),
        holds: fields.all("thing").into_iter().chain(own.lines().map(str::to_owned)).collect(),
    };
    match hold_role::add(&app, &member, wish, decision(&fields)?).await {
        Ok(role) => Ok(go_on(&app, &page_of(role.id), "role-added", &[])),
        Err(Error::Refused(refusal)) => new_form(&app, &visitor, &fields, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `GET /roles/{id}`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Role>,
) -> Result<Response, Problem> {
    page(&app, (&visitor, &member), id, (&Fields::default(), None)).await
}

/// `POST /roles/{id}/give`
pub async fn give(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Role>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let tried = match giving(&app, &fields) {
        Ok(giving) => hold_role::give(&app, &member, id, giving).await.map(drop),
        Err(refusal) => find_first(&app, id).await.and(Err(refusal.into())),
    };
    done(&app, (&visitor, &member), id, &fields, (tried, "role-given")).await
}

/// `POST /roles/{id}/give-back`: ends the term of the form.
pub async fn give_back(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Role>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let term = fields.text("term").parse().map_err(|_| Error::NotFound)?;
    let tried = hold_role::give_back(&app, &member, term, decision(&fields)?).await;
    done(&app, (&visitor, &member), id, &fields, (tried, "role-given-back")).await
}

/// `POST /roles/{id}/end`
pub async fn end(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Role>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    match hold_role::end(&app, &member, id, decision(&fields)?).await {
        Ok(()) => Ok(go_on(&app, MAP, "role-ended", &[])),
        tried => done(&app, (&visitor, &member), id, &fields, (tried, "role-ended")).await,
    }
}

/// `POST /roles/{id}/lines`: what is ticked, a line that goes, and a new one.
pub async fn keep_lines(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Role>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let tried = keep(&app, &member, id, &fields).await;
    done(&app, (&visitor, &member), id, &fields, (tried, "role-lines-kept")).await
}

async fn keep(app: &App, by: &Member, id: RoleId, fields: &Fields) -> Result<(), Error> {
    let read = |name: &str| -> Vec<LineId> {
        fields.all(name).iter().filter_map(|line| line.parse().ok()).collect()
    };
    let (listed, ticked, removed) = (read("line"), read("done"), read("remove"));
    let step = |line: LineId| match (removed.contains(&line), ticked.contains(&line)) {
        (true, _) => Step::Remove,
        (false, true) => Step::Tick,
        (false, false) => Step::Untick,
    };
    let steps = listed.into_iter().map(|line| (line, step(line))).collect();
    hold_role::hand_over(app, by, id, steps).await?;
    match fields.text("new").trim() {
        "" => Ok(()),
        text => hold_role::add_line(app, by, id, text).await.map(drop),
    }
}

/// What does not exist is not found before anything is said about what was typed.
async fn find_first(app: &App, id: RoleId) -> Result<(), Error> {
    app.db.read(move |conn| roles::find(conn, id)).await.map(drop)
}

fn giving(app: &App, fields: &Fields) -> Result<Giving, Refusal> {
    let who = |name: &str| fields.text(name).parse::<MemberId>().ok();
    Ok(Giving {
        holder: who("holder").ok_or(Refusal::HolderMissing)?,
        deputy: who("deputy"),
        ends_at: end_of_day(app, &fields.text("until")).ok_or(Refusal::DateNotADate)?,
        decision: fields.text("decision").parse().ok(),
    })
}

/// The decision that a form cites, if it cites one.
pub fn decision(fields: &Fields) -> Result<Option<DecisionId>, Error> {
    match fields.text("decision").as_str() {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Error::NotFound),
    }
}

async fn done(
    app: &App,
    reader: (&Visitor, &Member),
    id: RoleId,
    fields: &Fields,
    (tried, message): (Result<(), Error>, &str),
) -> Result<Response, Problem> {
    match tried {
        Ok(()) => Ok(go_on(app, &page_of(id), message, &[])),
        Err(Error::Refused(refusal)) => page(app, reader, id, (fields, Some(refusal))).await,
        Err(other) => Err(other.into()),
    }
}

async fn new_form(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let decisions = app.db.read(list_offered).await?;
    let words = Words::new(app, visitor);
    let ticked = fields.all("thing");
    let choice = |held: &str| Choice {
        value: held.to_owned(),
        label: thing(&words, held),
        is_chosen: ticked.iter().any(|each| each == held),
    };
    let template = New {
        page: Page::new(app, visitor, words.locale.say("role-new-title")).found_at("/roles/new"),
        title: fields.text("title"),
        decides: fields.text("decides"),
        things: THINGS.into_iter().map(choice).collect(),
        own: fields.text("own"),
        decisions,
        decision: fields.text("decision"),
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status(refusal), &template)
}

fn status(refusal: Option<Refusal>) -> StatusCode {
    if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// The page of a role, with what was wrong.
pub async fn page(
    app: &App,
    (visitor, member): (&Visitor, &Member),
    id: RoleId,
    (fields, refusal): (&Fields, Option<Refusal>),
) -> Result<Response, Problem> {
    let found = app.db.read(move |conn| Found::read(conn, id)).await?;
    let words = Words::new(app, visitor);
    let role = &found.role;
    let terms: Vec<&Term> = found.held.terms_of(id).collect();
    let is_theirs = terms.iter().any(|term| term.is_of(member.id));
    let row = |term: &Term| {
        let is_own = term.holder == Some(member.id);
        let may_end = member.is_steward() && words.now >= term.ends_at;
        let line = found.held.line(&words, term);
        TermRow { line, is_own, may_end, may_ask: !is_own && !may_end }
    };
    let current = terms.first().copied().filter(|_| !role.is_house());
    let until = words.now.saturating_add(USUAL).unwrap_or(words.now);
    let template = Shown {
        page: Page::new(app, visitor, title(&words, role)).found_at(page_of(id)),
        id: id.to_string(),
        title: title(&words, role),
        decides: text::markdown(&decides(&words, role)),
        holds: role.holds.iter().map(|held| thing(&words, held)).collect(),
        is_house: role.is_house(),
        is_steward: member.is_steward(),
        terms: terms.iter().map(|term| row(term)).collect(),
        lines: found.lines.iter().map(|line| line_row(line, current)).collect(),
        may_hand_over: is_theirs || member.is_steward(),
        people: found.choices(&fields.text("holder")),
        deputies: found.choices(&fields.text("deputy")),
        until: date(app, until),
        decisions: found.decisions,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status(refusal), &template)
}

fn line_row(line: &Line, term: Option<&Term>) -> LineRow {
    LineRow { id: line.id.to_string(), text: line.text.clone(), is_ticked: line.is_ticked(term) }
}

impl Found {
    fn read(conn: &mut Conn, id: RoleId) -> Result<Self, Error> {
        let role = roles::find(conn, id)?;
        if role.ended_at.is_some() {
            return Err(Error::NotFound);
        }
        let mut people = members::list(conn)?;
        people.retain(|member| member.standing == Standing::Member);
        let (held, lines) = (Held::read(conn)?, roles::list_lines(conn, id)?);
        Ok(Self { role, held, lines, people, decisions: list_offered(conn)? })
    }

    /// Every member, by name.
    fn choices(&self, chosen: &str) -> Vec<Choice> {
        let choice = |member: &Member| Choice {
            value: member.id.to_string(),
            label: member.name.clone(),
            is_chosen: member.id.to_string() == chosen,
        };
        self.people.iter().map(choice).collect()
    }
}
