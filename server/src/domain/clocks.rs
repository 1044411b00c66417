//! Whether our clock is right, from what other servers said the time was.

use jiff::SignedDuration;

/// How long what a server said of the time tells something.
pub const TELLS_FOR: SignedDuration = SignedDuration::from_hours(48);
/// How many servers must have said it: one or two may be wrong themselves.
pub const ENOUGH: usize = 3;
/// Clocks that differ by less, in seconds, trouble nobody.
pub const SMALL: i64 = 30;
/// Servers begin to refuse what we sign when the clocks differ by more, in seconds.
pub const LARGE: i64 = 300;

/// By how many seconds our clock is ahead, as the one in the middle has it; None if too few servers
/// said the time.
pub fn ahead(mut offsets: Vec<i64>) -> Option<i64> {
    offsets.sort_unstable();
    match offsets.len() {
        ..ENOUGH => None,
        count => offsets.get(count / 2).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::ahead;

    #[test]
    fn f_16_one_server_that_is_wrong_does_not_count() {
        assert_eq!(ahead(vec![]), None);
        assert_eq!(ahead(vec![7_200, 7_199]), None);
        assert_eq!(ahead(vec![0, 86_400, 1]), Some(1));
        assert_eq!(ahead(vec![7_200, -3_600, 7_201, 7_199]), Some(7_200));
    }
}
