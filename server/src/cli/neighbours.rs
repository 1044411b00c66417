//! `mutuals neighbour …`

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use crate::app::App;
use crate::cli::output::Output;
use crate::cli::proposals::print_neighbours;
use crate::cli::read;
use crate::db::{Conn, followings, neighbour_proposals};
use crate::domain::look::{CannotLook, Looked};
use crate::error::Error;
use crate::federation::look::look;

#[derive(Subcommand)]
pub enum Neighbour {
    /// Look at a collective from outside: who it is, what it understands of what we say, and what
    /// it needs and offers publicly. Nothing is followed.
    Look {
        /// Its handle (@mill@mill.example) or address.
        handle_or_url: String,
    },
}

impl Neighbour {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Look { handle_or_url } => {
                let looked = look(app, &handle_or_url).await;
                show(app, output, looked.map_err(|why| refused(&handle_or_url, why))?).await
            }
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
