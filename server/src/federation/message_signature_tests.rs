//! RFC 9421: the vectors of the standard, what is believed, and what is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::federation::signature::{self, Scheme, SignedRequest};
use crate::keys::{SigningKeys, VerifyingKey};

const KEY_ID: &str = "https://mill.example/c/mill#main-key";
const BODY: &[u8] = b"{\"type\":\"Like\"}";
const USUAL: &str = "\"@method\" \"@target-uri\" \"content-digest\"";

fn base() -> Url {
    Url::parse("https://ring.example/").unwrap()
}

struct Peer {
    keys: SigningKeys,
    now: Timestamp,
}

/// How a signature is made that is like ours but for one thing.
struct Made<'a> {
    components: &'a str,
    parameters: String,
    method: Method,
    path: &'a str,
    ed25519: bool,
}

impl Peer {
    fn new() -> Self {
        let fresh = keys::generate().unwrap();
        Self {
            keys: SigningKeys::from_stored(&fresh.rsa, &fresh.ed25519).unwrap(),
            now: "2026-11-23T12:00:00Z".parse().unwrap(),
        }
    }

    fn public(&self, ed25519: bool) -> VerifyingKey {
        let rsa = self.keys.rsa_public_pem().unwrap();
        let material = if ed25519 { self.keys.ed25519_multibase() } else { rsa };
        VerifyingKey::read(&material).unwrap()
    }

    fn signed(&self, path: &str) -> HeaderMap {
        let signer = Signer { key_id: KEY_ID.into(), keys: &self.keys };
        let url = base().join(path).unwrap();
        signature::sign(&signer, &url, Some(BODY), self.now, Scheme::Message).unwrap()
    }

    fn usual(&self) -> Made<'static> {
        Made {
            components: USUAL,
            parameters: format!(";created={};keyid=\"{KEY_ID}\"", self.now.as_second()),
            method: Method::POST,
            path: "/inbox",
            ed25519: false,
        }
    }

    /// Signs by the letter of the standard, whatever is asked; written apart from the reader.
    fn make(&self, made: &Made<'_>) -> HeaderMap {
        let digest = keys::content_digest_header(BODY);
        let (path, query) = made.path.split_once('?').unwrap_or((made.path, ""));
        let mut text = String::new();
        for name in made.components.split_ascii_whitespace() {
            // As a reader would that forgives parameters and big letters.
            let bare = name.split(';').next().unwrap().trim_matches('"').to_lowercase();
            let value = match bare.as_str() {
                "@method" => made.method.to_string(),
                "@target-uri" => format!("https://ring.example{}", made.path),
                "@authority" | "host" => "ring.example".into(),
                "@path" => path.into(),
                "@query" => format!("?{query}"),
                "content-digest" => digest.clone(),
                _ => "x".into(),
            };
            text.push_str(&format!("{name}: {value}\n"));
        }
        let input = format!("({}){}", made.components, made.parameters);
        text.push_str(&format!("\"@signature-params\": {input}"));
        let signature = if made.ed25519 {
            self.keys.sign_ed25519(text.as_bytes())
        } else {
            self.keys.sign_rsa(text.as_bytes()).unwrap()
        };
        let mut headers = HeaderMap::new();
        headers.insert("host", "ring.example".parse().unwrap());
        headers.insert("content-digest", digest.parse().unwrap());
        headers.insert("signature-input", format!("sig1={input}").parse().unwrap());
        headers.insert("signature", format!("sig1=:{signature}:").parse().unwrap());
        headers
    }

    fn check(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Claim, Distrust> {
        let request = SignedRequest { method: &Method::POST, path, headers, body };
        signature::read(&request, &base(), self.now)
    }

    fn believes(&self, made: &Made<'_>) -> bool {
        let headers = self.make(made);
        let request =
            SignedRequest { method: &made.method, path: made.path, headers: &headers, body: BODY };
        let claim = signature::read(&request, &base(), self.now);
        claim.is_ok_and(|claim| claim.was_made_by(&self.public(made.ed25519)))
    }

    /// Whether a request is believed, whose headers are the usual ones but for these.
    fn believes_with(&self, changed: &[(&'static str, String)]) -> bool {
        let mut headers = self.make(&self.usual());
        for (name, value) in changed {
            headers.insert(*name, value.parse().unwrap());
        }
        let claim = self.check("/inbox", &headers, BODY);
        claim.is_ok_and(|claim| claim.was_made_by(&self.public(false)))
    }
}

/// A request of a fixture: a request line, headers, an empty line, a body.
struct Fixture {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: String,
}

impl Fixture {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, path) = (first.next().unwrap(), first.next().unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        Self {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers,
            body: body.to_owned(),
        }
    }

    fn request(&self) -> SignedRequest<'_> {
        SignedRequest {
            method: &self.method,
            path: &self.path,
            headers: &self.headers,
            body: self.body.as_bytes(),
        }
    }
}

