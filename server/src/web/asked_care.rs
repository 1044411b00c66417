//! What was published for somebody of the fediverse, as they see it by their one-time link: how it
//! stands, and what they can say about it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::care_by_link::{
    Cared, came_by_link, close_by_link, is_awaited, withdraw_by_link,
};
use crate::app::App;
use crate::db::{Conn, message_links, messages, promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::fulfilment::Confirmation;
use crate::domain::id::ProposalId;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::proposal::{Proposal, State as Life};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;
use crate::web::calendar::path_for_all;
use crate::web::error::Problem;
use crate::web::form::{Form, InPath};
use crate::web::page::{Page, answer, go_on};
use crate::web::proposals::path_of;
use crate::web::session::Visitor;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "asked/care.html")]
struct CarePage {
    page: Page,
    token: String,
    title: String,
    language_code: String,
    state: String,
    /// Where everybody sees it, if everybody does.
    href: Option<String>,
    /// Its end, for a calendar.
    calendar: Option<String>,
    promises: Vec<Line>,
    may_close: bool,
    may_withdraw: bool,
    problem: Option<String>,
}

/// A promise without whose it is.
struct Line {
    id: String,
    amount: Option<String>,
    state: String,
    /// The amount that is still to come, as the form shows it; none if nothing is.
    left: Option<String>,
    /// Of what; none where no amount was asked for.
    unit: Option<String>,
}

/// `POST /asked/{token}/came`
pub async fn came(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let promise = fields.text("promise").parse().map_err(|_| Problem::NotFound)?;
    let amount = match fields.text("amount").trim() {
        "" => Ok(None),
        typed => Amount::zero_or_more(typed).map(Some),
    };
    let cared = match amount {
        Ok(amount) => came_by_link(&app, &token, promise, amount).await,
        Err(refusal) => Err(refusal.into()),
    };
    go(&app, &visitor, &token, cared, "asked-came").await
}

/// `POST /asked/{token}/enough`
pub async fn enough(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    _form: Form,
) -> Result<Response, Problem> {
    let cared = close_by_link(&app, &token).await;
    go(&app, &visitor, &token, cared, "asked-closed").await
}

/// `POST /asked/{token}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
    _form: Form,
) -> Result<Response, Problem> {
    let cared = withdraw_by_link(&app, &token).await;
    go(&app, &visitor, &token, cared, "asked-withdrawn").await
}

/// On to where everybody can see how it stands; or the page again, with what is wrong.
async fn go(
    app: &App,
    visitor: &Visitor,
    token: &str,
    cared: Result<Cared, Error>,
    done: &str,
) -> Result<Response, Problem> {
    match cared {
        Ok(cared) => {
            let path = path_of(app, cared.proposal.id);
            let path = if cared.proposal.is_public() { path.as_str() } else { "/" };
            let done = if cared.is_link_sent { "asked-done-part" } else { done };
            Ok(go_on(app, path, done, &[]))
        }
        Err(Error::Refused(Refusal::LinkUsedOrExpired)) => Err(Problem::AskedLinkUsed),
        Err(Error::Refused(refusal)) => {
            let hash = keys::secret_hash(token);
            let now = app.now();
            let read = move |conn: &mut Conn| {
                let id = message_links::find(conn, &hash, now)?;
                messages::find(conn, id)?.proposal.ok_or(Error::NotFound)
            };
            match app.db.read(read).await {
                Ok(proposal) => page(app, visitor, token, proposal, Some(refusal)).await,
                Err(Error::NotFound) => Err(Problem::AskedLinkUsed),
                Err(other) => Err(other.into()),
            }
        }
        Err(other) => Err(other.into()),
    }
}

/// The page of what was published.
pub async fn page(
    app: &App,
    visitor: &Visitor,
    token: &str,
    id: ProposalId,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let read = move |conn: &mut Conn| {
        let proposal = proposals::find(conn, id)?;
        let said = promises::list_confirmations(conn, id)?;
        Ok((proposal, promises::list_by_proposal(conn, id)?, said))
    };
    let (proposal, all, said) = app.db.read(read).await?;
    let words = Words::new(app, visitor);
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let standing = all.iter().filter(|promise| promise.state != PromiseState::Released);
    let shown = CarePage {
        page: Page::new(app, visitor, words.locale.say("asked-page-title")).found_at("/"),
        token: token.to_owned(),
        title: proposal.content.title.clone(),
        language_code: proposal.content.language.clone(),
        state: words.state(&proposal),
        href: proposal.is_public().then(|| path_of(app, id)),
        calendar: path_for_all(app, &proposal),
        promises: standing.map(|promise| line(&words, &proposal, promise, &said)).collect(),
        may_close: matches!(proposal.state, Life::Open | Life::Expired),
        may_withdraw: proposal.state != Life::Withdrawn,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &shown)
}

fn line(words: &Words<'_>, proposal: &Proposal, promise: &Promise, said: &[Confirmation]) -> Line {
    let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
    let theirs = said.iter().filter(|word| word.promise == promise.id).cloned().collect::<Vec<_>>();
    let counted = crate::domain::fulfilment::Words::of(&theirs).proposer.total;
    let left = promise.amount.map(|amount| words.number(amount - counted)).unwrap_or_default();
    let state = match promise.state {
        PromiseState::Delivered => "asked-promise-came",
        PromiseState::InReserve => "asked-promise-reserve",
        _ if !is_awaited(promise, said) => "asked-promise-counted",
        _ => "asked-promise-stands",
    };
    Line {
        id: promise.id.to_string(),
        amount: promise.amount.zip(unit).map(|(amount, unit)| words.amount(amount, unit)),
        state: words.locale.say(state),
        left: is_awaited(promise, said).then_some(left),
        unit: unit.filter(|_| promise.amount.is_some()).map(|unit| words.unit(unit)),
    }
}
