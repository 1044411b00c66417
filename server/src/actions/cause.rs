//! The collective's list of causes, and what it does about them.

use jiff::{SignedDuration, Timestamp};

use crate::actions::measure::check_steward;
use crate::app::App;
use crate::db::{Conn, agenda, causes};
use crate::domain::agenda::Matter;
use crate::domain::cause::{
    Cause, LATEST_REVIEW_DAYS, Response, ResponseKind, Statement, check_label, check_text,
    cut_words,
};
use crate::domain::id::{CauseId, DecisionId, ProposalId, ResponseId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::{LANGUAGES, Locale};

/// What the collective wants to do about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResponse {
    /// What kind of thing it is.
    pub kind: ResponseKind,
    /// What it is.
    pub text: String,
    /// The decision behind it.
    pub decision: Option<DecisionId>,
    /// For "not now": when it is looked at again.
    pub review_at: Option<Timestamp>,
}

/// What somebody says is behind a need that is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The cause.
    pub cause: CauseId,
    /// In their own words; may be empty.
    pub words: String,
}

/// Adds a cause to the list.
pub async fn add(app: &App, by: &Member, label: &str, is_quiet: bool) -> Result<Cause, Error> {
    let (by, label) = (by.id, check_label(label)?);
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        check_free(conn, &label, None)?;
        let cause = Cause {
            id: app.clock.new_id(),
            word: None,
            label: Some(label),
            is_quiet,
            added_at: app.now(),
            retired_at: None,
            asked_in: None,
        };
        causes::insert(conn, &cause)?;
        Ok(cause)
    })
    .await
}

/// Gives a cause another name, in the collective's own words.
pub async fn rename(app: &App, by: &Member, id: CauseId, label: &str) -> Result<Cause, Error> {
    let label = check_label(label)?;
    change(app, by, id, move |conn, cause, _| {
        check_free(conn, &label, Some(cause.id))?;
        cause.label = Some(label);
        Ok(())
    })
    .await
}

/// Takes a cause from the list, or puts it there again. What was said before stays counted.
pub async fn retire(app: &App, by: &Member, id: CauseId, retires: bool) -> Result<Cause, Error> {
    change(app, by, id, move |_, cause, now| {
        cause.retired_at = retires.then(|| cause.retired_at.unwrap_or(now));
        Ok(())
    })
    .await
}

/// Notes what the collective does about a cause; that answers what the assembly was asked.
pub async fn respond(
    app: &App,
    by: &Member,
    id: CauseId,
    new: NewResponse,
) -> Result<Response, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        causes::lock(conn, id)?;
        respond_in(app, conn, id, new)
    })
    .await
}

/// The same, inside a transaction that is under way and in which the cause is locked.
pub fn respond_in(
    app: &App,
    conn: &mut Conn,
    cause: CauseId,
    new: NewResponse,
) -> Result<Response, Error> {
    let now = app.now();
    let review_at = match new.kind {
        ResponseKind::NotNow => Some(check_review(new.review_at, now)?),
        _ => None,
    };
    let response = Response {
        id: app.clock.new_id(),
        cause,
        kind: new.kind,
        text: check_text(&new.text)?,
        decision: new.decision,
        made_at: now,
        review_at,
        done_at: None,
        asked_again_at: None,
    };
    causes::insert_response(conn, &response)?;
    for matter in [Matter::RecurringCause, Matter::Review] {
        agenda::settle(conn, (matter, &cause.to_string()), now)?;
    }
    Ok(response)
}

/// Notes that a response is done. If the cause goes on, the assembly is asked again, once.
pub async fn finish(app: &App, by: &Member, id: ResponseId) -> Result<Response, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let cause = causes::find_response(conn, id)?.cause;
        causes::lock(conn, cause)?;
        let mut response = causes::find_response(conn, id)?;
        response.done_at = response.done_at.or(Some(app.now()));
        causes::update_response(conn, &response)?;
        Ok(response)
    })
    .await
}

/// Notes what somebody says is behind a need that they close. It is never in the way: a cause that
/// is not on the list is passed over, and words are cut.
pub fn state(app: &App, conn: &mut Conn, need: ProposalId, said: &Said) -> Result<(), Error> {
    let is_offered = match causes::find(conn, said.cause) {
        Ok(cause) => cause.is_offered(),
        Err(Error::NotFound) => false,
        Err(other) => return Err(other),
    };
    if !is_offered {
        return Ok(());
    }
    let statement = Statement {
        proposal: need,
        cause: said.cause,
        words: cut_words(&said.words),
        stated_at: app.now(),
    };
    causes::upsert_statement(conn, &statement)
}

/// What a cause is called in a language: by the collective's own name, or by that of the list from
/// the beginning.
pub fn name_of(cause: &Cause, locale: &Locale) -> String {
    match (&cause.label, &cause.word) {
        (Some(label), _) => label.clone(),
        (None, Some(word)) => locale.say(&format!("cause-{word}")),
        (None, None) => cause.id.to_string(),
    }
}

async fn change(
    app: &App,
    by: &Member,
    id: CauseId,
    body: impl FnOnce(&mut Conn, &mut Cause, Timestamp) -> Result<(), Error> + Send + 'static,
) -> Result<Cause, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let mut cause = causes::lock(conn, id)?;
        body(conn, &mut cause, app.now())?;
        causes::update(conn, &cause)?;
        Ok(cause)
    })
    .await
}

/// Refuses a name that another cause has, in any language.
fn check_free(conn: &mut Conn, label: &str, own: Option<CauseId>) -> Result<(), Error> {
    let wanted = label.to_lowercase();
    let is_taken = causes::list(conn)?.iter().any(|cause| {
        let mut names = LANGUAGES.iter().map(|(code, _)| name_of(cause, &Locale::find(code)));
        Some(cause.id) != own && names.any(|name| name.to_lowercase() == wanted)
    });
    if is_taken { Err(Refusal::CauseNameTaken.into()) } else { Ok(()) }
}

fn check_review(review_at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let latest = SignedDuration::from_hours(24 * LATEST_REVIEW_DAYS);
    let fits = |at: &Timestamp| *at > now && at.duration_since(now) <= latest;
    review_at.filter(fits).ok_or(Refusal::ReviewMissing)
}
