//! The assembly on pages: what is to be decided, who holds what, what came from outside, and what is
//! asked; each as a person would read it.

use jiff::SignedDuration;
use mutuals::actions::hold_role::{self, Giving, Wish};
use mutuals::actions::join;
use mutuals::db::Conn;
use mutuals::domain::agenda::Matter;
use mutuals::domain::member::Member;
use mutuals::jobs::housekeeping;

use super::house::{Browser, House};

/// The path to which the last form led.
fn led(seen: &super::house::Seen) -> String {
    seen.headers["location"].to_str().unwrap().to_owned()
}

const PROPOSAL: [(&str, &str); 6] = [
    ("title", "A second kitchen day"),
    ("text", "Thursday, **with soup**."),
    ("method", "consent"),
    ("share", "50%"),
    ("until", "2026-08-27"),
    ("agenda", ""),
];

async fn propose(browser: &mut Browser) -> String {
    let seen = browser.post("/decisions/new", &PROPOSAL).await;
    seen.is(303);
    led(&seen)
}

async fn newcomer(house: &House) -> Browser {
    let link = mutuals::actions::invite::invite(&house.app, None, 1).await.unwrap();
    let token = link.path().rsplit('/').next().unwrap().to_owned();
    let wish = join::Wish {
        name: "Lea".into(),
        password: "a kettle on the stove".into(),
        agrees_to: None,
    };
    let member = join::join(&house.app, join::Way::Invitation(token), wish).await.unwrap().member;
    let mut browser = house.stranger();
    browser.post(&house.link(&member).await, &[]).await.leads_to("/me");
    browser
}

async fn days_pass(house: &House, days: i64) {
    house.app.clock.advance(SignedDuration::from_hours(24 * days));
    housekeeping::run(&house.app).await.unwrap();
}

#[tokio::test]
async fn a_decision_from_the_proposal_to_what_came_of_it() {
    let house = House::open().await;
    let (ida, kofi, rosa) =
        (house.member("Ida").await, house.member("Kofi").await, house.member("Rosa").await);
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    let (mut of_rosa, mut of_lea) = (house.enter(&rosa).await, newcomer(&house).await);
    of_ida.get("/decisions").await.says("Nothing is to be decided just now.");
    let mut wrong = PROPOSAL;
    wrong[0].1 = "";
    of_ida.post("/decisions/new", &wrong).await.is(422).says("in a few words").says("with soup");
    wrong = PROPOSAL;
    wrong[4].1 = "2026-08-19";
    of_ida.post("/decisions/new", &wrong).await.is(422).says("for an hour at least");
    let path = propose(&mut of_ida).await;
    of_kofi.get("/notices").await.says("Something is to be decided. You have a voice.");
    let page = of_kofi.get(&path).await;
    page.is(200).says("<strong>with soup</strong>").says("Open until Thursday 27 August");
    page.says("2 of 3 must speak for it to count.").says("Proposed by Ida");
    page.says("It is decided if nobody objects.").says("Nobody has spoken yet.").says("I object");
    page.hides("Take it back");

    let say = format!("{path}/say");
    of_kofi.post(&say, &[("voice", "objection")]).await.is(422).says("Write why");
    of_kofi.post(&say, &[("voice", "no")]).await.is(422).says("stand aside");
    let objects = [("voice", "objection"), ("words", "The stove is <b>old</b>")];
    of_kofi.post(&say, &objects).await.leads_to(&path);
    of_rosa.post(&say, &[("voice", "yes")]).await.leads_to(&path);
    // How the voices fall nobody sees yet, and who objected neither; each sees their own word.
    let page = of_ida.get(&path).await;
    page.says("2 have spoken.")
        .says("The stove is")
        .hides("<b>old")
        .hides("Kofi</")
        .hides("<dt>Yes");
    page.says("Take it back");
    of_kofi.get(&path).await.says("You have spoken, and can change your word");
    let page = of_lea.get(&path).await;
    page.is(200)
        .says("The stove is")
        .says("Once you are a member you have a voice")
        .hides("Say it");
    of_lea.post(&say, &[("voice", "yes")]).await.is(403);
    house.stranger().get(&path).await.is(404);
    house.stranger().get("/decisions").await.is(303);

    // They find another way, and Kofi says yes.
    of_kofi.post(&say, &[("voice", "yes")]).await.leads_to(&path);
    of_ida.post(&format!("{path}/close"), &[]).await.is(422).says("open until its deadline");
    of_ida.post(&say, &[("voice", "aside")]).await.leads_to(&path);
    of_ida.get(&path).await.says("Everybody has spoken");
    of_ida.post(&format!("{path}/close"), &[]).await.leads_to(&path);
    let page = of_lea.get(&path).await;
    page.says("Adopted").says("<dt>Yes</dt><dd>2</dd>").says("<dt>I stand aside</dt><dd>1</dd>");
    page.hides("The stove is");
    of_rosa.get("/notices").await.says("A decision is closed.");
    of_rosa.get("/decisions").await.says("A second kitchen day").says("Adopted");
    of_ida.post(&say, &[("voice", "yes")]).await.is(422).says("This decision is over.");
}

