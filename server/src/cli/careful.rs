//! `mutuals careful …`

use clap::Subcommand;
use jiff::SignedDuration;
use serde_json::json;

use crate::actions::careful::{begin, current, end};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::held;
use crate::domain::held::Careful as Time;

#[derive(Subcommand)]
pub enum Careful {
    /// Hold what strangers write, and let people join by invitation only.
    On {
        /// For how long, such as 12h or 72h: at most a week.
        #[arg(long = "for", value_name = "TIME", default_value = "48h")]
        lasts: SignedDuration,
    },
    /// Be as usual again. What is held stays held until somebody looks.
    Off,
    /// Whether we are careful, and how much is held.
    Show,
}

impl Careful {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::On { lasts } => {
                begin(app, None, lasts).await?;
            }
            Self::Off => {
                end(app, None).await?;
            }
            Self::Show => {}
        }
        let held = read(app, held::count).await?;
        print(output, current(app).await?, held);
        Ok(())
    }
}

fn print(output: &Output, time: Option<Time>, held: i64) {
    let sentence = match time {
        Some(time) if time.by_itself => {
            format!("We are careful until {}; it began by itself. {held} held.", time.ends_at)
        }
        Some(time) => format!("We are careful until {}. {held} held.", time.ends_at),
        None => format!("We are not careful. {held} held."),
    };
    let json = json!({
        "id": "careful",
        "careful": time.is_some(),
        "began_at": time.map(|time| time.began_at),
        "ends_at": time.map(|time| time.ends_at),
        "by_itself": time.is_some_and(|time| time.by_itself),
        "held": held
    });
    output.line(&sentence, &json);
}
