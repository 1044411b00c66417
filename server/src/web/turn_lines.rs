//! Duties and their turns in words: how often, when, how many come, and for members who.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::db::{Conn, turn_people};
use crate::domain::audience::Viewer;
use crate::domain::duty::{Duty, Schedule};
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::rhythm::Every;
use crate::domain::turn::{Place, State, Turn};
use crate::error::Error;
use crate::i18n::Locale;
use crate::web::words::Words;

/// A turn, and who comes.
pub struct Read {
    /// The turn.
    pub turn: Turn,
    /// Who comes, by name; empty for those who may not know it, and once it is over.
    pub people: Vec<(MemberId, String, Place)>,
    /// As what the one who looks comes.
    pub own: Option<Place>,
}

/// A turn as a page shows it: `partials/turn.html`.
pub struct TurnLine {
    /// Its id.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Of what.
    pub title: String,
    /// The day.
    pub day: String,
    /// The day, for machines.
    pub iso: String,
    /// From when until when.
    pub time: String,
    /// How many come and are needed.
    pub count: String,
    /// That somebody is missing, that nobody is, or what became of it.
    pub state: String,
    /// Whether somebody is missing.
    pub is_missing: bool,
    /// Who comes, as one line; none for those who may not know it, and once it is over.
    pub people: Option<String>,
    /// Who comes to learn.
    pub learning: Option<String>,
    /// That there are places to learn.
    pub learners: Option<String>,
    /// What the one who looks does.
    pub own: Option<String>,
    /// Whether they may come.
    pub may_take: bool,
    /// Whether they may come to learn.
    pub may_learn: bool,
    /// Whether they may stay away.
    pub may_release: bool,
}

impl Read {
    /// Reads who comes to a turn, as far as `member` may know it. Once it is over nobody may: beside
    /// how many came, the names of those who meant to would be a list of who did not (mission E28).
    pub fn of(
        conn: &mut Conn,
        turn: Turn,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let people = turn_people::list(conn, turn.id)?;
        let own = member.and_then(|member| {
            people.iter().find(|(id, _, _)| *id == member.id).map(|(_, _, place)| *place)
        });
        let may_know = turn.is_open(now) && member.is_some_and(|one| one.viewer().is_member());
        Ok(Self { turn, people: if may_know { people } else { Vec::new() }, own })
    }
}

impl TurnLine {
    /// Says a turn of a duty to a reader.
    pub fn new(words: &Words<'_>, viewer: Viewer, duty: &Duty, read: &Read) -> Self {
        let turn = &read.turn;
        let zone = duty.schedule.zone(&words.app.zone);
        let is_open = turn.is_open(words.now);
        let is_member = viewer.is_member();
        let named = |learns: bool| {
            let names = read.people.iter().filter(|(_, _, place)| place.is_learner() == learns);
            let names: Vec<&str> = names.map(|(_, name, _)| name.as_str()).collect();
            Some(names.join(", ")).filter(|names| !names.is_empty())
        };
        let places = turn.open_to_learners();
        let learners = (is_open && places > 0)
            .then(|| words.locale.say_with("turn-places-to-learn", [("count", places.into())]));
        Self {
            id: turn.id.to_string(),
            href: turn.path(),
            title: duty.content.title.clone(),
            day: words.locale.date(turn.starts_at, words.now, &zone),
            iso: zone.to_datetime(turn.starts_at).date().to_string(),
            time: time(words.locale, turn, &zone),
            count: count(words.locale, turn),
            state: state(words, turn),
            is_missing: is_open && turn.missing() > 0,
            people: named(false),
            learning: named(true),
            learners,
            own: read.own.map(|place| own(words.locale, place)),
            may_take: is_open && is_member && read.own != Some(Place::Hand),
            may_learn: is_open && viewer != Viewer::Stranger && places > 0 && read.own.is_none(),
            may_release: is_open && read.own.is_some(),
        }
    }
}

/// From when until when, by the clock on the wall.
pub fn time(locale: &Locale, turn: &Turn, zone: &TimeZone) -> String {
    let clock = |moment| clock(moment, zone);
    let arguments = [("from", clock(turn.starts_at).into()), ("until", clock(turn.ends_at).into())];
    locale.say_with("turn-time", arguments)
}

