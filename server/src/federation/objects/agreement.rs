//! Promises between collectives on the wire: FEP-0837's Offer of an Agreement, its answer, and what
//! each side counted (wire contract, 7.5 and 7.6), with the few terms that FEP-0837 lacks.
//!
//! `sequence` is the number of the speaker's word about an agreement: the highest counts, whatever
//! the order of arrival. `reservedQuantity` is the part that waits in case another falls through.
//! `offer` names the Offer to which a count goes back.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use crate::app::App;
use crate::domain::amount::Amount;
use crate::domain::incoming_promise::{Counter, Party, Told};
use crate::domain::kind;
use crate::domain::outgoing_promise::OutgoingPromise;
use crate::domain::promise::Promise;
use crate::domain::proposal::{Proposal, Purpose};

/// Between whom a promise is, and about what.
struct Deal<'a> {
    /// Whose need or offer it is.
    proposer: &'a Url,
    /// Who promised.
    promiser: &'a Url,
    purpose: Purpose,
    intent: &'a str,
    kind: Option<&'a str>,
    unit: &'a str,
}

impl Deal<'_> {
    /// The Commitment: who brings how much to whom, and how much of it waits in reserve.
    fn commitment(&self, amount: Option<Amount>, reserve: Amount) -> Map<String, Value> {
        let (provider, receiver) = match self.purpose {
            Purpose::Need => (self.promiser, self.proposer),
            Purpose::Offer => (self.proposer, self.promiser),
        };
        let mut commitment = Map::new();
        let mut add = |name: &str, value: Value| commitment.insert(name.to_owned(), value);
        add("type", json!("Commitment"));
        add("satisfies", json!(self.intent));
        add("action", json!(kind::action_for(self.kind, Some(self.unit)).word()));
        add("resourceQuantity", self.measure(amount));
        add("provider", json!(provider));
        add("receiver", json!(receiver));
        if !reserve.is_zero() {
            add("reservedQuantity", self.measure(Some(reserve)));
        }
        commitment
    }

    fn measure(&self, amount: Option<Amount>) -> Value {
        let unit = kind::wire_unit(self.unit);
        match amount {
            Some(amount) => json!({"hasUnit": unit, "hasNumericalValue": amount.to_string()}),
            None => json!({"hasUnit": unit}),
        }
    }
}

/// What we promise: the Agreement that we offer. With the address of theirs, a change of it.
pub fn offered(app: &App, promise: &OutgoingPromise, them: &Url, note: Option<&str>) -> Value {
    let us = app.collective.urls().actor();
    let deal = Deal {
        proposer: them,
        promiser: &us,
        purpose: promise.purpose,
        intent: &promise.intent,
        kind: None,
        unit: &promise.unit,
    };
    let reserve = if promise.is_reserve { promise.amount } else { None };
    let mut commitment = deal.commitment(promise.amount, reserve.unwrap_or_default());
    if let Some(due) = promise.due {
        commitment.insert("due".into(), json!(due));
    }
    if let Some(note) = note {
        commitment.insert("note".into(), json!(note));
    }
    let mut agreement = json!({
        "type": "Agreement",
        "attributedTo": us,
        "sequence": promise.sequence,
        "stipulates": commitment
    });
    if let (Some(theirs), Value::Object(agreement)) = (&promise.agreement, &mut agreement) {
        agreement.insert("id".into(), json!(theirs.url));
    }
    agreement
}

/// The Agreement behind a promise of another collective, as it stands now.
pub fn agreement(
    app: &App,
    (proposal, promise): (&Proposal, &Promise),
    (party, them): (&Party, &Url),
    offer: &Url,
    told: Told,
) -> Value {
    let urls = app.collective.urls();
    let (us, id) = (urls.actor(), urls.agreement(promise.id));
    let intent = format!("{}#primary", urls.note(proposal));
    let deal = deal(proposal, &us, them, &intent);
    let mut commitment = deal.commitment(told.amount, told.reserve);
    commitment.insert("id".into(), json!(format!("{id}#primary")));
    commitment.insert("finished".into(), json!(told.is_finished));
    json!({
        "id": id,
        "type": "Agreement",
        "attributedTo": us,
        "published": promise.promised_at,
        "url": id,
        "inReplyTo": offer,
        "sequence": party.sequence,
        "stipulates": commitment
    })
}

