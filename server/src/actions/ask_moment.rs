//! Ask people some days after something came what they want to bring, and what others could do for
//! them (mission E15). No answer is kept, except that somebody wants to be asked no more.

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::{Conn, causes, fulfilments, notices, proposals, unasked};
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::member::Member;
use crate::domain::moment::{LATEST, REST, SOONEST, Side, is_quiet, whom};
use crate::error::Error;

/// Asks everybody who is to be asked now; answers how many.
pub async fn ask_moment(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.db.read(move |conn| list_due(conn, now)).await?;
    let count = due.len();
    if count > 0 {
        let ask = move |(member, side): (MemberId, Side), conn: &mut Conn| {
            notices::insert(conn, member, side.notice(), side.page(), now)
        };
        app.db.write(move |conn| due.into_iter().try_for_each(|each| ask(each, conn))).await?;
    }
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

/// Whom to ask what: only of those who may be asked at all it is looked what came.
fn list_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<(MemberId, Side)>, Error> {
    let moment = |ago| now.saturating_sub(ago).unwrap_or(now);
    let kinds = (Side::Received.notice(), Side::Brought.notice());
    let askable = unasked::list_askable(conn, kinds, moment(REST))?;
    if askable.is_empty() {
        return Ok(Vec::new());
    }
    let mut came = Vec::new();
    // What came exactly two days ago is among it.
    let until = moment(SOONEST).saturating_add(SignedDuration::from_micros(1)).unwrap_or(now);
    for each in fulfilments::list_sides(conn, moment(LATEST), until)? {
        let may = |member: &MemberId| askable.contains(member);
        let sides = (each.receiver.filter(may), each.giver.filter(may));
        if sides != (None, None) && !leaves_quiet(conn, each.proposal)? {
            came.push(sides);
        }
    }
    Ok(whom(&came))
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
