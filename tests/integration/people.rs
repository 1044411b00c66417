//! People of the fediverse who answer a need from where they are: their reply becomes a promise,
//! they are told in their thread, and a one-time link lets them speak without an account.

use bytes::Bytes;
use http::HeaderMap;
use jiff::SignedDuration;
use mutuals::actions::act_by_link::{confirm_by_link, release_by_link};
use mutuals::actions::block::block;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::erase_member::erase_overdue;
use mutuals::actions::leave::leave;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::release_promise::release_promise;
use mutuals::actions::round;
use mutuals::actions::round_line::{self, Fate};
use mutuals::actions::take_over_reply::{LINK_LASTS, take_over_reply};
use mutuals::db::member_handles::{self, Handle};
use mutuals::db::{activities, promise_people, promises, replies};
use mutuals::domain::id::{PromiseId, ProposalId, RoundId};
use mutuals::domain::member::Member;
use mutuals::domain::promise::{Promise, PromiseState};
use mutuals::domain::proposal::{CloseReason, Proposal};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::keys;
use serde_json::{Value, json};
use url::Url;

use crate::peer::{Actor, Peer};
use crate::testapp::{TestApp, amount};

/// Ring asks for ten blankets; Bo, on a server of his own, replies.
pub struct Street {
    pub ring: TestApp,
    pub peer: Peer,
    pub rosa: Member,
    pub bo: Actor,
    pub need: Proposal,
}

/// What came back for a request: status, headers, text.
pub struct Seen(pub u16, pub HeaderMap, pub String);

impl Street {
    pub async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let peer = Peer::start().await;
        let rosa = ring.member("Rosa").await;
        let bo = peer.actor("bo");
        let need = ring.need(&rosa, "Blankets", "10").await;
        ring.work().await;
        Self { ring, peer, rosa, bo, need }
    }

    /// Lets somebody reply; answers the id of the reply here.
    async fn reply(&self, who: &Actor, number: u32, text: &str) -> i64 {
        let mut note = who.note(&format!("reply{number}"), self.ring.now());
        note["inReplyTo"] = json!(self.ring.app.collective.urls().proposal(self.need.id));
        note["content"] = json!(format!("<p>{text}</p>"));
        let url = note["id"].as_str().unwrap().to_owned();
        who.send_and_work(&self.ring, &who.activity("Create", number, note)).await;
        self.ring.let_replies_in().await;
        let read = move |conn: &mut mutuals::db::Conn| replies::find_by_url(conn, &url);
        self.ring.app.db.read(read).await.unwrap().unwrap().id
    }

    /// Lets somebody reply, and takes it over.
    pub async fn promised(&self, who: &Actor, number: u32, how_much: &str) -> (Promise, String) {
        let reply = self.reply(who, number, "I can bring some").await;
        let taken = take_over_reply(&self.ring.app, &self.rosa, reply, Some(amount(how_much)));
        let promise = taken.await.unwrap();
        self.ring.work().await;
        (promise, token(&self.told(who).pop().unwrap()))
    }

    /// What was said to somebody alone, in order.
    pub fn told(&self, who: &Actor) -> Vec<Value> {
        let is_direct = |sent: &Value| sent["object"]["directMessage"] == json!(true);
        let all = self.peer.received().into_iter().filter(is_direct);
        all.filter(|sent| sent["to"] == json!([who.url])).collect()
    }

    async fn promise(&self, id: PromiseId) -> Promise {
        self.ring.app.db.read(move |conn| promises::find(conn, id)).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Seen {
        let url = self.ring.base.join(path).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("accept", "text/html".parse().unwrap());
        seen(self.ring.visitor.get(&url, headers).await.unwrap())
    }

    pub async fn post(&self, path: &str, form: &str) -> Seen {
        self.post_from(path, form, None).await
    }

    async fn post_from(&self, path: &str, form: &str, origin: Option<&str>) -> Seen {
        let url = self.ring.base.join(path).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        let body = Bytes::from(form.to_owned());
        seen(self.ring.visitor.post(&url, headers, body).await.unwrap())
    }
}

