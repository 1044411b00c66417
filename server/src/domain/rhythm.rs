//! How often something comes round: the part of a recurrence rule (RFC 5545, 3.3.10) that can be
//! said in a sentence. When a duty ends is the duty's own affair, so COUNT and UNTIL are not in it.
//!
//! The crate that expands rules reckons in its own zones, and its issues tell of turns that are
//! skipped or doubled when clocks change. So it is only ever asked about the clock on the wall, as
//! if that were UTC; what the wall says becomes a moment in [`crate::domain::duty::Schedule`].

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use rrule::RRuleSet;

use crate::domain::refusal::Refusal;

/// Every so many days, weeks, months or years at most: a year of weeks.
const LONGEST_INTERVAL: i32 = 52;
/// The last day that every month has.
const LAST_SAFE_DAY: i8 = 28;
/// So many turns are planned at one time at most: eight years of every day.
const MOST: usize = 3_000;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// A rhythm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// What comes round.
    pub every: Every,
    /// One for every one of them, two for every second.
    pub interval: i32,
}

/// What comes round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// Days.
    Day,
    /// These days of weeks, from Monday on.
    Week(Vec<Weekday>),
    /// This day of months; -1 is the last.
    MonthDay(i8),
    /// The first, second, third or fourth such day of months; -1 is the last.
    MonthWeekday(i8, Weekday),
    /// The day on which it began, in years.
    Year,
}

impl Rhythm {
    /// Reads the value of an RRULE. What it leaves out is taken from the day on which it begins.
    pub fn parse(text: &str, start: Date) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let (mut kind, mut interval) = ("", 1);
        let (mut days, mut month_day) = (None, None);
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(Refusal::RhythmUnfit)?;
            match name {
                "FREQ" => kind = value,
                "INTERVAL" => interval = value.parse().map_err(|_| Refusal::RhythmUnfit)?,
                "BYDAY" => days = Some(value),
                "BYMONTHDAY" => month_day = Some(value),
                // Weeks begin on Monday, as they do where nothing is said (RFC 5545, 3.3.10).
                "WKST" if value == "MO" => {}
                _ => return Err(Refusal::RhythmUnfit),
            }
        }
        let every = match (kind, days, month_day) {
            ("DAILY", None, None) => Every::Day,
            ("WEEKLY", None, None) => Every::Week(vec![start.weekday()]),
            ("WEEKLY", Some(days), None) => Every::Week(read_weekdays(days)?),
            ("MONTHLY", Some(day), None) => read_month_weekday(day)?,
            ("MONTHLY", None, None) => Every::MonthDay(start.day()),
            ("MONTHLY", None, Some(day)) => {
                Every::MonthDay(day.parse().map_err(|_| Refusal::RhythmUnfit)?)
            }
            ("YEARLY", None, None) => Every::Year,
            _ => return Err(Refusal::RhythmUnfit),
        };
        Self { every, interval }.check()
    }

    /// Refuses what skips months, or comes round too seldom to be a duty.
    fn check(self) -> Result<Self, Refusal> {
        let day_fits = match self.every {
            Every::MonthDay(day) => day == -1 || (1..=LAST_SAFE_DAY).contains(&day),
            _ => true,
        };
        let fits = day_fits && (1..=LONGEST_INTERVAL).contains(&self.interval);
        if fits { Ok(self) } else { Err(Refusal::RhythmUnfit) }
    }

    /// When it comes round by the clock on the wall, from the first time on, from `from` until
    /// before `until`. Never more than some thousands at once.
    pub fn occurrences(
        &self,
        first: DateTime,
        (from, until): (DateTime, DateTime),
    ) -> Vec<DateTime> {
        let written = format!("DTSTART:{}Z\nRRULE:{self}", first.strftime("%Y%m%dT%H%M%S"));
        // It was checked when it was made; what cannot be read comes round never, which is seen.
        let Ok(set) = written.parse::<RRuleSet>() else { return Vec::new() };
        let moments = set.limit().into_iter().map_while(|moment| {
            let moment = Timestamp::from_second(moment.timestamp()).ok()?;
            Some(TimeZone::UTC.to_datetime(moment))
        });
        let within = moments.skip_while(|time| *time < from).take_while(|time| *time < until);
        within.take(MOST).collect()
    }

    /// How many turns there are in one period.
    pub fn per_period(&self) -> usize {
        match &self.every {
            Every::Week(days) => days.len().max(1),
            _ => 1,
        }
    }

    /// How many periods lie between two turns of one kind; none if they are of different kinds, as
    /// a Tuesday and a Thursday are. Pauses and days without do not change it.
    pub fn periods_between(&self, anchor: Date, day: Date) -> Option<i32> {
        let days = anchor.until(day).ok()?.get_days();
        let months = months(day).checked_sub(months(anchor))?;
        match &self.every {
            // Of what happens every day, one comes on Tuesdays.
            Every::Day if self.interval == 1 => whole(days, 7),
            Every::Day => whole(days, self.interval),
            Every::Week(_) => whole(days, self.interval.checked_mul(7)?),
            Every::MonthDay(_) | Every::MonthWeekday(..) => whole(months, self.interval),
            Every::Year => whole(months, self.interval.checked_mul(12)?),
        }
    }
}

