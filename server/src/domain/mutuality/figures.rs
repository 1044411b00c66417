//! The figures of the first group, *Do we carry each other?*, as they may be shown: rounded, and
//! without those behind which too few stand (B.0, rule 5). There is no figure that adds others up.

use crate::domain::mutuality::carriers::{Carriers, carriers, effective_number, gini, two_way};
use crate::domain::mutuality::chance::{Band, band};
use crate::domain::mutuality::flows::{Deed, Flows, PARTS, traced};
use crate::domain::mutuality::split::Split;
use crate::domain::mutuality::{
    FEWEST_PEOPLE, Part, SMALLEST_CELL, number, rounded, rounded_count,
};

/// What was computed of the deeds of some months.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The weight of one deed in the counts of `split` and `chance`.
    pub unit: u32,
    /// How many people gave or received anything.
    pub people: u64,
    /// How what was done went.
    pub split: Split,
    /// What chance would give.
    pub chance: Option<Band>,
    /// Those who both gave and received.
    pub two_way: Part,
    /// Those who carried half.
    pub carriers: Option<Carriers>,
    /// How unevenly giving is spread.
    pub unevenness: Option<f64>,
    /// As if by how many people it were carried.
    pub as_if_by: Option<f64>,
}

/// A figure as it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    /// A share, from 0 to 1.
    Share(f64),
    /// A count of people.
    Count(u64),
    /// Nothing, and why.
    Hidden(Why),
}

/// Why a figure is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// Nothing was done of which it could be a share.
    Nothing,
    /// Fewer than eight people took part, or there are fewer than five of the kind in question.
    TooFewPeople,
    /// Fewer than five stand behind it.
    SmallCell,
    /// All but fewer than five people stand behind it.
    NearlyAll,
    /// Half of the work is carried by fewer than five people. That is the finding.
    FewCarriers,
}

impl Why {
    /// The word for storage, the command line and the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::TooFewPeople => "too_few_people",
            Self::SmallCell => "small_cell",
            Self::NearlyAll => "nearly_all",
            Self::FewCarriers => "few_carriers",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Nothing,
            Self::TooFewPeople,
            Self::SmallCell,
            Self::NearlyAll,
            Self::FewCarriers,
        ];
        all.into_iter().find(|why| why.word() == word)
    }
}

impl Figures {
    /// Computes them of a table of deeds, in which everything is written down.
    pub fn of(flows: &Flows) -> Self {
        Self::compute(flows, flows, 1)
    }

    /// Computes them of what the collective has on record. Who gave and who received counts in
    /// full; what goes round is asked only of what is [`traced`].
    pub fn of_record(deeds: &[Deed]) -> Self {
        Self::compute(&Flows::new(deeds), &Flows::new(&traced(deeds)), PARTS)
    }

    fn compute(everything: &Flows, flows: &Flows, unit: u32) -> Self {
        let people = everything.people();
        let gave: Vec<f64> = people.iter().map(|person| number(person.gave)).collect();
        let two_way = two_way(&people);
        Self {
            unit,
            people: two_way.whole,
            split: Split::of(flows),
            chance: band(flows, unit),
            two_way,
            carriers: carriers(&people),
            unevenness: gini(&gave),
            as_if_by: effective_number(&gave),
        }
    }

    /// Each with its name, as it may be published.
    pub fn published(&self) -> Vec<(&'static str, Shown)> {
        let is_too_few = self.people < FEWEST_PEOPLE;
        let decide = |figure: Figure| {
            if is_too_few { Shown::Hidden(Why::TooFewPeople) } else { figure.published() }
        };
        self.list().into_iter().map(|(name, figure)| (name, decide(figure))).collect()
    }

    /// Each with its name, unrounded, and whoever stands behind it: for those who have the deeds
    /// themselves.
    pub fn exact(&self) -> Vec<(&'static str, Shown)> {
        self.list().into_iter().map(|(name, figure)| (name, figure.exact())).collect()
    }