#[tokio::test]
async fn paper_is_entered_by_one_and_confirmed_by_another() {
    let house = House::open().await;
    let (ida, kofi) = (house.member("Ida").await, house.member("Kofi").await);
    for name in ["Ana", "Bo", "Cy"] {
        house.member(name).await;
    }
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    let path = propose(&mut of_ida).await;
    let paper = format!("{path}/paper");
    of_ida.post(&paper, &[("yes", "many")]).await.is(422).says("at least one voice");
    of_ida.post(&paper, &[("yes", "9")]).await.is(422).says("more voices than we are members");
    let numbers = [("yes", "2"), ("aside", "1"), ("objections", "")];
    of_ida.post(&paper, &numbers).await.leads_to(&path);
    let page = of_ida.get(&path).await;
    page.says("Entered by Ida. They wait for a second member.").says("Nobody has spoken yet.");
    page.hides("I counted the same");
    of_ida.post(&paper, &[("do", "confirm")]).await.is(422).says("You entered these numbers.");
    of_kofi.get(&path).await.says("I counted the same");
    of_kofi.post(&paper, &[("do", "confirm")]).await.leads_to(&path);
    of_kofi.get(&path).await.says("Entered by Ida, confirmed by Kofi.").says("3 have spoken.");
    days_pass(&house, 9).await;
    of_kofi.get(&path).await.says("Adopted").says("<dt>Yes</dt><dd>2</dd>");
}

/// Gives a role of this title to somebody, for a while without a decision.
async fn role(house: &House, by: &Member, title: &str, holder: &Member, deputy: Option<&Member>) {
    let holds = vec!["keys".to_owned(), "the van".to_owned()];
    let wish = Wish { title: title.into(), decides: "When it is *open*.".into(), holds };
    let role = hold_role::add(&house.app, by, wish, None).await.unwrap();
    let ends_at = house.app.now() + SignedDuration::from_hours(24 * 60);
    let deputy = deputy.map(|deputy| deputy.id);
    let giving = Giving { holder: holder.id, deputy, ends_at, decision: None };
    hold_role::give(&house.app, by, role.id, giving).await.unwrap();
}

