//! The private links of people of the fediverse: their page, and sending one again.

use http::HeaderMap;
use jiff::SignedDuration;
use mutuals::actions::act_by_link::confirm_by_link;
use mutuals::actions::block::block;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::make_promise::make_promise;
use mutuals::actions::send_link_again::{PAUSE, send_link_again};
use mutuals::actions::take_over_reply::LINK_LASTS;
use mutuals::domain::proposal::CloseReason;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;

use crate::people::{Seen, Street, token};
use crate::testapp::amount;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn refusal(result: Result<(), Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn choosing_a_language_leads_back_to_the_same_promise() {
    let street = Street::start().await;
    let (_, token) = street.promised(&street.bo, 1, "5").await;
    let page = format!("/promised/{token}");
    let wrong = street.post(&format!("{page}/release"), "amount=a+few").await;
    for Seen(_, _, html) in [street.get(&page).await, wrong] {
        let (_, rest) = html.split_once("name=\"return\" value=\"").unwrap();
        assert_eq!(rest.split_once('"').unwrap().0, page);
        assert!(!html.contains(&format!("href=\"{page}")), "no link holds the token");
    }
    let chosen = street.post("/language", &format!("language=es&return={page}")).await;
    assert_eq!((chosen.0, chosen.1["location"].to_str().unwrap()), (303, page.as_str()));
    let cookie = chosen.1["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut headers = HeaderMap::new();
    headers.insert("cookie", cookie.parse().unwrap());
    let url = street.ring.base.join(&page).unwrap();
    let seen = street.ring.visitor.get(&url, headers).await.unwrap();
    assert!(String::from_utf8_lossy(&seen.body).contains("Tu promesa"));
}

#[tokio::test]
async fn a_link_is_sent_again_and_the_one_before_is_void() {
    let street = Street::start().await;
    let (promise, first) = street.promised(&street.bo, 1, "5").await;
    let (app, rosa, id) = (&street.ring.app, &street.rosa, promise.id);
    let (milo, ida) = (street.ring.member("Milo").await, street.ring.steward("Ida").await);
    app.clock.advance(PAUSE - SECOND);
    assert_eq!(refusal(send_link_again(app, &ida, id).await), Refusal::LinkSentLately);
    app.clock.advance(SECOND);
    assert_eq!(refusal(send_link_again(app, &milo, id).await), Refusal::NotYours);
    // At the same moment: one of them.
    let both = tokio::join!(send_link_again(app, &ida, id), send_link_again(app, rosa, id));
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    street.ring.work().await;
    let told = street.told(&street.bo);
    assert_eq!(told.len(), 2);
    assert_eq!(told[1]["object"]["inReplyTo"], told[0]["object"]["inReplyTo"]);
    let content = told[1]["object"]["content"].as_str().unwrap();
    assert!(content.contains("new private link") && content.contains("5 blankets"), "{content}");
    let second = token(&told[1]);
    assert_eq!(street.get(&format!("promised/{first}")).await.0, 410);
    assert_eq!(street.post(&format!("promised/{first}/release"), "").await.0, 410);
    assert_eq!(street.get(&format!("promised/{second}")).await.0, 200);

    // Whoever used a link has got the next one already.
    app.clock.advance(PAUSE);
    assert!(confirm_by_link(app, &second, Some(amount("2")), "").await.unwrap().is_link_sent);
    assert_eq!(refusal(send_link_again(app, &ida, id).await), Refusal::LinkSentLately);
    street.ring.work().await;
    // One that is too old can be sent again too.
    app.clock.advance(LINK_LASTS + SECOND);
    send_link_again(app, rosa, id).await.unwrap();
    street.ring.work().await;
    let last = street.told(&street.bo).pop().unwrap();
    assert!(last["object"]["content"].as_str().unwrap().contains("3 blankets"), "{last}");
    confirm_by_link(app, &token(&last), None, "").await.unwrap();
    app.clock.advance(PAUSE);
    assert_eq!(refusal(send_link_again(app, &ida, id).await), Refusal::NothingToSend);
}

#[tokio::test]
async fn nobody_gets_a_link_who_has_nothing_to_do_by_it() {
    let street = Street::start().await;
    let (of_bo, _) = street.promised(&street.bo, 1, "5").await;
    let cleo = street.peer.actor("cleo");
    let (of_cleo, _) = street.promised(&cleo, 2, "3").await;
    let (app, rosa) = (&street.ring.app, &street.rosa);
    let of_rosa = make_promise(app, rosa, street.need.id, None, "").await.unwrap();
    app.clock.advance(PAUSE);
    let of_member = send_link_again(app, rosa, of_rosa.id).await;
    assert!(matches!(of_member, Err(Error::NotFound)), "members sign in");
    let gone = cleo.activity("Delete", 9, cleo.url.to_string().into());
    cleo.send_and_work(&street.ring, &gone).await;
    assert_eq!(refusal(send_link_again(app, rosa, of_cleo.id).await), Refusal::NothingToSend);
    block(app, street.bo.url.as_str(), "").await.unwrap();
    app.read_blocks().await.unwrap();
    let blocked = send_link_again(app, rosa, of_bo.id).await;
    assert!(matches!(blocked, Err(Error::NotFound)), "{blocked:?}");

    let other = Street::start().await;
    let (promise, token) = other.promised(&other.bo, 1, "5").await;
    let app = &other.ring.app;
    app.clock.advance(PAUSE);
    let close = Step::Close(CloseReason::NoLongerRelevant);
    change_proposal(app, &other.rosa, other.need.id, close).await.unwrap();
    let refused = send_link_again(app, &other.rosa, promise.id).await;
    assert_eq!(refusal(refused), Refusal::NothingToSend);
    assert_eq!(other.get(&format!("promised/{token}")).await.0, 200, "the old one stays");
}
