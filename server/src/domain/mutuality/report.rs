//! The figures of some months in three groups that are never added up (E0b): *Do we carry each
//! other?*, *Will it be here next year?*, *Whose hands is it in?* A report is what is frozen when a
//! quarter is over, and what the page and the command line show.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::domain::mutuality::attention::{attention, deeds_per_announcement, waiting};
use crate::domain::mutuality::autonomy::{answered_causes, bus_number, months_in_role, rotation};
use crate::domain::mutuality::carriers::effective_number;
use crate::domain::mutuality::durability::{MOMENTS, lasting, stayed, survival};
use crate::domain::mutuality::figures::{Figure, Figures, Shown, Why, whole};
use crate::domain::mutuality::flows::{Flows, Party};
use crate::domain::mutuality::functions::{has_no_gap, weeks_covered};
use crate::domain::mutuality::record::{Need, Record};
use crate::domain::mutuality::ties::{Meeting, bridges, new_ties};
use crate::domain::mutuality::{FEWEST_PEOPLE, Part, SMALLEST_CELL, number};

/// For how many months figures are computed; nothing shorter is (B.0, rule 4).
pub const WINDOWS: [i32; 3] = [3, 12, 60];
/// After so many months it is asked how many duties are still kept.
const A_YEAR: u32 = 12;

/// The figures of some months.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Each figure by its name.
    pub figures: BTreeMap<String, Shown>,
    /// What would be missed, by its word: in how many weeks it was there, and whether it has run
    /// for more than a year without a gap.
    pub functions: BTreeMap<String, (u32, bool)>,
    /// The turns of each week, the newest last: how many were kept, of how many.
    pub weeks: Vec<Part>,
}

impl Report {
    /// Computes it; `last` is the last day of the months.
    pub fn of(record: &Record, last: Date) -> Self {
        let deeds = record.deeds();
        let carried = Figures::of_record(&deeds);
        let mut figures: BTreeMap<String, Shown> =
            carried.published().into_iter().map(|(name, shown)| (name.to_owned(), shown)).collect();
        let people = active(record);
        // Two kinds of people are too few to count: those who did anything, and those who were
        // here.
        let is_too_few = carried.people < FEWEST_PEOPLE;
        for (name, figure) in more(record, &Flows::new(&deeds), &carried, &people) {
            let shown = match is_too_few {
                true => Shown::Hidden(Why::TooFewPeople),
                false => figure.published(),
            };
            figures.insert(name.to_owned(), shown);
        }
        if is_too_few {
            return Self { figures, ..Self::default() };
        }
        let functions = record.functions.iter().map(|function| {
            let weeks = weeks_covered(&function.days, last);
            let no_gap = has_no_gap(&function.days, function.period, last);
            (function.word.clone(), (weeks, no_gap))
        });
        Self { figures, functions: functions.collect(), weeks: record.weeks.clone() }
    }

    /// A figure; nothing where it was not known yet when the report was made.
    pub fn get(&self, name: &str) -> Shown {
        self.figures.get(name).copied().unwrap_or(Shown::Hidden(Why::Nothing))
    }

    /// Whether there were too few people to count.
    pub fn is_too_few(&self) -> bool {
        self.get("one_way") == Shown::Hidden(Why::TooFewPeople)
    }

    /// For storage: a line for each.
    pub fn to_text(&self) -> String {
        let figures =
            self.figures.iter().map(|(name, shown)| format!("figure {name} {}", shown.to_text()));
        let functions = self
            .functions
            .iter()
            .map(|(word, (weeks, no_gap))| format!("function {weeks} {no_gap} {word}"));
        let weeks = self.weeks.iter().map(|week| format!("week {} {}", week.part, week.whole));
        figures.chain(functions).chain(weeks).collect::<Vec<_>>().join("\n")
    }

