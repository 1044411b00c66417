//! The pages of people who wrote to us, and of the stewards who look after that.

use mutuals::actions::hear_message::{ASK_LASTS, post_hash};
use mutuals::db::{Conn, actors, message_links, messages};
use mutuals::domain::message::{Channel, HeldBecause, Message, MessageState};
use mutuals::domain::neighbour::RemoteActor;
use mutuals::domain::post::Extras;
use mutuals::domain::proposal::Purpose;
use mutuals::keys;

use super::house::{House, mill};

/// What somebody wrote, as it is kept after it was answered.
async fn written(house: &House, name: &str, change: impl FnOnce(&mut Message)) -> Message {
    let url = format!("http://mill.example/n/{name}");
    let actor = RemoteActor {
        url: format!("http://mill.example/u/{name}").parse().unwrap(),
        kind: "Person".into(),
        address: format!("{name}@mill.example"),
        ..mill(&house.app)
    };
    let mut message = Message {
        id: house.app.clock.new_id(),
        post_hash: post_hash(&url),
        url: Some(url.parse().unwrap()),
        actor: None,
        host: "mill.example".into(),
        is_known: false,
        channel: Channel::Public,
        purpose: Some(Purpose::Need),
        state: MessageState::Answered,
        held_because: None,
        text: "Brauche zwei Decken bis Samstag. Danke! #brauche".into(),
        language: Some("de".into()),
        mentions_others: false,
        published_at: house.app.now(),
        updated_at: house.app.now(),
        received_at: house.app.now(),
        proposal: None,
        closed_at: None,
        extras: Extras::default(),
    };
    change(&mut message);
    let write = move |conn: &mut Conn| {
        message.actor = Some(actors::upsert(conn, &actor)?.id);
        messages::insert(conn, &message)?;
        Ok(message)
    };
    house.app.db.write(write).await.unwrap()
}

/// A link to go on by.
async fn link(house: &House, message: &Message) -> String {
    let (token, id) = (keys::secret().unwrap(), message.id);
    let hash = keys::secret_hash(&token);
    let until = house.app.now() + ASK_LASTS;
    let write = move |conn: &mut Conn| message_links::insert(conn, &hash, id, until);
    house.app.db.write(write).await.unwrap();
    format!("/asked/{token}")
}

