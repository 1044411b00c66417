//! What people hand in, before it is a duty: checked as a whole, refused with a reason.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use crate::domain::audience::Audience;
use crate::domain::draft::{LONGEST_LINE, LONGEST_TEXT, language, line, without_control};
use crate::domain::duty::{Content, Schedule};
use crate::domain::kind;
use crate::domain::refusal::Refusal;
use crate::domain::rhythm::Rhythm;

/// More days without are no holidays any more.
const MOST_DAYS: usize = 100;
/// More words for what it would be missed for say nothing.
const MOST_FUNCTIONS: usize = 10;
const MINUTES_OF_A_DAY: i32 = 24 * 60;
/// The shortest turn, in minutes.
const SHORTEST: i32 = 5;
/// Within so many years there is a first turn: 29 February comes round.
const LONGEST_WAIT: i32 = 9;
/// The most people of a turn, and the most learners.
const MOST_PEOPLE: (i32, i32) = (100, 20);

/// What a form or the command line hands in, as people wrote it.
#[derive(Clone, Debug, Default)]
pub struct DutyDraft {
    /// See [`Content::title`].
    pub title: String,
    /// See [`Content::text`].
    pub text: String,
    /// See [`Content::language`].
    pub language: String,
    /// See [`Content::place`].
    pub place: String,
    /// See [`Content::audience`]; empty for the members.
    pub audience: String,
    /// See [`Content::functions`].
    pub functions: Vec<String>,
    /// See [`Content::counts`].
    pub counts: String,
    /// The value of an RRULE.
    pub rhythm: String,
    /// See [`Schedule::zone`].
    pub zone: Option<String>,
    /// The day of the first turn: 2026-11-24.
    pub day: String,
    /// When a turn begins: 16:00.
    pub from: String,
    /// When it ends: 20:00; before `from` it is on the next day.
    pub until: String,
    /// See [`Schedule::needed`].
    pub needed: String,
    /// See [`Schedule::learners`]; empty for one.
    pub learners: String,
    /// The first day of a pause; empty for none.
    pub pause_from: String,
    /// The last day of a pause.
    pub pause_until: String,
    /// Days on which it does not happen, one a line or with commas between.
    pub days_without: String,
}

impl DutyDraft {
    /// What a duty is already, to change some of it.
    pub fn of(content: &Content, schedule: &Schedule) -> Self {
        let end = schedule.start.saturating_add(Span::new().minutes(schedule.minutes));
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let days: Vec<String> = schedule.days_without.iter().map(ToString::to_string).collect();
        Self {
            title: content.title.clone(),
            text: content.text.clone(),
            language: content.language.clone(),
            place: content.place.clone().unwrap_or_default(),
            audience: content.audience.word().to_owned(),
            functions: content.functions.clone(),
            counts: content.counts.clone().unwrap_or_default(),
            rhythm: schedule.rhythm.to_string(),
            zone: schedule.zone.clone(),
            day: schedule.start.date().to_string(),
            from: schedule.start.strftime("%H:%M").to_string(),
            until: end.strftime("%H:%M").to_string(),
            needed: schedule.needed.to_string(),
            learners: schedule.learners.to_string(),
            pause_from: day(schedule.pause.map(|(from, _)| from)),
            pause_until: day(schedule.pause.map(|(_, until)| until)),
            days_without: days.join("\n"),
        }
    }

    /// Checks everything a person wrote, and names the first thing that is wrong.
    pub fn check(&self) -> Result<(Content, Schedule), Refusal> {
        Ok((self.content()?, self.schedule()?))
    }

    fn content(&self) -> Result<Content, Refusal> {
        if self.text.chars().count() > LONGEST_TEXT {
            return Err(Refusal::TextTooLong);
        }
        let audience = match self.audience.as_str() {
            "" => Audience::Members,
            word => word.parse()?,
        };
        if !matches!(audience, Audience::Public | Audience::Members) {
            return Err(Refusal::UnknownAudience);
        }
        let mut functions = Vec::new();
        for word in &self.functions {
            functions.extend(
                line(word, kind::LONGEST, Refusal::KindTooLong)?.map(|word| word.to_lowercase()),
            );
        }
        functions.sort();
        functions.dedup();
        functions.truncate(MOST_FUNCTIONS);
        Ok(Content {
            title: line(&self.title, LONGEST_LINE, Refusal::TitleTooLong)?
                .ok_or(Refusal::TitleMissing)?,
            text: without_control(&self.text),
            language: language(&self.language)?,
            place: line(&self.place, LONGEST_LINE, Refusal::PlaceTooLong)?,
            audience,
            functions,
            counts: line(&self.counts, kind::LONGEST, Refusal::KindTooLong)?,
        })
    }

    fn schedule(&self) -> Result<Schedule, Refusal> {
        let start = self.start()?;
        let learners = if self.learners.trim().is_empty() { "1" } else { &self.learners };
        let (needed, learners) = (number(&self.needed)?, number(learners)?);
        let (most, most_learners) = MOST_PEOPLE;
        if !(1..=most).contains(&needed) || !(0..=most_learners).contains(&learners) {
            return Err(Refusal::TurnUnfit);
        }
        let rhythm = Rhythm::parse(&self.rhythm, start.date())?;
        Ok(Schedule {
            start: first_of(&rhythm, start)?,
            rhythm,
            zone: self.zone.clone(),
            minutes: self.minutes(start.time())?,
            needed,
            learners,
            pause: self.pause()?,
            days_without: self.days_without()?,
        })
    }

    fn start(&self) -> Result<DateTime, Refusal> {
        Ok(date(&self.day)?.to_datetime(time(&self.from)?))
    }

