//! Actors: ours as documents, others' as we read them.

use activitypub_federation::protocol::public_key::PublicKey;
use serde_json::{Value, json};
use url::Url;

use crate::app::{App, OurKeys};
use crate::domain::collective::{Collective, domain_of};
use crate::domain::neighbour::{ActorKey, RemoteActor};
use crate::domain::quiet_mode::QuietMode;
use crate::error::Error;
use crate::federation::handles::is_name;
use crate::federation::json;
use crate::federation::vocab::{ACTOR_CONTEXT, INSTANCE_CONTEXT};
use crate::keys::{KeyRing, OurKey, VerifyingKey};
use crate::text;

/// The types of actors (ActivityStreams vocabulary, 3.2).
const TYPES: [&str; 5] = ["Organization", "Person", "Group", "Application", "Service"];
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// How much of a name is read, in bytes.
const LONGEST_NAME_HTML: usize = 1_024;
/// How many keys of an actor are kept, and how many things that may be one are looked at.
const MOST_KEYS: usize = 8;
const MOST_LOOKED_AT: usize = 32;

/// The collective's actor: an `Organization`, because Mastodon adds the followers of a `Group` to
/// every direct message that mentions it, and marks a `Service` as a bot.
pub fn collective(app: &App, keys: &OurKeys) -> Result<Value, Error> {
    described(&app.collective, keys, app.quiet())
}

/// The same for what we say about who we are at some moment, and for how much we show then. It is
/// never gone: who asks for our keys must find them, and a server that hears of an actor that is gone
/// forgets it for good.
pub fn described(collective: &Collective, keys: &OurKeys, mode: QuietMode) -> Result<Value, Error> {
    let urls = collective.urls();
    let home = &collective.base;
    let is_seen = !mode.quiet.is_quiet();
    let summary = if is_seen { text::markdown(&collective.summary) } else { String::new() };
    let website = json!({
        "type": "PropertyValue",
        "name": "Website",
        "value": format!("<a href=\"{home}\" rel=\"me\">{home}</a>")
    });
    let attachment = if is_seen { vec![website] } else { Vec::new() };
    let updated = collective.updated_at.max(keys.collective.current.created_at);
    Ok(json!({
        "@context": *ACTOR_CONTEXT,
        "id": urls.actor(),
        "type": "Organization",
        "preferredUsername": collective.handle,
        "webfinger": collective.address(),
        "name": collective.name,
        "summary": summary,
        "url": urls.profile(),
        "inbox": urls.of_actor("inbox"),
        "outbox": urls.of_actor("outbox"),
        "followers": urls.of_actor("followers"),
        "following": urls.of_actor("following"),
        "featured": urls.of_actor("featured"),
        "endpoints": {"sharedInbox": urls.shared_inbox()},
        "published": collective.created_at,
        "updated": updated.max(mode.changed_at),
        "manuallyApprovesFollowers": false,
        "discoverable": is_seen,
        "indexable": is_seen,
        "attachment": attachment,
        "tag": [],
        "publicKey": public_key(&urls.actor(), &keys.collective)?,
        "assertionMethod": multikeys(&urls.actor(), &keys.collective),
        "generator": {
            "type": "Application",
            "id": urls.instance_actor(),
            "implements": implemented()
        }
    }))
}

/// The instance actor: it signs what the instance asks, and can be read without a signature.
pub fn instance(app: &App, keys: &OurKeys) -> Result<Value, Error> {
    let urls = app.collective.urls();
    let domain = app.collective.domain();
    let mut instance = json!({
        "@context": *INSTANCE_CONTEXT,
        "id": urls.instance_actor(),
        "type": "Application",
        "preferredUsername": app.collective.instance_name(),
        "name": domain,
        "url": urls.join("about"),
        "inbox": urls.join("actor/inbox"),
        "outbox": urls.join("actor/outbox"),
        "endpoints": {"sharedInbox": urls.shared_inbox()},
        "manuallyApprovesFollowers": true,
        "publicKey": public_key(&urls.instance_actor(), &keys.instance)?
    });
    // Only while there is more to list than the one key of the contract.
    if let (Some(_), Value::Object(document)) = (&keys.instance.previous, &mut instance) {
        let keys = multikeys(&urls.instance_actor(), &keys.instance);
        document.insert("@context".into(), ACTOR_CONTEXT.clone());
        document.insert("assertionMethod".into(), keys.into());
    }
    Ok(instance)
}

