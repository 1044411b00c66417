//! What processes of one instance tell each other, and that one of them keeps house. Between
//! processes there are bells on PostgreSQL alone.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use mutuals::actions::federation_mode::set_mode;
use mutuals::actions::rotate_keys::rotate_keys;
use mutuals::actions::sign_in::sign_in_by_password;
use mutuals::app::App;
use mutuals::db::bells::{Bell, Listening, ring};
use mutuals::db::journal::{self, NewEntry};
use mutuals::db::{Db, Location};
use mutuals::domain::gate::Mode;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::runner;
use mutuals::server;
use tokio::sync::watch;

use crate::testapp::{TestApp, TestDb, client, config, postgres};

/// A bell is heard within this time. It is looked forty milliseconds apart.
const SOON: Duration = Duration::from_millis(100);
/// The duty of one that died is another's within this time.
const TAKEN_OVER: Duration = Duration::from_secs(60);

/// Listens without wanting the duty, and has heard what is rung at the beginning.
fn listen(db: &Db) -> (Listening, Receiver<Bell>) {
    let (sender, heard) = channel();
    // Whoever hung up hears nothing.
    let listening = db.listen(false, move |bell| drop(sender.send(bell)));
    for _ in 0..3 {
        heard.recv_timeout(Duration::from_secs(10)).unwrap();
    }
    (listening, heard)
}

