//! Pictures that are kept outside the database are brought into a backup, as if they stood in it: it
//! is whole without the folder or the bucket in which they are.

use anyhow::Context as _;
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
        Ok(Some(Self { store: MediaStore::open(media)?, address, bytes }))
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
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(cell) = row.get_mut(self.bytes) {
            *cell = Some(hex(&content));
        }
        if let Some(cell) = row.get_mut(self.address) {
            *cell = None;
        }
        Ok(())
    }
}
