//! Small cases that were computed by hand (B.6), laws that hold for every case, and the largest
//! circulation found by trying everything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::attention::{Group, attention, deeds_per_announcement, waiting};
use super::autonomy::{
    Tenure, Term, answered_causes, bus_number, ended_terms, months_in_role, rotation,
};
use super::carriers::{effective_number, gini};
use super::chance::band;
use super::circulation::{Arc, largest};
use super::coverage::coverage;
use super::dice::Dice;
use super::drift::{has_risen, notices};
use super::durability::{Life, Participant, Turns, lasting, stayed, survival};
use super::figures::{Figures, Shown, Why};
use super::flows::{Deed, Flows, PARTS, Party};
use super::functions::{has_no_gap, weeks_covered};
use super::split::Split;
use super::ties::{bridges, new_ties};
use super::*;

const KITCHEN: Party = Party::Pool(1);

fn wide(number: usize) -> u64 {
    number.try_into().unwrap()
}

fn person(number: u64) -> Party {
    Party::Person(number)
}

fn deed(provider: Party, receiver: Party, weight: u32) -> Deed {
    Deed { provider, receiver, weight }
}

fn between(pairs: impl IntoIterator<Item = (u64, u64)>, weight: u32) -> Vec<Deed> {
    pairs.into_iter().map(|(from, to)| deed(person(from), person(to), weight)).collect()
}

fn figures(deeds: &[Deed]) -> Figures {
    Figures::of(&Flows::new(deeds))
}

fn exact(deeds: &[Deed]) -> BTreeMap<&'static str, f64> {
    let value = |shown| match shown {
        Shown::Share(share) => Some(share),
        Shown::Count(count) => Some(number(count)),
        Shown::Hidden(_) => None,
    };
    let exact = figures(deeds).exact();
    exact.into_iter().filter_map(|(name, shown)| Some((name, value(shown)?))).collect()
}

/// Direct, round, common and one-way, two-way, the carriers and how many of them received.
fn row(deeds: &[Deed]) -> [f64; 7] {
    let exact = exact(deeds);
    ["direct", "round", "common", "one_way", "two_way", "carriers", "carriers_received"]
        .map(|name| (exact.get(name).copied().unwrap_or(-1.0) * 100.0).round() / 100.0)
}

fn giving(deeds: &[Deed]) -> (f64, f64) {
    let figures = figures(deeds);
    let round = |value: Option<f64>| (value.unwrap() * 100.0).round() / 100.0;
    (round(figures.unevenness), round(figures.as_if_by))
}

fn star() -> Vec<Deed> {
    between((1..10).map(|to| (0, to)), 3)
}

fn barter() -> Vec<Deed> {
    between((0..5).flat_map(|pair| [(2 * pair, 2 * pair + 1), (2 * pair + 1, 2 * pair)]), 2)
}

fn ring() -> Vec<Deed> {
    between((0..10).map(|from| (from, (from + 1) % 10)), 2)
}

fn burial_fund() -> Vec<Deed> {
    let paid = (0..10).map(|payer| deed(person(payer), KITCHEN, 1));
    paid.chain([3, 8].map(|drawer| deed(KITCHEN, person(drawer), 1))).collect()
}

fn kitchen(cooks: impl Fn(u64) -> bool, eaters: impl Fn(u64) -> bool) -> Vec<Deed> {
    let turns = (0..10).filter(|one| cooks(*one)).map(|cook| deed(person(cook), KITCHEN, 2));
    let meals = (0..10).filter(|one| eaters(*one)).map(|eater| deed(KITCHEN, person(eater), 2));
    turns.chain(meals).collect()
}

