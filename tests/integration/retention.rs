//! What is over is let go of: what closed needs said, and the notes by which people met; and then it
//! is in no column and in no file.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::{PgConnection, sql_query};
use jiff::SignedDuration;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_promise::release_promise;
use mutuals::config::{Config, Retention};
use mutuals::db::{Conn, Location, promises};
use mutuals::domain::draft::Draft;
use mutuals::domain::proposal::CloseReason;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;

use crate::leaving::columns_with;
use crate::peer::Peer;
use crate::testapp::{TestApp, config};
use crate::web::house::Browser;

/// What chance does not write.
const WORDS: &str = "zebrakeyunderthemat";

async fn days_pass(ring: &TestApp, days: i64) {
    ring.app.clock.advance(SignedDuration::from_hours(days * 24));
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
}

/// Whether the files of the database hold a text; for PostgreSQL, the files of some tables, if we
/// may read them.
fn files_hold(location: &Location, text: &str, tables: &[&str]) -> bool {
    match location {
        Location::Sqlite(path) => {
            let held = ["", "-wal", "-shm"].map(|ending| {
                let bytes = std::fs::read(format!("{path}{ending}")).unwrap_or_default();
                bytes.windows(text.len()).any(|window| window == text.as_bytes())
            });
            held.contains(&true)
        }
        Location::Postgres(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            if conn.batch_execute("CHECKPOINT").is_err() {
                // Only its superuser reads its files.
                return false;
            }
            tables.iter().any(|table| {
                #[derive(QueryableByName)]
                struct Held {
                    #[diesel(sql_type = Bool)]
                    held: bool,
                }
                let asked = "SELECT position(convert_to($1, 'UTF8') IN \
                             pg_read_binary_file(pg_relation_filepath($2))) > 0 AS held";
                let held = sql_query(asked).bind::<Text, _>(text).bind::<Text, _>(*table);
                held.get_result::<Held>(&mut conn).unwrap().held
            })
        }
    }
}

