//! What we say about promises between collectives. Part of the table of everything that we say.

use serde_json::{Value, json};
use url::Url;

use crate::actions::hear_neighbour::learn;
use crate::actions::settle::told;
use crate::app::App;
use crate::db::{
    Conn, activities, actors, incoming_promises, outgoing_promises, promises, proposals,
};
use crate::domain::event::Event;
use crate::domain::fulfilment::Confirmation;
use crate::domain::id::{
    ConfirmationId, IncomingPromiseId, OutgoingConfirmationId, OutgoingPromiseId, PromiseId,
};
use crate::domain::incoming_promise::{IncomingPromise, Party};
use crate::domain::neighbour::RemoteActor;
use crate::domain::outgoing_promise::{OutgoingPromise, next_sequence};
use crate::error::Error;
use crate::federation::fetch;
use crate::federation::objects::agreement::{self, Counted};
use crate::federation::objects::proposal::amount_and_title;
use crate::federation::objects::read_agreement::read_agreement;
use crate::federation::outbox::send_to;
use crate::federation::vocab::AGREEMENT_CONTEXT;
use crate::i18n::Locale;
use crate::text;

/// Writes the activity and the delivery of an event about a promise; others are not ours to tell.
pub fn announce(app: &App, conn: &mut Conn, event: &Event) -> Result<(), Error> {
    match event {
        Event::PromiseOffered(id) => offer(app, conn, *id, false),
        Event::PromiseReduced(id) => offer(app, conn, *id, true),
        Event::PromiseTakenBack(id) => take_back(app, conn, *id),
        Event::OutgoingCounted(id) => count_theirs(app, conn, *id),
        Event::PromiseAccepted(id) => accept(app, conn, *id),
        Event::PromiseDeclined { id, reason } => decline(app, conn, *id, reason),
        Event::ReductionAnswered { promise, offer } => answer_reduction(app, conn, *promise, offer),
        Event::PromiseChanged(id) => update(app, conn, *id),
        Event::PromiseCounted(id) => count_ours(app, conn, *id),
        _ => Ok(()),
    }
}

fn offer(app: &App, conn: &mut Conn, id: OutgoingPromiseId, again: bool) -> Result<(), Error> {
    let promise = outgoing_promises::find(conn, id)?;
    let them = actors::find(conn, promise.actor)?;
    let note = outgoing_promises::find_note(conn, id)?;
    let url = app.collective.urls().offer(id);
    let url = if again { format!("{url}/{}", promise.sequence) } else { url.to_string() };
    let body = json!({
        "published": app.now(),
        "object": agreement::offered(app, &promise, &them.url, note.as_deref())
    });
    say(app, conn, &them, (&url, "Offer"), body)
}

fn take_back(app: &App, conn: &mut Conn, id: OutgoingPromiseId) -> Result<(), Error> {
    let promise = outgoing_promises::find(conn, id)?;
    let them = actors::find(conn, promise.actor)?;
    let urls = app.collective.urls();
    let offer = urls.offer(id);
    let body = json!({
        "object": {
            "id": offer,
            "type": "Offer",
            "actor": urls.actor(),
            "object": {"type": "Agreement"}
        }
    });
    say(app, conn, &them, (&format!("{offer}/undo"), "Undo"), body)
}

fn accept(app: &App, conn: &mut Conn, id: IncomingPromiseId) -> Result<(), Error> {
    let incoming = incoming_promises::find(conn, id)?;
    let Some(promise) = incoming.promise else { return Ok(()) };
    let offer = incoming.url.clone();
    accept_as(app, conn, promise, &offer)
}

/// Says yes to an Offer, with the agreement as it stands now.
fn accept_as(app: &App, conn: &mut Conn, promise: PromiseId, offer: &Url) -> Result<(), Error> {
    let Some((them, result)) = next_word(app, conn, promise)? else { return Ok(()) };
    let incoming = incoming_promises::find_by_promise(conn, promise)?.ok_or(Error::NotFound)?;
    let id = app.collective.urls().answer(incoming.id);
    let body = json!({"published": app.now(), "object": offer, "result": result});
    say(app, conn, &them, (id.as_str(), "Accept"), body)
}

