//! Hear what somebody of the fediverse writes to us: keep it, hold it if there is a reason, and
//! give its writer a link to go on by. Nothing that comes in is published by itself.

use jiff::SignedDuration;
use url::Url;

use crate::actions::hold::{self, Look, Weighed, knows, weigh};
use crate::actions::tell::tell_stewards;
use crate::app::App;
use crate::db::{Conn, careful, held, member_handles, message_links, messages, pacts};
use crate::domain::collective::domain_of;
use crate::domain::event::Event;
use crate::domain::id::RemoteActorId;
use crate::domain::message::{Channel, HeldBecause, Message, MessageState};
use crate::domain::neighbour::RemoteActor;
use crate::domain::notice::Kind;
use crate::domain::post::Extras;
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::keys;
use crate::text;

/// How long a link works by which somebody publishes what they asked for.
pub const ASK_LASTS: SignedDuration = SignedDuration::from_hours(48);
/// How long one works by which they look after what was published.
pub const CARE_LASTS: SignedDuration = SignedDuration::from_hours(60 * 24);

const DAY: SignedDuration = SignedDuration::from_hours(24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How many messages of one actor are heard in a day; more are held.
const HEARD_OF_ONE: i64 = 10;
/// How many of one actor are kept in a day.
const KEPT_OF_ONE: i64 = 100;
/// How many of one host are heard in an hour.
const HEARD_OF_HOST: i64 = 60;
/// How many asks of hosts that we do not know are heard in an hour, and how many messages without a
/// tag.
const HEARD_OF_STRANGERS: i64 = 20;
/// So many mentions are no letter to us.
const MANY_MENTIONS: usize = 5;

/// What came in, as the edge read it.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Its id on the wire.
    pub url: Url,
    /// Who could read it where it was written.
    pub channel: Channel,
    /// What its tags say.
    pub purpose: Option<Purpose>,
    /// What it says, as plain text.
    pub text: String,
    /// The code of its language, if its writer said so.
    pub language: Option<String>,
    /// When it was written.
    pub published_at: jiff::Timestamp,
    /// When it was last edited.
    pub updated_at: jiff::Timestamp,
    /// Whether others can read it because they were named in it.
    pub mentions_others: bool,
    /// How many are named in it.
    pub mentions: usize,
    /// Whether it carries links or pictures.
    pub has_links: bool,
    /// Whether it answers something that we wrote to its writer.
    pub is_follow_up: bool,
    /// Whether it is new, and no edit: an edit never gets an answer.
    pub is_new: bool,
    /// What it carries besides its text.
    pub extras: Extras,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, or changed.
    Yes,
    /// We have it, or a newer version of it, or it cannot be changed any more.
    Known,
    /// Somebody else of the same server used its id before.
    Contested,
    /// Its sender has said enough for today.
    TooMany,
    /// It is one of very many that come in this hour: it was counted.
    Counted,
}

/// What stands for a post when everything else about it is forgotten.
pub fn post_hash(url: &str) -> String {
    keys::secret_hash(url)
}

/// Keeps a message of `actor`, or what they made of it since.
pub fn hear(
    app: &App,
    conn: &mut Conn,
    heard: &Heard,
    actor: &RemoteActor,
    events: &mut Vec<Event>,
) -> Result<Kept, Error> {
    if let Some(stored) = messages::find_by_post(conn, &post_hash(heard.url.as_str()))? {
        return change(app, conn, stored, heard, actor);
    }
    if messages::count_of_actor(conn, actor.id, before(app, DAY))?.1 >= KEPT_OF_ONE {
        return Ok(Kept::TooMany);
    }
    let mut message = message(app, heard, actor);
    message.is_known = knows(conn, actor)?;
    let usual = hold_reason(app, conn, heard, &message)?;
    let marks = match weigh(app, conn, &look(heard, &message), usual)? {
        Weighed::Heard(marks) => marks,
        Weighed::Held(because, marks, most) => {
            (message.state, message.held_because) = (MessageState::Held, Some(because));
            message.text = text::cut(&message.text, most).to_owned();
            marks
        }
        Weighed::Counted => return Ok(Kept::Counted),
    };
    if !messages::insert(conn, &message)? {
        return Ok(Kept::Known);
    }
    held::mark_message(conn, message.id, &marks)?;
    // Thanks for an answer, or the rest of a sentence: a person reads it, and no machine answers.
    let is_begun = heard.is_follow_up && message.purpose.is_none();
    if heard.is_new && !is_begun && message.state == MessageState::Waiting && message.wants_answer()
    {
        send_link(app, conn, &mut message, events)?;
    }
    // A member whom we may answer there, if they want to hear by that way what is new.
    if heard.channel == Channel::Direct && heard.is_new {
        member_handles::note_thread(conn, &actor.url, &heard.url)?;
    }
    if waits(&message, heard) && (message.is_known || !careful::is_wave(conn, app.now())?) {
        tell_stewards(app, conn, Kind::MessageWaits, "/messages")?;
    }
    Ok(Kept::Yes)
}

/// Whether a person is to look at a message: nobody answered it, or it is a new private one, of which
/// only a person can tell what is needed (mission, J2). In a wave stewards have heard already that
/// there is something to look at.
fn waits(message: &Message, heard: &Heard) -> bool {
    let is_private = heard.channel == Channel::Direct && heard.is_new;
    match message.state {
        MessageState::Waiting => true,
        MessageState::Answered => is_private,
        _ => false,
    }
}

