//! `mutuals message …`

use mutuals::actions::hear_message::post_hash;
use mutuals::clock::Clock;
use mutuals::db::{Conn, Db, actors, messages};
use mutuals::domain::message::{Channel, HeldBecause, Message, MessageState};
use mutuals::domain::neighbour::RemoteActor;
use mutuals::domain::post::Extras;
use mutuals::domain::proposal::Purpose;

use crate::cli::{Folder, free_port, text};

/// Puts a message there, as if it had come in.
async fn written(db: &Db, name: &str, channel: Channel, state: MessageState) -> String {
    let clock = Clock::system();
    let url = |path: &str| format!("https://mill.example/{path}/{name}").parse().unwrap();
    let actor = RemoteActor {
        id: clock.new_id(),
        url: url("u"),
        kind: "Person".into(),
        address: format!("{name}@mill.example"),
        name: name.into(),
        inbox: url("inbox"),
        shared_inbox: None,
        page: url("@"),
        outbox: None,
        keys: Vec::new(),
        fetched_at: clock.now(),
    };
    let held = state == MessageState::Held;
    let message = Message {
        id: clock.new_id(),
        post_hash: post_hash(name),
        url: Some(url("n")),
        actor: None,
        host: "mill.example".into(),
        is_known: false,
        channel,
        purpose: Some(Purpose::Need),
        state,
        held_because: held.then_some(HeldBecause::Links),
        text: format!("words of {name}"),
        language: None,
        mentions_others: false,
        published_at: clock.now(),
        updated_at: clock.now(),
        received_at: clock.now(),
        proposal: None,
        closed_at: None,
        extras: Extras::default(),
    };
    let id = message.id.to_string();
    let write = move |conn: &mut Conn| {
        let actor = Some(actors::upsert(conn, &actor)?.id);
        messages::insert(conn, &Message { actor, ..message })
    };
    assert!(db.write(write).await.unwrap());
    id
}

#[tokio::test]
async fn what_people_wrote_can_be_looked_after_from_the_command_line() {
    let folder = Folder::new();
    folder.init(free_port());
    let db = Db::open(folder.location()).unwrap();
    let held = written(&db, "amina", Channel::Public, MessageState::Held).await;
    let private = written(&db, "ben", Channel::Direct, MessageState::Waiting).await;
    drop(db);

    let all = folder.json(&["message", "list"]);
    assert_eq!(all.len(), 2);
    let of = |id: &str| all.iter().find(|line| line["id"] == id).unwrap();
    assert_eq!(
        (&of(&held)["state"], &of(&held)["held_because"]),
        (&"held".into(), &"links".into())
    );
    assert_eq!(of(&held)["text"], "words of amina");
    // What was written privately stands in no list.
    assert!(of(&private).get("text").is_none());
    let list = text(&folder.run(&["message", "list", "--state", "waiting"]).stdout);
    assert!(list.contains("(private)") && !list.contains("amina"), "{list}");
    let shown = text(&folder.run(&["message", "show", &private]).stdout);
    assert!(shown.contains("words of ben"), "{shown}");

    assert_eq!(folder.json(&["message", "accept", &held])[0]["state"], "answered");
    assert_eq!(folder.run(&["message", "accept", &held]).status.code(), Some(3));
    assert_eq!(folder.json(&["message", "answer", &private])[0]["state"], "answered");
    assert_eq!(folder.json(&["message", "put-aside", &private])[0]["state"], "put-aside");
    assert_eq!(folder.run(&["message", "put-aside", &private]).status.code(), Some(3));
    let queue = folder.json(&["queue", "status"]);
    let pending = queue.iter().find(|line| line["id"] == "mill.example").unwrap();
    assert_eq!(pending["pending"], 2);
    assert_eq!(folder.run(&["message", "show", "0123456789ABC"]).status.code(), Some(3));
}
