//! An instance that came back from a backup keeps still until somebody looked, and afterwards says
//! nothing a second time (reliability paper, F-22).
//!
//! What a backup does to the database is done here by hand: what is younger than a moment is taken
//! away. That a real backup is put back in this way is tried in the tests of backups.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use mutuals::actions::choose_telling::{ask_email, confirm_email};
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::follow::follow;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::quarantine::{self, begin, confirm};
use mutuals::actions::rotate_keys::rotate_keys;
use mutuals::clock::Clock;
use mutuals::db::neighbour_proposals::list_unfinished;
use mutuals::db::{Conn, Db, Location, collective, followers, gate, journal, proposals, queue};
use mutuals::domain::collective::domain_of;
use mutuals::domain::draft::Draft;
use mutuals::domain::gate::Mode;
use mutuals::domain::id::ProposalId;
use mutuals::domain::member::Member;
use mutuals::domain::proposal::{Proposal, State};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::federation::resolve;
use mutuals::jobs::tell::tell_all;
use mutuals::jobs::{deliver, housekeeping};
use mutuals::server;
use serde_json::{Value, json};

use crate::cli::{Folder, text};
use crate::peer::{Actor, Peer};
use crate::sink::Sink;
use crate::testapp::{TestApp, clock, config, work_all};

const DAY: i64 = 24 * 3600;
const MACHINE: &str = "application/activity+json";
const BROWSER: &str = "text/html";

/// A collective with a need and somebody who follows it, and how it was when the backup was made.
struct Ring {
    ring: TestApp,
    tove: Member,
    peer: Peer,
    ana: Actor,
    need: Proposal,
    made_at: Timestamp,
}

impl Ring {
    async fn open() -> Self {
        let ring = TestApp::start("ring").await;
        let tove = ring.member("Tove").await;
        let peer = Peer::start().await;
        let ana = peer.actor("ana");
        ana.send_and_work(&ring, &ana.activity("Follow", 1, us(&ring))).await;
        let need = ring.need(&tove, "Chairs", "3").await;
        ring.work().await;
        ring.advance(60);
        let (need, made_at) = (ring.proposal(need.id).await, ring.now());
        ring.advance(1);
        Self { ring, tove, peer, ana, need, made_at }
    }

    /// Three days later the machine dies, and the backup is put back.
    async fn fall_back(&self) {
        self.ring.advance(3 * DAY);
        forget(&self.ring, &self.need, self.made_at).await;
        begin(&self.ring.app.db, &self.ring.app.clock, self.made_at).await.unwrap();
        self.ring.app.read_blocks().await.unwrap();
    }

    async fn edit(&self, title: &str) {
        edit(&self.ring, &self.tove, self.need.id, title).await;
    }

    /// The types and ids of what the peer got after the first `count`.
    fn heard_after(&self, count: usize) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = self.peer.received().into_iter().skip(count);
        all.map(|one| (text(&one["type"]), text(&one["id"]))).collect()
    }
}

fn us(ring: &TestApp) -> Value {
    json!(ring.app.collective.urls().actor())
}

async fn edit(ring: &TestApp, by: &Member, id: ProposalId, title: &str) {
    let draft = Draft { title: title.into(), amount: "3".into(), ..Draft::default() };
    edit_proposal(&ring.app, by, id, &draft).await.unwrap();
}

/// Takes away what happened since a moment, as far as these tests look at it.
async fn forget(ring: &TestApp, need: &Proposal, since: Timestamp) {
    let need = need.clone();
    ring.app.db.write(move |conn| proposals::update(conn, &need)).await.unwrap();
    let since = since.as_microsecond();
    let sql = format!(
        "DELETE FROM deliveries WHERE activity_id IN \
         (SELECT id FROM sent_activities WHERE sent_at > {since}); \
         DELETE FROM sent_activities WHERE sent_at > {since}; \
         UPDATE inboxes SET tried = 0, last_sent = \
         (SELECT COALESCE(MAX(id), 0) FROM sent_activities WHERE to_followers = TRUE)"
    );
    run(ring.location(), &sql);
}