#[test]
fn e17_the_rows_that_were_computed_by_hand() {
    let three_helpers = between((0..3).flat_map(|from| (3..10).map(move |to| (from, to))), 1);
    assert_eq!(row(&star()), [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0], "A");
    assert_eq!(row(&three_helpers), [0.0, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0], "B");
    assert_eq!(row(&barter()), [1.0, 0.0, 0.0, 0.0, 1.0, 5.0, 1.0], "C");
    assert_eq!(row(&ring()), [0.0, 1.0, 0.0, 0.0, 1.0, 5.0, 1.0], "D");
    assert_eq!(row(&burial_fund()), [0.0, 0.0, 0.33, 0.67, 0.2, 5.0, 0.2], "F");
    let all = kitchen(|_| true, |_| true);
    assert_eq!(row(&all), [0.0, 0.0, 1.0, 0.0, 1.0, 5.0, 1.0], "H");
    let given = [star(), three_helpers, barter(), ring(), burial_fund(), all];
    let expected = [(1.0, 1.0), (0.78, 3.0), (0.0, 10.0), (0.0, 10.0), (0.0, 10.0), (0.0, 10.0)];
    assert_eq!(given.each_ref().map(|deeds| giving(deeds)), expected);
}

#[test]
fn a_chain_with_one_way_back_hardly_comes_round() {
    // Nine hand on ten times each, and the last returns once to the first: all of it lies on a
    // cycle, and hardly anything comes round.
    let mut chain = between((0..9).map(|from| (from, from + 1)), 10);
    chain.extend(between([(9, 0)], 1));
    let exact = exact(&chain);
    assert!((exact["round"] - 10.0 / 91.0).abs() < 1e-9, "{exact:?}");
    assert!((exact["balance"] - 82.0 / 91.0).abs() < 1e-9, "{exact:?}");
    assert!((exact["closure"] - 10.0 / 82.0).abs() < 1e-9, "{exact:?}");
}

#[test]
fn a_kitchen_where_the_same_three_cook_and_all_eat_does_not_look_mutual() {
    let exact = exact(&kitchen(|one| one < 3, |_| true));
    // Of 26 deeds the three get back what they cook for themselves.
    assert!((exact["common"] - 12.0 / 26.0).abs() < 1e-9, "{exact:?}");
    assert!((exact["two_way"] - 0.3).abs() < 1e-9, "{exact:?}");
    let shut_out = self::exact(&kitchen(|one| one < 3, |one| one >= 3));
    assert_eq!((shut_out["common"], shut_out["one_way"]), (0.0, 1.0));
    // The kitchen takes and gives, its people do one or the other.
    assert_eq!((shut_out["balance"], shut_out["closure"]), (0.3, 0.0));
    assert_eq!(self::exact(&star()).get("closure"), None, "nothing could come round");
}

#[test]
fn a_triangle_beside_a_pair_is_told_apart() {
    let mut deeds = between([(0, 1), (1, 2), (2, 0)], 4);
    deeds.extend(between([(1, 0)], 1));
    // One returns straight, of both sides; the triangle keeps three of four, and the fourth closes
    // by way of the one that returned.
    let split = Split::of(&Flows::new(&deeds));
    assert_eq!((split.all, split.direct, split.circulation()), (13, 2, 12));
}

#[test]
fn outside_is_one_party_of_the_graph_and_no_person() {
    let passed = [
        deed(Party::Outside, person(1), 5),
        deed(person(1), person(2), 5),
        deed(person(2), Party::Outside, 5),
    ];
    let exact = exact(&passed);
    // It came round, and not among people alone.
    assert_eq!((exact["direct"], exact["round"], exact["common"]), (0.0, 0.0, 1.0));
    assert_eq!((exact["one_way"], exact["balance"], exact["closure"]), (0.0, 1.0, 1.0));
    let flows = Flows::new(&passed);
    assert_eq!(flows.from_outside(), Part::new(5, 10));
    assert_eq!(figures(&passed).people, 2);
    assert_eq!((exact["two_way"], exact["carriers"]), (1.0, 1.0));
    // Five came, two of it were handed on, and one went back: one came round, three times.
    let less = [
        deed(Party::Outside, person(1), 5),
        deed(person(1), person(2), 2),
        deed(person(2), Party::Outside, 1),
    ];
    let exact = self::exact(&less);
    assert_eq!((exact["common"], exact["one_way"]), (3.0 / 8.0, 5.0 / 8.0));
    assert_eq!((exact["balance"], exact["closure"]), (0.5, 0.75));
    // What only comes and never goes back went one way, whoever got it.
    let gifts: Vec<Deed> = (0..9).map(|one| deed(Party::Outside, person(one), 2)).collect();
    let exact = self::exact(&gifts);
    assert_eq!((exact["one_way"], exact["balance"]), (1.0, 0.0));
}

