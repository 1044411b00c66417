//! Followers are asked for their opinion about a decision: a Question goes out, votes of polls come in
//! as Mastodon writes them, each actor once; and none of it binds anybody (FEDERATION.md).

use mutuals::actions::decide::{self, Wish};
use mutuals::db::{decisions, opinions};
use mutuals::domain::decision::{Decision, Ending, Method, Opinions, Quorum, Voice};
use mutuals::domain::member::Member;
use mutuals::jobs::housekeeping;
use serde_json::{Value, json};

use crate::decisions::wish;
use crate::peer::{Actor, Peer};
use crate::testapp::TestApp;
use crate::web::house::Browser;

const WEEK: i64 = 7 * 24 * 60 * 60;

/// Ring, with a follower on another server.
struct Street {
    ring: TestApp,
    ida: Member,
    peer: Peer,
    ana: Actor,
}

impl Street {
    async fn start() -> Self {
        let ring = TestApp::start("ring").await;
        let ida = ring.steward("Ida").await;
        let peer = Peer::start().await;
        let ana = peer.actor("ana");
        let us = ring.app.collective.urls().actor().to_string();
        ana.send_and_work(&ring, &ana.activity("Follow", 1, us.into())).await;
        Self { ring, ida, peer, ana }
    }

    async fn asked(&self) -> Decision {
        let wish = wish(&self.ring, Method::Vote, Quorum::Number(1));
        let wish = Wish { asks_followers: true, ..wish };
        let asked = decide::propose(&self.ring.app, &self.ida, wish).await.unwrap();
        self.ring.work().await;
        asked
    }

    /// The activities of this kind about Questions that the follower got.
    fn got(&self, kind: &str) -> Vec<Value> {
        let all = self.peer.received().into_iter();
        all.filter(|sent| sent["type"] == kind && sent["object"]["type"] == "Question").collect()
    }

    async fn count(&self, about: &Decision) -> Opinions {
        let id = about.id;
        self.ring.app.db.read(move |conn| opinions::count(conn, id)).await.unwrap()
    }

    /// A vote as Mastodon sends it: a Note with a name and no content.
    async fn vote(&self, who: &Actor, number: u32, about: &Decision, choice: &str) {
        let urls = self.ring.app.collective.urls();
        let note = json!({
            "id": format!("{}/votes/{number}", who.url),
            "type": "Note",
            "name": choice,
            "attributedTo": who.url,
            "inReplyTo": urls.question(about.id),
            "to": urls.actor()
        });
        let mut create = who.activity("Create", number, note);
        create["to"] = json!(urls.actor());
        who.send_and_work(&self.ring, &create).await;
    }
}

#[tokio::test]
async fn followers_are_asked_and_what_they_say_binds_nobody() {
    let street = Street::start().await;
    let asked = street.asked().await;
    let create = street.got("Create").remove(0);
    let question = &create["object"];
    let urls = street.ring.app.collective.urls();
    assert_eq!(question["id"], urls.question(asked.id).as_str());
    assert_eq!(question["attributedTo"], urls.actor().as_str());
    assert_eq!(question["endTime"], asked.closes_at.to_string());
    let names: Vec<_> =
        question["oneOf"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["I find it good", "I do not"]);
    let content = question["content"].as_str().unwrap();
    assert!(
        content.contains("A second kitchen day") && content.contains("binds nobody"),
        "{content}"
    );
    assert!(!create.to_string().contains("Ida"), "who proposed it is nobody's outside");

    let others = [street.peer.actor("bo"), street.peer.actor("cy"), street.peer.actor("di")];
    street.vote(&street.ana, 2, &asked, "I do not").await;
    for (number, other) in (3..).zip(&others) {
        street.vote(other, number, &asked, "I do not").await;
    }
    street.vote(&street.ana, 9, &asked, "I find it good").await;
    street.vote(&others[0], 10, &asked, "Me da igual").await;
    assert_eq!(street.count(&asked).await, Opinions { yes: 0, no: 4 }, "each once, the first word");
    let (status, shown) = street.ring.get_json(&urls.question(asked.id)).await;
    assert_eq!((status, &shown["votersCount"]), (200, &json!(4)));
    assert_eq!(shown["oneOf"][1]["replies"]["totalItems"], 4);

    // One member decides against all of them.
    decide::say(&street.ring.app, &street.ida, asked.id, Voice::Yes, ("", false)).await.unwrap();
    street.ring.advance(WEEK);
    housekeeping::run(&street.ring.app).await.unwrap();
    street.ring.work().await;
    let id = asked.id;
    let closed = street.ring.app.db.read(move |conn| decisions::find(conn, id)).await.unwrap();
    let outcome = closed.outcome.unwrap();
    assert_eq!((outcome.ending, outcome.opinions), (Ending::Adopted, Opinions { yes: 0, no: 4 }));
    let over = street.got("Update").remove(0);
    assert_eq!(over["object"]["closed"], outcome.closed_at.to_string());
    assert_eq!(over["object"]["votersCount"], 4);
    let said = over["object"]["content"].as_str().unwrap();
    assert!(said.contains("decided: yes"), "{said}");
    assert!(!said.contains("quorum"), "how members spoke is theirs: {said}");
    // Who thought what is forgotten, and nobody answers any more.
    assert_eq!(street.count(&asked).await, Opinions::default());
    street.vote(&street.peer.actor("ed"), 30, &asked, "I find it good").await;
    assert_eq!(street.count(&asked).await, Opinions::default());
}

