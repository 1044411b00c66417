//! What this program refuses to be, checked: no market and no charity desk in its tables, words and
//! output (mission E11), no number per person (E23), no order by what people gave (E6), and nobody
//! who stands better or worse because of it (E16).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use jiff::SignedDuration;
use mutuals::actions::confirm_fulfilment::confirm_fulfilment;
use mutuals::actions::duty::{Keepers, add_duty};
use mutuals::actions::make_promise::make_promise;
use mutuals::app::App;
use mutuals::db::{Conn, Location, fulfilments, turn_people, turns};
use mutuals::domain::id::FulfilmentId;
use mutuals::domain::member::Member;
use mutuals::domain::turn::{Place, State, Turn};

use crate::cli::{Folder, text};
use crate::duties::kitchen;
use crate::testapp::TestApp;
use crate::web::house::House;
use crate::web::routes;

/// Words of the market, of charity and of games: no table, key or template says one.
const NEVER: [&str; 22] = [
    "price",
    "prices",
    "credit",
    "credits",
    "balance",
    "balances",
    "points",
    "rating",
    "ratings",
    "score",
    "scores",
    "rank",
    "ranking",
    "streak",
    "streaks",
    "karma",
    "donor",
    "donors",
    "recipient",
    "recipients",
    "beneficiary",
    "reputation",
];

/// Columns with a number in tables that know a member, and why none of them is a number about the
/// member. What stands here and is in no table fails.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("consents", "version", "the version of a text to which they said yes"),
    ("measures_private", "covenant_version", "the version of the text that is cited"),
    ("invitations", "uses_left", "for how many an invitation still opens the door"),
    ("notice_settings_private", "quiet_from", "an hour of the day"),
    ("standing_turns_private", "every", "the rhythm that they chose: every second Tuesday"),
    ("notice_settings_private", "mail_tries", "how often one mail failed in a row"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds nothing to check");
    found
}

/// The words of a name: `mail_again_at`, `mailAgainAt`.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase());
    }
    spaced.split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect()
}

fn says_never(name: &str) -> bool {
    words(name).iter().any(|word| NEVER.contains(&word.as_str()))
}

/// table → column → type, as the crate `schema` has them. Another test compares that file with migrated
/// databases of both engines.
fn schema() -> BTreeMap<String, BTreeMap<String, String>> {
    let text = std::fs::read_to_string(root().join("schema/src/lib.rs")).unwrap();
    let mut tables = BTreeMap::new();
    for part in text.split("diesel::table! {").skip(1) {
        let name = part.trim().split(' ').next().unwrap().to_owned();
        let columns = part.split('}').next().unwrap().lines().filter_map(|line| {
            let (column, kind) = line.trim().trim_end_matches(',').split_once(" -> ")?;
            Some((column.to_owned(), kind.replace("Nullable<", "").replace('>', "")))
        });
        tables.insert(name, columns.collect());
    }
    assert!(tables.len() > 60, "{}", tables.len());
    tables
}