#[test]
fn those_who_are_forgotten_are_many_and_answer_nothing() {
    let deeds = [
        deed(Party::Forgotten, person(1), 5),
        deed(person(1), Party::Forgotten, 5),
        deed(person(1), person(2), 2),
        deed(person(2), person(1), 2),
    ];
    let exact = exact(&deeds);
    assert_eq!((exact["direct"], exact["one_way"]), (4.0 / 14.0, 10.0 / 14.0));
    assert_eq!((exact["balance"], exact["closure"]), (4.0 / 14.0, 1.0));
    assert_eq!(figures(&deeds).people, 2);
}

#[test]
fn of_turns_as_many_are_looked_at_as_are_known_to_have_helped_somebody() {
    // Twelve cook twice each, and it is written down whom the kitchen helped nine times.
    let turns = (0..12).map(|cook| deed(person(cook), KITCHEN, 2));
    let soup = (0..9).map(|eater| deed(KITCHEN, person(eater), 1));
    let figures = Figures::of_record(&turns.chain(soup).collect::<Vec<_>>());
    // Nine turns, three quarters of one of everybody, and nine portions: of the nine who ate it
    // comes back as far as their own turns are looked at.
    assert_eq!(figures.split.all, 18 * u64::from(PARTS));
    assert_eq!(figures.split.common, 2 * 9 * u64::from(PARTS) * 3 / 4);
    assert_eq!((figures.people, figures.two_way), (12, Part::new(9, 12)));
    // Where nothing is written down, nothing is said.
    let silent: Vec<Deed> = (0..12).map(|cook| deed(person(cook), KITCHEN, 2)).collect();
    assert_eq!(Figures::of_record(&silent).split.all, 0);
}

#[test]
fn what_somebody_does_for_themselves_is_left_out() {
    let with = [deed(person(1), person(1), 7), deed(person(1), person(2), 1)];
    assert_eq!(Split::of(&Flows::new(&with)).all, 1);
}

#[test]
fn people_too_few_to_count_are_not_counted() {
    let seven = figures(&between((0..7).map(|from| (from, (from + 1) % 7)), 9));
    for (name, shown) in seven.published() {
        assert_eq!(shown, Shown::Hidden(Why::TooFewPeople), "{name}");
    }
    assert!(seven.exact().iter().all(|(_, shown)| !matches!(shown, Shown::Hidden(_))));
    let published: BTreeMap<_, _> = figures(&burial_fund()).published().into_iter().collect();
    assert_eq!(published["one_way"], Shown::Share(0.65));
    assert_eq!(published["common"], Shown::Hidden(Why::SmallCell), "four deeds");
    assert_eq!(published["two_way"], Shown::Hidden(Why::SmallCell), "two people");
    let published: BTreeMap<_, _> = figures(&star()).published().into_iter().collect();
    assert_eq!(published["carriers"], Shown::Hidden(Why::FewCarriers));
    assert_eq!(published["two_way"], Shown::Share(0.0), "nobody is a finding");
    let nearly = figures(&[ring(), between([(0, 10), (1, 11)], 3)].concat());
    let published: BTreeMap<_, _> = nearly.published().into_iter().collect();
    assert_eq!(published["two_way"], Shown::Hidden(Why::NearlyAll), "two stand beside them");
    for (name, shown) in figures(&[]).exact() {
        assert_eq!(shown, Shown::Hidden(Why::Nothing), "{name}");
    }
    assert_eq!([0, 4, 5, 7, 8, 13].map(rounded_count), [0, 4, 5, 5, 10, 15]);
}

