//! What the collective has on record of some months, as the figures need it: counts and opaque
//! numbers, without a name or a word of anybody's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::mutuality::Part;
use crate::domain::mutuality::attention::Group;
use crate::domain::mutuality::autonomy::Term;
use crate::domain::mutuality::durability::{Life, Participant, Turns};
use crate::domain::mutuality::flows::Deed;
use crate::domain::mutuality::ties::Meeting;

/// The record of the months that are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// What came, by the word of both sides, in order.
    pub handovers: Vec<Handover>,
    /// Promises of which one side at least said that something came.
    pub spoken_of: u64,
    /// Who kept which turn: from a person to what the duty holds in common.
    pub turns: Vec<Deed>,
    /// The turns themselves.
    pub plan: Turns,
    /// Between whom something was done before these months.
    pub met_before: Vec<Meeting>,
    /// In which language people read the pages here, of those who chose one: a number for each.
    pub languages: BTreeMap<u64, u64>,
    /// How many needs and offers were published for everybody in these months.
    pub announcements: u64,
    /// The needs that were published in these months.
    pub needs: Vec<Need>,
    /// What was asked for and how it was answered, by kind.
    pub kinds: Vec<Group>,
    /// The same, by the language in which it was asked.
    pub by_language: Vec<Group>,
    /// Those who look after the house or a duty.
    pub role_holders: BTreeSet<u64>,
    /// Turns that were drawn from the pool of turns given to others, and turns that were given.
    pub cover: Part,
    /// Members who take no turns or half of them at present, and all members.
    pub exempt: Part,
    /// How long each duty has been kept.
    pub lives: Vec<Life>,
    /// Those who took part in the last round, and how many months ago that ended.
    pub round: Option<(Vec<Participant>, u32)>,
    /// What would be missed: a word for each, when it was there, and how many days lie between.
    pub functions: Vec<Function>,
    /// The turns of each week, the newest last: how many were kept, of how many.
    pub weeks: Vec<Part>,
    /// Who can open each duty and role.
    pub holders: Vec<BTreeSet<u64>>,
    /// Terms of roles that ended.
    pub terms: Vec<Term>,
    /// How often each steward or other member coordinated something.
    pub coordinated: Vec<u64>,
    /// Causes, by quarter, and whether something answers them.
    pub causes: Vec<(Vec<u64>, bool)>,
    /// Entries about money and goods from outside with a condition or a report, and all of them.
    pub strings: Part,
}

/// Something that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// From whom to whom.
    pub deed: Deed,
    /// Whether it was done in the name of a duty.
    pub by_duty: bool,
    /// Whether the need belonged to a round.
    pub in_round: bool,
    /// Whether not everybody may see what was asked, or for whom.
    pub is_protected: bool,
}

/// A need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// Who asked; none where nothing says so any more.
    pub asker: Option<u64>,
    /// Whether they had been here for less than ninety days.
    pub is_new: bool,
    /// The share of what was asked that was promised, from 0 to 1.
    pub answered: f64,
}

/// Something that would be missed on Monday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its word.
    pub word: String,
    /// When it was there.
    pub days: Vec<Date>,
    /// So many days lie between, as it is planned.
    pub period: i32,
}

impl Record {
    /// Everything that was done: handovers and turns.
    pub fn deeds(&self) -> Vec<Deed> {
        let handovers = self.handovers.iter().map(|handover| handover.deed);
        handovers.chain(self.turns.iter().copied()).collect()
    }
}
