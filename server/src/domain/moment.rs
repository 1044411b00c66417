//! The reciprocity moment (mission E15): some days after something came, whoever received it is
//! asked once whether there is something they want to bring, and whoever brought it what others
//! could do for them. Nobody is asked more often than every 90 days, nobody after an illness, a
//! death or violence, and no answer is kept but "do not ask me again".

use jiff::SignedDuration;

use crate::domain::cause::Cause;
use crate::domain::notice::Kind;
use crate::domain::proposal::Proposal;
use crate::domain::quiet::names_it;

/// Nobody is asked sooner.
pub const SOONEST: SignedDuration = SignedDuration::from_hours(48);
/// Nobody is asked later: what came longer ago is over.
pub const LATEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Nobody is asked twice within this.
pub const REST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Kinds of the catalogue after which nobody is asked.
const QUIET_KINDS: [&str; 1] = ["medicine"];

/// What somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// They received something.
    Received,
    /// They brought something.
    Brought,
}

/// What somebody answers. Only the last is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They want to bring something.
    Bring,
    /// They want to ask for something.
    Ask,
    /// They want to take a turn beside somebody.
    Turn,
    /// Nothing now.
    Nothing,
    /// Do not ask me again.
    Never,
}

impl Side {
    /// How they are told that there is a question.
    pub fn notice(self) -> Kind {
        match self {
            Self::Received => Kind::Moment,
            Self::Brought => Kind::Mirror,
        }
    }

    /// The page that asks.
    pub fn page(self) -> &'static str {
        match self {
            Self::Received => "/moment",
            Self::Brought => "/moment/brought",
        }
    }
}

impl Answer {
    /// Reads what a form sends.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "bring" => Some(Self::Bring),
            "ask" => Some(Self::Ask),
            "turn" => Some(Self::Turn),
            "nothing" => Some(Self::Nothing),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

/// Whether nobody is asked anything after this: it was about an illness, a death or violence.
pub fn is_quiet(proposal: &Proposal, cause: Option<&Cause>) -> bool {
    let content = &proposal.content;
    let kind = content.kind.as_deref().unwrap_or_default();
    cause.is_some_and(|cause| cause.is_quiet)
        || QUIET_KINDS.contains(&kind)
        || [kind, &content.title, &content.text].into_iter().any(names_it)
}

/// Whom to ask what after several things came: each person once. Whoever received something is
/// asked that, whatever they brought.
pub fn whom<P: Copy + Eq>(came: &[(Option<P>, Option<P>)]) -> Vec<(P, Side)> {
    let mut found: Vec<(P, Side)> = Vec::new();
    let received = came.iter().filter_map(|(receiver, _)| Some(((*receiver)?, Side::Received)));
    let brought = came.iter().filter_map(|(_, giver)| Some(((*giver)?, Side::Brought)));
    for (person, side) in received.chain(brought) {
        if found.iter().all(|(known, _)| *known != person) {
            found.push((person, side));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::MemberId;

    #[test]
    fn e15_after_a_death_an_illness_or_violence_nobody_is_asked() {
        for text in [
            "Meals after the funeral",
            "A lift to the HOSPITAL",
            "He died on Friday",
            "She is ill",
            "Sopa para una vecina enferma",
            "Café para el velorio",
            "Un sitio lejos de su maltratador",
            "violence",
        ] {
            assert!(names_it(text), "{text}");
        }
        for text in ["Warm blankets", "Fill the pond", "Wakeboard", "Sillas", "", "Una pala"] {
            assert!(!names_it(text), "{text}");
        }
    }

    #[test]
    fn e15_each_person_is_asked_one_thing() {
        let id = |number| MemberId::from_number(number);
        let came = [(Some(id(1)), Some(id(2))), (Some(id(2)), Some(id(3))), (None, Some(id(3)))];
        let asked = whom(&came);
        let expected = [(id(1), Side::Received), (id(2), Side::Received), (id(3), Side::Brought)];
        assert_eq!(asked, expected);
    }
}
