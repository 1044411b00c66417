//! What a member takes along: one file with pages to read, and the same for programs
//! (ActivityStreams, CSV, iCalendar).

use std::io::{Cursor, Write as _};

use askama::Template;
use jiff::Timestamp;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::actions::gather_own::{Own, Promised, gather_own};
use crate::actions::keep_picture::read_picture;
use crate::app::App;
use crate::db::vouches::Statement;
use crate::domain::amount::Amount;
use crate::domain::cover::{Exemption, Share};
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::measure::{Kind, Measure};
use crate::domain::message::{Channel, Message};
use crate::domain::picture::Picture;
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;
use crate::i18n::Locale;
use crate::text;
use crate::web::calendar;
use crate::web::own_assembly;
use crate::web::turn_lines::repeat;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "me/data.html")]
struct Readable<'a> {
    words: &'a Words<'a>,
    language: &'static str,
    collective: &'a str,
    name: &'a str,
    since: String,
    accounts: &'a [String],
    email: Option<&'a str>,
    agreed_to: Option<String>,
    posted: Vec<Line>,
    promised: Vec<Line>,
    vouches: Vec<Line>,
    messages: Vec<Line>,
    measures: Vec<Line>,
    turns: Vec<Line>,
    breaks: Vec<Line>,
    decisions: Vec<Line>,
    roles: Vec<Line>,
}

/// One thing that they posted, promised or said, in words.
pub struct Line {
    /// What it is about.
    pub title: String,
    /// When, how much, how it stands.
    pub facts: String,
    /// What they wrote.
    pub text: String,
}

impl Readable<'_> {
    fn t(&self, id: &str) -> String {
        self.words.locale.say(id)
    }
}

/// Everything of a member in one file, told in a language.
pub async fn of_member(app: &App, member: MemberId, locale: &Locale) -> Result<Vec<u8>, Error> {
    let mut own = app.db.read(move |conn| gather_own(conn, member)).await?;
    let pictures = read_pictures(app, &mut own).await?;
    let words = Words { app, locale, now: app.now() };
    // What others asked for among us only is not theirs to take along.
    calendar::keep_among_us(words.locale, &mut own.promised);
    pack(&words, &own, &pictures)
}

