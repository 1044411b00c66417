//! The keys of one of our actors: the pair in use, and the one before while others may still know
//! only that.

use jiff::Timestamp;
use url::Url;

use crate::keys::SigningKeys;

/// One pair of keys, and its place among those of its actor.
pub struct OurKey {
    /// The first is 1, the next 2.
    pub generation: i32,
    /// The private halves.
    pub signing: SigningKeys,
    /// When it was made.
    pub created_at: Timestamp,
    /// For a pair that was replaced: the place in the log of sent activities of the one that said
    /// so. Everything up to it is signed with this pair.
    pub last_activity: Option<i64>,
}

/// The pairs of an actor.
pub struct KeyRing {
    /// The newest.
    pub current: OurKey,
    /// The one before, while it is valid.
    pub previous: Option<OurKey>,
}

/// The address of an actor's RSA key. Each generation has its own, so that whoever does not know
/// it yet looks again.
pub fn key_id(actor: &Url, generation: i32) -> String {
    match generation {
        ..=1 => format!("{actor}#main-key"),
        later => format!("{actor}#key-{later}"),
    }
}

impl OurKey {
    /// The address of the RSA key.
    pub fn rsa_id(&self, actor: &Url) -> String {
        key_id(actor, self.generation)
    }

    /// The address of the Ed25519 key.
    pub fn ed25519_id(&self, actor: &Url) -> String {
        match self.generation {
            ..=1 => format!("{actor}#ed25519-key"),
            later => format!("{actor}#ed25519-key-{later}"),
        }
    }
}

impl KeyRing {
    /// The pairs of an actor, in any order; None if there is none. Of more than two the newest
    /// count.
    pub fn new(mut keys: Vec<OurKey>) -> Option<Self> {
        keys.sort_by_key(|key| key.generation);
        Some(Self { current: keys.pop()?, previous: keys.pop() })
    }

    /// The pair that signs an activity by its place in the log, and the other one, if there is
    /// one. An inbox gets what was sent in its order, so it hears of the new pair, signed with the
    /// one that it knows, before it gets anything that needs it.
    pub fn for_activity(&self, activity: i64) -> (&OurKey, Option<&OurKey>) {
        match &self.previous {
            Some(old) if old.last_activity.is_some_and(|last| activity <= last) => {
                (old, Some(&self.current))
            }
            previous => (&self.current, previous.as_ref()),
        }
    }
}
