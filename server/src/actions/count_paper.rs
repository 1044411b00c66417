//! Count voices that were given on paper: one member enters the numbers, a second one who counted
//! confirms them. What one person alone says was counted never counts.

use crate::actions::check_voice::check_voice;
use crate::actions::decide::count;
use crate::app::App;
use crate::db::{Conn, decision_papers, decisions, members};
use crate::domain::decision::{Decision, Paper, Tally};
use crate::domain::id::DecisionId;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Enters numbers, and what objections on paper say.
pub async fn enter(
    app: &App,
    by: &Member,
    id: DecisionId,
    (tally, words): (Tally, &str),
) -> Result<Paper, Error> {
    let (by, words) = (by.id, words.to_owned());
    app.change(move |app, conn, _| {
        let decision = decisions::lock(conn, id)?;
        check_voice(conn, by)?;
        decision.check_open(app.now())?;
        let words = tally.check_paper(decision.method, &words)?;
        if find_waiting(conn, id)?.is_some() {
            return Err(Refusal::PaperWaits.into());
        }
        check_fits(conn, &decision, tally)?;
        let new_id = app.clock.new_id();
        let paper = Paper { id: new_id, decision: id, tally, words, confirmed_at: None };
        decision_papers::insert(conn, &paper, by)?;
        Ok(paper)
    })
    .await
}

/// Confirms the numbers that wait, as a second member.
pub async fn confirm(app: &App, by: &Member, id: DecisionId) -> Result<Paper, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let decision = decisions::lock(conn, id)?;
        check_voice(conn, by)?;
        decision.check_open(app.now())?;
        let mut paper = find_waiting(conn, id)?.ok_or(Refusal::NoPaper)?;
        // Whoever entered them may have left: then nobody can say that it is somebody else.
        let (entered, _) = decision_papers::find_people(conn, paper.id)?;
        if entered.is_none_or(|entered| entered == by) {
            return Err(Refusal::PaperSamePerson.into());
        }
        check_fits(conn, &decision, paper.tally)?;
        decision_papers::confirm(conn, paper.id, by, app.now())?;
        paper.confirmed_at = Some(app.now());
        Ok(paper)
    })
    .await
}

/// Throws the numbers that wait away: any member may, because they count for nothing yet.
pub async fn discard(app: &App, by: &Member, id: DecisionId) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let decision = decisions::lock(conn, id)?;
        check_voice(conn, by)?;
        decision.check_open(app.now())?;
        let paper = find_waiting(conn, id)?.ok_or(Refusal::NoPaper)?;
        decision_papers::delete(conn, paper.id)
    })
    .await
}

/// The numbers that wait for a second member.
pub fn find_waiting(conn: &mut Conn, id: DecisionId) -> Result<Option<Paper>, Error> {
    let papers = decision_papers::list(conn, id)?;
    Ok(papers.into_iter().find(|paper| paper.confirmed_at.is_none()))
}

/// There cannot be more voices than members, those of the beginning or those of now.
fn check_fits(conn: &mut Conn, decision: &Decision, tally: Tally) -> Result<(), Error> {
    let most = members::count_members(conn)?.max(decision.members);
    match (count(conn, decision.id)? + tally).voices() > most {
        true => Err(Refusal::PaperTooMany.into()),
        false => Ok(()),
    }
}
