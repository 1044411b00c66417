//! Which backups of a list are kept.
//!
//! One of each of the newest seven days that have one, one of each of the newest four weeks, and one
//! of each of the newest six months; but none that is older than the operator allows, because what
//! was erased here must be gone from all of them some day. With the usual 35 days the months are cut
//! short. The newest stays however old it is: a backup that cannot be replaced is worth more than a
//! rule.

use std::collections::BTreeSet;

use jiff::civil::DateTime;

/// Of how many days one is kept.
pub const DAYS: usize = 7;
/// Of how many weeks.
pub const WEEKS: usize = 4;
/// Of how many months.
pub const MONTHS: usize = 6;

/// Which of those that were made at these times are kept at `now`, of those that are younger than
/// `days`. Those from the future were made with another clock: nobody judges them.
pub fn keep(made: &[DateTime], now: DateTime, days: u16) -> BTreeSet<DateTime> {
    let (future, past): (BTreeSet<DateTime>, BTreeSet<DateTime>) =
        made.iter().partition(|at| **at > now);
    let newest_first: Vec<DateTime> = past.into_iter().rev().collect();
    let age = |at: &DateTime| (now.date() - at.date()).get_days();
    let young: Vec<DateTime> =
        newest_first.iter().copied().filter(|at| age(at) < i32::from(days)).collect();
    let mut kept = future;
    kept.extend(newest_first.first());
    kept.extend(newest_of_each(&young, DAYS, |at| at.date()));
    kept.extend(newest_of_each(&young, WEEKS, |at| {
        let week = at.date().iso_week_date();
        (week.year(), week.week())
    }));
    kept.extend(newest_of_each(&young, MONTHS, |at| (at.year(), at.month())));
    kept
}

/// The newest of each of the newest periods that have one.
fn newest_of_each<K: PartialEq>(
    newest_first: &[DateTime],
    most: usize,
    period: impl Fn(DateTime) -> K,
) -> Vec<DateTime> {
    let (mut found, mut last) = (Vec::new(), None);
    for at in newest_first {
        let this = Some(period(*at));
        if this == last {
            continue;
        }
        if found.len() == most {
            break;
        }
        found.push(*at);
        last = this;
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::*;

    fn night(day: Date) -> DateTime {
        day.at(3, 0, 0, 0)
    }

    /// What is left after so many nights, one after another, with a backup each.
    fn after_nights(count: i32, days: u16) -> (BTreeSet<DateTime>, DateTime) {
        let mut there: BTreeSet<DateTime> = BTreeSet::new();
        let mut now = night(date(2026, 1, 1));
        for number in 0..count {
            now = night(date(2026, 1, 1).saturating_add(number.days()));
            there.insert(now);
            there = keep(&there.iter().copied().collect::<Vec<_>>(), now, days);
        }
        (there, now)
    }

    #[test]
    fn after_a_year_of_nights_there_are_seven_days_four_weeks_and_six_months() {
        let (there, now) = after_nights(365, 400);
        let newest: Vec<DateTime> =
            (0_i32..7).map(|back| night(now.date().saturating_sub(back.days()))).collect();
        assert!(newest.iter().all(|at| there.contains(at)), "{there:?}");
        let weeks: BTreeSet<_> = there
            .iter()
            .map(|at| at.date().iso_week_date())
            .map(|w| (w.year(), w.week()))
            .collect();
        let months: BTreeSet<_> = there.iter().map(|at| (at.year(), at.month())).collect();
        assert!(weeks.len() >= WEEKS && months.len() == MONTHS, "{there:?}");
        assert!(there.len() <= DAYS + WEEKS + MONTHS, "{there:?}");
    }

    #[test]
    fn the_usual_35_days_cut_the_months_short() {
        let (there, now) = after_nights(365, 35);
        let oldest = *there.first().unwrap();
        let age = (now.date() - oldest.date()).get_days();
        assert!((14..35).contains(&age), "{there:?}");
    }

    #[test]
    fn the_newest_stays_until_there_is_a_newer_one() {
        let old = night(date(2026, 1, 1));
        let now = night(date(2026, 6, 1));
        assert_eq!(keep(&[old], now, 35), BTreeSet::from([old]));
        assert_eq!(keep(&[old, now], now, 35), BTreeSet::from([now]));
        assert!(keep(&[], now, 35).is_empty());
    }

    #[test]
    fn of_a_day_with_many_the_last_is_kept_and_nobody_judges_the_future() {
        let day = date(2026, 6, 1);
        let many = [day.at(3, 0, 0, 0), day.at(4, 0, 0, 0), day.at(9, 30, 0, 0)];
        let future = night(date(2030, 1, 1));
        let kept = keep(&[&many[..], &[future]].concat(), day.at(10, 0, 0, 0), 35);
        assert_eq!(kept, BTreeSet::from([many[2], future]));
    }

    prop_compose! {
        fn made()(hours in prop::collection::vec(0_i32..24 * 500, 0..80)) -> Vec<DateTime> {
            hours
                .into_iter()
                .map(|hours| date(2025, 1, 1).at(0, 0, 0, 0).saturating_add(hours.hours()))
                .collect()
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_was_there_and_is_never_too_old_but_for_the_newest(
            made in made(),
            now in 0_i32..24 * 600,
            days in 1_u16..400,
        ) {
            let now = date(2025, 1, 1).at(0, 0, 0, 0).saturating_add(now.hours());
            let kept = keep(&made, now, days);
            prop_assert!(kept.iter().all(|at| made.contains(at)));
            let past = |all: &[DateTime]| all.iter().copied().filter(|at| *at <= now).max();
            let newest = past(&made);
            prop_assert_eq!(past(&kept.iter().copied().collect::<Vec<_>>()), newest);
            for at in kept.iter().filter(|at| **at <= now && Some(**at) != newest) {
                prop_assert!((now.date() - at.date()).get_days() < i32::from(days));
            }
            let of_past = kept.iter().filter(|at| **at <= now).count();
            prop_assert!(of_past <= DAYS + WEEKS + MONTHS + 1);
        }

        #[test]
        fn keeping_twice_changes_nothing_and_order_does_not_matter(
            made in made(),
            days in 1_u16..400,
        ) {
            let now = date(2026, 6, 1).at(0, 0, 0, 0);
            let once = keep(&made, now, days);
            let listed: Vec<DateTime> = once.iter().rev().copied().collect();
            prop_assert_eq!(keep(&listed, now, days), once.clone());
            let mut turned = made;
            turned.reverse();
            prop_assert_eq!(keep(&turned, now, days), once);
        }

        #[test]
        fn a_day_of_the_last_week_that_has_a_backup_keeps_one(made in made()) {
            let now = date(2026, 6, 1).at(0, 0, 0, 0);
            let kept = keep(&made, now, 35);
            for at in made.iter().filter(|at| **at <= now) {
                if (now.date() - at.date()).get_days() < 7 {
                    prop_assert!(kept.iter().any(|one| one.date() == at.date()));
                }
            }
        }
    }
}
