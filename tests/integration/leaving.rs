//! Leaving: fourteen days to come back, and then nothing here tells who it was, while what the
//! collective did stays as it was.

use std::io::Read as _;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use jiff::SignedDuration;
use mutuals::actions::ask_moment::ask_no_more;
use mutuals::actions::cause::Said;
use mutuals::actions::change_proposal::{Step, change_proposal, close_saying};
use mutuals::actions::choose_telling::{choose_telling, renew_calendar};
use mutuals::actions::confirm_fulfilment::{self, confirm_fulfilment};
use mutuals::actions::confirm_to_neighbour::confirm_to_neighbour;
use mutuals::actions::count_paper;
use mutuals::actions::cover_turn::give_to_pool;
use mutuals::actions::decide;
use mutuals::actions::duty::{Keepers, add_duty};
use mutuals::actions::exempt;
use mutuals::actions::follow::follow;
use mutuals::actions::hold_role;
use mutuals::actions::join::{Way as Door, Wish as Joining, join};
use mutuals::actions::keep_turn::keep_turn;
use mutuals::actions::leave::{come_back, leave};
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::measure as measuring;
use mutuals::actions::name_steward::name_steward;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::actions::promise_to_neighbour::{Wish, promise_to_neighbour};
use mutuals::actions::publish_message::{Ask, publish_by_link};
use mutuals::actions::release_turn::release_turn;
use mutuals::actions::set_password::set_password;
use mutuals::actions::sign_in::{sign_in_by_link, sign_in_by_password};
use mutuals::actions::take_turn::{Repeat, take_turn, take_turns};
use mutuals::actions::vouch::vouch;
use mutuals::db::member_handles::{self, Handle};
use mutuals::db::{
    Location, exemptions, fulfilments, mail_links, members, passkeys, promises, proposals, rounds,
    telling as how_told, turns,
};
use mutuals::domain::cover::Share;
use mutuals::domain::decision::{Method, Quorum, Tally, Voice};
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::duty_draft::DutyDraft;
use mutuals::domain::id::CauseId;
use mutuals::domain::measure;
use mutuals::domain::member::{Member, Standing};
use mutuals::domain::notice::Kind as Notice;
use mutuals::domain::origin::{Origin, Way as Road};
use mutuals::domain::passkey::{Challenge, StoredPasskey};
use mutuals::domain::promise::PromiseState;
use mutuals::domain::proposal::{CloseReason, Proposal, Purpose, State};
use mutuals::domain::refusal::Refusal;
use mutuals::domain::round::{Openers, Round};
use mutuals::domain::telling::{Timing, Way};
use mutuals::domain::turn::{Place, Report};
use mutuals::error::Error;
use mutuals::federation::resolve;
use mutuals::i18n::Locale;
use mutuals::jobs::housekeeping;
use mutuals::web::own_data;

use crate::agreements::{Neighbours, outgoing, theirs};
use crate::peer::Peer;
use crate::testapp::{TestApp, amount};

/// Stands in everything that the one who leaves wrote.
const WORDS: &str = "zebrafinchwords";
/// His account elsewhere.
const ACCOUNT: &str = "zebraaccount";
/// A name that chance does not write.
const NAME: &str = "Kofiquendel Mensahosei";

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The columns in which `text` stands, in whatever table and of whatever type.
pub fn columns_with(location: &Location, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let holds = |column: &Column| {
        let (table, name) = (&column.table_name, &column.column_name);
        format!(
            "SELECT count(*) AS n FROM \"{table}\" \
             WHERE lower(CAST(\"{name}\" AS TEXT)) LIKE '%{text}%'"
        )
    };
    let columns: Vec<(Column, i64)> = match location {
        Location::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path).unwrap();
            let list = "SELECT m.name AS table_name, p.name AS column_name FROM sqlite_master m \
                        JOIN pragma_table_info(m.name) p WHERE m.type = 'table'";
            let all: Vec<Column> = sql_query(list).load(&mut conn).unwrap();
            let mut count = |column: &Column| {
                sql_query(holds(column)).get_result::<Count>(&mut conn).unwrap().n
            };
            all.into_iter().map(|column| (count(&column), column)).map(|(n, c)| (c, n)).collect()
        }
        Location::Postgres(url) => {
            let mut conn = PgConnection::establish(url).unwrap();
            let list = "SELECT table_name::text AS table_name, column_name::text AS column_name \
                        FROM information_schema.columns WHERE table_schema = current_schema()";
            let all: Vec<Column> = sql_query(list).load(&mut conn).unwrap();
            let mut count = |column: &Column| {
                sql_query(holds(column)).get_result::<Count>(&mut conn).unwrap().n
            };
            all.into_iter().map(|column| (count(&column), column)).map(|(n, c)| (c, n)).collect()
        }
    };
    assert!(columns.len() > 100, "the test looks through nothing: {}", columns.len());
    let found = columns.into_iter().filter(|(_, n)| *n > 0);
    let mut names: Vec<String> =
        found.map(|(column, _)| format!("{}.{}", column.table_name, column.column_name)).collect();
    names.sort();
    names
}

