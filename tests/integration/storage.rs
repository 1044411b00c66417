//! Storage on a real database of the engine under test.

use jiff::{SignedDuration, Timestamp};
use mutuals::db::activities::{
    SentActivity, find_tombstone, insert_received, insert_sent, insert_tombstone,
};
use mutuals::db::journal::{Entry, NewEntry};
use mutuals::db::outbox::{self, Claimed, Ending, Places};
use mutuals::db::{Conn, Lock, endings, hosts, journal, lock, members, proposals, sessions};
use mutuals::domain::audience::Audience;
use mutuals::domain::block::Blocks;
use mutuals::domain::draft::Draft;
use mutuals::domain::id::Id;
use mutuals::domain::member::{Member, Role};
use mutuals::domain::picture::Picture;
use mutuals::domain::proposal::{CloseReason, NoteMark, Proposal, Purpose, State};
use mutuals::error::Error;

use crate::testapp::{BEGINNING, TestDb, amount, postgres};

pub fn now() -> Timestamp {
    BEGINNING.parse().unwrap()
}

fn member(number: i64, name: &str) -> Member {
    Member {
        standing: mutuals::domain::member::Standing::Member,
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
        picture: Some(Picture {
            digest: "d".repeat(43),
            words: "Ein „Stapel“".into(),
            width: 1_600,
            height: 900,
        }),
        context: None,
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
        asked_by: Some("amina@social.example".into()),
        note: NoteMark { number: 2, is_unsaid: true, is_retired: true },
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

fn entry(id: i64, actor: &str) -> NewEntry {
    NewEntry::new(id, actor.into(), "{}".into(), now())
}

/// Claims at some seconds after the beginning; answers the ids by actor.
async fn claim_entries(test: &TestDb, after: i64, limit: usize) -> Vec<Vec<i64>> {
    let time = now() + SignedDuration::from_secs(after);
    let claimed = test.db.write(move |conn| journal::claim(conn, time, limit)).await.unwrap();
    let ids = |group: &Vec<Entry>| group.iter().map(|entry| entry.id).collect();
    claimed.iter().map(ids).collect()
}

#[tokio::test]
async fn f_03_an_entry_has_one_worker_until_its_lease_ends() {
    let test = TestDb::new();
    test.db.write(|conn| journal::insert(conn, &[entry(1, "ana")])).await.unwrap();
    assert_eq!(claim_entries(&test, 0, 10).await, [[1]]);
    assert!(claim_entries(&test, 59, 10).await.is_empty(), "somebody is at it");
    let time = now() + SignedDuration::from_secs(61);
    let again = test.db.write(move |conn| journal::claim(conn, time, 10)).await.unwrap();
    assert_eq!(again[0][0].attempts, 2, "its worker died");
    let later = now() + SignedDuration::from_mins(5);
    let group = again[0].clone();
    test.db.write(move |conn| journal::retry(conn, &group, later, "not now")).await.unwrap();
    assert!(claim_entries(&test, 120, 10).await.is_empty());
    assert_eq!(claim_entries(&test, 301, 10).await, [[1]]);
}

#[tokio::test]
async fn what_somebody_did_first_is_worked_on_first_and_nobody_takes_all_workers() {
    let test = TestDb::new();
    let mut entries = vec![entry(1, "ana"), entry(2, "ana"), entry(3, "eve")];
    entries.extend((4..30).map(|id| entry(id, "ana")));
    test.db.write(move |conn| journal::insert(conn, &entries)).await.unwrap();
    let claimed = claim_entries(&test, 0, 10).await;
    assert_eq!(claimed.len(), 2, "one worker for each actor");
    assert_eq!(claimed[0][..3], [1, 2, 4]);
    assert_eq!(claimed[1], [3]);
    assert!(claim_entries(&test, 0, 10).await.is_empty(), "the rest waits for the first");
    // What cannot be done now holds up what the same actor sent later, and nobody else.
    let held = Entry { id: 1, actor: "ana".into(), body: "{}".into(), attempts: 1 };
    let later = now() + SignedDuration::from_mins(5);
    let more = [entry(40, "ana"), entry(41, "eve")];
    test.db
        .write(move |conn| {
            journal::insert(conn, &more)?;
            journal::delete(conn, 3)?;
            journal::retry(conn, &[held], later, "not now")
        })
        .await
        .unwrap();
    assert_eq!(claim_entries(&test, 61, 10).await, [[41]]);
}

pub fn sent(id: i64, kind: &str, object: &str, to_followers: bool) -> SentActivity {
    SentActivity {
        id,
        url: format!("https://us.test/{id}"),
        object_url: object.into(),
        body: format!("{id}"),
        is_public: true,
        sent_at: now().as_microsecond(),
        kind: kind.into(),
        to_followers,
    }
}

pub fn new_ids() -> impl Fn() -> i64 {
    static NEXT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1_000);
    || NEXT.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
}

/// Inboxes (address and host) that follow.
pub async fn subscribe(test: &TestDb, inboxes: &'static [(&str, &str)]) {
    let subscribe = move |conn: &mut Conn| {
        let subscribe = |(url, host): &(&str, &str)| {
            mutuals::db::inboxes::subscribe(conn, &new_ids(), url, host)
        };
        inboxes.iter().try_for_each(subscribe)
    };
    test.db.write(subscribe).await.unwrap();
}

pub async fn send(test: &TestDb, activities: Vec<SentActivity>) {
    let insert = move |conn: &mut Conn| {
        activities.into_iter().try_for_each(|one| insert_sent(conn, one).map(|_| ()))
    };
    test.db.write(insert).await.unwrap();
}

pub const MANY: Places = Places { healthy: 100, failing: 100 };

pub async fn claim(test: &TestDb, after: i64, places: Places) -> Vec<Claimed> {
    let time = now() + SignedDuration::from_secs(after);
    let claim =
        move |conn: &mut Conn| outbox::claim(conn, &new_ids(), &Blocks::default(), places, time);
    test.db.write(claim).await.unwrap()
}

pub async fn end(test: &TestDb, claimed: Claimed, ending: Ending) {
    let ended = [(claimed, ending)];
    test.db.write(move |conn| endings::settle(conn, &new_ids(), &ended, now())).await.unwrap();
}

/// What an inbox gets from now on, each as what is sent.
pub async fn drain(test: &TestDb) -> Vec<String> {
    let mut got = Vec::new();
    while let Some(claimed) = claim(test, 0, MANY).await.pop() {
        let newer = claimed.delivery.newer.as_ref().map(|newer| format!("+{newer}"));
        got.push(format!("{}{}", claimed.delivery.body, newer.unwrap_or_default()));
        end(test, claimed, Ending::Arrived(0)).await;
    }
    got
}

pub fn failed(next_at: i64) -> Ending {
    let next_at = now() + SignedDuration::from_secs(next_at);
    Ending::Later { reason: "away".into(), next_at, is_host: true, is_gone: false }
}

#[tokio::test]
async fn a_host_with_many_inboxes_leaves_workers_to_others() {
    const INBOXES: &[(&str, &str)] = &[
        ("https://s.test/1", "s.test"),
        ("https://s.test/2", "s.test"),
        ("https://s.test/3", "s.test"),
        ("https://s.test/4", "s.test"),
        ("https://s.test/5", "s.test"),
        ("https://good.test/", "good.test"),
    ];
    let test = TestDb::new();
    subscribe(&test, INBOXES).await;
    send(&test, vec![sent(1, "Create", "x", true)]).await;
    let claimed = claim(&test, 0, MANY).await;
    assert_eq!(claimed.len(), 5);
    assert!(claimed.iter().any(|claimed| claimed.inbox.host == "good.test"));
}

#[tokio::test]
async fn deliveries_leave_in_order_and_a_dead_inbox_waits_alone() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test"), ("https://b.test/", "b.test")]).await;
    send(&test, (1..=3).map(|id| sent(id, "Create", &format!("n{id}"), true)).collect()).await;
    let mut claimed = claim(&test, 0, MANY).await;
    assert_eq!(claimed.len(), 2);
    assert!(claimed.iter().all(|claimed| &*claimed.delivery.body == "1"));
    assert!(claim(&test, 0, MANY).await.is_empty(), "each inbox gets one at a time");
    let b = claimed.pop().unwrap();
    end(&test, claimed.pop().unwrap(), failed(60)).await;
    end(&test, b, Ending::Arrived(0)).await;
    assert_eq!(drain(&test).await, ["2", "3"]);
    let again = claim(&test, 61, MANY).await;
    assert_eq!((again.len(), &*again[0].delivery.body, again[0].inbox.attempts), (1, "1", 1));
    end(&test, again[0].clone(), failed(360)).await;
    assert!(claim(&test, 100, MANY).await.is_empty());
    test.db.write(|conn| hosts::wake(conn, "a.test")).await.unwrap();
    assert_eq!(claim(&test, 100, MANY).await.len(), 1, "it spoke to us");
}

