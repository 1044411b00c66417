//! Hold a role: add one, give it to somebody for a term, give it back, end it for good, keep its
//! hand-over list (mission E18).
//!
//! The assembly gives roles: what it decided, any member may carry out, if the decision says exactly
//! that, and once. Stewards may also cite a decision whose text speaks of it, because they answer for
//! what it means; but nobody ends by one the term of another who looks after the house. Without a
//! decision a steward gives a role until the assembly meets, for 90 days at most; who looks after the
//! house longer than their term is always decided.

use jiff::Timestamp;

use crate::actions::check_voice::check_voice;
use crate::actions::decide::check_adopted;
use crate::actions::look_after_roles::look_at;
use crate::actions::record_act::{Act, about_member, record};
use crate::actions::use_decision::carry_out;
use crate::app::App;
use crate::db::{Conn, leaving, roles};
use crate::domain::decision::check_title;
use crate::domain::id::{DecisionId, LineId, MemberId, RoleId, TermId};
use crate::domain::member::{Member, Role as Rights};
use crate::domain::refusal::Refusal;
use crate::domain::role::{HOUSE, HOUSE_TERM, Line, MOST_LINES, Role, Term, check_end};
use crate::domain::subject::Subject;
use crate::error::Error;

/// A role that somebody describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What it is called.
    pub title: String,
    /// What it decides.
    pub decides: String,
    /// What it holds.
    pub holds: Vec<String>,
}

/// To whom a role is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Giving {
    /// Who holds it.
    pub holder: MemberId,
    /// Who stands in.
    pub deputy: Option<MemberId>,
    /// When the term is over.
    pub ends_at: Timestamp,
    /// By which decision, if by one.
    pub decision: Option<DecisionId>,
}

/// The page of a role.
pub fn page_of(id: RoleId) -> String {
    format!("/roles/{id}")
}

/// Adds a role that nobody holds yet. That gives nobody anything, so any adopted decision is enough
/// for whoever is no steward, and it is not used up.
pub async fn add(
    app: &App,
    by: &Member,
    wish: Wish,
    decision: Option<DecisionId>,
) -> Result<Role, Error> {
    let role = Role::new(app.clock.new_id(), &wish.title, &wish.decides, &wish.holds)?;
    let by = by.id;
    app.change(move |app, conn, _| {
        let member = check_voice(conn, by)?;
        match decision {
            Some(decision) => drop(check_adopted(conn, decision)?),
            None => check_steward(&member)?,
        }
        if roles::find_by_title(conn, &role.title)?.is_some() {
            return Err(Refusal::RoleThere.into());
        }
        roles::insert(conn, &role, app.now())?;
        look_at(app, conn, role.id)?;
        Ok(role)
    })
    .await
}

/// Gives a role to somebody for a term, which ends that of whoever had it; the house has several who
/// look after it. Whoever has it already gets it anew by a decision only, and a term that a decision
/// gave ends for another by a decision only.
pub async fn give(app: &App, by: &Member, id: RoleId, giving: Giving) -> Result<Term, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let now = app.now();
        let role = lock_open(conn, id)?;
        let member = check_voice(conn, by)?;
        match giving.decision {
            Some(decision) => use_to_give(conn, &member, (&giving, id), decision, now)?,
            None => check_steward(&member)?,
        }
        let open = roles::list_terms_of(conn, id)?;
        let is_anew = open.iter().any(|term| term.holder == Some(giving.holder));
        let runs = |term: &&Term| term.holder.is_some() && now < term.ends_at;
        // What the assembly gave, nobody takes away alone.
        let is_decided = open.iter().filter(runs).any(|term| term.decision.is_some());
        if giving.decision.is_none() && (role.is_house() || is_anew || is_decided) {
            return Err(Refusal::DecisionNeeded.into());
        }
        // To make a term of the house shorter is to end it.
        let is_shorter =
            |term: &Term| term.holder == Some(giving.holder) && giving.ends_at < term.ends_at;
        if role.is_house() && open.iter().filter(runs).any(is_shorter) {
            return Err(Refusal::DecisionOther.into());
        }
        check_end(giving.ends_at, giving.decision.is_some(), now)?;
        check_people(conn, giving.holder, giving.deputy)?;
        for term in open {
            if !role.is_house() || term.holder == Some(giving.holder) {
                roles::end_term(conn, term.id, now)?;
            }
        }
        let term = begin(app, conn, by, (&role, giving))?;
        look_at(app, conn, id)?;
        Ok(term)
    })
    .await
}