async fn two_weeks_pass(app: &TestApp) {
    app.app.clock.advance(SignedDuration::from_hours(14 * 24));
    housekeeping::run(&app.app).await.unwrap();
    app.work().await;
}

/// What may not change: what came of each proposal, and every fulfilment.
async fn sums(app: &TestApp) -> Vec<String> {
    let read = |conn: &mut mutuals::db::Conn| {
        let mut all: Vec<String> = proposals::list(conn)?
            .into_iter()
            .filter(|each| each.state != State::Draft)
            .map(|each| {
                let quantity = each.content.quantity.map(|quantity| quantity.amount);
                format!("{} {:?} {:?}", each.id, quantity, each.coverage)
            })
            .collect();
        all.extend(fulfilments::list_latest(conn, 100)?.iter().map(|each| format!("{each:?}")));
        Ok(all)
    };
    app.app.db.read(read).await.unwrap()
}

fn draft(title: &str) -> Draft {
    Draft {
        title: title.into(),
        text: format!("Ring twice, {WORDS}."),
        place: format!("Yard of {WORDS}"),
        amount: "4".into(),
        ..Draft::default()
    }
}

/// Somebody posts, the other promises, and both say that it came. Only the author says the words:
/// what the other notes is theirs.
async fn deed(app: &TestApp, author: &Member, promiser: &Member, title: &str) -> Proposal {
    let need = app.post(author, &draft(title)).await;
    let promise = make_promise(&app.app, promiser, need.id, None, "").await.unwrap();
    for (member, note) in [(author, WORDS), (promiser, "")] {
        confirm_fulfilment(&app.app, member, promise.id, None, note).await.unwrap();
    }
    need
}

/// How somebody is told that something is new.
async fn hears(ring: &TestApp, who: &Member) {
    let muted = vec![(Notice::Reply, Way::Mail)];
    choose_telling(&ring.app, who.id, (true, Timing::default()), muted).await.unwrap();
    renew_calendar(&ring.app, who.id).await.unwrap();
    let (id, now) = (who.id, ring.now());
    let email = format!("{WORDS}@mailbox.example");
    let write = move |conn: &mut mutuals::db::Conn| {
        let later = now.checked_add(SignedDuration::from_hours(9_000)).unwrap();
        how_told::update_email(conn, id, Some(&email))?;
        let purpose = mail_links::Purpose::Stop;
        mail_links::insert(conn, "hash", (id, &email), purpose, (now, later))
    };
    ring.app.db.write(write).await.unwrap();
}

/// A passkey, and the question for another one.
async fn keep_passkey(app: &TestApp, member: &Member) {
    let passkey = StoredPasskey {
        credential: "a credential".into(),
        member: member.id,
        handle: WORDS.into(),
        name: WORDS.into(),
        key: WORDS.into(),
        made_at: app.now(),
        used_at: None,
    };
    let (ends, challenge) = (app.now(), Challenge { member: Some(member.id), state: WORDS.into() });
    let keep = move |conn: &mut mutuals::db::Conn| {
        passkeys::insert_challenge(conn, "a hash", &challenge, ends)?;
        passkeys::insert(conn, &passkey)
    };
    assert!(app.app.db.write(keep).await.unwrap());
}