/// Their pictures, from wherever they are kept. One that is gone there keeps nobody from the rest.
async fn read_pictures(app: &App, own: &mut Own) -> Result<Vec<(ProposalId, Vec<u8>)>, Error> {
    let mut read = Vec::new();
    for (id, bytes) in std::mem::take(&mut own.pictures) {
        match read_picture(app, bytes).await {
            Ok(bytes) => read.push((id, bytes)),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(read)
}

/// Packs everything into one file.
fn pack(
    words: &Words<'_>,
    own: &Own,
    pictures: &[(ProposalId, Vec<u8>)],
) -> Result<Vec<u8>, Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &[u8]| -> Result<(), Error> {
        zip.start_file(name, SimpleFileOptions::default()).map_err(internal)?;
        zip.write_all(content).map_err(internal)
    };
    add("index.html", readable(words, own)?.as_bytes())?;
    add("data.json", &serde_json::to_vec_pretty(&document(words.app, own)).map_err(internal)?)?;
    add("needs-and-offers.csv", &posted_table(words.app, own)?)?;
    add("promises.csv", &promised_table(own)?)?;
    add("promises.ics", calendar::write(words.app, &own.promised).as_bytes())?;
    for (id, bytes) in pictures {
        add(&picture_name(*id), bytes)?;
    }
    Ok(zip.finish().map_err(internal)?.into_inner())
}

/// What the file with the picture of a need or an offer is called.
fn picture_name(id: ProposalId) -> String {
    format!("pictures/{id}.jpg")
}

fn readable(words: &Words<'_>, own: &Own) -> Result<String, Error> {
    let page = Readable {
        words,
        language: words.locale.code(),
        collective: &words.app.collective.name,
        name: &own.member.name,
        since: words.day(own.member.joined_at).text,
        accounts: &own.accounts,
        email: own.email.as_deref(),
        agreed_to: own.agreed_to.map(|version| version.to_string()),
        posted: own.posted.iter().map(|proposal| posted_line(words, proposal)).collect(),
        promised: promised_lines(words, own),
        vouches: own.vouches.iter().map(|said| vouch_line(words, said)).collect(),
        messages: own.messages.iter().map(|message| message_line(words, message)).collect(),
        measures: own.measures.iter().map(|measure| measure_line(words, measure)).collect(),
        turns: turn_lines(words, own),
        breaks: own.exemptions.iter().map(|each| break_line(words, each)).collect(),
        decisions: own_assembly::decisions(words, own),
        roles: own_assembly::roles(words, own),
    };
    page.render().map_err(internal)
}

fn posted_line(words: &Words<'_>, proposal: &Proposal) -> Line {
    let content = &proposal.content;
    let purpose = match proposal.purpose {
        Purpose::Need => "data-need",
        Purpose::Offer => "data-offer",
    };
    let mut facts = vec![words.locale.say(purpose)];
    facts.push(words.day(proposal.published_at.unwrap_or(proposal.updated_at)).text);
    facts.extend(content.quantity.as_ref().map(|each| words.amount(each.amount, &each.unit)));
    facts.extend(content.place.clone());
    Line { title: content.title.clone(), facts: facts.join(" · "), text: content.text.clone() }
}

fn promised_lines(words: &Words<'_>, own: &Own) -> Vec<Line> {
    let line =
        |title: &str, how_much: Option<(Amount, &str)>, at: Timestamp, note: &Option<String>| {
            let mut facts = vec![words.day(at).text];
            facts.extend(how_much.map(|(amount, unit)| words.amount(amount, unit)));
            let text = note.clone().unwrap_or_default();
            Line { title: title.to_owned(), facts: facts.join(" · "), text }
        };
    let here = own.promised.iter().map(|each| {
        let amount = each.promise.amount.map(|amount| (amount, unit_of(each)));
        line(&each.to.content.title, amount, each.promise.promised_at, &each.note)
    });
    let elsewhere = own.outgoing.iter().map(|(promise, note)| {
        let amount = promise.amount.map(|amount| (amount, promise.unit.as_str()));
        line(&promise.title, amount, promise.promised_at, note)
    });
    here.chain(elsewhere).collect()
}

/// What somebody said so that somebody joins, as a sentence. Never how often.
fn vouch_line(words: &Words<'_>, said: &Statement) -> Line {
    let id = match (said.kind.as_str(), said.is_given, said.name.is_some()) {
        ("visit", true, true) => "data-visit-given-by",
        ("visit", true, false) => "data-visit-given-by-group",
        ("visit", false, true) => "data-visit-received-by",
        ("visit", false, false) => "data-visit-received-by-group",
        (_, true, true) => "data-vouch-given-by",
        (_, true, false) => "data-vouch-given-by-group",
        (_, false, true) => "data-vouch-received-by",
        (_, false, false) => "data-vouch-received-by-group",
    };
    let name = said.name.as_deref().unwrap_or_default().to_owned();
    let title = words.locale.say_with(id, [("name", name.into())]);
    Line { title, facts: words.day(said.at).text, text: String::new() }
}

fn message_line(words: &Words<'_>, message: &Message) -> Line {
    let id = match message.channel {
        Channel::Public => "messages-public",
        Channel::Direct => "messages-private",
    };
    let facts = words.day(message.published_at).text;
    Line { title: words.locale.say(id), facts, text: message.text.clone() }
}

/// What was done, with what they said about it. Who did it is somebody else's.
fn measure_line(words: &Words<'_>, measure: &Measure) -> Line {
    let kind = match measure.kind {
        Kind::Warn => "measure-warn",
        Kind::Freeze => "measure-freeze",
    };
    let days = [measure.made_at, measure.until()].map(|day| words.day(day).text);
    let said = [Some(&measure.reason), measure.appeal.as_ref(), measure.decided_because.as_ref()];
    let text = said.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n\n");
    let facts = format!("{} · {}", words.locale.say(kind), days.join(" – "));
    Line { title: measure.clause.clone(), facts, text }
}

/// Their turns, and what they come to until they say otherwise: a diary, so nothing is added up.
fn turn_lines(words: &Words<'_>, own: &Own) -> Vec<Line> {
    let standing = own.standing.iter().map(|(one, duty)| {
        let often = repeat(words.locale, duty, one.anchor.date(), one.every);
        Line { title: duty.content.title.clone(), facts: often, text: String::new() }
    });
    let came = own.turns.iter().map(|(turn, place, duty)| {
        let as_what = if place.is_learner() { "turn-own-learner" } else { "turn-own" };
        let facts = [words.time(turn.starts_at), words.locale.say(as_what)].join(" · ");
        Line { title: duty.content.title.clone(), facts, text: String::new() }
    });
    standing.chain(came).collect()
}

fn break_line(words: &Words<'_>, each: &Exemption) -> Line {
    let share = match each.share {
        Share::Full => "exempt-full",
        Share::Half => "exempt-half",
    };
    let mut days = vec![words.calendar_day(each.from)];
    days.extend(each.until.map(|until| words.calendar_day(until)));
    Line { title: words.locale.say(share), facts: days.join(" – "), text: String::new() }
}

fn unit_of(promised: &Promised) -> &str {
    promised.to.content.quantity.as_ref().map_or("one", |quantity| quantity.unit.as_str())
}

/// Everything as ActivityStreams: the member, what they posted as Notes, and what they promised as
/// Offers.
fn document(app: &App, own: &Own) -> Value {
    let person = json!({
        "type": "Person",
        "name": own.member.name,
        "published": own.member.joined_at,
        "email": own.email,
        "passkeys": own.passkeys,
        "doNotAsk": own.is_unasked,
        "alsoKnownAs": own.accounts.iter().map(|each| format!("acct:{each}")).collect::<Vec<_>>(),
    });
    let posted = own.posted.iter().map(|proposal| {
        let content = &proposal.content;
        json!({
            "type": "Note",
            "id": app.collective.urls().note(proposal),
            "name": content.title,
            "content": text::markdown(&content.text),
            "published": proposal.published_at,
            "updated": proposal.updated_at,
            "purpose": proposal.purpose.word(),
            "state": proposal.state.word(),
            "audience": content.audience.word(),
            "kind": content.kind,
            "amount": content.quantity.as_ref().map(|each| each.amount.to_string()),
            "unit": content.quantity.as_ref().map(|each| each.unit.as_str()),
            "location": content.place,
            "endTime": content.ends_at,
            "image": content.picture.as_ref().map(|picture| json!({
                "type": "Image",
                "mediaType": Picture::MEDIA_TYPE,
                "url": picture_name(proposal.id),
                "name": picture.words,
            })),
        })
    });
    let promised = own.promised.iter().map(|each| {
        json!({
            "type": "Offer",
            "object": {"id": app.collective.urls().note(&each.to), "name": each.to.content.title},
            "amount": each.promise.amount.map(|amount| amount.to_string()),
            "unit": unit_of(each),
            "state": each.promise.state.word(),
            "published": each.promise.promised_at,
            "content": each.note,
        })
    });
    let outgoing = own.outgoing.iter().map(|(promise, note)| {
        json!({
            "type": "Offer",
            "object": {"id": promise.object, "name": promise.title},
            "amount": promise.amount.map(|amount| amount.to_string()),
            "unit": promise.unit,
            "published": promise.promised_at,
            "content": note,
        })
    });
    let counted = own.counted.iter().map(|(word, note)| {
        json!({
            "type": "Note",
            "summary": "counted",
            "amount": word.amount.map(|amount| amount.to_string()),
            "published": word.confirmed_at,
            "content": note,
        })
    });
    let vouches = own.vouches.iter().map(|said| {
        let way = if said.is_given { "given" } else { "received" };
        json!({
            "type": "Note",
            "summary": format!("{} {way}", said.kind),
            "name": said.name,
            "published": said.at,
        })
    });
    let messages = own.messages.iter().map(|message| {
        json!({
            "type": "Note",
            "summary": "written to the collective",
            "id": message.url,
            "content": text::escape(&message.text),
            "published": message.published_at,
        })
    });
    let measures = own.measures.iter().map(|measure| {
        json!({
            "type": "Note",
            "summary": measure.kind.word(),
            "name": measure.clause,
            "content": measure.reason,
            "published": measure.made_at,
            "endTime": measure.ended.map_or(measure.until(), |(_, at)| at),
            "appeal": measure.appeal,
            "decision": measure.decided_because,
        })
    });
    let turns = own.turns.iter().map(|(turn, place, duty)| {
        json!({
            "type": "Event",
            "name": duty.content.title,
            "startTime": turn.starts_at,
            "endTime": turn.ends_at,
            "as": place.word(),
        })
    });
    let standing = own.standing.iter().map(|(one, duty)| {
        json!({
            "type": "Event",
            "name": duty.content.title,
            "from": one.anchor.to_string(),
            "every": one.every,
            "until": one.until.map(|until| until.to_string()),
            "as": one.place.word(),
        })
    });
    let breaks = own.exemptions.iter().map(|each| {
        json!({
            "type": "Note",
            "summary": format!("exempt {}", each.share.word()),
            "from": each.from.to_string(),
            "until": each.until.map(|until| until.to_string()),
        })
    });
    let items: Vec<Value> = std::iter::once(person)
        .chain(posted)
        .chain(promised)
        .chain(outgoing)
        .chain(counted)
        .chain(vouches)
        .chain(messages)
        .chain(measures)
        .chain(turns)
        .chain(standing)
        .chain(breaks)
        .chain(own_assembly::documents(own))
        .collect();
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Collection",
        "totalItems": items.len(),
        "items": items,
    })
}

