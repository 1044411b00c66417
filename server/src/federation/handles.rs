//! Handles of others: reading what people type, asking WebFinger (RFC 7033), and finding out which
//! handle an actor really has.
//!
//! A handle is shown only if both sides say so: its host names the actor, and the actor (or the
//! WebFinger of the actor's own host) names the handle. Else an actor is called by its name at its
//! own host, which nobody else can claim.

use std::fmt;

use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::domain::collective::domain_of;
use crate::domain::neighbour::RemoteActor;
use crate::federation::fetch::{self, FetchError};
use crate::federation::json;

/// The longest name before the `@`, in bytes.
const LONGEST_NAME: usize = 100;

/// `name@host`. The host is as it stands in addresses: in small letters, and what is not ASCII
/// as Punycode, so that no letter passes for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    name: String,
    domain: String,
}

/// What a host says of a handle.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The handle that it has really.
    subject: Option<Handle>,
    /// The actors behind it; some hosts have a person and a group of one name.
    pub actors: Vec<Url>,
}

impl Handle {
    /// Reads what a person or a server wrote: `@mill@mill.example`, with or without the first `@`
    /// or `acct:`.
    pub fn parse(written: &str) -> Option<Self> {
        let written = written.trim();
        let written = written.strip_prefix("acct:").unwrap_or(written);
        let (name, domain) = written.strip_prefix('@').unwrap_or(written).split_once('@')?;
        let odd = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '?' | '#' | '%' | '\\');
        if !is_name(name) || domain.is_empty() || domain.contains(odd) {
            return None;
        }
        let url = Url::parse(&format!("https://{domain}/")).ok()?;
        Some(Self { name: name.to_owned(), domain: domain_of(&url) })
    }

    /// The host, with its port if it is not the usual one.
    pub fn host(&self) -> &str {
        &self.domain
    }

    fn is_same(&self, other: &Self) -> bool {
        self.has_name(&other.name) && self.domain == other.domain
    }

    fn has_name(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.domain)
    }
}

/// Whether a name may stand before the `@`: what Mastodon accepts, so that nothing in it can look
/// like another address.
pub fn is_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(fits)
}

/// What an actor is called whose name at its host is somebody else's already: its address, without
/// anything that could make it look like a handle.
pub fn last_resort(actor: &Url) -> String {
    let path = actor.path().replace('@', "%40");
    format!("{}{path}", domain_of(actor))
}

/// Asks the host of a handle who that is.
pub async fn ask(app: &App, handle: &Handle) -> Result<Answer, FetchError> {
    let scheme = if app.client.allows_http() { "http" } else { "https" };
    let url = question(scheme, handle).map_err(|error| FetchError::Unfit(error.to_string()))?;
    Ok(read(&fetch::plain_json(app, &url, "application/jrd+json, application/json").await?))
}

/// The address at which a host says who a handle is (RFC 7033, 4).
fn question(scheme: &str, handle: &Handle) -> Result<Url, url::ParseError> {
    let mut url = Url::parse(&format!("{scheme}://{}/.well-known/webfinger", handle.domain))?;
    url.query_pairs_mut().append_pair("resource", &format!("acct:{handle}"));
    Ok(url)
}

fn read(answer: &Value) -> Answer {
    let links = json::field(answer, "links").into_iter().flat_map(json::many);
    let to_actor = |link: &&Value| {
        let kind = json::text(link, "type").unwrap_or_default();
        json::text(link, "rel") == Some("self") && fetch::is_activity_json(kind)
    };
    let actors = links.filter(to_actor).filter_map(|link| json::url(link, "href")).collect();
    Answer { subject: json::text(answer, "subject").and_then(Handle::parse), actors }
}

/// The handle that an actor and the host of the handle agree on. `asked` is what was asked on the
/// way to the actor, so that it is not asked again.
pub async fn settle(
    app: &App,
    actor: &RemoteActor,
    document: &Value,
    asked: Option<(Handle, Answer)>,
) -> String {
    let found = settled(app, actor, document, asked.as_ref()).await;
    found.map_or_else(|| actor.address.clone(), |handle| handle.to_string())
}