/// Has an account of his own in the fediverse: writes privately and publicly from there, publishes
/// with that name by a link, answers what others need, and is vouched for.
async fn write_from_outside(all: &Neighbours, kofi: &Member) {
    let ring = &all.ring;
    let peer = Peer::start().await;
    let account = peer.actor(ACCOUNT);
    let handle = Handle {
        actor: account.url.clone(),
        address: format!("{ACCOUNT}@{}", account.url.authority()),
    };
    let (id, now) = (kofi.id, ring.now());
    let bind = move |conn: &mut mutuals::db::Conn| member_handles::insert(conn, id, &handle, now);
    assert!(ring.app.db.write(bind).await.unwrap());
    let us = ring.app.collective.urls().actor();
    let need = ring.need(&all.tove, "Ladders", "3").await;
    let write = |number: u32, to: &str, answered: Option<String>| {
        let mut note = account.note(&format!("w{number}"), ring.now());
        note["content"] = serde_json::json!(format!("<p>I bring or need {WORDS}</p>"));
        note["to"] = serde_json::json!([to]);
        note["tag"] = serde_json::json!([
            {"type": "Mention", "href": us}, {"type": "Hashtag", "name": "#need"}
        ]);
        note["inReplyTo"] = serde_json::json!(answered);
        account.activity("Create", number, note)
    };
    let public = "https://www.w3.org/ns/activitystreams#Public";
    account.send_and_work(ring, &write(1, us.as_str(), None)).await;
    account.send_and_work(ring, &write(2, public, None)).await;
    ring.work().await;
    let answer = Some(ring.app.collective.urls().proposal(need.id).to_string());
    account.send_and_work(ring, &write(3, public, answer)).await;
    let told = serde_json::to_string(&peer.received()).unwrap();
    let (_, token) = told.rsplit_once("/asked/").unwrap();
    let token: String =
        token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let ask = Ask { purpose: Purpose::Need, draft: draft(WORDS), with_name: true };
    let published = publish_by_link(&ring.app, &token, ask).await.unwrap();
    assert!(published.asked_by.is_some());
    ring.work().await;
}

/// He opened a round while he looked after the house, closes a need with words about it, and wants
/// to be asked no more.
async fn asks_and_tells(ring: &TestApp, kofi: &Member) {
    let app = &ring.app;
    let flood = Round::ask(app.clock.new_id(), ("Flood", ""), 9, app.now()).unwrap();
    let both = Openers { asked_by: Some(kofi.id), seconded_by: Some(kofi.id) };
    app.db.write(move |conn| rounds::insert(conn, &flood, both)).await.unwrap();
    let way = Road { origin: Some(Origin::Office), replaces: true };
    let context = Some(Context { round: None, way });
    let rent = ring.post(kofi, &Draft { context, ..draft("Rent") }).await;
    let said = Said { cause: CauseId::from_number(1), words: WORDS.into() };
    close_saying(app, kofi, rent.id, (CloseReason::Failed, Some(said))).await.unwrap();
    ask_no_more(app, kofi, true).await.unwrap();
}

/// He keeps a duty, comes to its turns, gives one to the pool, hands over, and takes a break.
async fn carry_a_duty(ring: &TestApp, kofi: &Member, deputy: &Member) {
    let app = &ring.app;
    let steward = ring.steward("Mo").await;
    let keepers = Keepers { keeper: Some(kofi.id), until: None, deputy: Some(deputy.id) };
    let draft = DutyDraft {
        rhythm: "FREQ=DAILY".into(),
        day: "2026-11-23".into(),
        from: "12:00".into(),
        until: "13:00".into(),
        ..crate::duties::kitchen()
    };
    let duty = add_duty(app, &steward, &draft, keepers).await.unwrap();
    let (id, now) = (duty.id, ring.now());
    let list = move |conn: &mut mutuals::db::Conn| turns::list_next(conn, id, now, 3);
    let coming = app.db.read(list).await.unwrap();
    take_turns(app, kofi, coming[0].id, Place::Hand, Repeat { every: 1, until: None })
        .await
        .unwrap();
    release_turn(app, kofi, coming[1].id).await.unwrap();
    take_turn(app, kofi, coming[2].id, Place::Learner).await.unwrap();
    give_to_pool(app, kofi, duty.id, None).await.unwrap();
    let report = Report { came: 1, counted: None, note: Some(WORDS.into()) };
    keep_turn(app, kofi, coming[0].id, report).await.unwrap();
    let wish = exempt::Wish { share: Share::Half, from: None, until: None };
    exempt::exempt(app, kofi, wish).await.unwrap();
    let member = kofi.id;
    let offer = move |conn: &mut mutuals::db::Conn| exemptions::insert_offer(conn, member, now);
    app.db.write(offer).await.unwrap();
}

