//! Open a round, confirm, renew and end it, and close it with its sheet. Every step is written into
//! the log in the same transaction. What is done without the assembly is done by two people.

use jiff::{SignedDuration, Timestamp};

use crate::actions::freeze;
use crate::actions::measure::check_steward;
use crate::actions::record_act::{Act, record};
use crate::actions::use_decision::cite;
use crate::app::App;
use crate::db::{
    Conn, actors, agenda, leaving, member_handles, members, notices, promise_people,
    proposal_people, rounds,
};
use crate::domain::agenda::Matter;
use crate::domain::event::Event;
use crate::domain::id::{DecisionId, MemberId, RoundId};
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::round::{Openers, Outcome, Round};
use crate::error::Error;

/// A decision that opens a round was proposed within this time: no old one opens a round that nobody
/// thought of.
const FRESH: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A round that somebody wants to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// A few words.
    pub title: String,
    /// What it is about.
    pub text: String,
    /// For how many days.
    pub days: i64,
}

/// Asks for a round. It opens when a second person signs, or when the assembly decides it.
pub async fn ask(app: &App, by: &Member, wish: Wish) -> Result<Round, Error> {
    let by = by.id;
    app.change(move |app, conn, _| ask_in(app, conn, by, &wish)).await
}

/// Two people open a round at once; the assembly has 72 hours to confirm it.
pub async fn open_by_two(
    app: &App,
    first: &Member,
    second: &Member,
    wish: Wish,
) -> Result<Round, Error> {
    let (first, second) = (first.id, second.id);
    app.change(move |app, conn, _| {
        let asked = ask_in(app, conn, first, &wish)?;
        second_in(app, conn, second, asked.id)
    })
    .await
}

/// Signs as the second person: the round is open, and the assembly has 72 hours to confirm it.
pub async fn second(app: &App, by: &Member, id: RoundId) -> Result<Round, Error> {
    let by = by.id;
    app.change(move |app, conn, _| second_in(app, conn, by, id)).await
}

/// Opens a round that the assembly has decided.
pub async fn open_by_decision(
    app: &App,
    by: &Member,
    wish: Wish,
    decision: DecisionId,
) -> Result<Round, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let mut round =
            Round::ask(app.clock.new_id(), (&wish.title, &wish.text), wish.days, app.now())?;
        round.confirm(app.now())?;
        rounds::insert(conn, &round, Openers::default())?;
        let since = app.now().saturating_sub(FRESH).unwrap_or(Timestamp::MIN);
        use_decision(conn, &round, (decision, since), app.now())?;
        record(app, conn, Some(by), Act::RoundConfirmed, &round.title, "")?;
        Ok(round)
    })
    .await
}

/// Notes that the assembly decided a round that was asked for or opened.
pub async fn confirm(
    app: &App,
    by: &Member,
    id: RoundId,
    decision: DecisionId,
) -> Result<Round, Error> {
    step(app, by, id, Act::RoundConfirmed, move |conn, round, now| {
        round.confirm(now)?;
        use_decision(conn, round, (decision, round.asked_at), now)
    })
    .await
}

/// Notes that the assembly renewed a round, for so many days from now.
pub async fn renew(
    app: &App,
    by: &Member,
    id: RoundId,
    (decision, days): (DecisionId, i64),
) -> Result<Round, Error> {
    step(app, by, id, Act::RoundRenewed, move |conn, round, now| {
        round.renew(days, now)?;
        use_decision(conn, round, (decision, round.opened_at.unwrap_or(Timestamp::MIN)), now)?;
        agenda::settle(conn, (Matter::RoundEnded, &round.id.to_string()), now)
    })
    .await
}

/// Ends a round before its day.
pub async fn end_early(app: &App, by: &Member, id: RoundId) -> Result<Round, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let mut round = rounds::lock(conn, id)?;
        round.end_early(app.now())?;
        end(app, conn, &round, Some(by))?;
        Ok(round)
    })
    .await
}

/// Closes a round of which every line has become something, and tells everybody who took part how
/// it goes on: once, and no more.
pub async fn close(app: &App, by: &Member, id: RoundId) -> Result<Round, Error> {
    let by = by.id;
    app.change(move |app, conn, events| {
        check_steward(conn, by)?;
        let (mut round, now) = (rounds::lock(conn, id)?, app.now());
        let undecided = settle_lines(conn, id, now)?;
        round.close(undecided, now)?;
        rounds::update(conn, &round)?;
        agenda::settle(conn, (Matter::RoundEnded, &id.to_string()), now)?;
        tell_who_took_part(app, conn, id, events)?;
        record(app, conn, Some(by), Act::RoundClosed, &round.title, "")?;
        Ok(round)
    })
    .await
}

