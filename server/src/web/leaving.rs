//! Leaving: what goes with somebody, what stays without their name, what is erased; and the file
//! that they take along.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, SET_COOKIE};
use axum::response::{IntoResponse, Response};

use crate::actions::leave::{Unfinished, leave as say_goodbye};
use crate::actions::name_steward::name_steward as name;
use crate::app::App;
use crate::db::members;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::own_data;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{Cookie, SignedIn, Steward};
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "me/leave.html")]
struct Leave {
    page: Page,
    promises: Vec<String>,
    proposals: Vec<String>,
    turns: Vec<String>,
    problem: Option<String>,
}

/// `GET /me/leave`
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    page(&app, &signed_in, None).await
}

/// `POST /me/leave`
pub async fn leave(
    State(app): State<App>,
    signed_in: SignedIn,
    _form: Form,
) -> Result<Response, Problem> {
    match say_goodbye(&app, &signed_in.member).await {
        Ok(leaving) => {
            let words = Words::new(&app, &signed_in.visitor);
            let day = words.locale.day(leaving.erase_at, &app.zone);
            let mut response = go_on(&app, "/", "left", &[&day]);
            response.headers_mut().append(SET_COOKIE, Cookie::Session.remove(&app));
            Ok(response)
        }
        Err(Error::Refused(refusal)) => page(&app, &signed_in, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `GET /me/data.zip`
pub async fn data(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    let locale = &signed_in.visitor.locale;
    let packed = own_data::of_member(&app, signed_in.member.id, locale).await?;
    let name = format!("attachment; filename=\"{}-data.zip\"", app.collective.handle);
    let head = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((head, packed).into_response())
}

/// `POST /members/{id}/steward`
pub async fn name_steward(
    State(app): State<App>,
    Steward { member, .. }: Steward,
    PathId(id): PathId<Member>,
    _form: Form,
) -> Result<Response, Problem> {
    name(&app, &member, id).await?;
    let named = app.db.read(move |conn| members::find(conn, id)).await?;
    Ok(go_on(&app, &format!("/members/{id}"), "steward-named", &[&named.name]))
}

async fn page(
    app: &App,
    signed_in: &SignedIn,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let (id, now) = (signed_in.member.id, app.now());
    let unfinished = app.db.read(move |conn| Unfinished::read(conn, id, now)).await?;
    let words = Words::new(app, &signed_in.visitor);
    let here = unfinished.promises.iter().map(|(_, to)| to.content.title.clone());
    let elsewhere = unfinished.outgoing.iter().map(|promise| promise.title.clone());
    let template = Leave {
        page: Page::new(app, &signed_in.visitor, words.locale.say("leave-title")),
        promises: here.chain(elsewhere).collect(),
        proposals: unfinished.proposals.iter().map(|each| each.content.title.clone()).collect(),
        turns: unfinished
            .turns
            .iter()
            .map(|(turn, duty)| {
                let day = words.day(turn.starts_at).text;
                let title = duty.content.title.as_str();
                let arguments = [("title", title.into()), ("day", day.into())];
                words.locale.say_with("turn-title", arguments)
            })
            .collect(),
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    let status = match template.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    answer(status, &template)
}
