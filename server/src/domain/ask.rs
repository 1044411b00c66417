//! What somebody without an account asks for on our pages (mission E21, J14): a few words and a way
//! to reach them. No name is needed, no reason, and nothing of it is published.

use jiff::Timestamp;

use crate::domain::id::{AskId, ProposalId};
use crate::domain::refusal::Refusal;

/// The longest text, in characters.
const LONGEST_TEXT: usize = 2_000;
/// The longest way to reach somebody, in characters.
const LONGEST_REACH: usize = 200;
/// More than this that waits is nothing that people wrote: whoever asks is told to call.
pub const MOST_WAITING: i64 = 500;

/// Something that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its id.
    pub id: AskId,
    /// What they need; empty once nothing is left to do.
    pub text: String,
    /// How they can be reached; empty once nothing is left to do.
    pub reach: String,
    /// The language in which they read our page, as a code.
    pub language: String,
    /// When they asked.
    pub asked_at: Timestamp,
    /// The need that was made of it.
    pub proposal: Option<ProposalId>,
    /// Since when there is nothing more to do about it.
    pub closed_at: Option<Timestamp>,
}

impl Ask {
    /// A new one, checked.
    pub fn new(
        id: AskId,
        (text, reach): (&str, &str),
        language: &str,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let text = tidy(text, LONGEST_TEXT)?.ok_or(Refusal::AskEmpty)?;
        let reach = tidy(reach, LONGEST_REACH)?.ok_or(Refusal::ReachMissing)?;
        let language = language.to_owned();
        Ok(Self { id, text, reach, language, asked_at: now, proposal: None, closed_at: None })
    }

    /// Nothing is left to do about it: what they wrote goes.
    pub fn close(&mut self, proposal: Option<ProposalId>, now: Timestamp) {
        self.text.clear();
        self.reach.clear();
        (self.proposal, self.closed_at) = (proposal, Some(now));
    }
}

fn tidy(typed: &str, longest: usize) -> Result<Option<String>, Refusal> {
    let clean: String = typed.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    match clean.chars().count() {
        0 => Ok(None),
        count if count <= longest => Ok(Some(clean)),
        _ => Err(Refusal::AskTooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e21_a_few_words_and_a_way_to_reach_them_are_enough() {
        let now = Timestamp::UNIX_EPOCH;
        let ask =
            |text: &str, reach: &str| Ask::new(AskId::from_number(1), (text, reach), "en", now);
        assert!(ask("Food for two", "555 0101").is_ok());
        assert_eq!(ask(" \n", "555 0101").unwrap_err(), Refusal::AskEmpty);
        assert_eq!(ask("Food", " ").unwrap_err(), Refusal::ReachMissing);
        assert_eq!(ask(&"x".repeat(2_001), "1").unwrap_err(), Refusal::AskTooLong);
        let mut asked = ask("Food", "555 0101").unwrap();
        asked.close(None, now);
        assert!(asked.text.is_empty() && asked.reach.is_empty());
    }
}
