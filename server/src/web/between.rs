//! Between us and our neighbours: what we promised to other collectives, how each of it stands, and
//! what they promised that waits for an answer. For members; stewards act.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::confirm_to_neighbour::words_of;
use crate::app::App;
use crate::db::{Conn, neighbour_proposals, outgoing_promises};
use crate::domain::amount::Amount;
use crate::domain::audience::Viewer;
use crate::domain::fulfilment::Side;
use crate::domain::id::OutgoingPromiseId;
use crate::domain::incoming_promise::{Counter, IncomingPromise};
use crate::domain::neighbour::RemoteActor;
use crate::domain::outgoing_promise::{OutgoingConfirmation, OutgoingPromise, OutgoingState};
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::web::cards::page_path;
use crate::web::error::Problem;
use crate::web::incoming;
use crate::web::page::{Page, show as page};
use crate::web::promise_lines::{Confirm, counts};
use crate::web::proposal_page::Typed;
use crate::web::proposals::find_visible;
use crate::web::session::{FullMember, Visitor};
use crate::web::words::{Words, link};

/// Where this page stands.
pub const PATH: &str = "/promises";
/// How many promises of ours are read, newest first.
const MOST: i64 = 200;

/// What somebody tried on this page, and why it did not work.
pub enum Attempt {
    /// Nothing.
    None,
    /// To let go of a promise, or of a part of it.
    Release(OutgoingPromiseId, Typed),
    /// To say what came.
    Confirm(OutgoingPromiseId, Typed),
    /// To correct what was said.
    Correct(OutgoingPromiseId, Typed),
}

#[derive(Template)]
#[template(path = "promises/list.html")]
struct Between {
    page: Page,
    waiting: Vec<Waits>,
    standing: Vec<Ours>,
    over: Vec<Ours>,
}

/// A promise of theirs that waits.
struct Waits {
    who: String,
    amount: Option<String>,
    title: String,
    href: String,
}

/// A promise of ours, and what this visitor may do about it.
pub struct Ours {
    /// Its id.
    pub id: String,
    /// To whom.
    pub to: String,
    /// What it answers.
    pub title: String,
    /// The page of that.
    pub href: String,
    /// How much.
    pub amount: Option<String>,
    /// Where it is in its life.
    pub state: String,
    /// How much of it waits in reserve, as a sentence.
    pub reserve: Option<String>,
    /// What they would rather have, as a sentence.
    pub counter: Option<String>,
    /// What they said with their no.
    pub reason: Option<String>,
    /// What we said with it, and what both said when it came.
    pub notes: Vec<String>,
    /// What we and what they counted.
    pub counts: Option<String>,
    /// When we promised.
    pub date: String,
    /// The same for the browser.
    pub iso: String,
    /// Whether this visitor may take what they would rather have.
    pub may_take: bool,
    /// The form to let go of it.
    pub release: Option<Confirm>,
    /// The form to say that it came.
    pub confirm: Option<Confirm>,
    /// The form to correct our count.
    pub correct: Option<Confirm>,
}

/// Everything that is read about one promise of ours.
pub struct Found {
    promise: OutgoingPromise,
    to: String,
    href: String,
    notes: Vec<String>,
    said: Vec<OutgoingConfirmation>,
}

/// `GET /promises`
pub async fn list(State(app): State<App>, signed_in: FullMember) -> Result<Response, Problem> {
    show(&app, &signed_in.visitor, &Attempt::None).await
}

/// The page, with what was tried on it.
pub async fn show(app: &App, visitor: &Visitor, attempt: &Attempt) -> Result<Response, Problem> {
    let (shared, looker) = (app.clone(), visitor.clone());
    let read = move |conn: &mut Conn| {
        let mut ours = Vec::new();
        for (promise, actor) in outgoing_promises::list(conn, MOST)? {
            ours.push(Found::read(&shared, conn, promise, &actor)?);
        }
        Ok((waiting(&shared, conn, &looker)?, ours))
    };
    let (waiting, found) = app.db.read(read).await?;
    let words = Words::new(app, visitor);
    let (standing, over): (Vec<_>, Vec<_>) = found.iter().partition(|each| each.is_undecided());
    let lines = |some: Vec<&Found>| -> Vec<Ours> {
        some.into_iter().map(|each| ours(&words, visitor, each, attempt)).collect()
    };
    page(&Between {
        page: Page::new(app, visitor, words.locale.say("between-title")).found_at(PATH),
        waiting: waiting.iter().map(|each| waits(&words, each)).collect(),
        standing: lines(standing),
        over: lines(over),
    })
}

impl Found {
    /// Reads what belongs to a promise of ours.
    pub fn read(
        app: &App,
        conn: &mut Conn,
        promise: OutgoingPromise,
        actor: &RemoteActor,
    ) -> Result<Self, Error> {
        let known = neighbour_proposals::find_by_url(conn, promise.object.as_str())?;
        let said = outgoing_promises::list_confirmations(conn, promise.id)?;
        let mut notes = vec![outgoing_promises::find_note(conn, promise.id)?];
        for word in &said {
            notes.push(outgoing_promises::find_confirmation(conn, word.id)?.1);
        }
        let mut here = None;
        if let Some(known) = known.filter(|_| !app.blocks().covers_actor(&actor.url)) {
            let is_shown = neighbour_proposals::is_visible_to(conn, &known, Viewer::Member)?;
            here = is_shown.then(|| format!("/neighbours/{}", known.id));
        }
        Ok(Self {
            to: actor.name.clone(),
            href: here.unwrap_or_else(|| link(&promise.object)),
            notes: notes.into_iter().flatten().collect(),
            said,
            promise,
        })
    }

    /// Whether something is still to come, or for us to decide.
    fn is_undecided(&self) -> bool {
        self.promise.is_standing() || self.promise.counter.is_some()
    }
}

