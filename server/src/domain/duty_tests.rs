//! Turns over years, with the changes of clocks, breaks and holidays.

use super::*;

use jiff::ToSpan as _;
use jiff::civil::Weekday;

use crate::domain::id::TurnId;
use crate::domain::turn::Report;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn schedule(rule: &str, start: DateTime, zone: &str) -> Schedule {
    Schedule {
        rhythm: Rhythm::parse(rule, start.date()).unwrap(),
        zone: Some(zone.to_owned()),
        start,
        minutes: 240,
        needed: 4,
        learners: 1,
        pause: None,
        days_without: Vec::new(),
    }
}

/// Plans as the housekeeping does: every so many hours, eight weeks ahead, from where it stopped.
fn plan(schedule: &Schedule, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let (mut planned_until, mut now, mut planned) = (from, from, Vec::new());
    let mut step = 0;
    while now < until {
        let ahead = now + AHEAD;
        planned.extend(schedule.turns(&TimeZone::UTC, (planned_until, ahead)));
        planned_until = ahead;
        // Mostly every day; once in a while the server is away for up to three months.
        step += 1;
        now += SignedDuration::from_hours(if step % 97 == 0 { 24 * 90 } else { 25 });
    }
    planned.retain(|(start, _)| *start < until);
    planned
}

/// The days on which there should be a turn, found without any recurrence rule.
fn expected(schedule: &Schedule, years: i16, is_one: impl Fn(Date) -> bool) -> Vec<Date> {
    let first = schedule.start.date();
    let last = first.checked_add(years.years()).unwrap();
    let all = first.series(1.day()).take_while(|day| *day < last);
    all.filter(|day| is_one(*day) && !schedule.rests_on(*day)).collect()
}

