//! The figures of a large collective: `cargo bench --bench mutuality`. The limit is two seconds for
//! 2,000 people and 50,000 deeds, the band of chance included.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use mutuals::domain::mutuality::circulation::largest;
use mutuals::domain::mutuality::dice::Dice;
use mutuals::domain::mutuality::figures::Figures;
use mutuals::domain::mutuality::flows::{Deed, Flows, Party};

const PEOPLE: usize = 2_000;
const DEEDS: usize = 50_000;
const POOLS: usize = 5;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(20))
        .configure_from_args();
    for (name, deeds) in [("even", even()), ("uneven", uneven())] {
        let flows = Flows::new(&deeds);
        criterion.bench_function(&format!("the largest circulation ({name})"), |b| {
            b.iter(|| largest(flows.nodes(), black_box(flows.known())));
        });
        criterion.bench_function(&format!("all figures with the band ({name})"), |b| {
            b.iter(|| Figures::of(&Flows::new(black_box(&deeds))));
        });
    }
    criterion.final_summary();
}

/// Everybody gives as much as everybody else; one deed of three goes through something in common.
fn even() -> Vec<Deed> {
    let mut dice = Dice::new(1);
    (0..DEEDS)
        .map(|_| {
            let (one, other) = (dice.below(PEOPLE), dice.below(PEOPLE));
            deed(&mut dice, one, other)
        })
        .collect()
}

/// Few give much and few receive much, and they are not the same.
fn uneven() -> Vec<Deed> {
    let mut dice = Dice::new(2);
    (0..DEEDS)
        .map(|_| {
            let (high, low) = (dice.below(PEOPLE) + 1, dice.below(PEOPLE) + 1);
            let (one, other) = (dice.below(high), PEOPLE - 1 - dice.below(low));
            deed(&mut dice, one, other)
        })
        .collect()
}

fn deed(dice: &mut Dice, from: usize, to: usize) -> Deed {
    let person = |number: usize| Party::Person(u64::try_from(number).unwrap_or_default());
    let pool = Party::Pool(u64::try_from(dice.below(POOLS)).unwrap_or_default());
    let (provider, receiver) = match dice.below(6) {
        0 => (person(from), pool),
        1 => (pool, person(to)),
        _ => (person(from), person(to)),
    };
    Deed { provider, receiver, weight: 1 }
}
