//! Tell followers that somebody is missing at a turn: one Note a turn, edited as places fill, taken
//! back when it begins; of a duty one at a time. It says how many, and never who.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::app::App;
use crate::db::{Conn, activities, duties, quiet_mode, turn_notes, turns};
use crate::domain::duty::Duty;
use crate::domain::event::Event;
use crate::domain::id::{DutyId, TurnId};
use crate::domain::turn::{Turn, TurnNote};
use crate::error::Error;

/// Brings what others were told of a turn up to date, after anything that may change it. The caller
/// holds the turn's lock, or has just made it.
pub fn announce_turn(
    app: &App,
    conn: &mut Conn,
    duty: &Duty,
    turn: &Turn,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    bring_up_to_date(app, conn, (duty, turn), false, events)
}

/// The same, after the time of a turn or the words of its duty may have changed.
pub fn announce_changed(
    app: &App,
    conn: &mut Conn,
    duty: &Duty,
    turn: &Turn,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    bring_up_to_date(app, conn, (duty, turn), true, events)
}

/// Takes back what is over, and tells of turns that have come near; answers how many it told of.
pub async fn tell_of_turns(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.db.read(move |conn| match quiet_mode::is_quiet(conn)? {
        true => Ok(Vec::new()),
        false => find_due(conn, now),
    });
    let due = due.await?;
    if due.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, events| {
        // All of them first, in the order of ids, as whoever else locks several.
        let ids: BTreeSet<TurnId> = due.iter().map(|(_, turn)| *turn).collect();
        for id in ids {
            turns::lock(conn, id)?;
        }
        for (duty, turn) in due {
            let (duty, turn) = (duties::find(conn, duty)?, turns::find(conn, turn)?);
            announce_turn(app, conn, &duty, &turn, events)?;
        }
        Ok(events.len())
    })
    .await
}

/// The turns about which something may be to be said: first those that are over, so that of their
/// duties the next can be told.
fn find_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<(DutyId, TurnId)>, Error> {
    let (mut over, mut told) = (Vec::new(), BTreeSet::new());
    for id in turn_notes::list_open(conn)? {
        let turn = turns::find(conn, id)?;
        let duty = duties::find(conn, turn.duty)?;
        if may_stand(&duty, &turn, now) {
            told.insert(duty.id);
        } else {
            over.push((duty.id, turn.id));
        }
    }
    let mut near = Vec::new();
    for duty in duties::list_live(conn)?.into_iter().filter(Duty::is_public) {
        if !told.contains(&duty.id) {
            let next = turns::list_next(conn, duty.id, now, MOST_NEAR)?;
            near.extend(first_to_tell(conn, &next, now)?.map(|turn| (duty.id, turn)));
        }
    }
    over.extend(near);
    Ok(over)
}

/// No duty has more turns in a week than this that others could hear of.
const MOST_NEAR: i64 = 14;

fn first_to_tell(conn: &mut Conn, next: &[Turn], now: Timestamp) -> Result<Option<TurnId>, Error> {
    for turn in next.iter().filter(|turn| turn.looks_for_people(now)) {
        if turn_notes::find(conn, turn.id)?.is_none_or(|note| note.comes_back) {
            return Ok(Some(turn.id));
        }
    }
    Ok(None)
}

fn may_stand(duty: &Duty, turn: &Turn, now: Timestamp) -> bool {
    duty.is_public() && turn.is_open(now) && turn.starts_at > now
}

fn bring_up_to_date(
    app: &App,
    conn: &mut Conn,
    (duty, turn): (&Duty, &Turn),
    words_changed: bool,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let now = app.now();
    if quiet_mode::is_quiet(conn)? {
        // What was told is taken back by itself, and nothing is told.
        return Ok(());
    }
    match turn_notes::find(conn, turn.id)? {
        Some(note) if note.comes_back => come_back(conn, (duty, turn), note, now, events),
        // What was taken back is never told again: other servers take no deleted id.
        Some(note) if note.ended_at.is_some() => Ok(()),
        Some(note) if !may_stand(duty, turn, now) => withdraw(app, conn, note, events),
        Some(note) => {
            let differs = (note.needed, note.taken) != (turn.needed, turn.taken);
            if differs || words_changed {
                tell_again(conn, note, turn, now, events)
            } else {
                Ok(())
            }
        }
        None if !duty.is_public() || !turn.looks_for_people(now) => Ok(()),
        None if turn_notes::find_open_of(conn, duty.id)?.is_some() => Ok(()),
        None => {
            let note = TurnNote {
                turn: turn.id,
                revision: 0,
                needed: turn.needed,
                taken: turn.taken,
                published_at: now,
                updated_at: now,
                ended_at: None,
                number: 0,
                comes_back: false,
            };
            turn_notes::insert(conn, &note)?;
            events.push(Event::TurnTold(turn.id));
            Ok(())
        }
    }
}

/// Tells again what was taken back while it was quiet, under another address.
fn come_back(
    conn: &mut Conn,
    (duty, turn): (&Duty, &Turn),
    note: TurnNote,
    now: Timestamp,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let is_told = turn_notes::find_open_of(conn, duty.id)?.is_some();
    if is_told || !may_stand(duty, turn, now) || !turn.looks_for_people(now) {
        return Ok(());
    }
    let note = TurnNote {
        turn: turn.id,
        revision: 0,
        needed: turn.needed,
        taken: turn.taken,
        published_at: now,
        updated_at: note.later(now),
        ended_at: None,
        number: note.number.saturating_add(1),
        comes_back: false,
    };
    turn_notes::update(conn, &note)?;
    events.push(Event::TurnTold(turn.id));
    Ok(())
}

/// Takes back what was told of a turn, until it is not quiet any more.
pub fn take_back_for_now(
    app: &App,
    conn: &mut Conn,
    id: TurnId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    turns::lock(conn, id)?;
    match turn_notes::find(conn, id)? {
        Some(note) if note.ended_at.is_none() => {
            withdraw(app, conn, TurnNote { comes_back: true, ..note }, events)
        }
        _ => Ok(()),
    }
}

fn tell_again(
    conn: &mut Conn,
    note: TurnNote,
    turn: &Turn,
    now: Timestamp,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let note = TurnNote {
        revision: note.revision.saturating_add(1),
        needed: turn.needed,
        taken: turn.taken,
        updated_at: note.later(now),
        ..note
    };
    turn_notes::update(conn, &note)?;
    events.push(Event::TurnToldAgain(turn.id));
    Ok(())
}

fn withdraw(
    app: &App,
    conn: &mut Conn,
    note: TurnNote,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let (urls, at) = (app.collective.urls(), note.later(app.now()));
    let url = urls.turn_note(&note);
    activities::insert_tombstone(conn, url.as_str(), urls.actor().as_str(), at)?;
    events.push(Event::TurnNoteWithdrawn { note: url, at });
    turn_notes::update(conn, &TurnNote { updated_at: at, ended_at: Some(at), ..note })
}