/// Tells everybody who took part, each once: members by a notice, people of the fediverse in the
/// thread that they began. Whoever asked by the form for strangers, or had somebody post for them,
/// has no address here: whoever posted it hears of it, and can tell them.
fn tell_who_took_part(
    app: &App,
    conn: &mut Conn,
    id: RoundId,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let asked = proposal_people::list_by_round(conn, id)?.into_iter();
    let promised = promise_people::list_by_round(conn, id)?.into_iter();
    let asked = asked.map(|(actor, need)| (actor, Event::AskerOfRound(id, need)));
    let promised = promised.map(|(actor, promise)| (actor, Event::PromiserOfRound(id, promise)));
    let mut people = rounds::list_people(conn, id)?;
    let mut told = Vec::new();
    for (actor, event) in asked.chain(promised) {
        if told.contains(&actor) {
            continue;
        }
        told.push(actor);
        let them = actors::find(conn, actor)?;
        match member_handles::find_member(conn, &them.url)? {
            // They proved that it is theirs, so they hear of it as everybody here does.
            Some(member) if people.contains(&member) => {}
            Some(member) => people.push(member),
            None if app.blocks().covers_actor(&them.url) => {}
            None => events.push(event),
        }
    }
    for member in people {
        if leaving::find(conn, member)?.is_none() {
            notices::insert(conn, member, Kind::RoundClosed, &page_of(id), app.now())?;
        }
    }
    Ok(())
}

/// Notes the end of rounds whose time is over; answers how many. What nobody seconded goes away.
pub async fn end_over(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let mut over = app.db.read(rounds::list_unclosed).await?;
    over.retain(|round| round.ends_by_itself(now).is_some());
    if over.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, _| {
        let mut ended = 0;
        for round in over {
            let mut round = rounds::lock(conn, round.id)?;
            let Some(how) = round.ends_by_itself(now) else { continue };
            ended += 1;
            if round.was_open() {
                round.ended = Some((how, round.until()));
                end(app, conn, &round, None)?;
            } else {
                rounds::delete(conn, round.id)?;
            }
        }
        Ok(ended)
    })
    .await
}

/// The page of a round.
pub fn page_of(id: RoundId) -> String {
    format!("/rounds/{id}")
}

fn ask_in(app: &App, conn: &mut Conn, by: MemberId, wish: &Wish) -> Result<Round, Error> {
    check_steward(conn, by)?;
    freeze::check(app, conn, by)?;
    let now = app.now();
    let round = Round::ask(app.clock.new_id(), (&wish.title, &wish.text), wish.days, now)?;
    rounds::insert(conn, &round, Openers { asked_by: Some(by), seconded_by: None })?;
    record(app, conn, Some(by), Act::RoundAsked, &round.title, "")?;
    tell_others(conn, &round, (Kind::RoundAsked, Some(by)), now)?;
    Ok(round)
}

fn second_in(app: &App, conn: &mut Conn, by: MemberId, id: RoundId) -> Result<Round, Error> {
    check_steward(conn, by)?;
    freeze::check(app, conn, by)?;
    let mut round = rounds::lock(conn, id)?;
    let mut openers = rounds::find_openers(conn, id)?;
    round.open(&mut openers, by, app.now())?;
    rounds::update(conn, &round)?;
    rounds::update_openers(conn, id, openers)?;
    record(app, conn, Some(by), Act::RoundOpened, &round.title, "")?;
    Ok(round)
}

/// One step of somebody who looks after the house, written down.
async fn step(
    app: &App,
    by: &Member,
    id: RoundId,
    act: Act,
    step: impl FnOnce(&mut Conn, &mut Round, Timestamp) -> Result<(), Error> + Send + 'static,
) -> Result<Round, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let mut round = rounds::lock(conn, id)?;
        step(conn, &mut round, app.now())?;
        rounds::update(conn, &round)?;
        record(app, conn, Some(by), act, &round.title, "")?;
        Ok(round)
    })
    .await
}

/// Asks the assembly and those who look after the house for the closing sheet.
fn end(app: &App, conn: &mut Conn, round: &Round, by: Option<MemberId>) -> Result<(), Error> {
    rounds::update(conn, round)?;
    record(app, conn, by, Act::RoundEnded, &round.title, "")?;
    let asked = (Matter::RoundEnded, round.id.to_string());
    agenda::raise(conn, app.clock.new_id(), (asked.0, &asked.1), app.now())?;
    tell_others(conn, round, (Kind::RoundEnded, by), app.now())
}

fn tell_others(
    conn: &mut Conn,
    round: &Round,
    (kind, by): (Kind, Option<MemberId>),
    now: Timestamp,
) -> Result<(), Error> {
    for member in members::list(conn)? {
        if member.is_steward() && Some(member.id) != by {
            notices::insert(conn, member.id, kind, &page_of(round.id), now)?;
        }
    }
    Ok(())
}

/// Notes of lines whose needs are closed that they are finished; answers how many wait for a word.
fn settle_lines(conn: &mut Conn, round: RoundId, now: Timestamp) -> Result<usize, Error> {
    let mut undecided = 0;
    for (mut line, need) in rounds::list_lines_and_needs(conn, round)? {
        if line.is_undecided(&need) {
            undecided += 1;
        } else if line.decided.is_none() {
            line.decided = Some((Outcome::Finished, now));
            rounds::update_line(conn, &line)?;
        }
    }
    Ok(undecided)
}

/// Uses an adopted decision for a round, if it was proposed since `since`.
fn use_decision(
    conn: &mut Conn,
    round: &Round,
    (decision, since): (DecisionId, Timestamp),
    now: Timestamp,
) -> Result<(), Error> {
    if cite(conn, decision, now)?.opened_at < since {
        return Err(Refusal::DecisionUnfit.into());
    }
    rounds::insert_decision(conn, decision, round.id, now)
}
