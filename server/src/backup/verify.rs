//! Looking whether a backup is one.

use std::path::Path;

use crate::backup::archive;
use crate::backup::load::{Goal, Load};
use crate::backup::recovery_key::RecoveryKey;
use crate::backup::seal::{self, read_seal};
use crate::backup::{Manifest, Seal, Told};
use crate::db::copy::Step;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the file says of itself.
    pub seal: Seal,
    /// What is in it, if the recovery key was there to see.
    pub manifest: Option<Manifest>,
}

/// Looks at a backup. Blocks: for a thread of its own.
///
/// Without a key: the file is whole, and is what was written; whether the key exists that opens it,
/// nobody knows. With the key: all of it was restored into a database that is gone afterwards, read
/// again, and compared with the manifest. That database is in memory as long as it is small (32
/// MiB); a larger one overflows into a file without a name in the folder for such files, which is
/// plain as long as this runs.
pub fn verify(
    path: &Path,
    key: Option<&RecoveryKey>,
    told: &mut Told<'_>,
) -> anyhow::Result<Verified> {
    let seal = read_seal(path)?;
    seal::check(path, &seal)?;
    let Some(key) = key else { return Ok(Verified { seal, manifest: None }) };
    let mut tell = |step: Step<'_>| told(step);
    let mut load = Load::new(Goal::Nowhere, &mut tell);
    let manifest = archive::read(path, &seal, key, &mut load)?;
    load.end(&manifest)?;
    Ok(Verified { seal, manifest: Some(manifest) })
}
