//! What a member takes along of the assembly: what they proposed, what is known that they said, and
//! the roles that they had. Who said what is forgotten when a decision closes, here too.

use serde_json::{Value, json};

use crate::actions::gather_own::Own;
use crate::domain::decision::{Spoken, Voice};
use crate::domain::role::{Role, Term};
use crate::web::own_data::Line;
use crate::web::role_lines::title;
use crate::web::words::Words;

/// What they proposed and said, to be read.
pub fn decisions(words: &Words<'_>, own: &Own) -> Vec<Line> {
    let proposed = own.proposed.iter().map(|decision| Line {
        title: decision.title.clone(),
        facts: words.day(decision.opened_at).text,
        text: decision.text.clone(),
    });
    let spoken = own.spoken.iter().map(|(decision, spoken)| Line {
        title: decision.title.clone(),
        facts: words.locale.say(said(spoken)),
        text: spoken.words.clone().unwrap_or_default(),
    });
    proposed.chain(spoken).collect()
}

/// The roles that they had or stood in for, to be read.
pub fn roles(words: &Words<'_>, own: &Own) -> Vec<Line> {
    let line = |(role, term): &(Role, Term)| {
        let days = [term.starts_at, term.ends_at].map(|day| words.day(day).text);
        Line { title: title(words, role), facts: days.join(" – "), text: String::new() }
    };
    own.terms.iter().map(line).collect()
}

/// The same for programs.
pub fn documents(own: &Own) -> impl Iterator<Item = Value> + '_ {
    let proposed = own.proposed.iter().map(|decision| {
        json!({
            "type": "Note",
            "summary": "proposed",
            "name": decision.title,
            "content": decision.text,
            "published": decision.opened_at,
            "endTime": decision.closes_at,
        })
    });
    let spoken = own.spoken.iter().map(|(decision, spoken)| {
        json!({
            "type": "Note",
            "summary": spoken.voice.word(),
            "name": decision.title,
            "content": spoken.words,
        })
    });
    let terms = own.terms.iter().map(|(role, term)| {
        json!({
            "type": "Relationship",
            "summary": "role",
            "name": role.title,
            "startTime": term.starts_at,
            "endTime": term.ends_at,
        })
    });
    proposed.chain(spoken).chain(terms)
}

fn said(spoken: &Spoken) -> &'static str {
    match spoken.voice {
        Voice::Yes => "voice-yes",
        Voice::No => "voice-no",
        Voice::Aside => "voice-aside",
        Voice::Objection => "voice-objection",
    }
}
