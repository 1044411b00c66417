//! Where the bytes of our pictures are kept: in the database, which is the rule, or in a folder or a
//! bucket.
//!
//! The trait is `ObjectStore` of the crate of that name. A picture outside the database has an
//! address that says all of where it is, so that those from before `media.url` changed are found
//! where they are. Every address is used once: what is removed late is never what somebody keeps now.

use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig};

use crate::config::Media;
use crate::error::Error;

/// How long a bucket may take for one request, and for one with its repetitions.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a request is repeated that a bucket answered with an error of its own.
const REPEATED: usize = 2;

/// Keeps bytes outside the database. Cheap to clone.
#[derive(Clone)]
pub struct MediaStore {
    config: Arc<Media>,
    home: Option<Home>,
}

/// A folder, or a bucket with the first part of names in it.
#[derive(Clone)]
struct Home {
    /// Without a slash at its end.
    url: String,
    store: Arc<dyn ObjectStore>,
    /// What stands before a name within the store.
    prefix: String,
}

/// What an address means.
enum Place<'a> {
    Folder(&'a str),
    Bucket { name: &'a str, prefix: &'a str },
}

impl MediaStore {
    /// Opens the place that `media.url` names, if it names one. A folder is made if there is none.
    pub fn open(config: &Media) -> anyhow::Result<Self> {
        let home =
            match config.url.as_str() {
                "" => None,
                url => {
                    if let Place::Folder(path) = read(url)? {
                        // What is in it is for this program only.
                        let mut folder = std::fs::DirBuilder::new();
                        folder.recursive(true).mode(0o700).create(path).with_context(|| {
                            format!("cannot make the folder {path} of media.url")
                        })?;
                    }
                    Some(Home::open(url, config)?)
                }
            };
        Ok(Self { config: Arc::new(config.clone()), home })
    }

    /// Where new pictures go, for people: nothing for the database.
    pub fn url(&self) -> Option<&str> {
        self.home.as_ref().map(|home| home.url.as_str())
    }

    /// Whether this is where new pictures go; `database` is the database.
    pub fn is_at(&self, url: &str) -> bool {
        match &self.home {
            None => url == "database",
            Some(home) => read(url).is_ok_and(|place| place.url() == home.url),
        }
    }

    /// The address for something new; none if it goes into the database.
    pub fn address(&self, name: &str) -> Option<String> {
        Some(format!("{}/{name}", self.home.as_ref()?.url))
    }

    /// Keeps bytes at an address. They are there when this comes back.
    pub async fn put(&self, address: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let (store, path) = self.find(address)?;
        store.put(&path, PutPayload::from(bytes)).await.map_err(failed)?;
        Ok(())
    }

    /// The bytes at an address.
    pub async fn get(&self, address: &str) -> Result<Vec<u8>, Error> {
        let (store, path) = self.find(address)?;
        let found = store.get(&path).await.map_err(failed)?;
        Ok(found.bytes().await.map_err(failed)?.to_vec())
    }

    /// Removes what is at an address, if anything is.
    pub async fn remove(&self, address: &str) -> Result<(), Error> {
        let (store, path) = self.find(address)?;
        match store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn find(&self, address: &str) -> Result<(Arc<dyn ObjectStore>, Path), Error> {
        let (url, name) = address.rsplit_once('/').context("an address has no name")?;
        let home = match &self.home {
            Some(home) if home.url == url => home.clone(),
            // From before the configuration changed.
            _ => Home::open(url, &self.config).map_err(Error::Unavailable)?,
        };
        Ok((home.store, Path::from(format!("{}/{name}", home.prefix))))
    }
}

impl Home {
    fn open(url: &str, config: &Media) -> anyhow::Result<Self> {
        let place = read(url)?;
        let url = place.url();
        match place {
            Place::Folder(path) => {
                let folder = LocalFileSystem::new_with_prefix(path)
                    .with_context(|| format!("pictures are kept in {path}"))?;
                let store: Arc<dyn ObjectStore> = Arc::new(folder.with_fsync(true));
                Ok(Self { url, store, prefix: String::new() })
            }
            Place::Bucket { name, prefix } => {
                let store: Arc<dyn ObjectStore> = Arc::new(bucket(name, config)?);
                Ok(Self { url, store, prefix: prefix.to_owned() })
            }
        }
    }
}

impl Place<'_> {
    /// The same place has the same address, however it was written.
    fn url(&self) -> String {
        match self {
            Self::Folder(path) => format!("file:{path}"),
            Self::Bucket { name, prefix: "" } => format!("s3://{name}"),
            Self::Bucket { name, prefix } => format!("s3://{name}/{prefix}"),
        }
    }
}

/// Reads an address of a folder or of a bucket.
fn read(url: &str) -> anyhow::Result<Place<'_>> {
    let given = url.trim_end_matches('/');
    if let Some(path) = given.strip_prefix("file:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.starts_with('/') && !path.split('/').any(|part| part == "..") {
            return Ok(Place::Folder(path));
        }
    }
    if let Some(rest) = given.strip_prefix("s3://") {
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !name.is_empty() {
            return Ok(Place::Bucket { name, prefix });
        }
    }
    bail!(
        "configuration key media.url: {url:?} is neither file:/FOLDER, from the root on, nor \
         s3://BUCKET; leave it empty to keep pictures in the database"
    )
}

/// A bucket of S3, or of anything that speaks like it. Its requests go out over the same TLS as all
/// others of this program, whose provider the client installed (`client.rs`).
fn bucket(name: &str, config: &Media) -> anyhow::Result<AmazonS3> {
    let file = &config.s3_key_file;
    if file.is_empty() {
        bail!("configuration key media.s3_key_file: s3:// needs a key");
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("configuration key media.s3_key_file: cannot read {file}"))?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (Some(id), Some(secret), None) = (lines.next(), lines.next(), lines.next()) else {
        bail!(
            "configuration key media.s3_key_file: {file} is to hold two lines, the id of the key \
             and its secret"
        );
    };
    let retry =
        RetryConfig { max_retries: REPEATED, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_access_key_id(id)
        .with_secret_access_key(secret)
        // The other way, for many at once, is missing in some that speak like S3.
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .with_client_options(ClientOptions::new().with_timeout(PATIENCE));
    if !config.s3_region.is_empty() {
        builder = builder.with_region(&config.s3_region);
    }
    if !config.s3_endpoint.is_empty() {
        let is_plain = config.s3_endpoint.starts_with("http://");
        builder = builder.with_endpoint(&config.s3_endpoint).with_allow_http(is_plain);
    }
    builder.build().context("the configuration keys of media do not fit each other")
}

fn failed(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::NotFound,
        other => Error::Unavailable(anyhow::Error::from(other).context("where pictures are kept")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_in_one_way_and_a_slip_is_an_error() {
        for (written, url) in [
            ("file:/srv/media", "file:/srv/media"),
            ("file:///srv/media/", "file:/srv/media"),
            ("s3://ring", "s3://ring"),
            ("s3://ring/pictures/", "s3://ring/pictures"),
        ] {
            assert_eq!(read(written).unwrap().url(), url);
        }
        for slip in [
            "media",
            "file:media",
            "file:",
            "file:/srv/../etc",
            "s3://",
            "https://s3",
            "/srv/media",
        ] {
            assert!(read(slip).is_err(), "{slip}");
        }
    }

    #[test]
    fn without_a_place_pictures_go_into_the_database() {
        let store = MediaStore::open(&Media::default()).unwrap();
        assert!(store.url().is_none() && store.address("x.jpg").is_none());
        assert!(store.is_at("database") && !store.is_at("file:/srv/media"));
    }
}
