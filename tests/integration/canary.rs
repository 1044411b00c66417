//! Every private field holds a marker; no marker comes out anywhere that strangers or peers read,
//! and none stands in the log.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use mutuals::actions::act_by_link::confirm_by_link;
use mutuals::actions::ask;
use mutuals::actions::book_string;
use mutuals::actions::cause::Said;
use mutuals::actions::change_proposal::{Step, change_proposal, close_saying};
use mutuals::actions::choose_telling::{ask_email, confirm_email, renew_calendar};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::cover_turn::give_to_pool;
use mutuals::actions::domain_rules::{Wish, set};
use mutuals::actions::duty::{Keepers, add_duty};
use mutuals::actions::exempt;
use mutuals::actions::keep_turn::keep_turn;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::measure;
use mutuals::actions::prove_handle::{Sent, come_back, offer_door};
use mutuals::actions::publish_message::{Ask, publish_by_link};
use mutuals::actions::release_turn::release_turn;
use mutuals::actions::runbook::write_runbook;
use mutuals::actions::sign_in_by_code::begin_attempt;
use mutuals::actions::take_over_reply::take_over_reply;
use mutuals::actions::take_turn::{Repeat, take_turns};
use mutuals::actions::{count_paper, decide, hold_role};
use mutuals::db::member_handles::{self, Handle};
use mutuals::db::{notices, passkeys, replies, strings, turns};
use mutuals::domain::cover::Share;
use mutuals::domain::decision::{Method, Quorum, Tally, Voice};
use mutuals::domain::domain_rule::Severity;
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::duty_draft::DutyDraft;
use mutuals::domain::measure::Kind;
use mutuals::domain::member::Member;
use mutuals::domain::origin::{Origin, Way};
use mutuals::domain::passkey::StoredPasskey;
use mutuals::domain::picture::Picture;
use mutuals::domain::proposal::{CloseReason, Purpose};
use mutuals::domain::string;
use mutuals::domain::turn::{Place, Report};
use mutuals::federation::oauth;
use mutuals::health::Health;
use tracing_subscriber::fmt::MakeWriter;

use crate::oauth_peer::{OauthPeer, SECRET, Shape};
use crate::peer::{Actor, Peer};
use crate::sink::Sink;
use crate::testapp::{TestApp, config};

/// Stands in every private field.
const MARKER: &str = "CANARY";

/// The handle of a person of the fediverse who promised something. It stands in addresses to which
/// we speak, and so it may be logged.
const PERSON: &str = "quiet_neighbour";

/// What stands before a code to sign in with.
const CODE: &str = "The code to sign in";

/// Catches what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// What this process logs from now on, on every thread: writes run on one of their own. Where tests
/// share a process, what others log is looked at too, which does no harm.
fn catch_log() -> Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    let caught = LOG.get_or_init(|| {
        let log = Log::default();
        // As the program itself does it, so that what other crates log is heard too.
        tracing_subscriber::fmt()
            .with_env_filter(mutuals::log::filter("debug").unwrap())
            .with_writer(log.clone())
            .with_ansi(false)
            .init();
        log
    });
    caught.clone()
}

