//! A neighbour's need or offer, as any server may write it (wire contract, 7.2).

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::domain::amount::Amount;
use crate::domain::audience::Audience;
use crate::domain::kind;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::proposal::Purpose;
use crate::federation::json;
use crate::federation::objects::read_post::{self, Post};
use crate::federation::vocab::{OM2, UNITS};
use crate::text;

/// The longest title that is kept, in characters.
const LONGEST_TITLE: usize = 200;
/// No post is older: 2008-01-01.
const EARLIEST: Timestamp = Timestamp::constant(1_199_145_600, 0);
/// How far ahead of our clock a post may claim to be from.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// Reads a Note (or a bare Proposal, or a Note with a Proposal in its attachment) whose owner is
/// `actor`. None if it is no proposal. What is broken in it is left out, never fatal.
pub fn read(app: &App, note: &Value, actor: &RemoteActor) -> Option<NeighbourProposal> {
    let url = json::url(note, "id")?;
    let proposal = the_proposal(note)?;
    let purpose = match json::text(proposal, "purpose")? {
        "request" => Purpose::Need,
        "offer" => Purpose::Offer,
        _ => return None,
    };
    let intent = json::object(proposal, "publishes")?;
    let Post { html, extras } = read_post::read(note);
    let title = json::text(intent, "name").or_else(|| json::text(note, "name"));
    // A warning is for the text: without a title of its own, that is all that stands outside.
    let first = || extras.warning.clone().unwrap_or_else(|| first_line(&html));
    let title = title.map_or_else(first, |title| text::plain(&text::sanitise(title)));
    let kind_iri = json::url(intent, "resourceConformsTo").map(|iri| iri.to_string());
    let amount = quantity(intent, "resourceQuantity");
    let ends_at = json::time(note, "endTime").or_else(|| json::time(intent, "due"));
    let published_at = past(app, json::time(note, "published"));
    // What ends before it begins was never open: the end is a slip.
    let begins = ["published", "startTime"].map(|name| json::time(note, name));
    let ends_at = ends_at.filter(|end| begins.into_iter().flatten().all(|begin| begin <= *end));
    let finished = json::field(intent, "finished").and_then(Value::as_bool).unwrap_or(false);
    Some(NeighbourProposal {
        id: app.clock.new_id(),
        actor: actor.id,
        purpose,
        title: text::one_line(&title, LONGEST_TITLE),
        page: page(note, &url),
        kind: kind_iri.as_deref().and_then(kind::find_by_iri).map(|known| known.word.to_owned()),
        kind_iri,
        open: quantity(intent, "availableQuantity")
            .or(amount)
            .map(|open| amount.map_or(open, |a| open.min(a))),
        amount: amount.filter(|amount| !amount.is_zero()),
        minimum: quantity(intent, "minimumQuantity").filter(|minimum| !minimum.is_zero()),
        unit: unit(intent),
        place: json::object(note, "location")
            .and_then(|place| json::text(place, "name"))
            .map(|place| text::one_line(place, LONGEST_TITLE)),
        ends_at,
        language: extras.language.clone().or_else(|| language(note)),
        finished,
        audience: match json::is_public(note) {
            true => Audience::Public,
            false => Audience::Pacts,
        },
        asks_return: json::field(proposal, "reciprocal").is_some(),
        intent: intent_id(intent, &url),
        passed_on_by: None,
        hops: 0,
        extras,
        published_at,
        // Never the time of arrival: an edit may have been made while the post was on its way.
        updated_at: json::time(note, "updated")
            .map_or(published_at, |updated| past(app, Some(updated)).max(published_at)),
        html,
        url,
    })
}

/// The id of the intent, if it stands on the proposal's server (wire contract, 7.2).
fn intent_id(intent: &Value, proposal: &Url) -> Option<String> {
    let id = json::url(intent, "id").filter(|id| id.origin() == proposal.origin())?;
    Some(id.to_string())
}

/// The part that carries the proposal's keys: the Note itself, or an attachment of it.
fn the_proposal(note: &Value) -> Option<&Value> {
    if !matches!(json::kind(note), "Note" | "Proposal") {
        return None;
    }
    let carries = |part: &&Value| json::field(part, "purpose").is_some();
    let attached = || {
        let attachments = json::field(note, "attachment")?;
        json::many(attachments).filter(|part| json::kind(part) == "Proposal").find(carries)
    };
    Some(note).filter(carries).or_else(attached)
}

fn quantity(intent: &Value, name: &str) -> Option<Amount> {
    let measure = json::object(intent, name)?;
    Amount::zero_or_more(&json::number(measure, "hasNumericalValue")?).ok()
}

fn unit(intent: &Value) -> Option<String> {
    let measure = json::object(intent, "resourceQuantity")?;
    let unit = json::text(measure, "hasUnit")?;
    let unit = unit.strip_prefix(OM2).or_else(|| unit.strip_prefix("om2:")).unwrap_or(unit);
    UNITS.contains(&unit).then(|| unit.to_owned())
}

/// A claimed time, none in the future and none before there was a fediverse: what claims to be from
/// 2099 must not stay new for ever, nor what claims the year 0 stand first as waiting longest.
fn past(app: &App, time: Option<Timestamp>) -> Timestamp {
    let now = app.now();
    let latest = now.saturating_add(AHEAD).unwrap_or(now);
    time.unwrap_or(now).clamp(EARLIEST, latest)
}

/// The page for people, if it is on the same host; some servers show posts elsewhere.
fn page(note: &Value, url: &Url) -> Url {
    json::url(note, "url")
        .filter(|page| page.origin() == url.origin())
        .unwrap_or_else(|| url.clone())
}

fn language(note: &Value) -> Option<String> {
    let code = json::field(note, "contentMap")?.as_object()?.keys().next()?;
    let fits = code.len() <= 8 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| code.clone())
}

fn first_line(html: &str) -> String {
    text::plain(html).lines().next().unwrap_or_default().to_owned()
}