fn decline(app: &App, conn: &mut Conn, id: IncomingPromiseId, reason: &str) -> Result<(), Error> {
    let incoming = incoming_promises::find(conn, id)?;
    let them = actors::find(conn, incoming.actor)?;
    let mut body = json!({"object": incoming.url, "content": reason});
    if let (Some(counter), Some(proposal)) = (incoming.counter, incoming.proposal) {
        let proposal = proposals::find(conn, proposal)?;
        let counter = agreement::counter(app, &proposal, &them.url, counter);
        if let Value::Object(body) = &mut body {
            body.insert("result".into(), counter);
        }
    }
    let id = app.collective.urls().answer(id);
    say(app, conn, &them, (id.as_str(), "Reject"), body)
}

fn answer_reduction(
    app: &App,
    conn: &mut Conn,
    promise: PromiseId,
    offer: &Url,
) -> Result<(), Error> {
    accept_as(app, conn, promise, offer)
}

fn update(app: &App, conn: &mut Conn, promise: PromiseId) -> Result<(), Error> {
    let Some((them, agreement)) = next_word(app, conn, promise)? else { return Ok(()) };
    let id = app.collective.urls().agreement(promise);
    let sequence = agreement.get("sequence").and_then(Value::as_i64).unwrap_or_default();
    let id = format!("{id}/updates/{sequence}");
    say(app, conn, &them, (&id, "Update"), json!({"published": app.now(), "object": agreement}))
}