fn is_of_body(header: &str, body: &[u8]) -> bool {
    let fits = |(name, bytes): &(String, Vec<u8>)| keys::digest_matches(name, bytes, body);
    digests(header).is_ok_and(|digests| digests.iter().all(|digest| fits(digest) == Some(true)))
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/", $name))
    };
}

#[test]
fn sig_09_the_vector_of_rfc_9421_is_read_to_the_letter() {
    let vector = Fixture::read(fixture!("rfc9421/b26_request.http").trim_end_matches('\n'));
    let request = vector.request();
    let key = VerifyingKey::read(fixture!("rfc9421/test-key-ed25519.pem")).unwrap();
    let header = |name: &str| vector.headers[name].to_str().unwrap();
    let input = input(header("signature-input")).unwrap();
    let signature = signature_bytes(header("signature"), &input.label).unwrap();
    let base = Url::parse("https://example.com/").unwrap();
    let text = message(&input.components, &input.list, &request.head(), &base).unwrap();
    assert_eq!(text, fixture!("rfc9421/b26_base.txt").trim_end_matches('\n'));
    assert!(key.verifies(text.as_bytes(), &signature));
    assert!(!key.verifies(text.replace("POST", "GET").as_bytes(), &signature));
    assert!(is_of_body(header("content-digest"), request.body));
    // It proves the key and nothing of the body, so our door does not take it.
    let now = "2021-04-20T02:08:00Z".parse().unwrap();
    assert!(matches!(signature::read(&request, &base, now), Err(Distrust::Unproven(_))));
}

#[test]
fn sig_09_what_fedify_signs_is_believed() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let key = VerifyingKey::read(fixture!("fedify/rsa.pem")).unwrap();
    for text in [
        fixture!("fedify/rfc9421_post.http"),
        fixture!("fedify/rfc9421_get.http"),
        fixture!("fedify/draft_post.http"),
        fixture!("fedify/draft_get.http"),
    ] {
        let vector = Fixture::read(text);
        let claim = signature::read(&vector.request(), &base(), now).expect(text);
        assert_eq!(claim.key_id.as_str(), KEY_ID);
        assert!(claim.was_made_by(&key), "{text}");
        let other = SignedRequest { path: "/c/ring/inbox", ..vector.request() };
        let claim = signature::read(&other, &base(), now);
        assert!(!claim.is_ok_and(|claim| claim.was_made_by(&key)), "{text}");
    }
}

#[test]
fn sig_09_what_we_sign_is_believed_and_nothing_else() {
    let peer = Peer::new();
    let headers = peer.signed("inbox?a=b");
    let claim = peer.check("/inbox?a=b", &headers, BODY).unwrap();
    assert!(claim.was_made_by(&peer.public(false)));
    assert!(!claim.was_made_by(&Peer::new().public(false)));
    for path in ["/inbox", "/inbox?a=c", "/c/ring/inbox", "//inbox?a=b", "*", ""] {
        let claim = peer.check(path, &headers, BODY).unwrap();
        assert!(!claim.was_made_by(&peer.public(false)), "{path}");
    }
    assert!(peer.check("/inbox?a=b", &headers, b"{}").is_err(), "another body");
}

#[test]
fn sig_09_both_kinds_of_keys_are_believed_as_what_they_are() {
    let peer = Peer::new();
    for (alg, rsa, ed25519) in [
        ("", true, true),
        (";alg=\"rsa-v1_5-sha256\"", true, false),
        (";alg=\"ed25519\"", false, true),
        (";alg=\"rsa-pss-sha512\"", false, false),
        (";alg=\"hmac-sha256\"", false, false),
        (";alg=ed25519", false, false),
        (";alg", false, false),
    ] {
        let mut made = peer.usual();
        made.parameters.push_str(alg);
        assert_eq!(peer.believes(&made), rsa, "{alg} with RSA");
        made.ed25519 = true;
        assert_eq!(peer.believes(&made), ed25519, "{alg} with Ed25519");
    }
}

