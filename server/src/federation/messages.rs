//! What people of the fediverse write to us, read from their Notes: posts that name us, and direct
//! posts to us (wire contract, 5.1).

use serde_json::Value;
use url::Url;

use crate::actions::hear_message::{Heard, Kept, hear};
use crate::app::App;
use crate::domain::message::Channel;
use crate::domain::neighbour::RemoteActor;
use crate::domain::suggestion::purpose::purpose_of;
use crate::federation::activities::create::{contest, is_buried};
use crate::federation::inbox::{Effect, Outcome};
use crate::federation::json;
use crate::federation::objects::{read_post, read_proposal};
use crate::federation::vocab::PUBLIC;
use crate::text;

/// How much of a message is kept, in bytes.
const LONGEST: usize = 16_000;
/// How many tags of a post are looked at.
const MOST_TAGS: usize = 200;
/// The longest language code that is kept.
const LONGEST_CODE: usize = 12;

/// What is named in a post.
#[derive(Default)]
struct Tags {
    names_us: bool,
    names_others: bool,
    mentions: usize,
    hashtags: Vec<String>,
}

/// What a Note of a person does here that names us or is for us alone; none if it does neither, or
/// is something else. `is_new` for a `Create`: nothing else is ever answered.
pub fn receive(app: &App, note: &Value, actor: &RemoteActor, is_new: bool) -> Option<Effect> {
    let heard = read(app, note, actor, is_new)?;
    let actor = actor.clone();
    Some(Box::new(move |app, conn, events| {
        if is_buried(conn, &heard.url, &actor)? {
            return Ok(Outcome::Ignored("it was deleted"));
        }
        match hear(app, conn, &heard, &actor, events)? {
            Kept::Yes => Ok(Outcome::Done),
            Kept::Known => Ok(Outcome::Ignored("we have it, or a newer one")),
            Kept::TooMany => Ok(Outcome::Ignored("its sender has said enough for today")),
            Kept::Counted => Ok(Outcome::Ignored("very much comes: it was counted")),
            // Whoever reads it where it stands must not ask for that again.
            Kept::Contested if !heard.is_new => Ok(Outcome::Ignored("it is somebody else's")),
            Kept::Contested => contest(app, conn, &heard.url, &actor),
        }
    }))
}

/// Reads a message. Answers nothing for what bots and collectives write, and for needs and offers
/// of neighbours.
fn read(app: &App, note: &Value, actor: &RemoteActor, is_new: bool) -> Option<Heard> {
    let is_text = matches!(json::kind(note), "Note" | "Article" | "ChatMessage" | "Question");
    if actor.kind != "Person" || !is_text || read_proposal::read(app, note, actor).is_some() {
        return None;
    }
    let us = app.collective.urls().actor();
    let tags = tags(note, &us, &actor.url);
    let is_public = json::is_public(note);
    let is_for_us = !is_public && json::is_addressed_to(note, us.as_str());
    if !tags.names_us && !is_for_us {
        return None;
    }
    let url = json::url(note, "id")?;
    let published_at = json::time(note, "published").unwrap_or(app.now()).min(app.now());
    let answered = json::url(note, "inReplyTo");
    let urls = app.collective.urls();
    Some(Heard {
        channel: if is_public { Channel::Public } else { Channel::Direct },
        purpose: purpose_of(tags.hashtags.iter().map(String::as_str), &app.own_words),
        text: text_of(note),
        language: language_of(note),
        published_at,
        updated_at: json::time(note, "updated").unwrap_or(published_at).min(app.now()),
        mentions_others: tags.names_others,
        mentions: tags.mentions,
        has_links: has_links(note),
        is_follow_up: answered.is_some_and(|to| urls.parse_written::<()>(&to).is_some()),
        is_new,
        extras: read_post::read(note).extras,
        url,
    })
}

/// Whether a Note names nobody but us, and carries neither pictures nor links.
pub fn is_plain(app: &App, note: &Value, writer: &Url) -> bool {
    !has_links(note) && !tags(note, &app.collective.urls().actor(), writer).names_others
}

fn tags(note: &Value, us: &Url, writer: &Url) -> Tags {
    let mut tags = Tags::default();
    let listed = json::field(note, "tag").into_iter().flat_map(json::many);
    for tag in listed.take(MOST_TAGS) {
        match (json::kind(tag), tag.as_str()) {
            ("Mention", _) => {
                tags.mentions += 1;
                match json::url(tag, "href") {
                    Some(href) if href == *us => tags.names_us = true,
                    Some(href) if href == *writer => {}
                    _ => tags.names_others = true,
                }
            }
            ("Hashtag", _) => tags.hashtags.extend(json::text(tag, "name").map(str::to_owned)),
            // Older Pleroma lists tags as bare words too.
            (_, Some(word)) => tags.hashtags.push(word.to_owned()),
            _ => {}
        }
    }
    let known = [us.as_str(), writer.as_str(), PUBLIC, "as:Public", "Public"];
    let addressed = ["to", "cc"].iter().filter_map(|name| json::field(note, name));
    let mut addressed = addressed.flat_map(json::many).filter_map(Value::as_str);
    tags.names_others |= addressed.any(|to| !known.contains(&to) && !is_followers(to));
    tags
}

/// Whether an address is that of somebody's followers: `/followers` at the end, or before the name as
/// Friendica has it.
fn is_followers(address: &str) -> bool {
    address.ends_with("/followers") || address.contains("/followers/")
}

/// Title (Friendica and others have one), warning and text.
fn text_of(note: &Value) -> String {
    let content = json::text(note, "content").or_else(|| {
        let map = json::field(note, "contentMap")?.as_object()?;
        map.values().next()?.as_str()
    });
    let name = json::text(note, "name").filter(|_| json::kind(note) == "Article");
    let parts = [name, json::text(note, "summary"), content];
    let lines: Vec<String> = parts.into_iter().flatten().map(text::written).collect();
    let lines = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>();
    text::cut(&lines.join("\n"), LONGEST).to_owned()
}

/// The language that the writer named: the one under which the text stands, or Lemmy's.
fn language_of(note: &Value) -> Option<String> {
    let content = json::text(note, "content");
    let map = json::field(note, "contentMap").and_then(Value::as_object);
    let named = map.and_then(|map| {
        let same = map.iter().find(|(_, text)| content.is_some() && text.as_str() == content);
        same.or_else(|| map.iter().next().filter(|_| map.len() == 1)).map(|(code, _)| code.as_str())
    });
    let lemmy = || json::text(json::field(note, "language")?, "identifier");
    let code = named.or_else(lemmy)?;
    let fits = code.len() <= LONGEST_CODE && code.len() >= 2 && code != "und";
    let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (fits && plain).then(|| code.to_owned())
}

/// Whether a post carries pictures or other files, or links that are neither mentions nor tags.
fn has_links(note: &Value) -> bool {
    let files = json::field(note, "attachment").is_some_and(|files| json::many(files).count() > 0);
    files || text_of(note).contains("://")
}
