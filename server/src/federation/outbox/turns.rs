//! What followers hear of turns: that somebody is missing, how many still are, and that it is over.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::db::{Conn, duties, turn_notes, turns};
use crate::domain::id::TurnId;
use crate::domain::turn::TurnNote;
use crate::error::Error;
use crate::federation::objects;
use crate::federation::outbox::{Reach, create, delete, send, update};

/// Tells of a turn.
pub fn tell(app: &App, conn: &mut Conn, id: TurnId) -> Result<(), Error> {
    let (note, _) = read(app, conn, id)?;
    send_to_followers(app, conn, &create(app, note))
}

/// Tells of it again, with other numbers.
pub fn tell_again(app: &App, conn: &mut Conn, id: TurnId) -> Result<(), Error> {
    let (note, told) = read(app, conn, id)?;
    let url = app.collective.urls().turn_note(&told);
    let id = format!("{url}/updates/{}", told.revision);
    send_to_followers(app, conn, &update(app, id, note))
}

/// Takes it back.
pub fn withdraw(app: &App, conn: &mut Conn, note: &Url, at: Timestamp) -> Result<(), Error> {
    send_to_followers(app, conn, &delete(app, note, at))
}

/// The Note as it was told last, and that.
pub fn read(app: &App, conn: &mut Conn, id: TurnId) -> Result<(Value, TurnNote), Error> {
    let told = turn_notes::find(conn, id)?.ok_or(Error::NotFound)?;
    let turn = turns::find(conn, id)?;
    let duty = duties::find(conn, turn.duty)?;
    Ok((objects::turn::note(app, &duty, &turn, &told), told))
}

fn send_to_followers(app: &App, conn: &mut Conn, activity: &Value) -> Result<(), Error> {
    send(app, conn, activity, Reach::Followers, BTreeSet::new())?;
    Ok(())
}
