//! `mutuals keys …`

use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::actions::rotate_keys::{BOTH_VALID, rotate_keys};
use crate::app::{App, COLLECTIVE};
use crate::cli::output::Output;
use crate::cli::{progress, read};
use crate::db::collective::{KeyRow, list_keys};
use crate::db::resealing::{forget_old_keys, note_keys, reseal};
use crate::error::Error;
use crate::keys::key_id;

/// How long it takes at most until a server that runs knows a new key.
const LEARNED: Duration = Duration::from_secs(2);

#[derive(Subcommand)]
pub enum Keys {
    /// The keys with which this instance signs, and until when old ones are valid.
    List,
    /// Make new keys and tell all followers. The old ones stay valid for seven days.
    Rotate,
    /// Make a new key for what is sealed in the database, and seal everything anew with it. The old
    /// one seals nothing any more, and is forgotten when this is run the next time: until then it
    /// opens what a server sealed that was late to learn the new one. A server on this data folder
    /// goes on meanwhile; servers with a folder of their own on the same database must be stopped,
    /// and get the new file. Copies and dumps of the database from long before open only with the
    /// file of that time: make a backup first, which holds it.
    RotateSealing,
}

impl Keys {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => {}
            Self::Rotate => {
                rotate_keys(app).await?;
            }
            Self::RotateSealing => return rotate_sealing(app, output).await,
        }
        for row in read(app, list_keys).await? {
            print(app, output, &row);
        }
        Ok(())
    }
}

/// If somebody interrupts it, the next time goes on with the key that was made.
async fn rotate_sealing(app: &App, output: &Output) -> anyhow::Result<()> {
    let sealing = app.db.sealing().context("nothing is sealed in this database")?;
    let Some(_alone) = sealing.lock()? else {
        let error = anyhow::Error::from(Error::Conflict);
        return Err(error.context(
            "another process changes the key just now; this one changed nothing. Wait until it is \
             done",
        ));
    };
    if sealing.count() == 1 {
        sealing.add_key()?;
        note_keys(&app.db, sealing.clone()).await?;
        // A server that runs looks into the file all the time.
        tokio::time::sleep(LEARNED).await;
    }
    let bar = progress::bar(output);
    let show = |done: usize, all: usize| progress::show(&bar, done, all, "columns");
    let sealed = reseal(&app.db, &show).await;
    bar.finish_and_clear();
    let sealed = sealed?;
    // What was written with the old one just before the new one was known.
    let late = reseal(&app.db, &|_, _| ()).await?;
    forget_old_keys(&app.db).await?;
    let (name, sealed) = (sealing.current(), sealed + late);
    let json = json!({"id": name, "state": "current", "sealed": sealed});
    output.line(&format!("{sealed} things are sealed anew, with the key {name}."), &json);
    Ok(())
}

fn print(app: &App, output: &Output, row: &KeyRow) {
    let urls = app.collective.urls();
    let actor = if row.actor == COLLECTIVE { urls.actor() } else { urls.instance_actor() };
    let id = key_id(&actor, row.generation);
    let time = |micros| Timestamp::from_microsecond(micros).ok();
    let until = row.retired_at.and_then(time).and_then(|at| at.checked_add(BOTH_VALID).ok());
    let state = if until.is_some() { "retired" } else { "current" };
    let json = json!({
        "id": id,
        "actor": actor,
        "state": state,
        "created": time(row.created_at),
        "until": until
    });
    let text = match until {
        Some(until) => format!("{id}  old, valid until {until:.0}"),
        None => format!("{id}  in use"),
    };
    output.line(&text, &json);
}
