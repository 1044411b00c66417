//! The languages in which we speak: every string that people read comes from `web/locales`.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::amount::Amount;
use crate::domain::proposal::{Proposal, Purpose};

static_loader! {
    static LOCALES = {
        locales: "../web/locales",
        fallback_language: "en",
        // Marks around each argument would travel into posts of other servers.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// Every language with a complete set of messages: its code and its own name.
pub const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("es", "Español")];

/// One language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    code: &'static str,
    id: LanguageIdentifier,
}

impl Locale {
    /// The locale for a code such as `es` or `es-CO`; English if there is none.
    pub fn find(code: &str) -> Self {
        Self::find_exact(code).unwrap_or_else(|| Self::from_code("en"))
    }

    /// The locale for a code such as `es` or `es-CO`, if there is one.
    pub fn find_exact(code: &str) -> Option<Self> {
        let main = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.iter().find(|(known, _)| *known == main).map(|(known, _)| Self::from_code(known))
    }

    /// The best locale for an `Accept-Language` header: the first listed that we speak.
    pub fn negotiate(accept_language: &str) -> Option<Self> {
        accept_language
            .split(',')
            .find_map(|part| Self::find_exact(part.split(';').next().unwrap_or_default().trim()))
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// A message without arguments.
    pub fn say(&self, id: &str) -> String {
        self.say_with(id, [])
    }

    /// A message with arguments. Numbers choose plural forms; text is taken as it is.
    pub fn say_with<const N: usize>(
        &self,
        id: &str,
        arguments: [(&'static str, FluentValue<'_>); N],
    ) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        LOCALES.try_lookup_complete(&self.id, id, Some(&arguments)).unwrap_or_else(|| id.to_owned())
    }

    /// A message with as many arguments as there are, each a text.
    pub fn say_all(&self, id: &str, values: &[(&'static str, String)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = values
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.as_str())))
            .collect();
        LOCALES.try_lookup_complete(&self.id, id, Some(&arguments)).unwrap_or_else(|| id.to_owned())
    }

    /// Whether there is such a message, of those that need no values.
    pub fn has(&self, id: &str) -> bool {
        LOCALES.try_lookup(&self.id, id).is_some()
    }

    /// An amount with its unit, as it is said: `40`, `6 hours`, `12 bags`.
    pub fn amount(&self, amount: Amount, unit: &str) -> String {
        let written = amount.to_string();
        let number = FluentValue::try_number(&written);
        match unit {
            "one" | "hour" | "kilogram" | "litre" => {
                self.say_with(&format!("amount-{unit}"), [("amount", number)])
            }
            free => self.say_with("amount-free", [("amount", number), ("unit", free.into())]),
        }
    }

    /// A day: `Friday 28 August`.
    pub fn day(&self, moment: Timestamp, zone: &TimeZone) -> String {
        let there = zone.to_datetime(moment);
        let weekday = there.weekday().to_monday_one_offset();
        let weekday = self.say_with("date-weekday", [("weekday", weekday.into())]);
        let month = self.say_with("date-month", [("month", there.month().into())]);
        let day = there.day().into();
        self.say_with(
            "date-day",
            [("weekday", weekday.into()), ("day", day), ("month", month.into())],
        )
    }

    /// A day as it is said at `now`: with the weekday in the same year, else with the year.
    pub fn date(&self, moment: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        let there = zone.to_datetime(moment);
        if there.year() == zone.to_datetime(now).year() {
            return self.day(moment, zone);
        }
        let month = self.say_with("date-month", [("month", there.month().into())]);
        let (day, year) = (there.day().into(), there.year().to_string().into());
        self.say_with("date-day-year", [("day", day), ("month", month.into()), ("year", year)])
    }

    /// A day in a list of what happened: `today`, `yesterday`, then the date.
    pub fn date_lately(&self, moment: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        let (there, today) = (zone.to_datetime(moment).date(), zone.to_datetime(now).date());
        if there == today {
            return self.say("date-today");
        }
        if today.yesterday().is_ok_and(|yesterday| there == yesterday) {
            return self.say("date-yesterday");
        }
        self.date(moment, now, zone)
    }

    /// A day and the time of it.
    pub fn day_and_time(&self, moment: Timestamp, zone: &TimeZone) -> String {
        let there = zone.to_datetime(moment);
        let time = format!("{:02}:{:02}", there.hour(), there.minute());
        let date = self.day(moment, zone);
        self.say_with("date-day-time", [("date", date.into()), ("time", time.into())])
    }

    /// Who asked for or offers something, if it was somebody of the fediverse who wants to be named.
    pub fn asked_by(&self, proposal: &Proposal) -> Option<String> {
        let who = format!("@{}", proposal.asked_by.as_ref()?);
        let id = match proposal.purpose {
            Purpose::Need => "wire-asked-by",
            Purpose::Offer => "wire-offered-by",
        };
        Some(self.say_with(id, [("who", who.into())]))
    }

    fn from_code(code: &'static str) -> Self {
        Self { code, id: code.parse().unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_that_we_speak_is_chosen() {
        assert_eq!(Locale::negotiate("de-DE, es-CO;q=0.8, en;q=0.5").unwrap().code(), "es");
        assert_eq!(Locale::negotiate("de, fr"), None);
        assert_eq!(Locale::find("xx").code(), "en");
    }

    #[test]
    fn what_happened_lately_is_near() {
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let (now, utc) = (moment("2026-01-01T10:00:00Z"), TimeZone::UTC);
        let said = |code, text| Locale::find(code).date_lately(moment(text), now, &utc);
        assert_eq!(said("en", "2026-01-01T00:30:00Z"), "today");
        assert_eq!(said("es", "2025-12-31T23:00:00Z"), "ayer");
        assert_eq!(said("en", "2025-12-24T18:00:00Z"), "24 December 2025");
        assert_eq!(said("es", "2026-03-02T18:00:00Z"), "lunes 2 de marzo");
    }

    #[test]
    fn days_and_amounts_are_said_in_each_language() {
        let moment: Timestamp = "2026-08-28T18:00:00Z".parse().unwrap();
        let utc = TimeZone::UTC;
        assert_eq!(Locale::find("en").day(moment, &utc), "Friday 28 August");
        assert_eq!(Locale::find("es").day(moment, &utc), "viernes 28 de agosto");
        let amount = |text: &str| Amount::positive(text).unwrap();
        assert_eq!(Locale::find("en").amount(amount("1"), "hour"), "1 hour");
        assert_eq!(Locale::find("en").amount(amount("2.5"), "hour"), "2.5 hours");
        assert_eq!(Locale::find("en").amount(amount("40"), "one"), "40");
        assert_eq!(Locale::find("en").amount(amount("3"), "bags"), "3 bags");
    }
}
