//! `mutuals neighbour …`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::actions::follow::follow;
use crate::actions::import_neighbours::is_us;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::proposals::print_neighbours;
use crate::cli::read;
use crate::db::{Conn, followings, neighbour_proposals};
use crate::domain::look::{CannotLook, Looked};
use crate::domain::neighbour::{FollowingState, RemoteActor};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::federation::look::look;
use crate::federation::resolve;
use crate::text::opml::{self, Outline};

#[derive(Subcommand)]
pub enum Neighbour {
    /// Look at a collective from outside: who it is, what it understands of what we say, and what
    /// it needs and offers publicly. Nothing is followed.
    Look {
        /// Its handle (@mill@mill.example) or address.
        handle_or_url: String,
    },
    /// Print the collectives that we follow and that said yes, as an OPML list.
    Export,
    /// Ask to follow everybody whom an OPML list names.
    Import {
        /// The list.
        file: PathBuf,
    },
}

impl Neighbour {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Look { handle_or_url } => {
                let looked = look(app, &handle_or_url).await;
                show(app, output, looked.map_err(|why| refused(&handle_or_url, why))?).await
            }
            Self::Export => export(app).await,
            Self::Import { file } => import(app, output, &file).await,
        }
    }
}

/// What is forbidden or not there at all is a refusal; who cannot be reached may be later.
fn refused(typed: &str, why: CannotLook) -> anyhow::Error {
    let sentence = format!("{typed} cannot be looked at: {why}");
    match why {
        CannotLook::Unreachable => anyhow::anyhow!(sentence),
        _ => anyhow::Error::from(Error::NotFound).context(sentence),
    }
}

async fn show(app: &App, output: &Output, looked: Looked) -> anyhow::Result<()> {
    let Looked { actor, proposals, is_board_read, speaks } = looked;
    let url = actor.url.to_string();
    let wanted: Vec<String> = proposals.iter().map(|found| found.url.to_string()).collect();
    let (following, held) = read(app, move |conn: &mut Conn| {
        let all = followings::list(conn)?;
        let following = all.into_iter().find(|following| following.actor.url.as_str() == url);
        let held = wanted.iter().map(|url| neighbour_proposals::find_by_url(conn, url));
        Ok((following, held.collect::<Result<Vec<_>, Error>>()?))
    })
    .await
    .context("what stands here cannot be read")?;
    let software = speaks.software.map(|(name, version)| json!({"name": name, "version": version}));
    let words: Vec<&str> = speaks.terms.iter().map(|term| term.word()).collect();
    let json = json!({
        "id": actor.url,
        "url": actor.page,
        "handle": actor.address,
        "name": actor.name,
        "kind": actor.kind,
        "following": following.map_or("no", |following| following.state.word()),
        "software": software,
        "speaks": words,
        "board": if is_board_read { "read" } else { "unreadable" }
    });
    let understood =
        if words.is_empty() { "nothing that it tells".into() } else { words.join(", ") };
    let sentence = format!("@{}  {}  (understands: {understood})", actor.address, actor.name);
    output.line(&sentence, &json);
    for (found, held) in proposals.iter().zip(held) {
        print_neighbours(output, found, held.map(|held| held.id), &actor);
    }
    Ok(())
}

/// The list itself, also with `--json`: it is a document.
async fn export(app: &App) -> anyhow::Result<()> {
    use std::io::Write as _;
    let blocks = app.blocks();
    let mut all = read(app, followings::list).await?;
    all.retain(|each| {
        let stands = each.state == FollowingState::Following && each.actor.is_collective();
        stands && !blocks.covers_actor(&each.actor.url)
    });
    let outline = |actor: RemoteActor| Outline {
        name: actor.name,
        address: actor.url.into(),
        page: actor.page.into(),
    };
    let outlines: Vec<Outline> = all.into_iter().map(|each| outline(each.actor)).collect();
    let list = opml::write(&app.collective.name, app.now(), &outlines);
    // Whoever reads may have gone (`| head`): then there is nothing left to say.
    let _ = std::io::stdout().write_all(list.as_bytes());
    Ok(())
}

async fn import(app: &App, output: &Output, file: &Path) -> anyhow::Result<()> {
    let size =
        std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()));
    let largest = u64::try_from(opml::LARGEST).unwrap_or(u64::MAX);
    if size?.len() > largest {
        return Err(opml::Unreadable::TooLarge.into());
    }
    let list = std::fs::read_to_string(file);
    let list = list.with_context(|| format!("{} cannot be read", file.display()))?;
    let mut failed = 0;
    for outline in opml::read(&list)? {
        if is_us(app, &outline.address) {
            let urls = app.collective.urls();
            let json = json!({"id": urls.actor(), "name": app.collective.name, "state": "ours"});
            output.line(&format!("{}  {}  that is us", outline.name, outline.address), &json);
            continue;
        }
        let json = match ask(app, &outline.address).await {
            Ok((actor, state)) => json!({
                "id": actor.url,
                "url": actor.page,
                "handle": actor.address,
                "name": actor.name,
                "state": state
            }),
            Err(why) => {
                failed += 1;
                let why = format!("{why:#}");
                json!({"id": outline.address, "name": outline.name, "state": "failed", "why": why})
            }
        };
        let state = json.get("state").and_then(Value::as_str).unwrap_or_default();
        output.line(&format!("{}  {}  {state}", outline.name, outline.address), &json);
    }
    match failed {
        0 => Ok(()),
        failed => Err(anyhow::anyhow!("{failed} of the list could not be asked")),
    }
}

async fn ask(app: &App, address: &str) -> anyhow::Result<(RemoteActor, &'static str)> {
    let actor = resolve::by_handle_or_url(app, address).await?;
    if !actor.is_collective() {
        anyhow::bail!("this is a person, not a collective");
    }
    match follow(app, actor.clone()).await {
        Ok(following) => Ok((following.actor, following.state.word())),
        Err(Error::Refused(Refusal::AlreadyFollowing)) => {
            Ok((actor, FollowingState::Following.word()))
        }
        Err(other) => Err(other.into()),
    }
}