/// What he proposed, said and counted, and a role that is his.
async fn assembly(ring: &TestApp, kofi: &Member, noor: &Member) {
    let later = |days: i64| ring.now() + SignedDuration::from_hours(24 * days);
    let proposed = decide::Wish {
        title: "A second kitchen day".into(),
        text: "Thursday".into(),
        method: Method::Consent,
        quorum: Quorum::Number(1),
        closes_at: later(60),
        asks_followers: false,
        answers: None,
        subject: None,
    };
    let opened = decide::propose(&ring.app, kofi, proposed).await.unwrap();
    decide::say(&ring.app, kofi, opened.id, Voice::Objection, (WORDS, true)).await.unwrap();
    let counted = Tally { yes: 1, ..Tally::default() };
    count_paper::enter(&ring.app, kofi, opened.id, (counted, "")).await.unwrap();
    count_paper::confirm(&ring.app, noor, opened.id).await.unwrap();
    count_paper::enter(&ring.app, noor, opened.id, (counted, "")).await.unwrap();
    count_paper::confirm(&ring.app, kofi, opened.id).await.unwrap();
    let wish = hold_role::Wish { title: "Keys".into(), ..hold_role::Wish::default() };
    let role = hold_role::add(&ring.app, noor, wish, None).await.unwrap();
    for (holder, deputy) in [(noor, kofi), (kofi, noor)] {
        let (holder, deputy) = (holder.id, Some(deputy.id));
        let giving = hold_role::Giving { holder, deputy, ends_at: later(60), decision: None };
        hold_role::give(&ring.app, noor, role.id, giving).await.unwrap();
    }
}

/// Fills every place that knows a member.
async fn live(all: &Neighbours) -> (Member, [Proposal; 3]) {
    let (ring, mill) = (&all.ring, &all.mill);
    let kofi = ring.member(NAME).await;
    let url = mutuals::actions::add_member::make_sign_in_link(&ring.app, kofi.id).await.unwrap();
    let token = url.path().rsplit('/').next().unwrap().to_owned();
    sign_in_by_link(&ring.app, &token, None).await.unwrap();
    set_password(&ring.app, &kofi, "a kettle on the stove", "none").await.unwrap();
    keep_passkey(ring, &kofi).await;
    post_proposal(&ring.app, &kofi, Purpose::Offer, &draft(WORDS), false).await.unwrap();
    let open = ring.post(&kofi, &draft(&format!("Soup with {WORDS}"))).await;
    let behalf = Draft { on_behalf_of: WORDS.into(), consent: true, ..draft("Lamps") };
    let gone = ring.post(&kofi, &Draft { audience: "members".into(), ..behalf }).await;
    change_proposal(&ring.app, &kofi, gone.id, Step::Withdraw).await.unwrap();
    let kept = deed(ring, &kofi, &all.tove, "Warm blankets").await;
    let named = deed(ring, &kofi, &all.tove, "Kofiquendel's fridge").await;
    let wish = measuring::Wish {
        kind: measure::Kind::Warn,
        clause: "Nobody counts who gave what.".into(),
        reason: format!("Kofiquendel said {WORDS}"),
        days: 30,
    };
    let noor = ring.steward("Noor").await;
    let taken = measuring::take(&ring.app, &noor, kofi.id, wish).await.unwrap();
    assembly(ring, &kofi, &noor).await;
    measuring::appeal(&ring.app, &kofi, taken.id, WORDS).await.unwrap();
    asks_and_tells(ring, &kofi).await;
    carry_a_duty(ring, &kofi, &all.tove).await;
    let need = ring.need(&all.tove, "Chairs", "9").await;
    let promise = make_promise(&ring.app, &kofi, need.id, None, WORDS).await.unwrap();
    confirm_fulfilment(&ring.app, &kofi, promise.id, Some(amount("3")), WORDS).await.unwrap();
    let handle = mill.app.collective.address().to_string();
    let actor = resolve::by_handle_or_url(&ring.app, &handle).await.unwrap();
    follow(&ring.app, actor).await.unwrap();
    all.work().await;
    let jars = mill.need(&all.omar, "Jars", "6").await;
    all.work().await;
    let jars = theirs(ring, &jars).await;
    let wish = Wish { note: WORDS.into(), ..Wish::default() };
    let out = promise_to_neighbour(&ring.app, &kofi, jars, wish).await.unwrap();
    all.work().await;
    let came = crate::agreements::pending(mill).await.remove(0);
    mutuals::actions::answer_promise::accept_promise(&mill.app, &all.omar, came.id).await.unwrap();
    all.work().await;
    let said = confirm_fulfilment::Count { note: WORDS.into(), ..Default::default() };
    confirm_to_neighbour(&ring.app, &kofi, out.id, said).await.unwrap();
    all.work().await;
    assert!(!outgoing(ring, out.id).await.is_taken_back());
    hears(ring, &kofi).await;
    write_from_outside(all, &kofi).await;
    (kofi, [open, kept, named])
}