/// Ends a term: whoever holds it gives it back at any time, and stewards end it when it is over;
/// otherwise it ends by a decision that says so. A decision whose text speaks of it is enough for
/// stewards, but not to end the term of another who looks after the house. The last who looks after
/// it stays.
pub async fn give_back(
    app: &App,
    by: &Member,
    id: TermId,
    decision: Option<DecisionId>,
) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let found = roles::list_terms(conn)?.into_iter().find(|term| term.id == id);
        let term = found.ok_or(Error::NotFound)?;
        roles::lock(conn, term.role)?;
        let member = check_voice(conn, by)?;
        let is_over = app.now() >= term.ends_at && member.is_steward();
        if let Some(decision) = decision {
            let says = |subject: Subject| subject == Subject::EndTerm { term: id };
            let may_cite = member.is_steward() && term.role != HOUSE;
            carry_out(conn, decision, says, may_cite.then_some(term.starts_at), app.now())?;
        } else if term.holder != Some(by) && !is_over {
            return Err(Refusal::DecisionNeeded.into());
        }
        if let Some(holder) = term.holder.filter(|_| term.role == HOUSE) {
            end_rights(app, conn, Some(by), (holder, Act::StewardEnded))?;
        }
        roles::end_term(conn, id, app.now())?;
        look_at(app, conn, term.role)
    })
    .await
}

/// A steward ends a role for good, with whatever term there is: if somebody holds it, by a decision.
/// The house stays.
pub async fn end(
    app: &App,
    by: &Member,
    id: RoleId,
    decision: Option<DecisionId>,
) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let role = lock_open(conn, id)?;
        if !check_voice(conn, by)?.is_steward() {
            return Err(Error::Forbidden);
        }
        let open = roles::list_terms_of(conn, id)?;
        let is_held = open.iter().any(|term| term.holder.is_some());
        match decision {
            _ if role.is_house() => return Err(Refusal::DecisionNeeded.into()),
            Some(decision) => {
                let since = roles::find_last_beginning(conn, id)?;
                carry_out(conn, decision, |_| false, Some(since), app.now())?;
            }
            None if is_held => return Err(Refusal::DecisionNeeded.into()),
            None => {}
        }
        for term in open {
            roles::end_term(conn, term.id, app.now())?;
        }
        roles::end(conn, id, app.now())?;
        look_at(app, conn, id)
    })
    .await
}

/// Adds a line to the hand-over list.
pub async fn add_line(app: &App, by: &Member, id: RoleId, text: &str) -> Result<Line, Error> {
    let text = check_title(text)?;
    let by = by.id;
    app.change(move |app, conn, _| {
        lock_open(conn, id)?;
        check_may_hand_over(conn, by, id)?;
        if roles::list_lines(conn, id)?.len() >= MOST_LINES {
            return Err(Refusal::FewWords.into());
        }
        let line = Line { id: app.clock.new_id(), role: id, text, ticked_at: None };
        roles::insert_line(conn, &line)?;
        Ok(line)
    })
    .await
}

/// What happens to a line of a hand-over list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is done.
    Tick,
    /// It is not.
    Untick,
    /// It does not belong there.
    Remove,
}

/// Ticks lines of a hand-over list, takes ticks away, or removes lines.
pub async fn hand_over(
    app: &App,
    by: &Member,
    id: RoleId,
    steps: Vec<(LineId, Step)>,
) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        lock_open(conn, id)?;
        check_may_hand_over(conn, by, id)?;
        let known = roles::list_lines(conn, id)?;
        for (line, step) in steps {
            if !known.iter().any(|each| each.id == line) {
                return Err(Error::NotFound);
            }
            match step {
                Step::Tick => roles::tick_line(conn, line, Some(app.now()))?,
                Step::Untick => roles::tick_line(conn, line, None)?,
                Step::Remove => roles::delete_line(conn, line)?,
            }
        }
        Ok(())
    })
    .await
}