/// A decision to which everybody says yes; answers its id.
async fn adopted(all: &mut [&mut Browser]) -> String {
    let path = propose(all[0]).await;
    for browser in all.iter_mut() {
        browser.post(&format!("{path}/say"), &[("voice", "yes")]).await.leads_to(&path);
    }
    all[0].post(&format!("{path}/close"), &[]).await.leads_to(&path);
    path.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn e18_the_map_of_power_says_who_holds_what_until_when() {
    let house = House::open().await;
    let (ida, kofi) = (house.steward("Idaquendel").await, house.member("Kofiquendel").await);
    role(&house, &ida, "Zebra crossing", &kofi, Some(&ida)).await;
    role(&house, &ida, "Attic", &kofi, None).await;
    let mut of_kofi = house.enter(&kofi).await;
    let page = of_kofi.get("/power").await;
    page.is(200).says("Kofiquendel · until Monday 19 October").says("Idaquendel stands in");
    page.says("Without a decision")
        .says("When it is <em>open</em>.")
        .says("Looking after the house");
    page.says("<dt>Keys</dt><dd>Attic: Kofiquendel<br>Zebra crossing: Kofiquendel</dd>");
    page.says("<dt>the van</dt>").says("<dt>Money</dt><dd>Nobody has said.</dd>");
    let place = |text: &str| page.main().find(text).unwrap();
    assert!(place("Attic") < place("Looking after") && place("Looking after") < place("Zebra"));

    // Strangers and newcomers see which roles there are, and nobody's name.
    for browser in [&mut house.stranger(), &mut newcomer(&house).await] {
        let page = browser.get("/power").await;
        page.is(200).says("Attic").says("Looking after the house").says("Names are for members");
        page.hides("quendel").hides("/roles/");
    }
    days_pass(&house, 61).await;
    let mut of_kofi = house.enter(&kofi).await;
    let page = of_kofi.get("/agenda").await;
    page.says("Attic: a term is over, or nobody holds it. Who takes it on from here?");
    page.says("Attic hangs on one person alone.").hides("Zebra crossing hangs");
    let main = page.main().split("</main>").next().unwrap();
    assert!(!main.contains("quendel"), "the agenda names nobody: {main}");
    of_kofi.get("/notices").await.says("A term in a role is over.");
    of_kofi.get("/power").await.says("the term is over since Monday 19 October");
}

#[tokio::test]
async fn a_role_is_described_given_and_handed_over_on_its_page() {
    let house = House::open().await;
    let (ida, kofi) = (house.steward("Ida").await, house.member("Kofi").await);
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    let wish = [("title", "The tin"), ("thing", "money"), ("own", "the blue tin\n\nits key")];
    of_kofi.post("/roles/new", &wish).await.is(422).says("This takes a decision of the assembly.");
    let seen = of_ida.post("/roles/new", &wish).await;
    let path = led(seen.is(303));
    let page = of_kofi.get(&path).await;
    page.is(200).says("Holds: Money, the blue tin, its key").says("Nobody").hides("Keep the list");
    let (id, give) = (kofi.id.to_string(), format!("{path}/give"));
    let giving = |until| [("holder", id.as_str()), ("until", until), ("deputy", "")];
    of_ida.post(&give, &giving("2027-08-20")).await.is(422).says("takes a decision");
    of_ida.post(&give, &[("until", "2026-10-01")]).await.is(422).says("Choose who holds it.");
    of_ida.post(&give, &giving("2026-10-01")).await.leads_to(&path);
    let lines = format!("{path}/lines");
    of_kofi.post(&lines, &[("new", "The <i>key</i>")]).await.leads_to(&path);
    let page = of_kofi.get(&path).await;
    page.says("The &#60;i&#62;key").says("Give it back");
    let line = page.html.split("name=\"line\" value=\"").nth(1).unwrap();
    let line = line.split('"').next().unwrap().to_owned();
    of_kofi.post(&lines, &[("line", &line), ("done", &line)]).await.leads_to(&path);
    of_ida.get(&path).await.says(&format!("value=\"{line}\" checked"));
    let term = page.html.split("name=\"term\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    of_kofi.post(&format!("{path}/give-back"), &[("term", term)]).await.leads_to(&path);
    of_ida.get(&path).await.hides("Give it back");
    of_ida.post(&format!("{path}/end"), &[]).await.leads_to("/power");
    of_ida.get(&path).await.is(404);
}

#[tokio::test]
async fn e18_the_assembly_names_somebody_and_ends_a_term_and_any_member_carries_it_out() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (kofi, rosa) = (house.member("Kofi").await, house.member("Rosa").await);
    role(&house, &ida, "The tin", &rosa, None).await;
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    let mut of_rosa = house.enter(&rosa).await;
    let map = of_kofi.get("/power").await;
    let path = map.html.split("/roles/").find(|part| part.contains("The tin")).unwrap();
    let path = format!("/roles/{}", path.split('"').next().unwrap());
    let page = of_kofi.get(&path).await;
    page.says("Ask the assembly to name somebody").says("Ask the assembly to end this term");
    page.hides("Give this role to somebody").hides("This role is needed no more");
    of_rosa.get(&path).await.hides("Ask the assembly to end this term").says("Give it back");
    let (ask, id) = (format!("{path}/ask"), kofi.id.to_string());
    of_kofi.post(&ask, &[("until", "2027-01-01")]).await.is(422).says("Choose who holds it.");
    let never = [("holder", id.as_str()), ("until", "2033-01-01")];
    of_kofi.post(&ask, &never).await.is(422).says("within two years");

    let naming = [("holder", id.as_str()), ("until", "2027-08-20")];
    let named = led(of_kofi.post(&ask, &naming).await.is(303));
    let page = of_ida.get(&named).await;
    page.says("Naming somebody: The tin").says("Kofi gets a role, until 20 August 2027");
    page.says("2 of 3 must speak").says("and nothing else").hides("Carry it out<");
    newcomer(&house).await.get(&named).await.is(200).hides("Kofi");
    let carry_out = format!("{named}/carry-out");
    of_kofi.post(&carry_out, &[]).await.is(422).says("was not adopted");
    for browser in [&mut of_ida, &mut of_kofi, &mut of_rosa] {
        browser.post(&format!("{named}/say"), &[("voice", "yes")]).await.leads_to(&named);
    }
    of_ida.get(&named).await.hides("Close it now");
    of_ida.post(&format!("{named}/close"), &[]).await.is(422);
    days_pass(&house, 8).await;
    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.get(&named).await.says("Carry it out<");
    of_rosa.post(&carry_out, &[]).await.leads_to(&named);
    of_rosa.get(&named).await.says("It was carried out, ").hides("Carry it out<");
    of_rosa.post(&carry_out, &[]).await.is(422).says("Each is good once");
    let page = of_rosa.get(&path).await;
    page.says("Kofi</strong> · until 20 August 2027").says("Naming somebody: The tin");

    let term = page.html.split("name=\"term\" value=\"").nth(1).unwrap();
    let term = term.split('"').next().unwrap().to_owned();
    let ended = led(of_rosa.post(&ask, &[("term", &term)]).await.is(303));
    of_rosa.get(&ended).await.says("Ending a term: The tin").says("a term of Kofi ends");
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    for browser in [&mut of_ida, &mut of_kofi] {
        browser.post(&format!("{ended}/say"), &[("voice", "yes")]).await.leads_to(&ended);
    }
    days_pass(&house, 8).await;
    let mut of_rosa = house.enter(&rosa).await;
    of_rosa.post(&format!("{ended}/carry-out"), &[]).await.leads_to(&ended);
    of_rosa.get(&path).await.hides("Kofi</strong>");
}

#[tokio::test]
async fn e18_what_hangs_on_a_string_is_there_for_every_member_to_read() {
    let house = House::open().await;
    let (ida, kofi) = (house.steward("Ida").await, house.member("Kofi Mensah").await);
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    let mut gift = vec![
        ("what", "Flour"),
        ("source", "Mill & Sons"),
        ("amount", "80"),
        ("unit", "kg"),
        ("for", "all"),
        ("conditions", "=A sign <b>at</b> the door"),
        ("until", "2026-09-30"),
    ];
    let tied = of_kofi.post("/strings/new", &gift).await;
    tied.is(422).says("something is attached to it").says("Mill &#38; Sons");
    let decision = adopted(&mut [&mut of_ida, &mut of_kofi]).await;
    let mut decided = gift.clone();
    decided.push(("decision", decision.as_str()));
    of_kofi.post("/strings/new", &decided).await.is(422).says("hold the money");
    of_ida.get("/strings/new").await.says(&decision);
    of_ida.post("/strings/new", &decided).await.leads_to("/strings");
    of_ida.get("/strings/new").await.hides(&decision);
    of_ida.post("/strings/new", &decided).await.is(422).says("Each is good once");
    let page = of_ida.get("/strings").await;
    page.is(200)
        .says("80 kg · from Mill &#38; Sons")
        .says("A sign &#60;b&#62;at")
        .says("Conditions");
    page.says("Anything above 100").hides("Kofi");
    let table = of_ida.get_bytes("/strings.csv").await;
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("Flour,Mill & Sons,80,kg") && table.contains(",'=A sign"), "{table}");
    gift[2].1 = "8000";
    of_kofi.post("/strings/new", &gift).await.is(422).says("above what we book without a decision");
    gift[2].1 = "8";
    gift[4].1 = "person";
    let refused = of_kofi.post("/strings/new", &gift).await;
    refused.is(422).says("never for a person whom the giver names").says("Mill &#38; Sons");
    gift[4].1 = "all";
    gift[0].1 = "Bread for Kofi Mensah";
    of_kofi.post("/strings/new", &gift).await.is(422).says("never for a person");
    of_ida.get("/agenda").await.says("Flour, from outside: ends on Wednesday 30 September");
    house.stranger().get("/strings").await.is(303);
    newcomer(&house).await.get("/strings.csv").await.is(403);
}

