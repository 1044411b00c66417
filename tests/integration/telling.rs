//! Hearing of what is new outside of the pages: by mail, in one's own thread, in a calendar. None of
//! them ever holds a name or a word.

use http::HeaderMap;
use mutuals::actions::choose_telling::{
    ask_email, choose_telling, confirm_email, end_calendar, renew_calendar,
};
use mutuals::actions::leave::leave;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::member_handles::{self, Handle};
use mutuals::db::{Conn, telling};
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;
use mutuals::domain::refusal::Refusal;
use mutuals::domain::telling::{Settings, Timing, Way};
use mutuals::error::Error;
use mutuals::jobs::tell::tell_all;
use serde_json::json;
use url::Url;

use crate::joining::Street;
use crate::notices::look;
use crate::sink::Sink;
use crate::testapp::{TestApp, config};
use crate::web::house::Browser;

const EMAIL: &str = "tove.lind@mailbox.example";

/// Ring with a mail server, and Tove, who gave an address, and Kofi, who promises.
struct Post {
    ring: TestApp,
    sink: Sink,
    tove: Member,
    kofi: Member,
}

impl Post {
    async fn start() -> Self {
        let sink = Sink::start().await;
        let ring = TestApp::start_as("ring", sink.configure(config())).await;
        let (tove, kofi) = (ring.member("Tove Lind").await, ring.member("Kofi Mensah").await);
        ask_email(&ring.app, &tove, EMAIL).await.unwrap();
        Self { ring, sink, tove, kofi }
    }

    /// The same, with the address confirmed and the mail for that set aside.
    async fn open() -> (Self, usize) {
        let post = Self::start().await;
        let token = post.sink.mails()[0].token("/mail/confirm/");
        confirm_email(&post.ring.app, &token).await.unwrap();
        (post, 1)
    }

    /// Kofi promises something to Tove.
    async fn promise(&self, title: &str) {
        let need = self.ring.need(&self.tove, title, "5").await;
        make_promise(&self.ring.app, &self.kofi, need.id, None, "ring twice").await.unwrap();
    }

    async fn tell(&self) -> usize {
        tell_all(&self.ring.app).await.unwrap();
        self.sink.mails().len()
    }
}

async fn settings(app: &TestApp, member: &Member) -> Settings {
    let id = member.id;
    app.app.db.read(move |conn| telling::find(conn, id)).await.unwrap()
}

async fn choose(app: &TestApp, member: &Member, by_direct: bool, timing: Timing) {
    choose_telling(&app.app, member.id, (by_direct, timing), Vec::new()).await.unwrap();
}

#[tokio::test]
async fn nothing_goes_to_an_address_before_it_is_confirmed_and_then_no_word() {
    let post = Post::start().await;
    let asked = &post.sink.mails()[0];
    assert_eq!(asked.to, [EMAIL]);
    assert_eq!(asked.header("Auto-Submitted"), Some("auto-generated"));
    post.promise("Warm blankets").await;
    assert_eq!(post.tell().await, 1, "not confirmed");
    let token = asked.token("/mail/confirm/");
    confirm_email(&post.ring.app, &token).await.unwrap();
    let again = confirm_email(&post.ring.app, &token).await;
    assert!(matches!(again, Err(Error::NotFound)), "a link works once");

    assert_eq!(post.tell().await, 2);
    let news = post.sink.mails().remove(1);
    assert_eq!(news.to, [EMAIL]);
    assert!(news.text.contains(post.ring.app.collective.urls().notices().as_str()));
    for word in ["blankets", "Warm", "Kofi", "Mensah", "Lind", "twice", "/@ring/"] {
        let said = news.text.replace(EMAIL, "");
        assert!(!said.contains(word), "{word}: {said}");
    }
    post.promise("Chairs").await;
    post.ring.advance(60);
    assert_eq!(post.tell().await, 2, "not twice in a quarter of an hour");
    post.ring.advance(15 * 60);
    assert_eq!(post.tell().await, 3);
    post.ring.advance(15 * 60);
    assert_eq!(post.tell().await, 3, "each thing once");
}

#[tokio::test]
async fn what_they_saw_on_the_page_is_in_no_mail() {
    let (post, sent) = Post::open().await;
    post.promise("Chairs").await;
    look(&post.ring, &post.tove).await;
    assert_eq!(post.tell().await, sent);
    let muted = vec![(Kind::PromiseMade, Way::Mail)];
    let how = (false, Timing::default());
    choose_telling(&post.ring.app, post.tove.id, how, muted).await.unwrap();
    post.promise("Tables").await;
    assert_eq!(post.tell().await, sent, "they do not want to hear of that by mail");
}

#[tokio::test]
async fn nobody_is_woken_and_once_a_day_is_once_a_day() {
    let (post, sent) = Post::open().await;
    let hours = |hours: i64| post.ring.advance(hours * 60 * 60);
    hours(11);
    post.promise("Chairs").await;
    assert_eq!(post.tell().await, sent, "23 o'clock");
    hours(8);
    assert_eq!(post.tell().await, sent + 1, "7 o'clock");
    choose(&post.ring, &post.tove, false, Timing { is_daily: true, ..Timing::default() }).await;
    hours(2);
    post.promise("Tables").await;
    assert_eq!(post.tell().await, sent + 2, "the last one was before eight");
    post.promise("Lamps").await;
    hours(6);
    assert_eq!(post.tell().await, sent + 2, "that was today's");
    hours(17);
    assert_eq!(post.tell().await, sent + 3, "8 o'clock of the next day");
}

