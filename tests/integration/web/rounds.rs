//! Rounds, causes, the moment after something came, asking without an account, and why it is like
//! this: as people see it.

use jiff::SignedDuration;
use mutuals::actions::cause::Said;
use mutuals::actions::change_proposal::close_saying;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::edit_proposal::edit_proposal;
use mutuals::actions::make_promise::make_promise;
use mutuals::db::rounds;
use mutuals::domain::draft::{Context, Draft};
use mutuals::domain::id::CauseId;
use mutuals::domain::member::Member;
use mutuals::domain::origin::{Origin, Way};
use mutuals::domain::picture::Picture;
use mutuals::domain::proposal::{CloseReason, Proposal, Purpose};
use mutuals::jobs::housekeeping;

use super::house::{Browser, House, Seen};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The part of a page between two texts.
fn between<'a>(html: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = html.split_once(before).unwrap_or_else(|| panic!("{before:?} is not there"));
    rest.split_once(after).unwrap().0
}

/// Where a redirect leads.
fn location(seen: &Seen) -> String {
    seen.is(303);
    seen.headers["location"].to_str().unwrap().to_owned()
}

/// The words that are read, without the markup.
fn words(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut text = String::new();
    let mut inside = true;
    for letter in main.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two people open a round by the pages; answers its page.
async fn open_flood(ida: &mut Browser, tove: &mut Browser) -> String {
    let fields = [("title", "Flood"), ("text", "The hall is **dry**."), ("days", "30")];
    let page = location(&ida.post("/rounds", &fields).await);
    ida.get(&page).await.is(200).says("waits for a second person").hides("Sign, too");
    tove.get(&page).await.is(200).says("Sign, too").says("Ida asked for it.");
    tove.post(&format!("{page}/open"), &[]).await.leads_to(&page);
    page
}

#[tokio::test]
async fn e13_a_crisis_is_opened_asked_in_and_closed_with_its_sheet() {
    let house = House::open().await;
    let (ida, tove) = (house.steward("Ida").await, house.steward("Tove").await);
    let rosa = house.member("Rosa").await;
    let mut ida = house.enter(&ida).await;
    let (mut tove, mut rosa) = (house.enter(&tove).await, house.enter(&rosa).await);
    ida.post("/rounds", &[("title", "Flood"), ("days", "91")]).await.is(422).says("from 1 to 90");
    rosa.get("/needs/new").await.is(200).hides("Does it belong to this?");
    let page = open_flood(&mut ida, &mut tove).await;
    rosa.get(&page).await.is(200).says("open, to be confirmed").says("Ida and Tove opened it.");
    house.stranger().get("/").await.says("Flood: ask, we are there").says("href=\"/ask\"");

    // Whoever asks now is asked whether it belongs to it; yes is chosen, and no is as easy.
    let form = rosa.get("/needs/new").await;
    let select = between(&form.is(200).html, "<select id=\"round\"", "</select>").to_owned();
    assert!(select.contains("selected>Flood"), "{select}");
    let id = between(&select, "<option value=\"", "\"").to_owned();
    let ask = |title: &'static str, round: String| {
        vec![("title", title.to_owned()), ("audience", "public".to_owned()), ("round", round)]
    };
    for (title, round) in [("Sandbags", id.clone()), ("Insulin", String::new()), ("Childcare", id)]
    {
        let fields = ask(title, round);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        rosa.post("/needs/new", &fields).await.is(303);
    }
    rosa.get(&page).await.is(200).says("Sandbags").says("Childcare").hides("Insulin");

    let poster = rosa.get(&format!("{page}/poster")).await;
    poster.is(200).says("You need something? Ask here:").says("http://ring.example");
    assert!(poster.html.contains("class=\"code\""), "a code for phones");

    ida.post(&format!("{page}/close"), &[]).await.is(422);
    ida.post(&format!("{page}/end"), &[]).await.leads_to(&page);
    house.stranger().get("/").await.hides("Flood");
    rosa.get("/needs/new").await.is(200).hides("Does it belong to this?");
    let sheet = ida.get(&page).await;
    sheet.is(200).says("The closing sheet").says("☐ done").says("Close the round");
    rosa.get(&page).await.is(200).hides("The closing sheet").hides("Close the round");
    ida.post(&format!("{page}/close"), &[]).await.is(422).says("not decided yet");

    let line = |title: &str| {
        let row = sheet.html.split("<li>").find(|row| row.contains(title)).unwrap();
        let path = between(row, "href=\"/round-lines/", "\"");
        format!("/round-lines/{path}")
    };
    ida.post(&line("Sandbags"), &[("fate", "finished")]).await.leads_to(&page);
    let form = ida.get(&line("Childcare")).await;
    form.is(200).says("What becomes of it?").says("/duties/new?title=Childcare");
    ida.post(&line("Childcare"), &[("fate", "duty")])
        .await
        .is(422)
        .says("Choose what it goes on as");
    let cause = [("fate", "cause"), ("cause", "0000000000001")];
    ida.post(&line("Childcare"), &cause).await.is(422).says("Nothing answers this cause yet");
    let answer = [("kind", "demand"), ("response", "The school opens its hall")];
    let answered = [cause.as_slice(), &answer].concat();
    ida.post(&line("Childcare"), &answered).await.leads_to(&page);
    ida.get(&page).await.is(200).says("Comes from: Rent rise");
    // Which cause somebody's need has is nobody's to read.
    rosa.get(&page).await.is(200).says("We look at what is behind it").hides("Rent rise");
    ida.post(&format!("{page}/close"), &[]).await.leads_to(&page);
    rosa.get(&page).await.is(200).says("What goes on").says("Where a turn is free");
    rosa.get("/notices").await.says("A round you took part in is closed.");
    ida.get("/log").await.says("A round is closed").says("Flood");
}

