//! What is left of somebody who left: nothing that tells who they were, and everything that all of
//! them did together.
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::leave::leave;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::{Conn, fulfilments, members, proposals, sessions};
use mutuals::domain::draft::Draft;
use mutuals::jobs::housekeeping;
use mutuals::keys;

use crate::testapp::{TestApp, amount, every_text};

/// Stands in everything that one member wrote, and in their name.
const TRACE: &str = "zanzibari";

const DAYS: i64 = 24 * 3_600;

#[tokio::test]
async fn after_two_weeks_nothing_tells_who_they_were_and_what_came_stays() {
    let ring = TestApp::start("ring").await;
    let (rosa, kofi) = (ring.member("Rosa").await, ring.member(&format!("Kofi {TRACE}")).await);
    let need = ring.need(&rosa, "Blankets", "10").await;
    let note = format!("behind the {TRACE} door");
    let promise = make_promise(&ring.app, &kofi, need.id, Some(amount("4")), &note).await.unwrap();
    confirm_fulfilment(&ring.app, &kofi, promise.id, Some(amount("4")), &note).await.unwrap();
    confirm_fulfilment(&ring.app, &rosa, promise.id, Some(amount("4")), "").await.unwrap();
    let own = Draft { title: format!("A {TRACE} lamp"), text: note.clone(), ..Draft::default() };
    ring.post(&kofi, &own).await;
    let at_work = Draft { on_behalf_of: TRACE.into(), consent: true, ..own.clone() };
    ring.post(&kofi, &at_work).await;
    make_promise(&ring.app, &kofi, need.id, Some(amount("1")), &note).await.unwrap();
    let (hash, now) = (keys::secret_hash("a token"), ring.now());
    let id = kofi.id;
    ring.app
        .db
        .write(move |conn| sessions::insert(conn, (&hash, "csrf"), id, now, None))
        .await
        .unwrap();
    ring.work().await;
    let came = |conn: &mut Conn| {
        let all = fulfilments::list_latest(conn, 100)?;
        let sums: Vec<_> =
            proposals::list(conn)?.into_iter().map(|each| each.coverage.came_high).collect();
        Ok((all.len(), sums))
    };
    let before = ring.app.db.read(came).await.unwrap();

    leave(&ring.app, &kofi).await.unwrap();
    let open = ring.app.db.read(move |conn| proposals::find(conn, need.id)).await.unwrap();
    assert_eq!(open.coverage.promised, amount("4"), "what was still promised was given back");
    ring.advance(15 * DAYS);
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
    housekeeping::run(&ring.app).await.unwrap();

    let gone = ring.app.db.read(move |conn| members::find(conn, kofi.id)).await;
    assert!(matches!(gone, Err(mutuals::error::Error::NotFound)));
    let texts = ring.app.db.read(|conn| Ok(every_text(conn))).await.unwrap();
    assert!(texts.len() > 50, "the whole database was looked through");
    let traces: Vec<_> =
        texts.iter().filter(|(_, text)| text.to_lowercase().contains(TRACE)).collect();
    assert!(traces.is_empty(), "{traces:?}");
    let after = ring.app.db.read(came).await.unwrap();
    assert_eq!(after.0, before.0);
    assert_eq!(after.1.iter().max(), before.1.iter().max());
}
