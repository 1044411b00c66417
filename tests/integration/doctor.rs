//! The doctor finds what is wrong: each check is shown once when it fails, and once when all is well.

mod command;
mod proxy;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use http::HeaderMap;
use jiff::SignedDuration;
use mutuals::app::App;
use mutuals::config::Config;
use mutuals::db::activities::{SentActivity, insert_sent};
use mutuals::db::backup_runs::{self, Ended, Kind};
use mutuals::db::outbox::{Ending, Places};
use mutuals::db::{Conn, doctor as noted, endings, hosts, inboxes, journal, marks, outbox};
use mutuals::doctor::{Visit, examine};
use mutuals::domain::block::Blocks;
use mutuals::domain::draft::Draft;
use mutuals::domain::finding::{Finding, State};
use mutuals::domain::gate::{Gate, Mode};
use mutuals::i18n::Locale;
use mutuals::keys;
use url::Url;

use crate::peer::Peer;
use crate::sink::Sink;
use crate::testapp::{TestApp, config};
use proxy::{Fault, Instance};

const OFFLINE: Visit = Visit { is_offline: true, mends: false };
const MENDS: Visit = Visit { is_offline: true, mends: true };

#[track_caller]
fn find<'a>(found: &'a [Finding], id: &str) -> &'a Finding {
    found
        .iter()
        .find(|finding| finding.id == id)
        .unwrap_or_else(|| panic!("nothing is said of {id}"))
}

#[track_caller]
fn is(found: &[Finding], id: &str, state: State) {
    let finding = find(found, id);
    assert_eq!(finding.state, state, "{id}: {}", said(finding));
}

fn said(finding: &Finding) -> String {
    Locale::find("en").say_all(finding.said, &finding.values)
}

/// How it is with one thing, when nobody is asked.
async fn state(app: &App, id: &str) -> State {
    find(&examine(app, OFFLINE).await, id).state
}

async fn write(app: &App, body: impl FnOnce(&mut Conn) + Send + 'static) {
    let written = app.db.write(move |conn| {
        body(conn);
        Ok(())
    });
    written.await.unwrap();
}

/// Something happened just now.
async fn note(app: &App, name: &'static str) {
    let now = app.now();
    write(app, move |conn| {
        marks::note(conn, name, now).unwrap();
    })
    .await;
}

/// A backup was made just now, or put back to try it.
async fn ended_well(app: &App, kind: Kind) {
    let (id, now) = (app.clock.new_id::<()>().number(), app.now());
    let day = app.zone.to_datetime(now).date();
    write(app, move |conn| {
        assert!(backup_runs::claim(conn, id, (kind, day), now).unwrap());
        backup_runs::end(conn, (kind, day), &Ended::default(), now).unwrap();
    })
    .await;
}

fn advance(app: &App, minutes: i64) {
    app.clock.advance(SignedDuration::from_mins(minutes));
}

#[tokio::test]
async fn f_29_behind_a_good_proxy_all_is_well() {
    let ring = Instance::behind(Fault::None, config()).await;
    let found = examine(&ring.app, Visit::default()).await;
    let outside: Vec<_> = found.iter().filter(|finding| finding.group() == "outside").collect();
    assert_eq!(outside.len(), 13);
    for finding in outside {
        // It has no certificate, because it speaks without TLS.
        let expected = if finding.id == "outside.tls" { State::Skipped } else { State::Ok };
        assert_eq!(finding.state, expected, "{}: {}", finding.id, said(finding));
    }
    assert!(said(find(&found, "outside.forwarded")).contains("says who asks"));
    let mut ids: Vec<_> = found.iter().map(|finding| finding.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), found.len(), "each thing is said once");
}

#[tokio::test]
async fn f_29_a_proxy_that_changes_the_host_is_found() {
    let ring = Instance::behind(Fault::Host, config()).await;
    let found = examine(&ring.app, Visit::default()).await;
    is(&found, "outside.host", State::Wrong);
    assert!(said(find(&found, "outside.host")).contains("app:8080"));
    is(&found, "outside.signature", State::Wrong);
    is(&found, "outside.body", State::Ok);
}