#[test]
fn chance_would_bring_more_round_than_a_stream_downhill() {
    // Three ranks: everybody gives to the rank below, and a few of the lowest to the highest.
    let mut dice = Dice::new(7);
    let mut deeds = Vec::new();
    for _ in 0..300 {
        let (from, to) = (dice.below(30), dice.below(30));
        let rank = |one: usize| one / 10;
        let downhill = rank(to) == rank(from) + 1 || (rank(from) == 2 && rank(to) == 0);
        if downhill {
            let weight = if rank(from) == 2 { 1 } else { 5 };
            deeds.push(deed(person(wide(from)), person(wide(to)), weight));
        }
    }
    let exact = exact(&deeds);
    let came = 1.0 - exact["one_way"];
    assert!(came < exact["chance_low"], "{exact:?}");
    assert!(
        exact["chance_low"] <= exact["chance_high"] && exact["chance_high"] <= exact["balance"]
    );
    assert_eq!(band(&Flows::new(&deeds), 1), band(&Flows::new(&deeds), 1), "the same every time");
    // Where everything goes through one kitchen there is nothing to throw.
    let kitchen = self::exact(&kitchen(|_| true, |_| true));
    assert_eq!((kitchen["chance_low"], kitchen["chance_high"]), (1.0, 1.0));
}

#[test]
fn funds_are_asked_who_carries_and_whom_they_cover() {
    let all: BTreeSet<u64> = (0..10).collect();
    let three = (0..3).collect();
    let seven = (3..10).collect();
    assert_eq!(coverage(&all, &all).share(), Some(1.0), "F");
    assert_eq!(coverage(&three, &seven).share(), Some(0.0), "G");
    assert_eq!(coverage(&BTreeSet::new(), &BTreeSet::new()).share(), None);
}

#[test]
fn e24_attention_is_more_even_when_the_least_answered_come_first() {
    let answered = |places: [u64; 10]| {
        let shares = places.map(|filled| number(filled) / 3.0);
        (attention(&shares).unwrap() * 100.0).round()
    };
    assert_eq!(answered([2, 2, 2, 2, 2, 1, 1, 1, 1, 1]), 19.0);
    assert_eq!(answered([3, 3, 3, 3, 3, 0, 0, 0, 0, 0]), 56.0);
    assert_eq!(gini(&[1.0]), None);
    assert_eq!(effective_number(&[0.0, 0.0]), None);
    let group = |hours: u64| Group { waited: vec![hours; 5], unmet: 5 };
    assert_eq!(waiting(&[group(3), group(40), Group::default()]), Some((3, 40)));
    assert_eq!(waiting(&[group(3), Group { waited: vec![90; 4], unmet: 0 }]), None);
    assert_eq!(group(3).unmet().share(), Some(0.5));
    assert_eq!(deeds_per_announcement(30, 20), Some(1.5));
    assert_eq!(deeds_per_announcement(30, 0), None);
}

#[test]
fn duties_last_as_kaplan_and_meier_say() {
    let life = |months, is_over| Life { months, is_over };
    let lives = [
        life(2, true),
        life(3, true),
        life(3, false),
        life(5, false),
        life(6, true),
        life(9, false),
        life(12, true),
        life(14, false),
    ];
    let steps = survival(&lives).unwrap();
    // 7/8, then 6/7 of it, then 3/4 of it, then 1/2 of it.
    let expected = [(2, 0.875), (3, 0.75), (6, 0.5625), (12, 0.28125)];
    let found: Vec<_> = steps.iter().map(|step| (step.months, step.share)).collect();
    assert_eq!(found, expected);
    assert_eq!((lasting(&steps, 1), lasting(&steps, 6)), (1.0, 0.5625));
    assert_eq!(survival(&lives[..7]), None, "too few to say");
    assert_eq!(Turns { due: 48, kept: 47 }.reliability(), Part::new(47, 48));
}

