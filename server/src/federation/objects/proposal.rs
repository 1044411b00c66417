//! A need or an offer as a `Note` that is a FEP-0837 proposal at the same time (wire contract,
//! 7.4). One object, one edit stream; readable wherever there are posts.

use fluent_templates::fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use url::Url;

use crate::app::App;
use crate::domain::amount::Amount;
use crate::domain::audience::Audience;
use crate::domain::collective::Collective;
use crate::domain::kind;
use crate::domain::picture::Picture;
use crate::domain::proposal::{CloseReason, Content, Coverage, Proposal, Purpose, Quantity, State};
use crate::federation::vocab::{HASHTAG, PUBLIC};
use crate::i18n::Locale;
use crate::text;

/// How much of the text the machine-readable part repeats, in characters.
const LONGEST_NOTE: usize = 500;

/// The Note of a proposal, without saying how far it is covered: for a pact with which that is not
/// shared.
pub fn note_without_availability(app: &App, proposal: &Proposal) -> Value {
    let uncounted = Proposal { coverage: Coverage::default(), ..proposal.clone() };
    let mut note = note(app, &uncounted);
    if let Some(Value::Object(intent)) = note.get_mut("publishes") {
        intent.shift_remove("availableQuantity");
    }
    note
}

/// The Note of a proposal that other servers may see. Holds nothing of the private part: it is not
/// handed in.
pub fn note(app: &App, proposal: &Proposal) -> Value {
    let urls = app.collective.urls();
    let id = urls.note(proposal);
    let content = content(&app.collective, proposal, &app.zone);
    let replies = format!("{id}/replies");
    let (to, cc) = audience(app, proposal.content.audience);
    let mut note = json!({
        "id": id,
        "type": "Note",
        "attributedTo": urls.actor(),
        "url": urls.page(proposal.id),
        "to": to,
        "cc": cc,
        "published": proposal.published_at,
        "content": content,
        "contentMap": {proposal.content.language.as_str(): content},
        "sensitive": false,
        "tag": [{
            "type": "Hashtag",
            "name": format!("#{HASHTAG}"),
            "href": urls.tag(HASHTAG)
        }],
        "attachment": pictures(app, proposal),
        "replies": {
            "id": replies,
            "type": "Collection",
            "first": {"type": "CollectionPage", "partOf": replies, "items": []}
        },
        "purpose": match proposal.purpose {
            Purpose::Need => "request",
            Purpose::Offer => "offer",
        },
        "publishes": intent(&app.collective, proposal)
    });
    if let Value::Object(note) = &mut note {
        add_where_and_when(note, &proposal.content);
        if proposal.revision > 0 {
            note.insert("updated".into(), json!(proposal.updated_at));
        }
    }
    note
}

/// The picture, for everybody or for nobody: whoever has a pact with us cannot prove it with the
/// plain requests by which pictures are fetched.
fn pictures(app: &App, proposal: &Proposal) -> Vec<Value> {
    let picture = proposal.content.picture.as_ref();
    let shown = picture.filter(|_| proposal.content.audience == Audience::Public);
    let image = |picture: &Picture| {
        json!({
            "type": "Image",
            "mediaType": Picture::MEDIA_TYPE,
            "url": app.collective.urls().picture(proposal.id, &picture.digest),
            "name": picture.words,
            "width": picture.width,
            "height": picture.height
        })
    };
    shown.map(image).into_iter().collect()
}

/// To whom something for this audience is addressed.
pub fn audience(app: &App, audience: Audience) -> (Vec<String>, Vec<String>) {
    let urls = app.collective.urls();
    match audience {
        Audience::Public => (vec![PUBLIC.to_owned()], vec![urls.of_actor("followers").into()]),
        // Nobody can read who is in it; whoever got it is.
        _ => (vec![urls.of_actor("pacts").into()], Vec::new()),
    }
}

/// What stands in the place of a Note that was deleted.
pub fn tombstone(id: &Url, deleted: Timestamp) -> Value {
    json!({"id": id, "type": "Tombstone", "formerType": "Note", "deleted": deleted})
}

/// The identifier of a kind: of the shared catalogue, or our own for a free word.
pub fn kind_iri(collective: &Collective, word: &str) -> String {
    match kind::find(word) {
        Some(known) => format!("{}{}", kind::NAMESPACE, known.word),
        None => collective.urls().join(&format!("kinds/{word}")).to_string(),
    }
}

