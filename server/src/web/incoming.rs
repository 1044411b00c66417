//! What other collectives promise to answer ours with: what waits for an answer, and the answers.

use axum::extract::State;
use axum::response::Response;

use crate::actions::answer_promise::{accept_promise, decline_promise, fitting};
use crate::app::App;
use crate::db::{Conn, actors, incoming_promises, proposals};
use crate::domain::amount::Amount;
use crate::domain::id::{IncomingPromiseId, ProposalId};
use crate::domain::incoming_promise::{Counter, IncomingPromise};
use crate::domain::neighbour::RemoteActor;
use crate::domain::proposal::Proposal;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::page::go_on;
use crate::web::promise_lines::Confirm;
use crate::web::promises::{again, is_about_fields, typed, typed_amount};
use crate::web::proposal_page::Attempt;
use crate::web::proposals::{find_visible, path_of};
use crate::web::session::SignedIn;
use crate::web::words::{Day, Words};

/// One that waits, who sent it, and the note that came with it.
pub type Pending = (IncomingPromise, RemoteActor, Option<String>);

/// One that waits for our answer, with what may be answered.
pub struct Waiting {
    /// Its id.
    pub id: String,
    /// Who promises.
    pub who: String,
    /// Their address, which nobody else can have.
    pub handle: String,
    /// How much.
    pub amount: Option<String>,
    /// Whether it is only meant for the case that another falls through.
    pub is_reserve: bool,
    /// When they mean to bring it.
    pub due: Option<Day>,
    /// What they said with it.
    pub note: Option<String>,
    /// What a yes would do, if it is more than is open.
    pub outcome: Option<String>,
    /// Whether a yes is possible.
    pub may_accept: bool,
    /// The form to ask for something else.
    pub counter: Option<Confirm>,
}

/// `POST /promises/incoming/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<IncomingPromise>,
    _form: Form,
) -> Result<Response, Problem> {
    let (proposal, who) = find(&app, &signed_in, id).await?;
    let path = path_of(&app, proposal.id);
    let made = accept_promise(&app, &signed_in.member, id)
        .await
        .map_err(|error| Problem::from(error).at(&path))?;
    let reserve = made.reserved();
    if reserve.is_zero() {
        return Ok(go_on(&app, &path, "incoming-accepted", &[&who]));
    }
    let words = Words::new(&app, &signed_in.visitor);
    let reserve = words.amount(reserve, unit_of(&proposal));
    Ok(go_on(&app, &path, "incoming-accepted-reserve", &[&who, &reserve]))
}

