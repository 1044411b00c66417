//! What would be missed on Monday? (E32). What a collective calls essential, in how many weeks of
//! the year it was there, and what has run for more than a year without a gap. A list, never a
//! sum.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// Weeks in a year, as they are counted here.
pub const WEEKS: i32 = 52;
/// The days of a year in which there must be no gap.
const YEAR: i32 = 365;

/// In how many of the 52 weeks that end on `last` something was done.
pub fn weeks_covered(days: &[Date], last: Date) -> u32 {
    let week = |day: &Date| last.since(*day).ok().map(|ago| ago.get_days().div_euclid(7));
    let weeks: BTreeSet<i32> =
        days.iter().filter_map(week).filter(|week| (0..WEEKS).contains(week)).collect();
    u32::try_from(weeks.len()).unwrap_or_default()
}

/// Whether it has run for more than a year without a gap of two periods: from before the year that
/// ends on `last` to that day there is never a longer time between one day and the next.
pub fn has_no_gap(days: &[Date], period_days: i32, last: Date) -> bool {
    let ago = |day: &Date| last.since(*day).ok().map(|ago| ago.get_days());
    let mut ago: Vec<i32> = days.iter().filter_map(ago).filter(|ago| *ago >= 0).collect();
    ago.sort_unstable();
    let mut reached = 0;
    for days_ago in ago {
        if days_ago - reached >= period_days.saturating_mul(2) {
            return false;
        }
        reached = days_ago;
        if reached > YEAR {
            return true;
        }
    }
    false
}