#[tokio::test]
async fn what_one_person_asked_for_is_shown_to_those_who_may_sign() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let (mut ida, mut rosa) = (house.enter(&ida).await, house.enter(&rosa).await);
    let page = location(&ida.post("/rounds", &[("title", "Heat"), ("days", "9")]).await);
    rosa.get("/rounds").await.is(200).hides("Heat");
    rosa.get(&page).await.is(404);
    house.stranger().get("/").await.hides("Heat");
    ida.post(&format!("{page}/open"), &[]).await.is(422).says("A second person signs");
}

#[tokio::test]
async fn a_need_for_the_shift_is_in_the_sheet_and_on_no_other_eyes() {
    let house = House::open().await;
    let (ida, tove) = (house.steward("Ida").await, house.steward("Tove").await);
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let (mut one, mut two) = (house.enter(&ida).await, house.enter(&tove).await);
    let page = open_flood(&mut one, &mut two).await;
    let open = house.app.db.read(rounds::list_unclosed).await.unwrap().remove(0);
    let context = Some(Context { round: Some(open.id), way: Way::default() });
    let draft = Draft {
        title: "A hidden room".into(),
        audience: "shift".into(),
        context,
        ..Draft::default()
    };
    house.post(&rosa, Purpose::Need, draft).await;
    one.get(&page).await.says("A hidden room");
    house.enter(&rosa).await.get(&page).await.says("A hidden room");
    house.enter(&milo).await.get(&page).await.is(200).hides("A hidden room");
}

/// Needs are closed with a cause behind them.
async fn close(house: &House, by: &Member, count: usize) {
    for _ in 0..count {
        let need = house.ask(by, "Rent money").await;
        let said = Said { cause: CauseId::from_number(1), words: "the landlord".into() };
        let closing = (CloseReason::Enough, Some(said));
        close_saying(&house.app, by, need.id, closing).await.unwrap();
    }
}

