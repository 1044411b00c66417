//! Whoever signs in in a browser that we do not know is told of, by whichever way they came, whether
//! they are signed in elsewhere or not (issue 5; mission, E21).

use mutuals::actions::add_member::make_sign_in_link;
use mutuals::actions::set_password::set_password;
use mutuals::db::member_handles::{self, Handle};
use mutuals::db::{Conn, notices};
use mutuals::domain::member::Member;
use mutuals::domain::notice::Kind;

use crate::joining::{Street, enter};
use crate::oauth_peer::{OauthPeer, Shape};
use crate::own_server::{local, way};
use crate::web::house::Browser;

const PASSWORD: &str = "a kettle on the stove";

/// By which way somebody signs in. Passkeys do not work at the address of this test: they have one of
/// their own (`web/passkeys.rs`).
#[derive(Clone, Copy, Debug)]
enum By {
    Link,
    Password,
    Code,
    OwnServer,
}

struct World {
    street: Street,
    server: OauthPeer,
    rosa: Member,
}

impl World {
    /// Rosa has a thread with us, an account at another server, and a password. She never signed in.
    async fn open() -> Self {
        let street = Street::start().await;
        let server = OauthPeer::start(Shape::Newest).await;
        let rosa = street.ring.member("Rosa").await;
        street.bind(&rosa, &street.amina).await;
        let address = format!("amina@{}", server.host());
        let handle = Handle { actor: server.actor("amina"), address };
        let (id, now) = (rosa.id, street.ring.now());
        let bind = move |conn: &mut Conn| member_handles::insert(conn, id, &handle, now);
        assert!(street.ring.app.db.write(bind).await.unwrap());
        set_password(&street.ring.app, &rosa, PASSWORD, "none").await.unwrap();
        street.say(&street.amina, 1, "sign in").await;
        Self { street, server, rosa }
    }

    async fn sign_in(&self, browser: &mut Browser, by: By, number: u32) {
        let app = &self.street.ring.app;
        match by {
            By::Link => {
                let link = make_sign_in_link(app, self.rosa.id).await.unwrap();
                browser.post(link.path(), &[]).await.is(303);
            }
            By::Password => {
                let fields = [("name", "Rosa"), ("password", PASSWORD)];
                browser.post("/sign-in", &fields).await.leads_to("/me");
            }
            By::Code => {
                let address = self.street.address(&self.street.amina);
                let typed = [("address", address.as_str())];
                browser.post("/sign-in/fediverse", &typed).await.leads_to("/sign-in/code");
                self.street.say(&self.street.amina, number, "sign in").await;
                enter(browser, &self.street.code(&self.street.amina)).await.leads_to("/me");
            }
            By::OwnServer => {
                let address = format!("@amina@{}", self.server.host());
                let typed = [("address", address.as_str())];
                browser.post("/sign-in/fediverse", &typed).await.leads_to("/sign-in/code");
                let way = way(&browser.get("/sign-in/code").await).unwrap();
                let back = local(&self.server.say_yes(&way).await);
                browser.get(&back).await.leads_to("/me");
            }
        }
        self.street.ring.work().await;
        self.street.ring.work().await;
    }

    /// What she was told on the page and has not seen, and how often in the thread that somebody
    /// signed in.
    async fn told(&self) -> (Vec<Kind>, usize) {
        let id = self.rosa.id;
        let read = move |conn: &mut Conn| notices::list(conn, id, 10);
        let all = self.street.ring.app.db.read(read).await.unwrap();
        let unread = all.into_iter().filter(|notice| notice.read_at.is_none());
        let told = self.street.told(&self.street.amina);
        let signed_in = told.iter().filter(|sent| {
            sent["object"]["content"].as_str().unwrap().contains("Somebody signed in")
        });
        (unread.map(|notice| notice.kind).collect(), signed_in.count())
    }

    async fn look(&self) {
        let (id, now) = (self.rosa.id, self.street.ring.now());
        let look = move |conn: &mut Conn| notices::mark_all_read(conn, id, now);
        self.street.ring.app.db.write(look).await.unwrap();
    }
}

#[tokio::test]
async fn e21_every_new_browser_is_told_and_neither_the_first_nor_a_known_one() {
    for by in [By::Link, By::Password, By::Code, By::OwnServer] {
        for is_live in [false, true] {
            let world = World::open().await;
            let app = &world.street.ring.app;
            let mut first = Browser::at(app);
            world.sign_in(&mut first, By::Link, 2).await;
            assert_eq!(world.told().await, (vec![], 0), "the first time is nothing new");
            if !is_live {
                first.post("/sign-out", &[]).await.leads_to("/");
            }
            let mut other = Browser::at(app);
            world.sign_in(&mut other, by, 3).await;
            let expected = (vec![Kind::SignInElsewhere], 1);
            assert_eq!(world.told().await, expected, "{by:?}, live: {is_live}");
            world.look().await;

            // Where they were before, they are known. A code is told of always, in its thread.
            other.post("/sign-out", &[]).await.leads_to("/");
            world.sign_in(&mut other, by, 4).await;
            let again = usize::from(matches!(by, By::Code));
            assert_eq!(world.told().await, (vec![], 1 + again), "{by:?}, live: {is_live}");
        }
    }
}

#[tokio::test]
async fn a_browser_is_known_for_its_member_alone_and_until_the_password_changes() {
    let world = World::open().await;
    let app = &world.street.ring.app;
    let mut browser = Browser::at(app);
    world.sign_in(&mut browser, By::Link, 2).await;
    // Milo was there once, elsewhere; that Rosa uses this browser says nothing about him.
    let milo = world.street.ring.member("Milo").await;
    Browser::enter(app, &milo).await;
    let link = make_sign_in_link(app, milo.id).await.unwrap();
    browser.post(link.path(), &[]).await.is(303);
    let id = milo.id;
    let read = move |conn: &mut Conn| notices::list(conn, id, 10);
    assert_eq!(app.db.read(read).await.unwrap()[0].kind, Kind::SignInElsewhere);
    // Both are known in it now.
    world.sign_in(&mut browser, By::Password, 3).await;
    assert_eq!(world.told().await.0, []);
    set_password(app, &world.rosa, PASSWORD, "none").await.unwrap();
    world.sign_in(&mut browser, By::Password, 4).await;
    assert_eq!(world.told().await.0, [Kind::SignInElsewhere]);
    // A secret that somebody else put there makes nothing known.
    world.look().await;
    let mut planted = Browser::at(app);
    planted.cookies.insert("mutuals_known_ring".to_owned(), "guessed".to_owned());
    world.sign_in(&mut planted, By::Password, 5).await;
    assert_eq!(world.told().await.0, [Kind::SignInElsewhere]);
    assert_ne!(planted.cookies["mutuals_known_ring"], "guessed");
}