/// What this server understands beyond what everybody does (FEP-844e). Mitra looks here before it
/// signs after RFC 9421.
fn implemented() -> Value {
    json!([
        {
            "type": "Link",
            "href": "https://datatracker.ietf.org/doc/html/rfc9421",
            "name": "RFC-9421: HTTP Message Signatures"
        },
        {
            "type": "Link",
            "href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
            "name": "RFC-9421 signatures using the Ed25519 algorithm"
        }
    ])
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
    let keys = keys(document, &url);
    if keys.is_empty() {
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
        keys,
        fetched_at: app.now(),
        url,
    })
}

/// The keys that an actor's document lists as its own, ready to verify with, by their ids. None if
/// it is somebody else's document.
pub fn verifying_keys(document: &Value, actor: &Url) -> Vec<(String, VerifyingKey)> {
    if json::url(document, "id").as_ref() != Some(actor) {
        return Vec::new();
    }
    let listed = keys(document, actor).into_iter();
    listed.filter_map(|key| Some((key.id, VerifyingKey::read(&key.material)?))).collect()
}

/// The keys that an actor's document lists as its own: `publicKey`, and the Multikeys of FEP-521a.
/// A key stands on the actor's server, names the actor as its owner, and is strong enough.
fn keys(document: &Value, actor: &Url) -> Vec<ActorKey> {
    let places = [
        ("publicKey", "owner", "publicKeyPem"),
        ("assertionMethod", "controller", "publicKeyMultibase"),
        ("authentication", "controller", "publicKeyMultibase"),
    ];
    let listed = places.into_iter().flat_map(|(place, owner, material)| {
        let listed = json::field(document, place).into_iter().flat_map(json::many);
        listed.map(move |key| (key, owner, material))
    });
    let mut keys: Vec<ActorKey> = Vec::new();
    for (key, owner, material) in listed.take(MOST_LOOKED_AT) {
        let Some(key) = self::key(key, actor, owner, material) else { continue };
        if keys.len() < MOST_KEYS && keys.iter().all(|other| other.id != key.id) {
            keys.push(key);
        }
    }
    keys
}

fn key(key: &Value, actor: &Url, owner: &str, material: &str) -> Option<ActorKey> {
    let id = json::url(key, "id").filter(|id| id.origin() == actor.origin())?;
    let material = json::text(key, material)?;
    (json::url(key, owner)? == *actor && VerifyingKey::read(material).is_some())
        .then(|| ActorKey { id: id.into(), material: material.to_owned() })
}

/// The one key in `publicKey`: always the newest, and always a single object.
///
/// Many readers fail on a list there, or take its first and know no other. Such a reader looks
/// again for one of two reasons. It was told that the actor changed, or it met a signature that
/// its key does not fit: either way everything that is still to come is signed with the newest
/// key, or once more with it after the 401 (see `federation/deliver.rs`). The key before is needed
/// only by those who have not looked yet, and they know it. Readers of FEP-521a find both, by
/// their ids, in `assertionMethod`.
fn public_key(actor: &Url, ring: &KeyRing) -> Result<PublicKey, Error> {
    Ok(PublicKey {
        id: ring.current.rsa_id(actor),
        owner: actor.clone(),
        public_key_pem: ring.current.signing.rsa_public_pem()?,
    })
}

/// The Ed25519 key, and both keys before it while they are valid (FEP-521a).
fn multikeys(actor: &Url, ring: &KeyRing) -> Vec<Value> {
    let multikey = |id: String, material: String| {
        json!({
            "id": id,
            "type": "Multikey",
            "controller": actor,
            "publicKeyMultibase": material
        })
    };
    let ed25519 = |key: &OurKey| multikey(key.ed25519_id(actor), key.signing.ed25519_multibase());
    let rsa = |key: &OurKey| multikey(key.rsa_id(actor), key.signing.rsa_multibase());
    let previous = ring.previous.iter().flat_map(|old| [ed25519(old), rsa(old)]);
    std::iter::once(ed25519(&ring.current)).chain(previous).collect()
}