/// Runs statements beside the program, as a backup that is put back is written beside it.
fn run(location: &Location, sql: &str) {
    match location {
        Location::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path).unwrap();
            conn.batch_execute(&format!("PRAGMA busy_timeout = 10000; {sql};")).unwrap();
        }
        Location::Postgres(url) => {
            PgConnection::establish(url).unwrap().batch_execute(sql).unwrap();
        }
    }
}

/// Works while time goes on: a host that catches up gets one thing after the other.
async fn catch_up(ring: &TestApp) {
    for _ in 0..4 {
        ring.work().await;
        ring.advance(1);
    }
}

/// The status of a GET, and when to come back.
async fn asked(ring: &TestApp, path: &str, accept: &str) -> (u16, Option<String>) {
    let headers = HeaderMap::from_iter([(http::header::ACCEPT, accept.parse().unwrap())]);
    let url = ring.base.join(path).unwrap();
    let answer = ring.visitor.get(&url, headers).await.unwrap();
    let wait = answer.headers.get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
    (answer.status.as_u16(), wait)
}

#[tokio::test]
async fn f_22_nothing_leaves_until_somebody_looked_and_no_id_is_said_twice() {
    let story = Ring::open().await;
    let (ring, peer) = (&story.ring, &story.peer);
    // What will be lost, and what others keep.
    for title in ["Folding chairs", "Wooden chairs"] {
        ring.advance(60);
        story.edit(title).await;
        ring.work().await;
    }
    let before = peer.received().len();
    assert_eq!(before, 4, "yes, the need, and two edits: {:?}", story.heard_after(0));
    story.fall_back().await;
    assert_eq!(ring.proposal(story.need.id).await.content.title, "Chairs");

    // Members go on, time goes on, and nobody hears of it.
    story.edit("Chairs with arms").await;
    for _ in 0..10 {
        ring.advance(6 * 3600);
        ring.work().await;
        housekeeping::run(&ring.app).await.unwrap();
        assert!(!deliver::run_all(&ring.app).await.unwrap());
    }
    assert_eq!(peer.received().len(), before);
    let status = ring.app.db.read(quarantine::status).await.unwrap();
    assert_eq!(status.restore.unwrap().made_at, story.made_at);
    assert_eq!((status.going_out, status.came_in), (1, 0));

    let confirmed = confirm(&ring.app, None, false).await.unwrap();
    assert_eq!(confirmed.made_at, story.made_at);
    catch_up(ring).await;
    story.edit("Chairs, any").await;
    ring.work().await;
    let heard = story.heard_after(before);
    let kinds: Vec<&str> = heard.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["Update", "Update"]);
    let all = story.heard_after(0);
    let ids: BTreeSet<&String> = all.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), all.len(), "an id is said twice: {all:?}");
    // Each stands where its id says.
    for (_, id) in &heard {
        assert_eq!(ring.get_json(&id.parse().unwrap()).await.0, 200, "{id}");
    }
    let again = confirm(&ring.app, None, false).await;
    assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
}

#[tokio::test]
async fn f_22_another_of_us_believes_what_is_said_after_a_restore() {
    let clock = clock();
    let ring = TestApp::start_with("ring", clock.clone()).await;
    let mill = TestApp::start_with("mill", clock.clone()).await;
    let handle = format!("@{}", ring.app.collective.address());
    let actor = resolve::by_handle_or_url(&mill.app, &handle).await.unwrap();
    follow(&mill.app, actor).await.unwrap();
    work_all(&[&mill, &ring]).await;
    let tove = ring.member("Tove").await;
    let need = ring.need(&tove, "Chairs", "3").await;
    work_all(&[&ring, &mill]).await;
    ring.advance(60);
    let (old, made_at) = (ring.proposal(need.id).await, ring.now());
    // The mill has seen the first and the second edit.
    for title in ["Folding chairs", "Wooden chairs"] {
        ring.advance(60);
        edit(&ring, &tove, need.id, title).await;
        work_all(&[&ring, &mill]).await;
    }
    assert_eq!(board(&mill).await, ["Wooden chairs"]);
    ring.advance(DAY);
    forget(&ring, &old, made_at).await;
    begin(&ring.app.db, &ring.app.clock, made_at).await.unwrap();
    ring.app.read_blocks().await.unwrap();
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await, ["Wooden chairs"], "nobody forgets because we did");
    confirm(&ring.app, None, false).await.unwrap();
    work_all(&[&ring, &mill]).await;
    edit(&ring, &tove, need.id, "Chairs with arms").await;
    work_all(&[&ring, &mill]).await;
    assert_eq!(board(&mill).await, ["Chairs with arms"], "the number of the edit was a new one");
}

