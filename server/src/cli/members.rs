//! `mutuals member …`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use crate::actions::add_member::{add_member, make_sign_in_link};
use crate::actions::leave::leave;
use crate::app::App;
use crate::cli::measures::{self, One, Take};
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db;
use crate::domain::measure::Kind;
use crate::domain::member::{Member as Person, Role};
use crate::i18n::Locale;
use crate::web::own_data;

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
    /// One member, and the measures about them that stand.
    Show {
        /// The name, or the id.
        name: String,
    },
    /// Write everything of a member's own into a file, as they get it on their page.
    Export {
        /// The name, or the id.
        name: String,
        /// The file to make: a ZIP.
        file: PathBuf,
    },
    /// Let a member leave, as they do on their page: they can come back for two weeks.
    Leave {
        /// The name, or the id.
        name: String,
    },
    /// Warn a member. Without a second steward it is over after seven days.
    Warn(Take),
    /// No new offers, promises, invitations or vouches for a while; asking for help stays open.
    Freeze(Take),
    /// Confirm a measure as a second steward.
    Confirm(One),
    /// Lift a measure.
    Lift {
        #[command(flatten)]
        one: One,
        /// Why.
        #[arg(long)]
        reason: String,
    },
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
                    print(output, &member);
                }
                Ok(())
            }
            Self::Show { name } => {
                let member = look_up::member(app, &name).await?;
                print(output, &member);
                measures::print_standing(app, output, &member).await
            }
            Self::Export { name, file } => {
                export(app, output, &look_up::member(app, &name).await?, &file).await
            }
            Self::Leave { name } => say_goodbye(app, output, &name).await,
            Self::Warn(take) => take.run(app, output, Kind::Warn).await,
            Self::Freeze(take) => take.run(app, output, Kind::Freeze).await,
            Self::Confirm(one) => one.confirm(app, output).await,
            Self::Lift { one, reason } => one.lift(app, output, &reason).await,
        }
    }
}

fn print(output: &Output, member: &Person) {
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

/// A file that exists is never written over, and what is made is for its owner only.
async fn export(app: &App, output: &Output, member: &Person, path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let language = member.language.as_deref().unwrap_or(&app.collective.language);
    let packed = own_data::of_member(app, member.id, &Locale::find(language)).await?;
    let mut new = std::fs::OpenOptions::new();
    let file = new.write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(&packed));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    let json = json!({"id": member.id.to_string(), "file": path, "bytes": packed.len()});
    output.line(&format!("Written: {}. It is private to {}.", path.display(), member.name), &json);
    Ok(())
}

async fn say_goodbye(app: &App, output: &Output, name: &str) -> anyhow::Result<()> {
    let member = look_up::member(app, name).await?;
    let leaving = leave(app, &member).await?;
    let json = json!({
        "id": member.id.to_string(),
        "left": leaving.left_at,
        "erased": leaving.erase_at
    });
    let sentence = format!(
        "{} has left. Until {} they can come back by signing in; then what is theirs is erased.",
        member.name, leaving.erase_at
    );
    output.line(&sentence, &json);
    Ok(())
}

/// Makes a one-time link and prints it.
pub async fn print_link(app: &App, output: &Output, member: &Person) -> anyhow::Result<()> {
    let link = make_sign_in_link(app, member.id).await?;
    let json = json!({"id": member.id.to_string(), "name": member.name, "sign_in": link});
    let sentence =
        format!("{} can sign in once within two days with this link:\n{link}", member.name);
    output.line(&sentence, &json);
    Ok(())
}
