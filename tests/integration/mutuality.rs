//! The picture of mutuality, read as a person would: words, not markup.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use mutuals::actions::add_member::add_member;
use mutuals::actions::release_mutuality::{WAITS, last_over, release_mutuality};
use mutuals::cli::fixture;
use mutuals::db::{agenda, leaving, mutuality_releases, proposals, rounds};
use mutuals::domain::agenda::Matter;
use mutuals::domain::member::Role;
use mutuals::domain::mutuality::dice::Dice;
use mutuals::domain::mutuality::durability::Participant;
use mutuals::domain::mutuality::figures::{Figures, Shown};
use mutuals::domain::mutuality::flows::{Deed, Party};
use mutuals::domain::mutuality::record::{Handover, Need, Record};
use mutuals::domain::mutuality::report::{Report, WINDOWS};
use mutuals::domain::quarter::Quarter;
use mutuals::domain::round::{How, Line, Openers, Round};
use mutuals::domain::turn::LATEST_NOTE;

use crate::web::Browser;
use crate::web::house::House;

/// A house at a time when every turn of the quarter that ended with June can no longer be noted.
async fn house() -> House {
    let house = House::open().await;
    house.app.clock.advance(SignedDuration::from_hours(12 * 24));
    house
}

/// A house in which a year of a made-up collective has passed, with its figures frozen, and a
/// browser of one of its members.
async fn year_of(name: &str) -> (House, Browser) {
    let house = house().await;
    fixture::load(&house.app, fixture::find(name).unwrap()).await.unwrap();
    release_mutuality(&house.app).await.unwrap();
    let members = house.app.db.read(mutuals::db::members::list).await.unwrap();
    let browser = house.enter(&members[5]).await;
    (house, browser)
}

/// What a person reads on a page, without what every page has around it.
fn words(html: &str) -> String {
    let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    let mut text = String::new();
    let mut rest = main.split_once('>').unwrap().1;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').unwrap().1;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn e00a_a_reader_of_the_two_pages_can_say_which_collective_is_mutual() {
    let (_corner, mut browser) = year_of("charity_corner").await;
    let corner = words(&browser.get("/mutuality").await.html);
    for sentence in [
        "Nearly all help runs one way",
        "No turns are shared",
        "Half of the work is carried by fewer than five people.",
        "About 20 of twenty went one way.",
        "Nobody, or fewer than five people, both gave and received.",
        "Something here is held by one person alone.",
        "No duty says yet what it would be missed for.",
    ] {
        assert!(corner.contains(sentence), "{sentence}: {corner}");
    }
    let (_ring, mut browser) = year_of("ring_street").await;
    let ring = words(&browser.get("/mutuality").await.html);
    for sentence in [
        "Help goes round: only a small part of it runs one way.",
        "Turns are shared: they were kept by",
        "came round through others.",
        "came back through something we hold in common",
        "both gave and received.",
    ] {
        assert!(ring.contains(sentence), "{sentence}: {ring}");
    }
    for sentence in ["Nearly all help runs one way", "No turns are shared", "carried by fewer than"]
    {
        assert!(!ring.contains(sentence), "{sentence}: {ring}");
    }
    browser.language = Some("es");
    browser.post("/language", &[("language", "es"), ("return", "/mutuality")]).await;
    let ring = words(&browser.get("/mutuality").await.html);
    assert!(ring.contains("La ayuda da la vuelta"), "{ring}");
    assert!(!ring.contains("mutuality-"), "{ring}");
}

#[tokio::test]
async fn e32_what_would_be_missed_is_a_list_of_weeks_and_never_a_sum() {
    let (_ring, mut browser) = year_of("ring_street").await;
    let ring = words(&browser.get("/mutuality").await.html);
    let (_, list) = ring.split_once("in how many weeks of the year it was there:").unwrap();
    let list = list.split("It does not know").next().unwrap().trim();
    assert_eq!(
        list,
        "Childcare: 47 of 52 weeks. Company: 49 of 52 weeks. Food: 50 of 52 weeks. \
         Repairs: 25 of 52 weeks. Rides: 12 of 52 weeks."
    );
}