#[test]
fn e27_whoever_was_away_is_not_counted_as_gone() {
    let person = |active: &[u32], away: &[u32]| Participant {
        active: active.iter().copied().collect(),
        away: away.iter().copied().collect(),
    };
    let people = [
        person(&[1, 5, 11], &[]),
        person(&[2], &[]),
        person(&[], &[4, 5, 6, 10, 11, 12]),
        person(&[], &[]),
    ];
    assert_eq!(stayed(&people, 3), Part::new(2, 4));
    assert_eq!(stayed(&people, 6), Part::new(1, 3));
    assert_eq!(stayed(&people, 12), Part::new(1, 3));
}

#[test]
fn e19_one_person_alone_is_an_alarm() {
    let things = |holders: &[&[u64]]| -> Vec<BTreeSet<u64>> {
        holders.iter().map(|people| people.iter().copied().collect()).collect()
    };
    assert_eq!(bus_number(&things(&[&[1, 2], &[1, 2, 3]])), Some(2));
    assert_eq!(bus_number(&things(&[&[1, 2], &[4]])), Some(1));
    assert_eq!(bus_number(&things(&[&[1, 2], &[]])), Some(0));
    assert_eq!(bus_number(&[]), None);
    let term = |months, was_handed_on| Term { months, was_handed_on };
    let terms = [term(6, true), term(12, true), term(30, false)];
    assert_eq!((rotation(&terms), months_in_role(&terms)), (Part::new(2, 3), Some(12)));
}

#[test]
fn terms_of_one_person_that_follow_each_other_are_one_and_only_those_that_ended_count() {
    let month = 365 * 24 * 60 * 60 * 1_000_000 / 12;
    let tenure = |role, holder, from: i64, until: Option<i64>| Tenure {
        role,
        holder: Some(holder),
        from: from * month,
        until: until.map(|until| until * month),
    };
    let tenures = [
        // Twice Ana, then Omar, who still holds it.
        tenure(1, 1, 0, Some(6)),
        tenure(1, 1, 6, Some(12)),
        tenure(1, 2, 12, None),
        // Due, and nobody else took it on.
        tenure(2, 3, 0, Some(12)),
        // Before these months.
        tenure(3, 4, 0, Some(2)),
        tenure(3, 5, 2, None),
        // Two at once, of whom one is named again: nobody took over from the other.
        tenure(4, 6, 0, Some(10)),
        tenure(4, 7, 0, Some(10)),
        tenure(4, 6, 10, None),
    ];
    let term = |months, was_handed_on| Term { months, was_handed_on };
    let ended = [term(12, true), term(12, false), term(10, false)];
    assert_eq!(ended_terms(&tenures, 3 * month), ended);
}

#[test]
fn e20_causes_that_come_back_and_what_answers_them() {
    let causes = [
        (vec![8, 9, 0, 12], true),
        (vec![8, 9, 11, 12], false),
        (vec![8, 0, 0, 12], false),
        (vec![9, 9, 9, 0, 0], true),
    ];
    assert_eq!(answered_causes(&causes), Part::new(1, 2));
}

#[test]
fn e25_two_closed_circles_have_no_bridges() {
    let inside =
        |first: u64| (0..5).flat_map(move |one| (0..5).map(move |two| (first + one, first + two)));
    let meetings: Vec<_> = inside(0).chain(inside(10)).filter(|(one, two)| one != two).collect();
    let groups: BTreeMap<u64, u64> = (0..20).map(|one| (one, one / 10)).collect();
    assert_eq!(bridges(&meetings, &groups), Part::new(0, 40));
    let with_one = [meetings.clone(), vec![(1, 11)]].concat();
    assert_eq!(bridges(&with_one, &groups), Part::new(1, 41));
    assert_eq!(new_ties(&[(1, 2)], &[(2, 1), (1, 3), (3, 1)]), Part::new(1, 3));
}

