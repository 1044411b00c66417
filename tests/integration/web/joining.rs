//! Joining: what we owe each other, a name, vouches and visits, invitations. And what somebody who
//! is joining does not see yet.

use jiff::SignedDuration;
use mutuals::actions::change_proposal::{Step, change_proposal};
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::db::{members, vouches};
use mutuals::domain::draft::Draft;
use mutuals::domain::member::{Member, Role, Standing};
use mutuals::domain::proposal::Purpose;
use mutuals::domain::refusal::Refusal;
use mutuals::error::Error;
use mutuals::jobs::housekeeping;

use super::house::{Browser, House, blankets};

const PASSWORD: &str = "a kettle on the stove";

/// Joins by the open door, and says yes to the first version.
async fn join(house: &House, name: &str) -> (Browser, Member) {
    come(house, name, "agree").await
}

async fn come(house: &House, name: &str, choice: &str) -> (Browser, Member) {
    let mut browser = house.stranger();
    let fields = [("name", name), ("password", PASSWORD), ("version", "1"), ("choice", choice)];
    browser.post("/join", &fields).await.leads_to("/me");
    let member = find(house, name).await;
    (browser, member)
}

async fn find(house: &House, name: &str) -> Member {
    let name = name.to_owned();
    house.app.db.read(move |conn| members::find_by_name(conn, &name)).await.unwrap()
}

#[tokio::test]
async fn whoever_reads_what_we_owe_each_other_comes_in_with_a_name() {
    let house = House::open().await;
    let mut browser = house.stranger();
    browser.get("/").await.says("Following is not joining.").says("href=\"/join\"");
    browser.get("/about").await.says("Following is not joining.").says("href=\"/join\"");
    let page = browser.get("/join").await;
    page.is(200).says("We ask each other for what we need").says("I agree to version 1");
    page.says("once 2 members vouch for you, or after a visit").says("Following is not joining.");
    assert_eq!(page.headers["cache-control"], "no-store");
    let mut spanish = house.stranger();
    spanish.language = Some("es");
    spanish.get("/join").await.says("Nos pedimos lo que nos hace falta");

    let wish =
        |name| [("name", name), ("password", PASSWORD), ("version", "1"), ("choice", "agree")];
    browser.post("/join", &wish(" ")).await.is(422).says("Give a name");
    let short = [("name", "Lea"), ("password", "short"), ("version", "1"), ("choice", "agree")];
    browser
        .post("/join", &short)
        .await
        .is(422)
        .says("at least 10 characters")
        .says("value=\"Lea\"");
    browser.post("/join", &wish("Lea")).await.leads_to("/me");
    browser.get("/me").await.says("Welcome, Lea.").says("/join").hides("href=\"/promises\"");
    assert_eq!(find(&house, "Lea").await.standing, Standing::Joining);
    browser.get("/join").await.says("You said yes.").hides("I agree to version");
    house.stranger().post("/join", &wish("lea")).await.is(422).says("already goes by that name");

    let signing = [("name", "Lea"), ("password", PASSWORD)];
    house.stranger().post("/sign-in", &signing).await.leads_to("/me");
    // Whoever is in does not come in again.
    browser.post("/join", &wish("Lea again")).await.is(200);
    let all = house.app.db.read(members::list).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_newcomer_sees_what_everybody_sees_and_what_is_their_own() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let (mut of_lea, lea) = join(&house, "Lea").await;
    let hidden = Draft { title: "Quiet help".into(), audience: "members".into(), ..blankets() };
    let hidden = house.post(&rosa, Purpose::Need, hidden).await;
    let open = house.ask(&rosa, "Warm blankets").await;
    house.reply(open.id, "<p>Words from outside</p>").await;
    let (of_hidden, of_open) = (format!("/@ring/{}", hidden.id), format!("/@ring/{}", open.id));
    let mut of_milo = house.enter(&milo).await;
    let promise = format!("/proposals/{}/promise", open.id);
    let fields = [("amount", "3"), ("note", "behind the blue door")];
    of_milo.post(&promise, &fields).await.is(303);

    of_lea.get(&of_hidden).await.is(404);
    of_lea.get("/board").await.says("Warm blankets").hides("Quiet help");
    let note = [("amount", "2"), ("note", "I live upstairs")];
    let hidden_promise = format!("/proposals/{}/promise", hidden.id);
    of_lea.post(&hidden_promise, &note).await.is(404);
    of_lea.post(&promise, &note).await.is(303);
    let page = of_lea.get(&of_open).await;
    page.says("I live upstairs").hides("Words from outside").hides("Rosa").hides("Milo");
    page.hides("behind the blue door");
    of_milo.get(&of_open).await.says("Words from outside").says("Lea").says("I live upstairs");
    for path in ["/members", "/neighbours", "/promises", "/pacts"] {
        of_lea.get(path).await.is(403).says("You are joining").says("href=\"/join\"");
    }
    of_lea.get("/steward").await.is(403);

    // What is theirs they see whole: they must be able to arrange it.
    let own = house.ask(&lea, "A pram").await;
    house.reply(own.id, "<p>I have a pram</p>").await;
    of_milo.post(&format!("/proposals/{}/promise", own.id), &[("amount", "1")]).await.is(303);
    let page = of_lea.get(&format!("/@ring/{}", own.id)).await;
    page.says("I have a pram").says("Milo");
    change_proposal(&house.app, &rosa, hidden.id, Step::Withdraw).await.unwrap();
    of_lea.get(&of_hidden).await.is(404);
}