/// Begins the term of somebody who looks after the house from now on, inside a transaction that is
/// under way. They have the rights already.
pub fn begin_house_term(app: &App, conn: &mut Conn, holder: MemberId) -> Result<(), Error> {
    let ends_at = app.now().saturating_add(HOUSE_TERM).map_err(anyhow::Error::from)?;
    let giving = Giving { holder, deputy: None, ends_at, decision: None };
    roles::insert_term(conn, &term_of(app, HOUSE, &giving))
}

/// Takes the rights of a steward from somebody, and writes it down; refuses if nobody else has them.
/// All who look after the house are locked, so that the last two meet here.
pub fn end_rights(
    app: &App,
    conn: &mut Conn,
    by: Option<MemberId>,
    (holder, act): (MemberId, Act),
) -> Result<(), Error> {
    if leaving::count_other_stewards(conn, holder)? == 0 {
        return Err(Refusal::LastSteward.into());
    }
    leaving::update_role(conn, holder, Rights::Member)?;
    record(app, conn, by, act, &about_member(holder), "")
}

fn begin(
    app: &App,
    conn: &mut Conn,
    by: MemberId,
    (role, giving): (&Role, Giving),
) -> Result<Term, Error> {
    let mut term = term_of(app, role.id, &giving);
    if role.is_house() {
        // Those who look after the house stand in for each other.
        term.deputy = None;
        leaving::update_role(conn, giving.holder, Rights::Steward)?;
        record(app, conn, Some(by), Act::StewardNamed, &about_member(giving.holder), "")?;
    }
    roles::insert_term(conn, &term)?;
    Ok(term)
}

fn term_of(app: &App, role: RoleId, giving: &Giving) -> Term {
    Term {
        id: app.clock.new_id(),
        role,
        holder: Some(giving.holder),
        deputy: giving.deputy,
        starts_at: app.now(),
        ends_at: giving.ends_at,
        decision: giving.decision,
        lapsed_at: None,
    }
}

fn lock_open(conn: &mut Conn, id: RoleId) -> Result<Role, Error> {
    let role = roles::lock(conn, id)?;
    if role.ended_at.is_some() { Err(Refusal::RoleOver.into()) } else { Ok(role) }
}

/// Without a decision stewards act.
fn check_steward(member: &Member) -> Result<(), Refusal> {
    if member.is_steward() { Ok(()) } else { Err(Refusal::DecisionNeeded) }
}

/// Uses a decision to give a role: one that says who gets it until when, and no deputy beyond that.
/// A steward may also use one whose text speaks of it, if it was adopted since the role was given
/// last; but not for looking after the house, because nobody should read their own power into a text.
fn use_to_give(
    conn: &mut Conn,
    by: &Member,
    (giving, wanted): (&Giving, RoleId),
    decision: DecisionId,
    now: Timestamp,
) -> Result<(), Error> {
    let is_alone = giving.deputy.is_none() || by.is_steward();
    let says = |subject: Subject| match subject {
        Subject::Name { role, holder, until } => {
            let is_that = role == wanted && holder == giving.holder;
            is_that && giving.ends_at <= until && is_alone
        }
        Subject::EndTerm { .. } => false,
    };
    let since = match by.is_steward() && wanted != HOUSE {
        true => Some(roles::find_last_beginning(conn, wanted)?),
        false => None,
    };
    carry_out(conn, decision, says, since, now)
}

fn check_people(conn: &mut Conn, holder: MemberId, deputy: Option<MemberId>) -> Result<(), Error> {
    check_voice(conn, holder)?;
    deputy.map(|deputy| check_voice(conn, deputy)).transpose()?;
    if deputy == Some(holder) { Err(Refusal::DeputyUnfit.into()) } else { Ok(()) }
}

/// Whoever holds it or stands in, also when its powers rest; and stewards.
fn check_may_hand_over(conn: &mut Conn, by: MemberId, id: RoleId) -> Result<(), Error> {
    let member = check_voice(conn, by)?;
    let is_theirs = roles::list_terms_of(conn, id)?.iter().any(|term| term.is_of(by));
    match is_theirs || member.is_steward() {
        true => Ok(()),
        false => Err(Refusal::NotYours.into()),
    }
}
