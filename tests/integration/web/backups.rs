//! The stewards' pages about backups: after a return from one, each night, and on paper.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use mutuals::actions::hold_role::{self, Giving, Wish};
use mutuals::actions::quarantine::begin;
use mutuals::db::Conn;
use mutuals::db::backup_runs::{self, Ended, Kind};

use super::house::House;

const PAGE: &str = "/steward/backups";
const SHEET: &str = "/steward/emergency";

/// The house came back from a backup of the day before.
async fn fall_back(house: &House) {
    let made_at = house.app.now() - SignedDuration::from_hours(24);
    begin(&house.app.db, &house.app.clock, made_at).await.unwrap();
    house.app.read_blocks().await.unwrap();
}

/// The server did something for a day by itself.
async fn ran(house: &House, (kind, day): (Kind, &str), at: Timestamp, ended: Ended) {
    let (id, day): (i64, Date) = (house.app.clock.new_id::<()>().number(), day.parse().unwrap());
    let note = move |conn: &mut Conn| {
        assert!(backup_runs::claim(conn, id, (kind, day), at)?);
        assert!(!backup_runs::claim(conn, id + 1, (kind, day), at)?, "once a day");
        backup_runs::end(conn, (kind, day), &ended, at)
    };
    house.app.db.write(note).await.unwrap();
}

#[tokio::test]
async fn j11_after_a_restore_everybody_reads_it_and_a_steward_looks_and_lets_it_speak() {
    let house = House::open().await;
    let (ida, rosa) = (house.steward("Ida").await, house.member("Rosa").await);
    let (mut before, link) = (house.enter(&ida).await, house.link(&rosa).await);
    fall_back(&house).await;
    // Whoever was signed in may have signed out since, and a link may have been used.
    before.get("/steward").await.is(303);
    house.stranger().get(&link).await.is(410);

    let (mut steward, mut member) = (house.enter(&ida).await, house.enter(&rosa).await);
    for browser in [&mut house.stranger(), &mut member] {
        let board = browser.get("/board").await;
        board.says("This server came back from a backup of").says("19 August").hides(PAGE);
    }
    steward.get("/board").await.says(&format!("href=\"{PAGE}\""));
    member.get(PAGE).await.is(403);
    member.post(&format!("{PAGE}/confirm"), &[("looked", "yes")]).await.is(403);
    assert!(house.app.is_in_quarantine());

    let page = steward.get(PAGE).await;
    page.is(200).says("Look at this first").says("Wednesday 19 August").says("Speak again");
    page.says("0 messages").hides("Leave out what waited");
    let hasty = steward.post(&format!("{PAGE}/confirm"), &[]).await;
    hasty.is(422).says("Look at the list first, then tick that you did.");
    assert!(house.app.is_in_quarantine());
    steward.language = Some("es");
    steward.get(PAGE).await.says("Mira esto primero").says("Volver a hablar");
    steward.language = None;

    steward.post(&format!("{PAGE}/confirm"), &[("looked", "yes")]).await.leads_to(PAGE);
    let page = steward.get(PAGE).await;
    page.says("This server speaks again.").hides("came back from a backup of").hides("Speak again");
    assert!(!house.app.is_in_quarantine());
    member.get("/board").await.hides("came back from a backup");
    member.get("/log").await.says("This server came back from a backup, and speaks again");
    steward.post(&format!("{PAGE}/confirm"), &[("looked", "yes")]).await.is(404);
}

