//! What followers are asked about a decision of the assembly: a `Question`, which Mastodon shows as a
//! poll. What they answer is an opinion and binds nothing; the post says so. How the members speak is
//! nowhere in it, and neither is who proposed it.

use serde_json::{Value, json};

use crate::app::App;
use crate::domain::decision::{Decision, Ending, Opinions};
use crate::federation::vocab::PUBLIC;
use crate::i18n::{LANGUAGES, Locale};
use crate::text;

/// The Question, with what was answered until now.
pub fn question(app: &App, decision: &Decision, opinions: Opinions) -> Value {
    let urls = app.collective.urls();
    let locale = Locale::find(&app.collective.language);
    let content = content(&locale, decision);
    let choice = |name: String, count: i64| {
        json!({
            "type": "Note",
            "name": name,
            "replies": {"type": "Collection", "totalItems": count}
        })
    };
    let mut question = json!({
        "id": urls.question(decision.id),
        "type": "Question",
        "attributedTo": urls.actor(),
        "url": urls.decision(decision.id),
        "to": [PUBLIC],
        "cc": [urls.of_actor("followers")],
        "published": decision.opened_at,
        "content": content,
        "contentMap": {locale.code(): content},
        "sensitive": false,
        "tag": [],
        "attachment": [],
        "oneOf": [
            choice(locale.say("wire-opinion-yes"), opinions.yes),
            choice(locale.say("wire-opinion-no"), opinions.no)
        ],
        "endTime": decision.closes_at,
        "votersCount": opinions.yes + opinions.no
    });
    if let (Some(outcome), Value::Object(question)) = (decision.outcome, &mut question) {
        question.insert("closed".into(), json!(outcome.closed_at));
        question.insert("updated".into(), json!(outcome.closed_at));
    }
    question
}

/// What somebody answered, in whichever of our languages: whether they find it good.
pub fn read_choice(name: &str) -> Option<bool> {
    let is = |id: &str| LANGUAGES.iter().any(|(code, _)| Locale::find(code).say(id) == name.trim());
    match (is("wire-opinion-yes"), is("wire-opinion-no")) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn content(locale: &Locale, decision: &Decision) -> String {
    let title = locale.say_with("wire-question-title", [("title", decision.title.clone().into())]);
    let mut html = format!("<p><strong>{}</strong></p>", text::escape(&title));
    html.push_str(&text::markdown(&decision.text));
    let last = match decision.outcome.map(|outcome| outcome.ending) {
        None => "wire-question-opinion",
        Some(Ending::Adopted) => "wire-question-adopted",
        Some(Ending::NotAdopted) => "wire-question-not-adopted",
        Some(Ending::NoQuorum) => "wire-question-no-quorum",
        Some(Ending::Withdrawn) => "wire-question-withdrawn",
    };
    html.push_str(&format!("<p>{}</p>", text::escape(&locale.say(last))));
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_in_every_language() {
        for (code, _) in LANGUAGES {
            let locale = Locale::find(code);
            assert_eq!(read_choice(&locale.say("wire-opinion-yes")), Some(true), "{code}");
            assert_eq!(read_choice(&format!(" {} ", locale.say("wire-opinion-no"))), Some(false));
        }
        assert_eq!(read_choice("wire-opinion-yes"), None);
        assert_eq!(read_choice(""), None);
    }
}
