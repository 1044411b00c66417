//! Every route that names something by its id, with the id of something that is somebody else's: what
//! strangers, newcomers, other members, frozen ones, its author and stewards may do with it. A route
//! with an id that has no row here or in [`super::whose_obligation`] fails.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use mutuals::actions::import_domains::keep;
use mutuals::actions::keep_picture::keep_picture;
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::measure::{self, take};
use mutuals::actions::pact::propose;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::actions::promise_to_neighbour::{Wish, promise_to_neighbour};
use mutuals::db::{
    Conn, actors, followings, held_replies, incoming_promises, measures, messages, replies,
};
use mutuals::domain::draft::Draft;
use mutuals::domain::held::Marks;
use mutuals::domain::id::Id;
use mutuals::domain::incoming_promise::{IncomingPromise, IncomingState};
use mutuals::domain::measure::{self as measure_domain, Kind};
use mutuals::domain::member::Member;
use mutuals::domain::message::{Channel, HeldBecause, Message, MessageState};
use mutuals::domain::picture::Picture;
use mutuals::domain::post::Extras;
use mutuals::domain::proposal::Purpose;

use super::house::{Browser, House, mill};
use super::routes::{answered, routes};
use super::whose_obligation;

/// What an id names. All of it is Rosa's, or about her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    /// A need that she has not published.
    Draft,
    /// A need for members.
    ForMembers,
    /// A need for members, with a picture.
    Picture,
    /// What she promised to somebody else's need.
    Promise,
    /// What another collective promises to a need of hers.
    Incoming,
    /// What she promised to another collective.
    Outgoing,
    /// What somebody replied to a need of hers.
    Reply,
    /// What a stranger replied to it privately, which is held.
    HeldReply,
    /// A warning about her.
    Measure,
    /// She herself.
    Rosa,
    /// Another member, of whom more may be made.
    Somebody,
    /// What somebody wrote privately.
    Message,
    /// A need of another collective.
    Neighbour,
    /// A pact that we asked for.
    Pact,
    /// A collective that we follow.
    Following,
    /// A list of servers that is not taken over yet.
    Import,
    /// Something of mutual obligation.
    Mutual(whose_obligation::Thing),
    /// Nothing: such an address is guarded by a seal or by a cookie, and has tests of its own.
    Nothing,
}

use Thing::*;

