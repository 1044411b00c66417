//! A collective to look at, and plain browsers to look with.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use tower::ServiceExt;
use url::form_urlencoded::Serializer;

use mutuals::actions::add_member::{add_member, make_sign_in_link};
use mutuals::actions::post_proposal::post_proposal;
use mutuals::app::{self, App};
use mutuals::clock::Clock;
use mutuals::config::Config;
use mutuals::db::{actors, followings, neighbour_proposals, replies};
use mutuals::domain::audience::Audience;
use mutuals::domain::collective::Collective;
use mutuals::domain::draft::Draft;
use mutuals::domain::finding::Finding;
use mutuals::domain::id::{NeighbourProposalId, ProposalId};
use mutuals::domain::look::{CannotLook, Looked, Speaks, Term};
use mutuals::domain::member::{Member, Role};
use mutuals::domain::neighbour::{FollowingState, NeighbourProposal, RemoteActor};
use mutuals::domain::post::Extras;
use mutuals::domain::proposal::{Proposal, Purpose};
use mutuals::error::Error;
use mutuals::federation::oauth;
use mutuals::web::{Doors, Outside, router};

use crate::testapp::TestDb;

/// The moment at which every story begins: a Thursday.
const NOW: &str = "2026-08-20T10:00:00Z";

/// A collective with its pages.
pub struct House {
    pub app: App,
    router: Router,
    database: TestDb,
}

/// A plain browser: cookies and forms, nothing else.
pub struct Browser {
    router: Router,
    base: String,
    pub cookies: BTreeMap<String, String>,
    pub language: Option<&'static str>,
}

/// What a browser was answered.
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl House {
    pub async fn open() -> Self {
        Self::open_at("http://ring.example/").await
    }

    pub async fn open_at(base: &str) -> Self {
        let database = TestDb::new();
        let db = database.db.clone();
        let clock = Clock::fixed(moment(NOW));
        let collective = Collective {
            handle: "ring".into(),
            name: "Ring Street".into(),
            summary: "The neighbours of **Ring Street**.".into(),
            base: base.parse().unwrap(),
            language: "en".into(),
            created_at: clock.now(),
            updated_at: clock.now(),
        };
        app::set_up(&db, &clock, collective).await.unwrap();
        let config = Config { time_zone: "Europe/Berlin".into(), ..Config::default() };
        let app = App::open(config, db, clock, |_, _, _| Ok(())).await.unwrap();
        let router = router(app.clone(), outside());
        Self { app, router, database }
    }

    /// Where its database is.
    pub fn location(&self) -> &mutuals::db::Location {
        &self.database.location
    }

    pub async fn member(&self, name: &str) -> Member {
        add_member(&self.app, name, Role::Member).await.unwrap()
    }

    pub async fn steward(&self, name: &str) -> Member {
        add_member(&self.app, name, Role::Steward).await.unwrap()
    }

    /// The path of a fresh one-time link.
    pub async fn link(&self, member: &Member) -> String {
        make_sign_in_link(&self.app, member.id).await.unwrap().path().to_owned()
    }

    pub fn stranger(&self) -> Browser {
        let base = self.app.collective.base.origin().ascii_serialization();
        Browser { router: self.router.clone(), base, cookies: BTreeMap::new(), language: None }
    }

    /// A browser in which a member is signed in.
    pub async fn enter(&self, member: &Member) -> Browser {
        let mut browser = self.stranger();
        let link = self.link(member).await;
        browser.post(&link, &[]).await.leads_to("/password");
        browser.get("/password").await;
        browser
    }

    pub async fn ask(&self, author: &Member, title: &str) -> Proposal {
        self.post(author, Purpose::Need, Draft { title: title.into(), ..blankets() }).await
    }

    pub async fn post(&self, author: &Member, purpose: Purpose, draft: Draft) -> Proposal {
        post_proposal(&self.app, author, purpose, &draft, true).await.unwrap()
    }

    /// A need of a collective that we follow.
    pub async fn neighbours(&self, title: &str) -> NeighbourProposal {
        let clock = self.app.clock.clone();
        let actor = mill(&self.app);
        let published_at = clock.now();
        let title = title.to_owned();
        let id = clock.new_id();
        let write = move |conn: &mut mutuals::db::Conn| {
            let actor = actors::upsert(conn, &actor)?;
            if followings::find_by_actor(conn, actor.id)?.is_none() {
                followings::insert(conn, clock.new_id::<()>().number(), actor.id, published_at)?;
            }
            followings::update_state(conn, actor.id, FollowingState::Following, published_at)?;
            let proposal = need_of(id, &actor, title, published_at);
            neighbour_proposals::upsert(conn, &proposal)?;
            Ok(proposal)
        };
        self.app.db.write(write).await.unwrap()
    }

    /// A reply from the fediverse that everybody may read.
    pub async fn reply(&self, proposal: ProposalId, html: &str) {
        self.reply_to(proposal, html, true).await;
    }

    /// A reply from the fediverse, to everybody or to the collective alone.
    pub async fn reply_to(&self, proposal: ProposalId, html: &str, is_public: bool) {
        let (clock, actor, html) = (self.app.clock.clone(), mill(&self.app), html.to_owned());
        let write = move |conn: &mut mutuals::db::Conn| {
            let id = clock.new_id::<()>().number();
            let url: url::Url = format!("http://mill.example/n/{id}").parse().unwrap();
            let reply = replies::Reply {
                id,
                page: url.clone(),
                url,
                proposal,
                actor: actors::upsert(conn, &actor)?.id,
                html,
                is_public,
                published_at: clock.now(),
                updated_at: clock.now(),
                extras: Extras::default(),
            };
            replies::upsert(conn, &reply)
        };
        self.app.db.write(write).await.unwrap();
    }
}