/// The columns that hold a member, read from the migrations, by table.
fn member_columns() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::from([
        ("members".to_owned(), "id".to_owned()),
        ("moderation_log".to_owned(), "by_id".to_owned()),
    ]);
    for (_, sql) in files("migrations/sqlite", "up.sql") {
        for statement in sql.split("CREATE TABLE ").skip(1) {
            let table = statement.split(['(', ' ']).next().unwrap().to_owned();
            for line in statement.split(';').next().unwrap().lines() {
                if line.contains("REFERENCES members") {
                    let column = line.trim().split(' ').next().unwrap().to_owned();
                    found.insert((table.clone(), column));
                }
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

#[test]
fn e11_no_table_or_column_is_named_after_a_market_a_charity_or_a_game() {
    for (table, columns) in schema() {
        assert!(!says_never(&table), "{table}");
        for column in columns.keys() {
            assert!(!says_never(column), "{table}.{column}");
        }
    }
    assert!(says_never("member_balance") && says_never("trustScore"), "the test sees them");
}

#[test]
fn e23_no_table_holds_a_number_about_a_person() {
    let members = member_columns();
    let knows = |table: &str| members.iter().any(|(known, _)| known == table);
    let mut used = BTreeSet::new();
    for (table, columns) in schema().into_iter().filter(|(table, _)| knows(table)) {
        let numbers = columns.iter().filter(|(_, kind)| {
            ["BigInt", "Integer", "Double", "SmallInt"].contains(&kind.as_str())
        });
        for (column, _) in numbers {
            // An id, a moment, or what one concrete thing is about. Amounts of things are text.
            let is_id = column == "id"
                || column.ends_with("_id")
                || members.contains(&(table.clone(), column.clone()));
            let is_time = column.ends_with("_at") || column == "at" || column.ends_with("_until");
            let allowed = ALLOWED.iter().find(|(t, c, _)| *t == table && c == column);
            used.extend(allowed.map(|(t, c, _)| (*t, *c)));
            assert!(
                is_id || allowed.is_some() || is_time,
                "{table}.{column} is a number beside a person: is it about them? If not, say why \
                 in ALLOWED"
            );
        }
    }
    let stale: Vec<_> =
        ALLOWED.iter().filter(|(table, column, _)| !used.contains(&(*table, *column))).collect();
    assert!(stale.is_empty(), "no longer there, or no longer needed: {stale:?}");
}

#[test]
fn e11_no_output_has_a_key_of_a_market_a_charity_or_a_game() {
    let mut keys = 0;
    for (path, source) in files("server/src", ".rs") {
        for line in source.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            // A key of `json!`, of a map, or a renamed field: "name":, add("name", rename = "name".
            let quoted: Vec<&str> = line.split('"').collect();
            for (place, name) in quoted.iter().enumerate().skip(1).step_by(2) {
                let before = quoted[place - 1].trim_end();
                let after = quoted.get(place + 1).copied().unwrap_or_default();
                let is_key = after.starts_with(':')
                    || before.ends_with("add(")
                    || before.ends_with("rename =")
                    || before.ends_with("insert(");
                if is_key {
                    keys += 1;
                    assert!(!says_never(name), "{path:?} has a key {name:?}");
                }
            }
        }
    }
    assert!(keys > 300, "the test reads nothing: {keys}");
}

#[test]
fn e11_no_template_says_a_word_of_a_market_a_charity_or_a_game() {
    for (path, template) in files("web/templates", ".html") {
        let found: Vec<_> = template
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| NEVER.contains(&word.to_lowercase().as_str()))
            .collect();
        assert!(found.is_empty(), "{path:?} says {found:?}");
    }
}

/// Runs statements on a database as they are.
fn run(location: &Location, sql: &str) {
    match location {
        Location::Sqlite(path) => {
            SqliteConnection::establish(path).unwrap().batch_execute(sql).unwrap();
        }
        Location::Postgres(url) => {
            PgConnection::establish(url).unwrap().batch_execute(sql).unwrap();
        }
    }
}

/// Gives every handover to somebody else: whoever is at place `n` of `before` becomes the one at
/// place `n` of `after`: for what they promised and asked, the turns they kept, and the notes after
/// them. What somebody said they will do stays theirs: that is no history.
fn permute(location: &Location, before: &[Member], after: &[Member]) {
    for (table, column) in [
        ("promise_private", "member_id"),
        ("confirmation_private", "member_id"),
        ("proposal_private", "author_id"),
        ("turn_people_private", "member_id"),
        ("turn_private", "noted_by"),
    ] {
        let cases = before.iter().zip(after).map(|(one, other)| {
            format!("WHEN {column} = {} THEN {}", one.id.number(), other.id.number())
        });
        let cases: Vec<_> = cases.collect();
        run(
            location,
            &format!("UPDATE {table} SET {column} = CASE {} ELSE {column} END", cases.join(" ")),
        );
    }
}

/// One asks, the other brings: so often as `times` says.
async fn deeds(app: &App, receiver: &Member, giver: &Member, times: usize) {
    for number in 0..times {
        let draft = mutuals::domain::draft::Draft {
            title: format!("Thing {number}"),
            ..Default::default()
        };
        let need = mutuals::domain::proposal::Purpose::Need;
        let posted =
            mutuals::actions::post_proposal::post_proposal(app, receiver, need, &draft, true)
                .await
                .unwrap();
        let promise = make_promise(app, giver, posted.id, None, "").await.unwrap();
        for member in [giver, receiver] {
            confirm_fulfilment(app, member, promise.id, None, "").await.unwrap();
        }
        let close = mutuals::actions::change_proposal::Step::Close(
            mutuals::domain::proposal::CloseReason::Fulfilled,
        );
        mutuals::actions::change_proposal::change_proposal(app, receiver, posted.id, close)
            .await
            .unwrap();
    }
}

/// Five people of whom one brings much and one nothing.
async fn people(house: &House) -> Vec<Member> {
    let mut people = Vec::new();
    for name in ["Ana", "Bo", "Cem", "Dora", "Emil"] {
        people.push(house.member(name).await);
    }
    for (number, giver) in people.iter().enumerate() {
        let receiver = &people[(number + 1) % people.len()];
        deeds(&house.app, receiver, giver, number * 2).await;
    }
    people
}

/// Each of them kept as many turns as stand before them in the list, alone, and noted it: so long ago
/// that nothing of it can be noted any more.
async fn turns_kept(app: &App, ida: &Member, people: &[Member]) {
    let kitchen = add_duty(app, ida, &kitchen(), Keepers::default()).await.unwrap();
    let kept = people.iter().enumerate().flat_map(|(times, one)| vec![one.id; times]);
    let kept: Vec<_> = kept.collect();
    let (now, clock) = (app.now(), app.clock.clone());
    let write = move |conn: &mut Conn| {
        for (member, place) in kept.into_iter().zip(1..) {
            let starts_at = now - SignedDuration::from_hours(24 * (100 + place));
            let turn = Turn {
                id: clock.new_id(),
                duty: kitchen.id,
                starts_at,
                ends_at: starts_at + SignedDuration::from_hours(3),
                needed: 1,
                learners: 0,
                taken: 1,
                learning: 0,
                given_back: 0,
                covered: 0,
                state: State::Kept,
                noted_at: Some(starts_at),
                came: Some(1),
                counted: None,
            };
            turns::insert_if_new(conn, &turn)?;
            turn_people::insert(conn, turn.id, member, Place::Hand, starts_at)?;
            turns::replace_note(conn, turn.id, Some(member), Some("It went well."))?;
        }
        Ok(())
    };
    app.db.write(write).await.unwrap();
}

/// Other histories than the one that was: turned by one place, turned round, and one person who did
/// everything.
fn histories(people: &[Member]) -> Vec<Vec<Member>> {
    let mut turned = people.to_vec();
    turned.rotate_left(1);
    let mut reversed = people.to_vec();
    reversed.reverse();
    vec![turned, reversed, vec![people[0].clone(); people.len()]]
}

#[tokio::test]
async fn e6_whoever_brought_what_the_order_of_people_and_collectives_stays_byte_for_byte() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let people = people(&house).await;
    turns_kept(&house.app, &ida, &people).await;
    house.neighbours("Jam jars").await;
    let (mut steward, mut member) = (house.enter(&ida).await, house.enter(&people[2]).await);
    let mut stranger = house.stranger();
    let lists = [
        "/members",
        "/neighbours",
        "/pacts",
        "/board",
        "/rounds",
        "/causes",
        "/duties",
        "/turns/pool",
        "/power",
        "/decisions",
    ];
    let mut seen: Vec<String> = Vec::new();
    for history in std::iter::once(None).chain(histories(&people).into_iter().map(Some)) {
        if let Some(after) = &history {
            permute(house.location(), &people, after);
        }
        let mut pages = Vec::new();
        for path in lists {
            pages.push(without_secrets(&member.get(path).await.html));
            pages.push(without_secrets(&steward.get(path).await.html));
            pages.push(without_secrets(&stranger.get(path).await.html));
        }
        pages.push(steward.get("/steward").await.html);
        if seen.is_empty() {
            seen = pages;
            let names = seen[0].match_indices("/members/").count();
            assert!(names >= 6, "the list names people: {names}");
            continue;
        }
        for (before, after) in seen.iter().zip(&pages) {
            assert_eq!(before, after);
        }
    }
}