/// Method, path, what the id names, and what is answered to a stranger, a newcomer, another member, a
/// frozen member, Rosa and a steward. Each gets a fresh one. Forms are empty, so 422 means: let in.
const ROWS: &[(&str, &str, Thing, [u16; 6])] = &[
    ("get", "/@{handle}/{id}", Draft, [404, 404, 404, 404, 200, 200]),
    ("get", "/@{handle}/{id}", ForMembers, [404, 404, 200, 200, 200, 200]),
    ("get", "/media/{family}/{id}/{place}/{seal}", Nothing, [303, 403, 404, 404, 404, 404]),
    ("get", "/members/{id}", Rosa, [303, 403, 200, 200, 200, 200]),
    ("get", "/members/{id}/measure", Rosa, [303, 403, 403, 403, 403, 200]),
    ("get", "/messages/{id}", Message, [303, 403, 403, 403, 403, 200]),
    ("get", "/neighbours/{id}", Neighbour, [200, 200, 200, 200, 200, 200]),
    ("get", "/pictures/{id}/{name}", Picture, [404, 404, 200, 200, 200, 200]),
    ("get", "/proposals/{id}/edit", Draft, [303, 404, 404, 404, 200, 200]),
    ("get", "/proposals/{id}/edit", ForMembers, [303, 404, 403, 403, 200, 200]),
    ("get", "/sign-in/back/{id}", Nothing, [422, 422, 422, 422, 422, 422]),
    ("get", "/steward/held/{id}", HeldReply, [303, 403, 403, 403, 403, 200]),
    ("get", "/steward/domains/import/{id}", Import, [303, 403, 403, 403, 403, 200]),
    ("post", "/measures/{id}/appeal", Measure, [303, 404, 404, 404, 422, 404]),
    ("post", "/measures/{id}/confirm", Measure, [303, 403, 403, 403, 403, 303]),
    ("post", "/measures/{id}/decide", Measure, [303, 403, 403, 403, 403, 422]),
    ("post", "/measures/{id}/lift", Measure, [303, 403, 403, 403, 403, 422]),
    ("post", "/members/{id}/measure", Rosa, [303, 403, 403, 403, 403, 422]),
    ("post", "/members/{id}/steward", Somebody, [303, 403, 403, 403, 403, 303]),
    ("post", "/members/{id}/visit", Rosa, [303, 403, 403, 403, 403, 422]),
    ("post", "/members/{id}/vouch", Rosa, [303, 403, 422, 422, 422, 422]),
    ("post", "/messages/{id}/accept", Message, [303, 403, 403, 403, 403, 303]),
    ("post", "/messages/{id}/answer", Message, [303, 403, 403, 403, 403, 303]),
    ("post", "/messages/{id}/put-aside", Message, [303, 403, 403, 403, 403, 303]),
    ("post", "/neighbours/{id}/pass-on", Neighbour, [303, 403, 403, 403, 403, 422]),
    ("post", "/neighbours/{id}/promise", Neighbour, [303, 403, 403, 403, 403, 303]),
    ("post", "/pacts/{id}/accept", Pact, [303, 403, 403, 403, 403, 422]),
    ("post", "/pacts/{id}/decline", Pact, [303, 403, 403, 403, 403, 422]),
    ("post", "/pacts/{id}/end", Pact, [303, 403, 403, 403, 403, 303]),
    ("post", "/pacts/{id}/pause", Pact, [303, 403, 403, 403, 403, 422]),
    ("post", "/pacts/{id}/resume", Pact, [303, 403, 403, 403, 403, 422]),
    ("post", "/pacts/{id}/settings", Pact, [303, 403, 403, 403, 403, 303]),
    ("post", "/promises/incoming/{id}/accept", Incoming, [303, 403, 403, 403, 303, 303]),
    ("post", "/promises/incoming/{id}/counter", Incoming, [303, 403, 403, 403, 422, 422]),
    ("post", "/promises/incoming/{id}/decline", Incoming, [303, 403, 403, 403, 303, 303]),
    ("post", "/promises/outgoing/{id}/confirm", Outgoing, [303, 403, 403, 403, 403, 422]),
    ("post", "/promises/outgoing/{id}/release", Outgoing, [303, 403, 403, 403, 403, 303]),
    ("post", "/promises/outgoing/{id}/take", Outgoing, [303, 403, 403, 403, 403, 422]),
    ("post", "/promises/{id}/confirm", Promise, [303, 422, 422, 422, 303, 303]),
    ("post", "/promises/{id}/link", Promise, [303, 403, 403, 403, 403, 404]),
    ("post", "/promises/{id}/release", Promise, [303, 403, 403, 403, 303, 303]),
    ("post", "/proposals/{id}/close", ForMembers, [303, 403, 403, 403, 403, 403]),
    ("post", "/proposals/{id}/edit", Draft, [303, 404, 404, 404, 422, 422]),
    ("post", "/proposals/{id}/edit", ForMembers, [303, 404, 403, 403, 422, 422]),
    ("post", "/proposals/{id}/extend", ForMembers, [303, 404, 403, 403, 303, 303]),
    ("post", "/proposals/{id}/promise", ForMembers, [303, 404, 303, 422, 303, 303]),
    ("post", "/proposals/{id}/publish", Draft, [303, 404, 404, 404, 303, 303]),
    ("post", "/proposals/{id}/reopen", ForMembers, [303, 404, 403, 403, 422, 422]),
    ("post", "/proposals/{id}/withdraw", ForMembers, [303, 404, 403, 403, 303, 303]),
    ("post", "/replies/{id}/take", Reply, [303, 403, 403, 403, 303, 303]),
    ("post", "/steward/domains/import/{id}", Import, [303, 403, 403, 403, 403, 303]),
    ("post", "/steward/domains/import/{id}/discard", Import, [303, 403, 403, 403, 403, 303]),
    ("post", "/steward/following/{id}/remove", Following, [303, 403, 403, 403, 403, 303]),
    ("post", "/steward/members/{id}/link", Rosa, [303, 403, 403, 403, 403, 200]),
];

/// A house, and those whose things others try to reach.
pub struct World {
    pub house: House,
    pub rosa: Member,
    pub noor: Member,
    pub ida: Member,
    need: mutuals::domain::proposal::Proposal,
}

