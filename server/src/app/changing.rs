//! Something that seldom changes and is read everywhere.

use std::ops::Deref;
use std::sync::{PoisonError, RwLock};

/// A value that can be replaced while others look at it: whoever reads sees the newest one.
///
/// What was replaced stays in memory for those who still look at it: some hundred bytes, each time
/// that stewards change what the house is called or where it is.
#[derive(Debug)]
pub struct Changing<T: 'static>(RwLock<&'static T>);

impl<T: 'static> Changing<T> {
    /// A value to begin with.
    pub fn new(value: T) -> Self {
        let value: &'static T = Box::leak(Box::new(value));
        Self(RwLock::new(value))
    }

    /// Replaces it.
    pub fn change(&self, value: T) {
        let value: &'static T = Box::leak(Box::new(value));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

impl<T: 'static> Deref for Changing<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let value: &'static T = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_reads_sees_the_newest() {
        let name = Changing::new("Ring Street".to_owned());
        let before: &str = &name;
        name.change("Ring Road".to_owned());
        assert_eq!((before, name.as_str()), ("Ring Street", "Ring Road"));
    }
}