#[tokio::test]
async fn nothing_private_leaves() {
    let log = catch_log();
    let sink = Sink::start().await;
    let ring = TestApp::start_as("ring", sink.configure(config())).await;
    // Counts from now on.
    let health = Health::new(Path::new("."), ring.app.clock.clone());
    let metrics = health.answer_on(([127, 0, 0, 1], 0).into()).await.unwrap();
    health.opened(ring.app.db.clone());
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
    let mut ids = fill(&ring).await;
    let elsewhere = Peer::start().await;
    let person = elsewhere.actor(PERSON);
    let (id, token) = reply_of_a_person(&ring, &elsewhere, &person).await;
    ids.push(id);
    ids.push(replies_of_a_stranger(&ring).await);
    let (id, asked) = letters_of_a_person(&ring, &elsewhere, &person, &sink).await;
    ids.push(id);
    let attempt = somebody_signs_in(&ring, &elsewhere).await;
    let calendar = somebody_hears_by_mail(&ring, &sink).await;
    let theirs = somebody_comes_by_their_server(&ring).await;
    ring.work().await;
    let inside = |_: &mut mutuals::db::Conn| {
        tracing::info!("said inside of a transaction");
        Ok(())
    };
    ring.app.db.write(inside).await.unwrap();
    let markers = [MARKER, PERSON, &token, CODE, &attempt, &asked, &calendar, SECRET, &theirs];

    let sent = serde_json::to_string(&peer.received()).unwrap();
    assert!(sent.contains("Blankets"), "something went out");
    assert!(markers.iter().all(|marker| !sent.contains(marker)), "{sent}");
    let told = serde_json::to_string(&elsewhere.received()).unwrap();
    assert!(!told.contains(MARKER), "{told}");
    for path in public_paths(&ring, &ids) {
        for accept in ["application/activity+json", "text/html"] {
            let mut headers = http::HeaderMap::new();
            headers.insert("accept", accept.parse().unwrap());
            let url = ring.base.join(&path).unwrap();
            let answer = ring.visitor.get(&url, headers).await.unwrap();
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            for marker in markers {
                assert!(!body.contains(marker), "{accept} {path}: {body}");
            }
            assert!(!format!("{:?}", answer.headers).contains(MARKER), "{accept} {path}");
        }
    }
    let metrics = format!("http://{metrics}/metrics").parse().unwrap();
    let counted = ring.visitor.get(&metrics, http::HeaderMap::new()).await.unwrap();
    let counted = String::from_utf8_lossy(&counted.body).into_owned();
    assert!(counted.contains("http_requests{") && counted.contains("\nsessions "), "{counted}");
    assert!(markers.iter().all(|marker| !counted.contains(marker)), "{counted}");
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("said inside of a transaction"), "it is caught on every thread");
    assert!(!logged.contains(MARKER) && !logged.contains(&token), "{logged}");
    assert!(!logged.contains(&asked), "{logged}");
    assert!(logged.contains("a mail could not be sent") && !logged.contains(&calendar), "{logged}");
    assert!(!logged.contains(CODE) && !logged.contains(&attempt), "{logged}");
    assert!(!logged.contains(SECRET) && !logged.contains(&theirs), "{logged}");
}

/// Somebody proves their account by way of their own server, and another time it fails. Answers the
/// secret of the browser that did.
async fn somebody_comes_by_their_server(ring: &TestApp) -> String {
    let server = OauthPeer::start(Shape::Newest).await;
    let address = format!("amina@{}", server.host());
    let mut secret = String::new();
    for fails in [true, false] {
        let (token, typed) = begin_attempt(&ring.app, &address).await.unwrap();
        let door = oauth::find_for_pages(ring.app.clone(), typed).await.unwrap();
        offer_door(&ring.app, &token, door.id, "/").await.unwrap();
        let way = oauth::link_for_pages(&ring.app, &door, &token).unwrap();
        let back = server.say_yes(&way).await;
        let part =
            |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        let sent = Sent { state: part("state"), code: part("code"), issuer: None };
        let (door, came, _) = come_back(&ring.app, &token, door.id, sent).await.unwrap();
        if fails {
            server.bend("/oauth/userinfo", 500, serde_json::json!({"error": SECRET}));
        }
        let proved = oauth::prove_for_pages(ring.app.clone(), door, came).await;
        server.straighten("/oauth/userinfo");
        assert_eq!(proved.is_err(), fails, "{proved:?}");
        secret = token;
    }
    secret
}