#[tokio::test]
async fn e20_the_agenda_asks_and_rests_once_it_is_answered() {
    let house = House::open().await;
    let (ida, kofi) = (house.steward("Ida").await, house.steward("Kofi").await);
    let (mut of_ida, mut of_kofi) = (house.enter(&ida).await, house.enter(&kofi).await);
    of_ida.get("/agenda").await.says("Nothing is asked just now.");
    let raise = |matter: Matter, subject: &'static str| {
        let (app, now) = (house.app.clone(), house.app.now());
        let raise = move |conn: &mut Conn| {
            mutuals::db::agenda::raise(conn, app.clock.new_id(), (matter, subject), now)
        };
        let db = house.app.db.clone();
        async move { db.write(raise).await.unwrap() }
    };
    assert!(raise(Matter::Drift, "").await && raise(Matter::RecurringCause, "rent").await);
    let page = of_ida.get("/agenda").await;
    page.says("Help runs one way, or only in crises")
        .says("none of this says that anybody did wrong");
    let place = |text: &str| page.main().find(text).unwrap();
    assert!(place("The same cause is behind") < place("Help runs one way"));
    let id = page.html.split("/agenda/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let answer = format!("/agenda/{id}/answer");
    for unfit in ["2026-08-01", "2029-01-01"] {
        let tried = of_ida.post(&answer, &[("until", unfit), ("decision", "")]).await;
        tried.is(422).says("Choose a day to come");
    }
    // One is talked about, the other is decided.
    of_ida.post(&answer, &[("until", "2026-09-30"), ("decision", "")]).await.leads_to("/agenda");
    let page = of_kofi.get("/agenda").await;
    page.hides("The same cause is behind");
    assert!(!raise(Matter::RecurringCause, "rent").await, "it rests");
    let other = page.html.split("agenda=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    of_kofi.get(&format!("/decisions/new?agenda={other}")).await.says(&other);
    let mut proposal = PROPOSAL;
    proposal[5].1 = &other;
    let seen = of_kofi.post("/decisions/new", &proposal).await;
    let path = led(seen.is(303));
    of_ida.get("/agenda").await.says("A second kitchen day").says("Help runs one way");
    for browser in [&mut of_ida, &mut of_kofi] {
        browser.post(&format!("{path}/say"), &[("voice", "yes")]).await.is(303);
    }
    of_ida.post(&format!("{path}/close"), &[]).await.is(303);
    of_ida.get("/agenda").await.says("Nothing is asked just now.");
    days_pass(&house, 50).await;
    assert!(raise(Matter::RecurringCause, "rent").await, "it is asked again once it has rested");
}