#[tokio::test]
async fn f_29_a_proxy_that_packs_what_is_sent_is_found() {
    let ring = Instance::behind(Fault::Packs, config()).await;
    let found = examine(&ring.app, Visit::default()).await;
    is(&found, "outside.body", State::Wrong);
    is(&found, "outside.packed", State::Note);
    is(&found, "outside.signature", State::Wrong);
    is(&found, "outside.host", State::Ok);
}

#[tokio::test]
async fn f_29_a_proxy_that_does_not_say_who_asks_is_found() {
    for (fault, words) in
        [(Fault::Silent, "does not say who asks"), (Fault::Believes, "what strangers say")]
    {
        let ring = Instance::behind(fault, config()).await;
        let found = examine(&ring.app, Visit::default()).await;
        is(&found, "outside.forwarded", State::Wrong);
        assert!(said(find(&found, "outside.forwarded")).contains(words), "{fault:?}");
        is(&found, "outside.signature", State::Ok);
    }
    let mut config = config();
    config.limits.trusted_proxies.clear();
    let ring = Instance::behind(Fault::None, config).await;
    let found = examine(&ring.app, Visit::default()).await;
    is(&found, "outside.forwarded", State::Wrong);
    assert!(said(find(&found, "outside.forwarded")).contains("is not believed"));
    // Without anything between, there is nobody to say it.
    let ring = TestApp::start("ring").await;
    let found = examine(&ring.app, Visit::default()).await;
    is(&found, "outside.forwarded", State::Ok);
}

#[tokio::test]
async fn f_29_other_faults_of_a_proxy_are_found() {
    for (fault, id) in [
        (Fault::Elsewhere, "outside.reached"),
        (Fault::OwnWellKnown, "outside.webfinger"),
        (Fault::RefusesPost, "outside.body"),
        (Fault::Date, "outside.signature"),
    ] {
        let ring = Instance::behind(fault, config()).await;
        let found = examine(&ring.app, Visit::default()).await;
        is(&found, id, State::Wrong);
        is(
            &found,
            "outside.nodeinfo",
            match fault {
                Fault::Elsewhere => State::Skipped,
                _ => State::Ok,
            },
        );
    }
}

#[tokio::test]
async fn while_federation_is_off_our_address_is_looked_at_all_the_same() {
    let ring = Instance::behind(Fault::None, config()).await;
    ring.app.client.set_gate(Gate::new(Mode::Off, []));
    let found = examine(&ring.app, Visit::default()).await;
    is(&found, "outside.reached", State::Ok);
    is(&found, "outside.signature", State::Ok);
    is(&found, "outside.webfinger", State::Skipped);
}

#[tokio::test]
async fn an_address_that_nobody_answers_is_said_and_the_rest_is_skipped() {
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let ring = Instance::alone(&base, config()).await;
    let found = examine(&ring.app, Visit::default()).await;
    is(&found, "outside.reached", State::Wrong);
    for id in ["outside.host", "outside.body", "outside.forwarded", "outside.webfinger"] {
        is(&found, id, State::Skipped);
    }
    // Whoever is asked to ask nobody does not.
    let found = examine(&ring.app, OFFLINE).await;
    for id in ["outside.name", "outside.reached", "network.names", "network.mail"] {
        is(&found, id, State::Skipped);
    }
}

