//! What every post has, whatever it is about: text in one language or several, a warning, a poll,
//! pictures. What is broken in it is left out.
//!
//! Custom emoji stay the names between colons that they are in the text: nothing is fetched for
//! them, and everybody can read them.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::post::{Choice, Extras, Pictured, Poll};
use crate::federation::json;
use crate::text;

/// How many languages besides the first are kept, and how much of all of them, in bytes.
const MOST_LANGUAGES: usize = 8;
const LONGEST_OTHERS: usize = 64 * 1024;
/// The longest language code that is kept.
const LONGEST_CODE: usize = 12;
/// The longest warning that is kept, in characters.
const LONGEST_WARNING: usize = 500;
/// How many answers of a poll are kept, and how long each may be (reliability paper, 2.7).
const MOST_CHOICES: usize = 50;
const LONGEST_CHOICE: usize = 200;
/// More people than there are have chosen nothing.
const MOST_VOTES: i64 = 1_000_000_000;
/// How many pictures are shown, as many as Mastodon has, and how many files are looked at.
const MOST_PICTURES: usize = 4;
const MOST_FILES: usize = 16;
/// The longest words for a picture that are kept, in characters (reliability paper, MED-08).
const LONGEST_WORDS: usize = 10_000;

/// A post as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// Sanitised HTML, in which mentions say whole handles.
    pub html: String,
    /// The rest.
    pub extras: Extras,
}

/// Reads a post.
pub fn read(note: &Value) -> Post {
    let map = json::field(note, "contentMap").and_then(Value::as_object);
    let texts: Vec<(&str, &str)> = map
        .into_iter()
        .flatten()
        .filter_map(|(code, text)| Some((code.as_str(), text.as_str()?)))
        .collect();
    let content = json::text(note, "content");
    let same = texts.iter().find(|(_, text)| content.is_none_or(|content| *text == content));
    let only = texts.first().filter(|_| texts.len() == 1);
    let first = same.or(only);
    let language = first.map(|(code, _)| *code).filter(|code| is_code(code));
    let content = content.or(first.map(|(_, text)| *text)).unwrap_or_default();
    let html = shown(content);
    let others = texts.iter().filter(|(code, _)| Some(*code) != first.map(|(own, _)| *own));
    let extras = Extras {
        warning: line(json::text(note, "summary"), LONGEST_WARNING),
        is_sensitive: json::field(note, "sensitive").and_then(Value::as_bool).unwrap_or_default(),
        language: language.map(str::to_owned),
        others: kept(others),
        poll: poll(note),
        ..files(note)
    };
    Post { html, extras }
}

fn shown(html: &str) -> String {
    text::with_handles(&text::sanitise(html))
}

fn kept<'a>(texts: impl Iterator<Item = &'a (&'a str, &'a str)>) -> Vec<(String, String)> {
    let mut left = LONGEST_OTHERS;
    let mut kept = Vec::new();
    for (code, text) in texts.filter(|(code, _)| is_code(code)).take(MOST_LANGUAGES) {
        let html = shown(text);
        if html.is_empty() || html.len() > left {
            continue;
        }
        left -= html.len();
        kept.push(((*code).to_owned(), html));
    }
    kept
}

