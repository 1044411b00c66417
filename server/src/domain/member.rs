//! The people of the collective. They have no public actors and no counts.

use jiff::Timestamp;

use crate::domain::audience::Viewer;
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;

/// The shortest password, in characters (NIST SP 800-63B asks for length, not for symbols).
const SHORTEST_PASSWORD: usize = 10;
/// The longest password: hashing must stay bounded.
const LONGEST_PASSWORD: usize = 200;

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The name they chose; unique here.
    pub name: String,
    /// What they may do beyond every member's rights.
    pub role: Role,
    /// The language of pages for them, if they chose one.
    pub language: Option<String>,
    /// When they joined.
    pub joined_at: Timestamp,
    /// Whether they are one of us already.
    pub standing: Standing,
}

/// How far somebody has come in. Who follows us from the fediverse is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They may ask, offer and promise; nobody has vouched for them by the rule yet.
    Joining,
    /// They are one of us.
    Member,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Ask, offer, promise, confirm.
    Member,
    /// Also look after the instance, and act where an author cannot.
    Steward,
}

impl Standing {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Joining => "joining",
            Self::Member => "member",
        }
    }

    /// Reads the stored word; anything unknown has no rights of a member.
    pub fn from_word(word: &str) -> Self {
        if word == "member" { Self::Member } else { Self::Joining }
    }
}

impl Role {
    /// The word for storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Steward => "steward",
        }
    }

    /// Reads the stored word; anything unknown has no extra rights.
    pub fn from_word(word: &str) -> Self {
        if word == "steward" { Self::Steward } else { Self::Member }
    }
}

impl Member {
    /// Whether they look after the instance.
    pub fn is_steward(&self) -> bool {
        self.role == Role::Steward && self.standing == Standing::Member
    }

    /// With whose eyes they look.
    pub fn viewer(&self) -> Viewer {
        match (self.standing, self.role) {
            (Standing::Joining, _) => Viewer::Newcomer,
            (Standing::Member, Role::Member) => Viewer::Member,
            (Standing::Member, Role::Steward) => Viewer::Steward,
        }
    }
}

/// Tidies and checks a name.
pub fn check_name(name: &str) -> Result<String, Refusal> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(Refusal::NameUnfit) }
}

/// Checks a new password.
pub fn check_password(password: &str) -> Result<(), Refusal> {
    match password.chars().count() {
        length if length < SHORTEST_PASSWORD => Err(Refusal::PasswordTooShort),
        length if length > LONGEST_PASSWORD => Err(Refusal::PasswordTooLong),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_and_bounded() {
        assert_eq!(check_name("  Tove   Lind "), Ok("Tove Lind".to_owned()));
        assert_eq!(check_name(" "), Err(Refusal::NameUnfit));
        assert_eq!(check_name(&"x".repeat(61)), Err(Refusal::NameUnfit));
        assert_eq!(check_name("a\u{0}b"), Err(Refusal::NameUnfit));
    }
}