#[tokio::test]
async fn e3_eight_are_told_as_about_eight_and_four_are_not_told() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let mut member = house.enter(&rosa).await;
    close(&house, &rosa, 4).await;
    house.app.clock.advance(DAY * 7);
    member.get("/causes").await.is(200).says("Rent rise").hides("Rent rise, about");
    close(&house, &rosa, 4).await;
    house.app.clock.advance(DAY * 7);
    let told = "July to September 2026: Rent rise, about 8, no response linked";
    member.get("/causes").await.is(200).says(told).hides("the landlord");
    house.stranger().get("/causes").await.is(303);

    // Two weeks are long for somebody who looks after the house.
    let mut steward = house.enter(&ida).await;
    let form = steward.get("/causes/0000000000001/respond").await;
    form.is(200).says("Rent rise: what would make it not come back?");
    let project = [("kind", "project"), ("response", "Tenants meet on Mondays")];
    steward.post("/causes/0000000000001/respond", &project).await.leads_to("/causes");
    member
        .get("/causes")
        .await
        .says("Tenants meet on Mondays")
        .says("Rent rise, about 8<")
        .hides("no response linked");
    let not_now = [("kind", "not-now"), ("response", "After the summer")];
    steward.post("/causes/0000000000001/respond", &not_now).await.is(422).says("Not now");
    member.language = Some("es");
    member.get("/causes").await.says("Subida del alquiler");
}

#[tokio::test]
async fn e3_whoever_closes_a_need_may_say_what_is_behind_it_and_need_not() {
    let house = House::open().await;
    house.steward("Ida").await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    for (cause, words) in [("", ""), ("0000000000009", "at home"), ("nonsense", "x")] {
        let need = house.ask(&rosa, "A room").await;
        let page = format!("/@ring/{}", need.id);
        let shown = browser.get(&page).await;
        shown.is(200).says("What is behind it?").says("I say nothing about it").says("Violence");
        let fields = [("reason", "enough"), ("cause", cause), ("cause_words", words)];
        browser.post(&format!("/proposals/{}/close", need.id), &fields).await.leads_to(&page);
        browser.get(&page).await.is(200);
        house.stranger().get(&page).await.hides("at home").hides("Violence");
    }
    let offer =
        house.post(&rosa, Purpose::Offer, Draft { title: "A cot".into(), ..Draft::default() });
    let offer = offer.await;
    browser.get(&format!("/@ring/{}", offer.id)).await.is(200).hides("What is behind it?");
}

#[tokio::test]
async fn e12_the_yearly_line_says_about_thirty_percent_and_asks() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    house.steward("Tove").await;
    let mut browser = house.enter(&rosa).await;
    for number in 0..40 {
        let origin = Some(if number < 12 { Origin::Office } else { Origin::Neighbour });
        let context = Some(Context { round: None, way: Way { origin, replaces: false } });
        let draft = Draft { title: "Food".into(), context, ..Draft::default() };
        house.post(&ida, Purpose::Need, draft).await;
    }
    browser.get("/causes").await.is(200).hides("office");
    house.app.clock.advance(DAY * 60);
    let mut browser = house.enter(&rosa).await;
    browser
        .get("/causes")
        .await
        .says("an office sent about 30% of it to us")
        .says("What do we want to do about that?");
}

#[tokio::test]
async fn e12_an_office_reads_nothing_of_what_became_of_whom_it_sent() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let way = |origin| Context { round: None, way: Way { origin, replaces: origin.is_some() } };
    let draft =
        |origin| Draft { title: "Food".into(), context: Some(way(origin)), ..Draft::default() };
    let sent = house.post(&ida, Purpose::Need, draft(Some(Origin::Office))).await;
    let own = house.post(&ida, Purpose::Need, draft(None)).await;
    let mut stranger = house.stranger();
    let mut page = async |need: &Proposal| {
        let seen = stranger.get(&format!("/@ring/{}", need.id)).await;
        seen.is(200).html.replace(&need.id.to_string(), "ID")
    };
    assert_eq!(page(&sent).await, page(&own).await);
}

/// One asks, the other brings, and three days pass.
async fn deed(house: &House, receiver: &Member, giver: &Member) {
    let need = house.ask(receiver, "Soup").await;
    let promise = make_promise(&house.app, giver, need.id, None, "").await.unwrap();
    for member in [giver, receiver] {
        confirm_fulfilment(&house.app, member, promise.id, None, "").await.unwrap();
    }
    let close = mutuals::actions::change_proposal::Step::Close(CloseReason::Fulfilled);
    mutuals::actions::change_proposal::change_proposal(&house.app, receiver, need.id, close)
        .await
        .unwrap();
    house.app.clock.advance(DAY * 3);
    housekeeping::run(&house.app).await.unwrap();
}

