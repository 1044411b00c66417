//! What was asked for in some months, and how it was answered.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::Window;
use super::parties::{Parties, Who};
use crate::db::Conn;
use crate::db::schema::{fulfilments, members, promises, proposals};
use crate::db::types::micros;
use crate::domain::mutuality::attention::Group;
use crate::domain::mutuality::record::{Need, Record};
use crate::domain::proposal::{CloseReason, Purpose, State};
use crate::error::Error;

/// Whoever has been here for less is new (mission E21), in microseconds: ninety days.
const NEW: i64 = 90 * 24 * HOUR;
const HOUR: i64 = 60 * 60 * 1_000_000;

#[derive(Queryable)]
struct Row {
    id: i64,
    kind: Option<String>,
    language: String,
    state: String,
    close_reason: Option<String>,
    published_at: i64,
    amount: Option<String>,
    promised: String,
}

/// Reads the needs that were published in the months.
pub fn read(
    conn: &mut Conn,
    parties: &mut Parties,
    window: &Window,
    record: &mut Record,
) -> Result<(), Error> {
    let since = read_since(conn, parties)?;
    let came: Vec<i64> = fulfilments::table.select(fulfilments::proposal_id).load(conn)?;
    let came: HashSet<i64> = came.into_iter().collect();
    let answered = read_first_answers(conn)?;
    let mut kinds: BTreeMap<Option<String>, Group> = BTreeMap::new();
    let mut languages: BTreeMap<String, Group> = BTreeMap::new();
    for row in read_rows(conn, window)? {
        let who = parties.proposer(row.id);
        let since = who.as_ref().and_then(|who| since.get(who));
        record.needs.push(Need {
            asker: who
                .as_ref()
                .filter(|who| **who != Who::Forgotten)
                .map(|who| parties.number(who)),
            is_new: since.is_some_and(|since| row.published_at - since < NEW),
            answered: share(&row, answered.contains_key(&row.id)),
        });
        let groups = [
            kinds.entry(row.kind.clone()).or_default(),
            languages.entry(row.language.clone()).or_default(),
        ];
        match answered.get(&row.id) {
            Some(at) => {
                let hours = (at - row.published_at).max(0) / HOUR;
                let hours = u64::try_from(hours).unwrap_or_default();
                for group in groups {
                    group.waited.push(hours);
                }
            }
            None if is_over(&row) && !came.contains(&row.id) => {
                for group in groups {
                    group.unmet += 1;
                }
            }
            None => {}
        }
    }
    record.kinds = kinds.into_values().collect();
    record.by_language = languages.into_values().collect();
    Ok(())
}

fn read_rows(conn: &mut Conn, window: &Window) -> Result<Vec<Row>, Error> {
    let published = proposals::published_at.assume_not_null();
    let asked = proposals::table
        .filter(proposals::purpose.eq(Purpose::Need.word()))
        .filter(proposals::state.ne(State::Withdrawn.word()))
        .filter(proposals::published_at.ge(micros(window.from)))
        .filter(proposals::published_at.lt(micros(window.until)));
    let columns = (
        proposals::id,
        proposals::kind,
        proposals::language,
        proposals::state,
        proposals::close_reason,
        published,
        proposals::amount,
        proposals::promised,
    );
    Ok(asked.order(proposals::id).select(columns).load(conn)?)
}

/// Since when everybody has been here: members since they joined, others since they asked first.
fn read_since(conn: &mut Conn, parties: &Parties) -> Result<HashMap<Who, i64>, Error> {
    let joined: Vec<(i64, i64)> =
        members::table.select((members::id, members::joined_at)).load(conn)?;
    let mut since: HashMap<Who, i64> =
        joined.into_iter().map(|(member, at)| (Who::Member(member), at)).collect();
    let asked: Vec<(i64, Option<i64>)> = proposals::table
        .filter(proposals::published_at.is_not_null())
        .select((proposals::id, proposals::published_at))
        .load(conn)?;
    for (proposal, at) in asked {
        let (Some(who), Some(at)) = (parties.proposer(proposal), at) else { continue };
        if !matches!(who, Who::Member(_)) {
            let first = since.entry(who).or_insert(at);
            *first = at.min(*first);
        }
    }
    Ok(since)
}

/// When somebody first promised something, by proposal.
fn read_first_answers(conn: &mut Conn) -> Result<HashMap<i64, i64>, Error> {
    let rows: Vec<(i64, i64)> = promises::table
        .order(promises::promised_at.desc())
        .select((promises::proposal_id, promises::promised_at))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The share of what was asked that was promised; where no amount was asked for, all or nothing.
fn share(row: &Row, is_answered: bool) -> f64 {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| *number > 0.0);
    match row.amount.as_deref().and_then(number) {
        Some(amount) => (number(&row.promised).unwrap_or_default() / amount).min(1.0),
        None => f64::from(u8::from(is_answered)),
    }
}

/// Whether it ended without being called off.
fn is_over(row: &Row) -> bool {
    let is_ended = row.state == State::Enough.word() || row.state == State::Expired.word();
    let is_off = row.close_reason.as_deref() == Some(CloseReason::NoLongerRelevant.word());
    is_ended && !is_off
}