fn seen(answer: mutuals::client::Answer) -> Seen {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    Seen(answer.status.as_u16(), answer.headers, text)
}

/// The secret in the link of a message.
pub fn token(told: &Value) -> String {
    let content = told["object"]["content"].as_str().unwrap();
    let (_, rest) = content.split_once("/promised/").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Two who look after the house open a round for a need; answers who can close it.
pub async fn flood_for(ring: &TestApp, need: ProposalId) -> (Member, RoundId) {
    let (ida, tove) = (ring.steward("Ida").await, ring.steward("Tove").await);
    let text = "The river is in the cellars.".into();
    let wish = round::Wish { title: "Flood".into(), text, days: 30 };
    let flood = round::open_by_two(&ring.app, &ida, &tove, wish).await.unwrap().id;
    round_line::add(&ring.app, &ida, need, flood).await.unwrap();
    (ida, flood)
}

/// The round is over, and its need is done: whatever there is to say of that is said.
pub async fn end_flood(ring: &TestApp, (ida, flood): (&Member, RoundId), need: ProposalId) {
    round::end_early(&ring.app, ida, flood).await.unwrap();
    round_line::decide(&ring.app, ida, need, Fate::Finished).await.unwrap();
    ring.work().await;
}

#[tokio::test]
async fn e27_who_promised_from_the_fediverse_in_a_round_hears_once_how_it_goes_on() {
    let street = Street::start().await;
    let (ring, need) = (&street.ring, street.need.id);
    let (ida, flood) = flood_for(ring, need).await;
    street.promised(&street.bo, 1, "5").await;
    street.promised(&street.bo, 2, "2").await;
    end_flood(ring, (&ida, flood), need).await;
    let before = street.told(&street.bo).len();
    round::close(&ring.app, &ida, flood).await.unwrap();
    ring.work().await;
    let told = street.told(&street.bo);
    assert_eq!(told.len(), before + 1, "once, whatever they promised: {told:?}");
    let note = &told[before]["object"];
    assert_eq!(note["inReplyTo"], json!(format!("{}/notes/reply1", street.bo.url)));
    let content = note["content"].as_str().unwrap();
    assert!(content.contains("Flood") && content.contains("/duties\""), "{content}");
}

#[tokio::test]
async fn a_reply_becomes_a_promise_and_its_writer_says_that_it_came() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    assert_eq!(street.ring.proposal(street.need.id).await.coverage.promised, amount("5"));

    let told = street.told(&street.bo).pop().unwrap();
    let note = &told["object"];
    assert_eq!(
        (&told["type"], &told["cc"], &note["cc"]),
        (&json!("Create"), &json!([]), &json!([]))
    );
    assert_eq!(note["to"], json!([street.bo.url]));
    assert_eq!(note["inReplyTo"], json!(format!("{}/notes/reply1", street.bo.url)));
    assert_eq!(note["tag"][0]["href"], json!(street.bo.url));
    let content = note["content"].as_str().unwrap();
    assert!(content.contains("u-url mention\">@<span>bo</span>"), "{content}");
    assert!(content.contains("5 blankets"), "{content}");
    assert!(!told.to_string().contains("valueflows"), "{told}");
    for term in ["provider", "satisfies", "fulfills", "context", "resourceQuantity"] {
        assert!(note.get(term).is_none(), "{term}");
    }

    let page = format!("promised/{token}");
    for _ in 0..2 {
        let Seen(status, headers, html) = street.get(&page).await;
        assert_eq!(status, 200);
        assert!(html.contains("Blankets") && html.contains("I brought it"), "{html}");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-robots-tag"], "noindex");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(!html.contains(&format!("={token}")) && !html.contains(&format!("%2F{token}")));
    }
    let Seen(status, headers, _) =
        street.post(&format!("{page}/confirm"), "amount=5&note=At+the+door").await;
    assert_eq!(status, 303);
    assert!(!headers["location"].to_str().unwrap().contains(&token));
    let Seen(status, _, html) = street.get(&page).await;
    assert_eq!(status, 410);
    assert!(html.contains("no longer works") && !html.contains("Blankets"), "{html}");
    assert_eq!(street.post(&format!("{page}/release"), "").await.0, 410);

    confirm_fulfilment(&street.ring.app, &street.rosa, promise.id, None, "").await.unwrap();
    assert_eq!(street.promise(promise.id).await.state, PromiseState::Delivered);
    street.ring.work().await;
    assert_eq!(street.told(&street.bo).len(), 1);
    let public: Vec<Value> = street
        .peer
        .received()
        .into_iter()
        .filter(|sent| !street.told(&street.bo).contains(sent))
        .collect();
    let public = serde_json::to_string(&public).unwrap();
    assert!(public.contains("Fulfilled: 5 blankets"), "{public}");
    assert!(!public.contains("bo@") && !public.contains("@bo") && !public.contains(&token));
}

