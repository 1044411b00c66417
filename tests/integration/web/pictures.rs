//! Pictures of needs and offers: taking one, showing it, and what is not let in.

use axum::body::Body;
use axum::http::Method;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use jiff::SignedDuration;
use mutuals::db::{Conn, pictures};
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::picture::Picture;
use mutuals::domain::proposal::Purpose;
use mutuals::jobs::housekeeping;

use super::house::{Browser, House, Seen, blankets};
use super::upload::{Part, written};

/// What a camera wrote into a picture.
const PLACE: &[u8] = b"GPS 52.5200N 13.4050E";

/// A picture of one colour, with a place in it.
pub fn photo(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = RgbImage::from_pixel(40, 30, Rgb(colour));
    image.write_with_encoder(JpegEncoder::new(&mut bytes)).unwrap();
    let exif = [b"Exif\0\0", PLACE].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&bytes[..2], &[0xff, 0xe1], &length, &exif, &bytes[2..]].concat()
}

/// Sends the form of a need as its page does, with a file and other fields.
async fn send(browser: &mut Browser, path: &str, file: &[u8], fields: &[(&str, &str)]) -> Seen {
    let csrf = browser.csrf().await;
    let mut parts: Vec<Part<'_>> = vec![("csrf", None, csrf.as_bytes())];
    parts.extend(fields.iter().map(|(name, value)| (*name, None, value.as_bytes())));
    parts.push(("picture", Some(if file.is_empty() { "" } else { "IMG_2041.JPG" }), file));
    let kind = [("content-type", "multipart/form-data; boundary=edge")];
    browser.open(Method::POST, path, Body::from(written(&parts)), &kind).await
}

/// The address of the picture on a page.
fn src(seen: &Seen) -> String {
    let (_, rest) = seen.html.split_once("src=\"/pictures/").expect("there is a picture");
    format!("/pictures/{}", rest.split('"').next().unwrap())
}

fn hidden(seen: &Seen, name: &str) -> String {
    let (_, rest) = seen.html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|part| part == text)
}

/// How many of these pictures are kept.
async fn kept(house: &House, digests: &[&str]) -> usize {
    let mut count = 0;
    for digest in digests {
        let digest = (*digest).to_owned();
        let read = move |conn: &mut Conn| pictures::find_bytes(conn, &digest);
        count += usize::from(house.app.db.read(read).await.is_ok());
    }
    count
}

/// Keeps a picture; answers it with its words.
pub async fn keep(house: &House, colour: [u8; 3], words: &str) -> Picture {
    let kept = mutuals::actions::keep_picture::keep_picture(&house.app, photo(colour));
    Picture { words: words.into(), ..kept.await.unwrap() }
}

