//! What goes out, and what does not, while nothing of the collective is to be seen from outside.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::actions::quiet::say_again;
use crate::app::{App, OurKeys};
use crate::db::{Conn, activities, collective, followings, proposals, quiet_mode};
use crate::domain::fulfilment::Fulfilment;
use crate::domain::id::{DecisionId, ProposalId};
use crate::domain::proposal::{NoteMark, Proposal};
use crate::error::Error;
use crate::federation::objects;
use crate::federation::outbox::{Reach, delete, send, update_actor};

/// Between our actor and the time of a change, in the id of the Update that tells of it.
const SEEN: &str = "#seen/";

/// A proposal of which others are to hear now, and whether as of something new to them. While it is
/// quiet they hear nothing; what was taken back and is opened after that comes under its next address.
pub fn to_be_said(
    app: &App,
    conn: &mut Conn,
    id: ProposalId,
    is_new: bool,
) -> Result<Option<(Proposal, bool)>, Error> {
    let mut proposal = proposals::find(conn, id)?;
    let is_unsaid = proposal.note.is_unsaid;
    if quiet_mode::is_quiet(conn)? {
        if is_new && !is_unsaid {
            let unsaid = NoteMark { is_unsaid: true, ..proposal.note };
            proposals::update_note(conn, id, unsaid)?;
        }
        return Ok(None);
    }
    if !is_unsaid {
        return Ok(Some((proposal, is_new)));
    }
    if !proposal.is_open() {
        return Ok(None);
    }
    say_again(app, conn, &mut proposal)?;
    Ok(Some((proposal, true)))
}

/// Whether others hear of what came. What they do not hear now they never do: thanks are not said
/// long after.
pub fn gives_thanks(app: &App, conn: &mut Conn, deed: &Fulfilment) -> Result<bool, Error> {
    let urls = app.collective.urls();
    let (url, owner) = (urls.fulfilment(deed.id), urls.actor());
    if activities::find_tombstone(conn, url.as_str(), owner.as_str())?.is_some() {
        return Ok(false);
    }
    let proposal = proposals::find(conn, deed.proposal)?;
    if !proposal.note.is_unsaid && !quiet_mode::is_quiet(conn)? {
        return Ok(true);
    }
    activities::insert_tombstone(conn, url.as_str(), owner.as_str(), app.now())?;
    Ok(false)
}

/// Whether followers are asked about a decision. Whom we do not ask now, we never ask.
pub fn asks(app: &App, conn: &mut Conn, id: DecisionId) -> Result<bool, Error> {
    if !quiet_mode::is_quiet(conn)? {
        return Ok(true);
    }
    let urls = app.collective.urls();
    let (url, owner) = (urls.question(id), urls.actor());
    activities::insert_tombstone(conn, url.as_str(), owner.as_str(), app.now())?;
    Ok(false)
}

/// Whether what followers were asked was taken back, or they were never asked.
pub fn is_question_buried(app: &App, conn: &mut Conn, id: DecisionId) -> Result<bool, Error> {
    let urls = app.collective.urls();
    let (url, owner) = (urls.question(id), urls.actor());
    Ok(activities::find_tombstone(conn, url.as_str(), owner.as_str())?.is_some())
}

/// The activity by which a Question is taken back.
pub fn delete_question(app: &App, id: DecisionId, at: Timestamp) -> Value {
    let mut delete = delete(app, &app.collective.urls().question(id), at);
    if let Some(Value::Object(tombstone)) = delete.get_mut("object") {
        tombstone.insert("formerType".into(), json!("Question"));
    }
    delete
}

/// Tells everybody who follows us, and everybody whom we follow, how much our actor shows now.
pub fn tell(app: &App, conn: &mut Conn) -> Result<(), Error> {
    let keys = OurKeys::read(&collective::list_keys(conn)?)?;
    let mode = quiet_mode::find(conn)?;
    let id = format!("{}{SEEN}{}", app.collective.urls().actor(), app.clock.new_id::<()>());
    let actor = objects::actor::described(&app.collective, &keys, mode)?;
    let others: BTreeSet<String> = followings::list(conn)?
        .into_iter()
        .map(|each| each.actor.shared_inbox.unwrap_or(each.actor.inbox).to_string())
        .collect();
    send(app, conn, &update_actor(app, id, actor), Reach::Followers, others)?;
    Ok(())
}
