//! Passkeys: signing in with one, and a member's own. The one thing here that needs a script; without
//! it nothing of this is shown, but a member can always see and remove what they have.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::actions::passkeys::{
    Question, add, are_offered, begin_adding, begin_signing_in, confirm_password, remove,
    sign_in_by_passkey,
};
use crate::app::App;
use crate::db::{members, passkeys};
use crate::domain::passkey::StoredPasskey;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::listener::Origin;
use crate::web::error::Problem;
use crate::web::form::{Form, local_path};
use crate::web::page::{Page, answer, go_on};
use crate::web::security::with_script;
use crate::web::session::{SignedIn, Visitor};
use crate::web::sign_in::{GREETING, HOME, begin};
use crate::web::words::Words;

/// The page of one's own passkeys.
const PATH: &str = "/me/passkeys";

#[derive(Template)]
#[template(path = "me/passkeys.html")]
struct PasskeysPage {
    page: Page,
    passkeys: Vec<Line>,
    is_offered: bool,
    is_fresh: bool,
    has_password: bool,
    problem: Option<String>,
}

/// One passkey.
struct Line {
    credential: String,
    name: String,
    used: Option<String>,
}

/// `GET /me/passkeys`
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    page(&app, &signed_in, None).await
}

/// `POST /me/passkeys/challenge`: for the script, which hands it to the device.
pub async fn ask_to_add(
    State(app): State<App>,
    signed_in: SignedIn,
    _form: Form,
) -> Result<Response, Problem> {
    check_fresh(&signed_in)?;
    Ok(question(&begin_adding(&app, &signed_in.member).await?))
}

/// `POST /me/passkeys`
pub async fn create(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    check_fresh(&signed_in)?;
    let (secret, said) = (fields.text("challenge"), fields.text("answer"));
    let member = signed_in.member.id;
    match add(&app, member, (&secret, &said), &fields.text("name")).await {
        Ok(name) => Ok(go_on(&app, PATH, "passkey-added", &[&name])),
        Err(Error::Refused(refusal)) => page(&app, &signed_in, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /me/passkeys/remove`
pub async fn delete(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    check_fresh(&signed_in)?;
    remove(&app, signed_in.member.id, &fields.text("passkey")).await?;
    Ok(go_on(&app, PATH, "passkey-removed", &[]))
}

/// `POST /me/confirm`: a browser that was left open must not be enough to take somebody's place.
pub async fn confirm(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let session = signed_in.visitor.session.as_ref();
    let token = session.map(|session| session.token.clone()).unwrap_or_default();
    match confirm_password(&app, &signed_in.member, &fields.text("password"), &token).await {
        Ok(()) => Ok(go_on(&app, PATH, "passkey-go-on", &[])),
        Err(Error::Refused(refusal)) => page(&app, &signed_in, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /sign-in/passkey/challenge`: for the script, which hands it to the device.
pub async fn ask_to_sign_in(
    State(app): State<App>,
    origin: Option<Extension<Origin>>,
    _form: Form,
) -> Result<Response, Problem> {
    if origin.is_some_and(|Extension(origin)| !app.arrivals.allows(origin)) {
        return Err(Problem::TooMany);
    }
    Ok(question(&begin_signing_in(&app).await?))
}

/// `POST /sign-in/passkey`
pub async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (secret, said) = (fields.text("challenge"), fields.text("answer"));
    let begun = sign_in_by_passkey(&app, &secret, &said, visitor.known.as_deref()).await;
    let begun = begun.map_err(Problem::from);
    let begun = begun.map_err(|problem| problem.at("/sign-in"))?;
    let path = local_path(&app, &fields.text("return")).unwrap_or_else(|| HOME.to_owned());
    begin(&app, &visitor, &begun, (&path, GREETING)).await
}

async fn page(
    app: &App,
    signed_in: &SignedIn,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let id = signed_in.member.id;
    let read = app.db.read(move |conn| {
        Ok((passkeys::list(conn, id)?, members::find_password_hash(conn, id)?.is_some()))
    });
    let (known, has_password) = read.await?;
    let words = Words::new(app, &signed_in.visitor);
    let line = |passkey: StoredPasskey| {
        let used = passkey.used_at.map(|at| {
            let date = words.lately(at).text;
            words.locale.say_with("passkeys-used", [("date", date.into())])
        });
        Line { credential: passkey.credential, name: passkey.name, used }
    };
    let is_offered = are_offered(app);
    let shown = PasskeysPage {
        page: Page::new(app, &signed_in.visitor, words.locale.say("passkeys-title")).found_at(PATH),
        passkeys: known.into_iter().map(line).collect(),
        is_offered,
        is_fresh: is_fresh(signed_in),
        has_password,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(with_script(answer(status, &shown)?, is_offered))
}

fn question(question: &Question) -> Response {
    let options: serde_json::Value =
        serde_json::from_str(&question.options).unwrap_or(serde_json::Value::Null);
    let body = json!({"challenge": question.secret, "options": options}).to_string();
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn is_fresh(signed_in: &SignedIn) -> bool {
    signed_in.visitor.session.as_ref().is_some_and(|session| session.is_fresh)
}

fn check_fresh(signed_in: &SignedIn) -> Result<(), Problem> {
    if is_fresh(signed_in) {
        return Ok(());
    }
    Err(Problem::RefusedAt(Refusal::NotFresh, PATH.to_owned()))
}
