//! Add a need to a round, take it out again, and say what becomes of it.

use crate::actions::cause::{NewResponse, respond_in};
use crate::actions::change_proposal::{Step, take_step};
use crate::actions::measure::check_steward;
use crate::app::App;
use crate::db::{Conn, causes, duties, proposals, rounds};
use crate::domain::cause::Statement;
use crate::domain::event::Event;
use crate::domain::id::{CauseId, DutyId, MemberId, ProposalId, RoundId};
use crate::domain::member::Member;
use crate::domain::proposal::{CloseReason, Purpose, State};
use crate::domain::refusal::Refusal;
use crate::domain::round::{Line, Outcome};
use crate::error::Error;

/// What is to become of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done: the need is closed, if it was open.
    Finished,
    /// It goes on as a standing duty. The need stays as it is.
    Duty(DutyId),
    /// It comes from a cause; with what the collective wants to do about it, where nothing answers
    /// it yet. The need stays as it is: help does not wait for politics.
    Cause(CauseId, Option<NewResponse>),
    /// Nobody has said it yet.
    Open,
}

/// Says what becomes of a line, in place of what was said before. A closed round is not changed.
pub async fn decide(app: &App, by: &Member, need: ProposalId, fate: Fate) -> Result<Line, Error> {
    let by = by.id;
    app.change(move |app, conn, events| {
        check_steward(conn, by)?;
        // The need before its round, as whoever edits a need does: nobody waits for each other.
        proposals::lock(conn, need)?;
        let mut line = rounds::find_line(conn, need)?.ok_or(Error::NotFound)?;
        let round = rounds::lock(conn, line.round)?;
        if round.closed_at.is_some() {
            return Err(Refusal::RoundOver.into());
        }
        let outcome = match fate {
            Fate::Open => None,
            Fate::Finished => {
                finish(app, conn, need, events)?;
                Some(Outcome::Finished)
            }
            Fate::Duty(duty) => {
                check_duty(conn, duty)?;
                Some(Outcome::Duty(duty))
            }
            Fate::Cause(cause, response) => {
                state_cause(app, conn, need, (cause, response))?;
                Some(Outcome::Cause(Some(cause)))
            }
        };
        line.decided = outcome.map(|outcome| (outcome, app.now()));
        rounds::update_line(conn, &line)?;
        Ok(line)
    })
    .await
}

/// Adds a need to an open round, as somebody who looks after the house; one that is in a round
/// stays there.
pub async fn add(app: &App, by: &Member, need: ProposalId, round: RoundId) -> Result<Line, Error> {
    let by: MemberId = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        if proposals::lock(conn, need)?.purpose != Purpose::Need {
            return Err(Error::NotFound);
        }
        if !add_in(app, conn, need, round)? {
            return Err(Refusal::RoundOver.into());
        }
        rounds::find_line(conn, need)?.ok_or(Error::NotFound)
    })
    .await
}

/// Adds a need to a round, if needs can be added to it now; answers whether it could.
pub fn add_in(app: &App, conn: &mut Conn, need: ProposalId, round: RoundId) -> Result<bool, Error> {
    // Locked, so that none comes in while its sheet is closed.
    let takes_needs = match rounds::lock(conn, round) {
        Ok(round) => round.takes_needs(app.now()),
        Err(Error::NotFound) => false,
        Err(other) => return Err(other),
    };
    if takes_needs {
        let line = Line { proposal: need, round, added_at: app.now(), decided: None };
        rounds::insert_line(conn, &line)?;
    }
    Ok(takes_needs)
}

fn check_duty(conn: &mut Conn, duty: DutyId) -> Result<(), Error> {
    let is_live = match duties::find(conn, duty) {
        Ok(duty) => duty.is_live(),
        Err(Error::NotFound) => false,
        Err(other) => return Err(other),
    };
    if is_live { Ok(()) } else { Err(Refusal::LineUndecidable.into()) }
}

fn finish(
    app: &App,
    conn: &mut Conn,
    need: ProposalId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let need = proposals::find(conn, need)?;
    if matches!(need.state, State::Open | State::Expired) {
        take_step(app, conn, need, Step::Close(CloseReason::Enough), events)?;
    }
    Ok(())
}

/// Notes the cause of the need, unless somebody said another one, and what answers it.
fn state_cause(
    app: &App,
    conn: &mut Conn,
    need: ProposalId,
    (cause, response): (CauseId, Option<NewResponse>),
) -> Result<(), Error> {
    causes::lock(conn, cause)?;
    if let Some(response) = response {
        respond_in(app, conn, cause, response)?;
    }
    let now = app.now();
    if !causes::list_responses_to(conn, cause)?.iter().any(|each| each.stands(now)) {
        return Err(Refusal::ResponseMissing.into());
    }
    if causes::find_statement(conn, need)?.is_none() {
        let said = Statement { proposal: need, cause, words: None, stated_at: now };
        causes::upsert_statement(conn, &said)?;
    }
    Ok(())
}