/// A member with an address for mails is told of all that happened; once it works, once it does not.
/// Answers the secret of their calendar.
async fn somebody_hears_by_mail(ring: &TestApp, sink: &Sink) -> String {
    let reader = ring.member(&format!("Reader {MARKER}")).await;
    let email = format!("reader.{MARKER}@mailbox.example");
    ask_email(&ring.app, &reader, &email).await.unwrap();
    let asked = sink.mails().pop().unwrap();
    confirm_email(&ring.app, &asked.token("/mail/confirm/")).await.unwrap();
    let friend = ring.member(&format!("Friend {MARKER}")).await;
    let title = format!("Insulin {MARKER}");
    let draft = Draft { title, audience: "members".into(), ..Draft::default() };
    let need = ring.post(&reader, &draft).await;
    let note = format!("it is for {MARKER}");
    for refuses in [None, Some(550)] {
        sink.refuse(refuses);
        make_promise(&ring.app, &friend, need.id, None, &note).await.unwrap();
        ring.work().await;
        let (id, now) = (reader.id, ring.now());
        let look = move |conn: &mut mutuals::db::Conn| notices::mark_all_read(conn, id, now);
        ring.app.db.write(look).await.unwrap();
        ring.advance(60 * 60);
    }
    let mails: Vec<_> = sink.mails().into_iter().filter(|mail| mail.to == [&*email]).collect();
    assert_eq!(mails.len(), 2, "one to confirm, one with news");
    for mail in mails {
        assert!(!mail.text.replace(&email, "").contains(MARKER), "{mail:?}");
    }
    renew_calendar(&ring.app, reader.id).await.unwrap()
}

/// Somebody asks for a code to sign in with. Answers the secret of the browser that waits for it.
async fn somebody_signs_in(ring: &TestApp, elsewhere: &Peer) -> String {
    let (token, _) = begin_attempt(&ring.app, "@member@elsewhere.example").await.unwrap();
    let who = elsewhere.actor("code_neighbour");
    let mut note = who.note("sign-in", ring.now());
    let us = ring.app.collective.urls().actor();
    note["to"] = serde_json::json!([us]);
    note["content"] = "<p>@ring sign in</p>".into();
    who.send_and_work(ring, &who.activity("Create", 1, note)).await;
    let told = serde_json::to_string(&elsewhere.received()).unwrap();
    assert!(told.contains(CODE), "they alone got a code: {told}");
    token
}

/// A person of the fediverse replies, the reply is taken over, and they bring what they promised.
/// Answers the id of the need and the secret of the link that nobody used.
async fn reply_of_a_person(ring: &TestApp, elsewhere: &Peer, person: &Actor) -> (String, String) {
    let author = ring.member("Author of a need").await;
    let draft = Draft { title: "Chairs".into(), amount: "9".into(), ..Draft::default() };
    let need = ring.post(&author, &draft).await;
    let mut document = person.document();
    document["name"] = format!("Name {MARKER}").into();
    elsewhere.serve(&person.url, document);
    let mut note = person.note("reply", ring.now());
    note["inReplyTo"] = ring.app.collective.urls().proposal(need.id).to_string().into();
    note["content"] = format!("<p>I can bring 9 {MARKER}</p>").into();
    carry(&mut note);
    show(&mut note);
    let reply_url = note["id"].as_str().unwrap().to_owned();
    person.send_and_work(ring, &person.activity("Create", 1, note)).await;
    ring.let_replies_in().await;
    let find = move |conn: &mut mutuals::db::Conn| replies::find_by_url(conn, &reply_url);
    let reply = ring.app.db.read(find).await.unwrap().unwrap();
    let promise = take_over_reply(&ring.app, &author, reply.id, "9".parse().ok()).await.unwrap();
    ring.work().await;
    let note = format!("at the door {MARKER}");
    confirm_by_link(&ring.app, &token_in(elsewhere), "4".parse().ok(), &note).await.unwrap();
    confirm_fulfilment(&ring.app, &author, promise.id, None, "").await.unwrap();
    ring.work().await;
    (need.id.to_string(), token_in(elsewhere))
}

/// Puts a marker into everything that a post carries besides its text.
fn carry(note: &mut serde_json::Value) {
    note["summary"] = MARKER.into();
    note["contentMap"] = serde_json::json!({"fr": format!("<p>{MARKER}</p>"), "de": MARKER});
    note["oneOf"] = serde_json::json!([{"type": "Note", "name": MARKER}]);
}

/// A picture, described with a marker.
fn show(note: &mut serde_json::Value) {
    note["attachment"] = serde_json::json!([
        {"type": "Image", "url": format!("https://elsewhere.example/{MARKER}.jpg"), "name": MARKER}
    ]);
}

