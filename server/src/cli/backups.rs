//! `mutuals backup …`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use crate::backup::{
    self, Made, Recipient, RecoveryKey, Restore, Restored, Seal, Source, Verified, keep,
};
use crate::cli::output::Output;
use crate::cli::progress;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::backup_runs::{self, Run};
use crate::db::copy::Step;
use crate::db::{Conn, Location};
use crate::{folder, server};

#[derive(Subcommand)]
pub enum BackupCommand {
    /// Write a backup, encrypted, while the server works.
    Create {
        /// The file. It must not be there yet.
        file: PathBuf,
    },
    /// The backups in a folder, newest first.
    List {
        /// The folder [default: where the server keeps its own].
        folder: Option<PathBuf>,
    },
    /// The backups that the server makes by itself: when, and what came of each, newest first.
    Schedule,
    /// Look whether a backup is whole; with the recovery key also whether it can be restored.
    Verify {
        /// The file.
        file: PathBuf,
        /// The recovery key, a file that holds it, or - for what comes in.
        #[arg(long, value_name = "KEY")]
        identity: Option<String>,
    },
    /// Let an instance begin again from a backup, in an empty place named by --data.
    Restore {
        /// The file.
        file: PathBuf,
        /// The recovery key, a file that holds it, or - for what comes in.
        #[arg(long, value_name = "KEY")]
        identity: String,
        /// Into this database [default: the configuration key database.url].
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// Move aside what is there.
        #[arg(long)]
        force: bool,
    },
    /// For which recovery key backups are encrypted.
    #[command(alias = "recipient")]
    RecoveryKey {
        /// Make a new recovery key, and show it once. Backups from before open with the one before.
        #[arg(long)]
        new: bool,
    },
}

impl BackupCommand {
    pub async fn run(self, config: &Config, data: &Path, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Create { file } => {
                folder::check_whole(data)?;
                let (location, data) = (server::location(config, data)?, data.to_owned());
                let media = config.media.clone();
                let made = in_background(output, move |told| {
                    let recipient = backup::find_recipient(&data)?;
                    let source = Source {
                        location: &location,
                        data: &data,
                        media: Some(&media),
                        now: Clock::system().now(),
                    };
                    let made = backup::create_file(&source, &[recipient], &file, told)?;
                    Ok((made, file))
                });
                let (made, file) = made.await?;
                print_made(output, &made, &file);
                Ok(())
            }
            Self::List { folder } => {
                list(output, &folder.unwrap_or_else(|| config.backup.place(data)))
            }
            Self::Schedule => schedule(config, data, output).await,
            Self::Verify { file, identity } => {
                let key = identity.as_deref().map(RecoveryKey::find).transpose()?;
                let verified = in_background(output, move |told| {
                    Ok((backup::verify(&file, key.as_ref(), told)?, file))
                });
                let (verified, file) = verified.await?;
                print_verified(output, &verified, &file);
                Ok(())
            }
            Self::Restore { file, identity, database, force } => {
                let location = match database {
                    Some(url) => Location::choose(Some(&url), data)?,
                    None => server::location(config, data)?,
                };
                let key = RecoveryKey::find(&identity)?;
                let (data, named) = (data.to_owned(), config.named(data));
                let restored = in_background(output, move |told| {
                    let what = Restore {
                        file: &file,
                        key: &key,
                        data: &data,
                        location: &location,
                        named: &named,
                        force,
                        now: Clock::system().now(),
                    };
                    backup::restore(&what, told)
                });
                print_restored(output, &restored.await?);
                Ok(())
            }
            Self::RecoveryKey { new: true } => {
                let key = backup::make_recovery_key(data)?;
                print_key(output, &key);
                Ok(())
            }
            Self::RecoveryKey { new: false } => {
                print_recipient(output, &backup::find_recipient(data)?);
                Ok(())
            }
        }
    }
}

/// Runs what takes long on a thread of its own, with a bar.
pub async fn in_background<T, F>(output: &Output, work: F) -> anyhow::Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut backup::Told<'_>) -> anyhow::Result<T> + Send + 'static,
{
    let bar = progress::bar(output);
    let shown = bar.clone();
    let done = tokio::task::spawn_blocking(move || {
        let mut tell = |step: Step<'_>| progress::show(&shown, step.done, step.of, step.table);
        work(&mut tell)
    });
    let done = done.await.context("the work was interrupted");
    bar.finish_and_clear();
    done?
}

/// Shows a recovery key, this once.
pub fn print_key(output: &Output, key: &RecoveryKey) {
    let public_key = key.recipient().to_string();
    let words = key.words();
    let json = json!({"id": "recovery key", "recovery_key": words, "public_key": public_key});
    output.line(
        &format!(
            "This is the recovery key. Backups open with it and with nothing else, and it is shown \
             only now. Write it on paper, and keep it where this server is not:\n{words}"
        ),
        &json,
    );
}

fn print_recipient(output: &Output, recipient: &Recipient) {
    let public_key = recipient.to_string();
    let json = json!({"id": "recovery key", "public_key": public_key});
    output.line(&format!("Backups open with the recovery key for {public_key}."), &json);
}

fn print_made(output: &Output, made: &Made, file: &Path) {
    let (rows, tables) = (made.seal.rows, made.seal.tables);
    let sentence = format!(
        "{} holds {rows} rows of {tables} tables and {} files, encrypted for {}.",
        file.display(),
        made.seal.files,
        made.seal.public_keys.join(", ")
    );
    output.line(&sentence, &seal_json(&made.seal, file, Some(&made.manifest.digest)));
}

