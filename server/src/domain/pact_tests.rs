//! A pact is the same for both sides, whatever happened to their words on the way.

use proptest::prelude::*;

use super::*;
use crate::domain::id::Id;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn pact(number: i64) -> Pact {
    Pact::new(Id::from_number(number), Id::from_number(number), at(0))
}

/// What the other side sees.
fn mirrored(state: PactState) -> PactState {
    match state {
        PactState::Asked => PactState::AsksUs,
        PactState::AsksUs => PactState::Asked,
        PactState::Paused { by_us, by_them } => {
            PactState::Paused { by_us: by_them, by_them: by_us }
        }
        PactState::Declined { by_us } => PactState::Declined { by_us: !by_us },
        same => same,
    }
}

#[test]
fn a_proposal_is_accepted_paused_resumed_and_ended() {
    let (mut ring, mut mill) = (pact(1), pact(2));
    ring.propose(at(1)).unwrap();
    assert_eq!(ring.state(), PactState::Asked);
    assert!(mill.hear(ring.ours, at(1)));
    assert_eq!(mill.state(), PactState::AsksUs);
    mill.accept(at(2)).unwrap();
    assert!(mill.is_active());
    assert!(ring.hear(mill.ours, at(2)) && ring.is_active());
    mill.pause(at(3)).unwrap();
    assert!(ring.hear(mill.ours, at(3)));
    assert_eq!(ring.state(), PactState::Paused { by_us: false, by_them: true });
    assert_eq!(ring.resume(at(3)), Err(Refusal::PactNotPaused));
    ring.pause(at(4)).unwrap();
    mill.resume(at(4)).unwrap();
    assert!(ring.hear(mill.ours, at(4)) && mill.hear(ring.ours, at(4)));
    assert_eq!(mill.state(), PactState::Paused { by_us: false, by_them: true });
    ring.end(at(5)).unwrap();
    assert!(mill.hear(ring.ours, at(5)));
    assert_eq!((ring.state(), mill.state()), (PactState::Ended, PactState::Ended));
    assert!(!mill.hear(ring.ours, at(6)), "the same word twice has one effect");
    mill.propose(at(7)).unwrap();
    assert!(ring.hear(mill.ours, at(7)));
    assert_eq!(ring.state(), PactState::AsksUs, "a wish after the end is a new proposal");
    ring.decline(at(8)).unwrap();
    assert!(mill.hear(ring.ours, at(8)));
    assert_eq!(mill.state(), PactState::Declined { by_us: false });
    assert_eq!(ring.state(), PactState::Declined { by_us: true });
}

#[test]
fn a_yes_that_crosses_the_end_revives_nothing() {
    let (mut ring, mut mill) = (pact(1), pact(2));
    ring.propose(at(1)).unwrap();
    mill.hear(ring.ours, at(1));
    mill.accept(at(2)).unwrap();
    ring.end(at(3)).unwrap();
    ring.hear(mill.ours, at(4));
    mill.hear(ring.ours, at(4));
    assert_eq!((ring.state(), mill.state()), (PactState::Ended, PactState::Ended));
}

#[test]
fn both_may_propose_at_the_same_time() {
    let (mut ring, mut mill) = (pact(1), pact(2));
    ring.propose(at(1)).unwrap();
    mill.propose(at(1)).unwrap();
    ring.hear(mill.ours, at(2));
    mill.hear(ring.ours, at(2));
    assert!(ring.is_active() && mill.is_active());
}

#[test]
fn numbers_stay_in_bounds_and_grow_although_the_clock_does_not() {
    assert_eq!(next(5, at(0)), at(0).as_microsecond());
    assert_eq!(next(at(9).as_microsecond(), at(0)), at(9).as_microsecond() + 1);
    assert_eq!(next(i64::MAX, at(0)), MOST);
    let mut ring = pact(1);
    ring.hear(Word { stance: Stance::Wanted, sequence: MOST, round: MOST }, at(1));
    ring.accept(at(2)).unwrap();
    assert!(ring.is_active());
    ring.end(at(3)).unwrap();
    assert!(!ring.is_active(), "nobody can make a pact that cannot be ended");
}

#[test]
fn what_is_not_there_cannot_be_answered_paused_or_ended() {
    let mut ring = pact(1);
    assert_eq!(ring.accept(at(1)), Err(Refusal::NoPactProposed));
    assert_eq!(ring.decline(at(1)), Err(Refusal::NoPactProposed));
    assert_eq!(ring.pause(at(1)), Err(Refusal::PactNotActive));
    assert_eq!(ring.end(at(1)), Err(Refusal::PactNotActive));
    assert!(!ring.share(Shares { needs: false, ..Shares::ALL }, at(1)), "nobody is told yet");
    ring.propose(at(1)).unwrap();
    assert!(ring.share(Shares::ALL, at(2)));
    assert_eq!(ring.state(), PactState::Asked);
    assert_eq!(Shares::ALL.words(), ["needs", "offers", "availability"]);
}

#[test]
fn words_read_back() {
    for stance in Stance::ALL {
        assert_eq!(Stance::from_word(stance.word()), Some(stance));
    }
    assert_eq!(Stance::from_word("WANTED"), None);
}

/// Something happens: a side acts, or a word that was said at some time arrives (again).
#[derive(Clone, Debug)]
enum Step {
    Act { ring: bool, verb: u8 },
    Arrive { to_ring: bool, which: prop::sample::Index },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<bool>(), 0..7_u8).prop_map(|(ring, verb)| Step::Act { ring, verb }),
        (any::<bool>(), any::<prop::sample::Index>())
            .prop_map(|(to_ring, which)| Step::Arrive { to_ring, which }),
    ]
}

fn act(pact: &mut Pact, verb: u8, now: Timestamp) {
    // What is refused says nothing, and is part of the story too.
    let _ = match verb {
        0 => pact.propose(now),
        1 => pact.accept(now),
        2 => pact.decline(now),
        3 => pact.pause(now),
        4 => pact.resume(now),
        5 => pact.end(now),
        _ => Ok(_ = pact.share(Shares { needs: !pact.shares.needs, ..pact.shares }, now)),
    };
}

proptest! {
    /// Whatever both sides do, and however their words are lost, repeated and mixed up: once the
    /// last word of each has arrived, both see the same.
    #[test]
    fn both_sides_agree_once_the_last_words_are_there(
        steps in prop::collection::vec(step(), 0..40),
        order in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle(),
        clocks in (0..5_000_i64, 0..5_000_i64),
    ) {
        let (mut ring, mut mill) = (pact(1), pact(2));
        let (mut of_ring, mut of_mill) = (vec![Word::NOTHING], vec![Word::NOTHING]);
        for (second, step) in (0..).zip(steps) {
            match step {
                Step::Act { ring: true, verb } => {
                    act(&mut ring, verb, at(clocks.0 + second));
                    of_ring.push(ring.ours);
                }
                Step::Act { ring: false, verb } => {
                    act(&mut mill, verb, at(clocks.1 + second));
                    of_mill.push(mill.ours);
                }
                Step::Arrive { to_ring: true, which } => {
                    ring.hear(*which.get(&of_mill), at(0));
                }
                Step::Arrive { to_ring: false, which } => {
                    mill.hear(*which.get(&of_ring), at(0));
                }
            }
        }
        for place in order.iter().chain(&order) {
            of_mill.get(*place).map(|word| ring.hear(*word, at(0)));
            of_ring.get(*place).map(|word| mill.hear(*word, at(0)));
        }
        prop_assert_eq!(ring.state(), mirrored(mill.state()));
        prop_assert_eq!(ring.is_active(), mill.is_active());
    }
}
