//! Agreements as other collectives write them: ours, and whoever follows FEP-0837 alone.

use serde_json::Value;
use url::Url;

use crate::actions::receive_promise::{Offered, TheirCount};
use crate::app::App;
use crate::domain::amount::Amount;
use crate::domain::id::ProposalId;
use crate::domain::incoming_promise::{Counter, Told};
use crate::domain::neighbour::RemoteActor;
use crate::domain::outgoing_promise::Agreement;
use crate::domain::promise::LONGEST_NOTE;
use crate::federation::json;
use crate::federation::vocab::OM2;
use crate::text;

/// The largest whole number that every JSON reader takes as it is (RFC 8259, 6).
const LARGEST: i64 = (1 << 53) - 1;
/// The longest unit that is compared, in bytes.
const LONGEST_UNIT: usize = 100;

/// What somebody offers to answer one of our proposals with. None if it is no such offer.
pub fn read_offer(app: &App, offer: &Value, url: &Url, actor: &RemoteActor) -> Option<Offered> {
    let agreement = json::object(offer, "object")?;
    if json::kind(agreement) != "Agreement" {
        return None;
    }
    let commitment = json::object(agreement, "stipulates")?;
    let intent = json::url(commitment, "satisfies")?;
    let proposal: ProposalId = app.collective.urls().parse_note(&intent)?;
    let note = json::text(commitment, "note").or_else(|| json::text(offer, "content"));
    Some(Offered {
        url: url.clone(),
        actor: actor.id,
        proposal,
        amount: quantity(commitment, "resourceQuantity"),
        unit: unit(commitment),
        is_reserve: quantity(commitment, "reservedQuantity").is_some_and(|part| !part.is_zero()),
        due: json::time(commitment, "due"),
        sequence: sequence(agreement),
        asks_return: json::field(agreement, "stipulatesReciprocal").is_some(),
        note: note.and_then(said),
    })
}

/// The address of the agreement that an offer means to change, if it names one.
pub fn changed_agreement(offer: &Value) -> Option<Url> {
    json::url(json::object(offer, "object")?, "id")
}

/// What somebody says of an agreement of theirs with us, and the Offer to which it goes back. None
/// if it is not theirs to say.
pub fn read_agreement(agreement: &Value, actor: &RemoteActor) -> Option<(Agreement, Option<Url>)> {
    let url = json::url(agreement, "id").filter(|url| url.origin() == actor.url.origin())?;
    let owner = json::url(agreement, "attributedTo");
    if json::kind(agreement) != "Agreement" || owner.as_ref() != Some(&actor.url) {
        return None;
    }
    let commitment = json::object(agreement, "stipulates")?;
    let told = Told {
        amount: quantity(commitment, "resourceQuantity"),
        reserve: quantity(commitment, "reservedQuantity").unwrap_or_default(),
        is_finished: json::field(commitment, "finished").and_then(Value::as_bool).unwrap_or(false),
    };
    let offer = json::url(agreement, "inReplyTo");
    Some((Agreement { url, sequence: sequence(agreement), told }, offer))
}

/// What somebody would rather have: the commitments of the Agreement in their Reject.
pub fn read_counter(reject: &Value) -> Option<Counter> {
    let agreement = json::object(reject, "result")?;
    let mut counter = Counter::default();
    for part in json::many(json::field(agreement, "stipulates")?).take(2) {
        let amount = quantity(part, "resourceQuantity")?;
        let waits = quantity(part, "reservedQuantity").is_some_and(|part| !part.is_zero());
        *(if waits { &mut counter.reserve } else { &mut counter.now }) = amount;
    }
    Some(counter).filter(|counter| !(counter.now + counter.reserve).is_zero())
}

/// Why somebody said no, as one line of text.
pub fn read_reason(reject: &Value) -> Option<String> {
    said(json::text(reject, "content")?).map(|reason| text::one_line(&reason, LONGEST_NOTE))
}

/// One side's count of an agreement, and the agreement. What everybody may read, or everybody with
/// a pact, is thanks, and no count: it would count twice.
pub fn read_count(note: &Value, actor: &RemoteActor) -> Option<(Url, TheirCount)> {
    if json::is_public(note) || json::is_addressed_to(note, &format!("{}/pacts", actor.url)) {
        return None;
    }
    let named = ["realizationOf", "fulfills"].iter().find_map(|name| json::url(note, name));
    // A conversation is a context too: whatever names nothing else must at least be a document.
    let is_plain =
        json::field(note, "resourceQuantity").is_some() || json::kind(note) == "Document";
    let context = || json::url(note, "context").filter(|_| is_plain);
    let mut agreement = named.or_else(context)?;
    agreement.set_fragment(None);
    let words = json::text(note, "note").or_else(|| json::text(note, "content"));
    let count = TheirCount {
        url: json::url(note, "id")?,
        corrects: json::url(note, "corrects"),
        offer: json::url(note, "offer"),
        amount: quantity(note, "resourceQuantity"),
        note: words.and_then(said),
    };
    Some((agreement, count))
}

/// Text that somebody wrote, without any markup; none if nothing is left.
fn said(html: &str) -> Option<String> {
    let plain = text::plain(&text::sanitise(html));
    let plain: String = plain.trim().chars().take(LONGEST_NOTE).collect();
    Some(plain).filter(|plain| !plain.is_empty())
}

fn quantity(parent: &Value, name: &str) -> Option<Amount> {
    let measure = json::object(parent, name)?;
    Amount::zero_or_more(&json::number(measure, "hasNumericalValue")?).ok()
}

fn unit(commitment: &Value) -> String {
    let measure = json::object(commitment, "resourceQuantity");
    let unit = measure.and_then(|measure| json::text(measure, "hasUnit")).unwrap_or("one");
    let unit = unit.strip_prefix(OM2).or_else(|| unit.strip_prefix("om2:")).unwrap_or(unit);
    text::cut(unit, LONGEST_UNIT).to_owned()
}

/// The number of a word; 0 where somebody does not count them.
fn sequence(agreement: &Value) -> i64 {
    let number = json::number(agreement, "sequence").and_then(|number| number.parse().ok());
    number.filter(|number| (0..=LARGEST).contains(number)).unwrap_or(0)
}
