//! `mutuals promise …` between collectives: what others promise to us, and what we promise to them.

use serde_json::{Value, json};
use url::Url;

use crate::actions::answer_promise::{accept_promise, decline_promise, fitting};
use crate::actions::confirm_fulfilment::{Count, confirm};
use crate::actions::confirm_to_neighbour::{confirm_to_neighbour, words_of};
use crate::actions::promise_to_neighbour::{Wish, promise_to_neighbour, take_counter};
use crate::actions::release_promise::release_promise;
use crate::actions::release_to_neighbour::release_to_neighbour;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{promises, read};
use crate::db::{self, Conn, incoming_promises, neighbour_proposals, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::id::{Id, PromiseId};
use crate::domain::incoming_promise::{Counter, IncomingPromise};
use crate::domain::member::Member;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::outgoing_promise::OutgoingPromise;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::federation::{passing, proposals};

/// More than anybody reads in a terminal.
const MOST: i64 = 1_000;

/// What an id of a promise means.
pub enum Which {
    /// A promise to answer one of ours: of a member, of a person, or of a collective.
    Ours(PromiseId),
    /// What another collective promised, not accepted (yet).
    Incoming(IncomingPromise),
    /// What we promised to another collective.
    Outgoing(OutgoingPromise),
}

/// Finds out what an id means. What another collective promised and we accepted is our promise.
pub async fn which(app: &App, typed: &str) -> anyhow::Result<Which> {
    let hint = format!("{typed:?} is no promise: `mutuals promise list` shows all");
    let missing = || anyhow::Error::from(Error::NotFound).context(hint.clone());
    let id: Id<()> = typed.parse().map_err(|_| missing())?;
    let number = id.number();
    let found = read(app, move |conn: &mut Conn| {
        if let Ok(incoming) = incoming_promises::find(conn, Id::from_number(number)) {
            let accepted = incoming.promise.map(Which::Ours);
            return Ok(accepted.unwrap_or(Which::Incoming(incoming)));
        }
        if let Ok(outgoing) = outgoing_promises::find(conn, Id::from_number(number)) {
            return Ok(Which::Outgoing(outgoing));
        }
        db::promises::find(conn, Id::from_number(number)).map(|promise| Which::Ours(promise.id))
    });
    found.await.map_err(|error| match error {
        Error::NotFound => missing(),
        other => other.into(),
    })
}

/// A neighbour's need or offer, by its id here, its address or the address of its page. What we do
/// not know yet is read where it stands.
pub async fn neighbours(
    app: &App,
    typed: &str,
) -> anyhow::Result<Option<(NeighbourProposal, RemoteActor)>> {
    let wanted = typed.to_owned();
    let known = read(app, move |conn| match wanted.parse() {
        Ok(id) => neighbour_proposals::find(conn, id).map(Some),
        Err(_) => neighbour_proposals::find_by_address(conn, &wanted),
    });
    match known.await {
        Ok(Some(known)) => return Ok(Some(known)),
        Ok(None) | Err(Error::NotFound) => {}
        Err(other) => return Err(other.into()),
    }
    let Ok(url) = Url::parse(typed) else { return Ok(None) };
    if app.collective.urls().is_ours(&url) {
        return Ok(None);
    }
    let found = proposals::by_url(app, &url).await;
    found.map(Some).map_err(|error| anyhow::anyhow!("{typed} cannot be read: {error}"))
}

/// Promises to answer it, in the name of the collective.
pub async fn make(
    app: &App,
    output: &Output,
    theirs: NeighbourProposal,
    member: &Member,
    wish: Wish,
) -> anyhow::Result<()> {
    let address = theirs.url.clone();
    let theirs = passing::fresh(app, theirs).await;
    let theirs = theirs.map_err(|error| anyhow::anyhow!("{address} cannot be read: {error}"))?;
    let made = promise_to_neighbour(app, member, theirs, wish).await?;
    print_outgoing(app, output, made).await
}

/// Says yes: to what was promised to us, or to what they would rather have of us.
pub async fn accept(app: &App, output: &Output, id: &str, member: &Member) -> anyhow::Result<()> {
    match which(app, id).await? {
        Which::Incoming(incoming) => {
            let promise = accept_promise(app, member, incoming.id).await?;
            promises::print(app, output, &promise);
            Ok(())
        }
        Which::Outgoing(outgoing) => {
            for made in take_counter(app, member, outgoing.id).await? {
                print_outgoing(app, output, made).await?;
            }
            Ok(())
        }
        Which::Ours(_) => Err(Error::from(Refusal::AlreadyAnswered).into()),
    }
}

/// Says no. With an amount, what is needed now; the rest is asked for as a reserve.
pub async fn decline(
    app: &App,
    output: &Output,
    id: &str,
    member: &Member,
    counter: Option<Option<Amount>>,
) -> anyhow::Result<()> {
    let Which::Incoming(incoming) = which(app, id).await? else {
        return Err(Error::from(Refusal::AlreadyAnswered).into());
    };
    let counter = match counter {
        None => None,
        Some(now) => Some(countered(app, &incoming, now).await?),
    };
    let declined = decline_promise(app, member, incoming.id, counter).await?;
    let actor = declined.actor;
    let actor = read(app, move |conn| db::actors::find(conn, actor)).await?;
    print_incoming(app, output, declined, &actor).await
}

async fn countered(
    app: &App,
    incoming: &IncomingPromise,
    now: Option<Amount>,
) -> anyhow::Result<Counter> {
    let promised = incoming.amount.ok_or(Error::from(Refusal::NoAmountAsked))?;
    if let Some(now) = now {
        return Ok(Counter { now, reserve: promised - now });
    }
    let proposal = incoming.proposal.ok_or(Error::NotFound)?;
    let proposal = read(app, move |conn| db::proposals::find(conn, proposal)).await?;
    Ok(fitting(&proposal, incoming).ok_or(Error::from(Refusal::NoAmountAsked))?)
}

/// Gives a promise back, or a part of it.
pub async fn release(
    app: &App,
    output: &Output,
    id: &str,
    member: &Member,
    amount: Option<Amount>,
) -> anyhow::Result<()> {
    match which(app, id).await? {
        Which::Ours(id) => {
            promises::print(app, output, &release_promise(app, member, id, amount).await?);
            Ok(())
        }
        Which::Outgoing(outgoing) => {
            let released = release_to_neighbour(app, outgoing.id, amount).await?;
            print_outgoing(app, output, released).await
        }
        Which::Incoming(_) => Err(Error::from(Refusal::NotAnswered).into()),
    }
}

/// Says what came, by our count.
pub async fn count(
    app: &App,
    output: &Output,
    id: &str,
    member: &Member,
    count: Count,
) -> anyhow::Result<()> {
    match which(app, id).await? {
        Which::Ours(id) => {
            promises::print(app, output, &confirm(app, member, id, count).await?);
            Ok(())
        }
        Which::Outgoing(outgoing) => {
            let confirmed = confirm_to_neighbour(app, member, outgoing.id, count).await?;
            print_outgoing(app, output, confirmed).await
        }
        Which::Incoming(_) => Err(Error::from(Refusal::NotAnswered).into()),
    }
}

/// What other collectives promised to us.
pub async fn list_incoming(app: &App, output: &Output) -> anyhow::Result<()> {
    for (incoming, actor) in read(app, |conn| incoming_promises::list(conn, MOST)).await? {
        print_incoming(app, output, incoming, &actor).await?;
    }
    Ok(())
}

/// What we promised to other collectives.
pub async fn list_outgoing(app: &App, output: &Output) -> anyhow::Result<()> {
    for (outgoing, _) in read(app, |conn| outgoing_promises::list(conn, MOST)).await? {
        print_outgoing(app, output, outgoing).await?;
    }
    Ok(())
}

async fn print_incoming(
    app: &App,
    output: &Output,
    incoming: IncomingPromise,
    actor: &RemoteActor,
) -> anyhow::Result<()> {
    let promise = incoming.promise;
    let (promise, words) = read(app, move |conn| {
        let Some(id) = promise else { return Ok((None, None)) };
        let promise = db::promises::find(conn, id)?;
        let said = db::promises::list_confirmations(conn, promise.proposal)?;
        let words = crate::actions::settle::words_of(&promise, &said);
        Ok((Some(promise), Some(words)))
    })
    .await?;
    let state = promise.as_ref().map_or(incoming.state.word(), |promise| promise.state.word());
    let amount = promise.as_ref().map_or(incoming.amount, |promise| promise.amount);
    let active = promise.as_ref().and_then(|promise| promise.active);
    let reserved = promise.as_ref().map(|promise| promise.reserved());
    let counter = incoming.counter;
    let json = json!({
        "id": incoming.id.to_string(),
        "direction": "incoming",
        "offer": incoming.url,
        "promise": incoming.promise.map(|id| id.to_string()),
        "proposal": incoming.proposal.map(|id| id.to_string()),
        "url": incoming.proposal.map(|id| app.collective.urls().page(id)),
        "from": actor.url,
        "from_name": actor.name,
        "amount": text(amount),
        "reserve": incoming.is_reserve,
        "active": text(active),
        "reserved": text(reserved),
        "counter_now": text(counter.map(|counter| counter.now)),
        "counter_reserve": text(counter.map(|counter| counter.reserve)),
        "counted_by_us": text(words.filter(|w| w.proposer.spoke).map(|w| w.proposer.total)),
        "counted_by_them": text(words.filter(|w| w.promiser.spoke).map(|w| w.promiser.total)),
        "state": state,
        "received": incoming.received_at
    });
    let how_much = amount.map_or_else(String::new, |amount| format!("  {amount}"));
    output.line(&format!("{}  {state}{how_much}  from {}", incoming.id, actor.name), &json);
    Ok(())
}

async fn print_outgoing(
    app: &App,
    output: &Output,
    outgoing: OutgoingPromise,
) -> anyhow::Result<()> {
    let (id, actor) = (outgoing.id, outgoing.actor);
    let (actor, said) = read(app, move |conn| {
        Ok((db::actors::find(conn, actor)?, outgoing_promises::list_confirmations(conn, id)?))
    })
    .await?;
    let words = words_of(&said);
    let said = |word: crate::domain::fulfilment::Word| text(word.spoke.then_some(word.total));
    let state = outgoing.state.word();
    let counter = outgoing.counter;
    let json = json!({
        "id": outgoing.id.to_string(),
        "direction": "outgoing",
        "offer": app.collective.urls().offer(outgoing.id),
        "agreement": outgoing.agreement.as_ref().map(|agreement| &agreement.url),
        "url": outgoing.object,
        "title": outgoing.title,
        "to": actor.url,
        "to_name": actor.name,
        "amount": text(outgoing.amount),
        "unit": outgoing.unit,
        "reserve": outgoing.is_reserve,
        "reserved": outgoing.reserved().to_string(),
        "counter_now": text(counter.map(|counter| counter.now)),
        "counter_reserve": text(counter.map(|counter| counter.reserve)),
        "why": outgoing.reason,
        "counted_by_us": said(words.promiser),
        "counted_by_them": said(words.proposer),
        "state": state,
        "promised": outgoing.promised_at
    });
    let how_much = outgoing.amount.map_or_else(String::new, |amount| format!("  {amount}"));
    let sentence =
        format!("{}  {state}{how_much}  {}  to {}", outgoing.id, outgoing.title, actor.name);
    output.line(&sentence, &json);
    Ok(())
}

fn text(amount: Option<Amount>) -> Value {
    json!(amount.map(|amount| amount.to_string()))
}
