//! In whose hands things are, what comes of crises, and what answers causes.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::Window;
use super::parties::{Parties, Who};
use crate::db::schema::{
    duties, duty_private, exemptions_private as exemptions, members, promises, proposals,
    round_lines, rounds, turn_people_private, turn_private, turns,
};
use crate::db::types::{civil, micros};
use crate::db::{Conn, causes, moderation_log};
use crate::domain::cause::shown;
use crate::domain::cover::Share;
use crate::domain::id::{Id, MemberId};
use crate::domain::member::Role;
use crate::domain::mutuality::durability::Participant;
use crate::domain::mutuality::record::Record;
use crate::domain::quarter::Quarter;
use crate::domain::turn::State as TurnState;
use crate::error::Error;

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// A month as the time after a round is counted, in microseconds.
const MONTH: i64 = 30 * DAY;
/// So many acts of coordinating are looked at, newest first.
const MOST_ACTS: i64 = 10_000;

/// Reads it.
pub fn read(
    conn: &mut Conn,
    parties: &mut Parties,
    window: &Window,
    record: &mut Record,
) -> Result<(), Error> {
    read_holders(conn, parties, record)?;
    record.coordinated = read_coordinated(conn, window)?;
    record.causes = read_causes(conn, window)?;
    record.round = read_round(conn, parties, window)?;
    Ok(())
}

/// Who can open each duty that goes on, and the house. A duty that nobody keeps is for those who
/// look after the house.
fn read_holders(conn: &mut Conn, parties: &mut Parties, record: &mut Record) -> Result<(), Error> {
    let stewards: Vec<i64> = members::table
        .filter(members::role.eq(Role::Steward.word()))
        .filter(members::left_at.is_null())
        .select(members::id)
        .load(conn)?;
    let kept: Vec<(Option<i64>, Option<i64>)> = duty_private::table
        .inner_join(duties::table.on(duties::id.eq(duty_private::duty_id)))
        .filter(duties::ended_at.is_null())
        .select((duty_private::keeper_id, duty_private::deputy_id))
        .load(conn)?;
    let mut numbers = |people: &mut dyn Iterator<Item = i64>| -> BTreeSet<u64> {
        people.map(|member| parties.number(&Who::Member(member))).collect()
    };
    let house = numbers(&mut stewards.into_iter());
    record.holders.push(house.clone());
    record.role_holders.extend(&house);
    for (keeper, deputy) in kept {
        let mut people = numbers(&mut keeper.into_iter().chain(deputy));
        record.role_holders.extend(&people);
        if people.is_empty() {
            people.clone_from(&house);
        }
        record.holders.push(people);
    }
    Ok(())
}

/// How often anybody did what keeps things together: acts that stand in the log, and notes after
/// turns.
fn read_coordinated(conn: &mut Conn, window: &Window) -> Result<Vec<u64>, Error> {
    let mut acts: HashMap<MemberId, u64> = HashMap::new();
    for entry in moderation_log::list(conn, None, MOST_ACTS)? {
        if let Some(by) = entry.by.filter(|_| (window.from..window.until).contains(&entry.at)) {
            *acts.entry(by).or_default() += 1;
        }
    }
    let noted: Vec<Option<i64>> = turn_private::table
        .inner_join(turns::table.on(turns::id.eq(turn_private::turn_id)))
        .filter(turns::starts_at.ge(micros(window.from)))
        .filter(turns::starts_at.lt(micros(window.until)))
        .select(turn_private::noted_by)
        .load(conn)?;
    for member in noted.into_iter().flatten() {
        *acts.entry(Id::from_number(member)).or_default() += 1;
    }
    let mut counts: Vec<u64> = acts.into_values().collect();
    counts.sort_unstable();
    Ok(counts)
}

/// In how many needs of each of the last four quarters a cause came up, where that may be known,
/// and whether something answers it.
fn read_causes(conn: &mut Conn, window: &Window) -> Result<Vec<(Vec<u64>, bool)>, Error> {
    let counts = causes::read_counts(conn, window.zone, window.until)?;
    let last = Quarter::of(window.until, window.zone).before();
    let responses = causes::list_responses(conn)?;
    let mut found = Vec::new();
    for cause in causes::list(conn)? {
        let needs = |quarter: Quarter| {
            let fits =
                counts.iter().find(|count| count.cause == cause.id && count.quarter == quarter);
            let shown = fits.and_then(|count| shown(count.needs)).unwrap_or(0);
            u64::try_from(shown).unwrap_or_default()
        };
        let stands = |response: &crate::domain::cause::Response| {
            response.cause == cause.id && response.stands(window.until)
        };
        let quarters = last.last_four().map(needs).to_vec();
        found.push((quarters, responses.iter().any(stands)));
    }
    Ok(found)
}