impl Browser {
    /// A plain browser that looks at any instance.
    pub fn at(app: &App) -> Self {
        let doors = Doors {
            find: oauth::find_for_pages,
            link: oauth::link_for_pages,
            prove: oauth::prove_for_pages,
        };
        let router = router(app.clone(), Outside { doors, ..outside() });
        let base = app.collective.base.origin().ascii_serialization();
        Self { router, base, cookies: BTreeMap::new(), language: None }
    }

    /// A browser in which a member of any instance is signed in.
    pub async fn enter(app: &App, member: &Member) -> Self {
        let mut browser = Self::at(app);
        let link = make_sign_in_link(app, member.id).await.unwrap().path().to_owned();
        browser.post(&link, &[]).await.leads_to("/password");
        browser.get("/password").await;
        browser
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        self.open(Method::GET, path, Body::empty(), &[]).await
    }

    /// Sends a form as one of our own pages would, with the secret that its page carries.
    /// A file, as it is.
    pub async fn get_bytes(&mut self, path: &str) -> Vec<u8> {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let request = Request::builder()
            .uri(path)
            .header(COOKIE, cookies.collect::<Vec<_>>().join("; "))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let csrf = self.csrf().await;
        let origin = self.base.clone();
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.send(path, &fields, &[(ORIGIN.as_str(), &origin)]).await
    }

    /// Sends a form with these fields and headers, and nothing else.
    pub async fn send(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Seen {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded");
        self.open(Method::POST, path, Body::from(body), &[&[kind], headers].concat()).await
    }

    pub async fn open(
        &mut self,
        method: Method,
        path: &str,
        body: Body,
        headers: &[(&str, &str)],
    ) -> Seen {
        let mut request = Request::builder().method(method).uri(path);
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        request = request.header(COOKIE, cookies.collect::<Vec<_>>().join("; "));
        if let Some(language) = self.language {
            request = request.header("accept-language", language);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.remember(cookie.to_str().unwrap());
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        // Files are no text.
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Seen { status: parts.status, headers: parts.headers, html }
    }

    /// The secret in the forms of this browser's pages.
    pub async fn csrf(&mut self) -> String {
        let about = self.open(Method::GET, "/about", Body::empty(), &[]).await;
        let (_, rest) = about.html.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    fn remember(&mut self, cookie: &str) {
        let (pair, rest) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        if rest.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Seen {
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.html);
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "{text:?} is not in\n{}", self.main());
        self
    }

    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "{text:?} is in\n{}", self.main());
        self
    }

