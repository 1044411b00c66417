//! HTTP signatures after draft-cavage-http-signatures-12, as the fediverse uses them.
//!
//! Signing uses http-signature-normalization for the string that is signed. Verifying has its own
//! strict reader, so that exactly what was checked is what was signed: one signature, one digest,
//! every required header covered, times that our own bounded code read.

use std::collections::BTreeMap;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::collective::domain_of;
use crate::federation::vocab::CONTENT_TYPE;
use crate::keys::{self, SigningKeys, VerifyingKey};

/// How old a signature may be: Mastodon's widest window.
const OLDEST: SignedDuration = SignedDuration::from_hours(12);
/// How far a peer's clock may be ahead.
const NEWEST: SignedDuration = SignedDuration::from_hours(1);
/// The longest `Signature` header that is read.
const LONGEST_HEADER: usize = 4_096;

/// Who signs what goes out.
pub struct Signer<'a> {
    /// The address of the key: `<actor>#main-key`.
    pub key_id: String,
    /// The key.
    pub keys: &'a SigningKeys,
}

/// Why a request is not believed. The text goes to the peer, whose admin may need it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// The request is malformed.
    #[error("{0}")]
    Malformed(&'static str),
    /// The request is well-formed, but not signed in a way that proves who sent it.
    #[error("{0}")]
    Unproven(String),
}

/// A signature whose form, coverage, time and digest were checked; the key was not yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The address of the key that is said to have signed.
    pub key_id: Url,
    message: String,
    signature: Vec<u8>,
}

/// A request, as far as signatures are concerned.
pub struct SignedRequest<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path and query, as sent.
    pub path: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub body: &'a [u8],
}

/// The headers that sign a request to `url`: with a body a POST, else a GET.
pub fn sign(
    signer: &Signer<'_>,
    url: &Url,
    body: Option<&[u8]>,
    now: Timestamp,
) -> anyhow::Result<HeaderMap> {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut headers = BTreeMap::from([("host", domain_of(url)), ("date", date)]);
    if let Some(body) = body {
        headers.insert("digest", keys::digest_header(body));
        headers.insert("content-type", CONTENT_TYPE.to_owned());
    }
    let method = if body.is_some() { "post" } else { "get" };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let named = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let signature = http_signature_normalization::Config::new()
        .dont_use_created_field()
        .begin_sign(method, &path, named)?
        .sign(signer.key_id.clone(), |message| signer.keys.sign_rsa(message.as_bytes()))?
        .signature_header();
    headers.insert("signature", signature);
    let mut signed = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).context("a header cannot be written")?;
        signed.insert(HeaderName::from_static(name), value);
    }
    Ok(signed)
}

/// Checks everything of a signed POST that needs no key, cheapest first.
pub fn read(request: &SignedRequest<'_>, domain: &str, now: Timestamp) -> Result<Claim, Distrust> {
    let host = only(request.headers, &header::HOST)?.ok_or(Distrust::Malformed("no Host"))?;
    if !host.eq_ignore_ascii_case(domain) {
        return Err(unproven(format!("this request is for {host:?}, not for {domain}")));
    }
    let signature = only(request.headers, &HeaderName::from_static("signature"))?
        .filter(|_| !request.headers.contains_key("signature-input"))
        .ok_or_else(|| unproven("a Signature after draft-cavage-http-signatures is needed"))?;
    let digest = only(request.headers, &HeaderName::from_static("digest"))?
        .ok_or_else(|| unproven("a Digest is needed"))?;
    let parameters = parse(signature)?;
    check_coverage(&parameters)?;
    check_time(&parameters, request.headers, now)?;
    check_digest(digest, request.body)?;
    let get = |name| parameters.get(name).map(String::as_str);
    let key_id = get("keyId")
        .and_then(|id| Url::parse(id).ok())
        .ok_or_else(|| unproven("keyId is not an address"))?;
    let signature = get("signature")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .ok_or_else(|| unproven("the signature is not base 64"))?;
    Ok(Claim { key_id, message: message(&parameters, request)?, signature })
}

impl Claim {
    /// Whether this key made the signature.
    pub fn was_made_by(&self, key: &VerifyingKey) -> bool {
        key.verifies(self.message.as_bytes(), &self.signature)
    }
}

/// The value of a header that may stand once at most.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Distrust> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(Distrust::Malformed("a header stands twice that may stand once"));
    }
    match value.map(HeaderValue::to_str) {
        None => Ok(None),
        Some(Ok(text)) if text.len() <= LONGEST_HEADER => Ok(Some(text)),
        Some(_) => Err(Distrust::Malformed("a header is too long or not text")),
    }
}