/// Those who took part in the round that ended last, by asking or promising, and how many months
/// ago that was.
fn read_round(
    conn: &mut Conn,
    parties: &mut Parties,
    window: &Window,
) -> Result<Option<(Vec<Participant>, u32)>, Error> {
    let last: Option<(i64, Option<i64>)> = rounds::table
        .filter(rounds::ended_at.lt(micros(window.until)))
        .filter(rounds::opened_at.is_not_null())
        .order(rounds::ended_at.desc())
        .select((rounds::id, rounds::ended_at))
        .first(conn)
        .optional()?;
    let Some((round, Some(ended))) = last else { return Ok(None) };
    let lines: Vec<i64> = round_lines::table
        .filter(round_lines::round_id.eq(round))
        .select(round_lines::proposal_id)
        .load(conn)?;
    let promised: Vec<i64> = promises::table
        .inner_join(round_lines::table.on(round_lines::proposal_id.eq(promises::proposal_id)))
        .filter(round_lines::round_id.eq(round))
        .select(promises::id)
        .load(conn)?;
    let asked = lines.into_iter().filter_map(|proposal| parties.proposer(proposal));
    let gave = promised.into_iter().filter_map(|promise| parties.promiser(promise));
    let is_person = |who: &Who| !matches!(who, Who::Duty(_) | Who::Outside | Who::Forgotten);
    let people: Vec<Who> = asked.chain(gave).filter(is_person).collect();
    let mut found: HashMap<Who, Participant> =
        people.into_iter().map(|who| (who, Participant::default())).collect();
    note_active(conn, parties, (ended, window), &mut found)?;
    note_away(conn, (ended, window), &mut found)?;
    let months = (micros(window.until) - ended) / MONTH;
    let months = u32::try_from(months).unwrap_or_default();
    Ok(Some((found.into_values().collect(), months)))
}

/// The month after the round in which something was; the first is 1.
fn month(ended: i64, at: i64) -> Option<u32> {
    let after = at.checked_sub(ended).filter(|after| *after >= 0)?;
    u32::try_from(after / MONTH + 1).ok()
}

/// In which months they asked, offered, promised or kept a turn.
fn note_active(
    conn: &mut Conn,
    parties: &Parties,
    (ended, window): (i64, &Window),
    people: &mut HashMap<Who, Participant>,
) -> Result<(), Error> {
    let until = micros(window.until);
    let published: Vec<(i64, Option<i64>)> = proposals::table
        .filter(proposals::published_at.ge(ended))
        .filter(proposals::published_at.lt(until))
        .select((proposals::id, proposals::published_at))
        .load(conn)?;
    let promised: Vec<(i64, i64)> = promises::table
        .filter(promises::promised_at.ge(ended))
        .filter(promises::promised_at.lt(until))
        .select((promises::id, promises::promised_at))
        .load(conn)?;
    let kept: Vec<(i64, i64)> = turn_people_private::table
        .inner_join(turns::table.on(turns::id.eq(turn_people_private::turn_id)))
        .filter(turns::state.eq(TurnState::Kept.word()))
        .filter(turns::starts_at.ge(ended))
        .filter(turns::starts_at.lt(until))
        .select((turn_people_private::member_id, turns::starts_at))
        .load(conn)?;
    let published =
        published.into_iter().filter_map(|(proposal, at)| Some((parties.proposer(proposal)?, at?)));
    let promised =
        promised.into_iter().filter_map(|(promise, at)| Some((parties.promiser(promise)?, at)));
    let kept = kept.into_iter().map(|(member, at)| (Who::Member(member), at));
    for (who, at) in published.chain(promised).chain(kept) {
        if let (Some(person), Some(month)) = (people.get_mut(&who), month(ended, at)) {
            person.active.insert(month);
        }
    }
    Ok(())
}

/// In which months they were exempt from all turns, or had left: whoever rests or moved is not
/// lost.
fn note_away(
    conn: &mut Conn,
    (ended, window): (i64, &Window),
    people: &mut HashMap<Who, Participant>,
) -> Result<(), Error> {
    let full: Vec<(i64, String, Option<String>)> = exemptions::table
        .filter(exemptions::share.eq(Share::Full.word()))
        .select((exemptions::member_id, exemptions::from_day, exemptions::until_day))
        .load(conn)?;
    let left: Vec<(i64, Option<i64>)> = members::table
        .filter(members::left_at.is_not_null())
        .select((members::id, members::left_at))
        .load(conn)?;
    let begins = |day: &str| -> Result<i64, Error> {
        let day: jiff::civil::Date = civil(day)?;
        let moment = window.zone.to_timestamp(day.at(0, 0, 0, 0));
        Ok(moment.map_or(i64::MAX, micros))
    };
    let mut away: Vec<(i64, i64, i64)> =
        left.into_iter().filter_map(|(member, at)| Some((member, at?, i64::MAX))).collect();
    for (member, from, until) in full {
        let until = match until {
            Some(day) => begins(&day)? + DAY,
            None => i64::MAX,
        };
        away.push((member, begins(&from)?, until));
    }
    let now = micros(window.until);
    for (member, from, until) in away {
        let Some(person) = people.get_mut(&Who::Member(member)) else { continue };
        let (first, last) = (month(ended, from.max(ended)), month(ended, until.min(now)));
        if let (Some(first), Some(last)) = (first, last) {
            person.away.extend(first..=last);
        }
    }
    Ok(())
}