/// What waits for an answer, if this visitor may know what it answers.
fn waiting(
    app: &App,
    conn: &mut Conn,
    visitor: &Visitor,
) -> Result<Vec<(IncomingPromise, RemoteActor, Proposal)>, Error> {
    let mut found = Vec::new();
    for (incoming, actor) in incoming::list(app, conn)? {
        let Some(proposal) = incoming.proposal else { continue };
        match find_visible(conn, visitor, proposal) {
            Ok((proposal, _)) => found.push((incoming, actor, proposal)),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

fn waits(
    words: &Words<'_>,
    (incoming, actor, proposal): &(IncomingPromise, RemoteActor, Proposal),
) -> Waits {
    let unit = proposal.content.quantity.as_ref().map_or("one", |quantity| quantity.unit.as_str());
    Waits {
        who: actor.name.clone(),
        amount: incoming.amount.map(|amount| words.amount(amount, unit)),
        title: proposal.content.title.clone(),
        href: page_path(words, proposal.id),
    }
}

/// A promise of ours as it is shown; only stewards get forms.
pub fn ours(words: &Words<'_>, visitor: &Visitor, found: &Found, attempt: &Attempt) -> Ours {
    let (promise, unit) = (&found.promise, found.promise.unit.as_str());
    let is_steward = visitor.member().is_some_and(|member| member.is_steward());
    let said = words_of(&found.said);
    let reserved = promise.reserved();
    let is_split = !reserved.is_zero() && promise.state == OutgoingState::Active;
    let reserve = is_split.then(|| {
        let reserve = words.amount(reserved, unit);
        words.locale.say_with("outgoing-reserve", [("reserve", reserve.into())])
    });
    let day = words.lately(promise.promised_at);
    Ours {
        id: promise.id.to_string(),
        to: found.to.clone(),
        title: promise.title.clone(),
        href: found.href.clone(),
        amount: promise.amount.map(|amount| words.amount(amount, unit)),
        state: words.locale.say(state(promise)),
        reserve,
        counter: promise.counter.map(|counter| rather(words, counter, unit)),
        reason: promise.reason.clone(),
        notes: found.notes.clone(),
        counts: counts(words, (said.promiser, said.proposer), promise.amount, unit),
        date: day.text,
        iso: day.iso,
        may_take: is_steward && promise.counter.is_some(),
        release: release(words, found, attempt).filter(|_| is_steward),
        confirm: confirm(words, found, attempt).filter(|_| is_steward),
        correct: correct(words, found, attempt).filter(|_| is_steward),
    }
}

fn state(promise: &OutgoingPromise) -> &'static str {
    match promise.state {
        OutgoingState::Pending => "outgoing-pending",
        OutgoingState::Active => "promise-standing",
        OutgoingState::InReserve => "promise-in-reserve",
        OutgoingState::Declined if promise.counter.is_some() => "outgoing-countered",
        OutgoingState::Declined => "outgoing-declined",
        OutgoingState::Released => "outgoing-released",
        OutgoingState::Cancelled => "outgoing-cancelled",
        OutgoingState::Expired => "outgoing-expired",
        OutgoingState::Delivered => "promise-delivered",
    }
}

fn rather(words: &Words<'_>, counter: Counter, unit: &str) -> String {
    let amount = |amount: Amount| words.amount(amount, unit);
    let id = match (counter.now.is_zero(), counter.reserve.is_zero()) {
        (false, true) => "outgoing-rather-now",
        (true, _) => "outgoing-rather-reserve",
        (false, false) => "outgoing-rather-split",
    };
    let arguments =
        [("now", amount(counter.now).into()), ("reserve", amount(counter.reserve).into())];
    words.locale.say_with(id, arguments)
}

/// Before they answered there is nothing of which a part could be kept.
fn release(words: &Words<'_>, found: &Found, attempt: &Attempt) -> Option<Confirm> {
    let promise = Some(&found.promise).filter(|promise| promise.is_standing())?;
    let tried = match attempt {
        Attempt::Release(id, typed) if *id == promise.id => Some(typed),
        _ => None,
    };
    let part = promise.amount.filter(|_| promise.agreement.is_some());
    Some(Confirm::new(words, part.map(|_| promise.unit.as_str()), part, tried))
}

/// What we have still to confirm, if anything.
fn confirm(words: &Words<'_>, found: &Found, attempt: &Attempt) -> Option<Confirm> {
    let promise = &found.promise;
    if !matches!(promise.state, OutgoingState::Active | OutgoingState::InReserve) {
        return None;
    }
    let tried = match attempt {
        Attempt::Confirm(id, typed) if *id == promise.id => Some(typed),
        _ => None,
    };
    let word = words_of(&found.said).promiser;
    let Some(amount) = promise.amount else {
        return (!word.spoke).then(|| Confirm::new(words, None, None, tried));
    };
    let left = Some(amount - word.total).filter(|left| !left.is_zero());
    left.map(|left| Confirm::new(words, Some(&promise.unit), Some(left), tried))
}

/// Our last word, if it counted something that stands.
fn correct(words: &Words<'_>, found: &Found, attempt: &Attempt) -> Option<Confirm> {
    let promise = &found.promise;
    let counts = [OutgoingState::Active, OutgoingState::InReserve, OutgoingState::Delivered];
    let ours = found.said.iter().filter(|word| word.side == Side::Promiser);
    let last = ours.max_by_key(|word| word.id)?.amount?;
    let tried = match attempt {
        Attempt::Correct(id, typed) if *id == promise.id => Some(typed),
        _ => None,
    };
    counts
        .contains(&promise.state)
        .then(|| Confirm::new(words, Some(&promise.unit), Some(last), tried))
}