#[tokio::test]
async fn as_long_as_something_is_to_come_there_is_a_new_link() {
    let street = Street::start().await;
    let (promise, first) = street.promised(&street.bo, 1, "5").await;
    let app = &street.ring.app;
    let acted = release_by_link(app, &first, Some(amount("2"))).await.unwrap();
    assert!(acted.is_link_sent);
    assert_eq!(acted.promise.amount, Some(amount("3")));
    street.ring.work().await;
    let told = street.told(&street.bo);
    assert_eq!(told.len(), 2);
    assert!(told[1]["object"]["content"].as_str().unwrap().contains("3 blankets"));
    let second = token(&told[1]);
    assert_ne!(first, second);
    assert_eq!(street.get(&format!("promised/{first}")).await.0, 410);

    assert!(confirm_by_link(app, &second, Some(amount("1")), "").await.unwrap().is_link_sent);
    street.ring.work().await;
    let third = token(&street.told(&street.bo)[2]);
    assert!(!confirm_by_link(app, &third, None, "All there").await.unwrap().is_link_sent);
    street.ring.work().await;
    assert_eq!(street.told(&street.bo).len(), 3);
    assert_eq!(street.promise(promise.id).await.amount, Some(amount("3")));
    assert_eq!(street.ring.proposal(street.need.id).await.coverage.promised, amount("3"));
}

#[tokio::test]
async fn all_of_it_can_be_let_go() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "10").await;
    let tove = street.ring.member("Tove").await;
    let waiting =
        make_promise(&street.ring.app, &tove, street.need.id, Some(amount("4")), "").await.unwrap();
    assert_eq!(waiting.state, PromiseState::InReserve);
    assert_eq!(street.post(&format!("promised/{token}/release"), "amount=").await.0, 303);
    assert_eq!(street.promise(promise.id).await.state, PromiseState::Released);
    assert_eq!(street.promise(waiting.id).await.state, PromiseState::Active);
    street.ring.work().await;
    assert_eq!(street.told(&street.bo).len(), 1);
}

#[tokio::test]
async fn what_is_too_much_waits_and_its_writer_knows() {
    let street = Street::start().await;
    street.promised(&street.bo, 1, "8").await;
    let cleo = street.peer.actor("cleo");
    let (_, token) = street.promised(&cleo, 2, "5").await;
    let told = street.told(&cleo).pop().unwrap();
    let content = told["object"]["content"].as_str().unwrap();
    assert!(content.contains("3 of it waits in reserve"), "{content}");
    let Seen(_, _, html) = street.get(&format!("promised/{token}")).await;
    assert!(html.contains("2 of it is needed now; 3 waits in reserve"), "{html}");
    let dana = street.peer.actor("dana");
    street.promised(&dana, 3, "1").await;
    let told = street.told(&dana).pop().unwrap();
    assert!(told["object"]["content"].as_str().unwrap().contains("nothing to bring yet"));
}

