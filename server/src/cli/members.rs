//! `mutuals member …`

use clap::Subcommand;
use serde_json::json;

use crate::actions::add_member::{add_member, make_sign_in_link};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db;
use crate::domain::member::Role;

#[derive(Subcommand)]
pub enum Member {
    /// Add somebody, and print a link that signs them in once.
    Add {
        /// The name they choose.
        name: String,
        /// They look after the instance, too.
        #[arg(long)]
        steward: bool,
    },
    /// Print a new link that signs a member in once.
    Link {
        /// The name, or the id.
        name: String,
    },
    /// Everybody, by name.
    List,
}

impl Member {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::Add { name, steward } => {
                let role = if steward { Role::Steward } else { Role::Member };
                let member = add_member(app, &name, role).await?;
                print_link(app, output, &member).await
            }
            Self::Link { name } => {
                let member = look_up::member(app, &name).await?;
                print_link(app, output, &member).await
            }
            Self::List => {
                for member in read(app, db::members::list).await? {
                    let (role, standing) = (member.role.word(), member.standing.word());
                    let json = json!({
                        "id": member.id.to_string(),
                        "name": member.name,
                        "role": role,
                        "standing": standing,
                        "joined": member.joined_at
                    });
                    let joins = if member.viewer().is_member() { "" } else { "  joining" };
                    let line = format!("{}  {}  {role}{joins}", member.id, member.name);
                    output.line(&line, &json);
                }
                Ok(())
            }
        }
    }
}

/// Makes a one-time link and prints it.
pub async fn print_link(
    app: &App,
    output: &Output,
    member: &crate::domain::member::Member,
) -> anyhow::Result<()> {
    let link = make_sign_in_link(app, member.id).await?;
    let json = json!({"id": member.id.to_string(), "name": member.name, "sign_in": link});
    let sentence =
        format!("{} can sign in once within two days with this link:\n{link}", member.name);
    output.line(&sentence, &json);
    Ok(())
}
