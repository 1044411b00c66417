//! Change what can be changed of what was chosen when the house was set up.

use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{collective, settings};
use crate::domain::collective::check_name;
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::domain::settings::{Settings, check_summary};
use crate::error::Error;

/// Sets what the house is called, what it says about itself, and the rest. Other servers are told
/// if it concerns them.
pub async fn change_settings(
    app: &App,
    by: Option<MemberId>,
    (name, summary): (&str, &str),
    new: Settings,
) -> Result<(), Error> {
    check_name(name)?;
    let (name, summary) = (name.trim().to_owned(), check_summary(summary)?);
    app.change(move |app, conn, events| {
        let ours = collective::find(conn)?.ok_or(Error::NotFound)?;
        let says_more = ours.name != name || ours.summary != summary;
        if !says_more && settings::find(conn)? == new {
            return Ok(());
        }
        if says_more {
            // Other servers take a change only if it is newer.
            let soonest = ours.updated_at.saturating_add(jiff::SignedDuration::from_micros(1));
            let now = soonest.map_or(app.now(), |soonest| app.now().max(soonest));
            collective::update(conn, (&name, &summary), now)?;
            events.push(Event::CollectiveChanged);
        }
        settings::store(conn, &new)?;
        record(app, conn, by, Act::SettingsChanged, "", "")
    })
    .await?;
    app.read_settings().await
}
