//! Time and time-ordered ids. Tests set the time; nothing else reads the system's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use crate::domain::id::Id;

/// 2020-01-01 in milliseconds since 1970: ids count from here, so that 41 bits last until 2089.
const EPOCH_MILLISECONDS: i64 = 1_577_836_800_000;

/// How many bits below the milliseconds are chance.
const CHANCE_BITS: u32 = 22;

/// What a clock that follows the system holds in place of a time of its own.
const SYSTEM: i64 = i64::MIN;

/// Tells the time and makes ids. Cheap to clone; clones agree.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Microseconds since 1970, or [`SYSTEM`].
    own: Arc<AtomicI64>,
    last_id: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { own: Arc::new(AtomicI64::new(SYSTEM)), last_id: Arc::default() }
    }

    /// A clock that stands at `now` until it is told to move: for tests, and for the demo's past.
    pub fn fixed(now: Timestamp) -> Self {
        let clock = Self::system();
        clock.own.store(now.as_microsecond(), Ordering::SeqCst);
        clock
    }

    /// The present moment, to the microsecond that storage keeps.
    pub fn now(&self) -> Timestamp {
        let microseconds = match self.own.load(Ordering::SeqCst) {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            SYSTEM => Timestamp::now().as_microsecond(),
            own => own,
        };
        Timestamp::from_microsecond(microseconds).unwrap_or_default()
    }

    /// Moves a fixed clock; one that follows the system does not listen.
    pub fn advance(&self, by: jiff::SignedDuration) {
        let by = i64::try_from(by.as_micros()).unwrap_or_default();
        let moved = |own| if own == SYSTEM { None } else { Some(own + by) };
        // Nothing to do if it follows the system.
        let _ = self.own.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    /// Lets a fixed clock follow the system from now on.
    pub fn follow_system(&self) {
        self.own.store(SYSTEM, Ordering::SeqCst);
    }

    /// A new id: later ids of one process are always greater; two processes are told apart by
    /// chance.
    pub fn new_id<T>(&self) -> Id<T> {
        let milliseconds = (self.now().as_millisecond() - EPOCH_MILLISECONDS).max(0);
        let mut chance = [0_u8; 4];
        // Without chance, ids of two processes may meet; the unique key would refuse the second.
        let _ = aws_lc_rs::rand::fill(&mut chance);
        let chance = i64::from(u32::from_le_bytes(chance)) & ((1 << CHANCE_BITS) - 1);
        let fresh = (milliseconds << CHANCE_BITS) | chance;
        let id = self
            .last_id
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(fresh.max(last + 1)))
            .map_or(fresh, |last| fresh.max(last + 1));
        Id::from_number(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ProposalId;

    #[test]
    fn ids_grow_even_when_time_stands_still() {
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let ids: Vec<ProposalId> = (0..1_000).map(|_| clock.new_id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        clock.advance(jiff::SignedDuration::from_hours(1));
        assert!(clock.new_id::<()>().number() > ids[999].number());
    }

    #[test]
    fn f_22_an_id_made_after_a_restore_is_none_of_those_that_were_lost() {
        // What a server made in its last busy moment, and what the one makes that came back from a
        // backup a second later: it knows nothing of them, but its clock goes on. So ids need no
        // epoch; a clock before the backup is refused (`domain/restore.rs`).
        let last: jiff::Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let second = jiff::SignedDuration::from_secs(1);
        for _ in 0..5 {
            let (lost, restored) = (Clock::fixed(last), Clock::fixed(last + second));
            let greatest = (0..100_000).map(|_| lost.new_id::<()>().number()).max();
            assert!(greatest.unwrap() < restored.new_id::<()>().number());
        }
    }
}