impl World {
    async fn open() -> (Self, Vec<Browser>) {
        let house = House::open().await;
        let (rosa, ida) = (house.member("Rosa").await, house.steward("Ida").await);
        let (milo, fritz) = (house.member("Milo").await, house.member("Fritz").await);
        let noor = house.steward("Noor").await;
        let wish = measure::Wish { kind: Kind::Freeze, ..warning() };
        take(&house.app, &ida, fritz.id, wish).await.unwrap();
        let mut newcomer = house.stranger();
        let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
        newcomer.post("/join", &wish).await.leads_to("/me");
        let mut visitors = vec![house.stranger(), newcomer];
        for who in [&milo, &fritz, &rosa, &ida] {
            visitors.push(house.enter(who).await);
        }
        let need = house.ask(&noor, "Chairs").await;
        (Self { house, rosa, noor, ida, need }, visitors)
    }

    /// A fresh thing: its id, and the name that stands behind it in an address.
    async fn make(&self, thing: Thing) -> (String, String) {
        let app = &self.house.app;
        let unnamed = |id: String| (id, "nothing".to_owned());
        let draft =
            Draft { title: "Insulin".into(), audience: "members".into(), ..Draft::default() };
        match thing {
            Draft => {
                let kept = post_proposal(app, &self.rosa, Purpose::Need, &draft, false).await;
                unnamed(kept.unwrap().id.to_string())
            }
            ForMembers => {
                let posted = self.house.post(&self.rosa, Purpose::Need, draft).await;
                unnamed(posted.id.to_string())
            }
            Picture => {
                let kept = keep_picture(app, super::pictures::photo([9, 9, 9])).await.unwrap();
                let picture = Some(Picture { words: "a box".into(), ..kept.clone() });
                let draft = Draft { picture, ..draft };
                let posted = self.house.post(&self.rosa, Purpose::Need, draft).await;
                (posted.id.to_string(), format!("{}.jpg", kept.digest))
            }
            Promise => {
                let made = make_promise(app, &self.rosa, self.need.id, "1".parse().ok(), "")
                    .await
                    .unwrap();
                unnamed(made.id.to_string())
            }
            Incoming => unnamed(self.incoming().await),
            Outgoing => {
                let theirs = self.house.neighbours("Jars").await;
                let wish = Wish { amount: "2".parse().ok(), ..Wish::default() };
                let made = promise_to_neighbour(app, &self.rosa, theirs, wish).await.unwrap();
                unnamed(made.id.to_string())
            }
            Reply => {
                let posted = self.house.post(&self.rosa, Purpose::Need, draft).await;
                self.house.reply(posted.id, "<p>I have one</p>").await;
                let read = move |conn: &mut Conn| replies::list_by_proposal(conn, posted.id);
                let reply = app.db.read(read).await.unwrap().remove(0).0;
                unnamed(Id::<()>::from_number(reply.id).to_string())
            }
            HeldReply => unnamed(self.held_reply().await),
            Measure => unnamed(self.warning().await),
            Rosa => unnamed(self.rosa.id.to_string()),
            Somebody => {
                let name = format!("Member {}", app.clock.new_id::<()>());
                unnamed(self.house.member(&name).await.id.to_string())
            }
            Message => unnamed(self.message().await),
            Neighbour => unnamed(self.house.neighbours("Jam").await.id.to_string()),
            Pact => {
                let mut other = mill(app);
                let name = app.clock.new_id::<()>();
                other.url = format!("http://mill.example/c/{name}").parse().unwrap();
                other.address = format!("{name}@mill.example").to_lowercase();
                unnamed(propose(app, other).await.unwrap().0.id.to_string())
            }
            Following => {
                self.house.neighbours("Jam").await;
                let all = app.db.read(followings::list).await.unwrap();
                unnamed(all[0].actor.id.to_string())
            }
            Import => {
                let list = "#domain,#severity\nspam.example,silence\n".to_owned();
                unnamed(keep(app, list).await.ok().unwrap().to_string())
            }
            Mutual(thing) => unnamed(self.make_mutual(thing).await),
            Nothing => unnamed("0123456789ABC".to_owned()),
        }
    }

    async fn incoming(&self) -> String {
        let app = &self.house.app;
        let need = self.house.ask(&self.rosa, "Tables").await;
        let (id, now, actor) = (app.clock.new_id(), app.now(), mill(app));
        let insert = move |conn: &mut Conn| {
            let promise = IncomingPromise {
                id,
                url: format!("http://mill.example/o/{id}").parse().unwrap(),
                actor: actors::upsert(conn, &actor)?.id,
                proposal: Some(need.id),
                amount: "2".parse().ok(),
                is_reserve: false,
                due: None,
                state: IncomingState::Pending,
                sequence: 0,
                promise: None,
                counter: None,
                received_at: now,
                answered_at: None,
            };
            incoming_promises::insert(conn, &promise, None)
        };
        app.db.write(insert).await.unwrap();
        id.to_string()
    }