fn print_verified(output: &Output, verified: &Verified, file: &Path) {
    let name = file.display();
    let sentence = match &verified.manifest {
        Some(manifest) => format!(
            "{name} can be restored: all {} rows of {} tables came back as they were written, and \
             {} files are whole.",
            manifest.rows(),
            manifest.tables.len(),
            manifest.files.len()
        ),
        None => format!(
            "{name} is whole, and is what was written on {}. Whether it can be restored shows only \
             with --identity and the recovery key for {}.",
            verified.seal.made_at,
            verified.seal.public_keys.join(" or ")
        ),
    };
    let digest = verified.manifest.as_ref().map(|manifest| manifest.digest.as_str());
    let mut json = seal_json(&verified.seal, file, digest);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("restored".to_owned(), verified.manifest.is_some().into());
    }
    output.line(&sentence, &json);
}

fn print_restored(output: &Output, restored: &Restored) {
    let manifest = &restored.manifest;
    let json = json!({
        "id": "restored",
        "made_at": manifest.made_at.to_string(),
        "schema": manifest.schema,
        "rows": manifest.rows(),
        "digest": manifest.digest,
        "aside": restored.aside,
    });
    let sentence = format!(
        "The instance is as it was on {}: {} rows of {} tables, compared with what was written.",
        manifest.made_at,
        manifest.rows(),
        manifest.tables.len()
    );
    output.line(&sentence, &json);
    for aside in &restored.aside {
        output.tell(&format!("What was there before is now at {aside}."));
    }
    output.tell(
        "Whatever happened since then is not in it. Now let it answer: mutuals serve, with the \
         same --data. Nothing leaves it until somebody has looked: mutuals restore status",
    );
}

fn find_in(folder: &Path) -> std::io::Result<Vec<(anyhow::Result<Seal>, PathBuf)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == backup::ENDING) {
            found.push((backup::read_seal(&path), path));
        }
    }
    Ok(found)
}

fn list(output: &Output, folder: &Path) -> anyhow::Result<()> {
    let mut found = find_in(folder).with_context(|| folder.display().to_string())?;
    if found.is_empty() {
        output.tell(&format!("There are no backups in {}.", folder.display()));
    }
    let made_at = |seal: &anyhow::Result<Seal>| seal.as_ref().ok().map(|seal| seal.made_at);
    found.sort_by(|a, b| made_at(&b.0).cmp(&made_at(&a.0)).then_with(|| a.1.cmp(&b.1)));
    for (seal, path) in found {
        match seal {
            Ok(seal) => {
                let sentence = format!(
                    "{} {} rows, {} bytes: {}",
                    seal.made_at,
                    seal.rows,
                    seal.bytes,
                    path.display()
                );
                output.line(&sentence, &seal_json(&seal, &path, None));
            }
            Err(error) => {
                let name = path.display().to_string();
                let json = json!({"id": name, "error": format!("{error:#}")});
                output.line(&format!("{error:#}"), &json);
            }
        }
    }
    Ok(())
}

/// How many nights are shown.
const NIGHTS: i64 = 60;

/// What is planned, and what came of each.
async fn schedule(config: &Config, data: &Path, output: &Output) -> anyhow::Result<()> {
    let app = server::open(config.clone(), data, Clock::system()).await?;
    let (at, days) = (config.backup.at.as_str(), config.backup.days);
    let folder = config.backup.place(data).display().to_string();
    let json = json!({"id": "schedule", "at": at, "days": days, "folder": folder});
    let sentence: String = match at {
        "" => {
            "This server makes no backups by itself: see `mutuals config explain backup.at`.".into()
        }
        at => format!(
            "Each day at {at} a backup into {folder}: {} days, {} weeks, {} months, and none for \
             longer than {days} days.",
            keep::DAYS,
            keep::WEEKS,
            keep::MONTHS
        ),
    };
    output.line(&sentence, &json);
    let list = |conn: &mut Conn| backup_runs::list(conn, NIGHTS);
    for run in app.db.read(list).await? {
        print_run(output, &run);
    }
    Ok(())
}

fn print_run(output: &Output, run: &Run) {
    let state = match (run.ended_at, run.removed_at) {
        (None, _) => "under way",
        (Some(_), _) if run.problem.is_some() => "failed",
        (Some(_), Some(_)) => "removed",
        (Some(_), None) => "good",
    };
    let what = run.kind.word();
    let json = json!({
        "id": format!("{what} {}", run.day),
        "kind": what,
        "state": state,
        "file": run.file,
        "bytes": run.bytes,
        "problem": run.problem,
        "began": run.began_at,
        "ended": run.ended_at
    });
    let more = run.problem.as_deref().or(run.file.as_deref()).unwrap_or_default();
    output.line(&format!("{}  {what}  {state}  {more}", run.day), &json);
}

fn seal_json(seal: &Seal, file: &Path, digest: Option<&str>) -> serde_json::Value {
    json!({
        "id": file.display().to_string(),
        "made_at": seal.made_at.to_string(),
        "schema": seal.schema,
        "public_keys": seal.public_keys,
        "tables": seal.tables,
        "rows": seal.rows,
        "files": seal.files,
        "bytes": seal.bytes,
        "sha256": seal.sha256,
        "digest": digest,
    })
}