/// What we would rather have: a commitment for what is needed now, and one for the reserve.
pub fn counter(app: &App, proposal: &Proposal, them: &Url, counter: Counter) -> Value {
    let urls = app.collective.urls();
    let us = urls.actor();
    let intent = format!("{}#primary", urls.note(proposal));
    let deal = deal(proposal, &us, them, &intent);
    let parts = [(counter.now, Amount::ZERO), (counter.reserve, counter.reserve)];
    let parts = parts.into_iter().filter(|(amount, _)| !amount.is_zero());
    let commitments: Vec<Value> =
        parts.map(|(amount, reserve)| deal.commitment(Some(amount), reserve).into()).collect();
    json!({"type": "Agreement", "attributedTo": us, "stipulates": commitments})
}

fn deal<'a>(proposal: &'a Proposal, us: &'a Url, them: &'a Url, intent: &'a str) -> Deal<'a> {
    let quantity = proposal.content.quantity.as_ref();
    Deal {
        proposer: us,
        promiser: them,
        purpose: proposal.purpose,
        intent,
        kind: proposal.content.kind.as_deref(),
        unit: quantity.map_or("one", |quantity| &quantity.unit),
    }
}

/// One side's count, as a Note to the other side alone.
pub struct Counted<'a> {
    /// Its address.
    pub id: Url,
    /// The one that it corrects.
    pub corrects: Option<String>,
    /// What is answered: the need or the offer.
    pub object: Url,
    /// The agreement.
    pub agreement: Url,
    /// The Offer that led to it: the other side may not have heard of the agreement yet.
    pub offer: Url,
    /// The intent.
    pub intent: String,
    /// Need or offer.
    pub purpose: Purpose,
    /// Whether we are the ones who asked or offered.
    pub is_ours: bool,
    /// The other side.
    pub them: &'a crate::domain::neighbour::RemoteActor,
    /// How much.
    pub amount: Option<Amount>,
    /// Of what.
    pub unit: &'a str,
    /// What people read, as HTML.
    pub content: String,
    /// What somebody said with it.
    pub note: Option<&'a str>,
    /// When it was said.
    pub at: Timestamp,
}

/// The Note of a count. It renders as a direct message if it ever reaches a person.
pub fn count(app: &App, counted: &Counted<'_>) -> Value {
    let us = app.collective.urls().actor();
    let them = &counted.them.url;
    let (proposer, promiser) = if counted.is_ours { (&us, them) } else { (them, &us) };
    let (intent, unit) = (counted.intent.as_str(), counted.unit);
    let deal = Deal { proposer, promiser, purpose: counted.purpose, intent, kind: None, unit };
    let mut note = json!({
        "id": counted.id,
        "type": "Note",
        "attributedTo": us,
        "to": [them],
        "cc": [],
        "inReplyTo": counted.object,
        "context": counted.agreement,
        "directMessage": true,
        "published": counted.at,
        "url": counted.id,
        "sensitive": false,
        "content": counted.content,
        "tag": [{
            "type": "Mention",
            "href": them,
            "name": format!("@{}", counted.them.address)
        }],
        "attachment": [],
        "fulfills": format!("{}#primary", counted.agreement),
        "realizationOf": counted.agreement,
        "offer": counted.offer,
        // Ours need not take the sentence that we make for everybody else as somebody's words.
        "note": counted.note.unwrap_or_default(),
        "hasPointInTime": counted.at
    });
    if let Value::Object(note) = &mut note {
        let kept = ["satisfies", "action", "resourceQuantity", "provider", "receiver"];
        let commitment = deal.commitment(counted.amount, Amount::ZERO);
        note.extend(commitment.into_iter().filter(|(name, _)| kept.contains(&name.as_str())));
        if let Some(corrects) = &counted.corrects {
            note.insert("corrects".into(), json!(corrects));
        }
    }
    note
}