#[tokio::test]
async fn f_01_a_delivery_whose_worker_died_is_made_again() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test")]).await;
    send(&test, vec![sent(1, "Create", "n1", true)]).await;
    assert_eq!(claim(&test, 0, MANY).await.len(), 1);
    assert!(claim(&test, 59, MANY).await.is_empty());
    assert_eq!(claim(&test, 61, MANY).await.len(), 1, "a crash costs at most a minute");
}

#[tokio::test]
async fn f_08_what_was_overtaken_while_a_peer_was_away_is_not_sent() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test")]).await;
    let log = vec![
        // Changed twice: the Create says the newest, and the Updates have nothing to add.
        sent(1, "Create", "n1", true),
        sent(2, "Update", "n1", true),
        // Created and withdrawn: nothing.
        sent(3, "Create", "n2", true),
        sent(4, "Update", "n1", true),
        sent(5, "Update", "n2", true),
        sent(6, "Delete", "n2", true),
        // Still as it was.
        sent(7, "Create", "n3", true),
    ];
    send(&test, log).await;
    assert_eq!(drain(&test).await, ["1+4", "7"]);
    // What the peer has already is only changed, to the newest.
    let log = vec![
        sent(8, "Update", "n1", true),
        sent(9, "Update", "n1", true),
        sent(10, "Update", "n3", true),
        sent(11, "Delete", "n3", true),
    ];
    send(&test, log).await;
    assert_eq!(drain(&test).await, ["9", "11"]);
}