    /// Stored as it is: one steward takes no two that stand.
    async fn warning(&self) -> String {
        let app = &self.house.app;
        let (id, now) = (app.clock.new_id(), app.now());
        let measure = measure_domain::Measure {
            id,
            member: self.rosa.id,
            kind: Kind::Warn,
            clause: "Nobody counts who gave what.".into(),
            covenant_version: 1,
            reason: "Shouted".into(),
            made_by: Some(self.noor.id),
            made_at: now,
            lapses_at: now + measure_domain::LAPSES_AFTER,
            ends_at: now + SignedDuration::from_hours(720),
            confirmed_by: None,
            confirmed_at: None,
            ended: None,
            lifted_by: None,
            lifted_because: None,
            appeal: None,
            appealed_at: None,
            decided_by: None,
            decided_at: None,
            decided_because: None,
        };
        app.db.write(move |conn| measures::insert(conn, &measure)).await.unwrap();
        id.to_string()
    }

    async fn held_reply(&self) -> String {
        let app = &self.house.app;
        let need = self.house.ask(&self.rosa, "Lamps").await;
        let (id, now, actor) = (app.clock.new_id::<()>(), app.now(), mill(app));
        let insert = move |conn: &mut Conn| {
            let url: url::Url = format!("http://mill.example/r/{id}").parse().unwrap();
            let reply = replies::Reply {
                id: id.number(),
                page: url.clone(),
                url,
                proposal: need.id,
                actor: actors::upsert(conn, &actor)?.id,
                html: "<p>I have one</p>".into(),
                is_public: false,
                published_at: now,
                updated_at: now,
                extras: Extras::default(),
            };
            let held = held_replies::HeldReply {
                reply,
                host: "mill.example".into(),
                received_at: now,
                held_because: HeldBecause::Stranger,
                marks: Marks::default(),
                put_aside_at: None,
            };
            held_replies::insert(conn, &held)
        };
        app.db.write(insert).await.unwrap();
        id.to_string()
    }

    async fn message(&self) -> String {
        let app = &self.house.app;
        let (id, now, actor) = (app.clock.new_id(), app.now(), mill(app));
        let insert = move |conn: &mut Conn| {
            let message = Message {
                id,
                post_hash: format!("{id}"),
                url: format!("http://mill.example/m/{id}").parse().ok(),
                actor: Some(actors::upsert(conn, &actor)?.id),
                host: "mill.example".into(),
                is_known: false,
                channel: Channel::Direct,
                purpose: None,
                state: MessageState::Held,
                held_because: None,
                text: "I lost my job".into(),
                language: None,
                mentions_others: false,
                published_at: now,
                updated_at: now,
                received_at: now,
                proposal: None,
                closed_at: None,
                extras: Extras::default(),
            };
            messages::insert(conn, &message)
        };
        assert!(app.db.write(insert).await.unwrap());
        id.to_string()
    }
}

fn warning() -> measure::Wish {
    measure::Wish {
        kind: Kind::Warn,
        clause: "Nobody counts who gave what.".into(),
        reason: "Shouted".into(),
        days: 30,
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_theirs() {
    let mutual = whose_obligation::ROWS.iter();
    let mutual = mutual.map(|row| (row.0, row.1, Mutual(row.2), row.3));
    let rows: Vec<_> = ROWS.iter().copied().chain(mutual).collect();
    let listed: BTreeSet<_> = rows.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
    let real: BTreeSet<_> = routes(include_str!("../../../server/src/web.rs"))
        .into_iter()
        .filter(|(_, path)| path.contains("{id}"))
        .collect();
    let missing: Vec<_> = real.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&real).collect();

    let (world, mut visitors) = World::open().await;
    let mut wrong = Vec::new();
    for (method, path, thing, expected) in rows {
        let mut answers = [0; 6];
        for (browser, answer) in visitors.iter_mut().zip(&mut answers) {
            let (id, name) = world.make(thing).await;
            let path = path.replace("{handle}", "ring").replace("{id}", &id);
            *answer = answered(browser, method, &path.replace("{name}", &name)).await.0;
        }
        if answers != expected {
            wrong.push(format!("    (\"{method}\", \"{path}\", {thing:?}, {answers:?}),"));
        }
    }
    let is_right = gone.is_empty() && missing.is_empty() && wrong.is_empty();
    assert!(is_right, "gone: {gone:?}\nwithout a row: {missing:?}\n{}", wrong.join("\n"));
}
