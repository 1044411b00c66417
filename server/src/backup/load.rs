//! What is read from a backup, on its way into a database and a folder.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::backup::archive::Receive;
use crate::backup::files::make_folder;
use crate::backup::{Beginning, Manifest, Shape, Told};
use crate::db::Location;
use crate::db::copy::{Filling, Step, Target};

/// Where it goes.
pub enum Goal<'a> {
    /// Into a database that is gone afterwards; files are read, and not kept.
    Nowhere,
    /// Into a database where there is no instance, or from where it is moved aside; files go into a
    /// folder.
    Place {
        /// The database.
        location: &'a Location,
        /// Where PostgreSQL moves what is there.
        aside: Option<&'a str>,
        /// For the files.
        folder: PathBuf,
    },
}

/// Takes what is read.
pub struct Load<'a> {
    goal: Goal<'a>,
    told: &'a mut Told<'a>,
    tables: Vec<Shape>,
    target: Option<Target>,
    filling: Option<Filling>,
    done: usize,
}

impl<'a> Load<'a> {
    pub fn new(goal: Goal<'a>, told: &'a mut Told<'a>) -> Self {
        Self { goal, told, tables: Vec::new(), target: None, filling: None, done: 0 }
    }

    /// Compares what stands in the database now with the manifest, and hands the database on.
    pub fn end(mut self, manifest: &Manifest) -> anyhow::Result<Target> {
        let mut target = self.target.take().context("there was nothing in it")?;
        if let Some(filling) = self.filling.take() {
            filling.end(&mut target)?;
        }
        target.check(&manifest.sums())?;
        Ok(target)
    }
}

impl Receive for Load<'_> {
    fn begin(&mut self, beginning: &Beginning) -> anyhow::Result<()> {
        self.tables = beginning.tables.clone();
        self.target = Some(match &self.goal {
            Goal::Nowhere => Target::begin_temporary(&beginning.migrations)?,
            Goal::Place { location, aside, .. } => {
                Target::begin(location, &beginning.migrations, *aside)?
            }
        });
        Ok(())
    }

    fn row(&mut self, table: &str, row: &[Option<String>]) -> anyhow::Result<()> {
        let target = self.target.as_mut().context("a row comes too early")?;
        if self.filling.as_ref().is_none_or(|filling| filling.table() != table) {
            if let Some(filling) = self.filling.take() {
                filling.end(target)?;
            }
            let place = self.tables.iter().position(|each| each.name == table);
            let place = place.context("there is no such table")?;
            ensure!(place >= self.done, "the tables are in another order than it says");
            self.done = place;
            (self.told)(Step { table, done: place, of: self.tables.len() });
            let shape = self.tables.get(place).context("there is no such table")?;
            self.filling = Some(target.fill(table, &shape.columns)?);
        }
        let filling = self.filling.as_mut().context("a row comes too early")?;
        filling.add(target, row)
    }

    fn file(&mut self, name: &str, content: &mut dyn Read) -> anyhow::Result<()> {
        let Goal::Place { folder, .. } = &self.goal else { return Ok(()) };
        // What stands in `config` belongs into the data folder itself.
        let path = folder.join(name.strip_prefix("config/").unwrap_or(name));
        write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    }
}

fn write(path: &Path, content: &mut dyn Read) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    io::copy(content, &mut file)?;
    file.sync_all()?;
    Ok(())
}
