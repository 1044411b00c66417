//! The pool: how many turns somebody gave for whoever cannot come, and giving one. No names, and
//! nobody is asked.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::cover_turn::{give_to_pool, take_from_pool};
use crate::app::App;
use crate::db::{Conn, duties, pool_turns};
use crate::domain::cover::PoolTurn;
use crate::domain::duty::Duty;
use crate::domain::id::DutyId;
use crate::error::Error;
use crate::web::duties::path_of;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::{Page, go_on, show as page};
use crate::web::session::FullMember;
use crate::web::turns::typed_day;
use crate::web::words::Words;

/// This page.
const PATH: &str = "/turns/pool";

#[derive(Template)]
#[template(path = "turns/pool.html")]
struct Pool {
    page: Page,
    all: usize,
    duties: Vec<Line>,
    own: Vec<Given>,
}

/// A duty, and how many turns are in its pool.
struct Line {
    id: String,
    href: String,
    title: String,
    count: usize,
}

/// A turn that the one who looks gave, and that nobody has drawn.
struct Given {
    id: String,
    title: String,
    until: Option<String>,
}

/// `GET /turns/pool`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
) -> Result<Response, Problem> {
    let read = |conn: &mut Conn| Ok((duties::list_live(conn)?, pool_turns::list_open(conn)?));
    let (live, open): (Vec<Duty>, Vec<PoolTurn>) = app.db.read(read).await?;
    let words = Words::new(&app, &visitor);
    let mut counts: HashMap<DutyId, usize> = HashMap::new();
    let is_live = |turn: &&PoolTurn| live.iter().any(|duty| duty.id == turn.duty);
    for turn in open.iter().filter(is_live) {
        *counts.entry(turn.duty).or_default() += 1;
    }
    let title = |id: DutyId| {
        let duty = live.iter().find(|duty| duty.id == id);
        duty.map(|duty| duty.content.title.clone()).unwrap_or_default()
    };
    let own = open.iter().filter(|turn| turn.giver == Some(member.id));
    page(&Pool {
        page: Page::new(&app, &visitor, words.locale.say("pool-title")),
        all: counts.values().sum(),
        duties: live
            .iter()
            .map(|duty| Line {
                id: duty.id.to_string(),
                href: path_of(duty.id),
                title: duty.content.title.clone(),
                count: counts.get(&duty.id).copied().unwrap_or_default(),
            })
            .collect(),
        own: own
            .map(|turn| Given {
                id: turn.id.to_string(),
                title: title(turn.duty),
                until: turn.until.map(|day| words.calendar_day(day)),
            })
            .collect(),
    })
}

/// `POST /turns/pool`
pub async fn give(
    State(app): State<App>,
    FullMember { member, .. }: FullMember,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let duty = fields.text("duty").parse().map_err(|_| Problem::NotFound)?;
    let until =
        typed_day(&fields.text("until")).map_err(|refusal| Problem::Refused(refusal).at(PATH))?;
    let given = give_to_pool(&app, &member, duty, until).await;
    given.map_err(|error: Error| Problem::from(error).at(PATH))?;
    Ok(go_on(&app, PATH, "pool-given", &[]))
}

/// `POST /turns/pool/{id}/take-back`
pub async fn take_back(
    State(app): State<App>,
    FullMember { member, .. }: FullMember,
    PathId(id): PathId<PoolTurn>,
    _form: Form,
) -> Result<Response, Problem> {
    take_from_pool(&app, &member, id).await?;
    Ok(go_on(&app, PATH, "pool-taken-back", &[]))
}