/// The parameters of a `Signature` header: `name="value"` or `name=number`, each once.
fn parse(header: &str) -> Result<BTreeMap<String, String>, Distrust> {
    let malformed = || unproven("the Signature header cannot be read");
    let mut parameters = BTreeMap::new();
    let mut rest = header.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(malformed)?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(malformed)?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        let name = name.trim();
        let fits = name.bytes().all(|b| b.is_ascii_alphanumeric()) && !name.is_empty();
        if !fits || parameters.insert(name.to_owned(), value.trim().to_owned()).is_some() {
            return Err(malformed());
        }
        rest = match after.trim_start().strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if after.trim().is_empty() => "",
            None => return Err(malformed()),
        };
    }
    Ok(parameters)
}

fn check_coverage(parameters: &BTreeMap<String, String>) -> Result<(), Distrust> {
    let algorithm = parameters.get("algorithm").map_or("hs2019", String::as_str);
    if !matches!(algorithm, "hs2019" | "rsa-sha256") {
        return Err(unproven("the algorithm is neither hs2019 nor rsa-sha256"));
    }
    let covered: Vec<&str> = covered(parameters).collect();
    let covers = |name: &str| covered.contains(&name);
    for required in ["(request-target)", "host", "digest"] {
        if !covers(required) {
            return Err(unproven(format!("the signature does not cover {required}")));
        }
    }
    if !covers("date") && !covers("(created)") {
        return Err(unproven("the signature covers neither date nor (created)"));
    }
    let times = covers("(created)") || covers("(expires)");
    if times && algorithm != "hs2019" {
        return Err(unproven("(created) and (expires) need the algorithm hs2019"));
    }
    let twice =
        covered.iter().enumerate().any(|(i, name)| covered.iter().skip(i + 1).any(|n| n == name));
    if twice { Err(unproven("the signature covers a header twice")) } else { Ok(()) }
}

fn covered(parameters: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    parameters.get("headers").map_or("", String::as_str).split_ascii_whitespace()
}

fn check_time(
    parameters: &BTreeMap<String, String>,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(), Distrust> {
    let covers = |name: &str| covered(parameters).any(|covered| covered == name);
    if covers("(created)") {
        let made = seconds(parameters, "created")?;
        check_window(made, now)?;
    }
    if covers("date") {
        let date = only(headers, &header::DATE)?.unwrap_or_default();
        let made = DateTimeParser::new()
            .parse_timestamp(date)
            .map_err(|_| unproven("the Date cannot be read"))?;
        check_window(made, now)?;
    }
    if parameters.contains_key("expires") {
        let expires = seconds(parameters, "expires")?;
        if expires < now {
            return Err(unproven("the signature has expired"));
        }
    }
    Ok(())
}

/// A time in whole seconds that our calendar knows; a fraction is cut off.
fn seconds(parameters: &BTreeMap<String, String>, name: &str) -> Result<Timestamp, Distrust> {
    let text = parameters.get(name).map_or("", String::as_str);
    let whole = text.split('.').next().unwrap_or_default();
    whole
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| unproven(format!("{name} is not a time")))
}

fn check_window(made: Timestamp, now: Timestamp) -> Result<(), Distrust> {
    let age = now.duration_since(made);
    if age > OLDEST || age < -NEWEST {
        let skew = age.as_secs();
        return Err(unproven(format!("clock skew {skew} s: signed too long ago or in the future")));
    }
    Ok(())
}

fn check_digest(header: &str, body: &[u8]) -> Result<(), Distrust> {
    let mut sha256 = header.split(',').filter_map(|entry| {
        let (name, value) = entry.split_once('=')?;
        name.trim().eq_ignore_ascii_case("sha-256").then_some(value.trim())
    });
    match (sha256.next(), sha256.next()) {
        (Some(encoded), None) if keys::digest_matches(encoded, body) => Ok(()),
        (Some(_), None) => Err(unproven("the Digest does not fit the body")),
        _ => Err(unproven("exactly one SHA-256 digest is needed")),
    }
}

/// The text that was signed (draft-cavage-http-signatures-12, 2.3).
fn message(
    parameters: &BTreeMap<String, String>,
    request: &SignedRequest<'_>,
) -> Result<String, Distrust> {
    let line = |name: &str| -> Result<String, Distrust> {
        let value = match name {
            "(request-target)" => {
                format!("{} {}", request.method.as_str().to_ascii_lowercase(), request.path)
            }
            "(created)" => parameters.get("created").cloned().unwrap_or_default(),
            "(expires)" => parameters.get("expires").cloned().unwrap_or_default(),
            header => {
                let name = HeaderName::from_bytes(header.as_bytes())
                    .map_err(|_| unproven("the signature covers what is not a header"))?;
                only(request.headers, &name)?
                    .ok_or_else(|| unproven(format!("{header} is signed but missing")))?
                    .trim()
                    .to_owned()
            }
        };
        Ok(format!("{name}: {value}"))
    };
    let lines: Result<Vec<String>, Distrust> = covered(parameters).map(line).collect();
    Ok(lines?.join("\n"))
}

fn unproven(reason: impl Into<String>) -> Distrust {
    Distrust::Unproven(reason.into())
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
