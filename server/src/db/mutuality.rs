//! What the figures of mutuality are made of. It is read from the private tables, and what leaves
//! here are counts and opaque numbers, given anew at every reading: no id, no name, no word of
//! anybody's. Only the figures may be made of it (mission B.0, rule 8).

mod duties;
mod hands;
mod needs;
mod parties;
mod roles;

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::db::Conn;
use crate::db::schema::{
    confirmations, fulfilments, members, outgoing_promise_private, outgoing_promises, proposals,
    round_lines, turn_people_private, turns,
};
use crate::db::types::{micros, time};
use crate::domain::audience::Audience;
use crate::domain::mutuality::flows::{Deed, Party};
use crate::domain::mutuality::record::{Handover, Record};
use crate::domain::mutuality::ties::Meeting;
use crate::domain::outgoing_promise::OutgoingState;
use crate::domain::proposal::Purpose;
use crate::domain::turn::State as TurnState;
use crate::error::Error;
use parties::{Parties, Who};

/// The months that are looked at: from one moment until before another, by the days of a zone.
pub struct Window<'a> {
    /// The first moment.
    pub from: Timestamp,
    /// The end.
    pub until: Timestamp,
    /// Where days begin and end.
    pub zone: &'a TimeZone,
}

/// Reads the record of some months.
pub fn read(conn: &mut Conn, window: &Window) -> Result<Record, Error> {
    let mut parties = Parties::read(conn)?;
    let all = read_handovers(conn, &mut parties, window)?;
    let turns = read_turns(conn, &mut parties, window)?;
    let mut record = Record { turns, ..Record::default() };
    for (at, handover) in all {
        if at >= window.from {
            record.handovers.push(handover);
        } else if let Some(meeting) = meeting(&handover) {
            record.met_before.push(meeting);
        }
    }
    record.spoken_of = count_spoken_of(conn, window)?;
    record.languages = read_languages(conn, &mut parties)?;
    record.announcements = count_announcements(conn, window)?;
    needs::read(conn, &mut parties, window, &mut record)?;
    duties::read(conn, window, &mut record)?;
    hands::read(conn, &mut parties, window, &mut record)?;
    roles::read(conn, &mut parties, window, &mut record)?;
    Ok(record)
}

/// When the first thing was done here that the figures know of.
pub fn find_first(conn: &mut Conn) -> Result<Option<Timestamp>, Error> {
    let came =
        fulfilments::table.select(fulfilments::fulfilled_at).order(fulfilments::fulfilled_at);
    let came: Option<i64> = came.first(conn).optional()?;
    let kept = turns::table
        .filter(turns::state.eq(TurnState::Kept.word()))
        .select(turns::starts_at)
        .order(turns::starts_at);
    let kept: Option<i64> = kept.first(conn).optional()?;
    came.into_iter().chain(kept).min().map(time).transpose()
}

/// Everything that came until the end of the months, in order, with its moment. What nobody can say
/// any more who gave it, or got it, is left out.
fn read_handovers(
    conn: &mut Conn,
    parties: &mut Parties,
    window: &Window,
) -> Result<Vec<(Timestamp, Handover)>, Error> {
    let in_rounds: Vec<i64> = round_lines::table.select(round_lines::proposal_id).load(conn)?;
    let in_rounds: std::collections::HashSet<i64> = in_rounds.into_iter().collect();
    let rows: Vec<(i64, i64, i64, String, String)> = fulfilments::table
        .inner_join(proposals::table.on(proposals::id.eq(fulfilments::proposal_id)))
        .filter(fulfilments::fulfilled_at.lt(micros(window.until)))
        .order((fulfilments::fulfilled_at, fulfilments::id))
        .select((
            fulfilments::promise_id,
            fulfilments::proposal_id,
            fulfilments::fulfilled_at,
            proposals::purpose,
            proposals::audience,
        ))
        .load(conn)?;
    let mut found = Vec::new();
    for (promise, proposal, at, purpose, audience) in rows {
        let (promiser, proposer) = (parties.promiser(promise), parties.proposer(proposal));
        let (Some(promiser), Some(proposer)) = (promiser, proposer) else { continue };
        let is_offer = purpose == Purpose::Offer.word();
        let (from, to) = if is_offer { (&proposer, &promiser) } else { (&promiser, &proposer) };
        let handover = Handover {
            deed: Deed { provider: parties.party(from), receiver: parties.party(to), weight: 1 },
            by_duty: matches!(promiser, Who::Duty(_)),
            in_round: in_rounds.contains(&proposal),
            is_protected: audience != Audience::Public.word()
                || matches!(to, Who::Named(_) | Who::Forgotten),
        };
        found.push((time(at)?, handover));
    }
    found.extend(read_outgoing(conn, parties, window)?);
    found.sort_by_key(|(at, _)| *at);
    Ok(found)
}