#[test]
fn e6_the_command_line_lists_people_and_collectives_in_the_same_order_whoever_brought_what() {
    let folder = Folder::new();
    folder.init(1);
    let mut ids = Vec::new();
    for name in ["Zoe", "Ana", "Milo"] {
        ids.push(folder.json(&["member", "add", name]).remove(0)["id"].clone());
    }
    for (receiver, giver, times) in [("Zoe", "Ana", 3), ("Ana", "Milo", 1)] {
        for number in 0..times {
            let title = format!("Thing {number}");
            let need = ["need", "post", "--title", &title, "--by", receiver];
            let need = folder.json(&need).remove(0)["id"].as_str().unwrap().to_owned();
            let made = folder.json(&["promise", "make", &need, "--by", giver]).remove(0);
            let promise = made["id"].as_str().unwrap().to_owned();
            for by in [giver, receiver] {
                folder.json(&["promise", "confirm", &promise, "--by", by]);
            }
        }
    }
    let listed = || {
        let lists: [&[&str]; 5] = [
            &["member", "list", "--json"],
            &["follow", "list", "--json"],
            &["follower", "list", "--json"],
            &["pact", "list", "--json"],
            &["round", "list", "--json"],
        ];
        lists.map(|list| text(&folder.run(list).stdout))
    };
    let before = listed();
    assert!(before[0].lines().count() == 4, "{before:?}");
    let number = |id: &serde_json::Value| -> i64 {
        let id: mutuals::domain::id::MemberId = id.as_str().unwrap().parse().unwrap();
        id.number()
    };
    let (zoe, ana, milo) = (number(&ids[0]), number(&ids[1]), number(&ids[2]));
    for (table, column) in [("promise_private", "member_id"), ("proposal_private", "author_id")] {
        let cases = format!(
            "WHEN {column} = {zoe} THEN {milo} WHEN {column} = {ana} THEN {zoe} \
             WHEN {column} = {milo} THEN {ana}"
        );
        let sql = format!("UPDATE {table} SET {column} = CASE {cases} ELSE {column} END");
        run(&folder.location(), &sql);
    }
    assert_eq!(listed(), before);
}

