//! While it is quiet, strangers find the shutters down at every address, and members go on.

use mutuals::actions::quiet::set_quiet;
use mutuals::domain::quiet_mode::Quiet;

use super::house::House;
use super::routes::{answered, harmless};

#[tokio::test]
async fn e9_while_it_is_quiet_no_page_is_left_for_strangers() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let need = house.ask(&rosa, "Blankets").await.id;
    let page = format!("/@ring/{need}");
    let mut stranger = house.stranger();
    stranger.get(&page).await.is(200);
    stranger.get("/feeds/all.atom").await.is(200);
    set_quiet(&house.app, None, Quiet::On, None).await.unwrap();
    stranger.get(&page).await.is(404).says("The shutters are down").hides("Blankets");
    stranger.get("/feeds/all.atom").await.is(404);
    let shut = stranger.get("/").await;
    shut.is(404).hides("neighbours of").says("href=\"/sign-in\"");
    // It leads nowhere that is shut, too.
    shut.hides("href=\"/about").hides("href=\"/board\"").hides("href=\"/duties\"");
    for (method, path) in harmless() {
        let secret = ["/promised/", "/asked/", "/no-more/", "/mail/", "/calendar/"];
        let is_door = path.starts_with("/sign-in") || path.starts_with("/static");
        if is_door || secret.iter().any(|start| path.starts_with(start)) {
            continue;
        }
        let (status, html) = answered(&mut stranger, &method, &path).await;
        assert_eq!(status, 404, "{method} {path}");
        assert!(!html.contains("Blankets"), "{path}");
    }
    stranger.get("/sign-in").await.is(200).hides("neighbours of");
    stranger.language = Some("es");
    stranger.get("/board").await.is(404).says("Las persianas están bajadas");

    let mut browser = house.enter(&rosa).await;
    browser
        .get(&page)
        .await
        .is(200)
        .says("Blankets")
        .says("nothing is seen from outside")
        .says("href=\"/about");
    set_quiet(&house.app, None, Quiet::Off, None).await.unwrap();
    browser.get(&page).await.is(200).hides("nothing is seen from outside");
    house.stranger().get(&page).await.is(200);
}