#[tokio::test]
async fn after_fourteen_days_nothing_tells_who_it_was() {
    let all = Neighbours::start().await;
    let ring = &all.ring;
    let (kofi, [open, kept, named]) = live(&all).await;
    let location = ring.location();
    let id = kofi.id.number().to_string();
    assert!(columns_with(location, WORDS).len() > 8, "{:?}", columns_with(location, WORDS));
    leave(&ring.app, &kofi).await.unwrap();
    all.work().await;
    let before = sums(ring).await;

    ring.advance(13 * 24 * 60 * 60);
    housekeeping::run(&ring.app).await.unwrap();
    assert!(!columns_with(location, NAME).is_empty(), "he may still come back");
    ring.advance(24 * 60 * 60);
    housekeeping::run(&ring.app).await.unwrap();
    // A server that was sent something just now rests a moment.
    all.work().await;
    all.work().await;

    for trace in [NAME, "Kofiquendel", WORDS, ACCOUNT, "Lamps", &id] {
        assert_eq!(columns_with(location, trace), [""; 0], "{trace}");
    }
    assert_eq!(sums(ring).await, before, "what came stays");
    assert_eq!(ring.proposal(open.id).await.state, State::Withdrawn);
    assert_eq!(ring.proposal(kept.id).await.content.title, "Warm blankets");
    assert_eq!(ring.proposal(named.id).await.content.title, "Something that was needed");
    // What he told them beside a promise is theirs now; what he posted, they have forgotten.
    let theirs = columns_with(all.mill.location(), WORDS);
    let notes =
        ["confirmation_private.note", "incoming_promise_private.note", "promise_private.note"];
    assert_eq!(theirs, notes);
}

#[tokio::test]
async fn others_are_told_to_forget_the_words() {
    let ring = TestApp::start("ring").await;
    let peer = Peer::start().await;
    let ana = peer.actor("ana");
    let us = ring.app.collective.urls().actor();
    ana.send_and_work(&ring, &ana.activity("Follow", 1, us.to_string().into())).await;
    let (tove, kofi) = (ring.steward("Tove").await, ring.member(NAME).await);
    let kept = deed(&ring, &kofi, &tove, "Warm blankets").await;
    let open = ring.post(&kofi, &draft("Soup")).await;
    ring.work().await;
    leave(&ring.app, &kofi).await.unwrap();
    ring.work().await;
    let told = peer.received().len();
    two_weeks_pass(&ring).await;
    let news: Vec<_> = peer.received().split_off(told);
    let about = |id: String| {
        let of = |each: &&serde_json::Value| each["object"]["id"].as_str() == Some(&id);
        news.iter().rfind(of).unwrap()["type"].clone()
    };
    let urls = ring.app.collective.urls();
    assert_eq!(about(urls.proposal(kept.id).to_string()), "Update");
    assert_eq!(about(urls.proposal(open.id).to_string()), "Delete");
    assert!(!serde_json::to_string(&news).unwrap().contains(WORDS), "{news:?}");
    let (_, updates) = ring.get_json(&urls.proposal(kept.id)).await;
    assert!(updates.to_string().contains("Warm blankets"));
    let (status, _) = ring.get_json(&urls.proposal(open.id)).await;
    assert_eq!(status, 410);
}

#[tokio::test]
async fn who_leaves_lets_go_of_what_is_promised_and_looked_for() {
    let ring = TestApp::start("ring").await;
    let (tove, kofi) = (ring.steward("Tove").await, ring.member("Kofi").await);
    let mei = ring.member("Mei").await;
    let need = ring.need(&tove, "Chairs", "10").await;
    let his = make_promise(&ring.app, &kofi, need.id, Some(amount("8")), "").await.unwrap();
    let hers = make_promise(&ring.app, &mei, need.id, Some(amount("5")), "").await.unwrap();
    let open = ring.need(&kofi, "Soup", "4").await;
    leave(&ring.app, &kofi).await.unwrap();
    let read = move |conn: &mut mutuals::db::Conn| {
        Ok((promises::find(conn, his.id)?, promises::find(conn, hers.id)?))
    };
    let (his, hers) = ring.app.db.read(read).await.unwrap();
    assert_eq!(his.state, PromiseState::Released);
    assert_eq!(hers.active, Some(amount("5")), "the reserve moves up");
    let closed = ring.proposal(open.id).await;
    assert_eq!(closed.close_reason, Some(CloseReason::NoLongerRelevant));
}