async fn board(app: &TestApp) -> Vec<String> {
    let listed = app.app.db.read(|conn| list_unfinished(conn, 100)).await.unwrap();
    listed.into_iter().map(|(proposal, _)| proposal.title).collect()
}

#[tokio::test]
async fn f_22_what_others_send_is_taken_in_and_read_afterwards() {
    let story = Ring::open().await;
    let (ring, ana) = (&story.ring, &story.ana);
    let note = format!("/n/{}", story.need.id);
    story.fall_back().await;
    let bea = story.peer.actor("bea");
    assert_eq!(bea.send(ring, &bea.activity("Follow", 2, us(ring))).await, 202);
    let undo = ana.activity("Undo", 3, ana.activity("Follow", 1, us(ring)));
    assert_eq!(ana.send(ring, &undo).await, 202);
    ring.work().await;
    let names = |conn: &mut Conn| {
        let all = followers::list(conn)?.into_iter();
        Ok(all.map(|(actor, _)| actor.url.path().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(ring.app.db.read(names).await.unwrap(), ["/ana"], "nothing was read yet");
    assert_eq!(ring.app.db.read(journal::waiting).await.unwrap(), 2);

    // What is not here may only not be here yet: nobody is told that it is gone.
    let lost = "/n/0123456789ABC";
    for path in [note.as_str(), lost, "/c/ring", "/c/ring/outbox", "/c/ring/followers"] {
        assert_eq!(asked(ring, path, MACHINE).await, (503, Some("3600".into())), "{path}");
    }
    let page = format!("/@ring/{}", story.need.id);
    for (path, status) in [("/", 200), ("/board", 200), (page.as_str(), 200), (&note, 303)] {
        assert_eq!(asked(ring, path, BROWSER).await.0, status, "{path}");
    }
    // Others must be able to check what we sign when we ask for their keys.
    for open in ["/actor", "/.well-known/nodeinfo", "/nodeinfo/2.1"] {
        assert_eq!(asked(ring, open, MACHINE).await.0, 200, "{open}");
    }

    confirm(&ring.app, None, false).await.unwrap();
    ring.work().await;
    assert_eq!(ring.app.db.read(names).await.unwrap(), ["/bea"]);
    assert_eq!(ring.app.db.read(journal::waiting).await.unwrap(), 0);
    assert_eq!(asked(ring, &note, MACHINE).await.0, 200);
    assert_eq!(asked(ring, lost, MACHINE).await.0, 404);
}

#[tokio::test]
async fn f_22_time_ends_nothing_meanwhile_and_followers_get_no_storm() {
    let story = Ring::open().await;
    let (ring, peer) = (&story.ring, &story.peer);
    let ends_at = Some(ring.now() + SignedDuration::from_hours(2 * 24));
    let mut needs = Vec::new();
    for number in 0..20 {
        let draft = Draft {
            title: format!("Need {number}"),
            amount: "1".into(),
            ends_at,
            ..Draft::default()
        };
        needs.push(ring.post(&story.tove, &draft).await.id);
    }
    ring.work().await;
    let before = peer.received().len();
    // The backup was made now; the other peer had been away for days when it was.
    let made_at = ring.now();
    let host = domain_of(&peer.base);
    let since = made_at - SignedDuration::from_hours(20 * 24);
    let fail = format!(
        "UPDATE inboxes SET attempts = 30, failing_since = {} WHERE host = '{host}'",
        since.as_microsecond()
    );
    run(ring.location(), &fail);
    ring.advance(20 * DAY);
    begin(&ring.app.db, &ring.app.clock, made_at).await.unwrap();
    ring.app.read_blocks().await.unwrap();
    for _ in 0..5 {
        housekeeping::run(&ring.app).await.unwrap();
        ring.work().await;
        ring.advance(DAY);
    }
    for id in &needs {
        assert_eq!(ring.proposal(*id).await.state, State::Open, "time stood still");
    }
    assert_eq!(peer.received().len(), before);

    confirm(&ring.app, None, false).await.unwrap();
    housekeeping::run(&ring.app).await.unwrap();
    ring.work().await;
    let count = ring.app.db.read(followers::count).await.unwrap();
    assert_eq!(count, 1, "the time in the drawer is not theirs: nobody is forgotten");
    assert_eq!(ring.proposal(needs[0]).await.state, State::Expired);
    let heard = story.heard_after(before);
    assert!(!heard.is_empty() && heard.iter().all(|(kind, _)| kind == "Update"), "{heard:?}");
    // One each that ended: those of the 20, and the first one if its time is over too.
    assert!(heard.len() <= 21, "{heard:?}");
}

#[tokio::test]
async fn f_22_what_waited_when_the_backup_was_made_goes_out_or_is_left_out() {
    for leaves_out in [false, true] {
        let story = Ring::open().await;
        let (ring, peer) = (&story.ring, &story.peer);
        story.edit("Folding chairs").await;
        let made_at = ring.now();
        ring.advance(DAY);
        begin(&ring.app.db, &ring.app.clock, made_at).await.unwrap();
        ring.app.read_blocks().await.unwrap();
        let before = peer.received().len();
        // Said since: it is new to everybody.
        ring.advance(60);
        let new = ring.need(&story.tove, "Tables", "1").await;
        ring.work().await;
        assert_eq!(peer.received().len(), before);
        confirm(&ring.app, None, leaves_out).await.unwrap();
        catch_up(ring).await;
        let heard = story.heard_after(before);
        let kinds: Vec<&str> = heard.iter().map(|(kind, _)| kind.as_str()).collect();
        match leaves_out {
            false => assert_eq!(kinds, ["Update", "Create"]),
            true => assert_eq!(kinds, ["Create"]),
        }
        assert!(heard.iter().any(|(_, id)| id.contains(&new.id.to_string())), "{heard:?}");
        assert_eq!(ring.app.db.read(queue::count_pending).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn f_22_mails_wait_and_an_address_cannot_be_confirmed_meanwhile() {
    let sink = Sink::start().await;
    let ring = TestApp::start_as("ring", sink.configure(config())).await;
    let (tove, kofi) = (ring.member("Tove").await, ring.member("Kofi").await);
    ask_email(&ring.app, &tove, "tove@mailbox.example").await.unwrap();
    let token = sink.mails()[0].token("/mail/confirm/");
    confirm_email(&ring.app, &token).await.unwrap();
    let made_at = ring.now();
    ring.advance(DAY);
    begin(&ring.app.db, &ring.app.clock, made_at).await.unwrap();
    ring.app.read_blocks().await.unwrap();
    let need = ring.need(&tove, "Chairs", "3").await;
    make_promise(&ring.app, &kofi, need.id, None, "").await.unwrap();
    ring.advance(3600);
    tell_all(&ring.app).await.unwrap();
    let refused = ask_email(&ring.app, &kofi, "kofi@mailbox.example").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NothingLeaves))), "{refused:?}");
    assert_eq!(sink.mails().len(), 1);
    confirm(&ring.app, None, false).await.unwrap();
    tell_all(&ring.app).await.unwrap();
    assert_eq!(sink.mails().len(), 2, "it waited");
}

#[tokio::test]
async fn f_22_keys_that_are_made_after_a_restore_have_a_number_of_their_own() {
    let ring = TestApp::start("ring").await;
    let lost = rotate_keys(&ring.app).await.unwrap();
    assert_eq!(lost, 2, "without a restore they are counted as before");
    // The backup has the first pair only.
    let made_at = ring.now() - SignedDuration::from_hours(24);
    run(ring.location(), "DELETE FROM actor_keys WHERE generation = 2");
    run(ring.location(), "UPDATE actor_keys SET retired_at = NULL, last_activity = NULL");
    begin(&ring.app.db, &ring.app.clock, made_at).await.unwrap();
    ring.app.read_blocks().await.unwrap();
    ring.app.read_keys().await.unwrap();
    confirm(&ring.app, None, false).await.unwrap();
    let generation = rotate_keys(&ring.app).await.unwrap();
    assert!(generation > 1_000_000, "{generation}");
    let rows = ring.app.db.read(collective::list_keys).await.unwrap();
    assert!(rows.iter().all(|row| row.generation != lost));
}

#[tokio::test]
async fn f_22_two_returns_from_the_same_backup_count_on_from_different_numbers() {
    let story = Ring::open().await;
    let ring = &story.ring;
    let mut revisions = Vec::new();
    for _ in 0..2 {
        story.fall_back().await;
        confirm(&ring.app, None, false).await.unwrap();
        story.edit("Folding chairs").await;
        revisions.push(ring.proposal(story.need.id).await.revision);
        ring.advance(60);
    }
    assert!(revisions[0] > 1_000_000 && revisions[1] > revisions[0] + 60, "{revisions:?}");
}

#[tokio::test]
async fn f_22_with_a_clock_before_the_backup_nothing_is_restored() {
    let ring = TestApp::start("ring").await;
    let early = Clock::fixed(ring.now() - SignedDuration::from_hours(1));
    let refused = begin(&ring.app.db, &early, ring.now()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::ClockBeforeBackup))), "{refused:?}");
    ring.app.read_blocks().await.unwrap();
    assert!(!ring.app.is_in_quarantine());
}