#[tokio::test]
async fn a_nonce_is_answered_for_a_minute_and_to_nobody_else() {
    let ring = TestApp::start("ring").await;
    let (nonce, other) = (keys::secret().unwrap(), keys::secret().unwrap());
    let (hash, now) = (keys::secret_hash(&nonce), ring.now());
    write(&ring.app, move |conn| noted::insert_nonce(conn, &hash, now).unwrap()).await;
    let url =
        |nonce: &str| ring.base.join(&format!("/.well-known/mutuals-doctor/{nonce}")).unwrap();
    let status = async |nonce: &str| ring.get_json(&url(nonce)).await.0;
    assert_eq!(status(&nonce).await, 200);
    let hash = keys::secret_hash(&nonce);
    for wrong in [other.as_str(), "x", hash.as_str()] {
        assert_eq!(status(wrong).await, 404, "{wrong}");
    }
    // What arrived is told, and that nobody signed it.
    let mut headers = HeaderMap::new();
    headers.insert("content-encoding", "br".parse().unwrap());
    let answer = ring.visitor.ask(&url(&nonce), headers, "{}".into()).await.unwrap();
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&told["length"], &told["encoding"]), (&2.into(), &"br".into()));
    assert_eq!(told["digest"], keys::content_hash(b"{}"));
    assert_eq!(told["host"], ring.app.collective.domain());
    assert!(told["signature"].as_str().unwrap().contains("Signature is needed"), "{told}");
    ring.advance(61);
    assert_eq!(status(&nonce).await, 404);
}

#[tokio::test]
async fn f_16_a_clock_that_is_off_is_found_by_what_others_say() {
    let ring = TestApp::start("ring").await;
    let id = "network.clock";
    assert_eq!(state(&ring.app, id).await, State::Skipped);
    let now = ring.now();
    let note = move |seconds: [i64; 3]| {
        move |conn: &mut Conn| {
            for (host, seconds) in ["a.example", "b.example", "c.example"].iter().zip(seconds) {
                noted::note_clock(conn, host, seconds, now).unwrap();
            }
        }
    };
    for (seconds, expected) in [
        ([2, -1, 90_000], State::Ok),
        ([60, 61, 3], State::Note),
        ([7_200, 7_201, 0], State::Wrong),
        ([-7_200, -7_201, -7_199], State::Wrong),
    ] {
        write(&ring.app, note(seconds)).await;
        assert_eq!(state(&ring.app, id).await, expected, "{seconds:?}");
    }
    // What was said long ago says nothing of today.
    ring.advance(49 * 3_600);
    assert_eq!(state(&ring.app, id).await, State::Skipped);
}

#[tokio::test]
async fn f_16_what_time_it_is_at_a_peer_is_noted_with_what_it_takes() {
    let (ring, peer) = (TestApp::start("ring").await, Peer::start().await);
    let (ada, ana) = (ring.steward("Ada").await, peer.actor("ana"));
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    ring.need(&ada, "Blankets", "2").await;
    ring.work().await;
    let since = ring.now() - SignedDuration::from_hours(1);
    let clocks = ring.app.db.read(move |conn| noted::list_clocks(conn, since)).await.unwrap();
    // Its clock is this machine's, and ours stands still: only that it was noted is sure.
    assert_eq!(clocks.len(), 1);
}

