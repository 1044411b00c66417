//! How members are told that something is new, besides the page: by which ways, and when.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Host;

use crate::domain::refusal::Refusal;

/// One way is used for one member once in so long at most (reliability paper, 1.1: no flood of
/// mails).
pub const GAP: SignedDuration = SignedDuration::from_mins(15);
/// At this hour those are told who want to hear once a day.
const DAILY_HOUR: i8 = 8;
/// The longest address of a mailbox, in bytes (RFC 5321, 4.5.3.1.3, without the brackets).
const LONGEST_EMAIL: usize = 254;
/// The longest part before its `@`, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_NAME: usize = 64;

/// A way besides the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A mail.
    Mail,
    /// A private message in the thread that they began.
    Direct,
}

/// When a member is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Once a day; else at once, with [`GAP`] between.
    pub is_daily: bool,
    /// The hour in which quiet begins, in the collective's zone.
    pub quiet_from: i8,
    /// The hour in which it ends; the same hour for no quiet at all.
    pub quiet_until: i8,
}

/// What a member chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where mails go.
    pub email: Option<String>,
    /// Whether they have shown that it is theirs: nothing else goes there before.
    pub is_confirmed: bool,
    /// Whether they want to be written to in their thread.
    pub by_direct: bool,
    /// When.
    pub timing: Timing,
    /// Whether there is a calendar for them at a secret address.
    pub has_calendar: bool,
    /// How many times in a row the last mail could not be sent.
    pub tries: i32,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Direct];

    /// The word for storage and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Direct => "direct",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self { is_daily: false, quiet_from: 22, quiet_until: 7 }
    }
}

impl Timing {
    /// Whether somebody may be told now who was told at `last`.
    pub fn allows(&self, now: Timestamp, zone: &TimeZone, last: Option<Timestamp>) -> bool {
        if self.is_quiet(zone.to_datetime(now).hour()) {
            return false;
        }
        match last {
            None => true,
            Some(last) if self.is_daily => last < last_daily_hour(now, zone),
            Some(last) => now.duration_since(last) >= GAP,
        }
    }

    fn is_quiet(&self, hour: i8) -> bool {
        let (from, until) = (self.quiet_from, self.quiet_until);
        if from <= until { (from..until).contains(&hour) } else { hour >= from || hour < until }
    }
}

/// When those were to be told last who hear once a day.
fn last_daily_hour(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let local = zone.to_datetime(now);
    let today = local.date();
    let day = match local.hour() >= DAILY_HOUR {
        true => today,
        false => today.yesterday().unwrap_or(today),
    };
    let hour = day.to_datetime(Time::midnight()).with().hour(DAILY_HOUR).build();
    hour.ok().and_then(|hour| zone.to_timestamp(hour).ok()).unwrap_or(now)
}

/// How long to wait after so many failures in a row before a mail is tried again: 5 minutes, 20
/// minutes, an hour, 3 hours, then every 6 hours.
pub fn wait_after(tries: i32) -> SignedDuration {
    SignedDuration::from_mins(match tries {
        ..=1 => 5,
        2 => 20,
        3 => 60,
        4 => 180,
        _ => 360,
    })
}

/// Reads an hour of the day.
pub fn read_hour(typed: &str) -> Result<i8, Refusal> {
    let hour = typed.trim().parse().ok().filter(|hour| (0..24).contains(hour));
    hour.ok_or(Refusal::HourUnfit)
}

/// Tidies and checks the address of a mailbox. Quoted names, comments, several addresses and line
/// breaks are refused: they exist, and are used to smuggle something into a mail.
pub fn check_email(typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    let (name, domain) = typed.rsplit_once('@').ok_or(Refusal::EmailUnfit)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let has_gap = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    let name_fits = (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(is_plain);
    let domain = match Host::parse(domain) {
        Ok(Host::Domain(domain)) if domain.contains('.') && !domain.ends_with('.') => domain,
        _ => return Err(Refusal::EmailUnfit),
    };
    let is_written = domain.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    let whole = format!("{name}@{domain}");
    let fits = name_fits && !has_gap && is_written && whole.len() <= LONGEST_EMAIL;
    if fits { Ok(whole) } else { Err(Refusal::EmailUnfit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_is_told_at_night_or_twice_in_a_quarter_of_an_hour() {
        let (timing, utc) = (Timing::default(), TimeZone::UTC);
        let allows = |now, last: Option<&str>| timing.allows(at(now), &utc, last.map(at));
        assert!(allows("2026-11-23T21:59:00Z", None));
        assert!(!allows("2026-11-23T22:00:00Z", None));
        assert!(!allows("2026-11-24T06:59:00Z", None));
        assert!(allows("2026-11-24T07:00:00Z", None));
        let noon = Some("2026-11-24T12:00:00Z");
        assert!(!allows("2026-11-24T12:14:59Z", noon));
        assert!(allows("2026-11-24T12:15:00Z", noon));
        let always = Timing { quiet_from: 3, quiet_until: 3, ..timing };
        assert!((0..24).all(|hour| !always.is_quiet(hour)));
        // In the collective's zone, not in that of the machine.
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert!(!timing.allows(at("2026-11-23T21:30:00Z"), &berlin, None));
    }

    #[test]
    fn once_a_day_is_in_the_morning() {
        let timing = Timing { is_daily: true, ..Timing::default() };
        let allows = |now, last| timing.allows(at(now), &TimeZone::UTC, Some(at(last)));
        assert!(!allows("2026-11-24T07:59:00Z", "2026-11-23T08:01:00Z"));
        assert!(allows("2026-11-24T08:00:00Z", "2026-11-23T08:01:00Z"));
        assert!(!allows("2026-11-24T20:00:00Z", "2026-11-24T08:01:00Z"));
        // Quiet until nine: then at nine.
        let late = Timing { quiet_until: 9, ..timing };
        let allows = |now| late.allows(at(now), &TimeZone::UTC, Some(at("2026-11-23T09:01:00Z")));
        assert!(!allows("2026-11-24T08:30:00Z") && allows("2026-11-24T09:00:00Z"));
    }

    #[test]
    fn what_is_no_plain_mailbox_is_refused() {
        for good in ["amina@social.example", "a.b+c@d.example", "  x@y.example "] {
            assert_eq!(check_email(good).unwrap(), good.trim());
        }
        assert_eq!(check_email("a@BÜCHER.example").unwrap(), "a@xn--bcher-kva.example");
        let long = format!("{}@y.example", "x".repeat(65));
        let longer = format!("x@{}.example", ["y".repeat(60).as_str(); 5].join("."));
        for bad in [
            "",
            "x",
            "@y.example",
            "x@",
            "x@y",
            "x@y.example.",
            "a b@y.example",
            "\"a b\"@y.example",
            "a@y.example,b@y.example",
            "<a@y.example>",
            "a@y.example>",
            "a@y.example\r\nBcc: b@y.example",
            "a\n@y.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            ".a@y.example",
            "a..b@y.example",
            "a(x)@y.example",
            "ä@y.example",
            &long,
            &longer,
        ] {
            assert_eq!(check_email(bad), Err(Refusal::EmailUnfit), "{bad:?}");
        }
    }
}