#[tokio::test]
async fn e15_four_answers_and_none_is_kept_but_the_last() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    deed(&house, &rosa, &milo).await;
    let (mut one, mut other) = (house.enter(&rosa).await, house.enter(&milo).await);
    one.get("/notices").await.says("A question for you, if you like.");
    other.get("/notices").await.says("What could others do for you?");
    let page = one.get("/moment").await;
    page.is(200).says("You are part of this").says("to bring, to ask for, or to change?");
    for answer in ["bring", "turn", "nothing", "never"] {
        assert!(page.html.contains(&format!("name=\"answer\" value=\"{answer}\"")), "{answer}");
    }
    other.get("/moment/brought").await.is(200).says("What could others do for you?");
    one.post("/moment", &[("answer", "bring")]).await.leads_to("/offers/new");
    one.post("/moment", &[("answer", "turn")]).await.leads_to("/duties");
    one.post("/moment", &[("answer", "nothing")]).await.leads_to("/me");
    one.get("/moment").await.says("Do not ask me again").hides("You may ask me again");
    one.post("/moment", &[("answer", "never")]).await.leads_to("/me");
    // On any device, and it can be taken back.
    let mut elsewhere = house.enter(&rosa).await;
    elsewhere.get("/moment").await.says("You may ask me again");
    elsewhere.post("/moment", &[("answer", "again")]).await.leads_to("/moment");
    one.get("/moment").await.says("Do not ask me again");
}

#[tokio::test]
async fn e15_whatever_was_answered_the_next_need_is_treated_alike_byte_for_byte() {
    let mut told: Vec<Vec<String>> = Vec::new();
    for answer in ["bring", "turn", "nothing", "never", ""] {
        let house = House::open().await;
        let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
        let nina = house.member("Nina").await;
        deed(&house, &rosa, &milo).await;
        let mut browser = house.enter(&rosa).await;
        if !answer.is_empty() {
            browser.post("/moment", &[("answer", answer)]).await.is(303);
        }
        // What was done just now is said once.
        browser.get("/me").await.is(200);
        let first = house.ask(&nina, "Chairs").await;
        house.app.clock.advance(HOUR);
        let need = house.ask(&rosa, "Blankets").await;
        house.app.clock.advance(HOUR);
        let last = house.ask(&nina, "Lamps").await;
        make_promise(&house.app, &nina, need.id, "3".parse().ok(), "").await.unwrap();
        let mut reader = house.enter(&nina).await;
        let mut pages = Vec::new();
        let ids = [(&first, "FIRST"), (&need, "NEED"), (&last, "LAST")];
        for path in ["/board", &format!("/@ring/{}", need.id)] {
            for browser in [&mut browser, &mut reader, &mut house.stranger()] {
                let mut html = browser.get(path).await.is(200).html.clone();
                for (proposal, name) in ids {
                    html = html.replace(&proposal.id.to_string(), name);
                }
                pages.push(unsigned(&html));
            }
        }
        told.push(pages);
    }
    for other in &told[1..] {
        assert_eq!(&told[0], other);
    }
}

/// A page without the ids and secrets that chance gave it.
fn unsigned(html: &str) -> String {
    let mut kept = String::new();
    let mut word = String::new();
    for letter in html.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' {
            word.push(letter);
            continue;
        }
        // Ids stand at the end of the names of fields.
        let last = word.rsplit('-').next().unwrap_or_default();
        let capitals = last.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let is_chance = (last.len() == 13 && capitals) || word.len() > 30;
        kept.push_str(if is_chance { "…" } else { &word });
        word.clear();
        kept.push(letter);
    }
    kept
}