#[test]
fn sig_10_a_signature_covers_method_address_and_body() {
    let peer = Peer::new();
    for (components, post, get) in [
        (USUAL, true, true),
        ("\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\"", true, true),
        ("\"@method\" \"@target-uri\"", false, true),
        ("\"@method\" \"@target-uri\" \"@scheme\" \"content-digest\"", false, false),
        ("\"@method\" \"content-digest\"", false, false),
        ("\"@method\" \"@authority\" \"@path\" \"content-digest\"", false, false),
        ("\"@method\" \"@path\" \"@query\" \"content-digest\"", false, false),
        ("\"@target-uri\" \"content-digest\"", false, false),
        ("", false, false),
        // Twice, unknown, of a response, missing, and not written as the standard says.
        ("\"@method\" \"@target-uri\" \"content-digest\" \"@method\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"@status\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"@query-param\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"@signature-params\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"date\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"Host\"", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"host\"", true, true),
        ("\"@method\" \"@target-uri\" \"content-digest\";req", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\";sf", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\";bs", false, false),
        ("\"@method\" \"@target-uri\" \"content-digest\";key=\"sha-256\"", false, false),
        ("@method \"@target-uri\" \"content-digest\"", false, false),
    ] {
        for (method, believed) in [(Method::POST, post), (Method::GET, get)] {
            let made = Made { components, method, path: "/inbox?x=1", ..peer.usual() };
            assert_eq!(peer.believes(&made), believed, "{} {components}", made.method);
        }
    }
    let made = Made {
        components: "\"@method\" \"@authority\" \"@path\" \"content-digest\"",
        ..peer.usual()
    };
    assert!(peer.believes(&made), "an address without a query needs no @query");
}

#[test]
fn sig_10_parameters_are_known_and_times_are_bounded() {
    let peer = Peer::new();
    let now = peer.now.as_second();
    let hour = 3_600;
    let key = format!(";keyid=\"{KEY_ID}\"");
    for (parameters, believed) in [
        (format!(";created={now}{key}"), true),
        (format!(";created={now}{key};nonce=\"x\";tag=\"y\""), true),
        (format!(";created={now}{key};expires={now}"), true),
        (format!(";created={now}{key};expires={}", now - 1), false),
        (format!(";created={now}{key};expires=999999999999999"), false),
        (format!(";created={now}{key};expires=\"never\""), false),
        (format!(";created={}{key}", now - 12 * hour + 60), true),
        (format!(";created={}{key}", now - 12 * hour - 60), false),
        (format!(";created={}{key}", now + hour - 60), true),
        (format!(";created={}{key}", now + hour + 60), false),
        (format!(";created=999999999999999{key}"), false),
        (format!(";created=9999999999999999999{key}"), false),
        (format!(";created=-999999999999999{key}"), false),
        (format!(";created={now}.5{key}"), false),
        (format!(";created=\"{now}\"{key}"), false),
        (format!(";created=@{now}{key}"), false),
        (format!(";created={now};created={now}{key}"), false),
        (format!(";created=0;created={now}{key}"), false),
        (format!(";created={now}{key};other=1"), false),
        (format!(";created={now};keyid=\"nobody\""), false),
        (format!(";created={now};keyid=x"), false),
        (format!(";created={now}"), false),
        (key, false),
        (String::new(), false),
    ] {
        let made = Made { parameters: parameters.clone(), ..peer.usual() };
        assert_eq!(peer.believes(&made), believed, "{parameters}");
    }
}

#[test]
fn sig_10_there_is_exactly_one_signature() {
    let peer = Peer::new();
    let headers = peer.make(&peer.usual());
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (input, signature) = (text("signature-input"), text("signature"));
    assert!(peer.believes_with(&[]));
    assert!(peer.believes_with(&[("signature-input", input.replace(";k", "; k"))]), "space");
    for (name, value) in [
        ("signature-input", String::new()),
        ("signature-input", "sig1".into()),
        ("signature-input", "sig1=1".into()),
        ("signature-input", format!("{input}, {}", input.replace("sig1", "sig2"))),
        ("signature-input", format!("{input}, {input}")),
        ("signature-input", input.replace("sig1", "sig2")),
        ("signature-input", format!("{input},")),
        ("signature-input", format!("sig1=({USUAL}{})", " \"x\"".repeat(30))),
        ("signature-input", "(".repeat(4_000)),
        ("signature-input", "x".repeat(5_000)),
        ("signature", String::new()),
        ("signature", "sig1".into()),
        ("signature", "sig1=::".into()),
        ("signature", signature.replace("sig1", "sig2")),
        ("signature", format!("{signature}, {signature}")),
        ("signature", format!("{signature}, {}", signature.replace("sig1", "sig2"))),
        ("signature", format!("{signature};x=1")),
        ("signature", signature.replace(':', "\"")),
    ] {
        assert!(!peer.believes_with(&[(name, value.clone())]), "{name}: {value}");
    }
    for name in ["signature-input", "signature", "content-digest", "host"] {
        let mut twice = headers.clone();
        twice.append(name, headers[name].clone());
        let answer = peer.check("/inbox", &twice, BODY);
        assert!(matches!(answer, Err(Distrust::Malformed(_))), "{name} twice");
    }
}

