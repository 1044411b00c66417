//! The private links of people of the fediverse: their page.

use http::HeaderMap;

use crate::people::{Seen, Street};

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