#[tokio::test]
async fn e00b_the_page_has_three_groups_and_says_what_it_cannot_know() {
    let (house, mut browser) = year_of("ring_street").await;
    let html = browser.get("/mutuality").await.html;
    let read = words(&html);
    for question in
        ["Do we carry each other?", "Will it be here next year?", "Whose hands is it in?"]
    {
        assert!(read.contains(question), "{question}");
    }
    for silent in ["Care that nobody writes down.", "Dignity, and fear.", "did not dare to ask"] {
        assert!(read.contains(silent), "{silent}");
    }
    // Each figure says how it is computed, and the picture has words.
    assert!(html.matches("<details").count() > 12);
    assert!(html.contains("aria-label=\"A ring of twenty pieces"), "{html}");
    assert!(html.len() < 60_000, "{}", html.len());
    // No name of anybody stands on it.
    for member in house.app.db.read(mutuals::db::members::list).await.unwrap() {
        let alone = read.split(|c: char| !c.is_alphanumeric()).any(|word| word == member.name);
        assert!(!alone, "{}", member.name);
    }
    for months in WINDOWS {
        let seen = browser.get(&format!("/mutuality?months={months}")).await;
        assert_eq!(seen.status, 200, "{months}");
    }
    for path in ["/mutuality?months=1", "/mutuality?months=x", "/mutuality?quarter=2001-1"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_released_stays_as_it_is_whoever_comes_or_leaves() {
    let (house, mut browser) = year_of("ring_street").await;
    let before = words(&browser.get("/mutuality?quarter=2026-2").await.html);
    let members = house.app.db.read(mutuals::db::members::list).await.unwrap();
    let leaver = members[9].id;
    house.app.db.write(move |conn| leaving::erase(conn, leaver)).await.unwrap();
    assert_eq!(release_mutuality(&house.app).await.unwrap(), 0, "nothing is frozen twice");
    assert_eq!(words(&browser.get("/mutuality?quarter=2026-2").await.html), before);
    // Three months later there is another quarter, and this one is still the same.
    house.app.clock.advance(SignedDuration::from_hours(91 * 24));
    assert_eq!(release_mutuality(&house.app).await.unwrap(), 1);
    let members = house.app.db.read(mutuals::db::members::list).await.unwrap();
    let mut browser = house.enter(&members[5]).await;
    let after = words(&browser.get("/mutuality?quarter=2026-2").await.html);
    let part = |text: &str| text.split_once("Do we carry each other?").unwrap().1.to_owned();
    let figures = |text: &str| part(text).split("Other quarters").next().unwrap().to_owned();
    // Terms are shown as they are today; everything else is as it was frozen.
    let frozen =
        |text: &str| figures(text).split("If somebody were gone").next().unwrap().to_owned();
    assert_eq!(frozen(&after), frozen(&before));
}

#[tokio::test]
async fn seven_people_see_only_text_and_strangers_nothing() {
    let house = house().await;
    let mut table = "day,what,who,whom,kind,words\n".to_owned();
    let names = ["Ana", "Bo", "Cleo", "Dan", "Eva", "Finn", "Gus"];
    for name in names {
        table.push_str(&format!("0,member,{name},member,,\n"));
    }
    for day in 1..360 {
        let (one, other) = (names[day % 7], names[(day / 3 + 1 + day) % 7]);
        if one != other {
            table.push_str(&format!("{day},handover,{one},{other},food,Bread\n"));
        }
    }
    fixture::tell(&house.app, date(2025, 7, 1), table.leak()).await.unwrap();
    release_mutuality(&house.app).await.unwrap();
    let mut browser = house.enter(&house.member("Hal").await).await;
    let read = words(&browser.get("/mutuality").await.html);
    assert!(read.contains("too few of us to count without pointing at someone"), "{read}");
    assert!(!read.contains('%') && !read.contains("of twenty"), "{read}");
    // Nobody who is no member learns anything.
    let mut stranger = house.stranger();
    stranger.get("/mutuality").await.leads_to("/sign-in?return=%2Fmutuality");
    for path in ["/", "/about", "/board"] {
        let seen = words(&stranger.get(path).await.html);
        assert!(!seen.contains("utuality") && !seen.contains("one way"), "{path}: {seen}");
    }
}

#[tokio::test]
async fn before_the_first_quarter_is_over_the_page_says_when_figures_come() {
    let house = House::open().await;
    let mut browser = house.enter(&house.member("Rosa").await).await;
    let read = words(&browser.get("/mutuality").await.html);
    assert!(read.contains("The first figures come on Monday 30 November"), "{read}");
}

/// Two quarters of ten people: in the first four things of five belong to a flood, in the second one
/// of five, and two of five are turns.
fn two_quarters() -> &'static str {
    let mut table = "day,what,who,whom,kind,words\n".to_owned();
    for number in 0..10 {
        table.push_str(&format!("0,member,P{number},member,,\n"));
    }
    let rhythm = "FREQ=WEEKLY;BYDAY=TU 16:00 120 2";
    table.push_str(&format!("0,duty,Childcare,{rhythm},childcare,P0+P1\n"));
    for (first, flood, others) in [(1, 20, 5), (101, 5, 10)] {
        for number in 0..flood + others {
            let (day, from, to) = (first + number, number % 10, (number + 1) % 10);
            let words = if number < flood { "Sandbags" } else { "Bread" };
            table.push_str(&format!("{day},handover,P{from},P{to},food,{words}\n"));
        }
    }
    for week in 0..5 {
        let (day, one) = (120 + 7 * week, 2 * week);
        table.push_str(&format!("{day},turn,Childcare,P{one}+P{},,\n", one + 1));
    }
    table.leak()
}

#[tokio::test]
async fn e13_the_crisis_share_on_the_page_falls_from_80_to_20_percent_and_what_stands_rises() {
    let house = house().await;
    fixture::tell(&house.app, date(2026, 1, 1), two_quarters()).await.unwrap();
    let (id, now) = (house.app.clock.new_id(), house.app.now());
    let flood = Round {
        id,
        title: "Flood".into(),
        text: "The river is in the cellars.".into(),
        days: 90,
        asked_at: now,
        opened_at: Some(now),
        ends_at: now,
        lapses_at: None,
        ended: Some((How::Date, now)),
        closed_at: Some(now),
    };
    let tag = move |conn: &mut mutuals::db::Conn| {
        rounds::insert(conn, &flood, Openers::default())?;
        for need in proposals::list(conn)? {
            if need.content.title == "Sandbags" {
                let line = Line { proposal: need.id, round: id, added_at: now, decided: None };
                rounds::insert_line(conn, &line)?;
            }
        }
        Ok(())
    };
    house.app.db.write(tag).await.unwrap();
    release_mutuality(&house.app).await.unwrap();
    let members = house.app.db.read(mutuals::db::members::list).await.unwrap();
    let mut browser = house.enter(&members[5]).await;
    let mut found = Vec::new();
    for quarter in ["2026-1", "2026-2"] {
        let of: Quarter = quarter.parse().unwrap();
        let find = move |conn: &mut mutuals::db::Conn| mutuality_releases::find(conn, of, 3);
        let report = house.app.db.read(find).await.unwrap().report;
        found.push((report.get("crisis"), report.get("standing")));
        let path = format!("/mutuality?months=3&quarter={quarter}");
        let read = words(&browser.get(&path).await.html);
        let share = if quarter == "2026-1" { 80 } else { 20 };
        assert!(read.contains(&format!("{share}% belonged to a crisis round.")), "{read}");
    }
    let share = Shown::Share;
    assert_eq!(found, [(share(0.8), share(0.0)), (share(0.2), share(0.4))]);
}

#[tokio::test]
async fn a_turn_that_is_noted_late_is_in_the_figures_of_its_quarter() {
    assert!(WAITS >= LATEST_NOTE + SignedDuration::from_hours(24));
    let house = House::open().await;
    fixture::load(&house.app, fixture::find("ring_street").unwrap()).await.unwrap();
    let last = last_over(house.app.now(), &house.app.zone);
    // The quarter after that one is over too, and nothing of it is frozen yet.
    assert_eq!(
        (last.to_string(), release_mutuality(&house.app).await.unwrap()),
        ("2026-1".into(), 4)
    );
    let quarters = house.app.db.read(mutuality_releases::list_quarters).await.unwrap();
    assert_eq!(quarters.first(), Some(&last));
    house.app.clock.advance(SignedDuration::from_hours(12 * 24));
    assert_eq!(release_mutuality(&house.app).await.unwrap(), 1);
}

/// Two years and a half of a collective of thirty, in which more and more runs one way in the end.
fn drifting(turning: i32) -> &'static str {
    let mut dice = Dice::new(11);
    let mut table = "day,what,who,whom,kind,words\n".to_owned();
    for name in 0..30 {
        table.push_str(&format!("0,member,N{name:02},member,,\n"));
    }
    for day in 1..910 {
        let (one, other) = (dice.below(30), dice.below(29));
        let other = if other >= one { other + 1 } else { other };
        let mut give = |from: usize, to: usize| {
            table.push_str(&format!("{day},handover,N{from:02},N{to:02},food,Bread\n"));
        };
        if day < turning || dice.below(4) == 0 {
            give(one, other);
            give(other, one);
        } else {
            give(one % 3, other % 20 + 10);
        }
    }
    table.leak()
}

