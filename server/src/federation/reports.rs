//! What we report to other servers: a `Flag` from the instance actor, as Mastodon sends and reads it,
//! so that nobody on the other side learns who here reported.

use serde_json::json;
use url::Url;

use crate::app::App;
use crate::db::Conn;
use crate::domain::id::Id;
use crate::error::Error;
use crate::federation::outbox::send_to;
use crate::federation::vocab::ACTIVITY_STREAMS;

/// Between the instance actor and the id of a report.
const REPORTS: &str = "#reports/";

/// Tells a server what was reported of somebody there.
pub fn send(
    app: &App,
    conn: &mut Conn,
    id: Id<()>,
    (actor, inbox): (&Url, &Url),
    (object, words): (&Url, &str),
) -> Result<(), Error> {
    let us = app.collective.urls().instance_actor();
    let flag = json!({
        "@context": ACTIVITY_STREAMS,
        "id": format!("{us}{REPORTS}{id}"),
        "type": "Flag",
        "actor": us,
        "to": [actor],
        "object": [actor, object],
        "content": words
    });
    send_to(app, conn, &flag, inbox)
}

/// Whether an activity of ours is a report, which the instance actor signs.
pub fn is_report(instance_actor: &Url, activity: &str) -> bool {
    activity.strip_prefix(instance_actor.as_str()).is_some_and(|rest| rest.starts_with(REPORTS))
}
