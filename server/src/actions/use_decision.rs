//! Use a decision for an act: once, whatever it is used for (mission E18). Roles, rounds and what
//! comes from outside share this.

use jiff::Timestamp;

use crate::actions::decide::check_adopted;
use crate::db::{Conn, decisions};
use crate::domain::decision::Decision;
use crate::domain::id::DecisionId;
use crate::domain::refusal::Refusal;
use crate::domain::subject::Subject;
use crate::error::Error;

/// Uses a decision whose text speaks of what is done. One that says by itself what it carries out is
/// good for that alone.
pub fn cite(conn: &mut Conn, id: DecisionId, now: Timestamp) -> Result<Decision, Error> {
    let decision = check_adopted(conn, id)?;
    if decision.subject.is_some() {
        return Err(Refusal::DecisionOther.into());
    }
    use_up(conn, id, now)?;
    Ok(decision)
}

/// Uses a decision that says exactly what is done. With `since` it may also be one whose text speaks
/// of it, if it was adopted since then: for those who answer for what a text means.
pub fn carry_out(
    conn: &mut Conn,
    id: DecisionId,
    says: impl Fn(Subject) -> bool,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let decision = check_adopted(conn, id)?;
    let is_since =
        |since: Timestamp| decision.outcome.is_some_and(|outcome| outcome.closed_at >= since);
    match (decision.subject, since) {
        (Some(subject), _) if says(subject) => use_up(conn, id, now),
        (None, Some(since)) if is_since(since) => use_up(conn, id, now),
        (None, Some(_)) => Err(Refusal::DecisionUnfit.into()),
        _ => Err(Refusal::DecisionOther.into()),
    }
}

fn use_up(conn: &mut Conn, id: DecisionId, now: Timestamp) -> Result<(), Error> {
    if decisions::use_up(conn, id, now)? { Ok(()) } else { Err(Refusal::DecisionUsed.into()) }
}
