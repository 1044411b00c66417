//! Looking at a collective from outside, without a pact and without following it: who it is, what
//! stands on its public board, and what it understands of what we say.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::app::App;
use crate::domain::collective::domain_of;
use crate::domain::look::{CannotLook, Looked, Speaks, Term};
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::federation::activities::create::is_owned_by;
use crate::federation::fetch::{self, FetchError, within_budget};
use crate::federation::handles::Handle;
use crate::federation::objects::read_proposal;
use crate::federation::walk::Walk;
use crate::federation::{json, resolve};
use crate::text;

/// How many pages of an outbox are read, besides the collection itself.
const MOST_PAGES: usize = 3;
/// How many of its items are looked at.
const MOST_ITEMS: usize = 60;
/// How long who it is may take, and then the rest: a person waits.
const LONGEST: Duration = Duration::from_secs(15);
const LONGEST_MORE: Duration = Duration::from_secs(8);
/// The longest name of software and version that is shown, in characters.
const LONGEST_NAME: usize = 60;
/// How many words of a vocabulary are looked at.
const MOST_WORDS: usize = 50;
/// By which an actor says that it checks signatures after RFC 9421 (FEP-844e).
const RFC_9421: [&str; 2] =
    ["https://datatracker.ietf.org/doc/html/rfc9421", "https://www.rfc-editor.org/rfc/rfc9421"];
/// By which an actor says that it knows FEP-0837.
const FEP_0837: [&str; 2] =
    ["https://w3id.org/fep/0837", "https://codeberg.org/fep/fep/src/branch/main/fep/0837"];
/// The versions of NodeInfo that are read; of several, the last.
const NODEINFO: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// Looks at the collective behind a handle or an address. Only who it is must be found: a board or
/// a NodeInfo document that cannot be read is one that is not there.
pub async fn look(app: &App, typed: &str) -> Result<Looked, CannotLook> {
    let most = app.config.limits.fetches;
    within_budget(most, async {
        let (actor, document) = find(app, typed).await?;
        let (board, node, generator) = tokio::join!(
            timeout(LONGEST_MORE, board(app, &actor)),
            timeout(LONGEST_MORE, node_info(app, &actor.url)),
            timeout(LONGEST_MORE, generator(app, &document))
        );
        let (proposals, is_board_read) = match board {
            Ok(Ok(proposals)) => (proposals, true),
            Ok(Err(_)) | Err(_) => (Vec::new(), false),
        };
        let node = node.ok().flatten().unwrap_or_default();
        let implemented = generator.map(|found| implemented(&found)).unwrap_or_default();
        let speaks = speaks(&node, &implemented, &proposals);
        Ok(Looked { actor, proposals, is_board_read, speaks })
    })
    .await
}

/// [`look`] for pages, which do not know this module.
pub fn for_pages(
    app: App,
    typed: String,
) -> Pin<Box<dyn Future<Output = Result<Looked, CannotLook>> + Send>> {
    Box::pin(async move { look(&app, &typed).await })
}

async fn find(app: &App, typed: &str) -> Result<(RemoteActor, Value), CannotLook> {
    check(app, typed.trim())?;
    let found = timeout(LONGEST, resolve::with_document(app, typed)).await;
    let (actor, document) = match found {
        Ok(Ok(found)) => found,
        Ok(Err(FetchError::Unreachable(error))) => {
            let (host, error) = (host_of(typed), format!("{error:#}"));
            tracing::info!(host, error, "somebody cannot be looked up");
            return Err(CannotLook::Unreachable);
        }
        Ok(Err(_)) => {
            tracing::info!(host = host_of(typed), "nobody is found where somebody was looked for");
            return Err(CannotLook::NotACollective);
        }
        Err(_) => return Err(CannotLook::Unreachable),
    };
    if app.blocks().covers_actor(&actor.url) {
        return Err(CannotLook::Blocked);
    }
    if !actor.is_collective() {
        return Err(CannotLook::Person);
    }
    Ok((actor, document))
}

/// Where somebody is looked for. Whom they look for is no matter of a log.
fn host_of(typed: &str) -> String {
    let url = json::parse_url(typed.trim()).map(|url| domain_of(&url));
    let handle = || Some(Handle::parse(typed)?.host().to_owned());
    url.or_else(handle).unwrap_or_default()
}

/// What needs no request to be known.
fn check(app: &App, typed: &str) -> Result<(), CannotLook> {
    let blocks = app.blocks();
    if let Some(url) = json::parse_url(typed) {
        return match () {
            () if app.collective.urls().is_ours(&url) => Err(CannotLook::Ours),
            () if blocks.covers_actor(&url) => Err(CannotLook::Blocked),
            () if !app.gate().lets_through_url(&url) => Err(CannotLook::NotListed),
            () if app.client.check_address(&url).is_err() => Err(CannotLook::NotPublic),
            () => Ok(()),
        };
    }
    let handle = Handle::parse(typed).ok_or(CannotLook::NotAnAddress)?;
    match handle.host() {
        host if host == app.collective.domain() => Err(CannotLook::Ours),
        host if blocks.covers_host(host) => Err(CannotLook::Blocked),
        host if !app.gate().lets_through(host) => Err(CannotLook::NotListed),
        _ => Ok(()),
    }
}