#[tokio::test]
async fn j11_a_steward_sees_each_night_what_was_made_tried_and_went_wrong() {
    let house = House::open().await;
    let ida = house.steward("Ida").await;
    let mut browser = house.enter(&ida).await;
    browser.get("/steward").await.says(&format!("href=\"{PAGE}\"")).says(SHEET);
    let page = browser.get(PAGE).await;
    page.is(200).says("at 03:00").says("35 days").says("The first one is made some minutes after");
    page.hides("There is no backup of the last two days.");
    page.says("the folder backups in the data folder").says("never yet").says("Nothing yet.");

    let now = house.app.now();
    let file = |name: &str| Some(name.to_owned());
    let made = Ended { file: file("ring-1.backup"), bytes: Some(12_345_678), problem: None };
    ran(&house, (Kind::Backup, "2026-08-19"), now, made).await;
    let tried = Ended { file: file("ring-1.backup"), ..Ended::default() };
    ran(&house, (Kind::Test, "2026-08-19"), now, tried).await;
    let full = Ended { problem: file("no space left on <device>"), ..Ended::default() };
    ran(&house, (Kind::Backup, "2026-08-20"), now, full).await;
    let page = browser.get(PAGE).await;
    page.says("ring-1.backup").says("12.4 MB").says("kept").says("all there");
    page.says("went wrong").says("no space left on &#60;device&#62;").hides("of the last two days");

    // What failed is tried again after an hour, and what is done is not.
    let id = house.app.clock.new_id::<()>().number();
    let later = now + SignedDuration::from_hours(2);
    let again = move |conn: &mut Conn| {
        let day = |text: &str| (Kind::Backup, text.parse::<Date>().unwrap());
        let failed = backup_runs::claim(conn, id, day("2026-08-20"), later)?;
        let done = backup_runs::claim(conn, id + 1, day("2026-08-19"), later)?;
        let last = backup_runs::find_last_good(conn, Kind::Backup)?.map(|run| run.day);
        backup_runs::note_removed(conn, "ring-1.backup", later)?;
        Ok((failed, done, last, backup_runs::is_done(conn, day("2026-08-19"))?))
    };
    let last: Option<Date> = "2026-08-19".parse().ok();
    assert_eq!(house.app.db.write(again).await.unwrap(), (true, false, last, true));
    let page = browser.get(PAGE).await;
    page.says("under way").says("removed, because newer ones are there").hides(">kept<");
    house.app.clock.advance(SignedDuration::from_hours(72));
    browser.get(PAGE).await.says("There is no backup of the last two days.");
}

#[tokio::test]
async fn j11_the_emergency_sheet_says_what_to_do_and_nothing_private() {
    let house = House::open().await;
    let (ida, kofi) =
        (house.steward("Ida Quendelbeck").await, house.member("Kofi Quendelstein").await);
    let wish = Wish { title: "Key circle".into(), holds: vec!["keys".into()], ..Wish::default() };
    let role = hold_role::add(&house.app, &ida, wish, None).await.unwrap();
    let until = house.app.now() + SignedDuration::from_hours(60 * 24);
    let giving = Giving { holder: kofi.id, deputy: None, ends_at: until, decision: None };
    hold_role::give(&house.app, &ida, role.id, giving).await.unwrap();
    house.ask(&kofi, "Insulin").await;

    let mut browser = house.enter(&ida).await;
    let sheet = browser.get(SHEET).await;
    sheet.is(200).says("If this server is gone: Ring Street").says("http://ring.example/");
    sheet.says("Key circle").says("class=\"stack shift\"").says("Nobody has said.");
    for command in [
        "mutuals backup verify FILE --identity key.txt",
        "mutuals backup restore FILE --identity key.txt --data mutuals-data",
        "mutuals serve --data mutuals-data",
        "mutuals member link NAME --data mutuals-data",
        "mutuals restore confirm --data mutuals-data",
        "/releases/latest/download/{compose.yaml,Caddyfile}",
        "echo DOMAIN=ring.example",
        "docker compose down",
        "mutuals backup restore /from/FILE --identity /from/key.txt --data /data",
        "docker compose up -d",
        "docker compose exec mutuals mutuals restore confirm",
    ] {
        sheet.says(command);
    }
    // The frame names the one who prints, and no part of the frame is printed.
    let main = sheet.main().split("</main>").next().unwrap();
    for private in ["Quendel", "Insulin", "AGE-SECRET-KEY", "age1"] {
        assert!(!main.contains(private), "{private} is in\n{main}");
    }
    // For which key backups are made is no secret, and is told where it is known.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("backup")).unwrap();
    std::fs::write(folder.path().join("backup/recipient"), "age1street\n").unwrap();
    house.app.data.set(folder.path().to_owned()).unwrap();
    browser.get(SHEET).await.says("<li>age1street</li>");
    browser.language = Some("es");
    browser
        .get(SHEET)
        .await
        .says("Con Docker")
        .says("Si este servidor ya no está")
        .says("Recuperar una copia");
    let mut member = house.enter(&kofi).await;
    member.get(SHEET).await.is(403);
}