#[tokio::test]
async fn f_08_what_a_peer_may_have_got_is_ended_all_the_same() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test")]).await;
    send(&test, vec![sent(1, "Create", "n1", true), sent(2, "Create", "n2", true)]).await;
    let tried = claim(&test, 0, MANY).await.remove(0);
    end(&test, tried, failed(0)).await;
    send(&test, vec![sent(3, "Delete", "n1", true), sent(4, "Update", "n2", true)]).await;
    assert_eq!(drain(&test).await, ["2+4", "3"]);
    // A Create that was tried may have arrived: then its Update is needed too.
    send(&test, vec![sent(5, "Create", "n5", true)]).await;
    let tried = claim(&test, 0, MANY).await.remove(0);
    end(&test, tried, failed(0)).await;
    send(&test, vec![sent(6, "Update", "n5", true)]).await;
    assert_eq!(drain(&test).await, ["5+6", "6"]);
}

#[tokio::test]
async fn what_is_for_one_inbox_keeps_its_place_in_the_order() {
    let test = TestDb::new();
    subscribe(&test, &[("https://a.test/", "a.test")]).await;
    send(&test, vec![sent(1, "Create", "n1", true), sent(2, "Accept", "f", false)]).await;
    send(&test, vec![sent(3, "Create", "n3", true)]).await;
    test.db
        .write(|conn| {
            let (a, b) = (("https://a.test/", "a.test"), ("https://b.test/", "b.test"));
            mutuals::db::inboxes::enqueue(conn, &new_ids(), a, 2, false)?;
            // Gets it as a follower anyway.
            mutuals::db::inboxes::enqueue(conn, &new_ids(), a, 3, true)?;
            mutuals::db::inboxes::enqueue(conn, &new_ids(), b, 3, true)
        })
        .await
        .unwrap();
    let others = claim(&test, 0, MANY).await;
    let b = others.iter().find(|claimed| claimed.inbox.host == "b.test").unwrap().clone();
    assert_eq!(&*b.delivery.body, "3");
    end(&test, b, Ending::Arrived(0)).await;
    for claimed in others.into_iter().filter(|claimed| claimed.inbox.host == "a.test") {
        assert_eq!(&*claimed.delivery.body, "1");
        end(&test, claimed, Ending::Arrived(0)).await;
    }
    assert_eq!(drain(&test).await, ["2", "3"]);
}

