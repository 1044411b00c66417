//! Note what a need belongs to: a round, and by which way it came. Runs inside the transaction in
//! which the need is written, and never keeps anybody from asking.

use crate::actions::round_line::add_in;
use crate::app::App;
use crate::db::{Conn, origins, rounds};
use crate::domain::draft::Context;
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;

/// Notes it. A round that is over takes no need and lets none go; a need that names it is posted
/// all the same.
pub fn tag_need(
    app: &App,
    conn: &mut Conn,
    need: &Proposal,
    context: Option<Context>,
) -> Result<(), Error> {
    let Some(context) = context.filter(|_| need.purpose == Purpose::Need) else { return Ok(()) };
    origins::set(conn, need.id, context.way)?;
    if let Some(line) = rounds::find_line(conn, need.id)? {
        let stays = context.round == Some(line.round)
            || !rounds::find(conn, line.round)?.takes_needs(app.now());
        if stays {
            return Ok(());
        }
        rounds::delete_line(conn, need.id)?;
    }
    if let Some(round) = context.round {
        add_in(app, conn, need.id, round)?;
    }
    Ok(())
}