#[tokio::test]
async fn two_vouches_make_a_member_and_nobody_gives_both() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let (mut of_lea, lea) = join(&house, "Lea").await;
    let (mut of_bo, _) = join(&house, "Bo").await;
    let vouch = format!("/members/{}/vouch", lea.id);
    of_lea.post(&vouch, &[]).await.is(403);
    of_bo.post(&vouch, &[]).await.is(403);
    house.stranger().post(&vouch, &[]).await.is(303);
    let (mut of_rosa, mut of_milo) = (house.enter(&rosa).await, house.enter(&milo).await);
    of_rosa.get("/members").await.says("They would like to join").says("Lea").says("Milo");
    let page = format!("/members/{}", lea.id);
    of_rosa.get(&page).await.says("I vouch for Lea").hides("visited us on");
    of_rosa.post(&vouch, &[]).await.leads_to(&page);
    of_rosa.get(&page).await.says("You vouched for Lea.").hides("I vouch for Lea");
    of_rosa.post(&vouch, &[]).await.is(422).says("once is enough");
    of_lea.get("/members").await.is(403);
    of_milo.post(&vouch, &[]).await.leads_to("/members");
    of_milo.get("/members").await.says("Lea is one of us now.");
    of_lea.get("/members").await.is(200);
    of_milo.post(&vouch, &[]).await.is(422).says("a member already");
    let own = format!("/members/{}/vouch", rosa.id);
    of_rosa.post(&own, &[]).await.is(422).says("Nobody vouches for themselves");
    // And a member vouches in turn.
    let bo = find(&house, "Bo").await;
    of_lea.post(&format!("/members/{}/vouch", bo.id), &[]).await.is(303);
}

#[tokio::test]
async fn a_visit_that_a_steward_noted_is_enough() {
    let house = House::open().await;
    let (rosa, ida) = (house.member("Rosa").await, house.steward("Ida").await);
    let (mut of_lea, lea) = join(&house, "Lea").await;
    let visit = format!("/members/{}/visit", lea.id);
    house.enter(&rosa).await.post(&visit, &[("day", "2026-08-19")]).await.is(403);
    let mut of_ida = house.enter(&ida).await;
    of_ida.post(&visit, &[("day", "yesterday")]).await.is(422).says("Write the day like this");
    of_ida.post(&visit, &[("day", "2026-08-21")]).await.is(422).says("still to come");
    of_lea.get("/members").await.is(403);
    of_ida.post(&visit, &[("day", "2026-08-19")]).await.leads_to("/members");
    of_lea.get("/members").await.is(200);
}

#[tokio::test]
async fn whoever_wants_to_talk_first_is_a_line_for_the_stewards() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let ida = house.steward("Ida").await;
    let (mut of_lea, lea) = come(&house, "Lea", "talk").await;
    let mut of_ida = house.enter(&ida).await;
    of_ida.get("/steward").await.says("Lea would like to talk to someone first.");
    of_lea.get("/join").await.says("you would like to talk first").says("I agree to version 1");
    // Vouches wait for their yes.
    for who in [&rosa, &milo] {
        house.enter(who).await.post(&format!("/members/{}/vouch", lea.id), &[]).await.is(303);
    }
    of_lea.get("/members").await.is(403);
    of_lea.post("/join/agree", &[("version", "7")]).await.is(422).says("changed meanwhile");
    of_lea.post("/join/agree", &[("version", "1")]).await.leads_to("/me");
    of_lea.get("/members").await.is(200);
    of_ida.get("/steward").await.hides("Lea would like to talk");

    let (mut of_bo, _) = join(&house, "Bo").await;
    of_ida.get("/steward").await.says("Nobody waits.");
    house.app.clock.advance(SignedDuration::from_hours(22 * 24));
    let mut of_ida = house.enter(&ida).await;
    of_ida.get("/steward").await.says("Bo still waits for somebody to vouch");
    // Bo is told nothing of it.
    of_bo.post("/sign-in", &[("name", "Bo"), ("password", PASSWORD)]).await.leads_to("/me");
    of_bo.get("/me").await.hides("still waits");
}