#[test]
fn e32_weeks_are_counted_and_gaps_are_found() {
    let last = date(2026, 12, 31);
    let every = |days: i32, times: i32| -> Vec<Date> {
        (0..times).map(|time| last.saturating_sub(jiff::Span::new().days(days * time))).collect()
    };
    let mut kitchen = every(7, 54);
    assert_eq!((weeks_covered(&kitchen, last), has_no_gap(&kitchen, 7, last)), (52, true));
    kitchen.drain(10..12);
    assert_eq!((weeks_covered(&kitchen, last), has_no_gap(&kitchen, 7, last)), (50, false));
    let rides = every(30, 12);
    assert_eq!((weeks_covered(&rides, last), has_no_gap(&rides, 30, last)), (12, false));
    assert!(has_no_gap(&every(30, 14), 30, last));
    assert_eq!(weeks_covered(&[], last), 0);
}

/// A share that stays around `level`, in quarters that differ by more than chance alone.
fn noisy(seed: u64, quarters: usize) -> Vec<Part> {
    let mut dice = Dice::new(seed);
    let level = 0.2 + 0.4 * dice.share();
    let unrest = 1.0 + 3.0 * dice.share();
    (0..quarters)
        .map(|_| {
            let whole = 60 + wide(dice.below(120));
            let deviation = (unrest * level * (1.0 - level) / number(whole)).sqrt();
            let share = (level + deviation * dice.around_nothing()).clamp(0.0, 1.0);
            Part::new(
                (0..whole).filter(|_| dice.share() < share).count().try_into().unwrap(),
                whole,
            )
        })
        .collect()
}

#[test]
fn e02_what_does_not_change_is_hardly_ever_asked_about() {
    let asked: Vec<usize> = (0..200).map(|seed| notices(&[&noisy(seed, 8)]).len()).collect();
    let asked: usize = asked.iter().sum();
    assert!(asked <= 10, "{asked} of 200");
}

#[test]
fn e02_a_drift_is_asked_about_once() {
    let drifting: Vec<Part> = [31, 29, 33, 30, 32, 30, 41, 55, 68, 72, 71, 73, 70, 72, 71, 70]
        .map(|part| Part::new(part, 100))
        .to_vec();
    let calm: Vec<Part> = drifting.iter().map(|_| Part::new(20, 100)).collect();
    assert_eq!(notices(&[&drifting, &calm]), [7]);
    assert_eq!(notices(&[&calm, &drifting]), [7]);
    let falling: Vec<Part> = drifting.iter().rev().copied().collect();
    assert_eq!(notices(&[&falling, &calm]), Vec::<usize>::new(), "less one way is no drift");
    let few: Vec<Part> = drifting.iter().map(|_| Part::new(9, 10)).collect();
    assert!(!has_risen(&few[..6]));
    assert!(!has_risen(&drifting[..5]));
}

#[test]
fn two_thousand_people_are_a_small_matter() {
    let mut dice = Dice::new(1);
    let mut arcs = Vec::new();
    for _ in 0..5_000 {
        arcs.push(Arc { from: dice.below(300), to: dice.below(300), weight: 1 });
    }
    let found = largest(300, &arcs);
    assert!(found > 3_000, "{found}");
    // A long way round, and back.
    let long: Vec<Arc> =
        (0..5_000).map(|from| Arc { from, to: (from + 1) % 5_000, weight: 3 }).collect();
    assert_eq!(largest(5_000, &long), 15_000);
    assert_eq!(largest(5_000, &long[1..]), 0);
}

/// The largest circulation, by trying every part of every arc.
fn tried(nodes: usize, arcs: &[Arc]) -> u64 {
    fn go(arcs: &[Arc], rest: &mut Vec<i64>, sum: u64, best: &mut u64) {
        let Some((arc, others)) = arcs.split_first() else {
            if rest.iter().all(|even| *even == 0) {
                *best = sum.max(*best);
            }
            return;
        };
        for part in 0..=arc.weight {
            rest[arc.from] -= i64::from(part);
            rest[arc.to] += i64::from(part);
            go(others, rest, sum + u64::from(part), best);
            rest[arc.from] += i64::from(part);
            rest[arc.to] -= i64::from(part);
        }
    }
    let mut best = 0;
    go(arcs, &mut vec![0; nodes], 0, &mut best);
    best
}