#[tokio::test]
async fn e16_whatever_somebody_gave_every_door_and_every_page_is_the_same_for_them() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let people = people(&house).await;
    turns_kept(&house.app, &ida, &people).await;
    // One who asked and brought, one who never did, and one who looks after the house.
    let quiet = house.member("Quiet").await;
    let mut all = people.clone();
    all.push(quiet.clone());
    all.push(ida.clone());
    let mut browsers = Vec::new();
    for member in [&people[4], &quiet, &ida] {
        browsers.push((member, house.enter(member).await));
    }
    let mut doors = Vec::new();
    let mut pages: Vec<BTreeMap<String, String>> = Vec::new();
    let mut histories = histories(&all);
    histories.insert(0, all.clone());
    histories.push(vec![quiet.clone(); all.len()]);
    let mut before = all.clone();
    for history in histories {
        permute(house.location(), &before, &history);
        before = if history.iter().all(|one| one.id == history[0].id) {
            // Everything is one person's now: what follows gives it on.
            vec![history[0].clone(); all.len()]
        } else {
            history.clone()
        };
        let mut statuses = Vec::new();
        let mut seen = BTreeMap::new();
        for (member, browser) in &mut browsers {
            for (method, path) in routes::harmless() {
                // Whoever tries to sign in so often is told to wait: that is about the tries.
                if method == "post" && path == "/sign-in" {
                    continue;
                }
                let answer = routes::answered(browser, &method, &path).await;
                statuses.push((member.name.clone(), method.clone(), path.clone(), answer.0));
                // Their own diary is theirs, and is the one thing that may differ.
                let is_diary = path == "/me" || path.starts_with("/me/data");
                if method == "get" && !is_diary {
                    seen.insert(format!("{} {path}", member.name), without_secrets(&answer.1));
                }
            }
        }
        doors.push(statuses);
        pages.push(seen);
    }
    for (number, other) in doors.iter().enumerate().skip(1) {
        assert_eq!(&doors[0], other, "history {number}");
        for (path, html) in &pages[0] {
            assert_eq!(html, &pages[number][path], "history {number}: {path}");
        }
    }
}

/// A page without what is new each time: secrets of forms and sessions, and the names of forms.
fn without_secrets(html: &str) -> String {
    let mut parts = html.split("value=\"");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (value, rest) = part.split_once('"').unwrap_or_default();
        let is_secret = value.len() > 40 || (value.len() == 13 && kept.ends_with("name=\"key\" "));
        kept.push_str(&format!("value=\"{}\"{rest}", if is_secret { "" } else { value }));
    }
    kept
}

#[tokio::test]
async fn e23_the_page_of_somebody_tells_nothing_of_how_much_they_brought() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let (none, many) = (house.member("Noone").await, house.member("Many").await);
    deeds(&house.app, &ida, &many, 12).await;
    let reader = house.member("Reader").await;
    for looker in [&reader, &ida] {
        let mut browser = house.enter(looker).await;
        let mut page = async |of: &Member| {
            let seen = browser.get(&format!("/members/{}", of.id)).await;
            seen.is(200).html.replace(&of.name, "NAME").replace(&of.id.to_string(), "ID")
        };
        let (one, other) = (page(&none).await, page(&many).await);
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn e23_what_came_is_told_as_the_deed_of_the_collective() {
    let ring = TestApp::start("ring").await;
    let (rosa, milo) = (ring.member("Rosaquendel").await, ring.member("Miloquendel").await);
    deeds(&ring.app, &rosa, &milo, 1).await;
    ring.work().await;
    let came = ring.app.db.read(|conn| fulfilments::list_latest(conn, 1)).await.unwrap().remove(0);
    let id: FulfilmentId = came.id;
    let (status, note) = ring.get_json(&ring.app.collective.urls().fulfilment(id)).await;
    assert_eq!(status, 200);
    assert_eq!(note["attributedTo"], ring.app.collective.urls().actor().as_str());
    let written = note.to_string();
    for name in [&rosa.name, &milo.name, &rosa.id.to_string(), &milo.id.to_string()] {
        assert!(!written.contains(name.as_str()), "{written}");
    }
}