/// The clock on the wall.
pub fn clock(moment: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(moment).strftime("%H:%M").to_string()
}

/// How many come and are needed; once it is noted, how many came.
fn count(locale: &Locale, turn: &Turn) -> String {
    match turn.came {
        Some(came) => locale.say_with("turn-came", [("count", came.into())]),
        None => {
            let numbers = [("taken", turn.taken.into()), ("needed", turn.needed.into())];
            locale.say_with("turn-count", numbers)
        }
    }
}

fn state(words: &Words<'_>, turn: &Turn) -> String {
    let id = match turn.state {
        State::Kept => "turn-kept",
        State::Missed => "turn-missed",
        State::Off => "turn-off",
        State::Planned if turn.is_over(words.now) => "turn-over",
        State::Planned if turn.missing() == 0 => "turn-full",
        State::Planned => {
            return words.locale.say_with("turn-missing", [("count", turn.missing().into())]);
        }
    };
    words.locale.say(id)
}

fn own(locale: &Locale, place: Place) -> String {
    locale.say(if place.is_learner() { "turn-own-learner" } else { "turn-own" })
}

/// How often a duty comes round, and when: `Every Tuesday, 16:00 to 20:00`.
pub fn rhythm(locale: &Locale, schedule: &Schedule) -> String {
    let every = schedule.rhythm.interval;
    let often = match &schedule.rhythm.every {
        Every::Day => locale.say_with("rhythm-days", [("every", every.into())]),
        Every::Week(days) => {
            let days = joined(locale, days.iter().map(|day| weekday(locale, *day)).collect());
            locale.say_with("rhythm-weeks", [("every", every.into()), ("days", days.into())])
        }
        Every::MonthDay(-1) => locale.say_with("rhythm-month-last", [("every", every.into())]),
        Every::MonthDay(day) => {
            let arguments = [("every", every.into()), ("day", (*day).into())];
            locale.say_with("rhythm-month-day", arguments)
        }
        Every::MonthWeekday(number, day) => {
            let place = locale.say_with("rhythm-place", [("place", (*number).into())]);
            let arguments = [
                ("every", every.into()),
                ("place", place.into()),
                ("weekday", weekday(locale, *day).into()),
            ];
            locale.say_with("rhythm-month-weekday", arguments)
        }
        Every::Year => {
            let month = locale.say_with("date-month", [("month", schedule.start.month().into())]);
            let (day, month) = (schedule.start.day().into(), month.into());
            let arguments = [("every", every.into()), ("day", day), ("month", month)];
            locale.say_with("rhythm-years", arguments)
        }
    };
    let span = jiff::Span::new().minutes(schedule.minutes);
    let end = schedule.start.saturating_add(span);
    let clock = |time: jiff::civil::DateTime| time.strftime("%H:%M").to_string();
    let arguments = [("from", clock(schedule.start).into()), ("until", clock(end).into())];
    let time = locale.say_with("turn-time", arguments);
    locale.say_with("rhythm-and-time", [("often", often.into()), ("time", time.into())])
}

/// The name of a day of the week.
pub fn weekday(locale: &Locale, day: Weekday) -> String {
    locale.say_with("date-weekday", [("weekday", day.to_monday_one_offset().into())])
}

/// `Tuesday and Thursday`; of more, all but the last with commas.
pub fn joined(locale: &Locale, mut parts: Vec<String>) -> String {
    let Some(last) = parts.pop() else { return String::new() };
    if parts.is_empty() {
        return last;
    }
    let first = parts.join(", ");
    locale.say_with("and", [("first", first.into()), ("last", last.into())])
}

/// How often somebody comes: just this once, every Tuesday, every second Tuesday.
pub fn repeat(locale: &Locale, duty: &Duty, turn_day: jiff::civil::Date, every: i32) -> String {
    let is_by_weekday = match &duty.schedule.rhythm.every {
        Every::Day | Every::Week(_) => duty.schedule.rhythm.interval == 1,
        _ => false,
    };
    if is_by_weekday {
        let day = weekday(locale, turn_day.weekday());
        let arguments = [("every", every.into()), ("weekday", day.into())];
        return locale.say_with("repeat-weekday", arguments);
    }
    locale.say_with("repeat-time", [("every", every.into())])
}