/// Notes what the collective behind a promise is told now, and answers it as a document, with its
/// new number. None if nobody is left to be told.
fn next_word(
    app: &App,
    conn: &mut Conn,
    promise: PromiseId,
) -> Result<Option<(RemoteActor, Value)>, Error> {
    let Some((mut party, them, incoming)) = party_of(conn, promise)? else { return Ok(None) };
    let promise = promises::find(conn, promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    party.sequence = next_sequence(party.sequence, app.now());
    party.told = told(&proposal, &promise);
    incoming_promises::update_party(conn, &party)?;
    let about = (&proposal, &promise);
    let document = agreement::agreement(app, about, (&party, &them.url), &incoming.url, party.told);
    Ok(Some((them, document)))
}

/// The agreement behind a promise as its other side was told last, and that side; none if nobody
/// was told anything.
pub fn agreement(
    app: &App,
    conn: &mut Conn,
    promise: PromiseId,
) -> Result<Option<(RemoteActor, Value)>, Error> {
    let found = party_of(conn, promise)?.filter(|(party, _, _)| party.sequence > 0);
    let Some((party, them, incoming)) = found else { return Ok(None) };
    let promise = promises::find(conn, promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    let about = (&proposal, &promise);
    let said = agreement::agreement(app, about, (&party, &them.url), &incoming.url, party.told);
    let mut document = json!({"@context": *AGREEMENT_CONTEXT});
    if let (Value::Object(document), Value::Object(said)) = (&mut document, said) {
        document.extend(said);
    }
    Ok(Some((them, document)))
}

/// Reads what another collective says of our agreements with it now, where they stand: what it said
/// while we did not hear it is made up for.
pub async fn read_agreements(app: &App, actor: &RemoteActor) -> Result<(), Error> {
    let id = actor.id;
    let standing = app.db.read(move |conn| outgoing_promises::list_by_actor(conn, id)).await?;
    for promise in standing.into_iter().filter(OutgoingPromise::is_standing) {
        let Some(agreed) = &promise.agreement else { continue };
        // One that cannot be read now is read next time.
        let Ok(document) = fetch::object(app, &agreed.url).await else { continue };
        let Some((agreement, _)) = read_agreement(&document, actor) else { continue };
        app.change(move |app, conn, events| learn(app, conn, promise.id, id, agreement, events))
            .await?;
    }
    Ok(())
}

fn party_of(
    conn: &mut Conn,
    promise: PromiseId,
) -> Result<Option<(Party, RemoteActor, IncomingPromise)>, Error> {
    let party = incoming_promises::find_party(conn, promise)?;
    let Some((party, actor)) = party.and_then(|party| party.actor.map(|actor| (party, actor)))
    else {
        return Ok(None);
    };
    let them = actors::find(conn, actor)?;
    let incoming = incoming_promises::find_by_promise(conn, promise)?;
    Ok(incoming.map(|incoming| (party, them, incoming)))
}

/// Our count of what they promised.
fn count_ours(app: &App, conn: &mut Conn, id: ConfirmationId) -> Result<(), Error> {
    let (confirmation, note) = promises::find_confirmation(conn, id)?;
    let Some((_, them, incoming)) = party_of(conn, confirmation.promise)? else { return Ok(()) };
    let promise = promises::find(conn, confirmation.promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    let urls = app.collective.urls();
    let quantity = proposal.content.quantity.as_ref();
    let unit = quantity.map_or("one", |quantity| &quantity.unit);
    let content = &proposal.content;
    let said = (content.title.as_str(), confirmation.amount, unit, note.as_deref());
    let counted = Counted {
        id: urls.count(confirmation.id),
        corrects: corrected(app, &confirmation),
        object: urls.note(&proposal),
        agreement: urls.agreement(promise.id),
        offer: incoming.url,
        intent: format!("{}#primary", urls.note(&proposal)),
        purpose: proposal.purpose,
        is_ours: true,
        them: &them,
        amount: confirmation.amount,
        unit,
        content: words(&Locale::find(&content.language), &them, said),
        note: note.as_deref(),
        at: confirmation.confirmed_at,
    };
    let note = agreement::count(app, &counted);
    say_note(app, conn, &them, note)
}

/// Ours are named by their id here; on the wire they have an address.
fn corrected(app: &App, confirmation: &Confirmation) -> Option<String> {
    let id: ConfirmationId = confirmation.corrects.as_ref()?.parse().ok()?;
    Some(app.collective.urls().count(id).to_string())
}

/// Our count of what we promised them.
fn count_theirs(app: &App, conn: &mut Conn, id: OutgoingConfirmationId) -> Result<(), Error> {
    let (confirmation, note) = outgoing_promises::find_confirmation(conn, id)?;
    let promise = outgoing_promises::find(conn, confirmation.promise)?;
    let them = actors::find(conn, promise.actor)?;
    let Some(agreed) = &promise.agreement else { return Ok(()) };
    let said =
        (promise.title.as_str(), confirmation.amount, promise.unit.as_str(), note.as_deref());
    let counted = Counted {
        id: confirmation.url.clone(),
        corrects: confirmation.corrects.clone(),
        object: promise.object.clone(),
        agreement: agreed.url.clone(),
        offer: app.collective.urls().offer(promise.id),
        intent: promise.intent.clone(),
        purpose: promise.purpose,
        is_ours: false,
        them: &them,
        amount: confirmation.amount,
        unit: &promise.unit,
        content: words(&Locale::find(&app.collective.language), &them, said),
        note: note.as_deref(),
        at: confirmation.confirmed_at,
    };
    let note = agreement::count(app, &counted);
    say_note(app, conn, &them, note)
}

/// What people read of a count: how much of what, and the note.
fn words(
    locale: &Locale,
    them: &RemoteActor,
    (title, amount, unit, note): (&str, Option<crate::domain::amount::Amount>, &str, Option<&str>),
) -> String {
    let what = amount_and_title(locale, title, amount.map(|amount| (amount, unit)));
    let sentence = locale.say_with("wire-counted", [("what", what.into())]);
    let mention = mention(them);
    let note = note.map_or_else(String::new, |note| format!("<p>{}</p>", text::escape(note)));
    format!("<p>{mention} {}</p>{note}", text::escape(&sentence))
}

/// The words that name somebody to whom a message goes.
pub(in crate::federation) fn mention(them: &RemoteActor) -> String {
    let name = them.address.split('@').next().unwrap_or_default();
    format!(
        "<span class=\"h-card\"><a href=\"{}\" class=\"u-url mention\">@<span>{}</span></a></span>",
        text::escape(them.page.as_str()),
        text::escape(name)
    )
}

fn say_note(app: &App, conn: &mut Conn, them: &RemoteActor, note: Value) -> Result<(), Error> {
    let id = note.get("id").and_then(Value::as_str).unwrap_or_default();
    let id = format!("{id}/create");
    let body = json!({"cc": [], "published": note.get("published"), "object": note});
    say(app, conn, them, (&id, "Create"), body)
}

/// Sends one activity to one collective alone. Who hears the same thing again hears it under an id
/// of its own.
fn say(
    app: &App,
    conn: &mut Conn,
    them: &RemoteActor,
    (id, kind): (&str, &str),
    body: Value,
) -> Result<(), Error> {
    let said_before = activities::find_sent(conn, id)?.is_some();
    let id = if said_before { format!("{id}/{}", app.clock.new_id::<()>()) } else { id.to_owned() };
    let mut activity = json!({
        "@context": *AGREEMENT_CONTEXT,
        "id": id,
        "type": kind,
        "actor": app.collective.urls().actor(),
        "to": [them.url]
    });
    if let (Value::Object(activity), Value::Object(body)) = (&mut activity, body) {
        activity.extend(body);
    }
    send_to(app, conn, &activity, &them.inbox)
}
