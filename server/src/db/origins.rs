//! By which way needs came, and how often in each quarter.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::db::schema::{need_origins_private as said, origin_quarters as kept, proposals};
use crate::db::types::{micros, time, word};
use crate::db::{Conn, each_backend};
use crate::domain::id::{Id, ProposalId};
use crate::domain::origin::{Count, Origin, Way};
use crate::domain::proposal::State;
use crate::domain::quarter::Quarter;
use crate::error::Error;

/// Writes by which way a need came, in place of what was said before.
pub fn set(conn: &mut Conn, need: ProposalId, way: Way) -> Result<(), Error> {
    if way.is_unsaid() {
        diesel::delete(said::table.find(need.number())).execute(conn)?;
        return Ok(());
    }
    let what = (said::origin.eq(written(way.origin)), said::replaces.eq(way.replaces));
    let row = (said::proposal_id.eq(need.number()), what);
    each_backend!(conn, |c| diesel::insert_into(said::table)
        .values(row)
        .on_conflict(said::proposal_id)
        .do_update()
        .set(what)
        .execute(c))?;
    Ok(())
}

/// By which way a need came, while it is kept.
pub fn find(conn: &mut Conn, need: ProposalId) -> Result<Way, Error> {
    let row: Option<(String, bool)> = said::table
        .find(need.number())
        .select((said::origin, said::replaces))
        .first(conn)
        .optional()?;
    let Some((origin, replaces)) = row else { return Ok(Way::default()) };
    Ok(Way { origin: read(&origin)?, replaces })
}

/// Erases by which way needs came. Those that stood are counted before; what was taken back never
/// was.
pub fn erase(conn: &mut Conn, needs: &[ProposalId], zone: &TimeZone) -> Result<(), Error> {
    for need in needs {
        let target = || said::table.find(need.number());
        let stood: Option<(String, bool, Option<i64>)> = target()
            .inner_join(proposals::table.on(proposals::id.eq(said::proposal_id)))
            .filter(proposals::state.ne(State::Withdrawn.word()))
            .select((said::origin, said::replaces, proposals::published_at))
            .first(conn)
            .optional()?;
        // Whoever erases it is the one who counts it.
        if diesel::delete(target()).execute(conn)? == 1
            && let Some((origin, replaces, Some(published_at))) = stood
        {
            add(conn, Quarter::of(time(published_at)?, zone), &origin, replaces)?;
        }
    }
    Ok(())
}

/// The needs that were closed before a moment, and of which it is kept by which way they came.
pub fn list_stale(conn: &mut Conn, before: Timestamp) -> Result<Vec<ProposalId>, Error> {
    let over = [State::Enough.word(), State::Withdrawn.word(), State::Expired.word()];
    let ids: Vec<i64> = said::table
        .inner_join(proposals::table.on(proposals::id.eq(said::proposal_id)))
        .filter(proposals::state.eq_any(over))
        .filter(proposals::updated_at.lt(micros(before)))
        .order(said::proposal_id)
        .select(said::proposal_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// How many needs came by each way in each quarter. No number is for showing: see
/// [`crate::domain::origin::shares`].
pub fn read_counts(conn: &mut Conn, zone: &TimeZone) -> Result<Vec<Count>, Error> {
    let mut sums: BTreeMap<(Quarter, String, bool), i64> = BTreeMap::new();
    let erased: Vec<(String, String, bool, i64)> = kept::table
        .select((kept::quarter, kept::origin, kept::replaces, kept::needs))
        .load(conn)?;
    for (quarter, origin, replaces, needs) in erased {
        let quarter = word(quarter.parse().ok(), &quarter)?;
        *sums.entry((quarter, origin, replaces)).or_default() += needs;
    }
    let live: Vec<(String, bool, Option<i64>)> = said::table
        .inner_join(proposals::table.on(proposals::id.eq(said::proposal_id)))
        .filter(proposals::state.ne(State::Withdrawn.word()))
        .filter(proposals::published_at.is_not_null())
        .select((said::origin, said::replaces, proposals::published_at))
        .load(conn)?;
    for (origin, replaces, published_at) in live {
        let Some(published_at) = published_at else { continue };
        *sums.entry((Quarter::of(time(published_at)?, zone), origin, replaces)).or_default() += 1;
    }
    let count = |((quarter, origin, replaces), needs): ((Quarter, String, bool), i64)| {
        Ok(Count { quarter, way: Way { origin: read(&origin)?, replaces }, needs })
    };
    sums.into_iter().map(count).collect()
}

fn add(conn: &mut Conn, quarter: Quarter, origin: &str, replaces: bool) -> Result<(), Error> {
    let row = (
        kept::quarter.eq(quarter.to_string()),
        kept::origin.eq(origin),
        kept::replaces.eq(replaces),
        kept::needs.eq(1),
    );
    each_backend!(conn, |c| diesel::insert_into(kept::table)
        .values(row)
        .on_conflict((kept::quarter, kept::origin, kept::replaces))
        .do_update()
        .set(kept::needs.eq(kept::needs + 1))
        .execute(c))?;
    Ok(())
}

fn written(origin: Option<Origin>) -> &'static str {
    origin.map_or("", Origin::word)
}

fn read(text: &str) -> Result<Option<Origin>, Error> {
    match text {
        "" => Ok(None),
        other => word(Origin::from_word(other), other).map(Some),
    }
}
