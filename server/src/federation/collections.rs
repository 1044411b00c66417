//! Our collections: what we said, who follows, what is open.

use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::db::{Conn, followers, followings, proposals};
use crate::domain::id::ProposalId;
use crate::error::Error;
use crate::federation::outbox;
use crate::federation::vocab::{ACTIVITY_STREAMS, CONTEXT};

/// How many activities stand on a page of the outbox.
const PAGE: i64 = 20;
/// How many open proposals are pinned: what a visitor of our profile sees first.
const PINNED: usize = 20;

/// The outbox: how much there is and where to begin.
pub fn outbox(app: &App, conn: &mut Conn) -> Result<Value, Error> {
    let id = app.collective.urls().of_actor("outbox");
    Ok(json!({
        "@context": ACTIVITY_STREAMS,
        "id": id,
        "type": "OrderedCollection",
        "totalItems": proposals::count_public(conn)?,
        "first": format!("{id}?page=true")
    }))
}

/// A page of the outbox: the public `Create`s, newest first, each with its proposal as it stands
/// now, so that a server which was away catches up by reading it.
pub fn outbox_page(app: &App, conn: &mut Conn, before: Option<ProposalId>) -> Result<Value, Error> {
    let id = app.collective.urls().of_actor("outbox");
    let page = proposals::list_public(conn, before, PAGE)?;
    let said = page.iter().filter(|proposal| !proposal.note.is_unsaid);
    let items: Vec<Value> =
        said.map(|proposal| inner(outbox::create_proposal(app, proposal))).collect();
    let this = match before {
        Some(before) => format!("{id}?page=true&before={before}"),
        None => format!("{id}?page=true"),
    };
    let mut document = json!({
        "@context": *CONTEXT,
        "id": this,
        "type": "OrderedCollectionPage",
        "partOf": id,
        "orderedItems": items
    });
    if let (Some(last), Value::Object(document)) = (page.last(), &mut document)
        && i64::try_from(page.len()).is_ok_and(|length| length == PAGE)
    {
        let next = format!("{id}?page=true&before={}", last.id);
        document.insert("next".into(), json!(next));
    }
    Ok(document)
}

/// The followers: how many, never who.
pub fn followers(app: &App, conn: &mut Conn) -> Result<Value, Error> {
    Ok(counted(&app.collective.urls().of_actor("followers"), followers::count(conn)?))
}

/// Whom we follow: how many, never who.
pub fn following(app: &App, conn: &mut Conn) -> Result<Value, Error> {
    Ok(counted(&app.collective.urls().of_actor("following"), followings::count_accepted(conn)?))
}

/// A page of a collection whose members are hidden. Mastodon calls a collection hidden that has
/// no page at all.
pub fn hidden_page(app: &App, name: &str) -> Value {
    let id = app.collective.urls().of_actor(name);
    json!({
        "@context": ACTIVITY_STREAMS,
        "id": format!("{id}?page=true"),
        "type": "OrderedCollectionPage",
        "partOf": id,
        "orderedItems": []
    })
}

/// What is pinned to our profile: what is open, longest waiting first.
pub fn featured(app: &App, conn: &mut Conn) -> Result<Value, Error> {
    let urls = app.collective.urls();
    let open = proposals::list_open(conn)?;
    let public = open
        .iter()
        .filter(|proposal| proposal.is_public() && !proposal.note.is_unsaid)
        .take(PINNED);
    let items: Vec<Url> = public.map(|proposal| urls.note(proposal)).collect();
    Ok(json!({
        "@context": ACTIVITY_STREAMS,
        "id": urls.of_actor("featured"),
        "type": "OrderedCollection",
        "totalItems": items.len(),
        "orderedItems": items
    }))
}

/// The replies to a Note. They are shown to members only, so none is listed.
pub fn replies(note: &Url) -> Value {
    json!({
        "@context": ACTIVITY_STREAMS,
        "id": format!("{note}/replies"),
        "type": "Collection",
        "first": {"type": "CollectionPage", "partOf": format!("{note}/replies"), "items": []}
    })
}

/// An empty ordered collection, for the outbox of the instance actor.
pub fn empty(id: &Url) -> Value {
    json!({
        "@context": ACTIVITY_STREAMS,
        "id": id,
        "type": "OrderedCollection",
        "totalItems": 0,
        "orderedItems": []
    })
}

fn counted(id: &Url, count: i64) -> Value {
    json!({
        "@context": ACTIVITY_STREAMS,
        "id": id,
        "type": "OrderedCollection",
        "totalItems": count,
        "first": format!("{id}?page=true")
    })
}

/// An activity within a page, which has the context already.
fn inner(mut activity: Value) -> Value {
    if let Value::Object(activity) = &mut activity {
        activity.shift_remove("@context");
    }
    activity
}