    fn list(&self) -> [(&'static str, Figure); 11] {
        let split = &self.split;
        let unit = u64::from(self.unit);
        let of_deeds = |part: Part| Figure::OfDeeds { part, deeds: part.part / unit };
        let of_all = |part: u64| of_deeds(split.part(part));
        let band = |end: fn(&Band) -> u64| of_all(self.chance.as_ref().map_or(0, end));
        [
            ("direct", of_all(split.direct)),
            ("round", of_all(split.round)),
            ("common", of_all(split.common)),
            ("one_way", of_all(split.one_way)),
            ("balance", of_deeds(split.balance())),
            ("closure", of_deeds(split.closure())),
            ("chance_low", band(|band| band.low)),
            ("chance_high", band(|band| band.high)),
            ("two_way", Figure::OfPeople(self.two_way)),
            ("carriers", Figure::Carriers(self.carriers)),
            ("carriers_received", Figure::CarriersReceived(self.carriers)),
        ]
    }
}

/// What a figure is made of, which decides when it may be shown.
#[derive(Clone, Copy, Debug)]
pub enum Figure {
    /// A share of deeds, turns, terms or entries, and how many whole ones the part is.
    OfDeeds {
        /// The share.
        part: Part,
        /// The whole deeds of the part.
        deeds: u64,
    },
    /// A share of people.
    OfPeople(Part),
    /// How many people there are of some kind.
    People(u64),
    /// As if by how many people something were carried; none of nothing.
    AsIfBy(Option<f64>),
    /// A number behind which nobody stands who could be pointed at; none of nothing.
    Plain(Option<u64>),
    /// A share behind which nobody stands who could be pointed at; none of nothing.
    PlainShare(Option<f64>),
    /// How many carried half of the work.
    Carriers(Option<Carriers>),
    /// Those of them who received.
    CarriersReceived(Option<Carriers>),
}

impl Figure {
    /// A share of deeds that are counted one by one.
    pub fn of_deeds(part: Part) -> Self {
        Self::OfDeeds { part, deeds: part.part }
    }

    /// As it is.
    pub fn exact(&self) -> Shown {
        let found = match self {
            Self::OfDeeds { part, .. } | Self::OfPeople(part) => part.share().map(Shown::Share),
            Self::People(count) => Some(Shown::Count(*count)),
            Self::AsIfBy(number) => number.and_then(whole).map(Shown::Count),
            Self::Plain(count) => count.map(Shown::Count),
            Self::PlainShare(share) => share.map(Shown::Share),
            Self::Carriers(carriers) => carriers.map(|carriers| Shown::Count(carriers.size)),
            Self::CarriersReceived(carriers) => {
                carriers.map(|carriers| Shown::Share(carriers.received))
            }
        };
        found.unwrap_or(Shown::Hidden(Why::Nothing))
    }

    /// As it may be published.
    pub fn published(&self) -> Shown {
        let is_few = |count: u64| count > 0 && count < SMALLEST_CELL;
        let why = match self {
            Self::OfDeeds { part, deeds } if part.part > 0 && *deeds < SMALLEST_CELL => {
                Some(Why::SmallCell)
            }
            // A group so small that nothing at all can be said of it.
            Self::OfPeople(part) if is_few(part.whole) => Some(Why::TooFewPeople),
            Self::OfPeople(part) if is_few(part.part) => Some(Why::SmallCell),
            Self::OfPeople(part) if is_few(part.whole - part.part.min(part.whole)) => {
                Some(Why::NearlyAll)
            }
            Self::People(count) if is_few(*count) => Some(Why::SmallCell),
            Self::Carriers(Some(few)) | Self::CarriersReceived(Some(few)) if is_few(few.size) => {
                Some(Why::FewCarriers)
            }
            _ => None,
        };
        match (why, self.exact()) {
            (Some(why), _) => Shown::Hidden(why),
            (None, Shown::Share(share)) => Shown::Share(rounded(share)),
            (None, Shown::Count(count)) if self.counts_people() => {
                Shown::Count(rounded_count(count))
            }
            (None, shown) => shown,
        }
    }

    fn counts_people(&self) -> bool {
        matches!(self, Self::People(_) | Self::AsIfBy(_) | Self::Carriers(_))
    }
}

/// The nearest whole number.
pub fn whole(value: f64) -> Option<u64> {
    format!("{value:.0}").parse().ok()
}

impl Shown {
    /// For storage.
    pub fn to_text(self) -> String {
        match self {
            Self::Share(share) => format!("share {share}"),
            Self::Count(count) => format!("count {count}"),
            Self::Hidden(why) => format!("hidden {}", why.word()),
        }
    }

    /// Reads what was stored.
    pub fn from_text(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("share", share) => share.parse().ok().map(Self::Share),
            ("count", count) => count.parse().ok().map(Self::Count),
            ("hidden", why) => Why::from_word(why).map(Self::Hidden),
            _ => None,
        }
    }
}