#[tokio::test]
async fn a_public_post_is_understood_and_sent_without_a_name_first() {
    let house = House::open().await;
    let message = written(&house, "amina", |_| {}).await;
    let path = link(&house, &message).await;
    let mut stranger = house.stranger();
    let seen = stranger.get(&path).await;
    seen.is(200).says("Nothing is published yet").says("value=\"Brauche zwei Decken bis Samstag\"");
    seen.says("value=\"2\"").says("value=\"2026-08-22\"").says("value=\"Bedding\"");
    seen.says(">Danke!<").says("@amina@mill.example").hides("name=\"purpose\"");
    let html = &seen.html;
    let at = |text: &str| html.find(text).unwrap();
    assert!(at("value=\"nameless\"") < at("value=\"named\""));
    assert!(at("value=\"named\"") < at("value=\"later\""));
    stranger.language = Some("es");
    stranger.get(&path).await.says("Enviarlo sin mi nombre");
    stranger.language = None;

    stranger.post(&path, &[("then", "later")]).await.leads_to("/");
    stranger.get("/").await.says("Nothing was published.");
    let form = [("then", "nameless"), ("title", "Zwei Decken"), ("amount", "2")];
    let seen = stranger.post(&path, &form).await;
    let page = seen.is(303).headers["location"].to_str().unwrap().to_owned();
    stranger.get(&page).await.says("It is on the board.").says("Zwei Decken").hides("amina");
    stranger.get(&page).await.says("lang=\"de\"");
    stranger.get(&path).await.is(410).says("This link no longer works");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field_and_uses_nothing_up() {
    let house = House::open().await;
    let message = written(&house, "amina", |message| {
        message.purpose = None;
        message.channel = Channel::Direct;
        message.text = "my secret need".into();
    });
    let path = link(&house, &message.await).await;
    let mut stranger = house.stranger();
    let seen = stranger.get(&path).await;
    seen.says("name=\"purpose\"").hides("secret").hides("amina").says("value=\"shift\" checked");
    let form = [("then", "nameless"), ("amount", "some"), ("purpose", "offer")];
    let seen = stranger.post(&path, &form).await;
    seen.is(422).says("id=\"title-problem\"").says("id=\"amount-problem\"");
    seen.says("value=\"offer\" checked");
    let form = [
        ("then", "nameless"),
        ("title", "Crib for twins"),
        ("purpose", "offer"),
        ("audience", "shift"),
    ];
    stranger.post(&path, &form).await.leads_to("/");
    stranger.get("/").await.says("It is noted, for those you chose.").hides("Crib for twins");
    let all = house.app.db.read(mutuals::db::proposals::list).await.unwrap();
    assert_eq!((all[0].purpose, all[0].content.title.as_str()), (Purpose::Offer, "Crib for twins"));
    let milo = house.member("Milo").await;
    house.enter(&milo).await.get("/board").await.hides("Crib for twins");
}

#[tokio::test]
async fn a_form_of_another_site_sends_nothing() {
    let house = House::open().await;
    let message = written(&house, "amina", |_| {}).await;
    let path = link(&house, &message).await;
    let form = [("then", "nameless"), ("title", "Evil")];
    let foreign = [("origin", "https://evil.example")];
    house.stranger().send(&path, &form, &foreign).await.is(403);
    house.stranger().get(&path).await.is(200);
}

#[tokio::test]
async fn stewards_see_what_waits_and_members_do_not() {
    let house = House::open().await;
    let (milo, ida) = (house.member("Milo").await, house.steward("Ida").await);
    written(&house, "plain", |message| {
        message.state = MessageState::Waiting;
        message.purpose = None;
        message.text = "<b>Good morning</b>".into();
    })
    .await;
    let held = written(&house, "held", |message| {
        message.state = MessageState::Held;
        message.held_because = Some(HeldBecause::Links);
        message.purpose = None;
    })
    .await;
    let secret = written(&house, "letter", |message| {
        message.channel = Channel::Direct;
        message.text = "quite private words".into();
    })
    .await;
    house.stranger().get("/messages").await.is(303);
    let mut of_milo = house.enter(&milo).await;
    of_milo.get("/messages").await.is(403).hides("Good morning");
    let put_aside = format!("/messages/{}/put-aside", secret.id);
    of_milo.post(&put_aside, &[]).await.is(403);

    let mut of_ida = house.enter(&ida).await;
    let seen = of_ida.get("/steward").await;
    seen.says("One message waits for you.").says("href=\"/messages\"");
    seen.says("One thing is held back").says("href=\"/steward/held\"");
    of_ida.get("/steward/held").await.says("@held@mill.example").says("carries links");
    let seen = of_ida.get("/messages").await;
    seen.says("&lt;b&gt;Good morning").hides("@held@mill.example");
    seen.says("Read what they wrote").hides("quite private words");
    let opened = format!("/messages/{}", secret.id);
    of_ida.get("/log").await.hides("A private message was read");
    of_ida.get(&opened).await.says("quite private words").says("stands in the log");
    of_ida.get("/log").await.says("A private message was read").hides("quite private words");
    of_milo.get(&opened).await.is(403);
    seen.hides("http://mill.example/n/letter").says("http://mill.example/n/plain");
    of_ida.post(&format!("/messages/{}/accept", held.id), &[]).await.leads_to("/messages");
    of_ida.post(&format!("/messages/{}/accept", held.id), &[]).await.is(422).says("is not held");
    of_ida.get("/steward").await.says("2 messages wait for you.");
    let path = link(&house, &secret).await;
    of_ida.post(&put_aside, &[]).await.leads_to("/messages");
    of_ida.get("/messages").await.says("Put aside. What was written is erased in a month.");
    house.stranger().get(&path).await.is(410);
    of_ida.post(&put_aside, &[]).await.is(422);
    let again = format!("/messages/{}/answer", secret.id);
    of_ida.post(&again, &[]).await.leads_to("/messages");
    let read = move |conn: &mut Conn| messages::find(conn, secret.id);
    let found = house.app.db.read(read).await.unwrap();
    assert_eq!((found.state, found.closed_at), (MessageState::Answered, None));
}