#[tokio::test]
async fn one_click_ends_it_without_a_form_of_ours() {
    let (post, _) = Post::open().await;
    post.promise("Chairs").await;
    assert_eq!(post.tell().await, 2);
    let news = post.sink.mails().remove(1);
    let token = news.token("/mail/stop/");
    let link = post.ring.app.collective.urls().mail_stop(&token);
    assert_eq!(news.header("List-Unsubscribe"), Some(format!("<{link}>").as_str()));
    let one_click = "List-Unsubscribe=One-Click";
    assert_eq!(news.header("List-Unsubscribe-Post"), Some(one_click));

    let mut program = Browser::at(&post.ring.app);
    program.get(link.path()).await.is(200);
    assert_eq!(settings(&post.ring, &post.tove).await.email.as_deref(), Some(EMAIL));
    let fields = [("List-Unsubscribe", "One-Click")];
    program.send(link.path(), &fields, &[]).await.is(303);
    assert_eq!(settings(&post.ring, &post.tove).await.email, None, "the address is forgotten");
    program.send(link.path(), &fields, &[]).await.is(410);
    post.promise("Tables").await;
    post.ring.advance(60 * 60);
    assert_eq!(post.tell().await, 2);
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_later_and_given_up_at_last() {
    let (post, sent) = Post::open().await;
    let always = Timing { quiet_from: 0, quiet_until: 0, ..Timing::default() };
    choose(&post.ring, &post.tove, false, always).await;
    post.sink.refuse(Some(451));
    post.promise("Chairs").await;
    assert_eq!(post.tell().await, sent);
    assert_eq!(settings(&post.ring, &post.tove).await.tries, 1);
    post.tell().await;
    assert_eq!(settings(&post.ring, &post.tove).await.tries, 1, "not at once");
    post.sink.refuse(None);
    post.ring.advance(5 * 60);
    assert_eq!(post.tell().await, sent + 1);
    assert_eq!(settings(&post.ring, &post.tove).await.tries, 0);

    post.sink.refuse(Some(550));
    post.ring.advance(60 * 60);
    post.promise("Tables").await;
    for _ in 0..8 {
        post.tell().await;
        post.ring.advance(6 * 60 * 60);
    }
    assert_eq!(settings(&post.ring, &post.tove).await.tries, 0, "given up");
    post.sink.refuse(None);
    assert_eq!(post.tell().await, sent + 1, "old news is not told");
    post.promise("Lamps").await;
    assert_eq!(post.tell().await, sent + 2, "what is new since then is");
}

#[tokio::test]
async fn a_stranger_gets_three_mails_a_day_at_most() {
    let post = Post::start().await;
    for email in ["a@mailbox.example", "b@mailbox.example"] {
        ask_email(&post.ring.app, &post.tove, email).await.unwrap();
    }
    let first = post.sink.mails()[0].token("/mail/confirm/");
    let void = confirm_email(&post.ring.app, &first).await;
    assert!(matches!(void, Err(Error::NotFound)), "another address took its place");
    let more = ask_email(&post.ring.app, &post.tove, "c@mailbox.example").await;
    assert!(matches!(more, Err(Error::Refused(Refusal::ManyConfirmations))), "{more:?}");
    let smuggled = "d@mailbox.example\r\nBcc: e@mailbox.example";
    let unfit = ask_email(&post.ring.app, &post.kofi, smuggled).await;
    assert!(matches!(unfit, Err(Error::Refused(Refusal::EmailUnfit))), "{unfit:?}");
    assert_eq!(post.sink.mails().len(), 3);
}

#[tokio::test]
async fn who_has_left_hears_nothing_any_more() {
    let (post, sent) = Post::open().await;
    let calendar = renew_calendar(&post.ring.app, post.tove.id).await.unwrap();
    post.promise("Chairs").await;
    leave(&post.ring.app, &post.tove).await.unwrap();
    assert_eq!(post.tell().await, sent);
    let mut program = Browser::at(&post.ring.app);
    program.get(&format!("/calendar/{calendar}.ics")).await.is(404);
}

/// Amina has an account here, proved by a private message.
async fn member_with_a_thread(street: &Street) -> Member {
    let amina = street.ring.member("Amina").await;
    street.bind(&amina, &street.amina).await;
    let mut browser = street.browser(&street.amina).await;
    street.say(&street.amina, 1, "sign in").await;
    crate::joining::enter(&mut browser, &street.code(&street.amina)).await.is(303);
    street.ring.work().await;
    look(&street.ring, &amina).await;
    amina
}

async fn promise_to(street: &Street, whom: &Member, title: &str) {
    let kofi = street.ring.member(&format!("Kofi of the {title}")).await;
    let need = street.ring.need(whom, title, "5").await;
    make_promise(&street.ring.app, &kofi, need.id, None, "ring twice").await.unwrap();
    street.ring.work().await;
    street.ring.work().await;
}

#[tokio::test]
async fn a_member_hears_in_the_thread_that_they_began() {
    let street = Street::start().await;
    let amina = member_with_a_thread(&street).await;
    let before = street.told(&street.amina).len();
    promise_to(&street, &amina, "Chairs").await;
    assert_eq!(street.told(&street.amina).len(), before, "nobody who did not choose it");

    choose(&street.ring, &amina, true, Timing::default()).await;
    street.ring.work().await;
    street.ring.work().await;
    let told = street.told(&street.amina);
    assert_eq!(told.len(), before + 1);
    let note = &told[before]["object"];
    let thread = format!("{}/notes/message1", street.amina.url);
    assert_eq!(note["inReplyTo"], json!(thread), "wire contract, 5.2: no thread is begun");
    assert_eq!((&note["to"], &note["cc"]), (&json!([street.amina.url]), &json!([])));
    let content = note["content"].as_str().unwrap();
    assert!(content.contains(street.ring.app.collective.urls().notices().as_str()), "{content}");
    for word in ["Chairs", "Kofi", "twice", "/@ring/"] {
        assert!(!content.contains(word), "{word}: {content}");
    }

    promise_to(&street, &amina, "Tables").await;
    assert_eq!(street.told(&street.amina).len(), before + 1, "a quarter of an hour is between");
    street.ring.advance(15 * 60);
    street.ring.work().await;
    street.ring.work().await;
    assert_eq!(street.told(&street.amina).len(), before + 2);

    let gone = street.amina.activity("Delete", 90, json!(thread));
    street.amina.send_and_work(&street.ring, &gone).await;
    street.ring.advance(60 * 60);
    promise_to(&street, &amina, "Lamps").await;
    assert_eq!(street.told(&street.amina).len(), before + 2, "they deleted it");
}

#[tokio::test]
async fn without_a_thread_nobody_is_written_to() {
    let street = Street::start().await;
    let amina = street.ring.member("Amina").await;
    let handle = Handle { actor: street.amina.url.clone(), address: "amina@peer.example".into() };
    let (id, now) = (amina.id, street.ring.now());
    let bind = move |conn: &mut Conn| member_handles::insert(conn, id, &handle, now);
    assert!(street.ring.app.db.write(bind).await.unwrap());
    choose(&street.ring, &amina, true, Timing::default()).await;
    promise_to(&street, &amina, "Chairs").await;
    assert!(street.told(&street.amina).is_empty());
}

/// What a calendar program gets, which asks without cookies.
async fn calendar_at(app: &TestApp, token: &str) -> (u16, String) {
    let url: Url = app.app.collective.urls().calendar(token);
    let answer = app.visitor.get(&url, HeaderMap::new()).await.unwrap();
    (answer.status.as_u16(), String::from_utf8_lossy(&answer.body).into_owned())
}

#[tokio::test]
async fn a_calendar_stands_at_a_secret_address_that_can_be_renewed() {
    let config = mutuals::config::Config { time_zone: "Asia/Tokyo".into(), ..config() };
    let ring = TestApp::start_as("ring", config).await;
    let (tove, kofi) = (ring.member("Tove Lind").await, ring.member("Kofi").await);
    let ends_at = Some("2026-11-28T20:00:00Z".parse().unwrap());
    for (title, audience) in [("Warm blankets", "public"), ("Insulin", "members")] {
        let (title, audience) = (title.into(), audience.into());
        let need = ring.post(&tove, &Draft { title, audience, ends_at, ..Draft::default() }).await;
        make_promise(&ring.app, &kofi, need.id, None, "ring twice").await.unwrap();
    }
    let first = renew_calendar(&ring.app, kofi.id).await.unwrap();
    let (status, calendar) = calendar_at(&ring, &first).await;
    assert_eq!(status, 200);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n"), "{calendar}");
    assert!(calendar.contains("SUMMARY:Warm blankets\r\n"), "{calendar}");
    assert_eq!(calendar.matches("DTSTART;VALUE=DATE:20261129\r\n").count(), 2, "day of Tokyo");
    for word in ["Insulin", "Tove", "Kofi", "twice"] {
        assert!(!calendar.contains(word), "{word}: {calendar}");
    }
    let hash = mutuals::keys::secret_hash(&first);
    let stored = ring.app.db.read(move |conn| telling::find_by_calendar(conn, &hash)).await;
    assert_eq!(stored.unwrap(), kofi.id, "only the hash is stored");

    let second = renew_calendar(&ring.app, kofi.id).await.unwrap();
    assert_eq!(calendar_at(&ring, &first).await.0, 404, "the one before is void");
    assert_eq!(calendar_at(&ring, &second).await.0, 200);
    assert_eq!(calendar_at(&ring, "guessed").await.0, 404);
    end_calendar(&ring.app, kofi.id).await.unwrap();
    assert_eq!(calendar_at(&ring, &second).await.0, 404);
}