    /// Reads what was stored; none if it cannot be read.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut report = Self::default();
        for line in text.lines() {
            let (kind, rest) = line.split_once(' ')?;
            let (first, rest) = rest.split_once(' ')?;
            match kind {
                "figure" => {
                    report.figures.insert(first.to_owned(), Shown::from_text(rest)?);
                }
                "function" => {
                    let (no_gap, word) = rest.split_once(' ')?;
                    let found = (first.parse().ok()?, no_gap.parse().ok()?);
                    report.functions.insert(word.to_owned(), found);
                }
                "week" => report.weeks.push(Part::new(first.parse().ok()?, rest.parse().ok()?)),
                _ => return None,
            }
        }
        Some(report)
    }
}

/// The figures beside those of [`Figures`].
fn more(
    record: &Record,
    flows: &Flows,
    carried: &Figures,
    people: &BTreeSet<u64>,
) -> Vec<(&'static str, Figure)> {
    let mut all = asking_and_turns(record, carried, people);
    all.extend(lasting_figures(record));
    all.extend(hands(record, flows));
    all
}

fn asking_and_turns(
    record: &Record,
    carried: &Figures,
    people: &BTreeSet<u64>,
) -> Vec<(&'static str, Figure)> {
    let asked: BTreeSet<u64> = record.needs.iter().filter_map(|need| need.asker).collect();
    let of = |group: &BTreeSet<u64>| {
        Part::new(count(group.intersection(&asked).count()), count(group.len()))
    };
    let turns = turns_by_person(record);
    let kept: u64 = turns.values().sum();
    let known = known_turns(record);
    let handovers = count(record.handovers.len());
    let guarded = record.handovers.iter().filter(|handover| handover.is_protected).count();
    vec![
        ("as_if_by", Figure::AsIfBy(carried.as_if_by)),
        ("asked", Figure::OfPeople(of(people))),
        ("asked_roles", Figure::OfPeople(of(&record.role_holders))),
        ("turn_hands", Figure::People(count(turns.len()))),
        ("turns_as_if_by", Figure::AsIfBy(effective(turns.values()))),
        ("turns_unknown", Figure::of_deeds(Part::new(kept.saturating_sub(known), kept))),
        ("confirmed", Figure::of_deeds(Part::new(handovers, record.spoken_of.max(handovers)))),
        ("guarded", Figure::of_deeds(Part::new(count(guarded), handovers))),
    ]
}

fn lasting_figures(record: &Record) -> Vec<(&'static str, Figure)> {
    let turns = count(record.turns.len());
    let all = turns + count(record.handovers.len());
    let by_duty = record.handovers.iter().filter(|handover| handover.by_duty).count();
    let in_round = record.handovers.iter().filter(|handover| handover.in_round).count();
    let steps = survival(&record.lives);
    let for_ten = deeds_per_announcement(all, record.announcements).map(|deeds| deeds * 10.0);
    let mut figures = vec![
        ("standing", Figure::of_deeds(Part::new(turns + count(by_duty), all))),
        ("crisis", Figure::of_deeds(Part::new(count(in_round), all))),
        ("reliability", Figure::of_deeds(record.plan.reliability())),
        ("cover", Figure::of_deeds(record.cover)),
        ("exempt", Figure::OfPeople(record.exempt)),
        ("lasting", Figure::PlainShare(steps.map(|steps| lasting(&steps, A_YEAR)))),
        ("new_ties", Figure::of_deeds(new_ties(&record.met_before, &meetings(record)))),
        ("bridges", Figure::of_deeds(bridges(&meetings(record), &record.languages))),
        ("deeds_for_ten", Figure::Plain(for_ten.and_then(whole))),
    ];
    for (name, months) in ["stayed_3", "stayed_6", "stayed_12"].into_iter().zip(MOMENTS) {
        let part = match &record.round {
            Some((people, ago)) if *ago >= months => stayed(people, months),
            _ => Part::default(),
        };
        figures.push((name, Figure::OfPeople(part)));
    }
    figures
}