fn posted_table(app: &App, own: &Own) -> Result<Vec<u8>, Error> {
    let mut rows = vec![
        [
            "address", "purpose", "title", "text", "kind", "amount", "unit", "place", "until",
            "state",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(own.posted.iter().map(|proposal| {
        let content = &proposal.content;
        let quantity = content.quantity.as_ref();
        vec![
            app.collective.urls().page(proposal.id).to_string(),
            proposal.purpose.word().to_owned(),
            content.title.clone(),
            content.text.clone(),
            content.kind.clone().unwrap_or_default(),
            quantity.map(|each| each.amount.to_string()).unwrap_or_default(),
            quantity.map(|each| each.unit.clone()).unwrap_or_default(),
            content.place.clone().unwrap_or_default(),
            content.ends_at.map(|end| end.to_string()).unwrap_or_default(),
            proposal.state.word().to_owned(),
        ]
    }));
    table(rows)
}

fn promised_table(own: &Own) -> Result<Vec<u8>, Error> {
    let mut rows = vec![["what", "amount", "unit", "note", "promised"].map(str::to_owned).to_vec()];
    let amount = |amount: Option<Amount>| amount.map(|each| each.to_string()).unwrap_or_default();
    rows.extend(own.promised.iter().map(|each| {
        vec![
            each.to.content.title.clone(),
            amount(each.promise.amount),
            unit_of(each).to_owned(),
            each.note.clone().unwrap_or_default(),
            each.promise.promised_at.to_string(),
        ]
    }));
    rows.extend(own.outgoing.iter().map(|(promise, note)| {
        vec![
            promise.title.clone(),
            amount(promise.amount),
            promise.unit.clone(),
            note.clone().unwrap_or_default(),
            promise.promised_at.to_string(),
        ]
    }));
    table(rows)
}

/// A table for spreadsheets.
pub fn table(rows: Vec<Vec<String>>) -> Result<Vec<u8>, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in rows {
        table.write_record(row.into_iter().map(defused)).map_err(internal)?;
    }
    table.into_inner().map_err(|error| Error::internal(error.to_string()))
}

/// Spreadsheets take a cell that begins so for a formula (reliability paper, HTM-06).
fn defused(cell: String) -> String {
    let acts =
        cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r']);
    if acts { format!("\'{cell}") } else { cell }
}

fn internal(error: impl Into<anyhow::Error>) -> Error {
    Error::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn htm_06_a_cell_that_would_act_is_defused() {
        for acts in ["=1+1", "+1", "-1", "@SUM(A1)", " =cmd()", "\t=1"] {
            assert!(defused(acts.to_owned()).starts_with('\''), "{acts:?}");
        }
        assert_eq!(defused("5 blankets".to_owned()), "5 blankets");
    }
}
