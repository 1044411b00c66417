//! What stewards set for the house, besides its name.

use crate::domain::refusal::Refusal;

/// For how many days what is over may stay.
pub const KEEPS: [i64; 5] = [7, 14, 30, 60, 90];
/// For how many days it stays if nobody chose.
const KEEP: i64 = 30;
/// How long the name of an area may be, in characters.
const LONGEST_AREA: usize = 80;
/// How long what a collective says about itself may be, in characters.
const LONGEST_SUMMARY: usize = 1_000;

/// What stewards set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In which days begin and end, such as Europe/Berlin; empty for the machine's.
    pub time_zone: String,
    /// Where we are, as coarse as a district; empty for nowhere in particular.
    pub area: String,
    /// For how many days needs and offers stay after they are over.
    pub keep_days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { time_zone: String::new(), area: String::new(), keep_days: KEEP }
    }
}

impl Settings {
    /// Reads what is stored; a name that this version does not know is left alone.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut settings = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "time_zone" => settings.time_zone = value,
                "area" => settings.area = value,
                "keep_days" => settings.keep_days = value.parse().unwrap_or(KEEP),
                _ => {}
            }
        }
        settings
    }

    /// As it is stored.
    pub fn pairs(&self) -> [(&'static str, String); 3] {
        [
            ("time_zone", self.time_zone.clone()),
            ("area", self.area.clone()),
            ("keep_days", self.keep_days.to_string()),
        ]
    }
}

/// Checks a time zone; empty for the machine's.
pub fn check_time_zone(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let is_known = name.is_empty() || jiff::tz::TimeZone::get(name).is_ok();
    if is_known { Ok(name.to_owned()) } else { Err(Refusal::TimeZoneUnknown) }
}

/// Checks the name of an area: one line.
pub fn check_area(typed: &str) -> Result<String, Refusal> {
    let area = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = area.chars().count() <= LONGEST_AREA && !area.chars().any(char::is_control);
    if fits { Ok(area) } else { Err(Refusal::AreaUnfit) }
}

/// Checks for how many days what is over stays.
pub fn check_keep_days(typed: &str) -> Result<i64, Refusal> {
    let days = typed.trim().parse().ok().filter(|days| KEEPS.contains(days));
    days.ok_or(Refusal::KeepDaysUnfit)
}

/// Checks what a collective says about itself.
pub fn check_summary(typed: &str) -> Result<String, Refusal> {
    let summary = typed.trim().replace("\r\n", "\n");
    let fits = summary.chars().count() <= LONGEST_SUMMARY;
    if fits { Ok(summary) } else { Err(Refusal::SummaryTooLong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_as_it_was() {
        let settings = Settings {
            time_zone: "Europe/Berlin".into(),
            area: "North of the river".into(),
            keep_days: 60,
        };
        let pairs = settings.pairs().map(|(name, value)| (name.to_owned(), value));
        assert_eq!(Settings::from_pairs(pairs), settings);
        let other = [("a newer name".to_owned(), "x".to_owned())];
        assert_eq!(Settings::from_pairs(other), Settings::default());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(check_time_zone("Europe/Nowhere"), Err(Refusal::TimeZoneUnknown));
        assert_eq!(check_time_zone(" UTC "), Ok("UTC".to_owned()));
        assert_eq!(check_time_zone(""), Ok(String::new()));
        assert_eq!(check_area(" North  of the river "), Ok("North of the river".to_owned()));
        assert_eq!(check_area(&"x".repeat(81)), Err(Refusal::AreaUnfit));
        assert_eq!(check_keep_days("30"), Ok(30));
        assert_eq!(check_keep_days("31"), Err(Refusal::KeepDaysUnfit));
        assert_eq!(check_summary("a\r\nb"), Ok("a\nb".to_owned()));
        assert_eq!(check_summary(&"x".repeat(1_001)), Err(Refusal::SummaryTooLong));
    }
}
