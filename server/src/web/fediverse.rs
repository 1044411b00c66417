//! Signing in with a fediverse account: the address, then the code that came in a private message.
//! A member who is signed in connects an account of theirs on the same pages.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use url::form_urlencoded;

use crate::actions::prove_handle::offer_door;
use crate::actions::sign_in_by_code::{begin_attempt, find_attempt, prove, release_handle};
use crate::app::App;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::listener::Origin;
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::form::{Form, Query, local_path};
use crate::web::own_server::{Way, go_in, way};
use crate::web::page::{Page, answer, go_on, go_to};
use crate::web::session::{Cookie, SignedIn, Visitor};
use crate::web::sign_in::HOME;

/// The address form.
const PATH: &str = "/sign-in/fediverse";
/// The form for the code.
const CODE: &str = "/sign-in/code";
/// Where an account joins that is nobody's yet.
pub const JOIN: &str = "/join";

#[derive(Template)]
#[template(path = "sign_in/fediverse.html")]
struct AddressPage {
    page: Page,
    form: AddressForm,
}

/// The form for an address, also on the page for signing in.
#[derive(Default)]
pub struct AddressForm {
    /// What was typed.
    pub address: String,
    /// Where to go afterwards; empty for the usual place.
    pub return_to: String,
    /// What is wrong with it.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in/code.html")]
struct CodePage {
    page: Page,
    address: String,
    way: Option<Way>,
    return_to: String,
    problem: Option<String>,
}

/// `GET /sign-in/fediverse`
pub async fn new(
    State(app): State<App>,
    visitor: Visitor,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let return_to = local_path(&app, &fields.text("return")).unwrap_or_default();
    let form = AddressForm { return_to, ..AddressForm::default() };
    address_page(&app, &visitor, StatusCode::OK, form)
}

/// `POST /sign-in/fediverse`
pub async fn create(
    State(web): State<Web>,
    visitor: Visitor,
    origin: Option<Extension<Origin>>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (app, address) = (web.app.clone(), fields.text("address"));
    let return_to = local_path(&app, &fields.text("return")).unwrap_or_default();
    if origin.is_some_and(|Extension(origin)| !app.arrivals.allows(origin)) {
        return Err(Problem::TooMany);
    }
    match begin_attempt(&app, &address).await {
        Ok((token, account)) => {
            // The code works anyway: whether there is another way is only asked.
            if let Some(door) = (web.doors.find)(app.clone(), account).await {
                offer_door(&app, &token, door.id, &return_to).await?;
            }
            let mut response = go_to(&code_path(&return_to));
            response.headers_mut().append(SET_COOKIE, Cookie::Attempt.set(&app, &token));
            Ok(response)
        }
        Err(Error::Refused(refusal)) => {
            let problem = Some(visitor.locale.say(refusal.key()));
            let form = AddressForm { address, return_to, problem };
            address_page(&app, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form)
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /sign-in/code`: can be looked at again and again while the message is on its way.
pub async fn show_code(
    State(web): State<Web>,
    visitor: Visitor,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let return_to = local_path(&web.app, &fields.text("return")).unwrap_or_default();
    code_page(&web, &visitor, return_to, None).await
}

/// `POST /sign-in/code`
pub async fn use_code(
    State(web): State<Web>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let app = &web.app;
    let return_to = local_path(app, &fields.text("return")).unwrap_or_default();
    let token = visitor.attempt.clone().unwrap_or_default();
    match prove(app, &token, &fields.text("code"), visitor.browser()).await {
        Ok(proved) => {
            let path = if return_to.is_empty() { HOME } else { &return_to };
            go_in(app, &visitor, proved, path).await
        }
        Err(Error::Refused(refusal @ (Refusal::CodeWrong | Refusal::AttemptOver))) => {
            code_page(&web, &visitor, return_to, Some(refusal)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /me/accounts/remove`
pub async fn remove(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let address = fields.text("address");
    release_handle(&app, member.id, &address).await?;
    Ok(go_on(&app, HOME, "account-released", &[]))
}

fn address_page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    form: AddressForm,
) -> Result<Response, Problem> {
    let title = visitor.locale.say("account-title");
    let page = Page::new(app, visitor, title).found_at(PATH);
    answer(status, &AddressPage { page, form })
}

/// The form for the code, or the beginning again if this browser waits for none.
pub async fn code_page(
    web: &Web,
    visitor: &Visitor,
    return_to: String,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let (app, token) = (&web.app, visitor.attempt.clone().unwrap_or_default());
    let attempt = find_attempt(app, &token).await?;
    let waiting = attempt.filter(|attempt| attempt.actor.is_none());
    let problem = |refusal: Refusal| visitor.locale.say(refusal.key());
    let Some(attempt) = waiting.filter(|_| refusal != Some(Refusal::AttemptOver)) else {
        let problem = Some(problem(Refusal::AttemptOver));
        let form = AddressForm { return_to, problem, ..AddressForm::default() };
        let status = refusal.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
        return address_page(app, visitor, status, form);
    };
    let problem = refusal.map(problem);
    let status = problem.as_ref().map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let page = Page::new(app, visitor, visitor.locale.say("account-title"));
    let page = page.found_at(code_path(&return_to));
    let way = way(web, &token).await?;
    answer(status, &CodePage { page, address: attempt.address, way, return_to, problem })
}

fn code_path(return_to: &str) -> String {
    if return_to.is_empty() {
        return CODE.to_owned();
    }
    let back: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
    format!("{CODE}?return={back}")
}
