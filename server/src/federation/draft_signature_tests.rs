//! What is believed and what is not.

use super::*;
use crate::federation::signature::{self, SignedRequest};
use crate::keys::{SigningKeys, VerifyingKey};

const DOMAIN: &str = "ring.example";

fn base() -> Url {
    Url::parse("https://ring.example/").unwrap()
}

struct Peer {
    keys: SigningKeys,
    now: Timestamp,
}

impl Peer {
    fn new() -> Self {
        let fresh = keys::generate().unwrap();
        Self {
            keys: SigningKeys::from_stored(&fresh.rsa, &fresh.ed25519).unwrap(),
            now: "2026-11-23T12:00:00Z".parse().unwrap(),
        }
    }

    fn public(&self) -> VerifyingKey {
        VerifyingKey::read(&self.keys.rsa_public_pem().unwrap()).unwrap()
    }

    fn signed(&self, body: &[u8]) -> HeaderMap {
        let signer =
            Signer { key_id: "https://mill.example/c/mill#main-key".into(), keys: &self.keys };
        let url = Url::parse("https://ring.example/inbox").unwrap();
        sign(&signer, &url, Some(body), self.now).unwrap()
    }

    /// Signs over exactly these lines, as a peer with its own ideas would.
    fn signed_over(&self, lines: &[(&str, &str)], extra: &str) -> HeaderMap {
        let message: Vec<_> =
            lines.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let names: Vec<_> = lines.iter().map(|(name, _)| *name).collect();
        let signature = self.keys.sign_rsa(message.join("\n").as_bytes()).unwrap();
        let header = format!(
            "keyId=\"https://mill.example/c/mill#main-key\",{extra}headers=\"{}\",signature=\"{signature}\"",
            names.join(" ")
        );
        let mut headers = HeaderMap::new();
        headers.insert("signature", header.parse().unwrap());
        headers.insert("host", DOMAIN.parse().unwrap());
        headers.insert("digest", keys::digest_header(b"{}").parse().unwrap());
        for (name, value) in lines.iter().filter(|(name, _)| !name.starts_with('(')) {
            headers
                .insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        headers
    }

    fn check(&self, headers: &HeaderMap, body: &[u8]) -> Result<Claim, Distrust> {
        let request = SignedRequest { method: &Method::POST, path: "/inbox", headers, body };
        signature::read(&request, &base(), self.now)
    }

    fn believes(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        self.check(headers, body).is_ok_and(|claim| claim.was_made_by(&self.public()))
    }
}

#[test]
fn what_we_sign_is_believed_and_another_body_is_not() {
    let peer = Peer::new();
    let headers = peer.signed(b"{}");
    assert!(peer.believes(&headers, b"{}"));
    assert!(!peer.believes(&headers, b"{ }"));
    assert!(!peer.check(&headers, b"{}").unwrap().was_made_by(&Peer::new().public()));
}

#[test]
fn sig_02_a_request_for_another_host_or_path_is_refused() {
    let peer = Peer::new();
    let mut headers = peer.signed(b"{}");
    headers.insert("host", "harbour.example".parse().unwrap());
    assert!(!peer.believes(&headers, b"{}"));
    let headers = peer.signed(b"{}");
    let other =
        SignedRequest { method: &Method::POST, path: "/c/x/inbox", headers: &headers, body: b"{}" };
    let claim = read(&other.head(), peer.now).unwrap();
    assert!(!claim.was_made_by(&peer.public()));
}

#[test]
fn sig_02_a_signature_must_cover_what_matters() {
    let peer = Peer::new();
    let digest = keys::digest_header(b"{}");
    let date = "Mon, 23 Nov 2026 12:00:00 GMT";
    let all = [
        ("(request-target)", "post /inbox"),
        ("host", DOMAIN),
        ("date", date),
        ("digest", &digest),
    ];
    assert!(peer.believes(&peer.signed_over(&all, ""), b"{}"));
    for missing in 0..all.len() {
        let mut lines = all.to_vec();
        let (name, value) = lines.remove(missing);
        let mut headers = peer.signed_over(&lines, "");
        if !name.starts_with('(') {
            headers
                .insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        assert!(!peer.believes(&headers, b"{}"), "without {name}");
    }
}

#[test]
fn sig_13_the_clock_may_be_off_but_not_by_much() {
    let peer = Peer::new();
    let digest = keys::digest_header(b"{}");
    for (date, believed) in [
        ("Mon, 23 Nov 2026 00:01:00 GMT", true),
        ("Sun, 22 Nov 2026 23:59:00 GMT", false),
        ("Mon, 23 Nov 2026 12:59:00 GMT", true),
        ("Mon, 23 Nov 2026 13:01:00 GMT", false),
        ("Tue, 23 Nov 2027 12:00:00 GMT", false),
        ("never", false),
    ] {
        let lines = [
            ("(request-target)", "post /inbox"),
            ("host", DOMAIN),
            ("date", date),
            ("digest", &digest),
        ];
        assert_eq!(peer.believes(&peer.signed_over(&lines, ""), b"{}"), believed, "{date}");
    }
}

#[test]
fn sig_07_created_is_read_by_bounded_code() {
    let peer = Peer::new();
    let digest = keys::digest_header(b"{}");
    let now = peer.now.as_second().to_string();
    for (created, algorithm, believed) in [
        (now.as_str(), "hs2019", true),
        (now.as_str(), "rsa-sha256", false),
        ("18446744073709551615", "hs2019", false),
        ("9223372036854775807", "hs2019", false),
        ("253402207200", "hs2019", false),
        ("-9223372036854775808", "hs2019", false),
        ("4102444800", "hs2019", false),
        ("", "hs2019", false),
    ] {
        let lines = [
            ("(request-target)", "post /inbox"),
            ("host", DOMAIN),
            ("(created)", created),
            ("digest", &digest),
        ];
        let extra = format!("algorithm=\"{algorithm}\",created={created},");
        let headers = peer.signed_over(&lines, &extra);
        assert_eq!(peer.believes(&headers, b"{}"), believed, "{created} {algorithm}");
    }
}

#[test]
fn sig_11_the_digest_must_be_one_sha_256() {
    let peer = Peer::new();
    let right = keys::digest_header(b"{}");
    let value = right.strip_prefix("SHA-256=").unwrap();
    for (digest, believed) in [
        (right.clone(), true),
        (format!("sha-256={value}"), true),
        (format!("SHA-512=AAAA,SHA-256={value}"), true),
        (format!("MD5={value}"), false),
        ("SHA-512=AAAA".into(), false),
        ("SHA-256=%%%".into(), false),
        (format!("SHA-256={value},SHA-256={value}"), false),
        (format!("SHA-256={value}{}", ",SHA-256=x".repeat(300)), false),
    ] {
        let date = "Mon, 23 Nov 2026 12:00:00 GMT";
        let lines = [
            ("(request-target)", "post /inbox"),
            ("host", DOMAIN),
            ("date", date),
            ("digest", &digest),
        ];
        assert_eq!(peer.believes(&peer.signed_over(&lines, ""), b"{}"), believed, "{digest}");
    }
}

#[test]
fn sig_12_headers_that_may_stand_once_stand_once() {
    let peer = Peer::new();
    for name in ["host", "signature", "digest", "date"] {
        let mut headers = peer.signed(b"{}");
        let value = headers.get(name).unwrap().clone();
        headers.append(HeaderName::from_static(name), value);
        assert!(peer.check(&headers, b"{}").is_err(), "{name} twice");
    }
}

#[test]
fn a_signature_header_that_cannot_be_read_is_refused_without_harm() {
    let peer = Peer::new();
    for header in [
        "",
        "=",
        "a",
        "keyId",
        "keyId=\"x",
        "keyId=\"x\"y=1",
        "a=1,a=2",
        ",,,",
        "headers=\"\u{7f}\"",
    ] {
        let mut headers = peer.signed(b"{}");
        if let Ok(value) = header.parse() {
            headers.insert("signature", value);
        }
        if header != "headers=\"\u{7f}\"" {
            assert!(peer.check(&headers, b"{}").is_err(), "{header}");
        }
    }
}

#[test]
fn sig_07_what_has_expired_is_refused() {
    let peer = Peer::new();
    let digest = keys::digest_header(b"{}");
    let now = peer.now.as_second();
    for (expires, believed) in [
        ((now + 60).to_string(), true),
        ((now - 1).to_string(), false),
        ("99999999999999999999".into(), false),
        ("soon".into(), false),
    ] {
        let created = now.to_string();
        let lines = [
            ("(request-target)", "post /inbox"),
            ("host", DOMAIN),
            ("(created)", &created),
            ("(expires)", &expires),
            ("digest", &digest),
        ];
        let extra = format!("algorithm=\"hs2019\",created={created},expires={expires},");
        let headers = peer.signed_over(&lines, &extra);
        assert_eq!(peer.believes(&headers, b"{}"), believed, "{expires}");
    }
}

#[test]
fn sig_08_a_get_may_leave_its_query_out_but_no_post_may() {
    let peer = Peer::new();
    let date = "Mon, 23 Nov 2026 12:00:00 GMT";
    for (method, path, signed, believed) in [
        (Method::GET, "/c/ring/outbox?page=true", "get /c/ring/outbox?page=true", true),
        (Method::GET, "/c/ring/outbox?page=true", "get /c/ring/outbox", true),
        (Method::GET, "/c/ring/outbox", "get /c/ring/outbox", true),
        (Method::GET, "/c/ring/outbox", "get /c/ring/outbox?page=true", false),
        (Method::GET, "/c/ring/outbox?page=true", "get /c/ring", false),
        (Method::GET, "/c/ring/outbox", "post /c/ring/outbox", false),
        (Method::POST, "/inbox?x=1", "post /inbox?x=1", true),
        (Method::POST, "/inbox?x=1", "post /inbox", false),
    ] {
        let digest = keys::digest_header(b"{}");
        let mut lines = vec![("(request-target)", signed), ("host", DOMAIN), ("date", date)];
        if method == Method::POST {
            lines.push(("digest", &digest));
        }
        let headers = peer.signed_over(&lines, "");
        let request = SignedRequest { method: &method, path, headers: &headers, body: b"{}" };
        let claim = signature::read(&request, &base(), peer.now);
        let is_believed = claim.is_ok_and(|claim| claim.was_made_by(&peer.public()));
        assert_eq!(is_believed, believed, "{method} {path} signed as {signed}");
    }
}

#[test]
fn sig_02_a_key_signs_as_what_it_is() {
    let peer = Peer::new();
    let ed25519 = VerifyingKey::read(&peer.keys.ed25519_multibase()).unwrap();
    let digest = keys::digest_header(b"{}");
    for (algorithm, believed) in [
        ("algorithm=\"hs2019\",", true),
        ("", true),
        ("algorithm=\"rsa-sha256\",", false),
        ("algorithm=\"ed25519\",", false),
        ("algorithm=\"hmac-sha256\",", false),
    ] {
        let lines = [
            ("(request-target)", "post /inbox"),
            ("host", DOMAIN),
            ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
            ("digest", &digest),
        ];
        let mut headers = peer.signed_over(&lines, algorithm);
        let message = lines.map(|(name, value)| format!("{name}: {value}")).join("\n");
        let rsa = peer.keys.sign_rsa(message.as_bytes()).unwrap();
        let header = headers["signature"].to_str().unwrap();
        let header = header.replace(&rsa, &peer.keys.sign_ed25519(message.as_bytes()));
        headers.insert("signature", header.parse().unwrap());
        let claim = peer.check(&headers, b"{}");
        let is_believed = claim.is_ok_and(|claim| claim.was_made_by(&ed25519));
        assert_eq!(is_believed, believed, "{algorithm}");
    }
}

#[test]
fn sig_02_a_signature_covers_each_header_once_and_not_too_many() {
    let peer = Peer::new();
    let digest = keys::digest_header(b"{}");
    let all = [
        ("(request-target)", "post /inbox"),
        ("host", DOMAIN),
        ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
        ("digest", &digest),
    ];
    let names: Vec<String> = (0..30).map(|number| format!("x-{number}")).collect();
    let more = |count: usize| {
        let names = names.iter().take(count).map(|name| (name.as_str(), "1"));
        all.into_iter().chain(names).collect::<Vec<_>>()
    };
    assert!(peer.believes(&peer.signed_over(&more(28), ""), b"{}"));
    assert!(!peer.believes(&peer.signed_over(&more(29), ""), b"{}"));
    let twice: Vec<_> = all.into_iter().chain([("host", DOMAIN)]).collect();
    assert!(!peer.believes(&peer.signed_over(&twice, ""), b"{}"));
}
