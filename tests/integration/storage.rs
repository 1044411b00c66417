//! Storage on a real database of the engine under test.

use jiff::{SignedDuration, Timestamp};
use mutuals::db::activities::{
    SentActivity, find_tombstone, insert_received, insert_sent, insert_tombstone,
};
use mutuals::db::jobs::JobKind;
use mutuals::db::{inboxes, jobs, members, proposals, sessions};
use mutuals::domain::audience::Audience;
use mutuals::domain::draft::Draft;
use mutuals::domain::id::Id;
use mutuals::domain::member::{Member, Role};
use mutuals::domain::proposal::{CloseReason, Proposal, Purpose, State};
use mutuals::error::Error;

use crate::testapp::{BEGINNING, TestDb, amount, postgres};

fn now() -> Timestamp {
    BEGINNING.parse().unwrap()
}

fn member(number: i64, name: &str) -> Member {
    Member {
        id: Id::from_number(number),
        name: name.into(),
        role: Role::Member,
        language: Some("es".into()),
        joined_at: now(),
    }
}

#[tokio::test]
async fn the_engine_is_the_one_that_was_asked_for() {
    let engine = if postgres().is_some() { "PostgreSQL" } else { "SQLite" };
    assert_eq!(TestDb::new().db.engine(), engine);
}

#[tokio::test]
async fn a_proposal_comes_back_as_it_was_stored() {
    let test = TestDb::new();
    let draft = Draft {
        title: "Manta \u{1f9e3} cálida".into(),
        text: "Zeile 1\nZeile 2".into(),
        kind: "bedding".into(),
        amount: "40.25".into(),
        unit: "kilogram".into(),
        minimum: "0.5".into(),
        starts_at: Some(now()),
        ends_at: Some(now() + SignedDuration::from_hours(5)),
        place: "Hall".into(),
        language: "es".into(),
        audience: "pacts".into(),
        on_behalf_of: "Mrs Ito".into(),
        consent: true,
    };
    let mut stored = Proposal {
        id: Id::from_number(7),
        purpose: Purpose::Offer,
        content: draft.check(now()).unwrap(),
        state: State::Draft,
        close_reason: None,
        published_at: None,
        updated_at: now(),
        revision: 3,
        coverage: Default::default(),
    };
    stored.coverage.promised = amount("1.5");
    let private = draft.private_part(Id::from_number(1), now());
    let (first, second) = (stored.clone(), private.clone());
    test.db
        .write(move |conn| {
            members::insert(conn, &member(1, "Tove"))?;
            proposals::insert(conn, &first, &second)
        })
        .await
        .unwrap();
    let id = stored.id;
    let read = |conn: &mut mutuals::db::Conn| {
        let id = Id::from_number(7);
        Ok((proposals::find(conn, id)?, proposals::find_private(conn, id)?))
    };
    assert_eq!(test.db.read(read).await.unwrap(), (stored.clone(), private));
    // And every column can become empty again.
    stored.publish(now()).unwrap();
    stored.close(CloseReason::Failed, now()).unwrap();
    let bare = Draft { title: "x".into(), ..Draft::default() };
    stored.content = bare.check(now()).unwrap();
    let changed = stored.clone();
    test.db.write(move |conn| proposals::update(conn, &changed)).await.unwrap();
    let found = test.db.read(move |conn| proposals::find(conn, id)).await.unwrap();
    assert_eq!(found, stored);
    assert_eq!(found.content.audience, Audience::Public);
}

#[tokio::test]
async fn a_failed_write_leaves_nothing() {
    let test = TestDb::new();
    let failed: Result<(), Error> = test
        .db
        .write(|conn| {
            members::insert(conn, &member(1, "Tove"))?;
            members::insert(conn, &member(2, "Tove"))
        })
        .await;
    assert!(matches!(failed, Err(Error::Conflict)));
    assert!(test.db.read(members::list).await.unwrap().is_empty());
    // The connection is as good as new.
    test.db.write(|conn| members::insert(conn, &member(3, "Omar"))).await.unwrap();
    assert_eq!(test.db.read(members::list).await.unwrap()[0].language.as_deref(), Some("es"));
}