/// A title with its amount, as people say it: `20 warm blankets`, `Bike repair, 6 hours`.
pub fn amount_and_title(locale: &Locale, title: &str, quantity: Option<(Amount, &str)>) -> String {
    match quantity {
        None => title.to_owned(),
        Some((amount, "one")) if amount == Amount::ONE => title.to_owned(),
        Some((amount, "one")) => format!("{amount} {}", small_first_letter(title)),
        Some((amount, unit)) => format!("{title}, {}", locale.amount(amount, unit)),
    }
}

fn intent(collective: &Collective, proposal: &Proposal) -> Value {
    let id = collective.urls().note(proposal);
    let content = &proposal.content;
    let quantity = content.quantity.as_ref();
    let unit = quantity.map_or("one", |quantity| kind::wire_unit(&quantity.unit));
    let measure =
        |amount: Amount| json!({"hasUnit": unit, "hasNumericalValue": amount.to_string()});
    let word = content.kind.as_deref();
    let side = match proposal.purpose {
        Purpose::Need => "receiver",
        Purpose::Offer => "provider",
    };
    let mut intent = json!({
        "id": format!("{id}#primary"),
        "type": "Intent",
        "action": kind::action_for(word, quantity.map(|quantity| quantity.unit.as_str())).word(),
        "name": content.title,
        "resourceQuantity": {"hasUnit": unit},
        side: collective.urls().actor(),
        "finished": !proposal.is_open()
    });
    let mut add = |name: &str, value: Value| {
        if let Value::Object(intent) = &mut intent {
            intent.insert(name.to_owned(), value);
        }
    };
    if let Some(word) = word {
        add("resourceConformsTo", json!(kind_iri(collective, word)));
    }
    if let Some(Quantity { amount, minimum, .. }) = quantity {
        add("resourceQuantity", measure(*amount));
        let open = if proposal.is_open() { proposal.open_amount() } else { None };
        add("availableQuantity", measure(open.unwrap_or_default()));
        add("minimumQuantity", measure(minimum.unwrap_or(Amount::ONE.min(*amount))));
    }
    if !content.text.is_empty() {
        let note = text::plain(&text::markdown(&content.text));
        add("note", json!(text::one_line(&note, LONGEST_NOTE)));
    }
    if let Some(end) = content.ends_at {
        add("due", json!(end));
    }
    intent
}

fn add_where_and_when(note: &mut Map<String, Value>, content: &Content) {
    if let Some(place) = &content.place {
        note.insert("location".into(), json!({"type": "Place", "name": place}));
    }
    if let Some(start) = content.starts_at {
        note.insert("startTime".into(), json!(start));
    }
    if let Some(end) = content.ends_at {
        note.insert("endTime".into(), json!(end));
    }
}

/// The post that people read, in the language of the proposal.
fn content(collective: &Collective, proposal: &Proposal, zone: &TimeZone) -> String {
    let locale = Locale::find(&proposal.content.language);
    let mut html = format!("<p><strong>{}</strong></p>", text::escape(&title(&locale, proposal)));
    html.push_str(&text::markdown(&proposal.content.text));
    if let Some(said) = locale.asked_by(proposal) {
        html.push_str(&format!("<p>{}</p>", text::escape(&said)));
    }
    let sentences = sentences(&locale, proposal, zone);
    if !sentences.is_empty() {
        html.push_str(&format!("<p>{}</p>", text::escape(&sentences.join(" "))));
    }
    let tag = collective.urls().tag(HASHTAG);
    html.push_str(&format!(
        "<p><a href=\"{tag}\" class=\"mention hashtag\" rel=\"tag\">#<span>{HASHTAG}</span></a></p>"
    ));
    html
}

fn title(locale: &Locale, proposal: &Proposal) -> String {
    let content = &proposal.content;
    let quantity =
        content.quantity.as_ref().map(|quantity| (quantity.amount, quantity.unit.as_str()));
    let said = amount_and_title(locale, &content.title, quantity);
    let id = match proposal.purpose {
        Purpose::Need => "wire-need-title",
        Purpose::Offer => "wire-offer-title",
    };
    let title = locale.say_with(id, [("title", said.into())]);
    match mark(locale, proposal) {
        Some(mark) => format!("{title} {mark}"),
        None => title,
    }
}

