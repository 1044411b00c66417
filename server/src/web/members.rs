//! Who is here: names, and who still joins. Members vouch here for those who join, and invite
//! others. Nothing is counted of anybody.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use crate::actions::invite::{MOST_USES, invite as make_invitation};
use crate::actions::vouch::{note_visit, vouch as speak_for};
use crate::app::App;
use crate::db::{Conn, members, vouches};
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Standing};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, answer, go_on, show as show_page};
use crate::web::session::{FullMember, Steward, Visitor};
use crate::web::words::Words;

/// This page.
const PATH: &str = "/members";

#[derive(Template)]
#[template(path = "members/list.html")]
struct List {
    page: Page,
    joining: Vec<Person>,
    members: Vec<Person>,
    most_uses: i64,
    uses: String,
    link: Option<String>,
    problem: Option<String>,
}

struct Person {
    href: String,
    name: String,
    steward: bool,
}

#[derive(Template)]
#[template(path = "members/show.html")]
struct Shown {
    page: Page,
    id: String,
    name: String,
    since: String,
    steward: bool,
    /// Whether who looks may let them look after the house.
    may_name: bool,
    /// Whether who looks may take a measure about them.
    may_measure: bool,
    joining: Option<Joining>,
}

/// What can be done for somebody who joins.
struct Joining {
    may_vouch: bool,
    has_vouched: bool,
    may_note_visit: bool,
    day: String,
    problem: Option<String>,
}

/// `GET /members`
pub async fn list(
    State(app): State<App>,
    FullMember { visitor, .. }: FullMember,
) -> Result<Response, Problem> {
    list_page(&app, &visitor, (None, None), "1").await
}

/// `POST /members/invitations`
pub async fn invite(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let uses = fields.text("uses");
    match make_invitation(&app, Some(member.id), uses.trim().parse().unwrap_or_default()).await {
        // The link is a secret: it is on this one answer, and in no address, cookie or log.
        Ok(link) => list_page(&app, &visitor, (Some(link.to_string()), None), &uses).await,
        Err(Error::Refused(refusal)) => {
            let problem = visitor.locale.say(refusal.key());
            list_page(&app, &visitor, (None, Some(problem)), &uses).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /members/{id}`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Member>,
) -> Result<Response, Problem> {
    page(&app, &visitor, &member, id, None).await
}

/// `POST /members/{id}/vouch`
pub async fn vouch(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Member>,
    _form: Form,
) -> Result<Response, Problem> {
    let done = speak_for(&app, &member, id).await;
    go(&app, (&visitor, &member), id, (done, "vouch-done"), String::new()).await
}

/// `POST /members/{id}/visit`
pub async fn visit(
    State(app): State<App>,
    Steward { visitor, member }: Steward,
    PathId(id): PathId<Member>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let typed = fields.text("day");
    let done = match typed.trim().parse::<Date>() {
        Ok(day) => note_visit(&app, &member, id, day).await,
        Err(_) => Err(Refusal::DateNotADate.into()),
    };
    go(&app, (&visitor, &member), id, (done, "visit-done"), typed).await
}

async fn go(
    app: &App,
    (visitor, member): (&Visitor, &Member),
    id: MemberId,
    (done, message): (Result<Member, Error>, &str),
    day: String,
) -> Result<Response, Problem> {
    match done {
        Ok(them) if them.standing == Standing::Member => {
            Ok(go_on(app, PATH, "vouch-member", &[&them.name]))
        }
        Ok(them) => Ok(go_on(app, &format!("{PATH}/{id}"), message, &[&them.name])),
        Err(Error::Refused(refusal)) => page(app, visitor, member, id, Some((refusal, day))).await,
        Err(other) => Err(other.into()),
    }
}

async fn list_page(
    app: &App,
    visitor: &Visitor,
    (link, problem): (Option<String>, Option<String>),
    uses: &str,
) -> Result<Response, Problem> {
    let all = app.db.read(members::list).await?;
    let (joining, members): (Vec<_>, Vec<_>) =
        all.iter().partition(|member| member.standing == Standing::Joining);
    let people = |some: Vec<&Member>| some.into_iter().map(person).collect();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = List {
        page: Page::new(app, visitor, visitor.locale.say("members-title")).found_at(PATH),
        joining: people(joining),
        members: people(members),
        most_uses: MOST_USES.into(),
        uses: uses.to_owned(),
        link,
        problem,
    };
    answer(status, &template)
}

fn person(member: &Member) -> Person {
    Person {
        href: format!("{PATH}/{}", member.id),
        name: member.name.clone(),
        steward: member.is_steward(),
    }
}

async fn page(
    app: &App,
    visitor: &Visitor,
    looker: &Member,
    id: MemberId,
    tried: Option<(Refusal, String)>,
) -> Result<Response, Problem> {
    let own = looker.id;
    let read =
        move |conn: &mut Conn| Ok((members::find(conn, id)?, vouches::has_vouched(conn, id, own)?));
    let (member, has_vouched) = app.db.read(read).await?;
    let words = Words::new(app, visitor);
    let refused = tried.is_some();
    let (problem, day) = match tried {
        Some((refusal, day)) => (Some(words.locale.say(refusal.key())), day),
        None => (None, String::new()),
    };
    let joining = (member.standing == Standing::Joining || refused).then(|| Joining {
        may_vouch: member.standing == Standing::Joining && !has_vouched,
        has_vouched,
        may_note_visit: looker.is_steward() && member.standing == Standing::Joining,
        day,
        problem,
    });
    let template = Shown {
        page: Page::new(app, visitor, member.name.as_str()).found_at(format!("{PATH}/{id}")),
        id: id.to_string(),
        since: words.day(member.joined_at).text,
        steward: member.is_steward(),
        may_name: looker.is_steward()
            && member.standing == Standing::Member
            && !member.is_steward(),
        may_measure: looker.is_steward() && looker.id != id,
        name: member.name,
        joining,
    };
    match refused {
        true => answer(StatusCode::UNPROCESSABLE_ENTITY, &template),
        false => show_page(&template),
    }
}