/// What members brought to other collectives, or got there: those are outside.
fn read_outgoing(
    conn: &mut Conn,
    parties: &mut Parties,
    window: &Window,
) -> Result<Vec<(Timestamp, Handover)>, Error> {
    let rows: Vec<(String, i64, Option<i64>)> = outgoing_promises::table
        .inner_join(
            outgoing_promise_private::table
                .on(outgoing_promise_private::outgoing_promise_id.eq(outgoing_promises::id)),
        )
        .filter(outgoing_promises::state.eq(OutgoingState::Delivered.word()))
        .filter(outgoing_promises::changed_at.lt(micros(window.until)))
        .select((
            outgoing_promises::purpose,
            outgoing_promises::changed_at,
            outgoing_promise_private::member_id,
        ))
        .load(conn)?;
    let mut found = Vec::new();
    for (purpose, at, member) in rows {
        let Some(member) = member else { continue };
        let ours = parties.party(&Who::Member(member));
        let is_offer = purpose == Purpose::Offer.word();
        let (provider, receiver) =
            if is_offer { (Party::Outside, ours) } else { (ours, Party::Outside) };
        let deed = Deed { provider, receiver, weight: 1 };
        let handover = Handover { deed, by_duty: false, in_round: false, is_protected: true };
        found.push((time(at)?, handover));
    }
    Ok(found)
}

/// Who kept which turn.
fn read_turns(conn: &mut Conn, parties: &mut Parties, window: &Window) -> Result<Vec<Deed>, Error> {
    let rows: Vec<(i64, i64)> = turn_people_private::table
        .inner_join(turns::table.on(turns::id.eq(turn_people_private::turn_id)))
        .filter(turns::state.eq(TurnState::Kept.word()))
        .filter(turns::starts_at.ge(micros(window.from)))
        .filter(turns::starts_at.lt(micros(window.until)))
        .order((turns::starts_at, turns::id, turn_people_private::member_id))
        .select((turn_people_private::member_id, turns::duty_id))
        .load(conn)?;
    let deed = |(member, duty): (i64, i64)| Deed {
        provider: parties.party(&Who::Member(member)),
        receiver: parties.party(&Who::Duty(duty)),
        weight: 1,
    };
    Ok(rows.into_iter().map(deed).collect())
}

fn count_spoken_of(conn: &mut Conn, window: &Window) -> Result<u64, Error> {
    let spoken: Vec<i64> = confirmations::table
        .filter(confirmations::confirmed_at.ge(micros(window.from)))
        .filter(confirmations::confirmed_at.lt(micros(window.until)))
        .select(confirmations::promise_id)
        .distinct()
        .load(conn)?;
    Ok(u64::try_from(spoken.len()).unwrap_or(u64::MAX))
}

fn read_languages(conn: &mut Conn, parties: &mut Parties) -> Result<BTreeMap<u64, u64>, Error> {
    let chosen: Vec<(i64, Option<String>)> = members::table
        .filter(members::language.is_not_null())
        .order(members::language)
        .select((members::id, members::language))
        .load(conn)?;
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (member, language) in chosen {
        let Some(language) = language else { continue };
        let next = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        let number = *numbers.entry(language).or_insert(next);
        found.insert(parties.number(&Who::Member(member)), number);
    }
    Ok(found)
}

fn count_announcements(conn: &mut Conn, window: &Window) -> Result<u64, Error> {
    let published: i64 = proposals::table
        .filter(proposals::audience.eq(Audience::Public.word()))
        .filter(proposals::published_at.ge(micros(window.from)))
        .filter(proposals::published_at.lt(micros(window.until)))
        .count()
        .get_result(conn)?;
    Ok(u64::try_from(published).unwrap_or_default())
}

fn meeting(handover: &Handover) -> Option<Meeting> {
    match (handover.deed.provider, handover.deed.receiver) {
        (Party::Person(one), Party::Person(other)) => Some((one, other)),
        _ => None,
    }
}
