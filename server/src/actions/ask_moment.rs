//! Ask people some days after something came what they want to bring, and what others could do for
//! them (mission E15). No answer is kept, except that somebody wants to be asked no more.

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::{Conn, causes, fulfilments, leaving, notices, promises, proposals, unasked};
use crate::domain::fulfilment::Fulfilment;
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::moment::{LATEST, REST, SOONEST, Side, is_quiet, whom};
use crate::domain::proposal::Purpose;
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

fn list_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<(MemberId, Side)>, Error> {
    let moment = |ago| now.saturating_sub(ago).unwrap_or(now);
    let mut came = Vec::new();
    // What came exactly two days ago is among it.
    let until = moment(SOONEST).saturating_add(SignedDuration::from_micros(1)).unwrap_or(now);
    for fulfilment in fulfilments::list_between(conn, moment(LATEST), until)? {
        came.extend(sides(conn, &fulfilment)?);
    }
    let mut due = Vec::new();
    for (member, side) in whom(&came) {
        if may_be_asked(conn, member, now)? {
            due.push((member, side));
        }
    }
    Ok(due)
}

/// Who received something and who brought it, of our own people; none if it was about something
/// after which nobody is asked.
fn sides(
    conn: &mut Conn,
    fulfilment: &Fulfilment,
) -> Result<Option<(Option<MemberId>, Option<MemberId>)>, Error> {
    let proposal = proposals::find(conn, fulfilment.proposal)?;
    let cause = match causes::find_statement(conn, proposal.id)? {
        Some(said) => Some(causes::find(conn, said.cause)?),
        None => None,
    };
    if is_quiet(&proposal, cause.as_ref()) {
        return Ok(None);
    }
    let posted = proposals::find_private(conn, proposal.id)?;
    let promiser = promises::find_private(conn, fulfilment.promise)?.member;
    Ok(Some(match proposal.purpose {
        // Whoever asked for somebody else did not receive it.
        Purpose::Need => (posted.author.filter(|_| posted.on_behalf_of.is_none()), promiser),
        Purpose::Offer => (promiser, posted.author),
    }))
}

/// Whether somebody is still here, wants to be asked, and was not asked for 90 days.
fn may_be_asked(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<bool, Error> {
    if leaving::find(conn, member)?.is_some() || unasked::contains(conn, member)? {
        return Ok(false);
    }
    for side in [Side::Received, Side::Brought] {
        let asked = notices::find_time(conn, member, side.notice(), side.page())?;
        if asked.is_some_and(|asked| now.duration_since(asked) < REST) {
            return Ok(false);
        }
    }
    Ok(true)
}
