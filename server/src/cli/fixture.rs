//! Collectives that are made up, a year of each, as tables: `mutuals demo --fixture NAME`. They are
//! there to be told apart on the page *Mutuality*.
//!
//! A table has rows `day,what,who,whom,kind,words`, in the order of days. `member`: a name, and
//! whether they are a steward. `duty`: a title, its rhythm with hour, minutes and people, what it
//! would be missed for, who keeps it together and who stands in. `turn`: a duty, and who came;
//! nobody if it was missed. `handover`: from whom to whom, what kind of thing, and its words;
//! `duty:TITLE` is a duty.

use std::collections::HashMap;

use anyhow::Context as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use crate::actions::release_mutuality::last_over;
use crate::app::App;
use crate::clock::Clock;
use crate::db::{
    Conn, duties, fulfilments, members, promise_duties, promises, proposals, turn_people, turns,
};
use crate::domain::audience::Audience;
use crate::domain::duty::{Content as DutyContent, Duty, DutyPrivate, Schedule};
use crate::domain::fulfilment::{Confirmation, Fulfilment, Side};
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Role, Standing};
use crate::domain::promise::{Promise, PromisePrivate, PromiseState};
use crate::domain::proposal::{
    CloseReason, Content, Coverage, NoteMark, PrivatePart, Proposal, Purpose, State,
};
use crate::domain::quarter::Quarter;
use crate::domain::rhythm::{Every, Rhythm};
use crate::domain::turn::{Place, State as TurnState, Turn};
use crate::keys;

/// A collective that is made up.
pub struct Fixture {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its handle.
    pub handle: &'static str,
    /// Its name.
    pub title: &'static str,
    /// A sentence.
    pub summary: &'static str,
    /// Its year.
    pub table: &'static str,
}

/// All of them.
pub static FIXTURES: [Fixture; 2] = [
    Fixture {
        name: "charity_corner",
        handle: "corner",
        title: "Charity Corner",
        summary: "Three neighbours help whoever comes.",
        table: include_str!("../../../tests/fixtures/collectives/charity_corner.csv"),
    },
    Fixture {
        name: "ring_street",
        handle: "ring",
        title: "Ring Street",
        summary: "Neighbours between the canal and Ring Street who share food, tools and time.",
        table: include_str!("../../../tests/fixtures/collectives/ring_street.csv"),
    },
];

/// How many quarters a table tells of.
const QUARTERS: usize = 4;
/// At this hour something is handed over.
const HOUR: i8 = 10;
/// So long the same person keeps a duty together: until half a year after the table ends.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(18 * 30 * 24);

/// Finds one by its name.
pub fn find(name: &str) -> Option<&'static Fixture> {
    FIXTURES.iter().find(|fixture| fixture.name == name)
}

/// The day with which its year begins, so that it ends with the last quarter that is over.
pub fn first_day(now: Timestamp, zone: &TimeZone) -> anyhow::Result<Date> {
    let back = std::iter::successors(Some(last_over(now, zone)), |quarter| Some(quarter.before()));
    let first = back.take(QUARTERS).last().and_then(Quarter::first_day);
    first.context("a quarter that no calendar has")
}

/// Writes the year into an empty instance, as if it had happened.
pub async fn load(app: &App, fixture: &Fixture) -> anyhow::Result<()> {
    tell(app, first_day(app.now(), &app.zone)?, fixture.table).await
}

