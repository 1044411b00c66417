//! Quarters of a year. What is behind needs is only ever counted by quarters, and never for less
//! (mission B.0: figures are published with fixed windows).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A quarter of a calendar year; later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    /// 1 to 4.
    number: i8,
}

/// The text is no quarter.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a quarter: write it as 2026-4")]
pub struct NotAQuarter;

impl Quarter {
    /// The quarter of a moment, where days begin and end in `zone`.
    pub fn of(moment: Timestamp, zone: &TimeZone) -> Self {
        let day = zone.to_datetime(moment).date();
        Self { year: day.year(), number: (day.month() - 1) / 3 + 1 }
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        match self.number {
            1 => Self { year: self.year - 1, number: 4 },
            number => Self { number: number - 1, ..self },
        }
    }

    /// The one after.
    #[must_use]
    pub fn after(self) -> Self {
        match self.number {
            4 => Self { year: self.year + 1, number: 1 },
            number => Self { number: number + 1, ..self },
        }
    }

    /// This one and the three before, oldest first.
    pub fn last_four(self) -> [Self; 4] {
        let (third, second) = (self.before(), self.before().before());
        [second.before(), second, third, self]
    }

    /// Its first day; none for a year that no calendar has.
    pub fn first_day(self) -> Option<Date> {
        Date::new(self.year, (self.number - 1) * 3 + 1, 1).ok()
    }

    /// Its first moment, where days begin and end in `zone`.
    pub fn begins(self, zone: &TimeZone) -> Option<Timestamp> {
        zone.to_timestamp(self.first_day()?.at(0, 0, 0, 0)).ok()
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = NotAQuarter;

    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let (year, number) = text.rsplit_once('-').ok_or(NotAQuarter)?;
        let year = year.parse().map_err(|_| NotAQuarter)?;
        match number.parse() {
            Ok(number @ 1..=4) => Ok(Self { year, number }),
            _ => Err(NotAQuarter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarter(text: &str) -> Quarter {
        text.parse().unwrap()
    }

    #[test]
    fn a_quarter_begins_where_days_begin() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let of = |moment: &str| Quarter::of(moment.parse().unwrap(), &zone).to_string();
        assert_eq!(of("2026-09-30T21:59:59Z"), "2026-3");
        assert_eq!(of("2026-09-30T22:00:00Z"), "2026-4");
        assert_eq!(of("2026-12-31T23:00:00Z"), "2027-1");
        let begins = quarter("2026-4").begins(&zone).unwrap();
        assert_eq!(begins.to_string(), "2026-09-30T22:00:00Z");
    }

    #[test]
    fn four_quarters_go_over_the_turn_of_a_year() {
        let four = quarter("2027-2").last_four().map(|each| each.to_string());
        assert_eq!(four, ["2026-3", "2026-4", "2027-1", "2027-2"]);
        assert_eq!(quarter("2026-4").after(), quarter("2027-1"));
        assert!(quarter("2026-4") < quarter("2027-1"));
        for text in ["2026", "2026-0", "2026-5", "x-1", ""] {
            assert_eq!(text.parse::<Quarter>(), Err(NotAQuarter), "{text}");
        }
    }
}
