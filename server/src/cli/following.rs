//! `mutuals follow …`, `mutuals follower …`

use clap::Subcommand;
use serde_json::json;

use crate::actions::follow::{follow, unfollow};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::followings::Following;
use crate::db::{followers, followings};
use crate::error::Error;
use crate::federation::resolve;

#[derive(Subcommand)]
pub enum Follow {
    /// Ask to follow a collective. Its needs and offers come once it accepts.
    Add {
        /// Its handle (@mill@mill.example) or address.
        handle_or_url: String,
    },
    /// Whom we follow, and whom we asked.
    List,
    /// Stop following.
    Remove {
        /// Its handle or address.
        handle_or_url: String,
    },
}

#[derive(Subcommand)]
pub enum Follower {
    /// Who follows us. Following is not joining.
    List,
}

impl Follow {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Add { handle_or_url } => {
                let actor = resolve::by_handle_or_url(app, &handle_or_url).await;
                let actor = actor.map_err(|error| {
                    anyhow::anyhow!("{handle_or_url} cannot be followed: {error}")
                })?;
                print(output, &follow(app, actor).await?);
                Ok(())
            }
            Self::List => {
                for following in read(app, followings::list).await? {
                    print(output, &following);
                }
                Ok(())
            }
            Self::Remove { handle_or_url } => {
                let wanted = handle_or_url.trim_start_matches('@').to_owned();
                let all = read(app, followings::list).await?;
                let found = all.into_iter().find(|following| {
                    following.actor.address == wanted || following.actor.url.as_str() == wanted
                });
                let found = found.ok_or_else(|| {
                    let hint = "`mutuals follow list` shows whom we follow";
                    anyhow::Error::from(Error::NotFound)
                        .context(format!("we do not follow {handle_or_url}; {hint}"))
                })?;
                unfollow(app, &found.actor).await?;
                let json =
                    json!({"id": found.actor.url, "url": found.actor.page, "state": "removed"});
                output.line(&format!("We no longer follow {}.", found.actor.name), &json);
                Ok(())
            }
        }
    }
}

impl Follower {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        let Self::List = self;
        let all = read(app, followers::list).await?;
        if all.is_empty() {
            output.tell("Nobody follows us yet.");
        }
        for (actor, since) in all {
            let json = json!({
                "id": actor.url,
                "url": actor.page,
                "handle": actor.address,
                "name": actor.name,
                "since": since
            });
            output.line(&format!("@{}  {}", actor.address, actor.name), &json);
        }
        Ok(())
    }
}

fn print(output: &Output, following: &Following) {
    let actor = &following.actor;
    let state = following.state.word();
    let json = json!({
        "id": actor.url,
        "url": actor.page,
        "handle": actor.address,
        "name": actor.name,
        "state": state,
        "asked": following.asked_at
    });
    output.line(&format!("@{}  {}  {state}", actor.address, actor.name), &json);
}
