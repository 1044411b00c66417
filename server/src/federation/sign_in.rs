//! A person of the fediverse writes to us that they want to sign in or to join: they are answered in
//! their thread, alone, with a code for the browser in which they want it (wire contract, 5.1 to
//! 5.3).

use serde_json::Value;
use url::Url;

use crate::actions::hold::knows;
use crate::actions::sign_in_by_code::{Asked, Given, give_code};
use crate::app::App;
use crate::db::sign_in_codes::{self, SignInCode};
use crate::db::{Conn, actors, careful};
use crate::domain::collective::domain_of;
use crate::domain::id::SignInCodeId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::sign_in::asks_to_sign_in;
use crate::error::Error;
use crate::federation::activities::create::is_buried;
use crate::federation::direct::{self, Answer};
use crate::federation::inbox::{Effect, Outcome};
use crate::federation::json;
use crate::federation::promises::mention;
use crate::i18n::Locale;
use crate::text;

/// What a new Note of `actor` does, if it asks to sign in and nothing else; none if it is about
/// something else. Whoever is no person (bots, groups) never gets a code.
pub fn receive(app: &App, note: &Value, actor: &RemoteActor) -> Option<Effect> {
    let url = json::url(note, "id")?;
    let is_direct = is_direct(app, note);
    let asks = json::kind(note) == "Note"
        && actor.kind == "Person"
        && (is_direct || names_us(app, note))
        && asks_to_sign_in(&text::plain(content(note)));
    if !asks {
        return None;
    }
    let (actor, language) = (actor.clone(), language(app, note));
    Some(Box::new(move |app, conn, _| {
        if is_buried(conn, &url, &actor)? {
            return Ok(Outcome::Ignored("it was deleted"));
        }
        if is_stranger_now(app, conn, &actor)? {
            return Ok(Outcome::Ignored("we are careful, and they are a stranger"));
        }
        let asked = Asked { actor: &actor, note: &url, language: &language, is_direct };
        match give_code(app, conn, &asked)? {
            Given::Code(about, code) => tell_code(app, conn, &actor, (&about, &code))?,
            Given::Advice(about) => {
                let words = Locale::find(&about.language).say("wire-code-not-in-public");
                tell(app, conn, &actor, &about, &paragraph(&words))?;
            }
            Given::Nothing(why) => return Ok(Outcome::Ignored(why)),
        }
        Ok(Outcome::Done)
    }))
}

/// Whether somebody gets no answer because we are careful: whoever is a member, or of a server that
/// we know, gets one always.
fn is_stranger_now(app: &App, conn: &mut Conn, actor: &RemoteActor) -> Result<bool, Error> {
    Ok(careful::current(conn, app.now())?.is_some() && !knows(conn, actor)?)
}

/// Tells whose account it is, in the thread of the code, that somebody signed in with it.
pub fn tell_signed_in(app: &App, conn: &mut Conn, id: SignInCodeId) -> Result<(), Error> {
    let code = sign_in_codes::find(conn, id)?;
    // Who has gone meanwhile is told nothing.
    let Some(them) = actors::find_by_url(conn, code.actor.as_str())? else { return Ok(()) };
    let host = domain_of(&app.collective.base);
    let words = Locale::find(&code.language).say_with("wire-code-used", [("host", host.into())]);
    tell(app, conn, &them, &code, &paragraph(&words))
}

fn tell_code(
    app: &App,
    conn: &mut Conn,
    them: &RemoteActor,
    (about, code): (&SignInCode, &str),
) -> Result<(), Error> {
    let locale = Locale::find(&about.language);
    let host = domain_of(&app.collective.base);
    let (first, last) = code.split_at_checked(3).unwrap_or((code, ""));
    let said = locale.say_with("wire-code", [("host", host.into())]);
    let warning = locale.say("wire-code-keep");
    let link = text::escape(app.collective.urls().join("sign-in").as_str());
    let html = format!(
        "<p>{} <strong>{first} {last}</strong></p>{}<p>{} <a href=\"{link}\" rel=\"nofollow \
         noopener noreferrer\">{link}</a></p>",
        text::escape(&said),
        paragraph(&warning),
        text::escape(&locale.say("wire-code-where")),
    );
    tell(app, conn, them, about, &html)
}

fn tell(
    app: &App,
    conn: &mut Conn,
    them: &RemoteActor,
    about: &SignInCode,
    html: &str,
) -> Result<(), Error> {
    let id = app.collective.urls().written(about.id, app.clock.new_id());
    let answer = Answer { id, them, to: &about.note, language: &about.language };
    direct::answer(app, conn, &answer, &format!("<p>{}</p>{html}", mention(them)))
}

fn paragraph(words: &str) -> String {
    format!("<p>{}</p>", text::escape(words))
}

fn content(note: &Value) -> &str {
    // Some servers write the text only under its language.
    let translated = || json::object(note, "contentMap")?.as_object()?.values().next()?.as_str();
    json::text(note, "content").or_else(translated).unwrap_or_default()
}

/// The language of a post if we speak it, else the collective's.
fn language(app: &App, note: &Value) -> String {
    let map = json::object(note, "contentMap").and_then(Value::as_object);
    let written = map.and_then(|map| map.keys().find_map(|code| Locale::find_exact(code)));
    let own = || Locale::find(&app.collective.language);
    written.unwrap_or_else(own).code().to_owned()
}

/// Whether we are mentioned, by our address and not by words that look like it.
fn names_us(app: &App, note: &Value) -> bool {
    mentions(note).any(|url| url == app.collective.urls().actor())
}

fn mentions(note: &Value) -> impl Iterator<Item = Url> + '_ {
    let tags = json::field(note, "tag").into_iter().flat_map(json::many);
    tags.filter(|tag| json::kind(tag) == "Mention").filter_map(|tag| json::url(tag, "href"))
}

/// Whether a Note is for us and for nobody but those whom it mentions: neither for everybody nor
/// for the followers of its writer, who are a collection and never mentioned.
fn is_direct(app: &App, note: &Value) -> bool {
    let us = app.collective.urls().actor();
    let named: Vec<Url> = mentions(note).collect();
    let mut for_us = false;
    for name in ["to", "cc", "bto", "bcc", "audience"] {
        for addressee in json::field(note, name).into_iter().flat_map(json::many) {
            let Some(url) = addressee.as_str().and_then(json::parse_url) else { return false };
            for_us |= url == us;
            if url != us && !named.contains(&url) {
                return false;
            }
        }
    }
    for_us
}