/// Another handle than the name at the actor's own host, if both sides say so. A host that does
/// not answer says nothing.
async fn settled(
    app: &App,
    actor: &RemoteActor,
    document: &Value,
    asked: Option<&(Handle, Answer)>,
) -> Option<Handle> {
    let own = Handle::parse(&actor.address)?;
    // What the actor itself says (FEP-2c59), or else its own host.
    let claimed = match json::text(document, "webfinger").and_then(Handle::parse) {
        Some(claimed) => claimed,
        None => confirmed(app, &own, actor, asked).await?.subject?,
    };
    if claimed.is_same(&own) || !claimed.has_name(&own.name) {
        return None;
    }
    let said = confirmed(app, &claimed, actor, asked).await?;
    said.subject.as_ref().is_none_or(|subject| subject.is_same(&claimed)).then_some(claimed)
}

/// What a host says of a handle, if it names this actor.
async fn confirmed(
    app: &App,
    handle: &Handle,
    actor: &RemoteActor,
    asked: Option<&(Handle, Answer)>,
) -> Option<Answer> {
    let answer = match asked {
        Some((before, answer)) if before.is_same(handle) => answer.clone(),
        _ => match ask(app, handle).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(host = handle.host(), %error, "a handle cannot be confirmed");
                return None;
            }
        },
    };
    Some(answer).filter(|answer| answer.actors.contains(&actor.url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wf_06_handles_are_read_strictly_and_hosts_as_they_are_asked() {
        let parse = |written: &str| Handle::parse(written).map(|handle| handle.to_string());
        for written in [
            "mill@mill.example",
            "@mill@MILL.example",
            "acct:mill@mill.example:443",
            " @mill@mill.example ",
        ] {
            assert_eq!(parse(written).as_deref(), Some("mill@mill.example"), "{written}");
        }
        // The first letters of this host are Cyrillic.
        let mixed = parse("bank@\u{440}\u{430}ypal.example").unwrap();
        assert!(mixed.starts_with("bank@xn--"), "{mixed}");
        assert_eq!(parse("bank@\u{ff42}ank.example").as_deref(), Some("bank@bank.example"));
        for bad in [
            "",
            "@",
            "mill",
            "mill@",
            "@mill",
            "@@mill.example",
            "mill@mill.example@evil.example",
            "mill@evil.example/x",
            "mill@evil.example?x",
            "mill@evil.example#",
            "mill@evil.example%2f",
            "mill@evil\\.example",
            "mi ll@mill.example",
            "mi/ll@mill.example",
            "m\u{456}ll@mill.example",
            "mill\u{202e}@mill.example",
            "mill@mill .example",
            "mill@[::1",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    /// Vectors that others wrote: each scenario has what the host answers, where it is asked, and
    /// which actor it names.
    #[test]
    fn fep_4adb_handles_are_looked_up_as_its_features_say() {
        let features = include_str!("../../../tests/fixtures/fep/fep-4adb.feature");
        let quoted = |scenario: &str, step: &str| {
            let rest = scenario.split_once(step)?.1.split_once('"')?.1;
            Some(rest.split_once('"')?.0.to_owned())
        };
        let mut found = 0;
        for scenario in features.split("Scenario:").skip(1) {
            let handle = Handle::parse(&quoted(scenario, "Looking up").unwrap()).unwrap();
            let asked = question("https", &handle).unwrap();
            assert_eq!(quoted(scenario, "Lookup at").as_deref(), Some(asked.as_str()));
            // The third scenario has no answer: the host says 404.
            let Some(answer) = scenario.split("\"\"\"").nth(1) else { continue };
            let actors = read(&serde_json::from_str(answer).unwrap()).actors;
            let actor = quoted(scenario, "ActivityPub Object Id is").unwrap();
            assert_eq!(actors, [Url::parse(&actor).unwrap()]);
            found += 1;
        }
        assert_eq!(found, 2);
    }

    #[test]
    fn wf_05_what_stands_in_for_a_handle_looks_like_none() {
        let url = "https://evil.example/@bank@bank.example".parse().unwrap();
        assert_eq!(last_resort(&url), "evil.example/%40bank%40bank.example");
    }
}
