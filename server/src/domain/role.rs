//! Roles: what somebody decides and holds for all, until when, and who could stand in. Power is
//! visible, and it ends: past its term a role shows as due, and after a grace period its powers
//! rest, but for what is needed to hand over (mission E18). One role carries powers in the software:
//! looking after the house. Those of the last who look after it never rest, because a collective is
//! never left without anybody: it only shows as due.

use jiff::{SignedDuration, Timestamp};

use crate::domain::continuity::Carried;
use crate::domain::decision::{check_text, check_title};
use crate::domain::id::{DecisionId, Id, LineId, MemberId, RoleId, TermId};
use crate::domain::refusal::Refusal;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The role of those who look after the house. It is there from the beginning.
pub const HOUSE: RoleId = Id::from_number(1);
/// For so long after its term a role keeps its powers.
pub const GRACE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest term.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(731 * 24);
/// The longest term that a steward gives without a decision: until the assembly meets.
pub const WITHOUT_DECISION: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The term of whoever begins to look after the house.
pub const HOUSE_TERM: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How many lines a hand-over list has at most.
pub const MOST_LINES: usize = 60;
/// How many things a role holds at most.
const MOST_THINGS: usize = 20;

/// What roles hold, as words of ours; whatever else they hold is in words of their own.
pub const THINGS: [&str; 5] = ["keys", "money", "domain", "server", "phone"];

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// What it is called; empty for the house, which has a name in every language.
    pub title: String,
    /// What it decides: Markdown.
    pub decides: String,
    /// What it holds: words of [`THINGS`], or words of our own.
    pub holds: Vec<String>,
    /// When it ended for good.
    pub ended_at: Option<Timestamp>,
}

/// Somebody's term in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its id.
    pub id: TermId,
    /// Of which role.
    pub role: RoleId,
    /// Who holds it; none if they have left.
    pub holder: Option<MemberId>,
    /// Who stands in.
    pub deputy: Option<MemberId>,
    /// When it began.
    pub starts_at: Timestamp,
    /// When it is over.
    pub ends_at: Timestamp,
    /// By which decision, if by one.
    pub decision: Option<DecisionId>,
    /// Since when its powers rest, where it is written down: for the house.
    pub lapsed_at: Option<Timestamp>,
}

/// How a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Running,
    /// It is over, and nobody has it anew.
    Due,
    /// Its powers rest, but for what is needed to hand over.
    Resting,
}

/// A line of a hand-over list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// Of which role.
    pub role: RoleId,
    /// What is to be handed over.
    pub text: String,
    /// When it was ticked last.
    pub ticked_at: Option<Timestamp>,
}

impl Role {
    /// Whether this is the role of those who look after the house.
    pub fn is_house(&self) -> bool {
        self.id == HOUSE
    }

    /// Whether it holds the collective's money.
    pub fn holds_money(&self) -> bool {
        self.holds.iter().any(|thing| thing == "money")
    }

    /// Checks what somebody typed for a new role.
    pub fn new(id: RoleId, title: &str, decides: &str, holds: &[String]) -> Result<Self, Refusal> {
        let (title, decides) = (check_title(title)?, check_text(decides)?);
        let mut things = Vec::new();
        for thing in holds.iter().filter(|thing| !thing.trim().is_empty()) {
            let thing = check_title(thing)?;
            if !things.contains(&thing) {
                things.push(thing);
            }
        }
        if things.len() > MOST_THINGS {
            return Err(Refusal::FewWords);
        }
        Ok(Self { id, title, decides, holds: things, ended_at: None })
    }
}

impl Term {
    /// How it stands. `is_last` if nobody else looks after the house.
    pub fn state(&self, is_last: bool, now: Timestamp) -> State {
        let is_kept = is_last && self.role == HOUSE;
        let is_past_grace = now >= later(self.ends_at, GRACE);
        match now >= self.ends_at {
            _ if self.lapsed_at.is_some() => State::Resting,
            true if is_past_grace && !is_kept => State::Resting,
            true => State::Due,
            false => State::Running,
        }
    }

    /// Whether its powers in the software are to end now.
    pub fn is_to_lapse(&self, now: Timestamp) -> bool {
        self.lapsed_at.is_none() && now >= later(self.ends_at, GRACE)
    }

    /// Whether somebody holds it or stands in.
    pub fn is_of(&self, member: MemberId) -> bool {
        [self.holder, self.deputy].contains(&Some(member))
    }
}