    fn minutes(&self, from: Time) -> Result<i32, Refusal> {
        let of = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        let minutes = (of(time(&self.until)?) - of(from)).rem_euclid(MINUTES_OF_A_DAY);
        let minutes = if minutes == 0 { MINUTES_OF_A_DAY } else { minutes };
        if minutes < SHORTEST { Err(Refusal::TurnUnfit) } else { Ok(minutes) }
    }

    fn pause(&self) -> Result<Option<(Date, Date)>, Refusal> {
        if self.pause_from.trim().is_empty() && self.pause_until.trim().is_empty() {
            return Ok(None);
        }
        let (from, until) = (date(&self.pause_from)?, date(&self.pause_until)?);
        if until < from { Err(Refusal::EndsBeforeStart) } else { Ok(Some((from, until))) }
    }

    fn days_without(&self) -> Result<Vec<Date>, Refusal> {
        let typed = self.days_without.split([',', ' ', '\n', '\r', '\t']);
        let mut days =
            typed.filter(|day| !day.is_empty()).map(date).collect::<Result<Vec<_>, _>>()?;
        days.sort();
        days.dedup();
        days.truncate(MOST_DAYS);
        Ok(days)
    }
}

/// The first turn is on a day of the rhythm, also if another day was named: the first Saturday
/// after it (RFC 5545, 3.8.5.3, leaves open what else would happen).
fn first_of(rhythm: &Rhythm, start: DateTime) -> Result<DateTime, Refusal> {
    let until = start.saturating_add(Span::new().years(LONGEST_WAIT));
    rhythm.occurrences(start, (start, until)).first().copied().ok_or(Refusal::RhythmUnfit)
}

fn number(typed: &str) -> Result<i32, Refusal> {
    typed.trim().parse().map_err(|_| Refusal::TurnUnfit)
}

fn date(typed: &str) -> Result<Date, Refusal> {
    typed.trim().parse().map_err(|_| Refusal::DateNotADate)
}

fn time(typed: &str) -> Result<Time, Refusal> {
    let time: Time = typed.trim().parse().map_err(|_| Refusal::DateNotADate)?;
    time.with().second(0).subsec_nanosecond(0).build().map_err(|_| Refusal::DateNotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kitchen() -> DutyDraft {
        DutyDraft {
            title: "  Tuesday   kitchen ".into(),
            rhythm: "FREQ=WEEKLY".into(),
            day: "2026-11-24".into(),
            from: "16:00".into(),
            until: "20:00".into(),
            needed: "4".into(),
            ..DutyDraft::default()
        }
    }

    #[test]
    fn a_kitchen_is_read() {
        let (content, schedule) = kitchen().check().unwrap();
        assert_eq!(
            (content.title.as_str(), content.audience),
            ("Tuesday kitchen", Audience::Members)
        );
        assert_eq!((schedule.minutes, schedule.needed, schedule.learners), (240, 4, 1));
        let saturday = DutyDraft { rhythm: "FREQ=MONTHLY;BYDAY=1SA".into(), ..kitchen() };
        let first = saturday.check().unwrap().1.start;
        assert_eq!(first.to_string(), "2026-12-05T16:00:00");
        let night = DutyDraft { from: "22:00".into(), until: "06:00".into(), ..kitchen() };
        assert_eq!(night.check().unwrap().1.minutes, 480);
    }

    #[test]
    fn what_a_duty_is_reads_back_the_same() {
        let night = DutyDraft {
            from: "22:00".into(),
            until: "06:00".into(),
            rhythm: "FREQ=MONTHLY;BYDAY=1SA".into(),
            days_without: "2026-12-25".into(),
            pause_from: "2027-08-01".into(),
            pause_until: "2027-08-31".into(),
            ..kitchen()
        };
        for draft in [kitchen(), night] {
            let (content, schedule) = draft.check().unwrap();
            let again = DutyDraft::of(&content, &schedule).check().unwrap();
            assert_eq!(again, (content, schedule));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |draft: DutyDraft| draft.check().unwrap_err();
        let with = |change: fn(&mut DutyDraft)| {
            let mut draft = kitchen();
            change(&mut draft);
            refused(draft)
        };
        assert_eq!(with(|draft| draft.title.clear()), Refusal::TitleMissing);
        assert_eq!(with(|draft| draft.audience = "pacts".into()), Refusal::UnknownAudience);
        assert_eq!(with(|draft| draft.needed = "0".into()), Refusal::TurnUnfit);
        assert_eq!(with(|draft| draft.needed = "many".into()), Refusal::TurnUnfit);
        assert_eq!(with(|draft| draft.until = "16:01".into()), Refusal::TurnUnfit);
        assert_eq!(with(|draft| draft.day = "Tuesday".into()), Refusal::DateNotADate);
        assert_eq!(with(|draft| draft.rhythm = "often".into()), Refusal::RhythmUnfit);
        assert_eq!(with(|draft| draft.pause_from = "2026-08-01".into()), Refusal::DateNotADate);
        let pause = |draft: &mut DutyDraft| {
            draft.pause_from = "2026-08-31".into();
            draft.pause_until = "2026-08-01".into();
        };
        assert_eq!(with(pause), Refusal::EndsBeforeStart);
        assert_eq!(with(|draft| draft.days_without = "Xmas".into()), Refusal::DateNotADate);
    }

    #[test]
    fn days_and_words_are_put_in_order() {
        let draft = DutyDraft {
            days_without: "2026-12-29, 2026-12-25\n2026-12-25".into(),
            functions: vec!["Food".into(), " company".into(), "food".into(), " ".into()],
            ..kitchen()
        };
        let (content, schedule) = draft.check().unwrap();
        assert_eq!(content.functions, ["company", "food"]);
        let days: Vec<_> = schedule.days_without.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2026-12-25", "2026-12-29"]);
    }
}