fn small_arcs() -> impl Strategy<Value = Vec<Arc>> {
    let arc = (0..5_usize, 0..5_usize, 1..=3_u32)
        .prop_filter("to somebody else", |(from, to, _)| from != to)
        .prop_map(|(from, to, weight)| Arc { from, to, weight });
    prop::collection::vec(arc, 0..8)
}

fn party() -> impl Strategy<Value = Party> {
    prop_oneof![
        8 => (0..12_u64).prop_map(Party::Person),
        2 => (0..2_u64).prop_map(Party::Pool),
        1 => Just(Party::Outside),
        1 => Just(Party::Forgotten),
    ]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let one = (party(), party(), 1..6_u32).prop_map(|(provider, receiver, weight)| Deed {
        provider,
        receiver,
        weight,
    });
    prop::collection::vec(one, 0..60)
}

fn relabelled(deeds: &[Deed], seed: u64) -> Vec<Deed> {
    let name = |party| match party {
        Party::Person(number) => Party::Person(number.wrapping_mul(2_654_435_761) ^ seed),
        Party::Pool(number) => Party::Pool(number ^ seed),
        many => many,
    };
    let mut named: Vec<Deed> = deeds
        .iter()
        .map(|one| Deed { provider: name(one.provider), receiver: name(one.receiver), ..*one })
        .collect();
    named.reverse();
    named
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_largest_circulation_is_the_one_that_trying_everything_finds(arcs in small_arcs()) {
        prop_assert_eq!(largest(5, &arcs), tried(5, &arcs));
    }

    #[test]
    fn each_part_lies_within_the_next(deeds in deeds()) {
        let flows = Flows::new(&deeds);
        let split = Split::of(&flows);
        let people = split.direct + split.round;
        prop_assert!(split.direct <= people && people <= split.circulation());
        prop_assert!(split.circulation() <= split.most && split.most <= split.all);
        prop_assert_eq!(split.circulation() + split.one_way, split.all);
        if let Some(band) = band(&flows, 1) {
            prop_assert!(band.low <= band.high && band.high <= split.most);
        }
    }

    #[test]
    fn names_and_order_change_nothing(deeds in deeds(), seed in any::<u64>()) {
        let one = figures(&deeds);
        let other = figures(&relabelled(&deeds, seed));
        prop_assert_eq!(one.split, other.split);
        prop_assert_eq!(one.two_way, other.two_way);
        let received = |figures: &Figures| figures.carriers.map_or(0.0, |one| one.received);
        prop_assert!((received(&one) - received(&other)).abs() < 1e-9);
    }

    #[test]
    fn if_everything_is_returned_nothing_goes_one_way(deeds in deeds()) {
        // Whoever is forgotten is not the same one every time: nothing can be returned to them.
        let is_known = |one: &&Deed| ![one.provider, one.receiver].contains(&Party::Forgotten);
        let there: Vec<Deed> = deeds.iter().filter(is_known).copied().collect();
        let back = there.iter().map(|one| deed(one.receiver, one.provider, one.weight));
        let both: Vec<Deed> = there.iter().copied().chain(back).collect();
        prop_assert_eq!(Split::of(&Flows::new(&both)).one_way, 0);
    }

    #[test]
    fn one_more_deed_never_brings_less_round(deeds in deeds(), from in party(), to in party()) {
        let before = Split::of(&Flows::new(&deeds)).circulation();
        let more = [deeds, vec![deed(from, to, 1)]].concat();
        prop_assert!(Split::of(&Flows::new(&more)).circulation() >= before);
    }

    #[test]
    fn what_is_published_is_rounded_or_hidden(deeds in deeds()) {
        for (name, shown) in figures(&deeds).published() {
            if let Shown::Share(share) = shown {
                let steps = share * 20.0;
                prop_assert!((steps - steps.round()).abs() < 1e-9, "{} {}", name, share);
            }
        }
    }
}
