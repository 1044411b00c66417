//! The keys of our two actors, as they are stored.

use anyhow::Context as _;

use crate::app::Document;
use crate::db::collective::KeyRow;
use crate::db::types::time;
use crate::error::Error;
use crate::keys::{KeyRing, OurKey, SigningKeys};

/// The name under which the collective's keys are stored.
pub const COLLECTIVE: &str = "collective";
/// The name under which the instance actor's keys are stored.
pub const INSTANCE: &str = "instance";

/// How many documents are kept ready.
const MOST_DOCUMENTS: u64 = 8;

/// The keys of our two actors.
pub struct OurKeys {
    /// The collective's, which sign what is delivered.
    pub collective: KeyRing,
    /// The instance actor's, which sign what is fetched.
    pub instance: KeyRing,
    /// What is written with these keys: documents of ours, by name. New keys begin with none.
    pub documents: moka::sync::Cache<&'static str, Document>,
    stamps: Vec<Stamp>,
}

/// What tells one state of the stored keys from another: actor, generation, last activity.
type Stamp = (String, i32, Option<i64>);

impl OurKeys {
    /// Reads stored keys.
    pub fn read(rows: &[KeyRow]) -> Result<Self, Error> {
        Ok(Self {
            collective: ring(rows, COLLECTIVE)?,
            instance: ring(rows, INSTANCE)?,
            documents: moka::sync::Cache::new(MOST_DOCUMENTS),
            stamps: stamps(rows),
        })
    }

    /// Whether these are the keys in these rows.
    pub fn are(&self, rows: &[KeyRow]) -> bool {
        self.stamps == stamps(rows)
    }
}

fn ring(rows: &[KeyRow], actor: &str) -> Result<KeyRing, Error> {
    let keys: Result<Vec<OurKey>, Error> =
        rows.iter().filter(|row| row.actor == actor).map(our_key).collect();
    let ring = KeyRing::new(keys?).with_context(|| format!("the {actor} has no keys"))?;
    Ok(ring)
}

fn our_key(row: &KeyRow) -> Result<OurKey, Error> {
    Ok(OurKey {
        generation: row.generation,
        signing: SigningKeys::from_stored(&row.rsa_private, &row.ed25519_private)?,
        created_at: time(row.created_at)?,
        last_activity: row.last_activity,
    })
}

fn stamps(rows: &[KeyRow]) -> Vec<Stamp> {
    rows.iter().map(|row| (row.actor.clone(), row.generation, row.last_activity)).collect()
}