#[tokio::test]
async fn only_the_author_and_stewards_take_over_and_only_once() {
    let street = Street::start().await;
    let reply = street.reply(&street.bo, 1, "I can bring 5").await;
    let app = &street.ring.app;
    let (milo, ida) = (street.ring.member("Milo").await, street.ring.steward("Ida").await);
    let refusal = |result: Result<Promise, Error>| match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let five = Some(amount("5"));
    assert_eq!(refusal(take_over_reply(app, &milo, reply, five).await), Refusal::NotYours);
    assert_eq!(refusal(take_over_reply(app, &ida, reply, None).await), Refusal::AmountNotSaid);
    let (one, other) = tokio::join!(
        take_over_reply(app, &ida, reply, five),
        take_over_reply(app, &street.rosa, reply, five)
    );
    assert!(one.is_ok() != other.is_ok());
    assert_eq!(refusal(take_over_reply(app, &ida, reply, five).await), Refusal::ReplyTaken);
    let again = street.reply(&street.bo, 2, "And 2 more").await;
    block(app, street.bo.url.as_str(), "").await.unwrap();
    street.ring.work().await;
    assert!(matches!(take_over_reply(app, &ida, again, five).await, Err(Error::NotFound)));
    let id = street.need.id;
    let all = app.db.read(move |conn| promises::list_by_proposal(conn, id)).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_member_who_answers_from_their_own_account_finds_it_among_their_promises() {
    let street = Street::start().await;
    let (app, milo) = (&street.ring.app, street.ring.member("Milo").await);
    let (id, now) = (milo.id, street.ring.now());
    let handle = Handle { actor: street.bo.url.clone(), address: "bo@peer.example".into() };
    app.db.write(move |conn| member_handles::insert(conn, id, &handle, now)).await.unwrap();
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    let of = promise.id;
    let whose = move |conn: &mut mutuals::db::Conn| promises::find_private(conn, of);
    assert_eq!(app.db.read(whose).await.unwrap().member, Some(milo.id));
    // The link in the thread is theirs too; and whoever leaves is not behind it any more.
    release_by_link(app, &token, Some(amount("2"))).await.unwrap();
    release_promise(app, &milo, promise.id, Some(amount("1"))).await.unwrap();
    assert_eq!(street.promise(promise.id).await.amount, Some(amount("2")));
    leave(app, &milo).await.unwrap();
    street.ring.app.clock.advance(SignedDuration::from_hours(24 * 15));
    erase_overdue(app).await.unwrap();
    let person = move |conn: &mut mutuals::db::Conn| promise_people::find(conn, of);
    assert_eq!(app.db.read(person).await.unwrap().unwrap().actor, None);
}

#[tokio::test]
async fn people_01_no_other_token_opens_a_promise() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    let hash = keys::secret_hash(&token);
    for made_up in ["x".to_owned(), keys::secret().unwrap(), hash, format!("{token}A")] {
        for path in ["", "/confirm", "/release"] {
            let whole = format!("promised/{made_up}{path}");
            let Seen(status, _, html) = match path {
                "" => street.get(&whole).await,
                _ => street.post(&whole, "amount=5").await,
            };
            assert_eq!(status, 410, "{whole}");
            assert!(!html.contains("Blankets"));
        }
    }
    assert_eq!(street.promise(promise.id).await, promise);
}

#[tokio::test]
async fn people_02_a_link_speaks_for_its_own_promise_alone() {
    let street = Street::start().await;
    let cleo = street.peer.actor("cleo");
    let (of_bo, token) = street.promised(&street.bo, 1, "5").await;
    let (of_cleo, _) = street.promised(&cleo, 2, "3").await;
    let form = format!("amount=5&promise={}", of_cleo.id);
    assert_eq!(street.post(&format!("promised/{token}/release"), &form).await.0, 303);
    assert_eq!(street.promise(of_bo.id).await.state, PromiseState::Released);
    assert_eq!(street.promise(of_cleo.id).await, of_cleo);
}

#[tokio::test]
async fn people_03_an_old_link_does_nothing() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    street.ring.app.clock.advance(LINK_LASTS - SignedDuration::from_secs(60));
    assert_eq!(street.get(&format!("promised/{token}")).await.0, 200);
    street.ring.advance(61);
    assert_eq!(street.get(&format!("promised/{token}")).await.0, 410);
    assert_eq!(street.post(&format!("promised/{token}/release"), "").await.0, 410);
    assert_eq!(street.promise(promise.id).await, promise);
}

