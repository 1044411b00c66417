//! What people of the fediverse promised, and what they do about it, by a one-time link and without
//! an account. Looking does not use the link up, because programs that show previews look too.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::act_by_link::{Acted, confirm_by_link, release_by_link};
use crate::actions::settle::words_of;
use crate::app::App;
use crate::db::{Conn, promise_people, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::fulfilment::Word;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::proposal::{CloseReason, Proposal, State as Life};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;
use crate::web::calendar::path_for_all;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, InPath};
use crate::web::page::{Page, answer, go_on};
use crate::web::proposals::path_of;
use crate::web::session::Visitor;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "promised/show.html")]
struct PromisedPage {
    page: Page,
    token: String,
    title: String,
    language_code: String,
    amount: Option<String>,
    state: String,
    /// Its end, for their calendar.
    calendar: Option<String>,
    forms: Option<Forms>,
    problem: Option<String>,
}

/// What can still be done.
struct Forms {
    /// How much they would let go of: all that is left.
    release: String,
    /// How much they would say they brought.
    brought: String,
    note: String,
    /// Of what; none where no amount was asked for.
    unit: Option<String>,
}

/// What somebody tried, and why it did not work.
struct Attempt<'a> {
    fields: &'a Fields,
    is_release: bool,
    refusal: Refusal,
}

/// `GET /promised/{token}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    page(&app, &visitor, &token, None).await
}

/// `POST /promised/{token}/release`
pub async fn release(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let acted = match typed_amount(&fields, Amount::positive) {
        Ok(amount) => release_by_link(&app, &token, amount).await,
        Err(refusal) => Err(refusal.into()),
    };
    go(&app, &visitor, &token, (acted, &fields, true)).await
}

/// `POST /promised/{token}/confirm`
pub async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let acted = match typed_amount(&fields, Amount::zero_or_more) {
        Ok(amount) => confirm_by_link(&app, &token, amount, &fields.text("note")).await,
        Err(refusal) => Err(refusal.into()),
    };
    go(&app, &visitor, &token, (acted, &fields, false)).await
}

/// On to where everybody can see how it stands; or the page again, with what is wrong.
async fn go(
    app: &App,
    visitor: &Visitor,
    token: &str,
    (acted, fields, is_release): (Result<Acted, Error>, &Fields, bool),
) -> Result<Response, Problem> {
    let acted = match acted {
        Ok(acted) => acted,
        Err(Error::Refused(Refusal::LinkUsedOrExpired)) => return Err(Problem::PromiseLinkUsed),
        Err(Error::Refused(refusal)) => {
            let attempt = Attempt { fields, is_release, refusal };
            return page(app, visitor, token, Some(attempt)).await;
        }
        Err(other) => return Err(other.into()),
    };
    let done = match (acted.is_link_sent, is_release) {
        (true, _) => "person-done-part",
        (false, true) => "person-done-release",
        (false, false) => "person-done-brought",
    };
    let path = path_of(app, acted.proposal.id);
    let path = if acted.proposal.is_public() { path.as_str() } else { "/" };
    Ok(go_on(app, path, done, &[]))
}

async fn page(
    app: &App,
    visitor: &Visitor,
    token: &str,
    attempt: Option<Attempt<'_>>,
) -> Result<Response, Problem> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    let read = move |conn: &mut Conn| {
        let promise = promise_people::find_link(conn, &hash, now)?;
        let promise = promises::find(conn, promise)?;
        let proposal = proposals::find(conn, promise.proposal)?;
        let said = words_of(&promise, &promises::list_confirmations(conn, proposal.id)?).promiser;
        Ok((proposal, promise, said))
    };
    let (proposal, promise, said) = app.db.read(read).await.map_err(|error| match error {
        Error::NotFound => Problem::PromiseLinkUsed,
        other => other.into(),
    })?;
    let words = Words::new(app, visitor);
    let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
    let amount = promise.amount.zip(unit).map(|(amount, unit)| words.amount(amount, unit));
    let problem = attempt.as_ref().map(|attempt| words.locale.say(attempt.refusal.key()));
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    // The title says nothing, because previews show it; and no link on the page holds the token.
    let mut frame = Page::new(app, visitor, words.locale.say("person-page-title")).found_at("/");
    // The form for the language does, in its body like the other two, and leads back here.
    frame.here = format!("/promised/{token}");
    let shown = PromisedPage {
        page: frame,
        token: token.to_owned(),
        title: proposal.content.title.clone(),
        language_code: proposal.content.language.clone(),
        amount,
        state: state(&words, &proposal, &promise),
        calendar: path_for_all(app, &proposal),
        forms: forms(&words, (&promise, said), unit, attempt.as_ref()),
        problem,
    };
    answer(status, &shown)
}

fn forms(
    words: &Words<'_>,
    (promise, said): (&Promise, Word),
    unit: Option<&str>,
    attempt: Option<&Attempt<'_>>,
) -> Option<Forms> {
    if !promise.is_awaited() {
        return None;
    }
    let left = promise.amount.map(|amount| words.number(amount - said.total)).unwrap_or_default();
    let typed = |is_release: bool, name: &str| {
        let attempt = attempt.filter(|attempt| attempt.is_release == is_release)?;
        Some(attempt.fields.text(name))
    };
    Some(Forms {
        release: typed(true, "amount").unwrap_or_else(|| left.clone()),
        brought: typed(false, "amount").unwrap_or(left),
        note: typed(false, "note").unwrap_or_default(),
        unit: unit.filter(|_| promise.amount.is_some()).map(|unit| words.unit(unit)),
    })
}

/// Where the promise is in its life, in plain words.
fn state(words: &Words<'_>, proposal: &Proposal, promise: &Promise) -> String {
    let is_off = proposal.state == Life::Withdrawn
        || matches!(
            proposal.close_reason,
            Some(CloseReason::Failed | CloseReason::NoLongerRelevant)
        );
    let unit = proposal.content.quantity.as_ref().map_or("one", |quantity| &quantity.unit);
    let (now, reserve) = (promise.active.unwrap_or_default(), promise.reserved());
    match promise.state {
        PromiseState::Released => words.locale.say("person-state-released"),
        PromiseState::Delivered => words.locale.say("person-state-came"),
        _ if is_off => words.locale.say("person-state-off"),
        PromiseState::InReserve => words.locale.say("person-state-reserve"),
        PromiseState::Active if reserve.is_zero() => words.locale.say("person-state-counted-on"),
        PromiseState::Active => {
            let (now, reserve) = (words.amount(now, unit), words.amount(reserve, unit));
            let parts = [("now", now.into()), ("reserve", reserve.into())];
            words.locale.say_with("person-state-split", parts)
        }
    }
}

fn typed_amount(
    fields: &Fields,
    read: fn(&str) -> Result<Amount, Refusal>,
) -> Result<Option<Amount>, Refusal> {
    match fields.text("amount").trim() {
        "" => Ok(None),
        text => read(text).map(Some),
    }
}
