//! A fulfilment as a thank-you `Note`, for whoever sees what it answers, with the keys of a ValueFlows EconomicEvent (wire
//! contract, 7.6). It is the collective's deed: no person stands in it.

use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::domain::fulfilment::Fulfilment;
use crate::domain::kind;
use crate::domain::proposal::{Proposal, Purpose};
use crate::federation::objects::proposal::{amount_and_title, audience, kind_iri};
use crate::i18n::Locale;
use crate::text;

/// The Note of a fulfilment, with the audience of the proposal. No `context`: Pleroma would thread by it.
///
/// `partner` is the collective that stood behind the promise; where there is none, both sides are
/// ours: no person is named.
pub fn note(
    app: &App,
    proposal: &Proposal,
    fulfilment: &Fulfilment,
    partner: Option<&Url>,
) -> Value {
    let urls = app.collective.urls();
    let id = urls.fulfilment(fulfilment.id);
    let agreement = urls.agreement(fulfilment.promise);
    let quantity = proposal.content.quantity.as_ref();
    let word = proposal.content.kind.as_deref();
    let content = content(proposal, fulfilment);
    let (to, cc) = audience(app, proposal.content.audience);
    let us = urls.actor();
    let partner = partner.unwrap_or(&us);
    let (provider, receiver) = match proposal.purpose {
        Purpose::Need => (partner, &us),
        Purpose::Offer => (&us, partner),
    };
    let mut note = json!({
        "id": id,
        "type": "Note",
        "attributedTo": urls.actor(),
        "url": urls.page(fulfilment.id),
        "inReplyTo": urls.note(proposal),
        "to": to,
        "cc": cc,
        "published": fulfilment.fulfilled_at,
        "content": content,
        "contentMap": {proposal.content.language.as_str(): content},
        "sensitive": false,
        "tag": [],
        "attachment": [],
        "replies": format!("{id}/replies"),
        "action": kind::action_for(word, quantity.map(|quantity| quantity.unit.as_str())).word(),
        "provider": provider,
        "receiver": receiver,
        "fulfills": format!("{agreement}#primary"),
        "realizationOf": agreement,
        "satisfies": format!("{}#primary", urls.note(proposal)),
        "hasPointInTime": fulfilment.fulfilled_at
    });
    if let Value::Object(note) = &mut note {
        if let Some(word) = word {
            note.insert("resourceConformsTo".into(), json!(kind_iri(&app.collective, word)));
        }
        let mut measure = json!({"hasUnit": quantity.map_or("one", |q| kind::wire_unit(&q.unit))});
        if let (Some(amount), Value::Object(measure)) = (fulfilment.proposer_amount, &mut measure) {
            measure.insert("hasNumericalValue".into(), json!(amount.to_string()));
        }
        note.insert("resourceQuantity".into(), measure);
    }
    note
}

fn content(proposal: &Proposal, fulfilment: &Fulfilment) -> String {
    let locale = Locale::find(&proposal.content.language);
    let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
    let quantity = fulfilment.proposer_amount.zip(unit);
    let what = amount_and_title(&locale, &proposal.content.title, quantity);
    let title = locale.say_with("wire-fulfilled", [("title", what.into())]);
    let thanks = locale.say("wire-thanks-all");
    format!("<p><strong>{}</strong></p><p>{}</p>", text::escape(&title), text::escape(&thanks))
}
