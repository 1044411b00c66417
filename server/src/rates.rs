//! How often somebody may come in five minutes. Bounded in memory whatever happens.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

/// For how long is counted.
const WINDOW: Duration = Duration::from_secs(5 * 60);
/// How many are counted apart; the count of those that came longest ago is forgotten.
const MOST_COUNTED: u64 = 50_000;

/// Counts how often each of many came in the last five minutes.
pub struct Rates<K> {
    most: u32,
    counts: Cache<K, Arc<AtomicU32>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Rates<K> {
    /// Allows so many in five minutes; 0 for any number.
    pub fn new(most: u32) -> Self {
        let counts = Cache::builder().max_capacity(MOST_COUNTED).time_to_live(WINDOW).build();
        Self { most, counts }
    }

    /// Counts one more; whether that is still allowed.
    pub fn allows(&self, who: K) -> bool {
        if self.most == 0 {
            return true;
        }
        let count = self.counts.get_with(who, Arc::default);
        count.fetch_add(1, Ordering::Relaxed) < self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inb_21_each_is_counted_apart_and_nobody_if_there_is_no_limit() {
        let rates = Rates::new(3);
        let came: Vec<bool> = (0..4).map(|_| rates.allows("evil.test")).collect();
        assert_eq!(came, [true, true, true, false]);
        assert!(rates.allows("good.test"));
        let none = Rates::new(0);
        assert!((0..1_000).all(|_| none.allows("evil.test")));
    }
}