#[tokio::test]
async fn f_22_another_process_sees_the_quarantine_and_its_end() {
    let story = Ring::open().await;
    let ring = &story.ring;
    story.fall_back().await;
    let (db, clock) = (ring.app.db.clone(), ring.app.clock.clone());
    let elsewhere = server::open_with(config(), db, clock).await.unwrap();
    assert!(elsewhere.is_in_quarantine());
    confirm(&elsewhere, None, false).await.unwrap();
    assert!(!elsewhere.is_in_quarantine());
    assert!(ring.app.is_in_quarantine(), "it has not looked yet");
    ring.work().await;
    assert!(!ring.app.is_in_quarantine());
    let known = ring.app.db.read(count_failing).await.unwrap();
    assert_eq!(known, 0);
}

#[tokio::test]
async fn f_22_a_server_that_knows_of_a_change_since_the_backup_keeps_still_too() {
    let story = Ring::open().await;
    let ring = &story.ring;
    let now = ring.now();
    ring.app.db.write(move |conn| gate::set_mode(conn, Mode::Open, now)).await.unwrap();
    ring.app.read_blocks().await.unwrap();
    // In the backup it is not, and the number of changes there is one less.
    run(ring.location(), "UPDATE federation_mode SET revision = revision - 1");
    story.fall_back().await;
    assert!(ring.app.is_in_quarantine());
}

