//! A measure in words, for the member it is about and for the stewards.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::db::{Conn, members};
use crate::domain::id::MemberId;
use crate::domain::measure::{How, Kind, Measure};
use crate::error::Error;
use crate::web::words::Words;

/// The names of all members.
pub struct Names(HashMap<MemberId, String>);

/// A measure as a page shows it: `partials/measure.html`.
pub struct MeasureLine {
    /// Its id.
    pub id: String,
    /// Whom it is about.
    pub who: String,
    /// A warning or a freeze.
    pub kind: String,
    /// What that means, while it stands.
    pub means: Option<String>,
    /// The clause that it cites.
    pub clause: String,
    /// Why.
    pub reason: String,
    /// Who took it, and when.
    pub by: String,
    /// How long it stands, or how it ended.
    pub state: String,
    /// Why it was lifted.
    pub lifted_because: Option<String>,
    /// What the member says.
    pub appeal: Option<String>,
    /// What came of that.
    pub decided: Option<String>,
    /// Why.
    pub decided_because: Option<String>,
    /// Whether it stands.
    pub stands: bool,
    /// Whether who looks may have it looked at again.
    pub may_appeal: bool,
    /// Whether who looks may confirm it.
    pub may_confirm: bool,
    /// Whether who looks may lift it.
    pub may_lift: bool,
    /// Whether who looks may decide the appeal.
    pub may_decide: bool,
    /// Whether somebody else has to do that.
    pub others_decide: bool,
}

impl Names {
    /// Reads them.
    pub fn read(conn: &mut Conn) -> Result<Self, Error> {
        let all = members::list_with_leaving(conn)?;
        Ok(Self(all.into_iter().map(|member| (member.id, member.name)).collect()))
    }

    /// The name of somebody, or that they have left.
    pub fn of(&self, words: &Words<'_>, member: Option<MemberId>) -> String {
        let name = member.and_then(|id| self.0.get(&id)).cloned();
        name.unwrap_or_else(|| words.locale.say("log-somebody-who-left"))
    }
}

impl MeasureLine {
    /// Says a measure to a reader.
    pub fn new(words: &Words<'_>, names: &Names, measure: &Measure, looker: MemberId) -> Self {
        let now = words.now;
        let stands = measure.stands(now);
        let is_own = looker == measure.member;
        let waits = measure.waits_for_decision(now);
        let may_decide = measure.may_decide(looker, now);
        let (kind, means) = match measure.kind {
            Kind::Warn => ("measure-warn", "measure-warn-means"),
            Kind::Freeze => ("measure-freeze", "measure-freeze-means"),
        };
        Self {
            id: measure.id.to_string(),
            who: names.of(words, Some(measure.member)),
            kind: words.locale.say(kind),
            means: stands.then(|| words.locale.say(means)),
            clause: measure.clause.clone(),
            reason: measure.reason.clone(),
            by: name_and_date(
                words,
                "measure-by",
                names.of(words, measure.made_by),
                measure.made_at,
            ),
            state: state(words, names, measure),
            lifted_because: measure.lifted_because.clone(),
            appeal: measure.appeal.clone(),
            decided: measure
                .decided_at
                .map(|at| {
                    let is_lifted = measure.ended.is_some_and(|(how, _)| how == How::Appeal);
                    let found =
                        if is_lifted { "measure-decided-lifted" } else { "measure-decided-stands" };
                    name_and_date(words, found, names.of(words, measure.decided_by), at)
                })
                .or_else(|| {
                    let until = measure.decide_by().filter(|_| waits)?;
                    let date = words.day(until).text;
                    Some(words.locale.say_with("measure-decide-by", [("date", date.into())]))
                }),
            decided_because: measure.decided_because.clone(),
            stands,
            may_appeal: is_own && stands && measure.appeal.is_none(),
            may_confirm: measure.may_confirm(looker, now),
            may_lift: stands && !is_own,
            may_decide,
            others_decide: waits && !may_decide,
        }
    }
}

/// How long it stands, or how it ended.
fn state(words: &Words<'_>, names: &Names, measure: &Measure) -> String {
    let date = |moment: Timestamp| words.day(moment).text;
    let ended = measure.ended.or_else(|| {
        let how = measure.is_over(words.now)?;
        Some((how, measure.until()))
    });
    if let Some((how, at)) = ended {
        let id = match how {
            How::Lapsed => "measure-lapsed",
            How::Ended => "measure-ended",
            How::Lifted => "measure-lifted",
            How::Appeal => "measure-lifted-after-appeal",
        };
        return name_and_date(words, id, names.of(words, measure.lifted_by), at);
    }
    let ends = date(measure.ends_at);
    if measure.confirmed_at.is_some() {
        let name = names.of(words, measure.confirmed_by);
        let arguments = [("name", name.into()), ("date", ends.into())];
        return words.locale.say_with("measure-stands-confirmed", arguments);
    }
    if measure.ends_at <= measure.lapses_at {
        return words.locale.say_with("measure-stands-until", [("date", ends.into())]);
    }
    let arguments = [("date", date(measure.lapses_at).into()), ("end", ends.into())];
    words.locale.say_with("measure-stands-unless", arguments)
}

fn name_and_date(words: &Words<'_>, id: &str, name: String, at: Timestamp) -> String {
    let date = words.day(at).text;
    words.locale.say_with(id, [("name", name.into()), ("date", date.into())])
}
