//! What is kept going in the demo: the kitchen of Mill Lane, in turns.

use crate::actions::duty::{Keepers, add_duty};
use crate::actions::runbook::write_runbook;
use crate::actions::take_turn::{Repeat, take_turn, take_turns};
use crate::app::App;
use crate::db::{Conn, members, turns};
use crate::domain::duty_draft::DutyDraft;
use crate::domain::member::Member;
use crate::domain::turn::{Place, Turn};
use crate::error::Error;

/// How it is done, for whoever does it for the first time.
const RUNBOOK: &str = "1. The key hangs at Noor's, behind the bread.\n\
                       2. Wash hands, light the big stove first: it takes half an hour.\n\
                       3. Soup for thirty: 6 kg of what there is, 12 l of water, salt at the end.\n\
                       4. Whoever comes eats. Nobody is asked anything.\n\
                       5. Gas off, windows shut, tell the next ones what is missing.";

/// Sets the kitchen going: some come every second time, some once, one learns it, and one turn
/// still looks for people.
pub async fn keep_kitchen(app: &App) -> anyhow::Result<()> {
    let [noor, kofi, ines, pavel] = [
        member(app, "Noor").await?,
        member(app, "Kofi").await?,
        member(app, "Ines").await?,
        member(app, "Pavel").await?,
    ];
    let keepers = Keepers { keeper: Some(noor.id), deputy: Some(kofi.id), until: None };
    let duty = add_duty(app, &noor, &draft(app), keepers).await?;
    write_runbook(app, &noor, duty.id, RUNBOOK).await?;
    let (id, now) = (duty.id, app.now());
    let next = move |conn: &mut Conn| turns::list_next(conn, id, now, 2);
    let next: Vec<Turn> = app.db.read(next).await?;
    let every_second = Repeat { every: 2, until: None };
    if let Some(first) = next.first() {
        take_turns(app, &ines, first.id, Place::Hand, every_second).await?;
        take_turn(app, &kofi, first.id, Place::Hand).await?;
        take_turn(app, &noor, first.id, Place::Hand).await?;
        take_turn(app, &pavel, first.id, Place::Learner).await?;
    }
    if let Some(second) = next.get(1) {
        take_turns(app, &kofi, second.id, Place::Hand, every_second).await?;
    }
    Ok(())
}

fn draft(app: &App) -> DutyDraft {
    DutyDraft {
        title: "Tuesday kitchen".to_owned(),
        text: "Soup and bread for whoever comes, in the kitchen behind the old mill.".to_owned(),
        place: "Mill Lane 4".to_owned(),
        audience: "public".to_owned(),
        counts: "meals".to_owned(),
        functions: vec!["meal".to_owned()],
        language: "en".to_owned(),
        rhythm: "FREQ=WEEKLY;BYDAY=TU".to_owned(),
        day: app.zone.to_datetime(app.now()).date().to_string(),
        from: "16:00".to_owned(),
        until: "20:00".to_owned(),
        needed: "4".to_owned(),
        ..DutyDraft::default()
    }
}

/// A member by their name.
pub async fn member(app: &App, name: &'static str) -> Result<Member, Error> {
    app.db.read(move |conn| members::find_by_name(conn, name)).await
}