#[test]
fn e19_five_years_of_turns_have_no_gap_and_no_double() {
    let first = day("2026-01-06").at(16, 0, 0, 0);
    let week = move |date: Date| first.date().until(date).unwrap().get_days() / 7;
    let tuesday = |date: Date| date.weekday() == Weekday::Tuesday;
    type Rule = (&'static str, Box<dyn Fn(Date) -> bool>);
    let rules: Vec<Rule> = vec![
        ("FREQ=DAILY", Box::new(|_| true)),
        ("FREQ=WEEKLY;BYDAY=TU", Box::new(tuesday)),
        (
            "FREQ=WEEKLY;BYDAY=TU,SU",
            Box::new(move |date| tuesday(date) || date.weekday() == Weekday::Sunday),
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
            Box::new(move |date| tuesday(date) && week(date) % 2 == 0),
        ),
        (
            "FREQ=MONTHLY;BYDAY=1SU",
            Box::new(|date| date.weekday() == Weekday::Sunday && date.day() <= 7),
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", Box::new(|date| date.tomorrow().unwrap().day() == 1)),
    ];
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"] {
        for (rule, is_one) in &rules {
            // By day, at half past two in the night when clocks change, and over midnight.
            for time in [(16, 0), (2, 30), (23, 30)] {
                let start = first.date().at(time.0, time.1, 0, 0);
                let mut schedule = schedule(rule, start, zone);
                schedule.pause = Some((day("2028-08-01"), day("2028-08-31")));
                schedule.days_without = vec![day("2026-12-25"), day("2027-12-25")];
                let tz = schedule.zone(&TimeZone::UTC);
                let begin = tz.to_timestamp(start).unwrap();
                let end = tz.to_timestamp(day("2031-01-06").at(time.0, time.1, 0, 0)).unwrap();
                let planned = plan(&schedule, begin, end);
                let days: Vec<Date> =
                    planned.iter().map(|(at, _)| tz.to_datetime(*at).date()).collect();
                assert_eq!(days, expected(&schedule, 5, is_one), "{rule} {time:?} {zone}");
                for (at, until) in planned {
                    let wall = tz.to_datetime(at);
                    let is_skipped = wall.time() != start.time();
                    assert!(!is_skipped || (time.0 == 2 && wall.hour() <= 3), "{wall} {zone}");
                    assert!(until > at, "{wall} {zone}");
                }
            }
        }
    }
}

#[test]
fn the_clock_on_the_wall_stays_when_clocks_change() {
    let schedule = schedule("FREQ=WEEKLY", day("2026-10-20").at(16, 0, 0, 0), "Europe/Berlin");
    let from: Timestamp = "2026-10-19T00:00:00Z".parse().unwrap();
    let until = from + SignedDuration::from_hours(24 * 14);
    let turns = schedule.turns(&TimeZone::UTC, (from, until));
    let starts: Vec<_> = turns.iter().map(|(start, _)| start.to_string()).collect();
    assert_eq!(starts, ["2026-10-20T14:00:00Z", "2026-10-27T15:00:00Z"]);
    // Until 20:00, however many hours that are.
    assert_eq!(turns[1].1.to_string(), "2026-10-27T19:00:00Z");
    let ours = Schedule { zone: None, ..schedule };
    assert_eq!(ours.turns(&TimeZone::UTC, (from, until))[1].0.to_string(), "2026-10-27T16:00:00Z");
}

#[test]
fn a_turn_in_the_skipped_hour_still_has_an_end_behind_its_beginning() {
    let mut schedule = schedule("FREQ=DAILY", day("2027-03-27").at(2, 45, 0, 0), "Europe/Berlin");
    schedule.minutes = 15;
    let from: Timestamp = "2027-03-27T12:00:00Z".parse().unwrap();
    let turns = schedule.turns(&TimeZone::UTC, (from, from + SignedDuration::from_hours(24)));
    assert_eq!(turns[0].0.to_string(), "2027-03-28T01:45:00Z");
    assert_eq!(turns[0].1.to_string(), "2027-03-28T02:00:00Z");
}

fn duty(rule: &str) -> Duty {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    Duty {
        id: DutyId::from_number(1),
        content: Content {
            title: "Kitchen".into(),
            text: String::new(),
            language: "en".into(),
            place: None,
            audience: Audience::Public,
            functions: Vec::new(),
            counts: None,
        },
        schedule: schedule(rule, day("2026-11-24").at(16, 0, 0, 0), "UTC"),
        made_at: now,
        changed_at: now,
        planned_until: now,
        asleep_at: None,
        woken_at: None,
        ended_at: None,
        looked_at: None,
    }
}

/// The turns of the first weeks, newest first, of which these were kept.
fn over(duty: &Duty, weeks: i64, kept: &[usize]) -> (Vec<Turn>, Timestamp) {
    let now = duty.made_at + SignedDuration::from_hours(24 * 7 * weeks);
    let times = duty.schedule.turns(&TimeZone::UTC, (duty.made_at, now));
    let made = |(number, time): (usize, (Timestamp, Timestamp))| {
        let id = TurnId::from_number(i64::try_from(number).unwrap());
        let mut turn = Turn::planned(id, duty.id, time, (4, 1));
        if kept.contains(&number) {
            let report = Report { came: 2, ..Report::default() };
            turn.note(&report, time.1).unwrap();
        }
        turn
    };
    let mut turns: Vec<_> = times.into_iter().enumerate().map(made).collect();
    turns.reverse();
    (turns, now)
}

#[test]
fn e30_two_periods_without_a_kept_turn_and_a_duty_sleeps() {
    let kitchen = duty("FREQ=WEEKLY");
    let sleeps = |duty: &Duty, weeks, kept: &[usize]| {
        let (turns, now) = over(duty, weeks, kept);
        duty.falls_asleep(&turns, now)
    };
    assert!(!sleeps(&kitchen, 1, &[]) && sleeps(&kitchen, 2, &[]));
    assert!(!sleeps(&kitchen, 3, &[1]) && sleeps(&kitchen, 3, &[0]));
    let twice = duty("FREQ=WEEKLY;BYDAY=TU,TH");
    assert!(!sleeps(&twice, 1, &[]) && sleeps(&twice, 2, &[]));
    // Woken by hand, it has two periods again.
    let woken =
        Duty { woken_at: Some(kitchen.made_at + SignedDuration::from_hours(240)), ..kitchen };
    assert!(!sleeps(&woken, 3, &[]) && sleeps(&woken, 4, &[]));
}

#[test]
fn what_was_called_off_puts_nothing_to_sleep() {
    let kitchen = duty("FREQ=WEEKLY");
    let (mut turns, now) = over(&kitchen, 6, &[0]);
    for turn in turns.iter_mut().filter(|turn| turn.state == State::Planned) {
        turn.state = State::Off;
    }
    assert!(!kitchen.falls_asleep(&turns, now));
}

#[test]
fn a_turn_that_ended_just_now_may_still_be_noted() {
    let kitchen = duty("FREQ=WEEKLY");
    let (turns, _) = over(&kitchen, 2, &[]);
    let just_after = turns[0].ends_at + SignedDuration::from_hours(1);
    assert!(!kitchen.falls_asleep(&turns, just_after));
    assert!(kitchen.falls_asleep(&turns, just_after + NOTE_WITHIN));
}
