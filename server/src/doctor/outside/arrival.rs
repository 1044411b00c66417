//! What becomes of a request on its way to us.
//!
//! Others sign the host, the bytes and the time of what they send: a proxy that changes any of it
//! makes all of them look like liars, and nothing else tells why.

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::app::App;
use crate::client::own::Own;
use crate::domain::collective::domain_of;
use crate::domain::finding::Finding;
use crate::federation::loopback;
use crate::federation::signature::{Scheme, Signer, sign};
use crate::keys;

/// The name under which we pretend to be sent on by somebody: an address of documents (RFC 5737), so
/// it is nobody's.
const PRETENDED: &str = "203.0.113.7";
/// `{"loop":"back"}`, packed by gzip.
const PACKED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab, 0x56, 0xca, 0xc9, 0xcf, 0x2f,
    0x50, 0xb2, 0x52, 0x4a, 0x4a, 0x4c, 0xce, 0x56, 0xaa, 0x05, 0x00, 0x7e, 0xbe, 0xca, 0x3d, 0x0f,
    0x00, 0x00, 0x00,
];
/// How often a sentence is repeated, so that a proxy that packs what is long packs this.
const LONG: usize = 64;

/// What arrived, as the other end says.
struct Arrived(Value);

impl Arrived {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    fn is(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Whether anything shows that something stands between.
    fn came_through_a_proxy(&self) -> bool {
        let adds = self.0.get("of_proxies").and_then(Value::as_array);
        adds.is_some_and(|names| !names.is_empty()) || self.text("forwarded_for") != PRETENDED
    }
}

/// Sends two requests to ourselves, and compares.
pub async fn look(app: &App, own: &Own, nonce: &str) -> Vec<Finding> {
    let plain = Bytes::from(format!("{{\"loop\":\"{}\"}}", "¿hay café para todos? ".repeat(LONG)));
    let digest = keys::content_hash(&plain);
    let packed = Bytes::from_static(PACKED);
    let plain = match send(app, own, nonce, plain, None).await {
        Ok(arrived) => arrived,
        Err(why) => return nothing_arrived(&why),
    };
    let packed = send(app, own, nonce, packed, Some("gzip")).await;
    let (host, body) = (host(app, &plain), body(&plain, &digest));
    vec![host, body, unpacked(packed), signature(&plain), forwarded(app, &plain)]
}

fn nothing_arrived(why: &str) -> Vec<Finding> {
    let skipped = |id| Finding::skipped(id, "doctor-arrival-not");
    let body = Finding::wrong("outside.body", "doctor-arrival-wrong", "doctor-arrival-do");
    vec![
        skipped("outside.host"),
        body.with("why", why),
        skipped("outside.packed"),
        skipped("outside.signature"),
        skipped("outside.forwarded"),
    ]
}

async fn send(
    app: &App,
    own: &Own,
    nonce: &str,
    body: Bytes,
    encoding: Option<&'static str>,
) -> Result<Arrived, String> {
    let path = loopback::path(nonce);
    let (keys, actor) = (app.keys(), app.collective.urls().instance_actor());
    let signer = Signer::of(&actor, &keys.instance.current);
    let url = own.url(&path).map_err(|error| error.to_string())?;
    let signed = sign(&signer, &url, Some(&body), app.now(), Scheme::Draft);
    let mut headers: HeaderMap = signed.map_err(|error| error.to_string())?;
    headers.insert("x-forwarded-for", HeaderValue::from_static(PRETENDED));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let told = own.post(&path, headers, body).await.map_err(|error| error.to_string())?;
    if !told.answer.status.is_success() {
        return Err(told.answer.status.to_string());
    }
    let said = serde_json::from_slice(&told.answer.body).map_err(|error| error.to_string())?;
    Ok(Arrived(said))
}

fn host(app: &App, plain: &Arrived) -> Finding {
    const ID: &str = "outside.host";
    let (host, seen) = (domain_of(&app.collective.base), plain.text("host"));
    let finding = match seen.eq_ignore_ascii_case(&host) {
        true => Finding::ok(ID, "doctor-host-ok"),
        false => Finding::wrong(ID, "doctor-host-wrong", "doctor-host-do"),
    };
    finding.with("seen", seen).with("host", host)
}

fn body(plain: &Arrived, digest: &str) -> Finding {
    const ID: &str = "outside.body";
    match plain.text("digest") == digest && !plain.has("encoding") {
        true => Finding::ok(ID, "doctor-body-ok"),
        false => Finding::wrong(ID, "doctor-body-wrong", "doctor-body-do")
            .with("encoding", plain.text("encoding")),
    }
}

/// Few servers pack what they send; what those send is lost if a proxy unpacks it.
fn unpacked(packed: Result<Arrived, String>) -> Finding {
    const ID: &str = "outside.packed";
    let digest = keys::content_hash(PACKED);
    match packed {
        Ok(packed) if packed.text("digest") == digest && packed.text("encoding") == "gzip" => {
            Finding::ok(ID, "doctor-packed-ok")
        }
        Ok(_) => Finding::note(ID, "doctor-packed-note").and_do("doctor-body-do"),
        Err(_) => Finding::note(ID, "doctor-packed-not").and_do("doctor-arrival-do"),
    }
}

fn signature(plain: &Arrived) -> Finding {
    const ID: &str = "outside.signature";
    match plain.has("signature") {
        false => Finding::ok(ID, "doctor-signature-ok"),
        true => Finding::wrong(ID, "doctor-signature-wrong", "doctor-signature-do")
            .with("why", plain.text("signature")),
    }
}

/// Who asks, as it is counted: behind a proxy that does not say, everybody is one.
fn forwarded(app: &App, plain: &Arrived) -> Finding {
    const ID: &str = "outside.forwarded";
    let seen = plain.text("forwarded_for");
    let is_behind = app.collective.base.scheme() == "https" || plain.came_through_a_proxy();
    let finding = match () {
        () if !is_behind => Finding::ok(ID, "doctor-forwarded-direct"),
        () if !plain.is("is_trusted") => {
            Finding::wrong(ID, "doctor-forwarded-untrusted", "doctor-forwarded-untrusted-do")
        }
        () if seen.is_empty() => {
            Finding::wrong(ID, "doctor-forwarded-silent", "doctor-forwarded-do")
        }
        () if seen == PRETENDED => {
            Finding::wrong(ID, "doctor-forwarded-believed", "doctor-forwarded-do")
        }
        () => Finding::ok(ID, "doctor-forwarded-ok"),
    };
    finding.with("peer", plain.text("peer"))
}