#[tokio::test]
async fn people_04_a_link_acts_once_even_at_the_same_moment() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    let app = &street.ring.app;
    let one = Some(amount("1"));
    let (first, second) =
        tokio::join!(confirm_by_link(app, &token, one, ""), confirm_by_link(app, &token, one, ""));
    assert!(first.is_ok() != second.is_ok());
    let id = street.need.id;
    let said = app.db.read(move |conn| promises::list_confirmations(conn, id)).await.unwrap();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].promise, promise.id);
}

#[tokio::test]
async fn people_05_what_is_refused_does_not_use_the_link_up() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    let path = |step: &str| format!("promised/{token}/{step}");
    for (step, form, why) in [
        ("confirm", "amount=11", "more than twice"),
        ("confirm", "amount=a+few", "as a number"),
        ("release", "amount=6", "still to come"),
        ("release", "amount=0", "more than nothing"),
    ] {
        let Seen(status, _, html) = street.post(&path(step), form).await;
        assert_eq!(status, 422, "{form}");
        assert!(html.contains(why), "{form}: {html}");
    }
    let foreign = street.post_from(&path("release"), "", Some("https://evil.example")).await;
    assert_eq!(foreign.0, 403);
    assert_eq!(street.promise(promise.id).await, promise);
    assert_eq!(street.post(&path("confirm"), "amount=5").await.0, 303);
}

#[tokio::test]
async fn people_06_nobody_else_reads_the_message() {
    let street = Street::start().await;
    let follower = Peer::start().await;
    let ana = follower.actor("ana");
    let us = street.ring.app.collective.urls().actor().to_string();
    ana.send_and_work(&street.ring, &ana.activity("Follow", 1, us.into())).await;
    let (_, token) = street.promised(&street.bo, 1, "5").await;
    street.ring.work().await;
    let elsewhere = serde_json::to_string(&follower.received()).unwrap();
    assert!(elsewhere.contains("Update"), "the follower hears of the coverage");
    assert!(!elsewhere.contains(&token) && !elsewhere.contains("/bo"), "{elsewhere}");
    let told = street.told(&street.bo).pop().unwrap();
    for address in [&told["id"], &told["object"]["id"]] {
        let url: Url = address.as_str().unwrap().parse().unwrap();
        let (status, _) = street.ring.get_json(&url).await;
        assert_eq!(status, 404, "{url}");
    }
    let sent = street.ring.app.db.read(activities::list_sent).await.unwrap();
    let with_token: Vec<_> = sent.iter().filter(|sent| sent.body.contains(&token)).collect();
    assert_eq!(with_token.len(), 1);
    assert!(!with_token[0].is_public && !with_token[0].to_followers);
    let outbox = street.ring.base.join("c/ring/outbox?page=true").unwrap();
    assert!(!street.ring.get_json(&outbox).await.1.to_string().contains(&token));
}

#[tokio::test]
async fn who_deletes_what_they_said_is_forgotten_and_the_promise_stays() {
    let street = Street::start().await;
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    let reply = format!("{}/notes/reply1", street.bo.url);
    street.bo.send_and_work(&street.ring, &street.bo.activity("Delete", 9, reply.into())).await;
    let id = promise.id;
    let person = move |conn: &mut mutuals::db::Conn| promise_people::find(conn, id);
    let app = &street.ring.app;
    assert_eq!(app.db.read(person).await.unwrap().unwrap().actor, None);
    let acted = confirm_by_link(app, &token, Some(amount("2")), "").await.unwrap();
    assert!(!acted.is_link_sent, "nobody is left to be told");
    confirm_fulfilment(app, &street.rosa, id, None, "").await.unwrap();
    assert_eq!(street.promise(id).await.state, PromiseState::Delivered);
    street.ring.work().await;
    assert_eq!(street.told(&street.bo).len(), 1);

    let cleo = street.peer.actor("cleo");
    let (promise, _) = street.promised(&cleo, 2, "3").await;
    let gone = cleo.activity("Delete", 9, cleo.url.to_string().into());
    cleo.send_and_work(&street.ring, &gone).await;
    let id = promise.id;
    let person = move |conn: &mut mutuals::db::Conn| promise_people::find(conn, id);
    assert_eq!(app.db.read(person).await.unwrap().unwrap().actor, None);
    assert_eq!(street.promise(id).await, promise);
}