#[tokio::test]
async fn f_10_a_failing_host_gets_one_probe_and_a_lane_of_its_own() {
    const INBOXES: &[(&str, &str)] = &[
        ("https://s.test/1", "s.test"),
        ("https://s.test/2", "s.test"),
        ("https://s.test/3", "s.test"),
        ("https://s.test/4", "s.test"),
        ("https://s.test/5", "s.test"),
    ];
    let test = TestDb::new();
    subscribe(&test, INBOXES).await;
    send(&test, vec![sent(1, "Create", "x", true)]).await;
    for expected in [4, 1] {
        let claimed = claim(&test, 0, MANY).await;
        assert_eq!(claimed.len(), expected);
        for claimed in claimed {
            end(&test, claimed, failed(60)).await;
        }
    }
    assert!(claim(&test, 59, MANY).await.is_empty());
    assert_eq!(claim(&test, 120, MANY).await.len(), 1, "the whole host gets one probe");
    assert!(claim(&test, 240, Places { healthy: 9, failing: 0 }).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_05_a_deadlock_passes_and_nobody_takes_it_for_a_mistake() {
    let test = TestDb::new();
    if postgres().is_none() {
        return;
    }
    // It is known by its words: whatever the server speaks to others, it speaks English to us. (This
    // role may change that; the cluster of the tests is set to another.)
    let language = test.db.read(|conn| {
        let asked = diesel::dsl::sql::<diesel::sql_types::Text>("current_setting('lc_messages')");
        Ok(diesel::RunQueryDsl::get_result::<String>(diesel::select(asked), conn)?)
    });
    assert_eq!(language.await.unwrap(), "C");
    let meeting = std::sync::Arc::new(std::sync::Barrier::new(2));
    let cross = |first: Lock, second: Lock| {
        let (db, meeting) = (test.db.clone(), std::sync::Arc::clone(&meeting));
        tokio::spawn(async move {
            db.write(move |conn| {
                lock(conn, first)?;
                meeting.wait();
                lock(conn, second)
            })
            .await
        })
    };
    let one = cross(Lock::Inboxes, Lock::Outbox);
    let other = cross(Lock::Outbox, Lock::Inboxes);
    let ended = [one.await.unwrap(), other.await.unwrap()];
    let failed: Vec<_> = ended.into_iter().filter_map(Result::err).collect();
    assert!(matches!(failed[..], [Error::Unavailable(_)]), "{failed:?}");
}

#[tokio::test]
async fn f_06_a_disk_that_fails_in_the_middle_of_a_write_is_noticed() {
    let test = TestDb::new();
    if postgres().is_some() {
        return;
    }
    let failing = |says: &'static str| {
        let kind = diesel::result::DatabaseErrorKind::Unknown;
        let error = diesel::result::Error::DatabaseError(kind, Box::new(says.to_owned()));
        test.db.write(move |_| Err::<(), _>(error.into()))
    };
    let broken = async || {
        let patience = std::time::Duration::from_millis(300);
        tokio::time::timeout(patience, test.db.broken()).await.is_ok()
    };
    assert!(failing("database or disk is full").await.is_err());
    assert!(!broken().await, "there will be room again");
    assert!(failing("disk I/O error").await.is_err());
    assert!(broken().await);
    assert!(test.db.write(|_| Ok(())).await.is_err(), "nothing more is written");
}
