//! Passkeys: keys that stay on a member's own device and open their account here, without a name
//! and without a password.

use jiff::Timestamp;

use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;

/// How many a member may have.
pub const MOST: usize = 10;
/// The longest name of one, in characters.
const LONGEST_NAME: usize = 60;

/// The public half of a passkey, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPasskey {
    /// The id that the device gave it, in base 64 for addresses.
    pub credential: String,
    /// Whose it is.
    pub member: MemberId,
    /// What the device knows its owner by: chance, and the same for all passkeys of a member.
    pub handle: String,
    /// What its owner calls it.
    pub name: String,
    /// The key, as JSON.
    pub key: String,
    /// Since when.
    pub made_at: Timestamp,
    /// When somebody signed in with it last.
    pub used_at: Option<Timestamp>,
}

/// What a browser is asked to sign, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Who adds a passkey; none if somebody signs in.
    pub member: Option<MemberId>,
    /// What to compare the answer with, as JSON.
    pub state: String,
}

/// The name that somebody gives a passkey, tidied.
pub fn check_name(typed: &str) -> Result<String, Refusal> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_odd = name.chars().any(char::is_control);
    if name.is_empty() || is_odd || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::PasskeyNameUnfit);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(check_name("  my  phone ").as_deref(), Ok("my phone"));
        for typed in ["", "  ", "a\u{1b}[1m", &"x".repeat(61)] {
            assert_eq!(check_name(typed), Err(Refusal::PasskeyNameUnfit), "{typed}");
        }
    }
}
