//! What is behind needs, and what the collective does about it (mission E3, E20). The list is the
//! collective's own. Nobody has to say anything; what is said is counted by quarters, shown from
//! eight on and rounded, and never leaves this instance.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::domain::id::{CauseId, DecisionId, ProposalId, ResponseId};
use crate::domain::quarter::Quarter;
use crate::domain::refusal::Refusal;

/// Fewer needs than this with a cause in a quarter are shown nowhere (mission B.0: k = 8).
pub const FEWEST: i64 = 8;
/// What is shown is a multiple of this: one need more is seen by nobody.
const STEP: i64 = 4;
/// In so many of four quarters a cause is seen that is asked about (E20).
const RECURRING: usize = 3;
/// The longest name of a cause, in characters.
const LONGEST_LABEL: usize = 60;
/// The longest text of a response, or of what is said beside a cause, in characters.
const LONGEST_TEXT: usize = 500;
/// "Not now" is looked at again within so many days.
pub const LATEST_REVIEW_DAYS: i64 = 366;

/// Something that is behind needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its id.
    pub id: CauseId,
    /// Its word, if it is one of those from the beginning: their names are in every language.
    pub word: Option<String>,
    /// The collective's own name for it.
    pub label: Option<String>,
    /// Whether nobody is asked anything after a need with it (E15: illness, violence).
    pub is_quiet: bool,
    /// When it was added.
    pub added_at: Timestamp,
    /// Since when it is not offered any more.
    pub retired_at: Option<Timestamp>,
    /// The quarter in which the assembly was asked last.
    pub asked_in: Option<Quarter>,
}

/// What was said to be behind a need: private, and erased with what is personal about the need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The need.
    pub proposal: ProposalId,
    /// The cause.
    pub cause: CauseId,
    /// In their own words.
    pub words: Option<String>,
    /// When it was said.
    pub stated_at: Timestamp,
}

/// What the collective does about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its id.
    pub id: ResponseId,
    /// The cause.
    pub cause: CauseId,
    /// What kind of thing it is.
    pub kind: ResponseKind,
    /// What it is, in a few words.
    pub text: String,
    /// The decision behind it, if there is one.
    pub decision: Option<DecisionId>,
    /// When it was linked.
    pub made_at: Timestamp,
    /// When it is looked at again; always there for [`ResponseKind::NotNow`].
    pub review_at: Option<Timestamp>,
    /// When it was done, or was over.
    pub done_at: Option<Timestamp>,
    /// When the assembly was asked again because the cause went on all the same.
    pub asked_again_at: Option<Timestamp>,
}

/// The possible answers to "what would make this need not come back?" (E20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    /// Something is built or run.
    Project,
    /// Something is made known and pushed for.
    Campaign,
    /// Something is asked of somebody.
    Demand,
    /// Something is agreed with somebody.
    Agreement,
    /// Not now: it is looked at again on a day.
    NotNow,
}

/// How many needs had a cause in a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The cause.
    pub cause: CauseId,
    /// The quarter.
    pub quarter: Quarter,
    /// How many.
    pub needs: i64,
}

/// What the assembly is to be asked about a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// It comes again and again: what would make it not come back?
    Recurring,
    /// This was done, and the cause goes on.
    GoesOn(ResponseId),
    /// "Not now" is over, and the cause was rare since: is there anything left to do?
    Review(ResponseId),
}

impl Cause {
    /// Whether it can be chosen.
    pub fn is_offered(&self) -> bool {
        self.retired_at.is_none()
    }
}

impl Response {
    /// Whether it answers the cause at a moment: it goes on, or says "not now" until a later day.
    pub fn stands(&self, now: Timestamp) -> bool {
        let rests = self.kind != ResponseKind::NotNow || self.review_at.is_some_and(|at| at > now);
        self.done_at.is_none() && rests
    }

    /// Whether its review is due.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.done_at.is_none() && self.review_at.is_some_and(|at| at <= now)
    }
}

impl ResponseKind {
    /// Every kind, in the order in which a form shows them.
    pub const ALL: [Self; 5] =
        [Self::Project, Self::Campaign, Self::Demand, Self::Agreement, Self::NotNow];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Campaign => "campaign",
            Self::Demand => "demand",
            Self::Agreement => "agreement",
            Self::NotNow => "not-now",
        }
    }

    /// Reads a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What may be shown of a number of needs: nothing below eight, and then a multiple of four.
pub fn shown(needs: i64) -> Option<i64> {
    (needs >= FEWEST).then(|| needs - needs.rem_euclid(STEP))
}

/// What is to be asked about a cause, of whose last four quarters the numbers are known, oldest
/// first. Each question is asked once: whoever asks notes it.
pub fn question(
    cause: &Cause,
    counts: &[(Quarter, i64); 4],
    responses: &[Response],
    quarter_of: impl Fn(Timestamp) -> Quarter,
    now: Timestamp,
) -> Option<Question> {
    if !cause.is_offered() || responses.iter().any(|response| response.stands(now)) {
        return None;
    }
    let seen = |(_, needs): &&(Quarter, i64)| *needs >= FEWEST;
    let is_recurring = counts.iter().filter(seen).count() >= RECURRING;
    let due = responses.iter().find(|response| response.is_due(now));
    if let Some(due) = due {
        return Some(if is_recurring { Question::Recurring } else { Question::Review(due.id) });
    }
    let finished =
        |response: &&Response| response.kind != ResponseKind::NotNow && response.done_at.is_some();
    if let Some(last) = responses.iter().filter(finished).max_by_key(|response| response.done_at) {
        // What is done is given the rest of its quarter before it is asked whether it helped.
        let done_in = last.done_at.map(quarter_of);
        let is_after = |quarter: Quarter| done_in.is_some_and(|done| quarter > done);
        let goes_on = counts.iter().any(|(quarter, needs)| is_after(*quarter) && *needs >= FEWEST);
        let asks = goes_on && last.asked_again_at.is_none();
        return asks.then_some(Question::GoesOn(last.id));
    }
    let asked_now = cause.asked_in == Some(quarter_of(now));
    (is_recurring && !asked_now).then_some(Question::Recurring)
}

/// Tidies and checks the name of a cause.
pub fn check_label(typed: &str) -> Result<String, Refusal> {
    let clean = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match clean.chars().count() {
        1..=LONGEST_LABEL if !clean.chars().any(char::is_control) => Ok(clean),
        _ => Err(Refusal::CauseNameUnfit),
    }
}

/// Tidies and checks what a response is.
pub fn check_text(typed: &str) -> Result<String, Refusal> {
    let clean: String = typed.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    match clean.chars().count() {
        0 => Err(Refusal::ResponseEmpty),
        1..=LONGEST_TEXT => Ok(clean),
        _ => Err(Refusal::CauseWordsTooLong),
    }
}

/// Tidies what somebody says beside a cause and cuts it to what is kept; nothing is said by
/// nothing.
pub fn cut_words(typed: &str) -> Option<String> {
    let clean: String = typed.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    Some(clean.chars().take(LONGEST_TEXT).collect()).filter(|words: &String| !words.is_empty())
}

/// Until when what was said is counted: the beginning of this week, so that nobody sees whose need
/// was the last.
pub fn counted_until(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = zone.to_datetime(now).date();
    let since_monday = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.saturating_sub(since_monday.days());
    zone.to_timestamp(monday.at(0, 0, 0, 0)).unwrap_or(now)
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
