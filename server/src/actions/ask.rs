//! Ask for something without an account, and look after what was asked. Nothing of it is published
//! by itself: somebody reads it, calls, and posts what may be read by others.

use crate::actions::measure::check_steward;
use crate::actions::tag_need::tag_need;
use crate::actions::tell::tell_stewards;
use crate::app::App;
use crate::db::{asks, proposals};
use crate::domain::ask::{Ask, MOST_WAITING};
use crate::domain::draft::Draft;
use crate::domain::event::Event;
use crate::domain::id::AskId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::proposal::{Coverage, NoteMark, Proposal, Purpose, State};
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Where those who look after the house find what was asked.
pub const PAGE: &str = "/steward/asks";

/// Keeps what somebody asks for, for those who look after the house.
pub async fn ask(app: &App, (text, reach): (&str, &str), language: &str) -> Result<Ask, Error> {
    let ask = Ask::new(app.clock.new_id(), (text, reach), language, app.now())?;
    app.change(move |app, conn, _| {
        if asks::count_waiting(conn)? >= MOST_WAITING {
            return Err(Refusal::AsksMany.into());
        }
        asks::insert(conn, &ask)?;
        tell_stewards(app, conn, Kind::MessageWaits, PAGE)?;
        Ok(ask)
    })
    .await
}

/// Posts a need of it, as `draft` says it: how they can be reached stands in the private part, and
/// what they wrote is erased here.
pub async fn post(app: &App, by: &Member, id: AskId, draft: Draft) -> Result<Proposal, Error> {
    let by = by.id;
    app.change(move |app, conn, events| {
        check_steward(conn, by)?;
        let mut ask = lock_waiting(conn, id)?;
        let now = app.now();
        // They wrote it themselves, and read there who would see it.
        let draft = Draft { on_behalf_of: ask.reach.clone(), consent: true, ..draft };
        let mut need = Proposal {
            id: app.clock.new_id(),
            purpose: Purpose::Need,
            content: draft.check(now)?,
            state: State::Draft,
            asked_by: None,
            note: NoteMark::default(),
            close_reason: None,
            published_at: None,
            updated_at: now,
            revision: 0,
            coverage: Coverage::default(),
        };
        need.publish(now)?;
        proposals::insert(conn, &need, &draft.private_part(by, now))?;
        tag_need(app, conn, &need, draft.context)?;
        if need.is_told() {
            events.push(Event::ProposalPublished(need.id));
        }
        ask.close(Some(need.id), now);
        asks::update(conn, &ask)?;
        Ok(need)
    })
    .await
}

/// Notes that nothing is left to do about it: they were helped, or it was nothing.
pub async fn put_aside(app: &App, by: &Member, id: AskId) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_steward(conn, by)?;
        let mut ask = lock_waiting(conn, id)?;
        ask.close(None, app.now());
        asks::update(conn, &ask)
    })
    .await
}

fn lock_waiting(conn: &mut crate::db::Conn, id: AskId) -> Result<Ask, Error> {
    let ask = asks::lock(conn, id)?;
    if ask.closed_at.is_some() { Err(Error::NotFound) } else { Ok(ask) }
}