/// A host gets what goes out; it is told one thing, and this comes of it.
async fn deliver(app: &App, others: &[(&'static str, bool)]) {
    let (clock, now, others) = (app.clock.clone(), app.now(), others.to_vec());
    write(app, move |conn| {
        let new_id = || clock.new_id::<()>().number();
        for (host, _) in &others {
            inboxes::subscribe(conn, &new_id, &format!("https://{host}/inbox"), host).unwrap();
        }
        let id = new_id();
        let sent = SentActivity {
            id,
            url: format!("http://ring.example/activities/{id}"),
            object_url: "http://ring.example/n/1".into(),
            body: "{}".into(),
            is_public: true,
            sent_at: now.as_microsecond(),
            kind: "Create".into(),
            to_followers: true,
        };
        insert_sent(conn, sent).unwrap();
        let places = Places { healthy: 9, failing: 9 };
        let claimed = outbox::claim(conn, &new_id, &Blocks::default(), places, now).unwrap();
        let ended: Vec<_> = claimed
            .into_iter()
            .map(|claimed| {
                let takes =
                    others.iter().any(|(host, takes)| *host == claimed.inbox.host && *takes);
                let ending = match takes {
                    true => Ending::Arrived(0),
                    false => Ending::Later {
                        reason: "cannot connect".into(),
                        next_at: now,
                        is_host: true,
                        is_gone: false,
                    },
                };
                (claimed, ending)
            })
            .collect();
        assert_eq!(ended.len(), others.len());
        endings::settle(conn, &new_id, &ended, now).unwrap();
    })
    .await;
}

#[tokio::test]
async fn hosts_that_are_dead_are_named_and_many_at_once_are_probably_us() {
    let ring = TestApp::start("ring").await;
    let id = "queue.hosts";
    assert_eq!(state(&ring.app, id).await, State::Ok);
    deliver(&ring.app, &[("mill.example", false)]).await;
    assert_eq!(state(&ring.app, id).await, State::Ok, "it may be restarting");
    advance(&ring.app, 61);
    assert_eq!(state(&ring.app, id).await, State::Note);
    advance(&ring.app, 8 * 24 * 60);
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, id, State::Note);
    let finding = find(&found, id);
    assert!(said(finding).contains("for a week: mill.example"), "{}", said(finding));

    let street = TestApp::start("street").await;
    let four =
        [("a.example", false), ("b.example", false), ("c.example", false), ("d.example", true)];
    deliver(&street.app, &four).await;
    advance(&street.app, 61);
    assert_eq!(state(&street.app, id).await, State::Wrong);
}

#[tokio::test]
async fn what_waits_too_long_and_what_is_paused_is_found() {
    let ring = TestApp::start("ring").await;
    let now = ring.now();
    for id in ["queue.received", "queue.failed", "queue.paused", "queue.leases"] {
        assert_eq!(state(&ring.app, id).await, State::Ok, "{id}");
    }
    assert_eq!(state(&ring.app, "queue.runs").await, State::Note, "nobody works here");
    note(&ring.app, marks::ALIVE).await;
    write(&ring.app, move |conn| {
        let entry = |id, actor: &str| journal::NewEntry::new(id, actor.into(), "{}".into(), now);
        let entries = [entry(1, "https://a.example/a"), entry(2, "https://b.example/b")];
        journal::insert(conn, &entries).unwrap();
        journal::give_up(conn, 2, "it makes no sense", now).unwrap();
        hosts::pause(conn, hosts::ALL, now).unwrap();
    })
    .await;
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, "queue.runs", State::Ok);
    is(&found, "queue.received", State::Ok);
    is(&found, "queue.failed", State::Note);
    is(&found, "queue.paused", State::Note);
    advance(&ring.app, 11);
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, "queue.runs", State::Note);
    is(&found, "queue.received", State::Wrong);
}

#[tokio::test]
async fn leases_that_do_not_end_are_found_and_mended() {
    let ring = TestApp::start("ring").await;
    let (id, now) = ("queue.leases", ring.now());
    write(&ring.app, move |conn| {
        let entry = journal::NewEntry::new(1, "https://a.example/a".into(), "{}".into(), now);
        journal::insert(conn, &[entry]).unwrap();
        assert_eq!(journal::claim(conn, now, 9).unwrap().len(), 1);
    })
    .await;
    assert_eq!(state(&ring.app, id).await, State::Ok, "somebody is at it");
    advance(&ring.app, -60);
    assert_eq!(state(&ring.app, id).await, State::Wrong);
    let found = examine(&ring.app, MENDS).await;
    assert!(find(&found, id).is_mended, "{}", said(find(&found, id)));
    assert_eq!(state(&ring.app, id).await, State::Ok);
}

#[tokio::test]
async fn an_old_backup_is_found_and_so_is_none() {
    let ring = TestApp::start("ring").await;
    let (age, verified) = ("backups.age", "backups.verified");
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, age, State::Note);
    is(&found, verified, State::Skipped);
    advance(&ring.app, 3 * 24 * 60);
    assert_eq!(state(&ring.app, age).await, State::Wrong, "nobody made one for three days");
    advance(&ring.app, -3 * 24 * 60);
    ended_well(&ring.app, Kind::Backup).await;
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, age, State::Ok);
    is(&found, verified, State::Note);
    ended_well(&ring.app, Kind::Test).await;
    assert_eq!(state(&ring.app, verified).await, State::Ok);
    advance(&ring.app, 41 * 24 * 60);
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, age, State::Wrong);
    is(&found, verified, State::Note);
}