/// Why a message is not heard at once, if there is a reason in itself. What else there may be, with
/// everything else that comes, is weighed in [`weigh`].
pub fn hold_reason(
    app: &App,
    conn: &mut Conn,
    heard: &Heard,
    message: &Message,
) -> Result<Option<HeldBecause>, Error> {
    let Some(actor) = message.actor else { return Ok(None) };
    if app.rules().limits_host(&message.host) && !pacts::is_active(conn, actor)? {
        return Ok(Some(HeldBecause::LimitedServer));
    }
    if messages::count_of_actor(conn, actor, before(app, DAY))?.0 >= HEARD_OF_ONE {
        return Ok(Some(HeldBecause::ManyOfOne));
    }
    if messages::count_of_host(conn, &message.host, before(app, HOUR))? >= HEARD_OF_HOST {
        return Ok(Some(HeldBecause::ManyOfHost));
    }
    if message.is_known {
        return Ok(None);
    }
    let asks = message.purpose.is_some();
    if messages::count_of_strangers(conn, asks, before(app, HOUR))? >= HEARD_OF_STRANGERS {
        return Ok(Some(HeldBecause::ManyOfStrangers));
    }
    let is_many = heard.mentions >= MANY_MENTIONS;
    let is_linked = heard.has_links && !asks;
    if !(is_many || is_linked) || messages::heard_host(conn, &message.host)? {
        return Ok(None);
    }
    Ok(Some(if is_many { HeldBecause::ManyMentions } else { HeldBecause::Links }))
}

/// Gives the writer of a message a link to go on by, in the thread; the one before is void. False
/// if they are gone or blocked.
pub fn send_link(
    app: &App,
    conn: &mut Conn,
    message: &mut Message,
    events: &mut Vec<Event>,
) -> Result<bool, Error> {
    let Some(actor) = message.actor.filter(|_| message.can_be_answered()) else {
        return Ok(false);
    };
    if app.blocks().covers_actor(&crate::db::actors::find(conn, actor)?.url) {
        return Ok(false);
    }
    let is_published = message.state == MessageState::Published;
    let lasts = if is_published { CARE_LASTS } else { ASK_LASTS };
    let token = keys::secret()?;
    let expires_at = app.now().saturating_add(lasts).map_err(anyhow::Error::from)?;
    message_links::insert(conn, &keys::secret_hash(&token), message.id, expires_at)?;
    if !is_published {
        message.state = MessageState::Answered;
        messages::update(conn, message)?;
    }
    events.push(Event::MessageAnswered { message: message.id, token });
    Ok(true)
}

/// Whose a message is that is known under this id, if there is one.
pub fn writer_of(conn: &mut Conn, post: &str) -> Result<Option<RemoteActorId>, Error> {
    Ok(messages::find_by_post(conn, &post_hash(post))?.and_then(|message| message.actor))
}

/// Removes what somebody else than the owner sent under an id.
pub fn remove_claims(conn: &mut Conn, post: &str, owner: RemoteActorId) -> Result<(), Error> {
    messages::delete_claims(conn, &post_hash(post), owner)
}

/// An edit changes what the message says, as long as nothing came of it. It is never answered.
fn change(
    app: &App,
    conn: &mut Conn,
    stored: Message,
    heard: &Heard,
    actor: &RemoteActor,
) -> Result<Kept, Error> {
    if stored.actor.is_some_and(|writer| writer != actor.id) {
        return Ok(Kept::Contested);
    }
    let mut stored = messages::lock(conn, stored.id)?;
    let is_newer = heard.updated_at > stored.updated_at;
    if !is_newer || !stored.is_editable() || stored.actor.is_none() {
        return Ok(Kept::Known);
    }
    stored.text.clone_from(&heard.text);
    stored.purpose = heard.purpose;
    stored.language.clone_from(&heard.language);
    stored.mentions_others = heard.mentions_others;
    stored.updated_at = heard.updated_at;
    stored.extras = heard.extras.clone();
    // What was written to a few stays private, whoever is named in it later.
    if heard.channel == Channel::Direct {
        stored.channel = Channel::Direct;
    }
    messages::update(conn, &stored)?;
    let marks = hold::marks(app, conn, &look(heard, &stored))?;
    held::mark_message(conn, stored.id, &marks)?;
    Ok(Kept::Yes)
}

fn look<'a>(heard: &Heard, message: &'a Message) -> Look<'a> {
    Look {
        host: &message.host,
        text: &message.text,
        is_known: message.is_known,
        asks: message.purpose.is_some(),
        is_plain: !heard.mentions_others && !heard.has_links,
    }
}

fn message(app: &App, heard: &Heard, actor: &RemoteActor) -> Message {
    Message {
        id: app.clock.new_id(),
        post_hash: post_hash(heard.url.as_str()),
        url: Some(heard.url.clone()),
        actor: Some(actor.id),
        host: domain_of(&actor.url),
        is_known: false,
        channel: heard.channel,
        purpose: heard.purpose,
        state: MessageState::Waiting,
        held_because: None,
        text: heard.text.clone(),
        language: heard.language.clone(),
        mentions_others: heard.mentions_others,
        published_at: heard.published_at,
        updated_at: heard.updated_at,
        received_at: app.now(),
        proposal: None,
        closed_at: None,
        extras: heard.extras.clone(),
    }
}

fn before(app: &App, age: SignedDuration) -> jiff::Timestamp {
    app.now().saturating_sub(age).unwrap_or(app.now())
}