fn is_code(code: &str) -> bool {
    let fits = (2..=LONGEST_CODE).contains(&code.len()) && code != "und";
    fits && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Plain text on one line, whether it was written as HTML or not.
fn line(text: Option<&str>, longest: usize) -> Option<String> {
    let line = text::one_line(&text::plain(&text::sanitise(text?)), longest);
    Some(line).filter(|line| !line.is_empty())
}

/// The answers of a Question (Activity Vocabulary, 4; Mastodon counts in `replies`).
fn poll(note: &Value) -> Option<Poll> {
    let several = json::field(note, "anyOf");
    let listed = several.or_else(|| json::field(note, "oneOf"))?;
    let choices: Vec<Choice> = json::many(listed).take(MOST_CHOICES).filter_map(choice).collect();
    let closed = json::time(note, "closed");
    let is_closed = json::field(note, "closed").and_then(Value::as_bool).unwrap_or_default();
    let over = closed.or(is_closed.then_some(Timestamp::UNIX_EPOCH));
    let ends_at = over.or_else(|| json::time(note, "endTime"));
    (!choices.is_empty()).then_some(Poll { choices, takes_several: several.is_some(), ends_at })
}

fn choice(choice: &Value) -> Option<Choice> {
    let words = line(json::text(choice, "name"), LONGEST_CHOICE)?;
    let replies = json::object(choice, "replies");
    let count = replies.and_then(|replies| json::number(replies, "totalItems")?.parse().ok());
    Some(Choice { words, count: count.map(|count: i64| count.clamp(0, MOST_VOTES)) })
}

/// The pictures, and how many other files there are.
fn files(note: &Value) -> Extras {
    let mut found = Extras::default();
    let listed = json::field(note, "attachment").into_iter().flat_map(json::many);
    for file in listed.take(MOST_FILES) {
        if !matches!(json::kind(file), "Image" | "Document" | "Video" | "Audio") {
            continue;
        }
        match picture(file) {
            Some(picture) if found.pictures.len() < MOST_PICTURES => found.pictures.push(picture),
            _ => found.more_files += 1,
        }
    }
    found
}

fn picture(file: &Value) -> Option<Pictured> {
    let is_image = match json::text(file, "mediaType") {
        Some(said) => said.starts_with("image/") && !said.starts_with("image/svg"),
        None => json::kind(file) == "Image",
    };
    let url = json::url(file, "url").filter(|_| is_image)?;
    let words = json::text(file, "name").or_else(|| json::text(file, "summary"));
    let words = text::one_line(words.unwrap_or_default(), LONGEST_WORDS);
    Some(Pictured { url, words: Some(words).filter(|words| !words.is_empty()) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_post_is_read_in_every_language_it_has() {
        let note = json!({
            "content": "<p>Decken</p>",
            "contentMap": {"en": "<p>Blankets</p>", "de": "<p>Decken</p>", "x y": "no", "es": 3},
            "summary": "food <b>&amp; more</b>"
        });
        let Post { html, extras } = read(&note);
        assert_eq!((html.as_str(), extras.language.as_deref()), ("<p>Decken</p>", Some("de")));
        assert_eq!(extras.others, [("en".to_owned(), "<p>Blankets</p>".to_owned())]);
        assert_eq!(extras.in_language("en-GB").map(|found| found.1), Some("<p>Blankets</p>"));
        assert_eq!(extras.in_language("de"), None);
        assert_eq!(extras.warning.as_deref(), Some("food & more"));
        let alone = read(&json!({"contentMap": {"pt": "<p>Mantas</p>"}}));
        assert_eq!(
            (alone.html.as_str(), alone.extras.language.as_deref()),
            ("<p>Mantas</p>", Some("pt"))
        );
    }

    #[test]
    fn polls_are_plain_lists() {
        let note = json!({
            "type": "Question", "endTime": "2026-12-01T00:00:00Z",
            "oneOf": [
                {"type": "Note", "name": "soup <script>x</script>", "replies": {"totalItems": 3}},
                {"type": "Note", "name": "bread", "replies": {"totalItems": -4}},
                {"type": "Note"}, 7
            ]
        });
        let poll = read(&note).extras.poll.unwrap();
        let choices: Vec<_> = poll.choices.iter().map(|c| (c.words.as_str(), c.count)).collect();
        assert_eq!(choices, [("soup", Some(3)), ("bread", Some(0))]);
        assert!(!poll.takes_several && poll.ends_at.is_some());
        let many =
            json!({"anyOf": (0..90).map(|n| json!({"name": n.to_string()})).collect::<Vec<_>>()});
        let poll = read(&many).extras.poll.unwrap();
        assert!(poll.takes_several && poll.choices.len() == 50);
        assert_eq!(read(&json!({"oneOf": []})).extras.poll, None);
    }

    #[test]
    fn pictures_are_those_that_can_be_shown() {
        let image =
            |url: &str, kind: &str| json!({"type": "Document", "mediaType": kind, "url": url});
        let mut listed = vec![
            image("https://a.example/1.jpg", "image/jpeg"),
            image("javascript:alert(1)", "image/png"),
            image("https://a.example/1.svg", "image/svg+xml"),
            image("https://a.example/1.mp4", "video/mp4"),
            json!({"type": "Image", "url": [{"type": "Link", "href": "https://a.example/2.png"}],
                   "name": "Two\u{202e} cots\n by a wall"}),
            json!({"type": "Proposal"}),
            json!("x"),
            json!(null),
        ];
        listed.extend((3..9).map(|n| image(&format!("https://a.example/{n}.jpg"), "image/webp")));
        let extras = read(&json!({"attachment": listed, "sensitive": true})).extras;
        assert_eq!(extras.pictures.len(), 4);
        assert_eq!(extras.pictures[0].words, None);
        assert_eq!(extras.pictures[1].words.as_deref(), Some("Two cots by a wall"));
        assert_eq!((extras.more_files, extras.is_sensitive), (7, true));
        assert_eq!(Extras::unpack(extras.pack().as_deref()), extras);
        assert_eq!(Extras::default().pack(), None);
        assert_eq!(Extras::unpack(Some("broken")), Extras::default());
    }
}
