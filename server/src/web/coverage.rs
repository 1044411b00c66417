//! How far a need or an offer is covered: in words, which carry everything, and as a bar that
//! repeats them.

use crate::domain::amount::Amount;
use crate::domain::neighbour::NeighbourProposal;
use crate::domain::proposal::{Proposal, Purpose};
use crate::web::words::Words;

/// Up to so many pieces, each gets a mark on the bar.
const MOST_TICKS: usize = 20;

/// What the words and the bar show.
pub struct Coverage {
    /// Need or offer.
    pub is_need: bool,
    /// Whether nothing more is looked for: then what came is said, and not what is open.
    pub is_over: bool,
    /// All of it, with its unit.
    pub needed: String,
    /// What is promised or came.
    pub promised: String,
    /// What is still open, with its unit; none if nothing is.
    pub open: Option<String>,
    /// What waits in reserve.
    pub reserve: Option<String>,
    /// What came, as a sentence.
    pub came: Option<String>,
    /// The bar.
    pub needed_width: String,
    /// The part that came.
    pub came_width: String,
    /// The part that is promised and has not come.
    pub promised_x: String,
    /// Its width.
    pub promised_width: String,
    /// The part in reserve, beyond what is needed.
    pub reserve_x: String,
    /// Its width.
    pub reserve_width: String,
    /// Marks between the pieces: a path on a canvas of 100 by 1; empty if there would be too many.
    pub ticks: String,
}

/// The numbers behind it.
struct Numbers<'a> {
    is_over: bool,
    asked: Amount,
    unit: &'a str,
    promised: Amount,
    reserved: Amount,
    came_low: Amount,
    came_high: Amount,
}

/// How far one of ours is covered; none if no amount was asked for.
pub fn of_ours(words: &Words<'_>, proposal: &Proposal) -> Option<Coverage> {
    let quantity = proposal.content.quantity.as_ref()?;
    let is_over = proposal.was_published() && !proposal.is_open();
    let numbers = Numbers {
        is_over,
        asked: quantity.amount,
        unit: &quantity.unit,
        promised: proposal.coverage.promised,
        // What is over needs no reserve.
        reserved: if is_over { Amount::ZERO } else { proposal.coverage.reserved },
        came_low: proposal.coverage.came_low,
        came_high: proposal.coverage.came_high,
    };
    Some(numbers.coverage(words, proposal.purpose))
}

/// How far a neighbour's is covered; none if they named no amount, or closed it: then they say that
/// nothing is open, and not how much came.
pub fn of_neighbours(words: &Words<'_>, proposal: &NeighbourProposal) -> Option<Coverage> {
    let asked = proposal.amount.filter(|_| !proposal.finished)?;
    let numbers = Numbers {
        is_over: !proposal.is_open(words.now),
        asked,
        unit: proposal.unit.as_deref().unwrap_or("one"),
        promised: asked - proposal.open.unwrap_or(asked),
        reserved: Amount::ZERO,
        came_low: Amount::ZERO,
        came_high: Amount::ZERO,
    };
    Some(numbers.coverage(words, proposal.purpose))
}

impl Numbers<'_> {
    fn coverage(&self, words: &Words<'_>, purpose: Purpose) -> Coverage {
        let open = self.asked - self.promised;
        let whole = self.asked + self.reserved;
        let share = |amount: Amount| amount.percent_of(whole);
        // What came counts at the lower count; more than was asked for does not stick out.
        let came_width = share(self.came_low.min(self.promised));
        let promised = share(self.promised);
        let needed = share(self.asked);
        let came = words.came(self.came_low, self.came_high, self.asked, self.unit);
        let some = |amount: Amount, said: String| (!amount.is_zero()).then_some(said);
        Coverage {
            is_need: purpose == Purpose::Need,
            is_over: self.is_over,
            needed: words.amount(self.asked, self.unit),
            promised: words.number(self.promised),
            open: some(open, words.amount(open, self.unit)),
            reserve: some(self.reserved, words.number(self.reserved)),
            came: came.map(|came| if self.is_over { capital(&came) } else { came }),
            needed_width: percent(needed),
            came_width: percent(came_width),
            promised_x: percent(came_width),
            promised_width: percent(promised.saturating_sub(came_width)),
            reserve_x: percent(needed),
            reserve_width: percent(100_u8.saturating_sub(needed)),
            ticks: self.ticks(whole),
        }
    }

    fn ticks(&self, whole: Amount) -> String {
        let pieces = std::iter::successors(Some(Amount::ONE), |piece| Some(*piece + Amount::ONE));
        let inside = pieces.take(MOST_TICKS).take_while(|piece| *piece < self.asked);
        let ticks: Vec<_> =
            inside.map(|piece| format!("M{} 0v1", piece.percent_of(whole))).collect();
        if ticks.len() < MOST_TICKS { ticks.concat() } else { String::new() }
    }
}

/// As it stands at the beginning of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn percent(number: u8) -> String {
    format!("{number}%")
}