#[tokio::test]
async fn a_need_has_a_picture_without_anything_that_is_not_seen() {
    let house = House::open().await;
    let mut rosa = house.enter(&house.member("Rosa").await).await;
    let page = rosa.get("/needs/new").await;
    page.says("enctype=\"multipart/form-data\"").says("type=\"file\" id=\"picture\"");
    let file = photo([200, 30, 30]);
    assert!(holds(&file, PLACE));
    let words = "A red pram & a <cot>";
    let fields = [("title", "A pram"), ("picture_words", words), ("then", "publish")];
    let made = send(&mut rosa, "/needs/new", &file, &fields).await;
    let path = made.is(303).headers["location"].to_str().unwrap().to_owned();

    let mut anybody = house.stranger();
    let seen = anybody.get(&path).await;
    seen.is(200)
        .says("alt=\"A red pram &#38; a &#60;cot&#62;\"")
        .says("width=\"40\" height=\"30\"");
    let src = src(&seen);
    anybody.get("/board").await.says(&src).says("loading=\"lazy\"");
    let picture = anybody.get(&src).await;
    assert_eq!(picture.is(200).headers["content-type"], "image/jpeg");
    assert_eq!(picture.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(picture.headers["content-security-policy"], "default-src 'none'; sandbox");
    assert_eq!(picture.headers["x-content-type-options"], "nosniff");
    assert!(!format!("{:?}", picture.headers).contains("IMG_2041"), "its old name is gone");
    let bytes = anybody.get_bytes(&src).await;
    assert!(!holds(&bytes, PLACE) && !holds(&bytes, b"Exif"));
    let tag = picture.headers["etag"].to_str().unwrap().to_owned();
    let known = anybody.open(Method::GET, &src, Body::empty(), &[("if-none-match", &tag)]).await;
    known.is(304);
    // The same for whoever is signed in: nothing in it is about them.
    let own = rosa.get(&src).await;
    assert!(own.is(200).headers.get("set-cookie").is_none());
    assert_eq!(own.headers["cache-control"], picture.headers["cache-control"]);
}

#[tokio::test]
async fn med_02_what_is_no_picture_is_refused_beside_its_field_and_nothing_typed_is_lost() {
    let house = House::open().await;
    let mut rosa = house.enter(&house.member("Rosa").await).await;
    let half = photo([9, 9, 9])[..60].to_vec();
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec();
    let mut sum = flate2::Crc::new();
    sum.update(&bomb[12..]);
    bomb.extend(sum.sum().to_be_bytes());
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let large = [photo([9, 9, 9]), vec![0; 11 << 20]].concat();
    for (file, why) in [
        (&b"GIF89a\x01\0\x01\0\0\0\0"[..], "Take a JPEG, PNG or WebP file."),
        (svg, "Take a JPEG, PNG or WebP file."),
        (b"<!doctype html><script>alert(1)</script>", "Take a JPEG, PNG or WebP file."),
        (&half, "damaged or not complete"),
        (&bomb, "This picture is too large."),
        (&large, "This picture is too large."),
    ] {
        let fields = [("title", "A pram"), ("text", "With wheels"), ("picture_words", "A pram")];
        let seen = send(&mut rosa, "/needs/new", file, &fields).await;
        seen.is(422)
            .says(why)
            .says("value=\"A pram\"")
            .says("With wheels")
            .says(">A pram</textarea>");
        seen.says("href=\"#picture\"").hides("picture_kept");
    }
    let all = house.app.db.read(mutuals::db::proposals::list).await.unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn a_picture_needs_words_and_is_not_chosen_twice() {
    let house = House::open().await;
    let mut rosa = house.enter(&house.member("Rosa").await).await;
    let fields = [("title", ""), ("then", "publish")];
    let seen = send(&mut rosa, "/offers/new", &photo([30, 200, 30]), &fields).await;
    seen.is(422).says("Say in words what is to be seen").says("href=\"#title\"");
    seen.says("You need not choose it again.");
    let kept = hidden(&seen, "picture_kept");
    let long = "x".repeat(1_501);
    for (words, why) in [(" ", "Say in words"), (&long, "longer than 1,500")] {
        let fields = [("title", "Jam"), ("picture_kept", &kept), ("picture_words", words)];
        send(&mut rosa, "/offers/new", b"", &fields).await.is(422).says(why).says(&kept);
    }
    let fields = [("title", "Jam"), ("picture_kept", &kept), ("picture_words", "Five jars")];
    let made = send(&mut rosa, "/offers/new", b"", &fields).await;
    let path = made.is(303).headers["location"].to_str().unwrap().to_owned();
    house.stranger().get(&path).await.says("alt=\"Five jars\"");
    // Words alone are no picture, and a form as it was before is one too.
    let fields = [("title", "Salt"), ("picture_words", "Salt")];
    let made = rosa.post("/needs/new", &fields).await;
    let path = made.is(303).headers["location"].to_str().unwrap().to_owned();
    rosa.get(&path).await.hides("/pictures/");
}

#[tokio::test]
async fn a_picture_is_changed_and_taken_away() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let picture = keep(&house, [1, 1, 1], "Old").await;
    let old = picture.digest.clone();
    let draft = Draft { picture: Some(picture), ..blankets() };
    let need = house.post(&rosa, Purpose::Need, draft).await;
    let (form, path) = (format!("/proposals/{}/edit", need.id), format!("/@ring/{}", need.id));
    let mut browser = house.enter(&rosa).await;
    let page = browser.get(&form).await;
    page.says(">Old</textarea>").says("Take this picture away");
    let first = src(&page);
    let again = hidden(&page, "picture_kept");
    let stays = [("title", "Blankets"), ("picture_words", "Older"), ("picture_kept", &again)];
    send(&mut browser, &form, b"", &stays).await.leads_to(&path);
    assert_eq!(src(browser.get(&path).await.says("alt=\"Older\"")), first);
    let other = [("title", "Blankets"), ("picture_words", "New"), ("picture_kept", &again)];
    send(&mut browser, &form, &photo([250, 1, 250]), &other).await.leads_to(&path);
    let second = src(browser.get(&path).await.says("alt=\"New\""));
    assert_ne!(first, second);
    house.stranger().get(&first).await.is(404);
    house.stranger().get(&second).await.is(200);
    let gone = [("title", "Blankets"), ("picture_remove", "yes"), ("picture_kept", &again)];
    send(&mut browser, &form, b"", &gone).await.leads_to(&path);
    browser.get(&path).await.hides("/pictures/");
    house.stranger().get(&second).await.is(404);

    let new = second.rsplit('/').next().unwrap().trim_end_matches(".jpg").to_owned();
    assert_eq!(kept(&house, &[&old, &new]).await, 2);
    house.app.clock.advance(SignedDuration::from_hours(3));
    housekeeping::run(&house.app).await.unwrap();
    assert_eq!(kept(&house, &[&old, &new]).await, 0, "what nobody shows is not kept");
}

#[tokio::test]
async fn med_05_a_picture_is_for_whom_its_need_is_for() {
    let house = House::open().await;
    let (rosa, milo) = (house.member("Rosa").await, house.member("Milo").await);
    let picture = keep(&house, [7, 7, 7], "A quiet thing").await;
    let digest = picture.digest.clone();
    let draft = Draft { picture: Some(picture), audience: "members".into(), ..blankets() };
    let quiet = house.post(&rosa, Purpose::Need, draft).await;
    let open = house.ask(&rosa, "Jars").await;
    let path = format!("/pictures/{}/{digest}.jpg", quiet.id);
    let mut of_milo = house.enter(&milo).await;
    let seen = of_milo.get(&path).await;
    assert_eq!(seen.is(200).headers["cache-control"], "private, no-store");
    let mut newcomer = house.stranger();
    let wish = [("name", "Lea"), ("password", "a kettle on the stove"), ("choice", "talk")];
    newcomer.post("/join", &wish).await.leads_to("/me");
    for browser in [&mut house.stranger(), &mut newcomer] {
        browser.get(&path).await.is(404);
    }
    for wrong in [
        format!("/pictures/{}/{digest}.jpg", open.id),
        format!("/pictures/{}/{digest}", quiet.id),
        format!("/pictures/{}/{digest}x.jpg", quiet.id),
        format!("/pictures/{}/..%2f..%2fmutuals.db.jpg", quiet.id),
        "/pictures/nothing/nothing.jpg".to_owned(),
    ] {
        of_milo.get(&wrong).await.is(404);
    }
    // Nobody shows a picture as theirs only because they know its digest.
    let seal = "A".repeat(43);
    for kept in [digest.clone(), format!("{digest}."), format!("{digest}.{seal}")] {
        let fields = [("title", "Mine"), ("picture_kept", &kept), ("picture_words", "Mine")];
        let made = send(&mut of_milo, "/needs/new", b"", &fields).await;
        let made = made.is(303).headers["location"].to_str().unwrap().to_owned();
        of_milo.get(&made).await.hides("/pictures/");
    }
    let step = format!("/proposals/{}/withdraw", quiet.id);
    house.enter(&rosa).await.post(&step, &[]).await.is(303);
    of_milo.get(&path).await.is(404);
}

#[tokio::test]
async fn upload_02_pictures_come_from_our_own_page_of_members_and_not_without_end() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let mut browser = house.enter(&rosa).await;
    let file = photo([1, 2, 3]);
    let csrf = browser.csrf().await;
    let secret: Part<'_> = ("csrf", None, csrf.as_bytes());
    let picture: Part<'_> = ("picture", Some("a.jpg"), &file);
    let title: Part<'_> = ("title", None, b"Jam");
    let kind = ("content-type", "multipart/form-data; boundary=edge");
    let cross = ("sec-fetch-site", "cross-site");
    for (parts, headers, status) in [
        (vec![title, picture], vec![kind], 403),
        (vec![("csrf", None, b"guess"), title, picture], vec![kind], 403),
        (vec![secret, title, picture], vec![kind, cross], 403),
        (std::iter::repeat_n(title, 40).collect(), vec![kind], 413),
        (vec![secret, ("picture", Some("a"), &vec![0; 33 << 20])], vec![kind], 413),
    ] {
        let body = Body::from(written(&parts));
        browser.open(Method::POST, "/needs/new", body, &headers).await.is(status);
    }
    let body = Body::from(written(&[title, picture]));
    let stranger = house.stranger().open(Method::POST, "/needs/new", body, &[kind]).await;
    stranger.leads_to("/sign-in?return=%2Fneeds%2Fnew");
    for count in 0..11 {
        let fields = [("title", "Jam"), ("picture_words", "Jam")];
        let seen = send(&mut browser, "/needs/new", &photo([count, 0, 0]), &fields).await;
        match count {
            0..10 => seen.is(303),
            _ => seen.is(422).says("Wait five minutes"),
        };
    }
    let other: Member = house.member("Milo").await;
    let fields = [("title", "Jam"), ("picture_words", "Jam")];
    send(&mut house.enter(&other).await, "/needs/new", &file, &fields).await.is(303);
}

#[tokio::test]
async fn pictures_go_along_with_whoever_leaves() {
    let house = House::open().await;
    let rosa = house.member("Rosa").await;
    let picture = keep(&house, [5, 6, 7], "Jars on a shelf").await;
    let draft = Draft { picture: Some(picture), ..blankets() };
    let need = house.post(&rosa, Purpose::Need, draft).await;
    let data = house.enter(&rosa).await.get_bytes("/me/data.zip").await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(data)).unwrap();
    let name = format!("pictures/{}.jpg", need.id);
    let mut bytes = Vec::new();
    std::io::copy(&mut zip.by_name(&name).unwrap(), &mut bytes).unwrap();
    assert!(bytes.starts_with(&[0xff, 0xd8]));
    let document: serde_json::Value =
        serde_json::from_reader(zip.by_name("data.json").unwrap()).unwrap();
    let text = document.to_string();
    assert!(text.contains("Jars on a shelf") && text.contains(&name), "{text}");
}
