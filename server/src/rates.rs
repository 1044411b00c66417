//! How often somebody may come in five minutes, and how many may be inside at once. Bounded in
//! memory whatever happens.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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

/// How many each of many has inside.
type Counts<K> = Arc<Mutex<HashMap<K, usize>>>;

/// So many places, of which each of many gets some.
pub struct Places<K: Hash + Eq + Clone> {
    all: Arc<Semaphore>,
    most_of_each: usize,
    counts: Counts<K>,
}

/// A place, given back when it is dropped.
pub struct Place<K: Hash + Eq + Clone> {
    _place: OwnedSemaphorePermit,
    counted: Option<(K, Counts<K>)>,
}

impl<K: Hash + Eq + Clone> Places<K> {
    /// Places for `all`, and for no more than `most_of_each` that are the same.
    pub fn new(all: usize, most_of_each: usize) -> Self {
        let all = Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS)));
        Self { all, most_of_each, counts: Arc::default() }
    }

    /// A place, if there is one. Nobody in particular may have all there are.
    pub fn enter(&self, who: Option<K>) -> Option<Place<K>> {
        let place = Arc::clone(&self.all).try_acquire_owned().ok()?;
        let Some(who) = who else { return Some(Place { _place: place, counted: None }) };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&who).copied().unwrap_or_default();
        if count >= self.most_of_each {
            return None;
        }
        counts.insert(who.clone(), count + 1);
        Some(Place { _place: place, counted: Some((who, Arc::clone(&self.counts))) })
    }
}

impl<K: Hash + Eq + Clone> Drop for Place<K> {
    fn drop(&mut self) {
        let Some((who, counts)) = &self.counted else { return };
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(who) {
            *count -= 1;
            if *count == 0 {
                counts.remove(who);
            }
        }
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

    #[test]
    fn inb_21_each_has_some_places_and_nobody_in_particular_all() {
        let places = Places::new(3, 2);
        let first = places.enter(Some("evil.test")).unwrap();
        let _second = places.enter(Some("evil.test")).unwrap();
        assert!(places.enter(Some("evil.test")).is_none());
        let other = places.enter(Some("good.test")).unwrap();
        drop(first);
        let _again = places.enter(Some("evil.test")).unwrap();
        assert!(places.enter(None).is_none(), "all places are taken");
        assert_eq!(places.counts.lock().unwrap().len(), 2);
        drop(other);
        assert!(places.enter(None).is_some());
        assert_eq!(places.counts.lock().unwrap().len(), 1, "who is not inside is not remembered");
    }
}