#[tokio::test]
async fn what_is_not_looked_for_any_more_says_so() {
    let street = Street::start().await;
    let (_, token) = street.promised(&street.bo, 1, "5").await;
    let app = &street.ring.app;
    let close = Step::Close(CloseReason::NoLongerRelevant);
    change_proposal(app, &street.rosa, street.need.id, close).await.unwrap();
    let Seen(status, _, html) = street.get(&format!("promised/{token}")).await;
    assert_eq!(status, 200);
    assert!(html.contains("There is nothing to bring."), "{html}");
    change_proposal(app, &street.rosa, street.need.id, Step::Withdraw).await.unwrap();
    let Seen(status, headers, _) = street.post(&format!("promised/{token}/release"), "").await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/"));
}

#[tokio::test]
async fn who_is_concerned_by_what_others_did_hears_of_it() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let tove = street.ring.steward("Tove").await;
    let before = make_promise(app, &tove, street.need.id, Some(amount("8")), "").await.unwrap();
    let (promise, token) = street.promised(&street.bo, 1, "5").await;
    let last = || {
        let told = street.told(&street.bo);
        (told.len(), told.last().unwrap()["object"]["content"].as_str().unwrap().to_owned())
    };
    release_promise(app, &tove, before.id, Some(amount("2"))).await.unwrap();
    street.ring.work().await;
    let (count, content) = last();
    assert_eq!(count, 2);
    assert!(content.contains("needed now: 4 blankets"), "{content}");
    assert!(content.contains("in reserve: 1") && !content.contains("/promised/"), "{content}");

    let close = |reason| change_proposal(app, &tove, street.need.id, Step::Close(reason));
    close(CloseReason::NoLongerRelevant).await.unwrap();
    street.ring.work().await;
    let (count, content) = last();
    assert!(count == 3 && content.contains("nothing to bring"), "{content}");
    change_proposal(app, &tove, street.need.id, Step::Reopen).await.unwrap();
    street.ring.work().await;
    assert!(last().1.contains("needed now: 4 blankets"));
    assert_eq!(street.get(&format!("promised/{token}")).await.0, 200);

    release_promise(app, &tove, promise.id, None).await.unwrap();
    street.ring.work().await;
    let (count, content) = last();
    assert!(count == 5 && content.contains("Nothing more is expected"), "{content}");
    let Seen(_, _, html) = street.get(&format!("promised/{token}")).await;
    assert!(html.contains("It was let go.") && !html.contains("I brought it"), "{html}");
    assert_eq!(street.post(&format!("promised/{token}/confirm"), "amount=5").await.0, 422);
    release_promise(app, &tove, before.id, None).await.unwrap();
    street.ring.work().await;
    assert_eq!(street.told(&street.bo).len(), 5);
}

#[tokio::test]
async fn an_answer_to_our_message_reaches_the_author_and_the_stewards() {
    let street = Street::start().await;
    street.promised(&street.bo, 1, "5").await;
    let told = street.told(&street.bo).pop().unwrap();
    let mut note = street.bo.note("answer", street.ring.now());
    note["inReplyTo"] = told["object"]["id"].clone();
    note["to"] = json!([street.ring.app.collective.urls().actor()]);
    note["content"] = json!("<p>I come on foot</p>");
    street.bo.send_and_work(&street.ring, &street.bo.activity("Create", 2, note)).await;
    let id = street.need.id;
    let read = move |conn: &mut mutuals::db::Conn| replies::list_by_proposal(conn, id);
    let said = street.ring.app.db.read(read).await.unwrap();
    assert_eq!(said.len(), 2);
    assert!(said.iter().any(|(said, _)| said.html.contains("on foot") && !said.is_public));
}
