//! The words of the wire: contexts, namespaces, names.

use std::sync::LazyLock;

use serde_json::{Value, json};

/// Everybody (ActivityPub, 5.6).
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// ActivityStreams 2.0.
pub const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";

/// ValueFlows (FEP-0837).
pub const VALUEFLOWS: &str = "https://w3id.org/valueflows/ont/vf#";

/// ValueFlows as some servers still write it.
pub const VALUEFLOWS_OLD: &str = "https://w3id.org/valueflows#";

/// What is added to ValueFlows for mutual aid between collectives.
pub const MUTUAL: &str = "https://kinds.example/mutual-fulfilment#";

/// The units of OM 2.
pub const OM2: &str = "http://www.ontology-of-units-of-measure.org/resource/om-2/";

/// The content type of every ActivityPub document that we serve, byte for byte.
pub const CONTENT_TYPE: &str = activitypub_federation::FEDERATION_CONTENT_TYPE;

/// The hashtag on every public need and offer.
pub const HASHTAG: &str = "mutualaid";

pub use crate::domain::kind::UNITS;

/// The inline context of everything that speaks ValueFlows (wire contract, section 7). Terms that
/// hold addresses are typed, because readers fail on FEP-0837's own untyped context.
pub static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        {
            "om2": OM2,
            "vf": VALUEFLOWS,
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "litepub": "http://litepub.social/ns#",
            "Hashtag": "as:Hashtag",
            "sensitive": "as:sensitive",
            "directMessage": "litepub:directMessage",
            "Proposal": "vf:Proposal",
            "Intent": "vf:Intent",
            "Agreement": "vf:Agreement",
            "Commitment": "vf:Commitment",
            "EconomicEvent": "vf:EconomicEvent",
            "purpose": "vf:purpose",
            "publishes": "vf:publishes",
            "reciprocal": "vf:reciprocal",
            "unitBased": "vf:unitBased",
            "action": "vf:action",
            "resourceConformsTo": {"@id": "vf:resourceConformsTo", "@type": "@id"},
            "resourceQuantity": "vf:resourceQuantity",
            "effortQuantity": "vf:effortQuantity",
            "availableQuantity": "vf:availableQuantity",
            "minimumQuantity": "vf:minimumQuantity",
            "hasUnit": "om2:hasUnit",
            "hasNumericalValue": "om2:hasNumericalValue",
            "due": {"@id": "vf:due", "@type": "xsd:dateTime"},
            "hasPointInTime": {"@id": "vf:hasPointInTime", "@type": "xsd:dateTime"},
            "finished": "vf:finished",
            "note": "vf:note",
            "satisfies": {"@id": "vf:satisfies", "@type": "@id"},
            "stipulates": "vf:stipulates",
            "stipulatesReciprocal": "vf:stipulatesReciprocal",
            "fulfills": {"@id": "vf:fulfills", "@type": "@id"},
            "realizationOf": {"@id": "vf:realizationOf", "@type": "@id"},
            "provider": {"@id": "vf:provider", "@type": "@id"},
            "receiver": {"@id": "vf:receiver", "@type": "@id"},
            "corrects": {"@id": "vf:corrects", "@type": "@id"}
        }
    ])
});

/// [`CONTEXT`] with our own terms, for what only collectives read.
pub static AGREEMENT_CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    let mut context = CONTEXT.clone();
    if let Value::Array(context) = &mut context {
        context.push(json!({
            "mutual": MUTUAL,
            "sequence": "mutual:sequence",
            "reservedQuantity": "mutual:reservedQuantity",
            "relayedVia": {"@id": "mutual:relayedVia", "@type": "@id", "@container": "@list"},
            "offer": {"@id": "mutual:offer", "@type": "@id"}
        }));
    }
    context
});

/// The context of what followers are asked: a poll as Mastodon has it.
pub static QUESTION_CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        {
            "toot": "http://joinmastodon.org/ns#",
            "sensitive": "as:sensitive",
            "votersCount": "toot:votersCount"
        }
    ])
});

/// The context of what we say to people: plain words, without ValueFlows.
pub static PERSON_CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        {
            "litepub": "http://litepub.social/ns#",
            "sensitive": "as:sensitive",
            "directMessage": "litepub:directMessage"
        }
    ])
});

/// The context of an Article of which other collectives may make one of their own.
pub static ARTICLE_CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        {
            "schema": "http://schema.org#",
            "isBasedOn": {"@id": "schema:isBasedOn", "@type": "@id"}
        }
    ])
});

/// The context of a collective's actor.
pub static ACTOR_CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        "https://w3id.org/security/v1",
        "https://w3id.org/security/multikey/v1",
        "https://purl.archive.org/socialweb/webfinger",
        {
            "toot": "http://joinmastodon.org/ns#",
            "schema": "http://schema.org#",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "assertionMethod": {
                "@id": "https://w3id.org/security#assertionMethod",
                "@type": "@id",
                "@container": "@set"
            },
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "implements": {
                "@id": "https://w3id.org/fep/844e/implements",
                "@type": "@id",
                "@container": "@list"
            }
        }
    ])
});

/// The context of the instance actor.
pub static INSTANCE_CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    json!([
        ACTIVITY_STREAMS,
        "https://w3id.org/security/v1",
        {"manuallyApprovesFollowers": "as:manuallyApprovesFollowers"}
    ])
});