#[tokio::test]
async fn e21_a_stranger_asks_from_the_front_page_in_three_steps_without_an_account() {
    // Words that only insiders know, in what a stranger has to read on this way.
    let jargon = [
        "mutual aid",
        "mutuality",
        "solidarity",
        "autonomy",
        "commons",
        "covenant",
        "pact",
        "federat",
        "fediverse",
        "instance",
        "steward",
        "proposal",
        "assembly",
        "quorum",
        "duty",
        "apoyo mutuo",
        "solidaridad",
        "autonomía",
        "procomún",
        "pacto",
        "federa",
        "fediverso",
        "instancia",
        "asamblea",
        "quórum",
        "tarea común",
    ];
    for (language, done) in [("en", "We have it"), ("es", "Lo tenemos")] {
        let house = House::open().await;
        let ida = house.steward("Ida").await;
        let mut stranger = house.stranger();
        stranger.language = Some(language);
        // One: the front page, and its first big choice.
        let front = stranger.get("/").await;
        let choice = between(&front.is(200).html, "class=\"choice need\" href=\"", "\"").to_owned();
        // Two: the form.
        let form = stranger.get(&choice).await;
        form.is(200);
        assert_eq!(form.html.matches("required").count(), 2, "two fields, and nothing else");
        // Three: sent.
        let fields = [("text", "Food for two this week"), ("reach", "555 0101, ask for Ana")];
        let sent = stranger.post(&choice, &fields).await;
        sent.is(200).says(done);
        for page in [&front, &form, &sent] {
            let said = words(&page.html).to_lowercase();
            assert!(said.len() > 50, "{said}");
            for word in jargon {
                assert!(!said.contains(word), "{language}: {word:?} in {said}");
            }
        }
        // Nobody sees it but those who look after the house, and somebody is told.
        house.stranger().get("/board").await.hides("Food for two").hides("555 0101");
        let rosa = house.member("Rosa").await;
        house.enter(&rosa).await.get("/board").await.hides("555 0101");
        let mut steward = house.enter(&ida).await;
        steward.get("/notices").await.says("A message waits");
        steward.get("/steward").await.says("Somebody asked at the door");
        let list = steward.get("/steward/asks").await;
        list.is(200).says("Food for two this week").says("555 0101, ask for Ana");
        let care = between(&list.html, "action=\"/steward/asks/", "\"").to_owned();
        let care = format!("/steward/asks/{care}");
        steward.post(&care, &[("title", ""), ("then", "post")]).await.is(422);
        let post = [("title", "Food for two"), ("public", "yes"), ("then", "post")];
        let page = location(&steward.post(&care, &post).await);
        house.stranger().get(&page).await.is(200).says("Food for two").hides("555 0101");
        steward.get(&page).await.says("555 0101, ask for Ana");
        steward.get("/steward/asks").await.says("Nobody waits").hides("555 0101");
        steward.post(&care, &post).await.is(404);
    }
}

#[tokio::test]
async fn a_form_without_a_way_to_reach_somebody_says_what_is_missing() {
    let house = House::open().await;
    let mut stranger = house.stranger();
    stranger.post("/ask", &[("text", "Food")]).await.is(422).says("How do we reach you?");
    stranger.post("/ask", &[("reach", "555")]).await.is(422).says("what you need");
    let ida = house.steward("Ida").await;
    house.enter(&ida).await.get("/ask").await.leads_to("/needs/new");
}

#[tokio::test]
async fn e22_twenty_posts_of_which_nothing_came_are_told_as_such_to_members() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    for number in 0..20 {
        house.ask(&rosa, &format!("Thing {number}")).await;
    }
    let says = "20 things were posted, and nothing came of them yet";
    let mut member = house.enter(&rosa).await;
    member.get("/").await.is(200).says(says);
    house.stranger().get("/").await.is(200).hides("nothing came");
    let milo = house.member("Milo").await;
    let need = house.ask(&rosa, "Soup").await;
    let promise = make_promise(&house.app, &milo, need.id, None, "").await.unwrap();
    for member in [&milo, &rosa] {
        confirm_fulfilment(&house.app, member, promise.id, None, "").await.unwrap();
    }
    member.get("/").await.says("one thing came or went, and 21 were posted");
    house.app.clock.advance(DAY * 31);
    let mut member = house.enter(&rosa).await;
    member.get("/").await.is(200).hides("were posted");
}