#[tokio::test]
async fn settings_that_let_too_much_through_are_found() {
    let base: Url = "https://ring.example/".parse().unwrap();
    let plain =
        Instance::alone(&base, Config { time_zone: "UTC".into(), ..Config::default() }).await;
    let found = examine(&plain.app, OFFLINE).await;
    for id in ["settings.log", "settings.plain", "settings.joining", "network.guard"] {
        is(&found, id, State::Ok);
    }
    for id in ["database.open", "database.version", "database.whole"] {
        is(&found, id, State::Ok);
    }
    let mut open = config();
    open.log.level = "info,mutuals=debug".into();
    let open = Instance::alone(&base, open).await;
    let found = examine(&open.app, OFFLINE).await;
    is(&found, "settings.log", State::Wrong);
    is(&found, "settings.plain", State::Note);
    is(&found, "network.guard", State::Wrong);
    // The demo and tests speak to their own machine.
    let ring = TestApp::start("ring").await;
    assert_eq!(state(&ring.app, "network.guard").await, State::Note);
}

#[tokio::test]
async fn what_was_confided_and_went_out_all_the_same_is_found() {
    let ring = TestApp::start("ring").await;
    let (ada, id) = (ring.steward("Ada").await, "settings.private");
    let draft = |text: &str| Draft {
        title: "Insulin".into(),
        text: text.into(),
        on_behalf_of: "Amal Haddad".into(),
        consent: true,
        ..Draft::default()
    };
    ring.post(&ada, &draft("Kept cool.")).await;
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, id, State::Ok);
    assert!(said(find(&found, id)).contains("Of 1 things"), "{}", said(find(&found, id)));
    ring.post(&ada, &draft("For Amal Haddad, kept cool.")).await;
    assert_eq!(state(&ring.app, id).await, State::Note);
}

#[tokio::test]
async fn a_mail_server_that_does_not_let_us_in_is_found() {
    let sink = Sink::start().await;
    let ring = TestApp::start_as("ring", sink.configure(config())).await;
    is(&examine(&ring.app, Visit::default()).await, "network.mail", State::Ok);
    assert!(sink.mails().is_empty(), "nothing is sent");
    let mut gone = config();
    gone.mail.url = "smtp://127.0.0.1:1".into();
    gone.mail.from = "Ring <ring@ring.example>".into();
    let ring = TestApp::start_as("ring", gone).await;
    is(&examine(&ring.app, Visit::default()).await, "network.mail", State::Wrong);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn files_that_others_read_are_named_and_mended() {
    let ring = TestApp::start("ring").await;
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, "files.modes", State::Skipped);
    let data = tempfile::tempdir().unwrap();
    let key = data.path().join("keys").join("sealing");
    fs::create_dir(data.path().join("keys")).unwrap();
    fs::write(&key, "secret").unwrap();
    ring.app.data.set(data.path().to_owned()).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(data.path(), Permissions::from_mode(0o755)).unwrap();

    let found = examine(&ring.app, OFFLINE).await;
    is(&found, "files.modes", State::Wrong);
    is(&found, "files.folder", State::Note);
    is(&found, "files.owner", State::Ok);
    is(&found, "files.inodes", State::Ok);
    assert!(said(find(&found, "files.modes")).contains("keys/sealing"));
    assert_eq!(mode(&key), 0o644, "a look changes nothing");
    let found = examine(&ring.app, MENDS).await;
    assert!(find(&found, "files.modes").is_mended && find(&found, "files.folder").is_mended);
    assert_eq!((mode(&key), mode(data.path())), (0o600, 0o700));
    let found = examine(&ring.app, OFFLINE).await;
    is(&found, "files.modes", State::Ok);
    is(&found, "files.folder", State::Ok);
    let left = fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["backups", "keys"], "nothing else is left behind");
}
