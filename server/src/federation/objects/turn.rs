//! A turn at which somebody is missing, as a `Note` for whoever follows (wire contract, section 7:
//! no `name`, the title in bold first). It says how many, and never who; nothing private is handed
//! in.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::audience::Audience;
use crate::domain::duty::Duty;
use crate::domain::turn::{Turn, TurnNote};
use crate::federation::objects::proposal::audience;
use crate::federation::vocab::HASHTAG;
use crate::i18n::Locale;
use crate::text;

/// The Note of a turn, with the numbers that were told last.
pub fn note(app: &App, duty: &Duty, turn: &Turn, told: &TurnNote) -> Value {
    let urls = app.collective.urls();
    let id = urls.turn_note(told);
    let content = content(app, duty, turn, told);
    let (to, cc) = audience(app, Audience::Public);
    let mut note = json!({
        "id": id,
        "type": "Note",
        "attributedTo": urls.actor(),
        "url": urls.join(turn.path().trim_start_matches('/')),
        "to": to,
        "cc": cc,
        "published": told.published_at,
        "content": content,
        "contentMap": {duty.content.language.as_str(): content},
        "sensitive": false,
        "tag": [{
            "type": "Hashtag",
            "name": format!("#{HASHTAG}"),
            "href": urls.tag(HASHTAG)
        }],
        "attachment": [],
        "startTime": turn.starts_at,
        "endTime": turn.ends_at
    });
    if let Value::Object(note) = &mut note {
        if let Some(place) = &duty.content.place {
            note.insert("location".into(), json!({"type": "Place", "name": place}));
        }
        if told.revision > 0 {
            note.insert("updated".into(), json!(told.updated_at));
        }
    }
    note
}

/// The post that people read, in the language of the duty.
fn content(app: &App, duty: &Duty, turn: &Turn, told: &TurnNote) -> String {
    let locale = Locale::find(&duty.content.language);
    let zone = duty.schedule.zone(&app.zone);
    let is_missing = told.taken < told.needed;
    let said = locale.say_with(
        if is_missing { "wire-turn-missing" } else { "wire-turn-full" },
        [
            ("title", duty.content.title.as_str().into()),
            ("day", locale.day(turn.starts_at, &zone).into()),
            ("taken", told.taken.into()),
            ("needed", told.needed.into()),
        ],
    );
    let clock = [
        ("from", clock(turn.starts_at, &zone).into()),
        ("until", clock(turn.ends_at, &zone).into()),
    ];
    let mut sentences = vec![locale.say_with("wire-turn-time", clock)];
    if let Some(place) = &duty.content.place {
        sentences.push(locale.say_with("wire-place", [("place", place.as_str().into())]));
    }
    if is_missing {
        sentences.push(locale.say("wire-how-to-answer"));
    }
    format!(
        "<p><strong>{}</strong></p><p>{}</p>",
        text::escape(&said),
        text::escape(&sentences.join(" "))
    )
}

fn clock(moment: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(moment).strftime("%H:%M").to_string()
}
