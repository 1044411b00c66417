//! An instance that came back from a backup: since when, and what it must not say a second time.
//!
//! What happened after the backup was made is forgotten here, and others remember it. Ids hold the
//! time at which they are made, so a new one is none that was lost as long as the clock is right
//! ([`crate::domain::id::Id`]); the words of pacts and of promises between collectives are numbered
//! by the time too. What only counts up, such as the edits of a need, goes on from the epoch.

use jiff::Timestamp;

/// 2020-01-01 in seconds since 1970: epochs count from here, so that they fit the numbers they move
/// until 2088.
const BEGINNING: i64 = 1_577_836_800;

/// One return from a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore {
    /// Where numbers that count up go on: greater than any of them that was said before.
    pub epoch: i32,
    /// When the backup was made: what is younger is lost.
    pub made_at: Timestamp,
    /// When it was put back.
    pub restored_at: Timestamp,
}

impl Restore {
    /// A return at `now` from what was made at `made_at`; none if the clock says that the backup is
    /// not made yet. With such a clock new ids could be those of what was lost.
    pub fn new(made_at: Timestamp, now: Timestamp) -> Option<Self> {
        (made_at <= now).then(|| Self { epoch: epoch_at(now), made_at, restored_at: now })
    }
}

/// The epoch of a return at a time. Of two returns the later one has the greater, also if both were
/// from the same backup, and nobody edits one need every second for as long as lies between them.
fn epoch_at(now: Timestamp) -> i32 {
    i32::try_from(now.as_second().saturating_sub(BEGINNING).max(0)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_later_return_goes_on_from_a_greater_number() {
        let made = at("2026-11-20T03:00:00Z");
        let first = Restore::new(made, at("2026-11-23T12:00:00Z")).unwrap();
        let second = Restore::new(made, at("2026-11-23T12:00:05Z")).unwrap();
        assert!(first.epoch > 200_000_000 && second.epoch == first.epoch + 5);
        assert_eq!((first.made_at, first.restored_at), (made, at("2026-11-23T12:00:00Z")));
    }

    #[test]
    fn a_clock_before_the_backup_is_wrong() {
        let made = at("2026-11-20T03:00:00Z");
        assert_eq!(Restore::new(made, at("2026-11-20T02:59:59Z")), None);
        assert!(Restore::new(made, made).is_some());
    }

    #[test]
    fn an_epoch_is_never_less_than_nothing_and_fits() {
        assert_eq!(epoch_at(at("1999-01-01T00:00:00Z")), 0);
        assert_eq!(epoch_at(at("2100-01-01T00:00:00Z")), i32::MAX);
    }
}