#[tokio::test]
async fn the_collective_puts_words_and_a_rule_of_its_own_into_force() {
    let house = House::open().await;
    let (rosa, ida) = (house.member("Rosa").await, house.steward("Ida").await);
    let (mut of_lea, lea) = join(&house, "Lea").await;
    let (mut of_bo, _) = come(&house, "Bo", "talk").await;
    house.enter(&rosa).await.get("/steward/covenant").await.is(403);
    let mut of_ida = house.enter(&ida).await;
    of_ida.get("/steward/covenant").await.says("We ask each other").says("value=\"2\"");
    let set = |text, vouches| [("text", text), ("language", "es"), ("vouches", vouches)];
    of_ida.post("/steward/covenant", &set(" ", "1")).await.is(422).says("Write down");
    of_ida.post("/steward/covenant", &set("Sí", "many")).await.is(422).says("from 0 to 20");
    let unfit = of_ida.post("/steward/covenant", &set("Cuidamos el huerto.", "1")).await;
    unfit.is(422).says("One section is missing").says("Cuidamos el huerto.");
    let words = "# Lo que nos debemos\n\nCuidamos **el huerto** <script>";
    of_ida.post("/steward/covenant", &set(words, "1")).await.leads_to("/steward/covenant");
    let mut stranger = house.stranger();
    let page = stranger.get("/join").await;
    page.says("<strong>el huerto</strong>").says("lang=\"es\"").says("I agree to version 2");
    page.says("once a member vouches for you.").hides("<script>");

    // Yes to the text before is no yes to this one, for those who come now.
    let wish = |version, name| {
        [("name", name), ("password", PASSWORD), ("version", version), ("choice", "agree")]
    };
    stranger.post("/join", &wish("1", "Tove")).await.is(422).says("changed meanwhile");
    house.enter(&rosa).await.post(&format!("/members/{}/vouch", lea.id), &[]).await.is(303);
    of_lea.get("/members").await.is(200);

    of_ida.post("/steward/covenant", &set(words, "0")).await.is(303);
    stranger.post("/join", &wish("3", "Tove")).await.leads_to("/me");
    stranger.get("/members").await.is(200).says("Tove").says("Bo");
    of_bo.get("/members").await.is(403);
    of_bo.post("/join/agree", &[("version", "3")]).await.leads_to("/me");
    of_bo.get("/members").await.is(200);
}

#[tokio::test]
async fn an_invitation_lets_in_as_many_as_it_says() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut of_rosa = house.enter(&rosa).await;
    for uses in ["0", "11", "many", ""] {
        of_rosa.post("/members/invitations", &[("uses", uses)]).await.is(422).says("1 to 10");
    }
    let made = of_rosa.post("/members/invitations", &[("uses", "2")]).await;
    let (_, rest) = made.is(200).html.split_once("http://ring.example/join/").unwrap();
    let path = format!("/join/{}", rest.split('<').next().unwrap());
    of_rosa.get("/members").await.hides(&path);

    let wish =
        |name| [("name", name), ("password", PASSWORD), ("version", "1"), ("choice", "agree")];
    for name in ["Lea", "Bo"] {
        let mut browser = house.stranger();
        let page = browser.get(&path).await;
        page.is(200).says(&format!("action=\"{path}\""));
        assert_eq!(page.html.matches(path.as_str()).count(), 1, "in no link, only in the form");
        browser.post(&path, &wish("Rosa")).await.is(422).says("already goes by that name");
        browser.post(&path, &wish(name)).await.leads_to("/me");
    }
    house.stranger().get(&path).await.is(410).says("This invitation is over");
    house.stranger().post(&path, &wish("Tove")).await.is(410);
    house.stranger().get("/join/nothing").await.is(410);
    let (mut newcomer, _) = join(&house, "Tove").await;
    newcomer.post("/members/invitations", &[("uses", "1")]).await.is(403);

    let made = of_rosa.post("/members/invitations", &[("uses", "1")]).await;
    let (_, rest) = made.html.split_once("http://ring.example/join/").unwrap();
    let late = format!("/join/{}", rest.split('<').next().unwrap());
    for _ in 0..4 {
        of_rosa.post("/members/invitations", &[("uses", "1")]).await.is(200);
    }
    of_rosa.post("/members/invitations", &[("uses", "1")]).await.is(422).says("five open");
    house.app.clock.advance(SignedDuration::from_hours(14 * 24 + 1));
    house.stranger().get(&late).await.is(410);
    house.stranger().post(&late, &wish("Ann")).await.is(410);
}

