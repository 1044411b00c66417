//! Offer everybody who is new a turn beside others, once, within their first month (mission E14).
//! Whoever does not want it does nothing, and nothing is kept of that.

use jiff::{SignedDuration, Timestamp};

use crate::actions::look_after_duties::ask;
use crate::app::App;
use crate::db::{Conn, duties, exemptions, members, notices, turn_people, turns};
use crate::domain::agenda::Matter;
use crate::domain::duty::Duty;
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::turn::Turn;
use crate::error::Error;

/// For so long somebody is new.
const NEW_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// For so long after that the assembly is asked about somebody to whom nothing could be offered.
const ASKED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Beside so many it is easier to learn.
const COMPANY: i32 = 2;
/// Of a duty, so many turns are looked at.
const MOST: i64 = 10;

/// Offers turns, and asks the assembly if somebody could be offered none; answers how many it
/// offered.
pub async fn offer_learning(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let shared = app.clone();
    let (offers, none_for_long) = app.db.read(move |conn| find_offers(&shared, conn, now)).await?;
    let count = offers.len();
    if count > 0 {
        app.change(move |_, conn, _| {
            for (member, turn) in offers {
                if exemptions::insert_offer(conn, member, now)? {
                    notices::insert(conn, member, Kind::LearnerTurn, &turn.path(), now)?;
                }
            }
            Ok(())
        })
        .await?;
    }
    ask(app, vec![(Matter::NoLearnerTurn, String::new(), none_for_long)]).await?;
    Ok(count)
}

/// Who is to be offered which turn, and whether nothing could be offered to somebody for a month.
fn find_offers(
    app: &App,
    conn: &mut Conn,
    now: Timestamp,
) -> Result<(Vec<(MemberId, Turn)>, bool), Error> {
    let live = duties::list_live(conn)?;
    let (mut offers, mut none_for_long) = (Vec::new(), false);
    if live.is_empty() {
        return Ok((offers, none_for_long));
    }
    for member in members::list(conn)? {
        let age = now.duration_since(member.joined_at);
        if member.is_steward() || age >= NEW_FOR + ASKED_FOR || !is_free(app, conn, &member)? {
            continue;
        }
        match find_turn(conn, &live, &member, now)? {
            Some(turn) if age < NEW_FOR => offers.push((member.id, turn)),
            _ => none_for_long |= age >= NEW_FOR,
        }
    }
    Ok((offers, none_for_long))
}

/// Whether somebody comes to nothing and looks after nothing yet, was offered nothing, and takes
/// turns at all.
fn is_free(app: &App, conn: &mut Conn, member: &Member) -> Result<bool, Error> {
    let today = app.zone.to_datetime(app.now()).date();
    let is_exempt = exemptions::list_by_member(conn, member.id)?.iter().any(|e| e.covers(today));
    Ok(!is_exempt
        && !exemptions::was_offered(conn, member.id)?
        && !turn_people::has_any(conn, member.id)?
        && duties::list_kept_by(conn, member.id)?.is_empty())
}

/// The next turn with a place to learn beside two others, or else beside one.
fn find_turn(
    conn: &mut Conn,
    live: &[Duty],
    member: &Member,
    now: Timestamp,
) -> Result<Option<Turn>, Error> {
    let mut found: Vec<Turn> = Vec::new();
    for duty in live.iter().filter(|duty| duty.is_visible_to(member.viewer())) {
        if duty.asleep_at.is_none() {
            found.extend(turns::list_next(conn, duty.id, now, MOST)?);
        }
    }
    let is_near =
        |turn: &Turn| turn.starts_at > now && turn.starts_at.duration_since(now) < NEW_FOR;
    found.retain(|turn| is_near(turn) && turn.open_to_learners() > 0 && turn.taken > 0);
    found.sort_by_key(|turn| (turn.taken < COMPANY, turn.starts_at, turn.id));
    Ok(found.into_iter().next())
}
