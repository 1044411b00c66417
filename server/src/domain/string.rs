//! Strings: what came from outside, gifts and grants, and what is attached to each: conditions,
//! reports, data that somebody wants, a wish for a logo, an end (mission E18). What comes is for the
//! collective, never for a person whom the giver names (E17); and what is above the limit that the
//! assembly sets, or cannot be compared with it and is no plain gift, is not booked without a decision
//! (see [`Limit::is_passed`]).

use jiff::Timestamp;

use crate::domain::amount::Amount;
use crate::domain::decision::check_title;
use crate::domain::id::{DecisionId, StringId};
use crate::domain::refusal::Refusal;

/// The limit until the assembly sets another: so many pieces.
const FIRST_LIMIT: u32 = 100;
/// The most characters of each thing that is attached.
const LONGEST: usize = 2_000;
/// The most characters of a unit.
const LONGEST_UNIT: usize = 30;

/// Above which amount an entry needs a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// So much.
    pub amount: Amount,
    /// Of what.
    pub unit: String,
    /// The decision that set it; none for the first one.
    pub decision: Option<DecisionId>,
}

/// Something that came from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// Its id.
    pub id: StringId,
    /// What it is.
    pub what: String,
    /// From whom: an organisation, an office, a shop, somebody outside.
    pub source: String,
    /// How much, if it is a number.
    pub amount: Option<Amount>,
    /// Of what; empty if it is not a number.
    pub unit: String,
    /// How much in words; empty if it is a number.
    pub amount_words: String,
    /// What is attached to it.
    pub attached: Attached,
    /// The decision by which it was taken, if by one.
    pub decision: Option<DecisionId>,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// When it was crossed out, and why: an entry that was wrong stays to be read.
    pub struck: Option<(Timestamp, String)>,
}

/// What is attached to something from outside. What is empty is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// What they want us to do, or not to do.
    pub conditions: String,
    /// Which reports are due, and when.
    pub reports: String,
    /// Which data they ask for.
    pub data_asked: String,
    /// Where they want to see their name or their logo.
    pub logo: String,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
}

/// What somebody hands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// See [`Gift::what`].
    pub what: String,
    /// See [`Gift::source`].
    pub source: String,
    /// How much, as it was typed; empty if it is said in words.
    pub amount: String,
    /// See [`Gift::unit`].
    pub unit: String,
    /// See [`Gift::amount_words`].
    pub amount_words: String,
    /// See [`Attached`].
    pub attached: Attached,
    /// Whether the giver wants it to go to a certain person.
    pub is_for_person: bool,
    /// See [`Gift::decision`].
    pub decision: Option<DecisionId>,
}

impl Attached {
    /// Whether anything is attached: then it is no plain gift.
    pub fn is_any(&self) -> bool {
        [&self.conditions, &self.reports, &self.data_asked, &self.logo]
            .iter()
            .any(|text| !text.is_empty())
    }
}

impl Draft {
    /// Checks all of it. `names` are those of the members: none of them stands in what is said of a
    /// gift, because it is for all.
    pub fn check(self, id: StringId, names: &[String], now: Timestamp) -> Result<Gift, Refusal> {
        let attached = Attached {
            conditions: check_words(&self.attached.conditions)?,
            reports: check_words(&self.attached.reports)?,
            data_asked: check_words(&self.attached.data_asked)?,
            logo: check_words(&self.attached.logo)?,
            ends_at: self.attached.ends_at,
        };
        let (what, source) = (check_title(&self.what)?, check_title(&self.source)?);
        let amount_words = check_words(&self.amount_words)?;
        let said =
            [&what, &amount_words, &attached.conditions, &attached.reports, &attached.data_asked];
        if self.is_for_person || said.iter().any(|text| names_somebody(text, names)) {
            return Err(Refusal::GiftForPerson);
        }
        let (amount, unit) = match self.amount.trim() {
            "" if amount_words.is_empty() => return Err(Refusal::HowMuchMissing),
            "" => (None, String::new()),
            number => (Some(Amount::positive(number)?), check_unit(&self.unit)?),
        };
        let amount_words = if amount.is_some() { String::new() } else { amount_words };
        Ok(Gift {
            id,
            what,
            source,
            amount,
            unit,
            amount_words,
            attached,
            decision: self.decision,
            booked_at: now,
            struck: None,
        })
    }
}

impl Limit {
    /// The limit until the assembly sets another.
    pub fn first() -> Self {
        Self { amount: Amount::from(FIRST_LIMIT), unit: "one".to_owned(), decision: None }
    }

    /// Checks what somebody typed for a new one.
    pub fn new(amount: &str, unit: &str, decision: Option<DecisionId>) -> Result<Self, Refusal> {
        Ok(Self { amount: Amount::zero_or_more(amount)?, unit: check_unit(unit)?, decision })
    }