/// How many inboxes count as failing.
fn count_failing(conn: &mut Conn) -> Result<usize, Error> {
    let lines = queue::list_hosts(conn)?;
    Ok(lines.iter().filter(|line| line.failing_since.is_some()).count())
}

#[test]
fn f_22_a_command_tells_how_it_stands_and_ends_it() {
    let folder = Folder::new();
    folder.init(8_099);
    let status = folder.json(&["restore", "status"]).remove(0);
    assert_eq!(status["state"], "none");
    let nothing = folder.run(&["restore", "confirm"]);
    assert_eq!(nothing.status.code(), Some(3), "{}", text(&nothing.stderr));
    assert!(text(&nothing.stderr).contains("nothing to confirm"), "{}", text(&nothing.stderr));

    let made_at: Timestamp = "2020-06-01T03:00:00Z".parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = Db::open(folder.location()).unwrap();
        begin(&db, &Clock::system(), made_at).await.unwrap();
    });
    let status = folder.json(&["restore", "status"]).remove(0);
    assert_eq!((&status["state"], &status["made"]), (&json!("quarantine"), &json!(made_at)));
    let said = text(&folder.run(&["restore", "status"]).stdout);
    assert!(
        said.contains("nobody confirmed it yet") && said.contains("/steward/backups"),
        "{said}"
    );
    let confirmed = folder.json(&["restore", "confirm", "--leave-out"]).remove(0);
    assert_eq!(confirmed["state"], "confirmed");
    assert_eq!(folder.json(&["restore", "status"]).remove(0)["state"], "none");
}