impl Line {
    /// Whether it is ticked in this term. With the next one the list begins anew.
    pub fn is_ticked(&self, term: Option<&Term>) -> bool {
        let since = term.map_or(Timestamp::MIN, |term| term.starts_at);
        self.ticked_at.is_some_and(|at| at >= since)
    }
}

/// Checks until when somebody has a role: without a decision only until the assembly meets.
pub fn check_end(ends_at: Timestamp, has_decision: bool, now: Timestamp) -> Result<(), Refusal> {
    let lasts = ends_at.duration_since(now);
    if lasts <= SignedDuration::ZERO || lasts > LONGEST {
        return Err(Refusal::TermUnfit);
    }
    // Until the end of that day.
    match !has_decision && lasts > WITHOUT_DECISION + DAY {
        true => Err(Refusal::DecisionNeeded),
        false => Ok(()),
    }
}

/// Who could carry on each role (mission E19). All who look after the house stand in for each other.
pub fn carried(roles: &[Role], terms: &[Term]) -> Vec<Carried<RoleId>> {
    let people = |role: &Role| {
        let theirs = terms.iter().filter(|term| term.role == role.id && term.lapsed_at.is_none());
        theirs.flat_map(|term| [term.holder, term.deputy]).collect::<Vec<_>>()
    };
    let open = roles.iter().filter(|role| role.ended_at.is_none());
    open.map(|role| Carried::new(role.id, people(role))).collect()
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(role: RoleId) -> (Term, Timestamp) {
        let now: Timestamp = "2026-11-29T10:00:00Z".parse().unwrap();
        let term = Term {
            id: TermId::from_number(7),
            role,
            holder: Some(MemberId::from_number(1)),
            deputy: Some(MemberId::from_number(2)),
            starts_at: now,
            ends_at: now + DAY * 100,
            decision: None,
            lapsed_at: None,
        };
        (term, now)
    }

    #[test]
    fn e18_past_its_term_a_role_is_due_and_after_the_grace_its_powers_rest() {
        let (term, now) = term(RoleId::from_number(9));
        for (days, state) in [
            (99, State::Running),
            (100, State::Due),
            (129, State::Due),
            (130, State::Resting),
            (900, State::Resting),
        ] {
            assert_eq!(term.state(false, now + DAY * days), state, "{days}");
            assert_eq!(term.state(true, now + DAY * days), state, "{days}: it is not the house");
        }
        let (house, now) = self::term(HOUSE);
        assert_eq!(house.state(true, now + DAY * 900), State::Due, "the last one stays");
        assert_eq!(house.state(false, now + DAY * 130), State::Resting);
        assert!(!house.is_to_lapse(now + DAY * 129) && house.is_to_lapse(now + DAY * 130));
        let lapsed = Term { lapsed_at: Some(now), ..house };
        assert_eq!(lapsed.state(true, now + DAY * 900), State::Resting, "the last is another");
    }

    #[test]
    fn a_term_without_a_decision_is_short() {
        let (_, now) = term(HOUSE);
        assert_eq!(check_end(now + DAY * 90, false, now), Ok(()));
        assert_eq!(check_end(now + DAY * 92, false, now), Err(Refusal::DecisionNeeded));
        assert_eq!(check_end(now + DAY * 700, true, now), Ok(()));
        assert_eq!(check_end(now + DAY * 800, true, now), Err(Refusal::TermUnfit));
        assert_eq!(check_end(now, true, now), Err(Refusal::TermUnfit));
    }

    #[test]
    fn a_line_is_ticked_for_one_term() {
        let (mut running, now) = term(RoleId::from_number(9));
        let mut line = Line {
            id: LineId::from_number(1),
            role: running.role,
            text: "x".into(),
            ticked_at: None,
        };
        assert!(!line.is_ticked(Some(&running)));
        line.ticked_at = Some(now + DAY);
        assert!(line.is_ticked(Some(&running)) && line.is_ticked(None));
        running.starts_at = now + DAY * 2;
        assert!(!line.is_ticked(Some(&running)));
    }

    #[test]
    fn a_role_says_what_it_holds_once() {
        let holds = ["keys".to_owned(), " ".into(), "the  van".into(), "keys".into()];
        let role = Role::new(RoleId::from_number(9), " Kitchen ", "", &holds).unwrap();
        assert_eq!(
            (role.title.as_str(), role.holds),
            ("Kitchen", vec!["keys".into(), "the van".into()])
        );
        assert_eq!(Role::new(HOUSE, "", "", &[]), Err(Refusal::FewWords));
    }
}
