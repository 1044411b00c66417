//! Pictures that are kept outside the database are brought into a backup, as if they stood in it: it
//! is whole without the folder or the bucket in which they are.

use std::cell::Cell;

use anyhow::{Context as _, ensure};
use tokio::runtime::Handle;

use crate::backup::Source;
use crate::db::copy::{Row, Table, hex};
use crate::error::Error;
use crate::media_store::MediaStore;

/// The table in which they are named.
const TABLE: &str = "pictures";

/// Brings the bytes of pictures into their rows.
pub struct Pictures {
    store: MediaStore,
    /// Which cells hold the address and the bytes.
    address: usize,
    bytes: usize,
    /// How many were there, and how many were not.
    found: Cell<u64>,
    gone: Cell<u64>,
}

impl Pictures {
    /// For the rows of a table, if it is the one that names pictures.
    pub fn of(table: &Table, source: &Source<'_>) -> anyhow::Result<Option<Self>> {
        let Some(media) = source.media.filter(|_| table.name == TABLE) else { return Ok(None) };
        let columns = table.columns();
        let place = |name: &str| columns.iter().position(|column| column == name);
        // Before an upgrade there is no address: all of them are in the database.
        let (Some(address), Some(bytes)) = (place("address"), place("bytes")) else {
            return Ok(None);
        };
        let (store, none) = (MediaStore::open(media)?, Cell::default);
        Ok(Some(Self { store, address, bytes, found: none(), gone: none() }))
    }

    /// Puts the bytes in the place of the address. What is gone where it was kept stays away. Blocks:
    /// for a thread of its own.
    pub fn bring_in(&self, row: &mut Row) -> anyhow::Result<()> {
        let Some(Some(address)) = row.get(self.address) else { return Ok(()) };
        let found = Handle::try_current()
            .context("pictures outside the database cannot be read from here")?
            .block_on(self.store.get(address));
        let content = match found {
            Ok(content) => content,
            Err(Error::NotFound) => {
                tracing::warn!("a picture is gone where it was kept");
                self.gone.set(self.gone.get().saturating_add(1));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.found.set(self.found.get().saturating_add(1));
        if let Some(cell) = row.get_mut(self.bytes) {
            *cell = Some(hex(&content));
        }
        if let Some(cell) = row.get_mut(self.address) {
            *cell = None;
        }
        Ok(())
    }

    /// An error if there are pictures, and not one was found: an empty folder where a disk should be
    /// is no reason for backups without pictures, which in a month are the only ones.
    pub fn check(&self) -> anyhow::Result<()> {
        let gone = self.gone.get();
        ensure!(
            gone == 0 || self.found.get() > 0,
            "not one of the {gone} pictures that are kept outside the database was found: is the \
             disk or the bucket of media.url there?"
        );
        Ok(())
    }
}