#[test]
fn sig_10_a_weaker_signature_beside_it_does_not_count() {
    let peer = Peer::new();
    let signer = Signer { key_id: KEY_ID.into(), keys: &peer.keys };
    let url = base().join("inbox").unwrap();
    let mut headers = signature::sign(&signer, &url, Some(BODY), peer.now, Scheme::Draft).unwrap();
    assert!(peer.check("/inbox", &headers, BODY).is_ok());
    headers.insert("signature-input", "sig1=(\"@method\")".parse().unwrap());
    assert!(matches!(peer.check("/inbox", &headers, BODY), Err(Distrust::Unproven(_))));
}

#[test]
fn sig_11_the_content_digest_is_that_of_the_body() {
    use aws_lc_rs::digest::{SHA512, digest};
    let sha256 = keys::content_digest_header(BODY);
    let sha512 = format!("sha-512=:{}:", STANDARD.encode(digest(&SHA512, BODY)));
    let wrong = keys::content_digest_header(b"");
    for (header, fits) in [
        (sha256.clone(), true),
        (sha512.clone(), true),
        (format!("{sha256}, {sha512}"), true),
        (format!("{sha256},{sha512}"), true),
        (format!("unixsum=:AAAA:, {sha256}"), true),
        (wrong.clone(), false),
        (format!("{wrong}, {sha512}"), false),
        (format!("{wrong}, {sha256}"), false),
        (format!("{sha256}, {wrong}"), false),
        (format!("{sha512}, sha-256"), false),
        (format!("{sha512}, sha-256=()"), false),
        ("unixsum=:AAAA:".into(), false),
        ("sha-256=:AAAA:".into(), false),
        ("sha-256=::".into(), false),
        (sha256.replace(':', "\""), false),
        (sha256.replace("sha-256", "SHA-256"), false),
        (String::new(), false),
    ] {
        assert_eq!(is_of_body(&header, BODY), fits, "{header}");
    }
}

/// Whether a request that was changed somewhere still proves nothing but what it proved. The draft
/// does not sign the key's name; under another name this key is not the one that counts.
fn is_harmless(peer: &Peer, first: &Claim, path: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let Ok(claim) = peer.check(path, headers, body) else { return true };
    (claim == *first && body == BODY)
        || claim.key_id != first.key_id
        || !claim.was_made_by(&peer.public(false))
}

#[test]
fn sig_02_no_changed_byte_is_believed() {
    let peer = Peer::new();
    let signer = Signer { key_id: KEY_ID.into(), keys: &peer.keys };
    let url = base().join("inbox").unwrap();
    for scheme in [Scheme::Draft, Scheme::Message] {
        let headers = signature::sign(&signer, &url, Some(BODY), peer.now, scheme).unwrap();
        let first = peer.check("/inbox", &headers, BODY).unwrap();
        assert!(first.was_made_by(&peer.public(false)));
        let byte = (any::<usize>(), any::<usize>(), 1..=255_u8);
        proptest!(ProptestConfig::with_cases(4_000), |((part, place, change) in byte)| {
            let (mut path, mut changed) = (b"/inbox".to_vec(), headers.clone());
            let mut body = BODY.to_vec();
            let mut values: Vec<_> =
                headers.iter().map(|(name, value)| (name, value.as_bytes().to_vec())).collect();
            let flip = |bytes: &mut Vec<u8>| {
                let place = place % bytes.len();
                bytes[place] ^= change;
            };
            match part % (values.len() + 2) {
                0 => flip(&mut path),
                1 => flip(&mut body),
                other => flip(&mut values[other - 2].1),
            }
            for (name, value) in values {
                changed.insert(name, HeaderValue::from_bytes(&value).unwrap_or(
                    HeaderValue::from_static("")));
            }
            let path = String::from_utf8_lossy(&path);
            prop_assert!(is_harmless(&peer, &first, &path, &changed, &body));
        });
    }
}