fn hands(record: &Record, flows: &Flows) -> Vec<(&'static str, Figure)> {
    let needs = count(record.needs.len());
    let those = |is: &dyn Fn(&Need) -> bool| {
        Part::new(count(record.needs.iter().filter(|need| is(need)).count()), needs)
    };
    let holds_role = |need: &Need| need.asker.is_some_and(|one| record.role_holders.contains(&one));
    let answered: Vec<f64> = record.needs.iter().map(|need| need.answered).collect();
    let unmet = record.kinds.iter().fold(Part::default(), |sum, kind| {
        Part::new(sum.part + kind.unmet().part, sum.whole + kind.unmet().whole)
    });
    let (hours, by_language) = (waiting(&record.kinds), waiting(&record.by_language));
    let coordinated = record.coordinated.iter().filter(|acts| **acts > 0);
    vec![
        ("bus", Figure::Plain(bus_number(&record.holders))),
        ("rotation", Figure::of_deeds(rotation(&record.terms))),
        ("months_in_role", Figure::Plain(months_in_role(&record.terms))),
        ("coordinating_as_if_by", Figure::AsIfBy(effective(coordinated))),
        ("outside", Figure::of_deeds(flows.from_outside())),
        ("strings", Figure::of_deeds(record.strings)),
        ("causes_answered", Figure::PlainShare(answered_causes(&record.causes).share())),
        ("newcomers", Figure::of_deeds(those(&|need| need.is_new))),
        ("outside_core", Figure::of_deeds(those(&|need| !holds_role(need)))),
        ("attention", Figure::PlainShare(attention(&answered).filter(|_| needs >= SMALLEST_CELL))),
        ("unmet", Figure::of_deeds(unmet)),
        ("fastest", Figure::Plain(hours.map(|(fastest, _)| fastest))),
        ("slowest", Figure::Plain(hours.map(|(_, slowest)| slowest))),
        ("fastest_language", Figure::Plain(by_language.map(|(fastest, _)| fastest))),
        ("slowest_language", Figure::Plain(by_language.map(|(_, slowest)| slowest))),
    ]
}

/// Everybody who did, got or asked anything.
fn active(record: &Record) -> BTreeSet<u64> {
    let deeds = record.deeds();
    let sides = deeds.iter().flat_map(|deed| [deed.provider, deed.receiver]);
    let people = sides.filter_map(|party| match party {
        Party::Person(number) => Some(number),
        Party::Pool(_) | Party::Outside | Party::Forgotten => None,
    });
    people.chain(record.needs.iter().filter_map(|need| need.asker)).collect()
}

fn turns_by_person(record: &Record) -> BTreeMap<Party, u64> {
    let mut turns: BTreeMap<Party, u64> = BTreeMap::new();
    for turn in &record.turns {
        *turns.entry(turn.provider).or_default() += u64::from(turn.weight);
    }
    turns
}

/// Of how many turns it is known that they helped somebody: as many as each pool is known to have
/// given.
fn known_turns(record: &Record) -> u64 {
    let mut pools: BTreeMap<Party, (u64, u64)> = BTreeMap::new();
    for deed in record.deeds() {
        pools.entry(deed.receiver).or_default().0 += u64::from(deed.weight);
        pools.entry(deed.provider).or_default().1 += u64::from(deed.weight);
    }
    let only_pools = pools.into_iter().filter(|(party, _)| matches!(party, Party::Pool(_)));
    only_pools.map(|(_, (got, gave))| got.min(gave)).sum()
}

/// Between whom something was done, in order.
fn meetings(record: &Record) -> Vec<Meeting> {
    let both = record.handovers.iter().map(|handover| {
        match (handover.deed.provider, handover.deed.receiver) {
            (Party::Person(one), Party::Person(other)) => Some((one, other)),
            _ => None,
        }
    });
    both.flatten().collect()
}

fn effective<'a>(amounts: impl Iterator<Item = &'a u64>) -> Option<f64> {
    let amounts: Vec<f64> = amounts.map(|amount| number(*amount)).collect();
    effective_number(&amounts)
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
