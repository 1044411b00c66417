//! The agenda of the next assembly: what the collective noticed by itself, always as a question and
//! never as a verdict (mission E2, E19, E20, E30). A point names a duty, a role or a cause, never a
//! person.

use jiff::Timestamp;

use crate::domain::id::{AgendaId, DecisionId};

/// One point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its id.
    pub id: AgendaId,
    /// What was noticed.
    pub matter: Matter,
    /// What it is about: the id of a duty, a role or a round, the word of a cause, or nothing.
    pub subject: String,
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// When it was settled, or settled itself.
    pub settled_at: Option<Timestamp>,
    /// By which decision, if by one.
    pub decision: Option<DecisionId>,
    /// Until when the same is not asked again.
    pub rests_until: Option<Timestamp>,
}

/// What was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Matter {
    /// Help runs one way, or only in crises, more than it used to.
    Drift,
    /// A duty was not kept for two periods, and sleeps.
    SleepingDuty,
    /// How something is done here was not looked at for a year, or no learner ever used it.
    ThinRunbook,
    /// A turn-keeper's or a role's term is over, and nobody holds it anew.
    TermDue,
    /// A role or a duty has nobody who could stand in.
    NoDeputy,
    /// The same cause comes again and again, and nothing answers it.
    RecurringCause,
    /// A round came to its end and waits for its closing sheet.
    RoundEnded,
    /// A word of the collective's about a cause comes up for its review.
    Review,
    /// Somebody who joins was offered no learner turn for thirty days.
    NoLearnerTurn,
    /// What did we learn? Asked of every duty twice a year.
    Learnt,
    /// What would be missed on Monday, and what is written down nowhere? Asked once a year.
    Missed,
}

impl Matter {
    /// Every matter, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::RoundEnded,
        Self::SleepingDuty,
        Self::TermDue,
        Self::NoDeputy,
        Self::RecurringCause,
        Self::Drift,
        Self::Review,
        Self::ThinRunbook,
        Self::NoLearnerTurn,
        Self::Learnt,
        Self::Missed,
    ];

    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::SleepingDuty => "sleeping_duty",
            Self::ThinRunbook => "thin_runbook",
            Self::TermDue => "term_due",
            Self::NoDeputy => "no_deputy",
            Self::RecurringCause => "recurring_cause",
            Self::RoundEnded => "round_ended",
            Self::Review => "review",
            Self::NoLearnerTurn => "no_learner_turn",
            Self::Learnt => "learnt",
            Self::Missed => "missed",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|matter| matter.word() == word)
    }

    /// The message that asks it.
    pub fn key(self) -> String {
        format!("agenda-{}", self.word().replace('_', "-"))
    }
}

impl Point {
    /// Whether it waits for the assembly.
    pub fn is_open(&self) -> bool {
        self.settled_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_matter_has_a_word_of_its_own() {
        for matter in Matter::ALL {
            assert_eq!(Matter::from_word(matter.word()), Some(matter));
        }
        assert_eq!(Matter::from_word("anything"), None);
    }
}