#[tokio::test]
async fn the_open_door_lets_in_twenty_an_hour() {
    let house = House::open().await;
    let clock = house.app.clock.clone();
    let crowd = move |conn: &mut mutuals::db::Conn| {
        for number in 0..20 {
            let member = Member {
                id: clock.new_id(),
                name: format!("Somebody {number}"),
                role: Role::Member,
                language: None,
                joined_at: clock.now(),
                standing: Standing::Joining,
            };
            members::insert(conn, &member)?;
        }
        Ok(())
    };
    house.app.db.write(crowd).await.unwrap();
    let wish = [("name", "Lea"), ("password", PASSWORD), ("version", "1"), ("choice", "talk")];
    house.stranger().post("/join", &wish).await.is(422).says("Very many people");
    house.app.clock.advance(SignedDuration::from_mins(61));
    house.stranger().post("/join", &wish).await.leads_to("/me");
}

#[tokio::test]
async fn after_a_month_a_vouch_is_everybodys_and_stays() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let (_, lea) = join(&house, "Lea").await;
    let (_, bo) = join(&house, "Bo").await;
    let mut of_rosa = house.enter(&rosa).await;
    for who in [&lea, &bo] {
        of_rosa.post(&format!("/members/{}/vouch", who.id), &[]).await.is(303);
    }
    house.enter(&milo).await.post(&format!("/members/{}/vouch", lea.id), &[]).await.is(303);
    let known = async |who: &Member| {
        let (who, by) = (who.id, rosa.id);
        let read = move |conn: &mut mutuals::db::Conn| {
            let stands = vouches::count(conn, who, vouches::Kind::Vouch)?;
            Ok((stands, vouches::has_vouched(conn, who, by)?))
        };
        house.app.db.read(read).await.unwrap()
    };
    house.app.clock.advance(SignedDuration::from_hours(29 * 24));
    housekeeping::remove_what_is_stale(&house.app).await.unwrap();
    assert_eq!(known(&lea).await, (2, true));
    house.app.clock.advance(SignedDuration::from_hours(2 * 24));
    housekeeping::remove_what_is_stale(&house.app).await.unwrap();
    assert_eq!(known(&lea).await, (2, false), "it counts, and nobody knows whose it was");
    // Bo still joins: whose vouch it was is known, so that nobody gives two.
    assert_eq!(known(&bo).await, (1, true));
    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.post(&format!("/members/{}/vouch", bo.id), &[]).await.is(422);
}

#[tokio::test]
async fn who_is_still_joining_publishes_ten_things_a_day_and_keeps_the_rest() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (mut of_lea, lea) = join(&house, "Lea").await;
    for number in 0..10 {
        house.ask(&lea, &format!("Pram number {number}")).await;
    }
    let mut fields = vec![("title", "One more"), ("amount", "1"), ("unit", "pieces")];
    fields.extend([("language", "en"), ("audience", "public"), ("then", "publish")]);
    let refused = of_lea.post("/needs/new", &fields).await;
    refused.is(422).says("Keep this one as a draft").says("value=\"One more\"");

    let draft = Draft { title: "One more".into(), ..blankets() };
    let kept = post_proposal(&house.app, &lea, Purpose::Need, &draft, false).await.unwrap();
    let publish = format!("/proposals/{}/publish", kept.id);
    of_lea.post(&publish, &[]).await.is(422).says("Keep this one as a draft");
    let inside = Draft { audience: "members".into(), ..draft.clone() };
    let inside = house.post(&lea, Purpose::Need, inside).await;
    let widened = edit_proposal(&house.app, &lea, inside.id, &draft).await;
    assert!(matches!(widened, Err(Error::Refused(Refusal::ManyInOneDay))));
    house.enter(&ida).await.post(&publish, &[]).await.is(303);
    house.app.clock.advance(SignedDuration::from_hours(25));
    house.ask(&lea, "The next day").await;
}

#[tokio::test]
async fn j3_the_open_door_closes_while_nobody_looks_after_the_house() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
    house.app.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
    let mut lea = house.stranger();
    lea.get("/join").await.is(200).hides("name=\"password\"");
    lea.post("/join", &wish).await.is(422);
    house.enter(&ida).await;
    lea.get("/join").await.says("name=\"password\"");
    lea.post("/join", &wish).await.leads_to("/me");
}
