//! What came. Both sides say so, each with its own count; the counts may differ, and both are kept.

use jiff::Timestamp;
use url::Url;

use crate::domain::amount::Amount;
use crate::domain::id::{ConfirmationId, FulfilmentId, PromiseId, ProposalId};

/// Which side of a promise speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The ones who posted the need or the offer.
    Proposer,
    /// The one who promised.
    Promiser,
}

/// One side's word that something came, written once and never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Its id.
    pub id: ConfirmationId,
    /// Of which promise.
    pub promise: PromiseId,
    /// Whose word it is.
    pub side: Side,
    /// How much; none where no amount was asked for.
    pub amount: Option<Amount>,
    /// When it was said.
    pub confirmed_at: Timestamp,
    /// Its id on the wire, if it came from another server.
    pub url: Option<Url>,
    /// The earlier one of the same side that it corrects, by its key. That one may not be here yet.
    pub corrects: Option<String>,
}

/// What has to be known of one side's word to count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<K> {
    /// Which word it is.
    pub key: K,
    /// Which earlier one it corrects.
    pub corrects: Option<K>,
    /// Whose it is.
    pub side: Side,
    /// How much.
    pub amount: Option<Amount>,
}

/// A promise of which both sides said that it came. Published as the collective's deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fulfilment {
    /// Its id, also the last part of its address.
    pub id: FulfilmentId,
    /// The promise.
    pub promise: PromiseId,
    /// The proposal that it answers.
    pub proposal: ProposalId,
    /// What the proposer counted.
    pub proposer_amount: Option<Amount>,
    /// What the promiser counted.
    pub promiser_amount: Option<Amount>,
    /// When the second side confirmed.
    pub fulfilled_at: Timestamp,
}

/// What one side has confirmed of one promise so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Whether it said anything.
    pub spoke: bool,
    /// The sum of its counts.
    pub total: Amount,
}

/// What both sides have confirmed of one promise so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The proposer's.
    pub proposer: Word,
    /// The promiser's.
    pub promiser: Word,
}

impl Side {
    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposer => "proposer",
            Self::Promiser => "promiser",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Proposer, Self::Promiser].into_iter().find(|side| side.word() == word)
    }
}

impl Confirmation {
    /// By what a correction names it: its id on the wire, or its id here.
    pub fn key(&self) -> String {
        self.url.as_ref().map_or_else(|| self.id.to_string(), ToString::to_string)
    }
}

impl Fulfilment {
    /// With what both sides count by now, of `said` about the same proposal: either may have
    /// corrected its count since.
    #[must_use]
    pub fn recounted(self, said: &[Confirmation]) -> Self {
        let about: Vec<Confirmation> =
            said.iter().filter(|word| word.promise == self.promise).cloned().collect();
        let words = Words::of(&about);
        let now = |before: Option<Amount>, word: Word| {
            before.map(|before| if word.spoke { word.total } else { before })
        };
        Self {
            proposer_amount: now(self.proposer_amount, words.proposer),
            promiser_amount: now(self.promiser_amount, words.promiser),
            ..self
        }
    }
}

impl Words {
    /// Adds up confirmations of one promise.
    pub fn of(confirmations: &[Confirmation]) -> Self {
        let keys: Vec<String> = confirmations.iter().map(Confirmation::key).collect();
        let counted = confirmations.iter().zip(&keys).map(|(each, key)| Counted {
            key: key.as_str(),
            corrects: each.corrects.as_deref(),
            side: each.side,
            amount: each.amount,
        });
        Self::count(&counted.collect::<Vec<_>>())
    }

    /// Adds up words of both sides, without those that their own side corrected. The order in which
    /// they came does not matter.
    pub fn count<K: Copy + Eq>(counted: &[Counted<K>]) -> Self {
        let is_corrected = |one: &Counted<K>| {
            counted.iter().any(|other| other.side == one.side && other.corrects == Some(one.key))
        };
        let mut words = Self::default();
        for one in counted.iter().filter(|one| !is_corrected(one)) {
            let word = match one.side {
                Side::Proposer => &mut words.proposer,
                Side::Promiser => &mut words.promiser,
            };
            word.spoke = true;
            word.total = word.total + one.amount.unwrap_or_default();
        }
        words
    }

    /// What one side said.
    pub fn of_side(&self, side: Side) -> Word {
        match side {
            Side::Proposer => self.proposer,
            Side::Promiser => self.promiser,
        }
    }

    /// Whether a promise of `promised` has come: both sides spoke, and one of them counts all of
    /// it. A part that both confirmed leaves the rest awaited.
    pub fn complete(&self, promised: Option<Amount>) -> bool {
        let both = self.proposer.spoke && self.promiser.spoke;
        both && promised.is_none_or(|promised| self.high() >= promised)
    }

    /// The lower count.
    pub fn low(&self) -> Amount {
        self.proposer.total.min(self.promiser.total)
    }

    /// The higher count.
    pub fn high(&self) -> Amount {
        self.proposer.total.max(self.promiser.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(side: Side, amount: Option<&str>) -> Confirmation {
        Confirmation {
            id: ConfirmationId::from_number(1),
            promise: PromiseId::from_number(1),
            side,
            amount: amount.map(|text| Amount::positive(text).unwrap()),
            confirmed_at: Timestamp::UNIX_EPOCH,
            url: None,
            corrects: None,
        }
    }

    #[test]
    fn both_sides_must_speak() {
        let fifteen = Some(Amount::positive("15").unwrap());
        let mut said_so_far = vec![said(Side::Promiser, Some("15"))];
        assert!(!Words::of(&said_so_far).complete(fifteen));
        said_so_far.push(said(Side::Proposer, Some("14")));
        let words = Words::of(&said_so_far);
        assert!(words.complete(fifteen));
        assert_eq!((words.low().to_string(), words.high().to_string()), ("14".into(), "15".into()));
    }

    #[test]
    fn parts_add_up() {
        let promised = Some(Amount::positive("25").unwrap());
        let mut parts = vec![said(Side::Proposer, Some("10")), said(Side::Promiser, Some("10"))];
        assert!(!Words::of(&parts).complete(promised));
        parts.push(said(Side::Promiser, Some("15")));
        assert!(Words::of(&parts).complete(promised));
    }

    #[test]
    fn a_correction_replaces_what_the_same_side_said() {
        let ten = Amount::positive("10").ok();
        let word = |key, corrects, side, amount| Counted { key, corrects, side, amount };
        let mut words = vec![
            word(1, None, Side::Proposer, ten),
            word(2, Some(1), Side::Proposer, Amount::positive("9").ok()),
            // Nobody corrects the other side.
            word(3, Some(2), Side::Promiser, ten),
        ];
        for _ in 0..3 {
            words.rotate_left(1);
            let counted = Words::count(&words);
            assert_eq!(counted.proposer.total.to_string(), "9");
            assert_eq!(counted.promiser.total.to_string(), "10");
        }
    }

    #[test]
    fn without_amounts_a_word_from_each_is_enough() {
        let words = Words::of(&[said(Side::Proposer, None), said(Side::Promiser, None)]);
        assert!(words.complete(None));
    }
}