async fn sweep(ring: &TestApp) {
    for _ in 0..20 {
        if ring.app.db.sweep().await.unwrap() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("something was in the way all the time");
}

/// Sweeps until the files hold the words no more. As long as anybody is in an older transaction, be it
/// in another database, PostgreSQL keeps what they might read; other tests are, for some seconds.
async fn is_gone_from_files(ring: &TestApp, tables: &[&str]) -> bool {
    for _ in 0..60 {
        sweep(ring).await;
        if !files_hold(ring.location(), WORDS, tables) {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    false
}

#[tokio::test]
async fn priv_02_what_two_people_told_each_other_is_in_no_file_a_week_after_it_came() {
    let ring = TestApp::start("ring").await;
    let (ida, rosa) = (ring.member("Ida").await, ring.member("Rosa").await);
    let need = ring.need(&ida, "A ladder", "1").await;
    let promise = make_promise(&ring.app, &rosa, need.id, None, WORDS).await.unwrap();
    for who in [&ida, &rosa] {
        confirm_fulfilment(&ring.app, who, promise.id, None, WORDS).await.unwrap();
    }
    let tables = ["promise_private", "confirmation_private"];
    sweep(&ring).await;
    assert_eq!(columns_with(ring.location(), WORDS).len(), 2);
    if matches!(ring.location(), Location::Sqlite(_)) {
        assert!(files_hold(ring.location(), WORDS, &tables), "the test looks where it would be");
    }
    days_pass(&ring, 6).await;
    let id = promise.id;
    let note = move |conn: &mut Conn| Ok(promises::find_private(conn, id)?.note);
    assert_eq!(ring.app.db.read(note).await.unwrap().as_deref(), Some(WORDS));
    days_pass(&ring, 2).await;
    assert_eq!(ring.app.db.read(note).await.unwrap(), None);
    assert_eq!(columns_with(ring.location(), WORDS), Vec::<String>::new());
    assert!(is_gone_from_files(&ring, &tables).await);
}

#[tokio::test]
async fn priv_02_what_was_said_with_a_promise_goes_when_it_is_given_back() {
    let ring = TestApp::start("ring").await;
    let (ida, rosa) = (ring.member("Ida").await, ring.member("Rosa").await);
    let need = ring.need(&ida, "A ladder", "1").await;
    let promise = make_promise(&ring.app, &rosa, need.id, None, WORDS).await.unwrap();
    release_promise(&ring.app, &rosa, promise.id, None).await.unwrap();
    housekeeping::run(&ring.app).await.unwrap();
    assert_eq!(columns_with(ring.location(), WORDS), Vec::<String>::new());
    assert!(is_gone_from_files(&ring, &["promise_private"]).await);
}

#[tokio::test]
async fn e9_what_a_closed_need_said_is_gone_after_thirty_days_and_what_came_counts_on() {
    let ring = TestApp::start("ring").await;
    let (ida, rosa) = (ring.steward("Ida").await, ring.member("Rosa").await);
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let draft = |title: &str| Draft {
        title: title.into(),
        text: format!("Ring twice, {WORDS}."),
        place: format!("Yard of {WORDS}"),
        amount: "4".into(),
        ..Draft::default()
    };
    let met = ring.post(&rosa, &draft("Chairs")).await;
    let promise = make_promise(&ring.app, &ida, met.id, None, "").await.unwrap();
    for who in [&ida, &rosa] {
        confirm_fulfilment(&ring.app, who, promise.id, None, "").await.unwrap();
    }
    let unmet = ring.post(&rosa, &draft(WORDS)).await;
    let (open, close) = (ring.post(&rosa, &draft("Lamps")).await, Step::Close(CloseReason::Failed));
    change_proposal(&ring.app, &rosa, unmet.id, close).await.unwrap();
    let done = Step::Close(CloseReason::Fulfilled);
    change_proposal(&ring.app, &rosa, met.id, done).await.unwrap();
    ring.work().await;
    let before = ring.proposal(met.id).await;
    days_pass(&ring, 31).await;

    let urls = ring.app.collective.urls();
    let kept = ring.proposal(met.id).await;
    assert_eq!((kept.content.title.as_str(), kept.content.text.as_str()), ("Chairs", ""));
    assert_eq!((kept.content.place, kept.coverage), (None, before.coverage));
    let gone = ring.proposal(unmet.id).await;
    assert_eq!(gone.content.title, "Something that was needed");
    for id in [met.id, unmet.id] {
        assert_eq!(ring.get_json(&urls.proposal(id)).await.0, 410);
        let deleted = |each: &&serde_json::Value| {
            each["type"] == "Delete" && each["object"]["id"] == urls.proposal(id).as_str()
        };
        assert_eq!(peer.received().iter().filter(deleted).count(), 1);
        let page = urls.page(id).path().to_owned();
        Browser::at(&ring.app).get(&page).await.is(404);
        let mut of_ida = Browser::enter(&ring.app, &ida).await;
        of_ida.get(&page).await.is(200).hides(WORDS);
    }
    let again = change_proposal(&ring.app, &rosa, unmet.id, Step::Reopen).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::WordsErased))), "{again:?}");
    // What nobody closed says what it said, whatever its time is.
    assert!(ring.proposal(open.id).await.content.text.contains(WORDS));
}

#[tokio::test]
async fn e9_how_long_what_is_closed_is_kept_can_be_set() {
    let retention = Retention { days: 7 };
    let ring = TestApp::start_as("ring", Config { retention, ..config() }).await;
    let rosa = ring.member("Rosa").await;
    let need = ring
        .post(&rosa, &Draft { title: WORDS.into(), text: WORDS.into(), ..Draft::default() })
        .await;
    change_proposal(&ring.app, &rosa, need.id, Step::Close(CloseReason::Failed)).await.unwrap();
    days_pass(&ring, 6).await;
    assert_eq!(ring.proposal(need.id).await.content.title, WORDS);
    days_pass(&ring, 2).await;
    assert_eq!(ring.proposal(need.id).await.content.text, "");
    assert_eq!(columns_with(ring.location(), WORDS), Vec::<String>::new());
    assert!(is_gone_from_files(&ring, &["proposal_private"]).await);
}