/// `POST /promises/incoming/{id}/counter`
pub async fn counter(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<IncomingPromise>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (proposal, who) = find(&app, &signed_in, id).await?;
    let path = path_of(&app, proposal.id);
    let incoming = app.db.read(move |conn| incoming_promises::find(conn, id)).await?;
    let countered = match read_counter(&fields, &incoming) {
        Ok(counter) => decline_promise(&app, &signed_in.member, id, Some(counter)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match countered {
        Ok(_) => Ok(go_on(&app, &path, "incoming-countered", &[&who])),
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            let attempt = Attempt::Counter(id, typed(&fields, refusal));
            again(&app, &signed_in, proposal.id, attempt).await
        }
        Err(error) => Err(Problem::from(error).at(&path)),
    }
}

/// `POST /promises/incoming/{id}/decline`
pub async fn decline(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<IncomingPromise>,
    _form: Form,
) -> Result<Response, Problem> {
    let (proposal, who) = find(&app, &signed_in, id).await?;
    let path = path_of(&app, proposal.id);
    decline_promise(&app, &signed_in.member, id, None)
        .await
        .map_err(|error| Problem::from(error).at(&path))?;
    Ok(go_on(&app, &path, "incoming-declined", &[&who]))
}

/// Everything that waits for an answer, and who sent each. Whom we blocked gets none.
pub fn list(app: &App, conn: &mut Conn) -> Result<Vec<(IncomingPromise, RemoteActor)>, Error> {
    let mut waiting = incoming_promises::list_pending(conn)?;
    let blocks = app.blocks();
    waiting.retain(|(_, actor)| !blocks.covers_actor(&actor.url));
    Ok(waiting)
}

/// What waits for an answer to one proposal.
pub fn read(app: &App, conn: &mut Conn, proposal: ProposalId) -> Result<Vec<Pending>, Error> {
    let mut found = Vec::new();
    for (incoming, actor) in list(app, conn)? {
        if incoming.proposal == Some(proposal) {
            let note = incoming_promises::find_note(conn, incoming.id)?;
            found.push((incoming, actor, note));
        }
    }
    Ok(found)
}

/// What waits for an answer to one proposal, as it is shown.
pub fn lines(
    words: &Words<'_>,
    proposal: &Proposal,
    pending: &[Pending],
    attempt: &Attempt,
) -> Vec<Waiting> {
    pending.iter().map(|each| line(words, proposal, each, attempt)).collect()
}

fn line(
    words: &Words<'_>,
    proposal: &Proposal,
    (incoming, actor, note): &Pending,
    attempt: &Attempt,
) -> Waiting {
    let unit = unit_of(proposal);
    let fit = fitting(proposal, incoming);
    let tried = match attempt {
        Attempt::Counter(id, typed) if *id == incoming.id => Some(typed),
        _ => None,
    };
    Waiting {
        id: incoming.id.to_string(),
        who: actor.name.clone(),
        handle: format!("@{}", actor.address),
        amount: incoming.amount.map(|amount| words.promised(amount, proposal)),
        is_reserve: incoming.is_reserve,
        due: incoming.due.map(|due| words.day(due)),
        note: note.clone(),
        outcome: fit.and_then(|fit| outcome(words, fit, unit)),
        may_accept: proposal.is_open(),
        counter: fit
            .filter(|_| proposal.is_open())
            .map(|fit| Confirm::new(words, Some(unit), Some(fit.now), tried)),
    }
}

/// What a yes would do, if not all of it is needed now.
fn outcome(words: &Words<'_>, fit: Counter, unit: &str) -> Option<String> {
    if fit.reserve.is_zero() {
        return None;
    }
    let reserve = words.amount(fit.reserve, unit);
    Some(if fit.now.is_zero() {
        words.locale.say_with("waiting-outcome-reserve", [("reserve", reserve.into())])
    } else {
        let arguments = [("now", words.amount(fit.now, unit).into()), ("reserve", reserve.into())];
        words.locale.say_with("waiting-outcome-split", arguments)
    })
}

fn unit_of(proposal: &Proposal) -> &str {
    proposal.content.quantity.as_ref().map_or("one", |quantity| quantity.unit.as_str())
}

/// So much is needed now; the rest of what was promised is asked for as a reserve.
fn read_counter(fields: &Fields, incoming: &IncomingPromise) -> Result<Counter, Refusal> {
    let promised = incoming.amount.ok_or(Refusal::NoAmountAsked)?;
    let now = typed_amount(fields, Amount::zero_or_more)?.ok_or(Refusal::AmountMissing)?;
    Ok(Counter { now, reserve: promised - now })
}

/// What one answers and who sent it, if this member may know of it and answer.
async fn find(
    app: &App,
    signed_in: &SignedIn,
    id: IncomingPromiseId,
) -> Result<(Proposal, String), Problem> {
    let (looker, member) = (signed_in.visitor.clone(), signed_in.member.clone());
    let read = move |conn: &mut Conn| {
        let incoming = incoming_promises::find(conn, id)?;
        let proposal = incoming.proposal.ok_or(Error::NotFound)?;
        let (proposal, _) = find_visible(conn, &looker, proposal)?;
        // Who may not answer hears that, and not what is wrong with their answer.
        proposal.may_be_changed_by(&member, &proposals::find_private(conn, proposal.id)?)?;
        Ok((proposal, actors::find(conn, incoming.actor)?.name))
    };
    Ok(app.db.read(read).await?)
}