#[tokio::test]
async fn a_panic_in_a_transaction_undoes_it_and_the_database_goes_on() {
    let test = TestDb::new();
    let failed: Result<(), Error> = test
        .db
        .write(|conn| {
            members::insert(conn, &member(1, "Tove"))?;
            panic!("a test panics")
        })
        .await;
    assert!(matches!(failed, Err(Error::Internal(_))));
    test.db.write(|conn| members::insert(conn, &member(1, "Tove"))).await.unwrap();
}

#[tokio::test]
async fn many_writers_wait_for_each_other_and_none_fails() {
    let test = TestDb::new();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..100 {
        let db = test.db.clone();
        running.spawn(async move {
            db.write(move |conn| {
                // Reads before it writes: what a deferred transaction would fail at.
                let count = members::list(conn)?.len();
                members::insert(conn, &member(number + 1, &format!("M{number} after {count}")))
            })
            .await
            .unwrap();
        });
    }
    running.join_all().await;
    assert_eq!(test.db.read(members::list).await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_link_works_once_and_not_for_ever() {
    let test = TestDb::new();
    let expires = now() + SignedDuration::from_hours(48);
    test.db
        .write(move |conn| {
            members::insert(conn, &member(1, "Tove"))?;
            sessions::insert_link(conn, "one", Id::from_number(1), expires)?;
            sessions::insert_link(conn, "two", Id::from_number(1), expires)
        })
        .await
        .unwrap();
    let at = |link: &'static str, time: Timestamp| {
        let db = test.db.clone();
        async move { db.write(move |conn| sessions::use_link(conn, link, time)).await }
    };
    assert_eq!(at("one", now()).await.unwrap(), Id::from_number(1));
    assert!(matches!(at("one", now()).await, Err(Error::NotFound)));
    assert!(matches!(at("two", expires).await, Err(Error::NotFound)));
    assert!(matches!(at("three", now()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_activity_is_new_once_and_a_gravestone_belongs_to_its_owner() {
    let test = TestDb::new();
    let seen = test
        .db
        .write(|conn| {
            let first = insert_received(conn, "https://a.test/1", "https://a.test/ana", now())?;
            let second = insert_received(conn, "https://a.test/1", "https://a.test/ana", now())?;
            assert!(insert_received(conn, "https://a.test/1", "https://a.test/eve", now())?);
            insert_tombstone(conn, "https://a.test/n", "https://a.test/eve", now())?;
            insert_tombstone(conn, "https://a.test/n", "https://a.test/eve", now())?;
            Ok((
                first,
                second,
                find_tombstone(conn, "https://a.test/n", "https://a.test/ana")?,
                find_tombstone(conn, "https://a.test/n", "https://a.test/eve")?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(seen, (true, false, None, Some(now())));
}

#[tokio::test]
async fn a_job_has_one_worker_until_its_lease_ends() {
    let test = TestDb::new();
    test.db
        .write(|conn| jobs::insert(conn, 1, JobKind::Receive, ("https://a.test/ana", "{}"), now()))
        .await
        .unwrap();
    let claim = |after: i64| {
        let db = test.db.clone();
        let time = now() + SignedDuration::from_secs(after);
        async move { db.write(move |conn| jobs::claim(conn, time, 10)).await.unwrap().len() }
    };
    assert_eq!(claim(0).await, 1);
    assert_eq!(claim(59).await, 0, "somebody is at it");
    assert_eq!(claim(61).await, 1, "its worker died");
    let later = now() + SignedDuration::from_mins(5);
    test.db.write(move |conn| jobs::retry(conn, 1, later, "not now")).await.unwrap();
    assert_eq!(claim(120).await, 0);
    assert_eq!(claim(301).await, 1);
}

#[tokio::test]
async fn what_somebody_did_first_is_worked_on_first_and_nobody_takes_all_workers() {
    let test = TestDb::new();
    test.db
        .write(|conn| {
            for (id, actor) in [(1, "ana"), (2, "ana"), (3, "eve"), (4, "ana")] {
                jobs::insert(conn, id, JobKind::Receive, (actor, "{}"), now())?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let claim = || async {
        let claimed = test.db.write(|conn| jobs::claim(conn, now(), 10)).await.unwrap();
        claimed.iter().map(|job| job.id).collect::<Vec<_>>()
    };
    assert_eq!(claim().await, [1, 3]);
    assert!(claim().await.is_empty(), "the second waits for the first");
    test.db.write(|conn| jobs::delete(conn, 1)).await.unwrap();
    assert_eq!(claim().await, [2]);
}

#[tokio::test]
async fn a_host_with_many_inboxes_leaves_workers_to_others() {
    let test = TestDb::new();
    test.db
        .write(|conn| {
            let sent = SentActivity {
                id: 1,
                url: "https://us.test/1".into(),
                object_url: "x".into(),
                body: "{}".into(),
                is_public: true,
                sent_at: 0,
            };
            insert_sent(conn, &sent)?;
            for number in 0..20 {
                let id = std::cell::Cell::new(number * 10);
                let next = || {
                    id.set(id.get() + 1);
                    id.get()
                };
                let host = if number == 19 { "good.test" } else { "slow.test" };
                inboxes::enqueue(conn, next, &format!("https://{host}/{number}"), host, 1)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let claimed = test.db.write(|conn| inboxes::claim(conn, now(), 8)).await.unwrap();
    let urls: Vec<_> = claimed.iter().map(|inbox| inbox.url.as_str()).collect();
    assert_eq!(urls.len(), 5);
    assert!(urls.contains(&"https://good.test/19"));
}

#[tokio::test]
async fn deliveries_leave_in_order_and_a_dead_inbox_waits_alone() {
    let test = TestDb::new();
    test.db
        .write(|conn| {
            for number in 1..=3 {
                let sent = SentActivity {
                    id: number,
                    url: format!("https://us.test/{number}"),
                    object_url: "x".into(),
                    body: format!("{number}"),
                    is_public: true,
                    sent_at: 0,
                };
                insert_sent(conn, &sent)?;
                for (place, inbox) in (1..).zip(["https://a.test/inbox", "https://b.test/inbox"]) {
                    let id = std::cell::Cell::new(number * 100 + place * 10);
                    let next = || {
                        id.set(id.get() + 1);
                        id.get()
                    };
                    inboxes::enqueue(conn, next, inbox, "host", number)?;
                }
            }
            Ok(())
        })
        .await
        .unwrap();
    let claimed = test.db.write(|conn| inboxes::claim(conn, now(), 10)).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(test.db.write(|conn| inboxes::claim(conn, now(), 10)).await.unwrap().is_empty());
    let (a, b) = (claimed[0].id, claimed[1].id);
    let waiting = test.db.read(move |conn| inboxes::list_waiting(conn, a, 10)).await.unwrap();
    let bodies: Vec<_> = waiting.iter().map(|delivery| delivery.body.as_str()).collect();
    assert_eq!(bodies, ["1", "2", "3"]);
    let later = now() + SignedDuration::from_mins(1);
    let again = test
        .db
        .write(move |conn| {
            inboxes::delete_delivered(conn, waiting[0].id)?;
            inboxes::put_off(conn, a, now(), later, "away")?;
            inboxes::release(conn, b, now())?;
            inboxes::claim(conn, now(), 10)
        })
        .await
        .unwrap();
    assert_eq!(again.iter().map(|inbox| inbox.id).collect::<Vec<_>>(), [b]);
    let awake = test
        .db
        .write(move |conn| {
            inboxes::wake_host(conn, "host")?;
            inboxes::claim(conn, now(), 10)
        })
        .await
        .unwrap();
    assert_eq!(awake.iter().map(|inbox| inbox.id).collect::<Vec<_>>(), [a], "it spoke to us");
}