#[tokio::test]
async fn e18_only_people_are_heard_and_only_where_they_were_asked() {
    let street = Street::start().await;
    let asked = street.asked().await;
    for kind in ["Organization", "Group", "Service", "Application"] {
        let actor = street.peer.actor(&kind.to_lowercase());
        let mut document = actor.document();
        document["type"] = kind.into();
        street.peer.serve(&actor.url, document);
        street.vote(&actor, 5, &asked, "I find it good").await;
    }
    assert_eq!(street.count(&asked).await, Opinions::default());

    let quiet = wish(&street.ring, Method::Vote, Quorum::Number(1));
    let quiet = decide::propose(&street.ring.app, &street.ida, quiet).await.unwrap();
    street.ring.work().await;
    assert_eq!(street.got("Create").len(), 1, "the other is for members");
    street.vote(&street.ana, 7, &quiet, "I find it good").await;
    assert_eq!(street.count(&quiet).await, Opinions::default());
    let urls = street.ring.app.collective.urls();
    for path in [urls.question(quiet.id).to_string(), format!("{}/create", urls.question(quiet.id))]
    {
        assert_eq!(street.ring.get_json(&path.parse().unwrap()).await.0, 404, "{path}");
    }
    let mut stranger = Browser::at(&street.ring.app);
    stranger.get(&format!("/decisions/{}", quiet.id)).await.is(404);
    let page = stranger.get(&format!("/decisions/{}", asked.id)).await;
    page.is(200).says("Our members decide this.").hides("Ida").hides("<form class=\"sheet");
}

#[tokio::test]
async fn words_about_a_question_are_a_message_and_no_opinion() {
    let street = Street::start().await;
    let asked = street.asked().await;
    let urls = street.ring.app.collective.urls();
    let mut note = street.ana.note("words", street.ring.now());
    note["inReplyTo"] = urls.question(asked.id).to_string().into();
    note["name"] = "I find it good".into();
    note["content"] = "<p>@ring I find it good, if there is soup</p>".into();
    note["tag"] = json!([{"type": "Mention", "href": urls.actor()}]);
    street.ana.send_and_work(&street.ring, &street.ana.activity("Create", 4, note)).await;
    assert_eq!(street.count(&asked).await, Opinions::default());
    let mut of_ida = Browser::enter(&street.ring.app, &street.ida).await;
    of_ida.get("/messages").await.is(200).says("if there is soup");
}

#[tokio::test]
async fn a_question_that_is_taken_back_is_over() {
    let street = Street::start().await;
    let asked = street.asked().await;
    street.vote(&street.ana, 3, &asked, "I find it good").await;
    decide::withdraw(&street.ring.app, &street.ida, asked.id).await.unwrap();
    street.ring.work().await;
    let over = street.got("Update").remove(0);
    assert!(over["object"]["content"].as_str().unwrap().contains("taken back"));
    assert!(over["object"]["closed"].is_string());
}
