//! Signing in by a one-time link or by name and password, choosing a password, signing out.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use crate::actions::passkeys::are_offered;
use crate::actions::set_password::{Change, change_password};
use crate::actions::sign_in::{self, SignedIn as Begun, sign_in_by_link, sign_in_by_password};
use crate::app::App;
use crate::db::{members, sessions};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;
use crate::web::error::Problem;
use crate::web::fediverse::AddressForm;
use crate::web::form::{Form, InPath, Query, local_path};
use crate::web::page::{Page, answer, go_on, go_to, show};
use crate::web::security::with_script;
use crate::web::session::{Cookie, SignedIn, Visitor};

/// Where people go after they have signed in, if they did not come from anywhere.
pub const HOME: &str = "/me";

#[derive(Template)]
#[template(path = "sign_in/new.html")]
struct SignInPage {
    page: Page,
    form: SignInForm,
    account: AddressForm,
    has_passkeys: bool,
}

struct SignInForm {
    name: String,
    return_to: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/link.html")]
struct LinkPage {
    page: Page,
    token: String,
    name: String,
}

#[derive(Template)]
#[template(path = "sign_in/password.html")]
struct PasswordPage {
    page: Page,
    form: PasswordForm,
}

struct PasswordForm {
    is_first: bool,
    asks_old: bool,
    is_old_wrong: bool,
    problem: Option<String>,
    name: String,
}

/// `GET /sign-in`
pub async fn new(
    State(app): State<App>,
    visitor: Visitor,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let return_to = local_path(&app, &fields.text("return")).unwrap_or_default();
    if visitor.session.is_some() {
        return Ok(go_to(if return_to.is_empty() { HOME } else { &return_to }));
    }
    let page = Page::new(&app, &visitor, visitor.locale.say("sign-in-title"));
    let account = AddressForm { return_to: return_to.clone(), ..AddressForm::default() };
    let form = SignInForm { name: String::new(), return_to, problem: None };
    let has_passkeys = are_offered(&app);
    let page = show(&SignInPage { page, form, account, has_passkeys })?;
    Ok(with_script(page, has_passkeys))
}

/// `POST /sign-in`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (name, return_to) = (fields.text("name"), local_path(&app, &fields.text("return")));
    let (password, known) = (fields.text("password"), visitor.known.as_deref());
    match sign_in_by_password(&app, &name, &password, known).await {
        Ok(begun) => {
            let path = return_to.unwrap_or_else(|| HOME.to_owned());
            begin(&app, &visitor, &begun, (&path, GREETING)).await
        }
        Err(Error::Refused(refusal)) => {
            let status = match refusal {
                Refusal::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let page = Page::new(&app, &visitor, visitor.locale.say("sign-in-title"));
            let problem = Some(visitor.locale.say(refusal.key()));
            let return_to = return_to.unwrap_or_default();
            let account = AddressForm { return_to: return_to.clone(), ..AddressForm::default() };
            let form = SignInForm { name, return_to, problem };
            let has_passkeys = are_offered(&app);
            let page = answer(status, &SignInPage { page, form, account, has_passkeys })?;
            Ok(with_script(page, has_passkeys))
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /sign-in/{token}`: looking does not use the link up, because programs that show previews
/// of messages look too.
pub async fn show_link(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    let (hash, now) = (keys::secret_hash(&token), app.now());
    let found = app.db.read(move |conn| {
        let member = sessions::find_link(conn, &hash, now)?;
        members::find(conn, member)
    });
    let member = found.await.map_err(|error| match error {
        Error::NotFound => Problem::LinkUsed,
        other => other.into(),
    })?;
    let page = Page::new(&app, &visitor, visitor.locale.say("link-page-title")).found_at("/");
    show(&LinkPage { page, token, name: member.name })
}

/// `POST /sign-in/{token}`
pub async fn use_link(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    _form: Form,
) -> Result<Response, Problem> {
    let begun = sign_in_by_link(&app, &token, visitor.known.as_deref()).await;
    let begun = begun.map_err(|error| match error {
        Error::Refused(Refusal::LinkUsedOrExpired) => Problem::LinkUsed,
        other => other.into(),
    })?;
    let path = if begun.has_password { HOME } else { "/password" };
    begin(&app, &visitor, &begun, (path, GREETING)).await
}

/// `POST /sign-out`
pub async fn delete(
    State(app): State<App>,
    visitor: Visitor,
    _form: Form,
) -> Result<Response, Problem> {
    if let Some(session) = &visitor.session {
        sign_in::sign_out(&app, &session.token).await?;
    }
    let mut response = go_on(&app, "/", "signed-out", &[]);
    response.headers_mut().append(SET_COOKIE, Cookie::Session.remove(&app));
    Ok(response)
}

/// `GET /password`
pub async fn edit_password(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    password_page(&app, &signed_in, None).await
}

/// `POST /password`
pub async fn update_password(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let session = signed_in.visitor.session.as_ref();
    let change = Change {
        old: fields.text("old"),
        new: fields.text("password"),
        is_fresh: session.is_some_and(|session| session.is_fresh),
        keep: session.map(|session| session.token.clone()).unwrap_or_default(),
    };
    match change_password(&app, &signed_in.member, change).await {
        Ok(()) => Ok(go_on(&app, HOME, "password-kept", &[])),
        Err(Error::Refused(refusal)) => password_page(&app, &signed_in, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// What is said to somebody who has signed in.
pub const GREETING: &str = "signed-in";

/// Gives the browser its new session, and says `done`. One that it had before ends: its secret may be known.
pub async fn begin(
    app: &App,
    visitor: &Visitor,
    begun: &Begun,
    (path, done): (&str, &str),
) -> Result<Response, Problem> {
    if let Some(session) = &visitor.session {
        sign_in::sign_out(app, &session.token).await?;
    }
    let mut response = go_on(app, path, done, &[&begun.member.name]);
    response.headers_mut().append(SET_COOKIE, Cookie::Session.set(app, &begun.token));
    response.headers_mut().append(SET_COOKIE, Cookie::Known.set(app, &begun.browser));
    Ok(response)
}

async fn password_page(
    app: &App,
    signed_in: &SignedIn,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let id = signed_in.member.id;
    let hash = app.db.read(move |conn| members::find_password_hash(conn, id)).await?;
    let locale = &signed_in.visitor.locale;
    let is_fresh = signed_in.visitor.session.as_ref().is_some_and(|session| session.is_fresh);
    let form = PasswordForm {
        is_first: hash.is_none(),
        asks_old: hash.is_some() && !is_fresh,
        is_old_wrong: refusal == Some(Refusal::OldPasswordWrong),
        problem: refusal.map(|refusal| locale.say(refusal.key())),
        name: signed_in.member.name.clone(),
    };
    let page = Page::new(app, &signed_in.visitor, locale.say("password-title"));
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer(status, &PasswordPage { page, form })
}