/// How long it takes until `expected` is heard, and nothing else before it.
fn heard_after(heard: &Receiver<Bell>, since: Instant, expected: &Bell) -> Duration {
    let bell = heard.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(&bell, expected);
    since.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f_03_what_one_process_stores_wakes_another_at_once_and_nothing_else_does() {
    let test = TestDb::in_schema();
    if postgres().is_none() {
        // There is nobody to wake: it costs nothing and does no harm.
        test.db.write(|conn| ring(conn, &Bell::CameIn)).await.unwrap();
        return;
    }
    // Another process, and another instance in the same database.
    let other = Db::open(test.location.clone()).unwrap();
    let (_listening, heard) = listen(&other);
    let stranger = TestDb::in_schema();
    let (_too, heard_elsewhere) = listen(&stranger.db);

    let now = crate::storage::now();
    let mut quickest = Duration::MAX;
    for number in 1..=8 {
        let entry = NewEntry::new(number, "https://peer.example/ada".into(), "{}".into(), now);
        let began = Instant::now();
        test.db.write(move |conn| journal::insert(conn, &[entry])).await.unwrap();
        quickest = quickest.min(heard_after(&heard, began, &Bell::CameIn));
    }
    // A machine that does much else may be late now and then, but not always.
    assert!(quickest < SOON, "{quickest:?}");

    // What is undone rings nothing, nor does what queues nothing; twice is once.
    let failed: Result<(), Error> = test
        .db
        .write(|conn| {
            ring(conn, &Bell::Changed)?;
            Err(Error::NotFound)
        })
        .await;
    assert!(failed.is_err());
    test.db.write(|conn| journal::delete(conn, 1)).await.unwrap();
    let twice = |conn: &mut mutuals::db::Conn| {
        ring(conn, &Bell::GoesOut)?;
        ring(conn, &Bell::GoesOut)
    };
    test.db.write(twice).await.unwrap();
    let last = Bell::WrongPassword("digest".into(), 7);
    let rung = last.clone();
    test.db.write(move |conn| ring(conn, &rung)).await.unwrap();
    heard_after(&heard, Instant::now(), &Bell::GoesOut);
    heard_after(&heard, Instant::now(), &last);
    assert!(heard_elsewhere.try_recv().is_err(), "another instance heard it");
}

/// Waits until exactly this one has the duty.
fn wait_for_duty(all: &[&Listening]) -> usize {
    let began = Instant::now();
    loop {
        let on_duty: Vec<usize> = (0..all.len()).filter(|n| *all[*n].on_duty().borrow()).collect();
        assert!(on_duty.len() < 2, "two keep house");
        if let [one] = on_duty.as_slice() {
            return *one;
        }
        assert!(began.elapsed() < TAKEN_OVER, "nobody keeps house");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn f_03_one_process_keeps_house_and_another_takes_over_when_it_is_gone() {
    let test = TestDb::in_schema();
    let silent = |_: Bell| {};
    let Location::Postgres(url) = &test.location else {
        // One process has it, from the first moment on, and whoever only answers has not.
        assert!(*test.db.listen(true, silent).on_duty().borrow());
        assert!(!*test.db.listen(false, silent).on_duty().borrow());
        return;
    };
    let processes: Vec<Db> = (0..3).map(|_| Db::open(test.location.clone()).unwrap()).collect();
    let web = processes[2].listen(false, silent);
    let first = processes[0].listen(true, silent);
    assert_eq!(wait_for_duty(&[&first, &web]), 0);
    let second = processes[1].listen(true, silent);
    // Another instance in the same database keeps its own house.
    let stranger = TestDb::in_schema();
    let elsewhere = stranger.db.listen(true, silent);
    assert_eq!(wait_for_duty(&[&elsewhere]), 0);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(wait_for_duty(&[&first, &second, &web]), 0);

    // Its connection breaks: it, or the other, has the duty again, and one of them only.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND \
               classid = 7215842 AND \
               objid = (hashtext(current_schema()::text)::bigint & 4294967295)::oid AND \
               database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    PgConnection::establish(url).unwrap().batch_execute(end).unwrap();
    let began = Instant::now();
    while *first.on_duty().borrow() && !*second.on_duty().borrow() {
        assert!(began.elapsed() < TAKEN_OVER, "it did not notice");
        std::thread::sleep(Duration::from_millis(5));
    }
    // Until the first has noticed, in any case.
    std::thread::sleep(Duration::from_millis(300));
    let keeps = wait_for_duty(&[&first, &second, &web]);

    // It ends.
    let (gone, left) = if keeps == 0 { (first, second) } else { (second, first) };
    drop(gone);
    assert_eq!(wait_for_duty(&[&left, &web]), 0);
}

/// Another process of the same instance, which only answers.
async fn another(ring: &TestApp) -> (App, watch::Sender<bool>) {
    let db = Db::open(ring.location().clone()).unwrap();
    let app = server::open_through(config(), db, ring.app.clock.clone(), client()).await.unwrap();
    let (say_stop, stop) = watch::channel(false);
    tokio::spawn(runner::keep_up(app.clone(), stop));
    (app, say_stop)
}

async fn within_two_seconds(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(2), "{what}: not within two seconds");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_changes_about_servers_and_keys_others_notice() {
    let street = TestApp::start("ring").await;
    let (other, _stop) = another(&street).await;
    assert!(!other.gate().is_off());
    set_mode(&street.app, None, Mode::Off, false).await.unwrap();
    within_two_seconds("the gate is off", || other.gate().is_off()).await;
    set_mode(&street.app, None, Mode::Open, false).await.unwrap();
    within_two_seconds("the gate is open", || !other.gate().is_off()).await;
    let before = other.keys().collective.current.generation;
    rotate_keys(&street.app).await.unwrap();
    within_two_seconds("the new keys", || other.keys().collective.current.generation > before)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_are_counted_over_all_processes() {
    if postgres().is_none() {
        return;
    }
    let street = TestApp::start("ring").await;
    let (other, _stop) = another(&street).await;
    let (_answering, stop) = watch::channel(false);
    tokio::spawn(runner::keep_up(street.app.clone(), stop));
    // Until both listen.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let is_too_many = async |app: &App| {
        let tried = sign_in_by_password(app, "Nobody", "guess", None).await;
        matches!(tried, Err(Error::Refused(Refusal::TooManyTries)))
    };
    for number in 0..5 {
        let app = if number % 2 == 0 { &street.app } else { &other };
        assert!(!is_too_many(app).await, "try {number}");
    }
    let began = Instant::now();
    let count = |app: &App| {
        app.wrong_passwords.iter().map(|(_, tries)| tries.len()).max().unwrap_or_default()
    };
    while count(&street.app) < 5 || count(&other) < 5 {
        assert!(began.elapsed() < Duration::from_secs(5), "they do not tell each other");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((count(&street.app), count(&other)), (5, 5), "each try counts once");
    assert!(is_too_many(&street.app).await && is_too_many(&other).await);
}