/// A stranger answers a need, and what they say is held. Answers the id of the need.
async fn replies_of_a_stranger(ring: &TestApp) -> String {
    let author = ring.member("Another author").await;
    let draft = Draft { title: "Tables".into(), ..Draft::default() };
    let need = ring.post(&author, &draft).await;
    let street = Peer::start().await;
    let stranger = street.actor("quiet_stranger");
    let mut note = stranger.note("reply", ring.now());
    note["inReplyTo"] = ring.app.collective.urls().proposal(need.id).to_string().into();
    note["content"] = format!("<p>I can bring one {MARKER}</p>").into();
    stranger.send_and_work(ring, &stranger.activity("Create", 1, note)).await;
    assert_eq!(ring.app.db.read(mutuals::db::held::count).await.unwrap(), 1);
    need.id.to_string()
}

/// The same person writes to the collective, privately and for everybody, and publishes one thing
/// without their name. Answers its id, and the secret of a link that nobody used.
async fn letters_of_a_person(
    ring: &TestApp,
    elsewhere: &Peer,
    person: &Actor,
    sink: &Sink,
) -> (String, String) {
    let steward = ring.steward("Steward with a mailbox").await;
    ask_email(&ring.app, &steward, "steward@mailbox.example").await.unwrap();
    let asked = sink.mails().pop().unwrap();
    confirm_email(&ring.app, &asked.token("/mail/confirm/")).await.unwrap();
    ring.work().await;
    let before = sink.mails().len();
    let us = ring.app.collective.urls().actor();
    let mention = serde_json::json!([{"type": "Mention", "href": us}]);
    for (number, name, to) in [(11, "letter", us.as_str()), (12, "post", "as:Public")] {
        let mut note = person.note(name, ring.now());
        note["content"] = format!("<p>I lost my job {MARKER}</p>").into();
        carry(&mut note);
        // A stranger's letter with a picture would be held, and get no link.
        if name == "post" {
            show(&mut note);
        }
        note["to"] = to.into();
        note["tag"] = mention.clone();
        person.send_and_work(ring, &person.activity("Create", number, note)).await;
        ring.work().await;
        if name == "letter" {
            // Whoever looks after the house hears that something is there, and nothing of it.
            let mails = sink.mails().split_off(before);
            assert_eq!(mails.len(), 1, "{mails:?}");
            assert_eq!(mails[0].to, ["steward@mailbox.example"]);
            for word in [MARKER, PERSON, "lost my job"] {
                assert!(!mails[0].text.contains(word), "{mails:?}");
            }
        }
    }
    let asked = last_token(elsewhere, "/asked/");
    let draft = Draft { title: "A pram".into(), ..Draft::default() };
    let ask = Ask { purpose: Purpose::Need, draft, with_name: false };
    let published = publish_by_link(&ring.app, &asked, ask).await.unwrap();
    ring.work().await;
    (published.id.to_string(), last_token(elsewhere, "/asked/"))
}

/// The secret of the last link that came for a promise.
fn token_in(elsewhere: &Peer) -> String {
    last_token(elsewhere, "/promised/")
}

