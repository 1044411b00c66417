//! `mutuals quiet …` and `mutuals lockdown`: what is seen from outside.

use clap::Subcommand;
use serde_json::json;

use crate::actions::quiet::set_quiet;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::quiet_mode;
use crate::domain::quiet_mode::{Quiet as HowMuch, QuietMode};

#[derive(Subcommand)]
pub enum Quiet {
    /// Close the shutters at once: strangers see no page, and other servers are told to delete what
    /// they have. Members sign in as always. It ends a lockdown, too.
    On,
    /// Open them again. What is still open is published again, as new posts.
    Off,
    /// How it is.
    Show,
}

impl Quiet {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::On => set_quiet(app, None, HowMuch::On, None).await?,
            Self::Off => set_quiet(app, None, HowMuch::Off, None).await?,
            Self::Show => {}
        }
        print(app, output).await
    }
}

/// Quiet, and: everybody is signed out, nobody signs in but stewards, and nothing goes out behind
/// what takes things back.
pub async fn lock_down(app: &App, output: &Output) -> anyhow::Result<()> {
    set_quiet(app, None, HowMuch::Lockdown, None).await?;
    print(app, output).await
}

async fn print(app: &App, output: &Output) -> anyhow::Result<()> {
    let found = read(app, |conn| Ok((quiet_mode::find(conn)?, quiet_mode::is_unfinished(conn)?)));
    let (QuietMode { quiet, changed_at, .. }, is_unfinished) = found.await?;
    let sentence = match quiet {
        HowMuch::Off => "Open: what is public is seen.".to_owned(),
        HowMuch::On => {
            format!(
                "Quiet since {changed_at}: nothing is seen from outside. End it with: quiet off"
            )
        }
        HowMuch::Lockdown => format!(
            "Lockdown since {changed_at}: nothing is seen from outside, nobody signs in but stewards, \
             and nothing goes out. Loosen it with: quiet on; end it with: quiet off"
        ),
    };
    let json = json!({
        "id": "quiet",
        "quiet": quiet.word(),
        "since": quiet.is_quiet().then_some(changed_at),
        "unfinished": is_unfinished
    });
    output.line(&sentence, &json);
    Ok(())
}
