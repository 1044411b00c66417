//! Decide: propose something to the assembly, say what one thinks of it, take it back, close it.

use jiff::{SignedDuration, Timestamp};

use crate::actions::check_voice::check_voice;
use crate::actions::freeze;
use crate::actions::tell::tell_members;
use crate::app::App;
use crate::db::{Conn, agenda, decision_papers, decisions, members, opinions};
use crate::domain::decision::{
    Decision, Ending, Method, Quorum, Tally, Voice, check_deadline, check_text, check_title,
};
use crate::domain::event::Event;
use crate::domain::id::{AgendaId, DecisionId, MemberId};
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::subject::{Subject, check_breadth};
use crate::error::Error;

/// After a decision the agenda leaves in peace for so long what it answers.
const REST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What somebody proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What it is about, in a few words.
    pub title: String,
    /// What is proposed, and why: Markdown.
    pub text: String,
    /// How it is decided.
    pub method: Method,
    /// How many must speak.
    pub quorum: Quorum,
    /// Until when members speak.
    pub closes_at: Timestamp,
    /// Whether followers are asked for their opinion.
    pub asks_followers: bool,
    /// The point of the agenda that it answers.
    pub answers: Option<AgendaId>,
    /// What it carries out, if it says so.
    pub subject: Option<Subject>,
}

/// The page of a decision.
pub fn page_of(id: DecisionId) -> String {
    format!("/decisions/{id}")
}

/// Proposes something. It is open at once, and every other member is told.
pub async fn propose(app: &App, by: &Member, wish: Wish) -> Result<Decision, Error> {
    let (title, text) = (check_title(&wish.title)?, check_text(&wish.text)?);
    check_deadline(wish.closes_at, app.now())?;
    let by = by.id;
    app.change(move |app, conn, events| {
        check_voice(conn, by)?;
        if wish.asks_followers {
            freeze::check(app, conn, by)?;
        }
        if let Some(point) = wish.answers
            && !agenda::find(conn, point)?.is_open()
        {
            return Err(Error::NotFound);
        }
        let members = members::count_members(conn)?;
        let quorum = wish.quorum.of(members)?;
        if wish.subject.is_some() {
            check_breadth(quorum, members, (wish.closes_at, app.now()))?;
        }
        let decision = Decision {
            id: app.clock.new_id(),
            title,
            text,
            method: wish.method,
            quorum,
            members,
            asks_followers: wish.asks_followers,
            answers: wish.answers,
            subject: wish.subject,
            opened_at: app.now(),
            closes_at: wish.closes_at,
            outcome: None,
            carried_out_at: None,
        };
        decisions::insert(conn, &decision, by)?;
        tell_members(app, conn, (Kind::DecisionOpened, &page_of(decision.id)), Some(by))?;
        if decision.asks_followers {
            events.push(Event::OpinionAsked(decision.id));
        }
        Ok(decision)
    })
    .await
}

/// Says what one thinks: the last word until the deadline counts. An objection needs words, and
/// carries a name only if `with_name`.
pub async fn say(
    app: &App,
    by: &Member,
    id: DecisionId,
    voice: Voice,
    (words, with_name): (&str, bool),
) -> Result<(), Error> {
    let (by, words) = (by.id, words.to_owned());
    app.change(move |app, conn, _| {
        let decision = decisions::lock(conn, id)?;
        check_voice(conn, by)?;
        decision.check_open(app.now())?;
        let words = decision.method.check_voice(voice, &words)?;
        let with_name = with_name && words.is_some();
        let new_id = app.clock.new_id::<()>().number();
        decisions::insert_voice(conn, new_id, (id, by), (voice, words.as_deref(), with_name))
    })
    .await
}

/// Whoever proposed it takes it back; what was said about it is forgotten.
pub async fn withdraw(app: &App, by: &Member, id: DecisionId) -> Result<Decision, Error> {
    let by = by.id;
    app.change(move |app, conn, events| {
        let mut decision = decisions::lock(conn, id)?;
        if decisions::find_proposer(conn, id)? != Some(by) {
            return Err(Refusal::NotYours.into());
        }
        decision.withdraw(opinions::count(conn, id)?, app.now())?;
        decisions::delete_voices(conn, id)?;
        end(app, conn, &decision, events)?;
        Ok(decision)
    })
    .await
}

/// Closes it: after its deadline, or once everybody has spoken. `by` is none for what time does.
pub async fn close(app: &App, by: Option<&Member>, id: DecisionId) -> Result<Decision, Error> {
    let by = by.map(|member| member.id);
    app.change(move |app, conn, events| {
        let mut decision = decisions::lock(conn, id)?;
        by.map(|by| check_voice(conn, by)).transpose()?;
        let (tally, thought) = (count(conn, id)?, opinions::count(conn, id)?);
        decision.close(tally, thought, app.now())?;
        decisions::forget_voices(conn, id)?;
        end(app, conn, &decision, events)?;
        Ok(decision)
    })
    .await
}

/// Closes every decision whose deadline is over; answers how many.
pub async fn close_due(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.db.read(move |conn| decisions::list_due(conn, now)).await?;
    let mut closed = 0;
    for id in due {
        match close(app, None, id).await {
            Ok(_) => closed += 1,
            // Somebody was faster.
            Err(Error::Refused(Refusal::DecisionOver)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(closed)
}

/// The voices that count now: those given here, and those on paper that two people confirmed.
pub fn count(conn: &mut Conn, id: DecisionId) -> Result<Tally, Error> {
    let here = decisions::tally(conn, id)?;
    let papers = decision_papers::list(conn, id)?;
    let confirmed = papers.iter().filter(|paper| paper.confirmed_at.is_some());
    Ok(confirmed.fold(here, |sum, paper| sum + paper.tally))
}

/// What every ending does, however it came.
fn end(
    app: &App,
    conn: &mut Conn,
    decision: &Decision,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    let id = decision.id;
    decisions::update(conn, decision)?;
    decision_papers::delete_unconfirmed(conn, id)?;
    opinions::delete(conn, id)?;
    if decision.asks_followers {
        events.push(Event::OpinionOver(id));
    }
    let ending = decision.outcome.map(|outcome| outcome.ending);
    if let Some(point) = decision.answers
        && matches!(ending, Some(Ending::Adopted | Ending::NotAdopted))
    {
        let rests_until = app.now().saturating_add(REST).map_err(anyhow::Error::from)?;
        agenda::answer(conn, point, (Some(id), Some(rests_until)), app.now())?;
    }
    tell_members(app, conn, (Kind::DecisionClosed, &page_of(id)), None)
}

/// Refuses a decision that was not adopted: what somebody cites for an act of theirs.
pub fn check_adopted(conn: &mut Conn, id: DecisionId) -> Result<Decision, Error> {
    let decision = decisions::find(conn, id)?;
    if decision.is_adopted() { Ok(decision) } else { Err(Refusal::DecisionNotAdopted.into()) }
}

/// Whether who asks proposed it, and may still take it back.
pub fn may_withdraw(
    conn: &mut Conn,
    decision: &Decision,
    who: MemberId,
    now: Timestamp,
) -> Result<bool, Error> {
    Ok(decision.is_open(now) && decisions::find_proposer(conn, decision.id)? == Some(who))
}