fn last_token(elsewhere: &Peer, path: &str) -> String {
    let all = serde_json::to_string(&elsewhere.received()).unwrap();
    let (_, last) = all.rsplit_once(path).unwrap();
    last.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

/// Two warnings: one is decided after an appeal, and one is lifted.
async fn measured(ring: &TestApp, about: &Member, stewards: &[Member; 2]) {
    let app = &ring.app;
    let said = |what: &str| format!("{what} {MARKER}");
    for lifts in [true, false] {
        let wish = measure::Wish {
            kind: Kind::Warn,
            clause: "Nobody counts who gave what.".into(),
            reason: said("He shouted"),
            days: 30,
        };
        let by = &stewards[usize::from(lifts)];
        let taken = measure::take(app, by, about.id, wish).await.unwrap();
        measure::appeal(app, about, taken.id, &said("It was not me")).await.unwrap();
        let other = &stewards[usize::from(!lifts)];
        measure::decide(app, other, taken.id, lifts, &said("I looked")).await.unwrap();
        if !lifts {
            measure::lift(app, other, taken.id, &said("We talked")).await.unwrap();
        }
    }
}

/// A need of a round is closed, with what was behind it and by which way it came.
async fn closed_with_words(ring: &TestApp, author: &Member) {
    let way = Way { origin: Some(Origin::Office), replaces: true };
    let context = Some(Context { round: None, way });
    let draft = Draft { title: "Rent money".into(), context, ..Draft::default() };
    let need = ring.post(author, &draft).await;
    let causes = ring.app.db.read(mutuals::db::causes::list).await.unwrap();
    let said = Said { cause: causes[0].id, words: format!("the landlord {MARKER}") };
    let closed = (CloseReason::Enough, Some(said));
    close_saying(&ring.app, author, need.id, closed).await.unwrap();
}

/// Somebody without an account asks for something and says how to reach them, twice: one is posted
/// for members, in other words.
async fn somebody_asks(ring: &TestApp, stewards: &[Member; 2]) {
    let text = format!("Food for two {MARKER}");
    for is_posted in [true, false] {
        let asked = ask::ask(&ring.app, (&text, MARKER), "en").await.unwrap();
        let draft = Draft { title: "Food".into(), audience: "members".into(), ..Draft::default() };
        if is_posted {
            ask::post(&ring.app, &stewards[0], asked.id, draft).await.unwrap();
        }
    }
}

/// A duty for everybody that somebody keeps, comes to and hands over; and one for members. Answers
/// the ids of both and of their turns.
async fn keep_going(ring: &TestApp, steward: &Member, by: &Member) -> Vec<String> {
    let app = &ring.app;
    let mut ids = Vec::new();
    for audience in ["public", "members"] {
        let hides = |what: &str| match audience {
            "public" => what.to_owned(),
            _ => format!("{what} {MARKER}"),
        };
        let draft = DutyDraft {
            title: hides("Kitchen"),
            text: hides("We cook"),
            place: hides("The hall"),
            audience: audience.into(),
            counts: hides("meals"),
            rhythm: "FREQ=DAILY".into(),
            day: "2026-11-23".into(),
            from: "12:00".into(),
            until: "14:00".into(),
            needed: "2".into(),
            ..DutyDraft::default()
        };
        let keepers = Keepers { keeper: Some(by.id), until: None, deputy: Some(steward.id) };
        let duty = add_duty(app, steward, &draft, keepers).await.unwrap();
        let (id, now) = (duty.id, ring.now());
        let list = move |conn: &mut mutuals::db::Conn| turns::list_next(conn, id, now, 3);
        let coming = app.db.read(list).await.unwrap();
        let repeat = Repeat { every: 1, until: None };
        take_turns(app, by, coming[0].id, Place::Hand, repeat).await.unwrap();
        give_to_pool(app, steward, duty.id, None).await.unwrap();
        release_turn(app, by, coming[1].id).await.unwrap();
        let note = Some(format!("Pot lid broken {MARKER}"));
        keep_turn(app, by, coming[0].id, Report { came: 1, counted: None, note }).await.unwrap();
        write_runbook(app, steward, duty.id, &hides("Wash hands")).await.unwrap();
        ids.push(duty.id.to_string());
        ids.extend(coming.iter().map(|turn| turn.id.to_string()));
    }
    let wish = exempt::Wish { share: Share::Half, from: None, until: None };
    exempt::exempt(app, by, wish).await.unwrap();
    ids
}

/// What the assembly says among its own: a decision with an objection and paper, a role whose names
/// are for members, its hand-over list, and what came from outside. Answers the ids.
async fn assembled(ring: &TestApp, who: &Member, steward: &Member) -> Vec<String> {
    let (app, said) = (&ring.app, |what: &str| format!("{what} {MARKER}"));
    let ends_at = ring.now() + jiff::SignedDuration::from_hours(24 * 60);
    let proposed = decide::Wish {
        title: said("Move"),
        text: said("because"),
        method: Method::Consent,
        quorum: Quorum::Number(1),
        closes_at: ends_at,
        asks_followers: false,
        answers: None,
        subject: None,
    };
    let quiet = decide::propose(app, who, proposed.clone()).await.unwrap();
    // Of what followers are asked, too, only the question goes out.
    let asks = decide::Wish {
        title: "Soup?".into(),
        text: "On Thursday".into(),
        asks_followers: true,
        ..proposed
    };
    let asked = decide::propose(app, who, asks).await.unwrap();
    for decision in [&quiet, &asked] {
        let object = (said("It is too far"), true);
        decide::say(app, who, decision.id, Voice::Objection, (&object.0, object.1)).await.unwrap();
        let counted = Tally { objections: 1, ..Tally::default() };
        count_paper::enter(app, who, decision.id, (counted, &said("No"))).await.unwrap();
        count_paper::confirm(app, steward, decision.id).await.unwrap();
    }
    let wish = hold_role::Wish { title: "Keys".into(), ..hold_role::Wish::default() };
    let role = hold_role::add(app, steward, wish, None).await.unwrap();
    let (holder, deputy) = (who.id, Some(steward.id));
    let giving = hold_role::Giving { holder, deputy, ends_at, decision: None };
    hold_role::give(app, steward, role.id, giving).await.unwrap();
    hold_role::add_line(app, who, role.id, &said("The spare key")).await.unwrap();
    let attached = string::Attached {
        conditions: said("A sign"),
        reports: said("in May"),
        data_asked: said("how many"),
        logo: said("at the door"),
        ends_at: None,
    };
    let gift = string::Draft {
        what: said("Flour"),
        source: said("Mill"),
        amount: "5".into(),
        unit: said("bags"),
        attached,
        ..string::Draft::default()
    };
    // What hangs on it would take a decision: here it stands in storage without one.
    let booked = gift.check(app.clock.new_id(), &[], app.now()).unwrap();
    let stored = booked.clone();
    app.db.write(move |conn| strings::insert(conn, &stored)).await.unwrap();
    book_string::strike(app, who, booked.id, &said("It was rye")).await.unwrap();
    [quiet.id.to_string(), asked.id.to_string(), role.id.to_string()].to_vec()
}

/// Puts a marker into every field that may not leave; answers the ids of what is public.
async fn fill(ring: &TestApp) -> Vec<String> {
    let name = |what: &str| format!("{what} {MARKER}");
    let author = ring.member(&name("Author")).await;
    let promiser = ring.member(&name("Promiser")).await;
    let handle = Handle {
        actor: format!("https://elsewhere.example/{MARKER}").parse().unwrap(),
        address: format!("{MARKER}@elsewhere.example"),
    };
    let (id, now) = (author.id, ring.now());
    let bind = move |conn: &mut mutuals::db::Conn| member_handles::insert(conn, id, &handle, now);
    assert!(ring.app.db.write(bind).await.unwrap());
    let stewards = [ring.steward(&name("Steward")).await, ring.steward(&name("Other")).await];
    measured(ring, &author, &stewards).await;
    let mut kept_going = keep_going(ring, &stewards[0], &author).await;
    let assembled = assembled(ring, &promiser, &stewards[0]).await;
    let rule =
        Wish { private_comment: name("Rule"), ..Wish::new("quiet.example", Severity::Suspend) };
    set(&ring.app, Some(stewards[0].id), rule).await.unwrap();
    let passkey = StoredPasskey {
        credential: format!("credential-{MARKER}"),
        member: id,
        handle: name("handle"),
        name: name("phone"),
        key: name("key"),
        made_at: now,
        used_at: None,
    };
    let add = move |conn: &mut mutuals::db::Conn| passkeys::insert(conn, &passkey);
    assert!(ring.app.db.write(add).await.unwrap());
    let on_behalf = Draft {
        title: "Blankets".into(),
        amount: "2".into(),
        on_behalf_of: name("Mrs Ito"),
        consent: true,
        ..Draft::default()
    };
    let need = ring.post(&author, &on_behalf).await;
    closed_with_words(ring, &author).await;
    somebody_asks(ring, &stewards).await;
    let promise =
        make_promise(&ring.app, &promiser, need.id, None, &name("call me")).await.unwrap();
    confirm_fulfilment(&ring.app, &promiser, promise.id, None, &name("left it")).await.unwrap();
    confirm_fulfilment(&ring.app, &author, promise.id, None, &name("thanks")).await.unwrap();
    change_proposal(&ring.app, &author, need.id, Step::Close(CloseReason::Fulfilled))
        .await
        .unwrap();
    let mut ids = vec![need.id.to_string()];
    ids.append(&mut kept_going);
    let file = crate::web::pictures::photo([200, 100, 50]);
    let kept = mutuals::actions::keep_picture::keep_picture(&ring.app, file).await.unwrap();
    for audience in ["pacts", "members", "shift"] {
        let draft = Draft {
            title: name("Secret"),
            text: name("text"),
            place: name("place"),
            kind: MARKER.to_lowercase(),
            audience: audience.into(),
            picture: Some(Picture { words: name("picture"), ..kept.clone() }),
            ..Draft::default()
        };
        ids.push(ring.post(&author, &draft).await.id.to_string());
    }
    let draft = Draft { title: name("Draft"), ..Draft::default() };
    let need = mutuals::domain::proposal::Purpose::Need;
    let kept =
        mutuals::actions::post_proposal::post_proposal(&ring.app, &author, need, &draft, false);
    ids.push(kept.await.unwrap().id.to_string());
    let gone = ring
        .post(
            &author,
            &Draft { title: name("Gone"), audience: "members".into(), ..Draft::default() },
        )
        .await;
    change_proposal(&ring.app, &author, gone.id, Step::Withdraw).await.unwrap();
    ids.push(gone.id.to_string());
    let came =
        ring.app.db.read(|conn| mutuals::db::fulfilments::list_latest(conn, 10)).await.unwrap();
    ids.extend(came.iter().map(|came| came.id.to_string()));
    ids.extend(assembled);
    ids
}

fn public_paths(ring: &TestApp, ids: &[String]) -> Vec<String> {
    let acct = format!(".well-known/webfinger?resource=acct:{}", ring.app.collective.address());
    let mut paths: Vec<String> = [
        "",
        "about",
        "board",
        "duties",
        "turns/pool",
        "turns/sheet",
        "me/turns",
        "calendar/duty-guessed.ics",
        "board?purpose=need",
        "sign-in",
        "sign-in/fediverse",
        "sign-in/code",
        "join",
        "members",
        "log",
        "agenda",
        "covenant",
        "covenant/1",
        "decisions",
        "decisions/new",
        "power",
        "roles/new",
        "strings",
        "strings.csv",
        "steward/measures",
        "steward/asks",
        "ask",
        "rounds",
        "causes",
        "moment",
        "why",
        "why/free",
        "me",
        "me/notices",
        "notices",
        "calendar/guessed.ics",
        "steward",
        "needs/new",
        "c/ring",
        "c/ring/outbox?page=true",
        "c/ring/followers",
        "c/ring/followers?page=true",
        "c/ring/following",
        "c/ring/featured",
        "actor",
        "nodeinfo/2.0",
        "nodeinfo/2.1",
        ".well-known/nodeinfo",
        ".well-known/host-meta",
        "no-such-page",
    ]
    .map(String::from)
    .to_vec();
    paths.push(acct);
    for id in ids {
        for path in [
            "n/ID",
            "n/ID/create",
            "n/ID/updates/1",
            "n/ID/updates/2",
            "n/ID/replies",
            "@ring/ID",
            "a/ID",
            "proposals/ID/edit",
            "duties/ID",
            "duties/ID.ics",
            "duties/ID/runbook",
            "duties/ID/runbook.md",
            "turns/ID",
            "t/ID",
            "t/ID/create",
            "t/ID/updates/1",
            "b/ID",
            "q/ID",
            "q/ID/create",
            "decisions/ID",
            "roles/ID",
        ] {
            paths.push(path.replace("ID", id));
        }
    }
    paths
}
