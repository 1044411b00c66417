//! Ask people some days after something came what they want to bring, and what others could do for
//! them (mission E15). No answer is kept, except that somebody wants to be asked no more.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::fulfilments::{Came, Person};
use crate::db::{
    Conn, actors, causes, fulfilments, member_handles, moment_people, notices, proposals, unasked,
};
use crate::domain::event::Event;
use crate::domain::id::{MemberId, ProposalId, RemoteActorId};
use crate::domain::member::Member;
use crate::domain::moment::{LATEST, REST, SOONEST, Side, is_quiet, whom};
use crate::error::Error;
use crate::keys;

/// Who is asked: a member, or somebody of the fediverse in the thread in which they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Member(MemberId),
    Other(RemoteActorId),
}

/// Asks everybody who is to be asked now; answers how many.
pub async fn ask_moment(app: &App) -> Result<usize, Error> {
    let (shared, now) = (app.clone(), app.now());
    let due = app.db.read(move |conn| list_due(&shared, conn, now)).await?;
    let count = due.len();
    if count == 0 {
        return Ok(0);
    }
    app.change(move |app, conn, events| {
        due.into_iter().try_for_each(|each| ask(app, conn, each, events))
    })
    .await?;
    Ok(count)
}

/// Notes that a member wants to be asked no more, or may be asked again.
pub async fn ask_no_more(app: &App, member: &Member, never: bool) -> Result<(), Error> {
    let id = member.id;
    app.db
        .write(move |conn| match never {
            true => unasked::insert(conn, id),
            false => unasked::delete(conn, id),
        })
        .await
}

/// The same for somebody of the fediverse, who has a link for it; not found if nobody has this one.
pub async fn ask_no_more_by_link(app: &App, token: &str, never: bool) -> Result<(), Error> {
    let hash = keys::secret_hash(token);
    app.db.write(move |conn| moment_people::set_never(conn, &hash, never)).await
}

fn ask(
    app: &App,
    conn: &mut Conn,
    (asked, side, came): (Asked, Side, Came),
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let actor = match asked {
        Asked::Member(member) => {
            return notices::insert(conn, member, side.notice(), side.page(), app.now());
        }
        Asked::Other(actor) => actor,
    };
    let token = keys::secret()?;
    moment_people::upsert(conn, actor, &keys::secret_hash(&token), app.now())?;
    let person = if side == Side::Received { came.receiver } else { came.giver };
    events.push(match person {
        Some(Person::Promiser(_)) => Event::PromiserOfMoment { promise: came.promise, side, token },
        _ => Event::AskerOfMoment { proposal: came.proposal, side, token },
    });
    Ok(())
}

/// Whom to ask what: only of those who may be asked at all it is looked what came.
fn list_due(app: &App, conn: &mut Conn, now: Timestamp) -> Result<Vec<(Asked, Side, Came)>, Error> {
    let moment = |ago| now.saturating_sub(ago).unwrap_or(now);
    let kinds = (Side::Received.notice(), Side::Brought.notice());
    let askable = unasked::list_askable(conn, kinds, moment(REST))?;
    let in_peace = moment_people::list_in_peace(conn, moment(REST))?;
    let mut came = Vec::new();
    // What came exactly two days ago is among it.
    let until = moment(SOONEST).saturating_add(SignedDuration::from_micros(1)).unwrap_or(now);
    for each in fulfilments::list_sides(conn, moment(LATEST), until)? {
        let mut may = |person| who(app, conn, (&askable, &in_peace), person);
        let sides = (may(each.receiver)?, may(each.giver)?);
        if sides != (None, None) && !leaves_quiet(conn, each.proposal)? {
            came.push((sides, each));
        }
    }
    let sides: Vec<_> = came.iter().map(|(sides, _)| *sides).collect();
    let mut due = Vec::new();
    for (asked, side) in whom(&sides) {
        let first = came.iter().find(|((receiver, giver), _)| match side {
            Side::Received => *receiver == Some(asked),
            Side::Brought => *giver == Some(asked),
        });
        due.extend(first.map(|(_, each)| (asked, side, *each)));
    }
    Ok(due)
}

/// Who it is that may be asked. Whoever proved that an account of the fediverse is theirs is asked
/// as the member who they are.
fn who(
    app: &App,
    conn: &mut Conn,
    (askable, in_peace): (&HashSet<MemberId>, &HashSet<RemoteActorId>),
    person: Option<Person>,
) -> Result<Option<Asked>, Error> {
    let actor = match person {
        None => return Ok(None),
        Some(Person::Member(id)) => {
            return Ok(askable.contains(&id).then_some(Asked::Member(id)));
        }
        Some(Person::Asker(actor) | Person::Promiser(actor)) => actor,
    };
    if in_peace.contains(&actor) {
        return Ok(None);
    }
    let url = actors::find(conn, actor)?.url;
    if app.blocks().covers_actor(&url) {
        return Ok(None);
    }
    Ok(match member_handles::find_member(conn, &url)? {
        Some(member) => askable.contains(&member).then_some(Asked::Member(member)),
        None => Some(Asked::Other(actor)),
    })
}

/// Whether it was about something after which nobody is asked.
fn leaves_quiet(conn: &mut Conn, id: ProposalId) -> Result<bool, Error> {
    let proposal = proposals::find(conn, id)?;
    let cause = match causes::find_statement(conn, id)? {
        Some(said) => Some(causes::find(conn, said.cause)?),
        None => None,
    };
    Ok(is_quiet(&proposal, cause.as_ref()))
}