/// Writes a table into an empty instance, from a day on: without telling anybody outside.
pub async fn tell(app: &App, first: Date, table: &'static str) -> anyhow::Result<()> {
    let (zone, now) = (app.zone.clone(), app.now());
    app.db
        .write(move |conn| {
            let mut telling = Telling::new(first, zone, now);
            for line in table.lines().skip(1) {
                telling.tell(conn, line).map_err(|error| error.context(line.to_owned()))?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// The year as it is told.
struct Telling {
    first: Date,
    zone: TimeZone,
    /// The moment by which everything is told.
    until: Timestamp,
    clock: Clock,
    members: HashMap<String, MemberId>,
    duties: HashMap<String, Duty>,
}

impl Telling {
    fn new(first: Date, zone: TimeZone, until: Timestamp) -> Self {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        Self { first, zone, until, clock, members: HashMap::new(), duties: HashMap::new() }
    }

    fn tell(&mut self, conn: &mut Conn, line: &str) -> anyhow::Result<()> {
        let cells: Vec<&str> = line.split(',').collect();
        let &[day, what, who, whom, kind, words] = cells.as_slice() else {
            anyhow::bail!("a row has six cells")
        };
        let date = self.first.checked_add(Span::new().days(day.parse::<i32>()?))?;
        let now = self.moment(date.at(HOUR, 0, 0, 0))?;
        self.clock.advance(now.duration_since(self.clock.now()));
        match what {
            "member" => self.add_member(conn, who, whom == "steward"),
            "duty" => self.add_duty(conn, (who, whom), kind, words),
            "turn" => self.add_turn(conn, who, whom, date),
            "handover" => self.hand_over(conn, (who, whom), (kind, words)),
            other => anyhow::bail!("no row is called {other}"),
        }
    }

    fn moment(&self, wall: DateTime) -> anyhow::Result<Timestamp> {
        Ok(self.zone.to_timestamp(wall)?)
    }

    fn member(&self, name: &str) -> anyhow::Result<MemberId> {
        self.members.get(name).copied().with_context(|| format!("nobody is called {name}"))
    }

    fn duty(&self, title: &str) -> anyhow::Result<&Duty> {
        self.duties.get(title).with_context(|| format!("no duty is called {title}"))
    }

    fn add_member(&mut self, conn: &mut Conn, name: &str, is_steward: bool) -> anyhow::Result<()> {
        let member = Member {
            id: self.clock.new_id(),
            name: name.to_owned(),
            role: if is_steward { Role::Steward } else { Role::Member },
            language: None,
            joined_at: self.clock.now(),
            standing: Standing::Member,
        };
        members::insert(conn, &member)?;
        self.members.insert(name.to_owned(), member.id);
        Ok(())
    }

    fn add_duty(
        &mut self,
        conn: &mut Conn,
        (title, rhythm): (&str, &str),
        function: &str,
        people: &str,
    ) -> anyhow::Result<()> {
        let now = self.clock.now();
        let content = DutyContent {
            title: title.to_owned(),
            text: String::new(),
            language: "en".to_owned(),
            place: None,
            audience: Audience::Public,
            functions: vec![function.to_owned()],
            counts: None,
        };
        let duty = Duty {
            id: self.clock.new_id(),
            content,
            schedule: self.schedule(rhythm)?,
            made_at: now,
            changed_at: now,
            // What was before is told by the table.
            planned_until: self.until,
            asleep_at: None,
            woken_at: None,
            ended_at: None,
            looked_at: Some(now),
        };
        let (keeper, deputy) = people.split_once('+').context("a keeper and a deputy")?;
        let private = DutyPrivate {
            keeper: Some(self.member(keeper)?),
            keeper_until: Some(now.checked_add(KEPT_FOR)?),
            deputy: Some(self.member(deputy)?),
            calendar_token: keys::secret()?,
        };
        duties::insert(conn, &duty, &private)?;
        self.duties.insert(title.to_owned(), duty);
        Ok(())
    }

    fn schedule(&self, written: &str) -> anyhow::Result<Schedule> {
        let parts: Vec<&str> = written.split(' ').collect();
        let &[rule, time, minutes, needed] = parts.as_slice() else {
            anyhow::bail!("a rhythm is written RULE HOUR:MINUTE MINUTES PEOPLE")
        };
        Ok(Schedule {
            rhythm: Rhythm::parse(rule, self.first)?,
            zone: None,
            start: self.first.to_datetime(time.parse()?),
            minutes: minutes.parse()?,
            needed: needed.parse()?,
            learners: 1,
            pause: None,
            days_without: Vec::new(),
        })
    }

    fn add_turn(
        &self,
        conn: &mut Conn,
        title: &str,
        people: &str,
        date: Date,
    ) -> anyhow::Result<()> {
        let duty = self.duty(title)?;
        let date = next_fitting(date, &duty.schedule.rhythm)?;
        let starts_at = self.moment(date.to_datetime(duty.schedule.start.time()))?;
        let lasts = SignedDuration::from_mins(i64::from(duty.schedule.minutes));
        let names: Vec<&str> = people.split('+').filter(|name| !name.is_empty()).collect();
        let came = i32::try_from(names.len())?;
        let turn = Turn {
            id: self.clock.new_id(),
            duty: duty.id,
            starts_at,
            ends_at: starts_at.checked_add(lasts)?,
            needed: duty.schedule.needed,
            learners: duty.schedule.learners,
            taken: came,
            learning: 0,
            given_back: 0,
            covered: 0,
            state: if came > 0 { TurnState::Kept } else { TurnState::Missed },
            noted_at: Some(starts_at.checked_add(lasts)?),
            came: Some(came),
            counted: None,
        };
        turns::insert_if_new(conn, &turn)?;
        for name in names {
            turn_people::insert(conn, turn.id, self.member(name)?, Place::Hand, starts_at)?;
        }
        Ok(())
    }

    /// A need, the promise that answered it on the same day, and the word of both sides.
    fn hand_over(
        &self,
        conn: &mut Conn,
        (who, whom): (&str, &str),
        (kind, words): (&str, &str),
    ) -> anyhow::Result<()> {
        let now = self.clock.now();
        let need = self.need((kind, words), now);
        let author = Some(self.member(whom)?);
        let private = PrivatePart { author, on_behalf_of: None, consent_at: None };
        proposals::insert(conn, &need, &private)?;
        let promise = Promise {
            id: self.clock.new_id(),
            proposal: need.id,
            amount: None,
            active: None,
            state: PromiseState::Delivered,
            promised_at: now,
        };
        let duty = who.strip_prefix("duty:").map(|title| self.duty(title)).transpose()?;
        let member = match duty {
            Some(_) => self.members.values().min().copied(),
            None => Some(self.member(who)?),
        };
        promises::insert(conn, &promise, &PromisePrivate { member, note: None })?;
        if let Some(duty) = duty {
            promise_duties::insert(conn, promise.id, duty.id)?;
        }
        for (side, by) in [(Side::Promiser, member), (Side::Proposer, author)] {
            let word = Confirmation {
                id: self.clock.new_id(),
                promise: promise.id,
                side,
                amount: None,
                confirmed_at: now,
                url: None,
                corrects: None,
            };
            promises::insert_confirmation(conn, &word, by, None)?;
        }
        let fulfilment = Fulfilment {
            id: self.clock.new_id(),
            promise: promise.id,
            proposal: need.id,
            proposer_amount: None,
            promiser_amount: None,
            fulfilled_at: now,
        };
        Ok(fulfilments::insert(conn, &fulfilment)?)
    }

    fn need(&self, (kind, words): (&str, &str), now: Timestamp) -> Proposal {
        Proposal {
            id: self.clock.new_id(),
            purpose: Purpose::Need,
            content: Content {
                title: words.to_owned(),
                text: String::new(),
                kind: Some(kind.to_owned()),
                quantity: None,
                starts_at: None,
                ends_at: None,
                place: None,
                language: "en".to_owned(),
                audience: Audience::Public,
                picture: None,
            },
            state: State::Enough,
            asked_by: None,
            note: NoteMark::default(),
            close_reason: Some(CloseReason::Fulfilled),
            published_at: Some(now),
            updated_at: now,
            revision: 1,
            coverage: Coverage { answers: 1, ..Coverage::default() },
        }
    }
}

/// The first day from `date` on that has the weekday of a rhythm: a table has days without
/// weekdays, since its year begins in another one every time.
fn next_fitting(date: Date, rhythm: &Rhythm) -> anyhow::Result<Date> {
    let weekday = match &rhythm.every {
        Every::Week(days) => days.first().copied(),
        Every::MonthWeekday(_, weekday) => Some(*weekday),
        Every::Day | Every::MonthDay(_) | Every::Year => None,
    };
    match weekday.filter(|weekday| *weekday != date.weekday()) {
        Some(weekday) => Ok(date.nth_weekday(1, weekday)?),
        None => Ok(date),
    }
}
