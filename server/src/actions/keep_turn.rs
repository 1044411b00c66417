//! Note what became of a turn: how many came, what was counted, what the next should know. By the
//! turn, never by the person.

use jiff::{SignedDuration, Timestamp};

use crate::actions::announce_turn::announce_turn;
use crate::actions::duty::wake;
use crate::app::App;
use crate::db::{Conn, duties, leaving, members, notices, turn_people, turns};
use crate::domain::duty::Duty;
use crate::domain::id::{MemberId, TurnId};
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::turn::{Report, State, Turn};
use crate::error::Error;

/// How many turns back it is looked whether a duty is kept.
pub const LOOK_BACK: i64 = 40;
/// So long after a turn those who came are asked how it was.
const ASK_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// And no longer after it than this, should the server have been away.
const ASK_BEFORE: SignedDuration = SignedDuration::from_hours(48);

/// Notes what became of a turn, or puts right what was noted. A kept turn wakes a duty that sleeps.
pub async fn keep_turn(
    app: &App,
    member: &Member,
    id: TurnId,
    report: Report,
) -> Result<Turn, Error> {
    let report = report.check()?;
    let by = member.id;
    app.change(move |app, conn, events| {
        check_member(conn, by)?;
        // The duty first, as whoever else locks both.
        let of = turns::find(conn, id)?.duty;
        let mut duty = duties::lock(conn, of)?;
        let mut turn = turns::lock(conn, id)?;
        turn.note(&report, app.now())?;
        turns::update(conn, &turn)?;
        turns::replace_note(conn, id, Some(by), report.note.as_deref())?;
        wake_if_kept(app, conn, &mut duty, &turn)?;
        for (member, _, _) in turn_people::list(conn, id)? {
            let about = (Kind::TurnToNote, turn.path());
            notices::mark_read(conn, member, (about.0, &about.1), app.now())?;
        }
        announce_turn(app, conn, &duty, &turn, events)?;
        Ok(turn)
    })
    .await
}

/// Asks those who came to turns that ended a while ago how it was, once; answers about how many
/// turns.
pub async fn ask_how_it_was(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let before = |age| now.saturating_sub(age).unwrap_or(now);
    let times = (before(ASK_BEFORE), before(ASK_AFTER));
    let asked = app.db.read(move |conn| list_to_ask(conn, times)).await?;
    let count = asked.len();
    if count > 0 {
        app.change(move |app, conn, _| {
            asked.into_iter().try_for_each(|(member, path)| {
                notices::insert(conn, member, Kind::TurnToNote, &path, app.now())
            })
        })
        .await?;
    }
    Ok(count)
}

/// Who is to be asked about which turn: those who carried it; if nobody did, who keeps the turns of
/// its duty together.
fn list_to_ask(
    conn: &mut Conn,
    times: (Timestamp, Timestamp),
) -> Result<Vec<(MemberId, String)>, Error> {
    let mut found = Vec::new();
    for turn in turns::list_unnoted(conn, times)? {
        let came = turn_people::list(conn, turn.id)?;
        let carried = came.into_iter().filter(|(_, _, place)| !place.is_learner());
        let mut asked: Vec<MemberId> = carried.map(|(member, _, _)| member).collect();
        if asked.is_empty() {
            asked.extend(duties::find_private(conn, turn.duty)?.keeper);
        }
        for member in asked {
            let path = turn.path();
            if notices::find_time(conn, member, Kind::TurnToNote, &path)?.is_none() {
                found.push((member, path));
            }
        }
    }
    Ok(found)
}

fn wake_if_kept(app: &App, conn: &mut Conn, duty: &mut Duty, turn: &Turn) -> Result<(), Error> {
    if duty.asleep_at.is_none() || turn.state != State::Kept {
        return Ok(());
    }
    let over = turns::list_over(conn, duty.id, app.now(), LOOK_BACK)?;
    let awake = Duty { asleep_at: None, ..duty.clone() };
    // A turn of long ago wakes nothing; one that is under way does.
    if turn.is_over(app.now()) && awake.falls_asleep(&over, app.now()) {
        return Ok(());
    }
    wake(app, conn, duty)?;
    duties::update(conn, duty)
}

fn check_member(conn: &mut Conn, by: MemberId) -> Result<(), Error> {
    let is_here = leaving::find(conn, by)?.is_none();
    let may = is_here && members::find(conn, by)?.viewer().is_member();
    if may { Ok(()) } else { Err(Error::Forbidden) }
}