/// Freezes quarter after quarter as they end; answers how often the assembly was asked.
async fn asked_of(table: &'static str) -> usize {
    let house = house().await;
    fixture::tell(&house.app, date(2024, 1, 1), table).await.unwrap();
    let mut asked = BTreeSet::new();
    for _ in 0..3 {
        release_mutuality(&house.app).await.unwrap();
        release_mutuality(&house.app).await.unwrap();
        for point in house.app.db.read(agenda::list_open).await.unwrap() {
            assert_eq!((point.matter, point.subject.as_str()), (Matter::Drift, ""));
            asked.insert(point.id);
        }
        house.app.clock.advance(SignedDuration::from_hours(92 * 24));
    }
    asked.len()
}

#[tokio::test]
async fn e02_a_drift_is_one_question_to_the_assembly_without_a_name() {
    assert_eq!(asked_of(drifting(740)).await, 1);
    assert_eq!(asked_of(drifting(10_000)).await, 0);
}

/// The deeds of a made-up collective.
fn deeds(name: &str) -> Vec<Deed> {
    let table = fixture::find(name).unwrap().table;
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    let mut party = |name: &str| {
        let next = numbers.len().try_into().unwrap();
        let number = *numbers.entry(name.to_owned()).or_insert(next);
        if name.starts_with("duty:") { Party::Pool(number) } else { Party::Person(number) }
    };
    let mut found = Vec::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let mut add = |from: &str, to: &str| {
            let (provider, receiver) = (party(from), party(to));
            found.push(Deed { provider, receiver, weight: 1 });
        };
        match cells[1] {
            "handover" => add(cells[2], cells[3]),
            "turn" => {
                let people = cells[3].split('+').filter(|name| !name.is_empty());
                people.for_each(|name| add(name, &format!("duty:{}", cells[2])));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn nobody_who_comes_or_leaves_moves_a_figure_by_more_than_a_step() {
    let (mut moved, mut all) = (0, 0);
    for name in ["ring_street", "charity_corner"] {
        let year = deeds(name);
        let people: BTreeSet<Party> = year
            .iter()
            .flat_map(|deed| [deed.provider, deed.receiver])
            .filter(|party| matches!(party, Party::Person(_)))
            .collect();
        let mut dice = Dice::new(3);
        for draw in 0..3 {
            let kept: Vec<Deed> =
                year.iter().filter(|_| draw == 0 || dice.share() < 0.7).copied().collect();
            let with = Figures::of_record(&kept).published();
            for person in &people {
                let rest =
                    kept.iter().filter(|deed| ![deed.provider, deed.receiver].contains(person));
                let without = Figures::of_record(&rest.copied().collect::<Vec<_>>()).published();
                for ((name, with), (_, without)) in with.iter().zip(&without) {
                    let change = match (with, without) {
                        (Shown::Share(with), Shown::Share(without)) => {
                            (with - without).abs() / 0.05
                        }
                        // Counts of people come in steps of five.
                        (Shown::Count(with), Shown::Count(without)) => {
                            f64::from(u32::try_from(with.abs_diff(*without)).unwrap()) / 5.0
                        }
                        _ => continue,
                    };
                    all += 1;
                    moved += usize::from(change > 1.0 + 1e-9);
                    assert!(change < 3.0, "{name}: {with:?} {without:?}");
                }
            }
        }
    }
    assert!(moved * 20 <= all && all > 1_000, "{moved} of {all}");
}

/// What is on record of a made-up collective, without what one of its people did: the second half of
/// its year, with a flood in the middle of it.
fn record_without(name: &str, gone: Option<&str>) -> Record {
    let table = fixture::find(name).unwrap().table;
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let next = numbers.len().try_into().unwrap();
        if ["member", "duty"].contains(&cells[1]) {
            numbers.insert(cells[2], next);
        }
    }
    let person = |name: &str| Party::Person(numbers[name]);
    let mut record = Record::default();
    let mut stayed: BTreeMap<u64, Participant> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (day, who, whom) = (cells[0].parse::<u32>().unwrap(), cells[2], cells[3]);
        let there = |name: &&str| !name.is_empty() && Some(*name) != gone;
        match cells[1] {
            "handover" if there(&who) && there(&whom) => {
                let duty = who.strip_prefix("duty:");
                let provider = duty.map_or_else(|| person(who), |duty| Party::Pool(numbers[duty]));
                let deed = Deed { provider, receiver: person(whom), weight: 1 };
                if let (Party::Person(one), true) = (provider, day < 180) {
                    record.met_before.push((one, numbers[whom]));
                }
                let in_round = (180..240).contains(&day);
                for party in [deed.provider, deed.receiver] {
                    let Party::Person(number) = party else { continue };
                    if in_round {
                        stayed.entry(number).or_default();
                    } else if let Some(each) = stayed.get_mut(&number).filter(|_| day >= 240) {
                        each.active.insert((day - 240) / 30 + 1);
                    }
                }
                if day >= 180 {
                    let by_duty = duty.is_some();
                    let is_protected = cells[4] == "paperwork";
                    record.handovers.push(Handover { deed, by_duty, in_round, is_protected });
                    let (asker, is_new) = (Some(numbers[whom]), day % 3 == 0);
                    record.needs.push(Need { asker, is_new, answered: f64::from(day % 4) / 3.0 });
                }
            }
            "turn" if day >= 180 => {
                let came: Vec<&str> = whom.split('+').filter(there).collect();
                record.plan.due += 1;
                record.plan.kept += u64::from(!came.is_empty());
                let deed = |name| Deed {
                    provider: person(name),
                    receiver: Party::Pool(numbers[who]),
                    weight: 1,
                };
                record.turns.extend(came.into_iter().map(deed));
            }
            "member" if there(&who) => {
                let number = numbers[who];
                record.exempt.whole += 1;
                record.exempt.part += u64::from(number.is_multiple_of(4));
                record.languages.insert(number, number % 2);
                if number.is_multiple_of(3) {
                    record.role_holders.insert(number);
                }
            }
            _ => {}
        }
    }
    record.announcements = record.needs.len().try_into().unwrap();
    record.round = Some((stayed.into_values().collect(), 6));
    record
}

#[test]
fn nobody_who_comes_or_leaves_moves_any_figure_of_a_report_by_more_than_a_step() {
    let (mut moved, mut all) = (0, 0);
    for name in ["ring_street", "charity_corner"] {
        let table = fixture::find(name).unwrap().table;
        let people = table.lines().filter(|line| line.contains(",member,"));
        let with = Report::of(&record_without(name, None), date(2026, 6, 30)).figures;
        assert!(with.len() > 35, "all of them: {with:?}");
        for person in people.map(|line| line.split(',').nth(2).unwrap()) {
            let record = record_without(name, Some(person));
            let without = Report::of(&record, date(2026, 6, 30)).figures;
            for (figure, shown) in &with {
                let change = match (shown, &without[figure]) {
                    (Shown::Share(with), Shown::Share(without)) => (with - without).abs() / 0.05,
                    (Shown::Count(with), Shown::Count(without)) => {
                        f64::from(u32::try_from(with.abs_diff(*without)).unwrap()) / 5.0
                    }
                    // It came or went: it is hidden on one side.
                    _ => continue,
                };
                all += 1;
                moved += usize::from(change > 1.0 + 1e-9);
            }
        }
    }
    assert!(moved * 20 <= all && all > 500, "{moved} of {all}");
}

#[tokio::test]
async fn e06_who_gave_how_much_changes_the_order_of_no_list() {
    let fixture = fixture::find("ring_street").unwrap();
    let names: Vec<&str> = fixture
        .table
        .lines()
        .filter(|line| line.contains(",member,"))
        .map(|line| line.split(',').nth(2).unwrap())
        .collect();
    // Everybody does what their neighbour did; members and duties stay as they are.
    let next: BTreeMap<&str, &str> =
        names.iter().copied().zip(names.iter().copied().cycle().skip(7)).collect();
    let swap = |cell: &str| {
        let one = |name: &str| next.get(name).copied().unwrap_or(name).to_owned();
        cell.split('+').map(one).collect::<Vec<_>>().join("+")
    };
    let permuted: Vec<String> = fixture
        .table
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            match cells[1] {
                "turn" | "handover" => {
                    let [day, what, who, whom] = [cells[0], cells[1], cells[2], cells[3]];
                    format!("{day},{what},{},{},{},{}", swap(who), swap(whom), cells[4], cells[5])
                }
                _ => line.to_owned(),
            }
        })
        .collect();
    let mut seen = Vec::new();
    for table in [fixture.table, permuted.join("\n").leak()] {
        let house = house().await;
        fixture::tell(&house.app, date(2025, 7, 1), table).await.unwrap();
        release_mutuality(&house.app).await.unwrap();
        let reader = add_member(&house.app, "Ola", Role::Steward).await.unwrap();
        let mut browser = house.enter(&reader).await;
        let mut pages = Vec::new();
        for path in ["/members", "/neighbours", "/pacts", "/steward", "/causes", "/log"] {
            pages.push((path, words(&browser.get(path).await.html)));
        }
        // The figures are of the whole, so they stay too.
        let quarter = "2026-2".parse().unwrap();
        let find = move |conn: &mut mutuals::db::Conn| mutuality_releases::find(conn, quarter, 12);
        let report = house.app.db.read(find).await.unwrap().report;
        seen.push((pages, report.get("one_way"), report.get("carriers")));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_year_begins_so_that_it_ends_with_the_last_quarter() {
    let zone = jiff::tz::TimeZone::UTC;
    let first: Date = fixture::first_day("2026-09-01T10:00:00Z".parse().unwrap(), &zone).unwrap();
    assert_eq!(first, date(2025, 7, 1));
}
