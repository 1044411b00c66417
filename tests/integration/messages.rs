//! People of the fediverse who write to us: what they ask for in public or privately, the answer in
//! their thread, and what becomes of it.

use bytes::Bytes;
use http::HeaderMap;
use jiff::SignedDuration;
use mutuals::actions::care_by_link::{came_by_link, close_by_link, withdraw_by_link};
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::hear_message::{ASK_LASTS, post_hash};
use mutuals::actions::look_after_messages::{accept_message, answer_message, put_aside};
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::publish_message::{Ask, publish_by_link};
use mutuals::config::Config;
use mutuals::db::{Conn, messages, proposal_people, proposals};
use mutuals::domain::audience::Audience;
use mutuals::domain::draft::Draft;
use mutuals::domain::message::{Channel, HeldBecause, Message, MessageState};
use mutuals::domain::proposal::{Proposal, Purpose, State};
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;
use serde_json::{Value, json};

use crate::peer::{Actor, Peer};
use crate::people::{end_flood, flood_for};
use crate::testapp::TestApp;

/// Ring Street, and Amina on a server of her own.
pub struct Street {
    pub ring: TestApp,
    pub peer: Peer,
    pub amina: Actor,
}

impl Street {
    pub async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let peer = Peer::start().await;
        let amina = peer.actor("amina");
        Self { ring, peer, amina }
    }

    /// A public post of somebody that names us, with tags.
    pub fn post(&self, who: &Actor, name: &str, text: &str, tags: &[&str]) -> Value {
        let us = self.ring.app.collective.urls().actor();
        let mut note = who.note(name, self.ring.now());
        note["content"] = json!(format!(
            "<p><span class=\"h-card\"><a href=\"{us}\" class=\"u-url mention\">@<span>ring</span>\
             </a></span> {text}</p>"
        ));
        let mut tag = vec![json!({"type": "Mention", "href": us, "name": "@ring"})];
        tag.extend(tags.iter().map(|name| json!({"type": "Hashtag", "name": name})));
        note["tag"] = json!(tag);
        note
    }

    /// A post for us alone.
    pub fn letter(&self, who: &Actor, name: &str, text: &str) -> Value {
        let mut note = self.post(who, name, text, &[]);
        note["to"] = json!([self.ring.app.collective.urls().actor()]);
        note
    }

    pub async fn send(&self, who: &Actor, kind: &str, number: u32, note: Value) {
        who.send_and_work(&self.ring, &who.activity(kind, number, note)).await;
    }

    /// What is kept of a post.
    pub async fn kept(&self, who: &Actor, name: &str) -> Option<Message> {
        let hash = post_hash(&format!("{}/notes/{name}", who.url));
        let read = move |conn: &mut Conn| messages::find_by_post(conn, &hash);
        self.ring.app.db.read(read).await.unwrap()
    }

    /// What was said to somebody alone, in order.
    pub fn told(&self, who: &Actor) -> Vec<Value> {
        let all = self.peer.received().into_iter();
        let direct = all.filter(|sent| sent["object"]["directMessage"] == json!(true));
        direct.filter(|sent| sent["to"] == json!([who.url])).collect()
    }

    /// The secret in the last link that somebody got.
    pub fn token(&self, who: &Actor) -> String {
        let told = self.told(who).pop().unwrap();
        let content = told["object"]["content"].as_str().unwrap().to_owned();
        let (_, rest) = content.split_once("/asked/").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Street {
    /// Amina asks for a pram and gets a link.
    async fn asked(&self) -> String {
        let note = self.post(&self.amina, "pram", "need a pram by Friday", &["#need"]);
        self.send(&self.amina, "Create", 1, note).await;
        self.token(&self.amina)
    }

    async fn publish(&self, token: &str, audience: &str) -> Result<Proposal, Error> {
        let draft = Draft {
            title: "A pram".into(),
            amount: "1".into(),
            audience: audience.into(),
            ..Draft::default()
        };
        let ask = Ask { purpose: Purpose::Need, draft, with_name: false };
        let published = publish_by_link(&self.ring.app, token, ask).await;
        self.ring.work().await;
        published
    }

    async fn post_form(&self, path: &str, form: &str) -> (u16, HeaderMap, String) {
        let url = self.ring.base.join(path).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        let body = Bytes::from(form.to_owned());
        let answer = self.ring.visitor.post(&url, headers, body).await.unwrap();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        (answer.status.as_u16(), answer.headers, text)
    }

    async fn get(&self, path: &str) -> (u16, HeaderMap, String) {
        let url = self.ring.base.join(path).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("accept", "text/html".parse().unwrap());
        let answer = self.ring.visitor.get(&url, headers).await.unwrap();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        (answer.status.as_u16(), answer.headers, text)
    }

    /// Everything that went out besides what was said to Amina alone.
    fn public(&self) -> String {
        let told = self.told(&self.amina);
        let all = self.peer.received().into_iter().filter(|sent| !told.contains(sent));
        serde_json::to_string(&all.collect::<Vec<_>>()).unwrap()
    }

    async fn follow(&self, who: &Actor) {
        let us = self.ring.app.collective.urls().actor().to_string();
        who.send_and_work(&self.ring, &who.activity("Follow", 900, us.into())).await;
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn content(told: &Value) -> &str {
    told["object"]["content"].as_str().unwrap()
}

#[tokio::test]
async fn a_tagged_post_that_names_us_is_answered_with_a_link_and_published_by_nobody() {
    let street = Street::start().await;
    let text = "need a pram by Friday, can pick up";
    let note = street.post(&street.amina, "pram", text, &["#Need"]);
    street.send(&street.amina, "Create", 1, note).await;
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert_eq!((kept.channel, kept.purpose), (Channel::Public, Some(Purpose::Need)));
    assert_eq!((kept.state, kept.text.as_str()), (MessageState::Answered, text));

    let told = street.told(&street.amina);
    assert_eq!(told.len(), 1);
    let note = &told[0]["object"];
    assert_eq!((&told[0]["cc"], &note["cc"]), (&json!([]), &json!([])));
    assert_eq!(note["inReplyTo"], json!(format!("{}/notes/pram", street.amina.url)));
    assert_eq!(note["tag"][0]["href"], json!(street.amina.url));
    let said = content(&told[0]);
    assert!(said.contains("u-url mention\">@<span>amina</span>"), "{said}");
    // The clock of the test stands on a Monday.
    assert!(said.contains("need a pram by Friday, can pick up (Friday 27 November)"), "{said}");
    assert!(said.contains("Nothing is published yet.") && said.contains("/asked/"), "{said}");

    let list = street.ring.app.db.read(mutuals::db::proposals::list).await.unwrap();
    assert!(list.is_empty());
}

#[tokio::test]
async fn the_same_post_again_makes_nothing_twice() {
    let street = Street::start().await;
    let note = street.post(&street.amina, "pram", "need a pram", &["#need"]);
    for number in [1, 1, 2, 3] {
        street.send(&street.amina, "Create", number, note.clone()).await;
    }
    street.send(&street.amina, "Update", 4, note).await;
    assert_eq!(street.told(&street.amina).len(), 1);
    let all = |conn: &mut Conn| messages::list(conn, MessageState::Answered, 10);
    assert_eq!(street.ring.app.db.read(all).await.unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_tag_or_with_both_a_person_reads_it_and_nothing_answers() {
    let street = Street::start().await;
    let posts = [("plain", &[][..]), ("both", &["#need", "#offer"]), ("cat", &["#cats"])];
    for (number, (name, tags)) in (1..).zip(posts) {
        let note = street.post(&street.amina, name, "hello there", tags);
        street.send(&street.amina, "Create", number, note).await;
        let kept = street.kept(&street.amina, name).await.unwrap();
        assert_eq!((kept.state, kept.purpose), (MessageState::Waiting, None), "{name}");
    }
    assert!(street.told(&street.amina).is_empty());
    let count = street.ring.app.db.read(messages::count_waiting).await.unwrap();
    assert_eq!(count, 3);
}

#[tokio::test]
async fn only_a_mention_in_the_tags_of_a_person_counts() {
    let street = Street::start().await;
    let mut by_text = street.post(&street.amina, "text", "@ring need a pram", &["#need"]);
    by_text["tag"] = json!([{"type": "Hashtag", "name": "#need"}]);
    street.send(&street.amina, "Create", 1, by_text).await;
    assert_eq!(street.kept(&street.amina, "text").await, None);

    for kind in ["Service", "Application", "Group", "Organization"] {
        let bot = street.peer.actor(&format!("bot{kind}"));
        let mut document = bot.document();
        document["type"] = json!(kind);
        street.peer.serve(&bot.url, document);
        let note = street.post(&bot, "post", "need a pram", &["#need"]);
        street.send(&bot, "Create", 1, note).await;
        assert_eq!(street.kept(&bot, "post").await, None, "{kind}");
        assert!(street.told(&bot).is_empty(), "{kind}");
    }

    let foreign = street.peer.actor("foreign");
    let note = street.post(&street.amina, "pram", "need a pram", &["#need"]);
    street.send(&foreign, "Create", 1, note).await;
    assert_eq!(street.kept(&street.amina, "pram").await, None);
}

#[tokio::test]
async fn an_edit_changes_what_waits_and_is_never_answered() {
    let street = Street::start().await;
    let mut note = street.post(&street.amina, "pram", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, note.clone()).await;
    street.ring.advance(60);
    note["content"] = json!("<p>need a pram and a cot</p>");
    note["updated"] = json!(street.ring.now());
    street.send(&street.amina, "Update", 2, note.clone()).await;
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert_eq!(kept.text, "need a pram and a cot");
    note["content"] = json!("<p>older</p>");
    note["updated"] = json!(street.ring.now() - SignedDuration::from_secs(30));
    street.send(&street.amina, "Update", 3, note).await;
    assert_eq!(street.kept(&street.amina, "pram").await.unwrap().text, "need a pram and a cot");

    // Whoever names us only afterwards is read by a person.
    let late = street.post(&street.amina, "late", "need a cot", &["#need"]);
    street.send(&street.amina, "Update", 4, late).await;
    let kept = street.kept(&street.amina, "late").await.unwrap();
    assert_eq!(kept.state, MessageState::Waiting);
    assert_eq!(street.told(&street.amina).len(), 1);
}

#[tokio::test]
async fn what_its_writer_deletes_is_forgotten() {
    let street = Street::start().await;
    let note = street.post(&street.amina, "pram", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, note.clone()).await;
    let gone = json!({"id": note["id"], "type": "Tombstone"});
    let foreign = street.peer.actor("foreign");
    street.send(&foreign, "Delete", 1, gone.clone()).await;
    assert_eq!(street.kept(&street.amina, "pram").await.unwrap().state, MessageState::Answered);
    street.send(&street.amina, "Delete", 2, gone).await;
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert_eq!(kept.state, MessageState::Deleted);
    assert_eq!((kept.text.as_str(), kept.actor, kept.url), ("", None, None));
    // What arrives late does not bring it back.
    street.send(&street.amina, "Create", 3, note).await;
    assert_eq!(street.kept(&street.amina, "pram").await.unwrap().text, "");
    assert_eq!(street.told(&street.amina).len(), 1);
}

#[tokio::test]
async fn with_the_actor_everything_that_they_wrote_goes() {
    let street = Street::start().await;
    let note = street.post(&street.amina, "pram", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, note).await;
    let gone = json!(street.amina.url);
    street.send(&street.amina, "Delete", 2, gone).await;
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert_eq!((kept.text.as_str(), kept.actor, kept.url), ("", None, None));
    assert_eq!(kept.state, MessageState::Deleted);
}

#[tokio::test]
async fn by_the_link_it_is_published_without_a_name() {
    let street = Street::start().await;
    let bo = street.peer.actor("bo");
    street.follow(&bo).await;
    let token = street.asked().await;
    let path = format!("asked/{token}");
    for _ in 0..2 {
        let (status, headers, html) = street.get(&path).await;
        assert_eq!(status, 200);
        assert!(html.contains("value=\"need a pram by Friday\""), "{html}");
        assert!(html.contains("value=\"2026-11-27\"") && html.contains("value=\"For babies\""));
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-robots-tag"], "noindex");
        assert!(!html.contains(&format!("={token}")) && !html.contains(&format!("%2F{token}")));
    }
    // Looking at it and "not yet" use nothing up.
    let (status, _, _) = street.post_form(&path, "then=later").await;
    assert_eq!(status, 303);
    let form = "then=nameless&title=A+pram&amount=1&audience=public&until=2026-11-27";
    let (status, headers, html) = street.post_form(&path, form).await;
    assert_eq!(status, 303, "{html}");
    assert!(!headers["location"].to_str().unwrap().contains(&token));
    assert_eq!(street.get(&path).await.0, 410);
    assert_eq!(street.post_form(&path, form).await.0, 410);
    street.ring.work().await;

    let all = street.ring.app.db.read(proposals::list).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].purpose, all[0].state), (Purpose::Need, State::Open));
    let id = all[0].id;
    let private = street.ring.app.db.read(move |conn| {
        Ok((proposals::find_private(conn, id)?, proposal_people::find(conn, id)?))
    });
    let (private, asker) = private.await.unwrap();
    assert_eq!(private.author, None);
    assert!(asker.unwrap().actor.is_some());
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert_eq!((kept.state, kept.proposal), (MessageState::Published, Some(id)));

    let public = street.public();
    assert!(public.contains("A pram") && public.contains("valueflows"), "{public}");
    assert!(!public.contains("amina") && !public.contains(&token), "{public}");
    let (_, _, html) = street.get(&format!("@ring/{id}")).await;
    assert!(html.contains("A pram") && !html.contains("amina"), "{html}");
    // They were told, with another link.
    assert_eq!(street.told(&street.amina).len(), 2);
    assert_ne!(street.token(&street.amina), token);
}

#[tokio::test]
async fn with_their_name_only_if_they_say_so_and_never_from_a_private_post() {
    let street = Street::start().await;
    let token = street.asked().await;
    let form = "then=named&title=A+pram&audience=public";
    assert_eq!(street.post_form(&format!("asked/{token}"), form).await.0, 303);
    let all = street.ring.app.db.read(proposals::list).await.unwrap();
    assert_eq!(all[0].content.text, "", "the handle stands apart from the text");
    let handle = format!("amina@{}", street.amina.url.authority());
    assert_eq!(all[0].asked_by.as_deref(), Some(&*handle));
    let (_, _, html) = street.get(&format!("@ring/{}", all[0].id)).await;
    assert!(html.contains(&format!("Asked by @{handle}.")), "{html}");

    let letter = street.letter(&street.amina, "letter", "need a cot");
    street.send(&street.amina, "Create", 2, letter).await;
    let token = street.token(&street.amina);
    assert_eq!(street.post_form(&format!("asked/{token}"), form).await.0, 303);
    let all = street.ring.app.db.read(proposals::list).await.unwrap();
    assert_eq!((all[0].content.text.as_str(), &all[0].asked_by), ("", &None));
}

/// Every column in which a word stands, without those that say who an actor is.
fn columns_with(street: &Street, word: &str) -> Vec<String> {
    let mut found = crate::leaving::columns_with(street.ring.location(), word);
    found.retain(|column| !column.starts_with("remote_"));
    found
}

#[tokio::test]
async fn a_handle_goes_with_the_post_from_page_note_outbox_and_database() {
    for with_account in [false, true] {
        let street = Street::start().await;
        let tove = street.ring.steward("Tove").await;
        let bo = street.peer.actor("bo");
        street.follow(&bo).await;
        let quiet = street.peer.actor("quietamina");
        let note = street.post(&quiet, "pram", "need a pram by Friday", &["#need"]);
        street.send(&quiet, "Create", 1, note.clone()).await;
        let draft = Draft { title: "A pram".into(), ..Draft::default() };
        let ask = Ask { purpose: Purpose::Need, draft, with_name: true };
        let token = street.token(&quiet);
        let need = publish_by_link(&street.ring.app, &token, ask).await.unwrap();
        street.ring.work().await;
        let urls = street.ring.app.collective.urls();
        let places = async || {
            let mut all = String::new();
            let outbox = street.ring.base.join("c/ring/outbox?page=true").unwrap();
            for url in [urls.proposal(need.id), outbox] {
                all.push_str(&street.ring.get_json(&url).await.1.to_string());
            }
            all.push_str(&street.get(&format!("@ring/{}", need.id)).await.2);
            all
        };
        let before = places().await;
        assert!(before.matches("Asked by @quietamina@").count() > 2, "{before}");
        assert!(street.public().contains("quietamina"));

        let told = street.peer.received().len();
        street.ring.advance(60);
        let gone = if with_account { json!(quiet.url) } else { note["id"].clone() };
        street.send(&quiet, "Delete", 2, gone).await;
        street.ring.work().await;
        let after = places().await;
        assert!(after.contains("A pram") && !after.contains("quietamina"), "{after}");
        let news = street.peer.received().split_off(told);
        let update = news.iter().find(|sent| sent["type"] == "Update").unwrap();
        assert_eq!(update["object"]["id"], json!(urls.proposal(need.id)));
        assert!(!update.to_string().contains("quietamina"), "{update}");
        // What was said to her alone, and that her post is gone, is known for a month; where her inbox
        // is goes with the next look at what is not used.
        housekeeping::run(&street.ring.app).await.unwrap();
        let mut known = columns_with(&street, "quietamina");
        known.retain(|column| {
            !["received_activities.", "sent_activities.", "tombstones."]
                .iter()
                .any(|table| column.starts_with(table))
        });
        assert_eq!(known, [""; 0]);
        let sent = street.ring.app.db.read(mutuals::db::activities::list_sent).await.unwrap();
        let about = sent.iter().filter(|sent| sent.object_url == urls.proposal(need.id).as_str());
        assert!(about.clone().count() > 1);
        assert!(about.clone().all(|sent| !sent.body.contains("quietamina")));

        // Whoever looks after the house is asked whether it still stands.
        let id = tove.id;
        let notices = move |conn: &mut Conn| mutuals::db::notices::list(conn, id, 10);
        let notices = street.ring.app.db.read(notices).await.unwrap();
        let told: Vec<_> = notices.into_iter().map(|told| (told.kind, told.subject)).collect();
        let page = urls.page(need.id).path().to_owned();
        assert_eq!(told, [(mutuals::domain::notice::Kind::WriterGone, page)]);
        assert_eq!(street.ring.proposal(need.id).await.state, State::Open);
    }
}

#[tokio::test]
async fn an_edit_changes_nothing_that_was_published_or_put_aside() {
    let street = Street::start().await;
    let mut pram = street.post(&street.amina, "pram", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, pram.clone()).await;
    let need = street.publish(&street.token(&street.amina), "public").await.unwrap();
    let mut cot = street.post(&street.amina, "cot", "need a cot", &["#need"]);
    street.send(&street.amina, "Create", 2, cot.clone()).await;
    let id = street.kept(&street.amina, "cot").await.unwrap().id;
    put_aside(&street.ring.app, id, None).await.unwrap();
    let kept = async |name| street.kept(&street.amina, name).await.unwrap();
    let before = (kept("pram").await, kept("cot").await, street.ring.proposal(need.id).await);
    street.ring.advance(60);
    for (number, note) in [(3, &mut pram), (4, &mut cot)] {
        note["content"] = json!("<p>need a yacht</p>");
        note["updated"] = json!(street.ring.now());
        street.send(&street.amina, "Update", number, note.clone()).await;
    }
    let after = (kept("pram").await, kept("cot").await, street.ring.proposal(need.id).await);
    assert_eq!(before, after);
}

#[tokio::test]
async fn e27_who_asked_by_a_message_in_a_round_hears_once_how_it_goes_on() {
    let street = Street::start().await;
    let token = street.asked().await;
    let need = street.publish(&token, "public").await.unwrap().id;
    let (ida, flood) = flood_for(&street.ring, need).await;
    end_flood(&street.ring, (&ida, flood), need).await;
    let before = street.told(&street.amina).len();
    mutuals::actions::round::close(&street.ring.app, &ida, flood).await.unwrap();
    street.ring.work().await;
    let told = street.told(&street.amina);
    assert_eq!(told.len(), before + 1, "{told:?}");
    let content = told[before]["object"]["content"].as_str().unwrap();
    assert!(content.contains("Flood") && content.contains("/duties\""), "{content}");
    assert!(!content.contains("/asked/"), "it brings no link of theirs");
}

#[tokio::test]
async fn an_end_is_there_for_calendars_by_both_links() {
    let street = Street::start().await;
    let until = Some(street.ring.now() + SignedDuration::from_hours(72));
    let draft = Draft { title: "A pram".into(), ends_at: until, ..Draft::default() };
    let ask = Ask { purpose: Purpose::Need, draft, with_name: false };
    let token = street.asked().await;
    let need = publish_by_link(&street.ring.app, &token, ask).await.unwrap();
    street.ring.work().await;
    let calendar = format!("/@ring/{}.ics", need.id);
    let (_, _, html) = street.get(&format!("asked/{}", street.token(&street.amina))).await;
    assert!(html.contains(&format!("href=\"{calendar}\"")), "{html}");
    let (status, headers, ics) = street.get(&calendar[1..]).await;
    assert_eq!(
        (status, headers["content-type"].to_str().unwrap()),
        (200, "text/calendar; charset=utf-8")
    );
    assert!(ics.contains("SUMMARY:A pram"), "{ics}");
}

#[tokio::test]
async fn a_collective_is_asked_by_a_tag_of_its_own() {
    let mut config = crate::testapp::config();
    config.asking.need_words = vec!["kinderkram".into()];
    let ring = TestApp::start_as("ring", config).await;
    let peer = Peer::start().await;
    let amina = peer.actor("amina");
    let street = Street { ring, peer, amina };
    let note = street.post(&street.amina, "pram", "ein Kinderwagen", &["#Kinderkram"]);
    street.send(&street.amina, "Create", 1, note).await;
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert_eq!((kept.purpose, kept.state), (Some(Purpose::Need), MessageState::Answered));
    let (_, _, html) = street.get("about").await;
    assert!(html.contains("we understand #kinderkram"), "{html}");
}

#[tokio::test]
async fn asked_01_a_link_stops_after_use_and_after_two_days() {
    let street = Street::start().await;
    let token = street.asked().await;
    street.ring.app.clock.advance(ASK_LASTS - SignedDuration::from_secs(60));
    assert_eq!(street.get(&format!("asked/{token}")).await.0, 200);
    street.ring.advance(61);
    assert_eq!(street.get(&format!("asked/{token}")).await.0, 410);
    assert_eq!(refused(street.publish(&token, "public").await), Refusal::LinkUsedOrExpired);
    assert!(street.ring.app.db.read(proposals::list).await.unwrap().is_empty());
}

#[tokio::test]
async fn asked_02_a_link_publishes_once_even_at_the_same_moment() {
    let street = Street::start().await;
    let token = street.asked().await;
    let (one, other) =
        tokio::join!(street.publish(&token, "public"), street.publish(&token, "public"));
    assert!(one.is_ok() != other.is_ok());
    assert_eq!(street.ring.app.db.read(proposals::list).await.unwrap().len(), 1);
}

#[tokio::test]
async fn asked_03_no_other_token_opens_anything_and_a_refusal_uses_nothing_up() {
    let street = Street::start().await;
    let token = street.asked().await;
    let hash = mutuals::keys::secret_hash(&token);
    for made_up in ["x".to_owned(), mutuals::keys::secret().unwrap(), hash] {
        assert_eq!(street.get(&format!("asked/{made_up}")).await.0, 410);
        for step in ["", "/enough", "/withdraw"] {
            let path = format!("asked/{made_up}{step}");
            assert_eq!(street.post_form(&path, "title=A&then=nameless").await.0, 410, "{path}");
        }
    }
    let path = format!("asked/{token}");
    let (status, _, html) = street.post_form(&path, "then=nameless&title=&amount=a+few").await;
    assert_eq!(status, 422);
    assert!(html.contains("as a number") && html.contains("value=\"a few\""), "{html}");
    // Before anything is published, there is nothing to look after.
    assert_eq!(street.post_form(&format!("{path}/enough"), "").await.0, 410);
    assert!(street.publish(&token, "public").await.is_ok());
}

#[tokio::test]
async fn by_the_next_link_they_say_that_it_came_and_that_it_is_enough() {
    let street = Street::start().await;
    let need = street.publish(&street.asked().await, "public").await.unwrap();
    let joris = street.ring.member("Joris").await;
    let app = &street.ring.app;
    let promise = make_promise(app, &joris, need.id, None, "").await.unwrap();
    let care = street.token(&street.amina);
    street.ring.work().await;
    let told = street.told(&street.amina).pop().unwrap();
    assert!(content(&told).contains("Good news"), "{told}");
    assert!(content(&told).contains("1 of 1 promised") && !content(&told).contains("Joris"));
    let (status, headers, html) = street.get(&format!("asked/{care}")).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    assert!(html.contains("It came") && !html.contains("Joris"), "{html}");
    // It is no link to publish by.
    assert_eq!(refused(street.publish(&care, "public").await), Refusal::LinkUsedOrExpired);

    let foreign = street.ring.need(&joris, "Blankets", "2").await;
    let other = make_promise(app, &joris, foreign.id, None, "").await.unwrap();
    assert!(matches!(came_by_link(app, &care, other.id, None).await, Err(Error::NotFound)));
    let cared = came_by_link(app, &care, promise.id, None).await.unwrap();
    assert!(cared.is_link_sent);
    confirm_fulfilment(app, &joris, promise.id, None, "").await.unwrap();
    street.ring.work().await;
    let care = street.token(&street.amina);
    let (_, _, html) = street.get(&format!("asked/{care}")).await;
    assert!(html.contains("both sides said so") && html.contains("That is enough"), "{html}");
    assert!(!close_by_link(app, &care).await.unwrap().is_link_sent);
    assert_eq!(street.ring.proposal(need.id).await.state, State::Enough);
    assert_eq!(street.get(&format!("asked/{care}")).await.0, 410);
}

#[tokio::test]
async fn what_was_published_can_be_taken_back() {
    let street = Street::start().await;
    let bo = street.peer.actor("bo");
    street.follow(&bo).await;
    let need = street.publish(&street.asked().await, "public").await.unwrap();
    let care = street.token(&street.amina);
    assert_eq!(street.post_form(&format!("asked/{care}/withdraw"), "").await.0, 303);
    street.ring.work().await;
    assert_eq!(street.ring.proposal(need.id).await.state, State::Withdrawn);
    let deleted = |sent: &&Value| sent["type"] == json!("Delete");
    assert_eq!(street.peer.received().iter().filter(deleted).count(), 1);
    assert_eq!(
        refused(withdraw_by_link(&street.ring.app, &care).await),
        Refusal::LinkUsedOrExpired
    );
}

#[tokio::test]
async fn after_delete_what_was_published_stands_without_them() {
    let street = Street::start().await;
    let need = street.publish(&street.asked().await, "public").await.unwrap();
    let gone = json!({"id": format!("{}/notes/pram", street.amina.url), "type": "Tombstone"});
    street.send(&street.amina, "Delete", 2, gone).await;
    let id = need.id;
    let find = move |conn: &mut Conn| proposal_people::find(conn, id);
    assert_eq!(street.ring.app.db.read(find).await.unwrap().unwrap().actor, None);
    let kept = street.kept(&street.amina, "pram").await.unwrap();
    assert!(kept.lost_its_writer());
    assert_eq!((kept.text.as_str(), kept.url), ("", None));
    assert_eq!(street.ring.proposal(need.id).await.state, State::Open);
    assert_eq!(street.ring.app.db.read(messages::count_waiting).await.unwrap(), 1);
    assert_eq!(refused(answer_message(&street.ring.app, kept.id).await), Refusal::WriterGone);
}

#[tokio::test]
async fn a_private_post_is_answered_privately_and_nothing_of_it_is_repeated() {
    let street = Street::start().await;
    let bo = street.peer.actor("bo");
    street.follow(&bo).await;
    let secret = "I lost my job and need food for two, call 555 0101 234 #need";
    let mut letter = street.letter(&street.amina, "letter", secret);
    let tags = letter["tag"].as_array_mut().unwrap();
    tags.push(json!({"type": "Hashtag", "name": "#need"}));
    street.send(&street.amina, "Create", 1, letter).await;
    let kept = street.kept(&street.amina, "letter").await.unwrap();
    assert_eq!((kept.channel, kept.state), (Channel::Direct, MessageState::Answered));

    let told = street.told(&street.amina);
    let said = content(&told[0]);
    assert!(said.contains("administrators of your server and of ours"), "{said}");
    assert!(!said.contains("named others"), "{said}");
    assert_eq!(told[0]["object"]["cc"], json!([]));
    let token = street.token(&street.amina);
    let (_, _, html) = street.get(&format!("asked/{token}")).await;
    for word in ["lost my job", "food for two", "555 0101"] {
        assert!(!html.contains(word) && !said.contains(word), "{word}");
    }
    assert!(!html.contains("amina"), "{html}");
    assert!(html.contains("value=\"shift\" checked"), "{html}");

    let need = street.publish(&token, "shift").await.unwrap();
    assert_eq!(need.content.audience, Audience::Shift);
    street.ring.work().await;
    assert!(!street.public().contains("pram"), "it federates never");
    assert_eq!(street.get(&format!("@ring/{}", need.id)).await.0, 404);
    let (_, headers, _) =
        street.post_form(&format!("asked/{}/enough", street.token(&street.amina)), "").await;
    assert_eq!(headers["location"], "/");
}

#[tokio::test]
async fn who_names_others_in_a_private_post_is_warned_and_answered_alone() {
    let street = Street::start().await;
    let bo = street.peer.actor("bo");
    let mut letter = street.letter(&street.amina, "letter", "please help");
    let tags = letter["tag"].as_array_mut().unwrap();
    tags.push(json!({"type": "Mention", "href": bo.url, "name": "@bo"}));
    letter["cc"] = json!([bo.url]);
    street.send(&street.amina, "Create", 1, letter).await;
    let told = street.told(&street.amina);
    assert!(content(&told[0]).contains("You named others"), "{told:?}");
    assert_eq!(told[0]["to"], json!([street.amina.url]));
    assert!(street.told(&bo).is_empty());
}

#[tokio::test]
async fn an_answer_to_our_answer_starts_nothing_again() {
    let street = Street::start().await;
    let letter = street.letter(&street.amina, "letter", "please help");
    street.send(&street.amina, "Create", 1, letter).await;
    let mut thanks = street.letter(&street.amina, "thanks", "thank you so much");
    thanks["inReplyTo"] = street.told(&street.amina)[0]["object"]["id"].clone();
    street.send(&street.amina, "Create", 2, thanks).await;
    assert_eq!(street.told(&street.amina).len(), 1);
    let kept = street.kept(&street.amina, "thanks").await.unwrap();
    assert_eq!(kept.state, MessageState::Waiting);
}

#[tokio::test]
async fn what_was_said_is_erased_a_month_after_it_is_over() {
    let street = Street::start().await;
    let app = &street.ring.app;
    let aside = street.letter(&street.amina, "aside", "good morning");
    street.send(&street.amina, "Create", 2, aside).await;
    let id = street.kept(&street.amina, "aside").await.unwrap().id;
    put_aside(app, id, None).await.unwrap();
    let letter = street.letter(&street.amina, "letter", "need food");
    street.send(&street.amina, "Create", 1, letter.clone()).await;
    let need = street.publish(&street.token(&street.amina), "shift").await.unwrap();
    let day = |days: i64| street.ring.advance(days * 24 * 3600);
    day(40);
    housekeeping::run(app).await.unwrap();
    // Put aside forty days ago; and what is open is kept.
    assert_eq!(street.kept(&street.amina, "aside").await.unwrap().text, "");
    assert_eq!(street.kept(&street.amina, "letter").await.unwrap().text, "need food");
    let care = street.token(&street.amina);
    close_by_link(app, &care).await.unwrap();
    housekeeping::run(app).await.unwrap();
    day(29);
    housekeeping::run(app).await.unwrap();
    assert_eq!(street.kept(&street.amina, "letter").await.unwrap().text, "need food");
    day(2);
    housekeeping::run(app).await.unwrap();
    let kept = street.kept(&street.amina, "letter").await.unwrap();
    assert_eq!((kept.text.as_str(), kept.actor, kept.url), ("", None, None));
    let find = move |conn: &mut Conn| proposal_people::find(conn, need.id);
    assert_eq!(app.db.read(find).await.unwrap().unwrap().actor, None);
    // An old post that comes again is not taken for new.
    street.send(&street.amina, "Create", 3, letter).await;
    assert_eq!(street.kept(&street.amina, "letter").await.unwrap().text, "");
}

#[tokio::test]
async fn who_never_goes_on_is_forgotten_in_the_end() {
    let street = Street::start().await;
    let letter = street.letter(&street.amina, "letter", "need food");
    street.send(&street.amina, "Create", 1, letter).await;
    for _ in 0..2 {
        street.ring.advance(31 * 24 * 3600);
        housekeeping::run(&street.ring.app).await.unwrap();
    }
    let kept = street.kept(&street.amina, "letter").await.unwrap();
    assert_eq!((kept.state, kept.text.as_str()), (MessageState::PutAside, ""));
}

#[tokio::test]
async fn msg_01_the_eleventh_message_of_a_day_is_held() {
    let street = Street::start().await;
    for number in 0..12 {
        let note = street.post(&street.amina, &format!("n{number}"), "need", &["#need"]);
        street.send(&street.amina, "Create", number, note).await;
    }
    assert_eq!(street.told(&street.amina).len(), 10);
    let kept = street.kept(&street.amina, "n11").await.unwrap();
    assert_eq!(kept.state, MessageState::Held);
    assert_eq!(kept.held_because, Some(HeldBecause::ManyOfOne));
    street.ring.advance(25 * 3600);
    let note = street.post(&street.amina, "later", "need", &["#need"]);
    street.send(&street.amina, "Create", 99, note).await;
    assert_eq!(street.told(&street.amina).len(), 11);
}

#[tokio::test]
async fn msg_02_strangers_are_answered_twenty_times_an_hour() {
    let street = Street::start().await;
    let crowd: Vec<Actor> =
        (0..22).map(|number| street.peer.actor(&format!("c{number}"))).collect();
    for who in &crowd {
        let note = street.post(who, "ask", "need a pram", &["#need"]);
        street.send(who, "Create", 1, note).await;
    }
    let answered = crowd.iter().filter(|who| !street.told(who).is_empty()).count();
    assert_eq!(answered, 20);
    let kept = street.kept(&crowd[21], "ask").await.unwrap();
    assert_eq!(kept.held_because, Some(HeldBecause::ManyOfStrangers));
    // A steward lets it in.
    accept_message(&street.ring.app, kept.id, None).await.unwrap();
    street.ring.work().await;
    assert_eq!(street.told(&crowd[21]).len(), 1);
    assert_eq!(refused(accept_message(&street.ring.app, kept.id, None).await), Refusal::NotHeld);
    // Whoever follows us is no stranger; others of their server are, because everybody can follow.
    street.follow(&crowd[0]).await;
    let note = street.post(&street.amina, "ask", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 1, note).await;
    assert_eq!(street.told(&street.amina).len(), 0);
    street.follow(&street.amina).await;
    let note = street.post(&street.amina, "again", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 2, note).await;
    assert_eq!(street.told(&street.amina).len(), 1);
}

#[tokio::test]
async fn msg_03_links_and_crowds_of_names_of_unknown_servers_are_held_and_needs_kept() {
    let street = Street::start().await;
    let spam = street.post(
        &street.amina,
        "spam",
        "<a href=\"https://coins.example/\">coins</a> double your money",
        &[],
    );
    street.send(&street.amina, "Create", 1, spam).await;
    let kept = street.kept(&street.amina, "spam").await.unwrap();
    assert_eq!(kept.held_because, Some(HeldBecause::Links));
    let mut crowd = street.post(&street.amina, "crowd", "please, we need food", &["#need"]);
    for number in 0..5 {
        let them = json!({"type": "Mention", "href": format!("https://x.example/{number}")});
        crowd["tag"].as_array_mut().unwrap().push(them);
    }
    street.send(&street.amina, "Create", 2, crowd).await;
    let kept = street.kept(&street.amina, "crowd").await.unwrap();
    assert_eq!(kept.held_because, Some(HeldBecause::ManyMentions));
    assert!(street.told(&street.amina).is_empty());
    // With a tag, a link holds nothing up.
    let note = street.post(&street.amina, "ask", "need https://a.example/cot", &["#need"]);
    street.send(&street.amina, "Create", 3, note).await;
    assert_eq!(street.told(&street.amina).len(), 1);
    street.ring.advance(60 * 24 * 3600);
    housekeeping::run(&street.ring.app).await.unwrap();
    assert_eq!(street.kept(&street.amina, "spam").await.unwrap().text, "");
    assert!(street.kept(&street.amina, "crowd").await.unwrap().text.contains("food"));
}

/// The file, and what is understood of it: channel, purpose, language, text.
type Shape = (&'static str, Channel, Option<Purpose>, Option<&'static str>, &'static str);

/// What other servers write.
const SHAPES: [Shape; 9] = [
    (
        "mastodon",
        Channel::Public,
        Some(Purpose::Need),
        Some("en"),
        "need a pram by Friday, can pick up #need",
    ),
    (
        "gotosocial",
        Channel::Public,
        Some(Purpose::Need),
        Some("de"),
        "Zwölf Decken bis Freitag\n#Brauche",
    ),
    (
        "gotosocial_direct",
        Channel::Direct,
        None,
        Some("es"),
        "perdí mi trabajo y necesito comida para dos",
    ),
    ("misskey", Channel::Public, Some(Purpose::Need), None, "4 cobertores até sexta\n#preciso"),
    ("pleroma", Channel::Public, Some(Purpose::Offer), None, "ofrezco una cuna\n#ofrezco"),
    (
        "friendica",
        Channel::Public,
        Some(Purpose::Need),
        Some("de"),
        "Suche Hilfe beim Umzug am Samstag #suche",
    ),
    ("pixelfed", Channel::Public, Some(Purpose::Offer), None, "I have 2 chairs to give #offer"),
    ("lemmy", Channel::Public, None, Some("en"), "could you help here?"),
    ("lemmy_direct", Channel::Direct, None, None, "Mein Sohn braucht Hilfe"),
];

#[tokio::test]
async fn posts_of_other_servers_are_understood() {
    for (file, channel, purpose, language, text) in SHAPES {
        let street = Street::start().await;
        let path = format!("{}/../tests/fixtures/messages/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let us = street.ring.app.collective.urls().actor();
        let base = street.peer.base.as_str().trim_end_matches('/');
        let activity = std::fs::read_to_string(path)
            .unwrap()
            .replace("https://social.example/users/amina", street.amina.url.as_str())
            .replace("https://social.example", base)
            .replace("https://ring.example/c/ring", us.as_str());
        let activity: Value = serde_json::from_str(&activity).unwrap();
        street.amina.send_and_work(&street.ring, &activity).await;
        let hash = post_hash(activity["object"]["id"].as_str().unwrap());
        let read = move |conn: &mut Conn| messages::find_by_post(conn, &hash);
        let kept = street.ring.app.db.read(read).await.unwrap();
        let kept = kept.unwrap_or_else(|| panic!("{file} is not heard"));
        assert_eq!(kept.text, text, "{file}");
        assert_eq!((kept.channel, kept.purpose), (channel, purpose), "{file}");
        assert_eq!(kept.language.as_deref(), language, "{file}");
        let is_answered = channel == Channel::Direct || purpose.is_some();
        assert_eq!(street.told(&street.amina).len(), usize::from(is_answered), "{file}");
        if language == Some("es") {
            let told = street.told(&street.amina);
            assert!(content(&told[0]).contains("Gracias por contárnoslo"), "{told:?}");
        }
    }
}

#[tokio::test]
async fn who_can_be_called_says_so_where_it_is_private() {
    let config = Config { phone: "555 0101, Tuesdays".into(), ..crate::testapp::config() };
    let ring = TestApp::start_as("ring", config).await;
    let peer = Peer::start().await;
    let street = Street { ring, amina: peer.actor("amina"), peer };
    let letter = street.letter(&street.amina, "one", "I lost my job and need food for two");
    street.send(&street.amina, "Create", 1, letter).await;
    let told = street.told(&street.amina).pop().unwrap();
    let content = told["object"]["content"].as_str().unwrap();
    assert!(content.contains("Or call us: 555 0101, Tuesdays."), "{content}");
    let post = street.post(&street.amina, "two", "need a pram", &["#need"]);
    street.send(&street.amina, "Create", 2, post).await;
    let told = street.told(&street.amina).pop().unwrap();
    assert!(!told["object"]["content"].as_str().unwrap().contains("call us"), "{told}");
    for page in ["", "about"] {
        assert!(street.get(page).await.2.contains("555 0101, Tuesdays"), "{page}");
    }
}
