//! What followers think of what the assembly decides: the Question goes out, answers come in, and a
//! last word tells that it is over.

use serde_json::{Value, json};

use crate::app::App;
use crate::db::{Conn, decisions, opinions, quarantine};
use crate::domain::decision::Decision;
use crate::domain::id::DecisionId;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::inbox::{Effect, Outcome};
use crate::federation::json;
use crate::federation::objects::question;
use crate::federation::outbox::quiet::is_question_buried;
use crate::federation::vocab::QUESTION_CONTEXT;

/// The Question at its address, if followers are asked.
pub fn document(app: &App, conn: &mut Conn, id: DecisionId) -> Result<Value, Error> {
    find_readable(app, conn, id)?;
    let mut question = object(app, conn, id)?;
    if let Value::Object(question) = &mut question {
        question.insert("@context".into(), QUESTION_CONTEXT.clone());
    }
    Ok(question)
}

/// The activity by which followers are asked.
pub fn ask(app: &App, conn: &mut Conn, id: DecisionId) -> Result<Value, Error> {
    let question = object(app, conn, id)?;
    let url = app.collective.urls().question(id);
    Ok(activity(app, "Create", format!("{url}/create"), question))
}

/// The activity by which they hear that it is over.
pub fn tell_over(app: &App, conn: &mut Conn, id: DecisionId) -> Result<Value, Error> {
    let question = object(app, conn, id)?;
    let url = app.collective.urls().question(id);
    // Other than one that was said before a return from a backup.
    let number = i64::from(quarantine::epoch(conn)?).saturating_add(1);
    Ok(activity(app, "Update", format!("{url}/updates/{number}"), question))
}

fn activity(app: &App, kind: &str, id: String, question: Value) -> Value {
    json!({
        "@context": *QUESTION_CONTEXT,
        "id": id,
        "type": kind,
        "actor": app.collective.urls().actor(),
        "published": question.get("published"),
        "to": question.get("to"),
        "cc": question.get("cc"),
        "object": question
    })
}

fn object(app: &App, conn: &mut Conn, id: DecisionId) -> Result<Value, Error> {
    let decision = find(conn, id)?;
    let opinions = match decision.outcome {
        Some(outcome) => outcome.opinions,
        None => opinions::count(conn, id)?,
    };
    Ok(question::question(app, &decision, opinions))
}

/// A decision about which followers are asked; what is for members only does not exist.
fn find(conn: &mut Conn, id: DecisionId) -> Result<Decision, Error> {
    let decision = decisions::find(conn, id)?;
    if decision.asks_followers { Ok(decision) } else { Err(Error::NotFound) }
}

/// A decision about which followers can still read what they were asked: it was not taken back.
fn find_readable(app: &App, conn: &mut Conn, id: DecisionId) -> Result<(), Error> {
    match is_question_buried(app, conn, id)? {
        true => Err(Error::NotFound),
        false => Ok(()),
    }
}

/// What an answer to a Question of ours does: a Note (in Pleroma an Answer) with a name and no text.
/// Words about a Question are a message like any other.
pub fn receive(app: &App, note: &Value, actor: &RemoteActor) -> Option<Effect> {
    let id = app.collective.urls().parse_question(&json::url(note, "inReplyTo")?)?;
    let is_answer = json::text(note, "content").is_none_or(|content| content.trim().is_empty());
    let choice = question::read_choice(json::text(note, "name").filter(|_| is_answer)?);
    let (actor, is_person) = (actor.id, actor.kind == "Person");
    Some(Box::new(move |app, conn, _| {
        let Some(is_yes) = choice else { return Ok(Outcome::Ignored("it is none of the answers")) };
        if !is_person {
            return Ok(Outcome::Ignored("only people are asked for their opinion"));
        }
        // Whoever closes it must not miss an answer that is counted.
        let decision = match decisions::lock(conn, id) {
            Ok(decision) if decision.asks_followers => decision,
            Ok(_) | Err(Error::NotFound) => return Ok(Outcome::Ignored("nobody was asked that")),
            Err(other) => return Err(other),
        };
        if !decision.is_open(app.now()) {
            return Ok(Outcome::Ignored("it is over"));
        }
        match opinions::insert(conn, id, actor, is_yes)? {
            true => Ok(Outcome::Done),
            false => Ok(Outcome::Ignored("they said it before")),
        }
    }))
}