#[tokio::test]
async fn e24_helpers_who_take_the_first_line_of_the_board_leave_nobody_out() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut needs = Vec::new();
    for number in 0..10 {
        let draft =
            Draft { title: format!("Need {number}"), amount: "3".into(), ..Draft::default() };
        needs.push(house.post(&rosa, Purpose::Need, draft).await);
        house.app.clock.advance(HOUR);
    }
    for number in 0..15 {
        let helper = house.member(&format!("Helper {number}")).await;
        let board = house.enter(&helper).await.get("/board").await;
        let list = between(&board.is(200).html, "class=\"slips\"", "</main>").to_owned();
        let first = between(&list, "href=\"/@ring/", "\"").to_owned();
        let id = first.parse().unwrap();
        make_promise(&house.app, &helper, id, "1".parse().ok(), "").await.unwrap();
    }
    let mut answered = Vec::new();
    for need in &needs {
        let id = need.id;
        let read = move |conn: &mut mutuals::db::Conn| mutuals::db::proposals::find(conn, id);
        let need = house.app.db.read(read).await.unwrap();
        answered.push(need.coverage.promised.to_string());
    }
    assert_eq!(answered, ["2", "2", "2", "2", "2", "1", "1", "1", "1", "1"]);
}

#[tokio::test]
async fn e24_words_and_pictures_move_nothing() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut ids = Vec::new();
    for title in ["First", "Second", "Third"] {
        ids.push(house.ask(&rosa, title).await.id);
        house.app.clock.advance(HOUR);
    }
    let order = async || {
        let board = house.stranger().get("/board").await.html;
        let mut places: Vec<_> =
            ids.iter().map(|id| (board.find(&id.to_string()).unwrap(), *id)).collect();
        places.sort();
        places.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_eq!(order().await, ids);
    let file = super::pictures::photo([200, 100, 50]);
    let kept = mutuals::actions::keep_picture::keep_picture(&house.app, file).await.unwrap();
    let moving = Draft {
        title: "URGENT!!! Please share".into(),
        text: "It breaks my heart. ".repeat(40),
        picture: Some(Picture { words: "A child".into(), ..kept }),
        amount: "20".into(),
        ..Draft::default()
    };
    edit_proposal(&house.app, &rosa, ids[2], &moving).await.unwrap();
    for _ in 0..5 {
        house.reply(ids[2], "<p>Shared!</p>").await;
    }
    assert_eq!(order().await, ids);
}

#[tokio::test]
async fn e4_every_refusal_of_what_people_expect_has_a_page_that_says_why() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let (mut stranger, mut member) = (house.stranger(), house.enter(&rosa).await);
    let list = stranger.get("/why").await;
    let paths: Vec<_> = list.is(200).html.split("href=\"/why/").skip(1).collect();
    let paths: Vec<_> = paths.iter().map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(paths.len(), 14);
    for language in ["en", "es"] {
        stranger.language = Some(language);
        for path in &paths {
            let page = stranger.get(&format!("/why/{path}")).await;
            let said = words(&page.is(200).html);
            assert!(said.len() > 400, "{path}: {said}");
            for word in ["atomi", "commodif", "neoliberal", "praxis", "hegemon", "individualism"] {
                assert!(!said.to_lowercase().contains(word), "{path}: {word}");
            }
        }
    }
    // And the pages that refuse it lead there.
    for (path, why) in [
        ("/board", "popular"),
        ("/me", "counts"),
        ("/members", "counts"),
        ("/needs/new", "free"),
        ("/needs/new", "stories"),
        ("/about", "following"),
        ("/rounds", "rounds"),
        ("/causes", "numbers"),
        ("/moment", "free"),
    ] {
        member.get(path).await.is(200).says(&format!("href=\"/why/{why}\""));
    }
    stranger.get("/").await.says("href=\"/why\"");
}