#[tokio::test]
async fn who_comes_back_in_time_is_who_they_were() {
    let ring = TestApp::start("ring").await;
    ring.steward("Tove").await;
    let kofi = ring.member("Kofi").await;
    set_password(&ring.app, &kofi, "a kettle on the stove", "none").await.unwrap();
    let need = ring.post(&kofi, &draft("Soup")).await;
    leave(&ring.app, &kofi).await.unwrap();
    let names = || async {
        let all = ring.app.db.read(members::list).await.unwrap();
        all.into_iter().map(|member| member.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Tove"]);
    let again = leave(&ring.app, &kofi).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::HasLeft))), "{again:?}");
    ring.advance(13 * 24 * 60 * 60);
    housekeeping::run(&ring.app).await.unwrap();
    come_back(&ring.app, kofi.id).await.unwrap();
    assert_eq!(names().await, ["Kofi", "Tove"]);
    two_weeks_pass(&ring).await;
    assert_eq!(names().await, ["Kofi", "Tove"]);
    assert!(ring.proposal(need.id).await.content.text.contains(WORDS));
    sign_in_by_password(&ring.app, "Kofi", "a kettle on the stove", None).await.unwrap();

    leave(&ring.app, &kofi).await.unwrap();
    ring.advance(14 * 24 * 60 * 60);
    // Also before housekeeping came by.
    let late = come_back(&ring.app, kofi.id).await;
    assert!(matches!(late, Err(Error::Refused(Refusal::CannotComeBack))), "{late:?}");
    housekeeping::run(&ring.app).await.unwrap();
    let name = sign_in_by_password(&ring.app, "Kofi", "a kettle on the stove", None).await;
    assert!(matches!(name, Err(Error::Refused(Refusal::SignInWrong))));
}

#[tokio::test]
async fn a_collective_is_never_without_a_steward() {
    let ring = TestApp::start("ring").await;
    let (tove, kofi) = (ring.steward("Tove").await, ring.member("Kofi").await);
    let alone = leave(&ring.app, &tove).await;
    assert!(matches!(alone, Err(Error::Refused(Refusal::LastSteward))), "{alone:?}");
    let by_himself = name_steward(&ring.app, &kofi, kofi.id).await;
    assert!(matches!(by_himself, Err(Error::Forbidden)));
    name_steward(&ring.app, &tove, kofi.id).await.unwrap();
    // Both at once: one of them stays.
    let (one, other) = tokio::join!(leave(&ring.app, &tove), leave(&ring.app, &kofi));
    assert_ne!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
    let left = ring.app.db.read(members::list).await.unwrap();
    assert_eq!(left.iter().filter(|member| member.is_steward()).count(), 1);
}

#[tokio::test]
async fn j13_who_vouched_and_leaves_leaves_the_vouch_and_takes_it_along() {
    let ring = TestApp::start("ring").await;
    let (tove, kofi) = (ring.steward("Tove").await, ring.member("Kofi").await);
    let wish = |name: &str| Joining {
        name: name.into(),
        password: "five small words here".into(),
        agrees_to: Some(1),
    };
    let lea = join(&ring.app, Door::Open, wish("Lea")).await.unwrap().member;
    vouch(&ring.app, &kofi, lea.id).await.unwrap();
    let own = async |member: &Member| {
        let file = own_data::of_member(&ring.app, member.id, &Locale::find("en")).await.unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
        let mut html = String::new();
        zip.by_name("index.html").unwrap().read_to_string(&mut html).unwrap();
        html
    };
    assert!(own(&kofi).await.contains("You vouched for Lea."));
    assert!(own(&lea).await.contains("Kofi vouched for you."));
    leave(&ring.app, &kofi).await.unwrap();
    two_weeks_pass(&ring).await;
    let lea = vouch(&ring.app, &tove, lea.id).await.unwrap();
    assert_eq!(lea.standing, Standing::Member, "two vouches, although one who gave them is gone");
    let html = own(&lea).await;
    assert!(html.contains("Somebody vouched for you") && !html.contains("Kofi"), "{html}");
}
