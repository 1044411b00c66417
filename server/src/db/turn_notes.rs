//! The Notes by which followers hear that somebody is missing at a turn: what was told last.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::Conn;
use crate::db::schema::{turn_notes as notes, turns};
use crate::db::types::{micros, time, time_if_any};
use crate::domain::id::{DutyId, Id, TurnId};
use crate::domain::turn::TurnNote;
use crate::error::Error;

type Row = (i64, i32, i32, i32, i64, i64, Option<i64>, i32, bool);

/// Stores a new one.
pub fn insert(conn: &mut Conn, new: &TurnNote) -> Result<(), Error> {
    let row = (
        notes::turn_id.eq(new.turn.number()),
        notes::revision.eq(new.revision),
        notes::needed.eq(new.needed),
        notes::taken.eq(new.taken),
        notes::published_at.eq(micros(new.published_at)),
        notes::updated_at.eq(micros(new.updated_at)),
        notes::ended_at.eq(new.ended_at.map(micros)),
        notes::note_number.eq(new.number),
        notes::comes_back.eq(new.comes_back),
    );
    diesel::insert_into(notes::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes what was told last.
pub fn update(conn: &mut Conn, changed: &TurnNote) -> Result<(), Error> {
    let set = (
        notes::revision.eq(changed.revision),
        notes::needed.eq(changed.needed),
        notes::taken.eq(changed.taken),
        notes::published_at.eq(micros(changed.published_at)),
        notes::updated_at.eq(micros(changed.updated_at)),
        notes::ended_at.eq(changed.ended_at.map(micros)),
        notes::note_number.eq(changed.number),
        notes::comes_back.eq(changed.comes_back),
    );
    diesel::update(notes::table.find(changed.turn.number())).set(set).execute(conn)?;
    Ok(())
}

/// The one about a turn, if there was any.
pub fn find(conn: &mut Conn, turn: TurnId) -> Result<Option<TurnNote>, Error> {
    let found = notes::table.find(turn.number()).select(columns());
    found.first::<Row>(conn).optional()?.map(read).transpose()
}

/// Those that stand, of all duties.
pub fn list_open(conn: &mut Conn) -> Result<Vec<TurnId>, Error> {
    let open = notes::table.filter(notes::ended_at.is_null());
    let ids: Vec<i64> = open.order(notes::turn_id).select(notes::turn_id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// The turn of a duty about which one stands.
pub fn find_open_of(conn: &mut Conn, duty: DutyId) -> Result<Option<TurnId>, Error> {
    let open = notes::table
        .inner_join(turns::table.on(turns::id.eq(notes::turn_id)))
        .filter(turns::duty_id.eq(duty.number()))
        .filter(notes::ended_at.is_null())
        .select(notes::turn_id);
    let found: Option<i64> = open.first(conn).optional()?;
    Ok(found.map(Id::from_number))
}

/// Forgets those that ended before a time.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    diesel::delete(notes::table.filter(notes::ended_at.lt(micros(before)))).execute(conn)?;
    Ok(())
}

type Columns = (
    notes::turn_id,
    notes::revision,
    notes::needed,
    notes::taken,
    notes::published_at,
    notes::updated_at,
    notes::ended_at,
    notes::note_number,
    notes::comes_back,
);

fn columns() -> Columns {
    (
        notes::turn_id,
        notes::revision,
        notes::needed,
        notes::taken,
        notes::published_at,
        notes::updated_at,
        notes::ended_at,
        notes::note_number,
        notes::comes_back,
    )
}

fn read(
    (turn, revision, needed, taken, published, updated, ended, number, comes_back): Row,
) -> Result<TurnNote, Error> {
    Ok(TurnNote {
        turn: Id::from_number(turn),
        revision,
        needed,
        taken,
        published_at: time(published)?,
        updated_at: time(updated)?,
        ended_at: time_if_any(ended)?,
        number,
        comes_back,
    })
}
