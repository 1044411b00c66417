//! Where pictures are kept.

use serde::{Deserialize, Serialize};

/// See [`super::Config::media`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// A folder or a bucket; empty for the database.
    pub url: String,
    /// The server of the bucket; empty for Amazon's.
    pub s3_endpoint: String,
    /// The region of the bucket; empty for the usual one.
    pub s3_region: String,
    /// The file with the key to the bucket.
    pub s3_key_file: String,
}