    /// Whether a gift takes a decision: if its number is above ours, whatever is counted, so that no
    /// unit is chosen to stay below; if no number says how much; and, of what is counted in another
    /// unit than ours and so cannot be compared (two vans, a hall for a year), if anything is
    /// attached to it.
    pub fn is_passed(&self, gift: &Gift) -> bool {
        let is_ours = gift.unit.trim().to_lowercase() == self.unit.trim().to_lowercase();
        match gift.amount {
            None => true,
            Some(amount) => amount > self.amount || (!is_ours && gift.attached.is_any()),
        }
    }
}

/// Whether a text holds the whole name of somebody.
pub fn names_somebody(text: &str, names: &[String]) -> bool {
    let words = |text: &str| {
        let lower = text.to_lowercase();
        let parts = lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    let said = words(text);
    names.iter().map(|name| words(name)).any(|name| {
        !name.is_empty() && said.windows(name.len()).any(|some| some == name.as_slice())
    })
}

fn check_words(typed: &str) -> Result<String, Refusal> {
    let clean: String = typed.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let clean = clean.trim().to_owned();
    if clean.chars().count() > LONGEST { Err(Refusal::NoteTooLong) } else { Ok(clean) }
}

fn check_unit(typed: &str) -> Result<String, Refusal> {
    let unit = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match unit.chars().count() {
        0 => Ok("one".to_owned()),
        length if length > LONGEST_UNIT => Err(Refusal::UnitTooLong),
        _ => Ok(unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            what: "Money for the kitchen".into(),
            source: "Rosa Luna Foundation".into(),
            amount: "500".into(),
            unit: "euros".into(),
            ..Draft::default()
        }
    }

    fn check(draft: Draft) -> Result<Gift, Refusal> {
        let names = ["Kofi Mensah".to_owned(), "Rosa".to_owned()];
        draft.check(StringId::from_number(1), &names, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn e17_a_gift_is_for_all_and_never_for_somebody_who_is_named() {
        assert!(check(draft()).is_ok(), "whoever gives may be called as they are");
        assert_eq!(check(Draft { is_for_person: true, ..draft() }), Err(Refusal::GiftForPerson));
        let conditions = "For the rent of kofi mensah".to_owned();
        let attached = Attached { conditions, ..Attached::default() };
        assert_eq!(check(Draft { attached, ..draft() }), Err(Refusal::GiftForPerson));
        let what = "Shoes for Rosa".to_owned();
        assert_eq!(check(Draft { what, ..draft() }), Err(Refusal::GiftForPerson));
        let what = "Coffee for everybody".to_owned();
        assert!(check(Draft { what, ..draft() }).is_ok());
    }

    #[test]
    fn how_much_is_a_number_or_words() {
        let gift = check(draft()).unwrap();
        assert_eq!((gift.amount.unwrap().to_string(), gift.unit.as_str()), ("500".into(), "euros"));
        let nothing = Draft { amount: String::new(), ..draft() };
        assert_eq!(check(nothing.clone()), Err(Refusal::HowMuchMissing));
        let words = check(Draft { amount_words: "some chairs".into(), ..nothing }).unwrap();
        assert_eq!((words.amount, words.amount_words.as_str()), (None, "some chairs"));
        let odd = Draft { amount: "much".into(), ..draft() };
        assert_eq!(check(odd), Err(Refusal::AmountNotANumber));
    }

    #[test]
    fn e18_above_the_limit_and_without_a_number_a_decision_is_needed() {
        let gift = |amount: &str| check(Draft { amount: amount.into(), ..draft() }).unwrap();
        let limit = Limit::new("100", " Euros ", None).unwrap();
        assert!(!limit.is_passed(&gift("100")) && limit.is_passed(&gift("100.5")));
        let words = Draft { amount: String::new(), amount_words: "much".into(), ..draft() };
        assert!(limit.is_passed(&check(words).unwrap()), "what nobody counted cannot be compared");
    }

    #[test]
    fn e18_vans_are_not_compared_with_euros_and_take_a_decision_if_strings_hang_on_them() {
        let conditions = "A sign on the door".to_owned();
        let attached = Attached { conditions, ..Attached::default() };
        let plain = check(Draft { amount: "2".into(), unit: "vans".into(), ..draft() }).unwrap();
        let tied = Gift { attached: attached.clone(), ..plain.clone() };
        let limit = Limit::new("100", "euros", None).unwrap();
        assert!(!limit.is_passed(&plain) && limit.is_passed(&tied));
        assert!(Limit::first().is_passed(&tied), "nobody has said what is counted");
        let many = check(Draft { amount: "101".into(), unit: "vans".into(), ..draft() }).unwrap();
        assert!(limit.is_passed(&many), "no unit is chosen to stay below");
        let euros = check(Draft { amount: "50".into(), attached, ..draft() }).unwrap();
        assert!(!limit.is_passed(&euros));
    }
}