/// What is public and still open in the first pages of an outbox.
async fn board(app: &App, actor: &RemoteActor) -> Result<Vec<NeighbourProposal>, FetchError> {
    let Some(outbox) = &actor.outbox else { return Ok(Vec::new()) };
    let mut walk = Walk::begin(app, outbox).await?;
    let (mut found, mut seen, mut left) = (Vec::new(), HashSet::new(), MOST_ITEMS);
    for _ in 0..=MOST_PAGES {
        // A page that cannot be read takes nothing away from those before it.
        let Ok(Some(items)) = walk.next(app).await else { break };
        for item in items.iter().take(left) {
            let proposal = open_proposal(app, item, actor);
            found.extend(proposal.filter(|proposal| seen.insert(proposal.url.clone())));
        }
        left = left.saturating_sub(items.len());
        if left == 0 {
            break;
        }
    }
    Ok(found)
}

fn open_proposal(app: &App, item: &Value, actor: &RemoteActor) -> Option<NeighbourProposal> {
    let note = match json::kind(item) {
        "Create" => json::object(item, "object")?,
        _ => item,
    };
    if !is_owned_by(note, actor) || !json::is_public(note) {
        return None;
    }
    let proposal = read_proposal::read(app, note, actor)?;
    // What asks for something in return is trade, and has other places.
    (proposal.is_open(app.now()) && !proposal.asks_return).then_some(proposal)
}

/// The NodeInfo document of an actor's server, of the newest version that we read.
async fn node_info(app: &App, actor: &Url) -> Option<Value> {
    const JSON: &str = "application/json";
    let links = actor.join("/.well-known/nodeinfo").ok()?;
    let links = fetch::plain_json(app, &links, JSON).await.ok()?;
    let links = json::field(&links, "links")?;
    let version = |link: &Value| json::text(link, "rel")?.strip_prefix(NODEINFO).map(str::to_owned);
    let documents = json::many(links).take(MOST_WORDS).filter_map(|link| {
        let href = json::url(link, "href").filter(|href| href.origin() == actor.origin())?;
        Some((version(link).filter(|version| version.starts_with("2."))?, href))
    });
    let (_, newest) = documents.max()?;
    fetch::plain_json(app, &newest, JSON).await.ok()
}

/// The software behind an actor: embedded in its document, or another document of its server.
async fn generator(app: &App, document: &Value) -> Value {
    let Some(embedded) = json::field(document, "generator") else { return Value::Null };
    let here = json::url(document, "id");
    let there = json::url(document, "generator");
    if json::object(document, "generator").is_some_and(|it| json::field(it, "implements").is_some())
    {
        return embedded.clone();
    }
    match (here, there) {
        (Some(here), Some(there)) if here.origin() == there.origin() => {
            fetch::object(app, &there).await.unwrap_or_default()
        }
        _ => Value::Null,
    }
}

fn implemented(generator: &Value) -> Vec<String> {
    let generator = json::many(generator).next().unwrap_or(generator);
    let listed = json::field(generator, "implements").into_iter().flat_map(json::many);
    let href = |link: &Value| {
        let href = link.as_str().or_else(|| json::text(link, "href"));
        href.or_else(|| json::text(link, "id")).map(str::to_owned)
    };
    listed.take(MOST_WORDS).filter_map(href).collect()
}

/// What all of it together tells. Nobody's word is taken for more than it is: this is shown to
/// people, and decides nothing.
fn speaks(node: &Value, implemented: &[String], proposals: &[NeighbourProposal]) -> Speaks {
    let metadata = json::object(node, "metadata").unwrap_or(&Value::Null);
    let list = |value: Option<&Value>| -> Vec<String> {
        let words = value.into_iter().flat_map(json::many).take(MOST_WORDS);
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let feps = list(json::field(metadata, "feps"));
    let ours = json::object(metadata, "mutuals").and_then(|it| json::field(it, "vocabulary"));
    let words = list(ours);
    let says = |hrefs: [&str; 2]| {
        implemented.iter().any(|href| hrefs.iter().any(|known| href.starts_with(known)))
    };
    let is_known = |term: &Term| {
        words.iter().any(|word| word == term.word())
            || match term {
                Term::Signatures => says(RFC_9421),
                Term::Proposals => {
                    !proposals.is_empty()
                        || says(FEP_0837)
                        || feps.iter().any(|fep| fep.trim_start_matches("fep-") == "0837")
                }
                Term::Kinds => proposals.iter().any(|proposal| proposal.kind.is_some()),
                Term::Agreements | Term::Pacts | Term::PassingOn => false,
            }
    };
    let software = json::object(node, "software");
    let named = |name: &str| {
        let said = software.and_then(|software| json::text(software, name)).unwrap_or_default();
        text::one_line(text::cut(said, 4 * LONGEST_NAME), LONGEST_NAME)
    };
    let software = Some((named("name"), named("version"))).filter(|(name, _)| !name.is_empty());
    Speaks { software, terms: Term::ALL.into_iter().filter(is_known).collect() }
}
