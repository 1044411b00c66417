//! What of strangers is held: stored, and neither shown nor answered until a steward looks. Nothing
//! that reads like somebody in need is thrown away, however much comes (mission, J12).

use jiff::{SignedDuration, Timestamp};

use crate::actions::careful::{WAVE_NOTICE, note_wave};
use crate::actions::tell::tell_stewards;
use crate::app::App;
use crate::db::{Conn, alike, careful, followers, held, messages, notices};
use crate::domain::held::{
    ALIKE_HOSTS, ALIKE_MANY, ALIKE_WITHIN, Alike, Marks, WAVE, WHOLE_AN_HOUR,
};
use crate::domain::id::Id;
use crate::domain::likeness::Likeness;
use crate::domain::message::HeldBecause;
use crate::domain::neighbour::RemoteActor;
use crate::domain::notice::Kind;
use crate::domain::suggestion::purpose::is_need_like;
use crate::error::Error;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Beyond [`WHOLE_AN_HOUR`], so much is kept of a text that reads like somebody in need, in bytes.
const SHORT: usize = 4_000;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Its writer's host.
    pub host: &'a str,
    /// What it says, as plain text.
    pub text: &'a str,
    /// Whether we know its writer or their server ([`knows`]).
    pub is_known: bool,
    /// Whether it asks or answers by what it is, and not only by its words.
    pub asks: bool,
    /// Whether it names nobody but us, and carries no links or pictures.
    pub is_plain: bool,
}

/// What is to be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// It is heard.
    Heard(Marks),
    /// It is held, and kept up to so many bytes.
    Held(HeldBecause, Marks, usize),
    /// It is one of very many, and was counted.
    Counted,
}

/// Whether we know somebody: they follow us, somebody of their server is followed, has a pact with us
/// or is a member, or something of theirs was let in before.
pub fn knows(conn: &mut Conn, actor: &RemoteActor) -> Result<bool, Error> {
    let server = messages::knows_server(conn, &actor.url.origin().ascii_serialization())?;
    let follows = server || followers::find_follow(conn, actor.id)?.is_some();
    Ok(follows || held::trusts(conn, actor.id)?)
}

/// Weighs what somebody wrote. `usual` is why it would be held anyway.
pub fn weigh(
    app: &App,
    conn: &mut Conn,
    look: &Look<'_>,
    usual: Option<HeldBecause>,
) -> Result<Weighed, Error> {
    let likeness = Likeness::of(look.text);
    let like = alike::list_near(conn, likeness)?;
    let is_many = is_many(app, conn, look.host, &like)?;
    let because = match usual {
        _ if is_many && !look.is_known => Some(HeldBecause::Alike),
        _ if !look.is_known && careful::current(conn, app.now())?.is_some() => {
            Some(HeldBecause::Careful)
        }
        usual => usual,
    };
    let is_full = because.is_some() && is_full(app, conn, because)?;
    let asks = look.asks || is_need_like(look.text, &app.own_words);
    // Counted only is what nobody whom we know wrote, and what either comes in a crowd of its like or
    // is no plain letter to us: words of need are known in four languages, and need is not.
    let is_noise = is_many || !(asks || look.is_plain || look.is_known);
    if is_full && is_noise && !is_need_like(look.text, &app.own_words) {
        careful::count_only(conn, look.host, app.now())?;
        return Ok(Weighed::Counted);
    }
    let alike = join(app, conn, &like, likeness)?;
    let marks = Marks { alike: Some(alike), asks, is_plain: look.is_plain };
    let Some(because) = because else { return Ok(Weighed::Heard(marks)) };
    if is_many {
        hold_waiting(app, conn, &like)?;
    } else if asks && look.is_plain && !careful::is_wave(conn, app.now())? {
        // In a wave stewards have heard already that there is something to look at.
        tell_stewards(app, conn, Kind::MessageWaits, "/steward/held")?;
    }
    Ok(Weighed::Held(because, marks, if is_full { SHORT } else { usize::MAX }))
}

/// Holds what waited and turns out to come in a crowd. If nothing else waits, there is nothing to look
/// at any more besides the wave. Asked with each of the crowd, because two that come at one moment do
/// not see each other.
fn hold_waiting(app: &App, conn: &mut Conn, like: &[Id<Alike>]) -> Result<(), Error> {
    const WAITS: (Kind, &str) = (Kind::MessageWaits, "/messages");
    alike::hold_waiting(conn, like, lately(app))?;
    if let [oldest, others @ ..] = like
        && !others.is_empty()
    {
        alike::unite(conn, *oldest, others, lately(app))?;
    }
    let is_told = notices::is_unread(conn, WAITS)?;
    if is_told && messages::count_waiting(conn)? == 0 && careful::is_wave(conn, app.now())? {
        notices::merge(conn, WAITS, WAVE_NOTICE)?;
    }
    Ok(())
}

/// Notes that something is held, and whether it is part of a wave. Answers whether so much was held
/// within the hour that not everything is kept.
fn is_full(app: &App, conn: &mut Conn, because: Option<HeldBecause>) -> Result<bool, Error> {
    let before = held::count_since(conn, app.now().saturating_sub(HOUR).unwrap_or(app.now()))?;
    if before >= WAVE || because == Some(HeldBecause::Alike) {
        note_wave(app, conn, before >= WAVE)?;
    }
    Ok(before >= WHOLE_AN_HOUR)
}

/// What is kept beside a text that was edited.
pub fn marks(app: &App, conn: &mut Conn, look: &Look<'_>) -> Result<Marks, Error> {
    let likeness = Likeness::of(look.text);
    let like = alike::list_near(conn, likeness)?;
    let alike = Some(join(app, conn, &like, likeness)?);
    let asks = look.asks || is_need_like(look.text, &app.own_words);
    Ok(Marks { alike, asks, is_plain: look.is_plain })
}

/// Whether this text came many times within minutes, from several hosts.
fn is_many(app: &App, conn: &mut Conn, host: &str, like: &[Id<Alike>]) -> Result<bool, Error> {
    let mut hosts = alike::list_hosts(conn, like, lately(app))?;
    hosts.push(host.to_owned());
    let many = hosts.len() >= ALIKE_MANY;
    hosts.sort_unstable();
    hosts.dedup();
    Ok(many && hosts.len() >= ALIKE_HOSTS)
}

fn join(
    app: &App,
    conn: &mut Conn,
    like: &[Id<Alike>],
    likeness: Likeness,
) -> Result<Id<Alike>, Error> {
    match like.first() {
        Some(like) => {
            alike::touch(conn, *like, app.now())?;
            Ok(*like)
        }
        None => {
            let id = app.clock.new_id();
            alike::insert(conn, id, likeness, app.now())?;
            Ok(id)
        }
    }
}

fn lately(app: &App) -> Timestamp {
    app.now().saturating_sub(ALIKE_WITHIN).unwrap_or(app.now())
}
