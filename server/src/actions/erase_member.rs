//! Erase what is personal of those who left and did not come back. What the collective did stays,
//! without their name: promises, what came of them, amounts and dates.

use serde_json::Value;
use url::Url;

use crate::actions::change_proposal::{Step, forget_deeds, take_step};
use crate::actions::erase_said::erase_of;
use crate::actions::settle::tell;
use crate::app::App;
use crate::db::{
    Conn, actors, fulfilments, leaving, member_handles, messages, of_member, pictures,
    promise_people, promises, proposals,
};
use crate::domain::event::Event;
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::leaving::tells_who;
use crate::domain::proposal::{Proposal, Purpose, State};
use crate::error::Error;
use crate::i18n::Locale;

/// What is left of an activity that was sent: its envelope, and the address of what it was about.
const ENVELOPE: [&str; 7] = ["@context", "id", "type", "actor", "to", "cc", "published"];

/// Erases everybody whose time to come back is over; answers how many.
pub async fn erase_overdue(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let due = app.db.read(move |conn| leaving::list_due(conn, now)).await?;
    let mut erased = 0;
    for member in due {
        // A transaction each: one who came back meanwhile, or cannot be erased, keeps nobody else.
        let done = app.change(move |app, conn, events| erase(app, conn, member, events)).await?;
        erased += usize::from(done);
    }
    Ok(erased)
}

fn erase(
    app: &App,
    conn: &mut Conn,
    member: MemberId,
    events: &mut Vec<Event>,
) -> Result<bool, Error> {
    let Some(name) = leaving::lock_due(conn, member, app.now())? else { return Ok(false) };
    let objects = objects(app, conn, member)?;
    forget_sent(conn, &objects)?;
    let theirs = proposals::list_by_author(conn, member)?;
    let digest = |proposal: &Proposal| Some(proposal.content.picture.as_ref()?.digest.clone());
    let shown: Vec<String> = theirs.iter().filter_map(digest).collect();
    let mut posted: Vec<ProposalId> = theirs.iter().map(|posted| posted.id).collect();
    posted.sort_unstable();
    erase_of(app, conn, &posted)?;
    for id in posted {
        let proposal = proposals::lock(conn, id)?;
        erase_proposal(app, conn, proposal, &name, events)?;
    }
    shown.iter().try_for_each(|digest| pictures::delete_if_unused(conn, digest))?;
    forget_accounts(conn, member)?;
    leaving::erase(conn, member)?;
    Ok(true)
}

/// What they wrote to us from their own accounts, and that it was these who promised.
fn forget_accounts(conn: &mut Conn, member: MemberId) -> Result<(), Error> {
    for handle in member_handles::list(conn, member)? {
        let Some(actor) = actors::find_by_url(conn, handle.actor.as_str())? else { continue };
        messages::forget_actor(conn, actor.id)?;
        promise_people::forget_actor(conn, actor.id)?;
    }
    Ok(())
}

/// Erases what a proposal says. A draft goes as a whole, and what nothing came of is taken back; of
/// what came, its title stays as that of the collective's deed, if others were told of it and it
/// tells nothing of the person.
fn erase_proposal(
    app: &App,
    conn: &mut Conn,
    mut proposal: Proposal,
    name: &str,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    if proposal.state == State::Draft {
        return proposals::delete_draft(conn, proposal.id);
    }
    let is_deed = !fulfilments::list_by_proposal(conn, proposal.id)?.is_empty()
        || !proposal.coverage.came_high.is_zero();
    let content = &mut proposal.content;
    let is_title_kept = is_deed && content.audience.goes_out() && !tells_who(&content.title, name);
    if !is_title_kept {
        content.title = Locale::find(&content.language).say(match proposal.purpose {
            Purpose::Need => "erased-need",
            Purpose::Offer => "erased-offer",
        });
    }
    content.text.clear();
    content.place = None;
    content.picture = None;
    content.kind = content.kind.take().filter(|kind| !tells_who(kind, name));
    match proposal.state {
        State::Withdrawn => proposals::update(conn, &proposal),
        _ if !is_deed => take_step(app, conn, proposal, Step::Withdraw, events).map(drop),
        _ => {
            if !is_title_kept && proposal.is_told() {
                forget_deeds(app, conn, &proposal, events)?;
            }
            proposal.touch(app.now());
            tell(&mut proposal, events);
            proposals::update(conn, &proposal)
        }
    }
}

/// The addresses of everything on the wire that may hold words of theirs.
fn objects(app: &App, conn: &mut Conn, member: MemberId) -> Result<Vec<Url>, Error> {
    let urls = app.collective.urls();
    let mut found = Vec::new();
    for proposal in proposals::list_by_author(conn, member)? {
        found.push(urls.proposal(proposal.id));
        let deeds = fulfilments::list_by_proposal(conn, proposal.id)?;
        found.extend(deeds.iter().map(|deed| urls.fulfilment(deed.id)));
        let answers = promises::list_by_proposal(conn, proposal.id)?;
        found.extend(answers.iter().map(|promise| urls.agreement(promise.id)));
    }
    let said = of_member::list_said(conn, member)?;
    found.extend(said.iter().map(|(word, _)| urls.count(word.id)));
    let outgoing = of_member::list_outgoing(conn, member)?;
    found.extend(outgoing.iter().map(|id| urls.offer(*id)));
    let counted = of_member::list_said_outgoing(conn, member)?;
    found.extend(counted.iter().map(|(word, _)| word.url.clone()));
    Ok(found)
}

/// Takes the words out of what was sent about objects and is kept for a while. Whoever has not got
/// it yet reads at its address what stands there now.
fn forget_sent(conn: &mut Conn, objects: &[Url]) -> Result<(), Error> {
    for object in objects {
        for (id, body) in leaving::list_sent_about(conn, object.as_str())? {
            leaving::update_sent(conn, id, &without_words(&body, object))?;
        }
    }
    Ok(())
}

fn without_words(body: &str, object: &Url) -> String {
    let mut activity: Value = serde_json::from_str(body).unwrap_or_default();
    if let Value::Object(fields) = &mut activity {
        // An Offer is not about the object: it is the object itself.
        let about = fields.get("object").map(|about| about.get("id").unwrap_or(about));
        let is_about = about.and_then(Value::as_str) == Some(object.as_str());
        fields.retain(|name, _| ENVELOPE.contains(&name.as_str()));
        if is_about {
            fields.insert("object".to_owned(), object.as_str().into());
        }
    }
    activity.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_what_was_sent_only_the_envelope_is_left() {
        let object: Url = "https://ring.example/n/1".parse().unwrap();
        let left = |about: Value| {
            let mut body = json!({"id": "x", "type": "Create", "to": ["y"], "content": "a"});
            body["object"] = about;
            serde_json::from_str::<Value>(&without_words(&body.to_string(), &object)).unwrap()
        };
        let about = json!({"id": "x", "type": "Create", "to": ["y"], "object": object});
        assert_eq!(left(json!({"id": object, "content": "a"})), about);
        assert_eq!(left(json!(object)), about);
        let offered = json!({"id": "x", "type": "Create", "to": ["y"]});
        assert_eq!(left(json!({"type": "Agreement", "note": "a"})), offered);
        assert_eq!(without_words("not JSON", &object), "null");
    }
}
