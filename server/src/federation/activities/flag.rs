//! `Flag` of something of ours: another server reports it to us.

use url::Url;

use crate::app::App;
use crate::db::reports::{self, Report};
use crate::domain::collective::domain_of;
use crate::federation::inbox::{Activity, Effect, Outcome, ignored};
use crate::federation::json;
use crate::{keys, text};

/// The longest comment that is kept, in characters, the one that marks a cut included. Mastodon
/// has the same.
const LONGEST_COMMENT: usize = 5_000;
/// How much of a comment is read, in bytes: what may be HTML is longer than its text.
const LONGEST_HTML: usize = 64 * 1024;
/// How many objects are kept.
const MOST_OBJECTS: usize = 50;

/// Keeps the report for the stewards. It does nothing else, and says of who reported no more than
/// their server.
pub fn receive(app: &App, activity: Activity) -> Effect {
    if app.rules().rejects_reports_of(&domain_of(&activity.actor.url)) {
        return ignored("what its server reports is not taken");
    }
    let urls = app.collective.urls();
    let mut objects: Vec<String> = Vec::new();
    for object in json::field(&activity.json, "object").into_iter().flat_map(json::many) {
        let url = object.as_str().and_then(json::parse_url).or_else(|| json::url(object, "id"));
        let ours = url.filter(|url| urls.is_ours(url)).map(Url::into);
        objects.extend(ours.filter(|url| !objects.contains(url)));
        if objects.len() >= MOST_OBJECTS {
            break;
        }
    }
    if objects.is_empty() {
        return ignored("it reports nothing of ours");
    }
    let comment = json::text(&activity.json, "content").unwrap_or_default();
    let report = Report {
        // Some servers write the name of who reports into the id.
        id: keys::secret_hash(activity.id.as_str()),
        host: domain_of(&activity.actor.url),
        comment: text::one_line(
            &text::plain(text::cut(comment, LONGEST_HTML)),
            LONGEST_COMMENT - 1,
        ),
        objects,
        received_at: app.now(),
    };
    Box::new(move |_, conn, _| {
        reports::insert(conn, &report)?;
        Ok(Outcome::Done)
    })
}