/// What stands in brackets behind the title: how much is still open, or that it is over.
fn mark(locale: &Locale, proposal: &Proposal) -> Option<String> {
    let is_need = proposal.purpose == Purpose::Need;
    match (proposal.state, proposal.close_reason) {
        (State::Enough, Some(CloseReason::Failed | CloseReason::NoLongerRelevant))
        | (State::Expired, _) => Some(locale.say("wire-over")),
        (State::Enough, _) => Some(locale.say(if is_need { "wire-met" } else { "wire-offer-met" })),
        _ if proposal.coverage.answers == 0 => None,
        _ => match (&proposal.content.quantity, proposal.open_amount()) {
            (Some(quantity), Some(open)) if !open.is_zero() => {
                let open = locale.amount(open, &quantity.unit);
                let id = if is_need { "wire-still-open" } else { "wire-offer-still-open" };
                Some(locale.say_with(id, [("open", open.into())]))
            }
            _ => Some(locale.say("wire-all-promised")),
        },
    }
}

fn sentences(locale: &Locale, proposal: &Proposal, zone: &TimeZone) -> Vec<String> {
    let content = &proposal.content;
    let mut sentences = Vec::new();
    let mut say = |id: &str, name: &'static str, value: String| {
        sentences.push(locale.say_with(id, [(name, FluentValue::from(value))]));
    };
    if let Some(place) = &content.place {
        say("wire-place", "place", place.clone());
    }
    if let Some(start) = content.starts_at {
        say("wire-from-date", "date", locale.day(start, zone));
    }
    if let Some(end) = content.ends_at {
        say("wire-by-date", "date", locale.day(end, zone));
    }
    if let Some(quantity) = &content.quantity
        && let Some(minimum) = quantity.minimum_worth_saying()
    {
        say("wire-minimum", "minimum", locale.amount(minimum, &quantity.unit));
    }
    sentences.extend(progress(locale, proposal));
    sentences.push(match (proposal.state, proposal.close_reason) {
        (State::Expired, _) => locale.say("wire-ended"),
        (State::Enough, Some(reason)) => locale.say(&format!("wire-closed-{}", reason.word())),
        _ => locale.say("wire-how-to-answer"),
    });
    sentences
}

/// What was promised and what came, in words.
fn progress(locale: &Locale, proposal: &Proposal) -> Vec<String> {
    let Some(Quantity { amount, unit, .. }) = &proposal.content.quantity else { return Vec::new() };
    let coverage = &proposal.coverage;
    let needed = locale.amount(*amount, unit);
    let mut sentences = Vec::new();
    if proposal.is_open() && !coverage.promised.is_zero() {
        let promised = coverage.promised.to_string();
        let arguments = [("promised", promised.into()), ("needed", needed.clone().into())];
        sentences.push(locale.say_with("wire-promised", arguments));
    }
    let (low, high) = (coverage.came_low.to_string(), coverage.came_high.to_string());
    if coverage.came_high.is_zero() {
        return sentences;
    }
    sentences.push(if low == high {
        locale.say_with("wire-came-exact", [("came", low.into()), ("needed", needed.into())])
    } else {
        let counts = [("low", low.into()), ("high", high.into()), ("needed", needed.into())];
        locale.say_with("wire-came", counts)
    });
    sentences
}

/// `Warm blankets` within a sentence; an abbreviation such as `USB cables` stays as it is.
fn small_first_letter(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            let rest = title.get(first.len_utf8()..).unwrap_or_default();
            format!("{}{rest}", first.to_lowercase())
        }
        _ => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_said_as_people_say_them() {
        let english = Locale::find("en");
        let amount = |text: &str| Amount::positive(text).unwrap();
        let say = |title, quantity| amount_and_title(&english, title, quantity);
        assert_eq!(say("Warm blankets", Some((amount("20"), "one"))), "20 warm blankets");
        assert_eq!(say("USB cables", Some((amount("3"), "one"))), "3 USB cables");
        assert_eq!(say("Bike repair", Some((amount("6"), "hour"))), "Bike repair, 6 hours");
        assert_eq!(say("A pram", None), "A pram");
        assert_eq!(say("A cargo bike", Some((Amount::ONE, "one"))), "A cargo bike");
    }
}