fn months(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month())
}

fn whole(number: i32, by: i32) -> Option<i32> {
    (number.checked_rem(by)? == 0).then_some(number.checked_div(by)?)
}

fn read_weekday(text: &str) -> Result<Weekday, Refusal> {
    let found = WEEKDAYS.iter().find(|(code, _)| *code == text);
    found.map(|(_, day)| *day).ok_or(Refusal::RhythmUnfit)
}

fn read_weekdays(text: &str) -> Result<Vec<Weekday>, Refusal> {
    let mut days = text.split(',').map(read_weekday).collect::<Result<Vec<_>, _>>()?;
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    Ok(days)
}

fn read_month_weekday(text: &str) -> Result<Every, Refusal> {
    let place = text.len().saturating_sub(2);
    let (number, day) = text.split_at_checked(place).ok_or(Refusal::RhythmUnfit)?;
    let number: i8 = number.parse().map_err(|_| Refusal::RhythmUnfit)?;
    let fits = number == -1 || (1..=4).contains(&number);
    if fits {
        Ok(Every::MonthWeekday(number, read_weekday(day)?))
    } else {
        Err(Refusal::RhythmUnfit)
    }
}

/// The two letters of a day (RFC 5545, `weekday`).
pub fn code(day: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(_, known)| *known == day).map_or("MO", |(code, _)| code)
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.every {
            Every::Day => "DAILY",
            Every::Week(_) => "WEEKLY",
            Every::MonthDay(_) | Every::MonthWeekday(..) => "MONTHLY",
            Every::Year => "YEARLY",
        };
        write!(f, "FREQ={kind}")?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match &self.every {
            Every::Day | Every::Year => Ok(()),
            Every::Week(days) => {
                let codes: Vec<_> = days.iter().map(|day| code(*day)).collect();
                write!(f, ";BYDAY={}", codes.join(","))
            }
            Every::MonthDay(day) => write!(f, ";BYMONTHDAY={day}"),
            Every::MonthWeekday(number, day) => write!(f, ";BYDAY={number}{}", code(*day)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn read(text: &str) -> Result<Rhythm, Refusal> {
        Rhythm::parse(text, day("2026-11-24"))
    }

    #[test]
    fn rules_are_read_and_written_alike() {
        for rule in [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;BYDAY=TU",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
            "FREQ=MONTHLY;BYMONTHDAY=15",
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "FREQ=MONTHLY;BYDAY=1SA",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1SU",
            "FREQ=YEARLY",
        ] {
            assert_eq!(read(rule).unwrap().to_string(), rule);
        }
        assert_eq!(read("freq=weekly").unwrap().to_string(), "FREQ=WEEKLY;BYDAY=TU");
        let sorted = read("RRULE:FREQ=WEEKLY;BYDAY=TH,TU,TH;WKST=MO").unwrap();
        assert_eq!(sorted.to_string(), "FREQ=WEEKLY;BYDAY=TU,TH");
        assert_eq!(read("FREQ=MONTHLY").unwrap().to_string(), "FREQ=MONTHLY;BYMONTHDAY=24");
    }

    #[test]
    fn what_cannot_be_said_in_a_sentence_is_refused() {
        for rule in [
            "",
            "every Tuesday",
            "FREQ=HOURLY",
            "FREQ=WEEKLY;COUNT=3",
            "FREQ=WEEKLY;UNTIL=20270101T000000Z",
            "FREQ=WEEKLY;INTERVAL=0",
            "FREQ=WEEKLY;INTERVAL=-1",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;BYDAY=1TU",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=MONTHLY;BYDAY=5SA",
            "FREQ=MONTHLY;BYDAY=é",
            "FREQ=DAILY;BYHOUR=1,2",
        ] {
            assert_eq!(read(rule), Err(Refusal::RhythmUnfit), "{rule}");
        }
    }

    #[test]
    fn every_second_tuesday_is_every_second_tuesday() {
        let rhythm = read("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU").unwrap();
        let first = day("2026-11-24").at(16, 0, 0, 0);
        let found = rhythm.occurrences(first, (first, day("2027-01-06").at(0, 0, 0, 0)));
        let days: Vec<_> = found.iter().map(|time| time.date().to_string()).collect();
        assert_eq!(days, ["2026-11-24", "2026-12-08", "2026-12-22", "2027-01-05"]);
        assert!(found.iter().all(|time| time.hour() == 16));
    }

    #[test]
    fn periods_are_counted_by_the_calendar() {
        let weekly = read("FREQ=WEEKLY;BYDAY=TU,TH").unwrap();
        let anchor = day("2026-11-24");
        assert_eq!(weekly.periods_between(anchor, day("2026-12-08")), Some(2));
        assert_eq!(weekly.periods_between(anchor, day("2026-11-26")), None, "a Thursday");
        let monthly = read("FREQ=MONTHLY;BYDAY=1SA").unwrap();
        assert_eq!(monthly.periods_between(day("2026-12-05"), day("2027-02-06")), Some(2));
        let daily = read("FREQ=DAILY;INTERVAL=2").unwrap();
        assert_eq!(daily.periods_between(anchor, day("2026-11-28")), Some(2));
        assert_eq!(daily.periods_between(anchor, day("2026-11-27")), None);
    }
}
