//! A list of collectives that comes as a file.

use axum::body::Body;
use axum::http::Method;

use super::house::{Browser, House, Seen};

const LIST: &str = "<?xml version='1.0' encoding='UTF-8'?>\r\n<opml version='2.0'><body>\
    <outline text='Düne &amp; Meer' url='https://dune.example/c/dune'/></body></opml>";

const IMPORT: &str = "/neighbours/import";

/// A part of a form as browsers write it: its name, the name of its file, what is in it.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

pub fn written(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: text/xml"));
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"{}\r\n\r\n",
            file.unwrap_or_default()
        );
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(b"--edge--\r\n");
    body
}

/// Sends a form with these parts, and nothing else.
async fn send(browser: &mut Browser, parts: &[Part<'_>], headers: &[(&str, &str)]) -> Seen {
    let kind = ("content-type", "multipart/form-data; boundary=edge");
    let headers = [&[kind], headers].concat();
    browser.open(Method::POST, IMPORT, Body::from(written(parts)), &headers).await
}

/// Sends the form as the page does: the secret, a file, and what was pasted.
async fn upload(browser: &mut Browser, file: (&str, &[u8]), pasted: &str) -> Seen {
    let csrf = browser.csrf().await;
    let parts: [Part<'_>; 3] = [
        ("csrf", None, csrf.as_bytes()),
        ("file", Some(file.0), file.1),
        ("list", None, pasted.as_bytes()),
    ];
    send(browser, &parts, &[]).await
}

#[tokio::test]
async fn a_list_comes_in_as_a_file() {
    let house = House::open().await;
    let mut steward = house.enter(&house.steward("Ida").await).await;
    let page = steward.get("/neighbours").await;
    page.says("enctype=\"multipart/form-data\"").says("type=\"file\" name=\"file\"");
    let shown = upload(&mut steward, ("list.opml", LIST.as_bytes()), "").await;
    shown.is(200).says("Düne &#38; Meer").says("value=\"https://dune.example/c/dune\" checked");
    // Without a file, what was pasted counts; with one, the file does.
    let shown = upload(&mut steward, ("", b""), LIST).await;
    shown.is(200).says("https://dune.example/c/dune");
    let shown = upload(&mut steward, ("list.opml", LIST.as_bytes()), "jam").await;
    shown.is(200).says("https://dune.example/c/dune");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_stands_beside_its_field() {
    let house = House::open().await;
    let mut steward = house.enter(&house.steward("Ida").await).await;
    let large = [LIST.as_bytes(), &vec![b' '; 256 * 1024]].concat();
    for (content, why) in [
        (&b""[..], "This file is empty."),
        (b" \r\n", "This file is empty."),
        (b"jam", "This file is no OPML list."),
        (b"\x89PNG\r\n\x1a\n\0\0\xff\xfe", "This file is no OPML list."),
        (b"<opml/>", "Nobody on this list has an address."),
        (&large, "The list is larger than 256 KiB."),
    ] {
        let seen = upload(&mut steward, ("list.opml", content), "what I pasted").await;
        seen.is(422).says(why).says("what I pasted");
        let (_, field) = seen.html.split_once("id=\"import-file\"").unwrap();
        assert!(field.split_once('>').unwrap().0.contains("aria-invalid"), "{why}");
    }
    let nothing = upload(&mut steward, ("", b""), " ").await;
    nothing.is(422).says("Choose a file, or paste what it says.");
    let pasted = upload(&mut steward, ("", b""), &"x".repeat(300 * 1024)).await;
    pasted.is(422).says("larger than 256 KiB").hides("xxxxxxxxxx");
}

#[tokio::test]
async fn upload_01_a_file_is_bounded_and_only_from_our_own_page() {
    let house = House::open().await;
    let mut steward = house.enter(&house.steward("Ida").await).await;
    let csrf = steward.csrf().await;
    let secret: Part<'_> = ("csrf", None, csrf.as_bytes());
    let file: Part<'_> = ("file", Some("list.opml"), LIST.as_bytes());
    let endless = vec![b'x'; 5 << 20];
    send(&mut steward, &[secret, ("file", Some("x"), &endless)], &[]).await.is(413);
    let many: Vec<Part<'_>> = std::iter::repeat_n(file, 100).collect();
    send(&mut steward, &many, &[]).await.is(413);
    send(&mut steward, &[file], &[]).await.is(403);
    send(&mut steward, &[("csrf", None, b"guess"), file], &[]).await.is(403);
    let cross = [("sec-fetch-site", "cross-site")];
    send(&mut steward, &[secret, file], &cross).await.is(403);
    send(&mut steward, &[secret, file], &[("origin", "https://evil.example")]).await.is(403);
    for (kind, body) in [
        ("multipart/form-data", written(&[secret, file])),
        ("multipart/form-data; boundary=other", written(&[secret, file])),
        ("multipart/form-data; boundary=edge", b"--edge\r\n\r\n".to_vec()),
        ("multipart/form-data; boundary=edge", Vec::new()),
    ] {
        let headers = [("content-type", kind)];
        steward.open(Method::POST, IMPORT, Body::from(body), &headers).await.is(403);
    }
    let mut member = house.enter(&house.member("Milo").await).await;
    upload(&mut member, ("list.opml", LIST.as_bytes()), "").await.is(403);
    // No other form takes one.
    let headers = [("content-type", "multipart/form-data; boundary=edge")];
    let body = Body::from(written(&[secret]));
    steward.open(Method::POST, "/sign-out", body, &headers).await.is(403);
}