    #[track_caller]
    pub fn leads_to(&self, path: &str) -> &Self {
        self.is(303);
        assert_eq!(self.headers[LOCATION], path);
        self
    }

    /// The page without its frame.
    pub fn main(&self) -> &str {
        self.html.split_once("<main").map_or(&*self.html, |(_, main)| main)
    }
}

pub fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn blankets() -> Draft {
    Draft {
        title: "Warm blankets".into(),
        text: "Clean, **any size**.".into(),
        kind: "bedding".into(),
        amount: "20".into(),
        minimum: "1".into(),
        place: "Mill Road".into(),
        language: "en".into(),
        ..Draft::default()
    }
}

/// A collective on another server.
pub fn mill(app: &App) -> RemoteActor {
    RemoteActor {
        id: app.clock.new_id(),
        url: "http://mill.example/c/mill".parse().unwrap(),
        kind: "Organization".into(),
        address: "mill@mill.example".into(),
        name: "Mill Lane".into(),
        inbox: "http://mill.example/c/mill/inbox".parse().unwrap(),
        shared_inbox: None,
        page: "http://mill.example/@mill".parse().unwrap(),
        outbox: None,
        keys: Vec::new(),
        fetched_at: app.now(),
    }
}

/// A need of a neighbour.
fn need_of(
    id: NeighbourProposalId,
    actor: &RemoteActor,
    title: String,
    published_at: Timestamp,
) -> NeighbourProposal {
    let url: url::Url = format!("http://mill.example/n/{id}").parse().unwrap();
    NeighbourProposal {
        id,
        page: url.clone(),
        url,
        actor: actor.id,
        purpose: Purpose::Need,
        title,
        html: "<p>With lids.</p>".into(),
        kind: Some("food".into()),
        kind_iri: None,
        amount: "10".parse().ok(),
        open: "6".parse().ok(),
        minimum: "2".parse().ok(),
        unit: Some("one".into()),
        place: Some("Mill Lane".into()),
        ends_at: None,
        language: Some("es".into()),
        finished: false,
        asks_return: false,
        audience: Audience::Public,
        intent: None,
        passed_on_by: None,
        hops: 0,
        extras: Extras::default(),
        published_at,
        updated_at: published_at,
    }
}

/// What a page may ask of others.
fn outside() -> Outside {
    Outside {
        resolve: |app, address| Box::pin(resolve(app, address)),
        look: |app, address| Box::pin(look(app, address)),
        renew: |_, held| Box::pin(async { Ok(held) }),
        picture: mutuals::federation::media::for_pages,
        runbook: mutuals::federation::duties::find_for_pages,
        examine: |_| Box::pin(async { found() }),
        // Nobody has a door, so that nobody is asked.
        doors: Doors {
            find: |_, _| Box::pin(async { None }),
            link: oauth::link_for_pages,
            prove: oauth::prove_for_pages,
        },
    }
}

/// What the doctor found, who is not asked to look.
fn found() -> Vec<Finding> {
    vec![
        Finding::ok("files.owner", "doctor-owner-ok"),
        Finding::note("queue.hosts", "doctor-hosts-some")
            .with("count", 1)
            .with("hosts", "mill.example <b>")
            .and_do("doctor-hosts-do"),
        Finding::wrong("outside.host", "doctor-host-wrong", "doctor-host-do")
            .with("seen", "app:8080")
            .with("host", "ring.example"),
        Finding::skipped("network.mail", "doctor-mail-none"),
    ]
}

async fn resolve(app: App, address: String) -> Result<RemoteActor, Error> {
    if address == "@mill@mill.example" { Ok(mill(&app)) } else { Err(Error::NotFound) }
}

async fn look(app: App, address: String) -> Result<Looked, CannotLook> {
    if address != "@mill@mill.example" {
        return Err(CannotLook::Person);
    }
    let actor = mill(&app);
    let proposal = need_of(app.clock.new_id(), &actor, "Jam & jars".into(), app.now());
    let speaks = Speaks {
        software: Some(("mutuals".into(), "0.1.0".into())),
        terms: vec![Term::Proposals, Term::Pacts],
    };
    Ok(Looked { actor, proposals: vec![proposal], is_board_read: true, speaks })
}
