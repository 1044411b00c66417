//! Who asks for what only the parties to something may read: a GET counts as a party's if its
//! signature was made by an actor on that party's server. Usually that is the instance actor, which
//! signs whatever a server asks for.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use tokio::time::timeout;
use url::Url;

use crate::app::{App, PartyKeys};
use crate::federation::fetch;
use crate::federation::objects::actor::verifying_keys;
use crate::federation::signature::{Claim, SignedRequest, read};
use crate::keys::VerifyingKey;

/// How long the server of a party may take to show a key.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// Which of `parties` a GET comes from: the one on whose server the signing key's owner is. None
/// if it is not signed, not by any of them, or by one that we block.
///
/// Nobody else can make us ask another server: only keys on the parties' own servers are looked at.
pub async fn signer<'a>(app: &App, request: &Parts, parties: &'a [Url]) -> Option<&'a Url> {
    let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
    let signed =
        SignedRequest { method: &request.method, path, headers: &request.headers, body: &[] };
    let claim = read(&signed, &app.collective.base, app.now()).ok()?;
    let party = parties.iter().find(|party| party.origin() == claim.key_id.origin())?;
    let mut owner = claim.key_id.clone();
    owner.set_fragment(None);
    let blocks = app.blocks();
    if blocks.covers_actor(party) || blocks.covers_actor(&owner) {
        return None;
    }
    is_signed_by(app, &owner, &claim).await.then_some(party)
}

/// Whether the owner's document lists the key that made the signature. A signature that fits no key
/// that we know may mean that the keys were changed: then the document is read anew, once in five
/// minutes.
pub(in crate::federation) async fn is_signed_by(app: &App, owner: &Url, claim: &Claim) -> bool {
    if app.party_keys.get(owner).is_some_and(|keys| fits(&keys, claim)) {
        return true;
    }
    let Some(_place) = app.door.enter(app.client.registered_domain(owner)) else { return false };
    if app.failed_keys.get(owner).is_some() {
        return false;
    }
    // Remembered before the attempt, so that a server which answers slowly is asked once. Its keys
    // are remembered for longer, so that whoever forges its name does not keep it out.
    app.failed_keys.insert(owner.clone(), false);
    let Ok(Ok(document)) = timeout(LONGEST_LOOK, fetch::object(app, owner)).await else {
        return false;
    };
    let keys: PartyKeys = Arc::new(verifying_keys(&document, owner));
    app.party_keys.insert(owner.clone(), Arc::clone(&keys));
    let fits = fits(&keys, claim);
    if fits {
        app.failed_keys.invalidate(owner);
    }
    fits
}

fn fits(keys: &[(String, VerifyingKey)], claim: &Claim) -> bool {
    let mut named = keys.iter().filter(|(id, _)| id == claim.key_id.as_str());
    named.any(|(_, key)| claim.was_made_by(key))
}
