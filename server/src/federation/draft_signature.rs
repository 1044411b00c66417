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
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use url::Url;

use crate::domain::collective::domain_of;
use crate::federation::signature::{
    Claim, Distrust, SignedHead, Signer, check_window, only, signed_header, unproven,
};
use crate::federation::vocab::CONTENT_TYPE;
use crate::keys::{self, Algorithm};

/// How many headers a signature may cover.
const MOST_COVERED: usize = 32;

type Parameters = BTreeMap<String, String>;

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

/// Checks everything of a request that needs neither body nor key, cheapest first.
pub fn read(request: &SignedHead<'_>, now: Timestamp) -> Result<Claim, Distrust> {
    let signature = only(request.headers, &HeaderName::from_static("signature"))?
        .ok_or_else(|| unproven("a Signature is needed"))?;
    let digest = only(request.headers, &HeaderName::from_static("digest"))?;
    let parameters = parse(signature)?;
    let get = |name| parameters.get(name).map(String::as_str);
    let key_id = get("keyId")
        .and_then(|id| Url::parse(id).ok())
        .ok_or_else(|| unproven("keyId is not an address"))?;
    let algorithm = check_coverage(&parameters, request.method)?;
    check_time(&parameters, request.headers, now)?;
    let digests = match (digest, request.method) {
        (_, &Method::GET) => Vec::new(),
        (Some(digest), _) => vec![sha256(digest)?],
        (None, _) => return Err(unproven("a Digest is needed")),
    };
    let signature = get("signature")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .ok_or_else(|| unproven("the signature is not base 64"))?;
    let messages = messages(&parameters, request)?;
    Ok(Claim { key_id, algorithm, messages, signature, digests })
}

/// The parameters of a `Signature` header: `name="value"` or `name=number`, each once.
fn parse(header: &str) -> Result<Parameters, Distrust> {
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

/// Checks that the signature covers what matters, and says which kind of key it needs.
fn check_coverage(parameters: &Parameters, method: &Method) -> Result<Option<Algorithm>, Distrust> {
    let (algorithm, times) = match parameters.get("algorithm").map(String::as_str) {
        // The key says what it is (draft 12, 2.1.3).
        None | Some("hs2019") => (None, true),
        Some("rsa-sha256") => (Some(Algorithm::Rsa), false),
        Some(_) => return Err(unproven("the algorithm is neither hs2019 nor rsa-sha256")),
    };
    let covered: Vec<&str> = covered(parameters).take(MOST_COVERED + 1).collect();
    if covered.len() > MOST_COVERED {
        return Err(unproven("the signature covers too many headers"));
    }
    let covers = |name: &str| covered.contains(&name);
    let body = (*method != Method::GET).then_some("digest");
    for required in ["(request-target)", "host"].into_iter().chain(body) {
        if !covers(required) {
            return Err(unproven(format!("the signature does not cover {required}")));
        }
    }
    if !covers("date") && !covers("(created)") {
        return Err(unproven("the signature covers neither date nor (created)"));
    }
    if !times && (covers("(created)") || covers("(expires)")) {
        return Err(unproven("(created) and (expires) need the algorithm hs2019"));
    }
    let twice =
        covered.iter().enumerate().any(|(i, name)| covered.iter().skip(i + 1).any(|n| n == name));
    if twice { Err(unproven("the signature covers a header twice")) } else { Ok(algorithm) }
}

fn covered(parameters: &Parameters) -> impl Iterator<Item = &str> {
    parameters.get("headers").map_or("", String::as_str).split_ascii_whitespace()
}

fn check_time(
    parameters: &Parameters,
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
fn seconds(parameters: &Parameters, name: &str) -> Result<Timestamp, Distrust> {
    let text = parameters.get(name).map_or("", String::as_str);
    let whole = text.split('.').next().unwrap_or_default();
    whole
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| unproven(format!("{name} is not a time")))
}

/// The one SHA-256 that a `Digest` header must hold.
fn sha256(header: &str) -> Result<(String, Vec<u8>), Distrust> {
    let mut sha256 = header.split(',').filter_map(|entry| {
        let (name, value) = entry.split_once('=')?;
        name.trim().eq_ignore_ascii_case("sha-256").then_some(value.trim())
    });
    match (sha256.next(), sha256.next()) {
        (Some(encoded), None) => match STANDARD.decode(encoded) {
            Ok(digest) => Ok(("sha-256".to_owned(), digest)),
            Err(_) => Err(unproven("the Digest is not base 64")),
        },
        _ => Err(unproven("exactly one SHA-256 digest is needed")),
    }
}

/// The texts of which one was signed. Some servers leave the query out when they ask for a page,
/// so a GET has two; what changes something here has one.
fn messages(parameters: &Parameters, request: &SignedHead<'_>) -> Result<Vec<String>, Distrust> {
    let mut messages = vec![message(parameters, request, request.path)?];
    if *request.method == Method::GET
        && let Some((path, _)) = request.path.split_once('?')
    {
        messages.push(message(parameters, request, path)?);
    }
    Ok(messages)
}

/// The text that was signed (draft-cavage-http-signatures-12, 2.3).
fn message(
    parameters: &Parameters,
    request: &SignedHead<'_>,
    path: &str,
) -> Result<String, Distrust> {
    let line = |name: &str| -> Result<String, Distrust> {
        let value = match name {
            "(request-target)" => {
                format!("{} {path}", request.method.as_str().to_ascii_lowercase())
            }
            "(created)" => parameters.get("created").cloned().unwrap_or_default(),
            "(expires)" => parameters.get("expires").cloned().unwrap_or_default(),
            header => signed_header(request.headers, header)?.to_owned(),
        };
        Ok(format!("{name}: {value}"))
    };
    let lines: Result<Vec<String>, Distrust> = covered(parameters).map(line).collect();
    Ok(lines?.join("\n"))
}

#[cfg(test)]
#[path = "draft_signature_tests.rs"]
mod tests;
