//! Actors: ours as documents, others' as we read them.

use activitypub_federation::protocol::public_key::PublicKey;
use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::domain::collective::domain_of;
use crate::domain::neighbour::RemoteActor;
use crate::error::Error;
use crate::federation::handles::is_name;
use crate::federation::json;
use crate::federation::vocab::{ACTOR_CONTEXT, INSTANCE_CONTEXT};
use crate::keys::{SigningKeys, VerifyingKey};
use crate::text;

/// The types of actors (ActivityStreams vocabulary, 3.2).
const TYPES: [&str; 5] = ["Organization", "Person", "Group", "Application", "Service"];
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// How much of a name is read, in bytes.
const LONGEST_NAME_HTML: usize = 1_024;
/// The longest key that is read, in bytes: RSA-4096 in PEM has about 800.
const LONGEST_KEY: usize = 4_096;

/// The collective's actor: an `Organization`, because Mastodon adds the followers of a `Group` to
/// every direct message that mentions it, and marks a `Service` as a bot.
pub fn collective(app: &App) -> Result<Value, Error> {
    let collective = &app.collective;
    let urls = collective.urls();
    let home = &collective.base;
    Ok(json!({
        "@context": *ACTOR_CONTEXT,
        "id": urls.actor(),
        "type": "Organization",
        "preferredUsername": collective.handle,
        "webfinger": collective.address(),
        "name": collective.name,
        "summary": text::markdown(&collective.summary),
        "url": urls.profile(),
        "inbox": urls.of_actor("inbox"),
        "outbox": urls.of_actor("outbox"),
        "followers": urls.of_actor("followers"),
        "following": urls.of_actor("following"),
        "featured": urls.of_actor("featured"),
        "endpoints": {"sharedInbox": urls.shared_inbox()},
        "published": collective.created_at,
        "updated": collective.updated_at,
        "manuallyApprovesFollowers": false,
        "discoverable": true,
        "indexable": true,
        "attachment": [{
            "type": "PropertyValue",
            "name": "Website",
            "value": format!("<a href=\"{home}\" rel=\"me\">{home}</a>")
        }],
        "tag": [],
        "publicKey": public_key(&urls.actor(), &app.keys)?,
        "assertionMethod": [{
            "id": format!("{}#ed25519-key", urls.actor()),
            "type": "Multikey",
            "controller": urls.actor(),
            "publicKeyMultibase": app.keys.ed25519_multibase()
        }],
        "generator": {"type": "Application", "id": urls.instance_actor()}
    }))
}

/// The instance actor: it signs what the instance asks, and can be read without a signature.
pub fn instance(app: &App) -> Result<Value, Error> {
    let urls = app.collective.urls();
    let domain = app.collective.domain();
    Ok(json!({
        "@context": *INSTANCE_CONTEXT,
        "id": urls.instance_actor(),
        "type": "Application",
        "preferredUsername": domain,
        "name": domain,
        "url": urls.join("about"),
        "inbox": urls.join("actor/inbox"),
        "outbox": urls.join("actor/outbox"),
        "endpoints": {"sharedInbox": urls.shared_inbox()},
        "manuallyApprovesFollowers": true,
        "publicKey": public_key(&urls.instance_actor(), &app.instance_keys)?
    }))
}

/// Reads an actor that was fetched from its own address. None if it is not an actor to whom
/// anything can be sent, or whose signatures can be checked.
pub fn read(app: &App, document: &Value) -> Option<RemoteActor> {
    if !TYPES.contains(&json::kind(document)) {
        return None;
    }
    let url = json::url(document, "id")?;
    let near =
        |name: &str| json::url(document, name).filter(|other| other.origin() == url.origin());
    let key = json::object(document, "publicKey")?;
    let owner = json::url(key, "owner")?;
    let key_pem = json::text(key, "publicKeyPem").filter(|pem| pem.len() <= LONGEST_KEY)?;
    let key_id = json::url(key, "id").filter(|id| id.origin() == url.origin())?;
    if owner != url || VerifyingKey::from_pem(key_pem).is_none() {
        return None;
    }
    let handle = json::text(document, "preferredUsername").filter(|name| is_name(name))?;
    let name = text::cut(json::text(document, "name").unwrap_or_default(), LONGEST_NAME_HTML);
    let name = text::one_line(&text::plain(name), LONGEST_NAME);
    let shared_inbox = json::object(document, "endpoints")
        .and_then(|endpoints| json::url(endpoints, "sharedInbox"))
        .filter(|shared| shared.origin() == url.origin());
    Some(RemoteActor {
        id: app.clock.new_id(),
        kind: json::kind(document).to_owned(),
        address: format!("{handle}@{}", domain_of(&url)),
        name: if name.is_empty() { handle.to_owned() } else { name },
        inbox: near("inbox")?,
        shared_inbox,
        page: near("url").unwrap_or_else(|| url.clone()),
        outbox: near("outbox"),
        key_id: key_id.to_string(),
        key_pem: key_pem.to_owned(),
        fetched_at: app.now(),
        url,
    })
}

fn public_key(actor: &Url, keys: &SigningKeys) -> Result<PublicKey, Error> {
    Ok(PublicKey {
        id: format!("{actor}#main-key"),
        owner: actor.clone(),
        public_key_pem: keys.rsa_public_pem()?,
    })
}
