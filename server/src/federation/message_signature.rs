//! HTTP Message Signatures (RFC 9421) with a `Content-Digest` (RFC 9530).
//!
//! What must be covered: the method, the whole address, and for anything but a GET the digest of
//! the body. The address is `@target-uri`, as Mastodon and Fedify sign it, or `@authority` with
//! `@path` (and `@query`, if there is one), which says the same. Components and parameters that
//! are not in the tables below are refused: what we do not understand proves nothing.

use anyhow::Context as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use jiff::Timestamp;
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, ListEntry, Parameters};
use url::{Position, Url};

use crate::domain::collective::domain_of;
use crate::federation::signature::{
    Claim, Distrust, SignedHead, Signer, check_window, only, signed_header, unproven,
};
use crate::federation::vocab::CONTENT_TYPE;
use crate::keys::{self, Algorithm};

/// How many components a signature may cover.
const MOST_COMPONENTS: usize = 32;
/// Under which name our signatures stand.
const LABEL: &str = "sig1";

const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// One signature as `Signature-Input` describes it.
struct Input {
    label: sfv::Key,
    list: InnerList,
    components: Vec<String>,
}

/// The headers that sign a request to `url`: with a body a POST, else a GET.
pub fn sign(
    signer: &Signer<'_>,
    url: &Url,
    body: Option<&[u8]>,
    now: Timestamp,
) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_str(&domain_of(url))?);
    let (mut method, mut components) = (Method::GET, vec!["@method", "@target-uri"]);
    if let Some(body) = body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        let digest = HeaderValue::from_str(&keys::content_digest_header(body))?;
        headers.insert(CONTENT_DIGEST, digest);
        method = Method::POST;
        components.push("content-digest");
    }
    let list = described(&components, &signer.key_id, now)?;
    let path = &url[Position::BeforePath..Position::AfterQuery];
    let request = SignedHead { method: &method, path, headers: &headers };
    let message = message(&components, &list, &request, url)?;
    let signature = signer.keys.sign_rsa(message.as_bytes())?;
    let list = written(&list).context("the signature cannot be described")?;
    headers.insert(SIGNATURE_INPUT, HeaderValue::from_str(&format!("{LABEL}={list}"))?);
    headers.insert(SIGNATURE, HeaderValue::from_str(&format!("{LABEL}=:{signature}:"))?);
    Ok(headers)
}

/// Checks everything of a request that needs neither body nor key, cheapest first.
pub fn read(request: &SignedHead<'_>, base: &Url, now: Timestamp) -> Result<Claim, Distrust> {
    let input = input(only(request.headers, &SIGNATURE_INPUT)?.unwrap_or_default())?;
    let signature = only(request.headers, &SIGNATURE)?.unwrap_or_default();
    let signature = signature_bytes(signature, &input.label)?;
    let algorithm = check_parameters(&input.list.params, now)?;
    let key_id = text(&input.list.params, "keyid")
        .and_then(|id| Url::parse(id).ok())
        .ok_or_else(|| unproven("keyid is not an address"))?;
    check_coverage(&input.components, request)?;
    let digests = match only(request.headers, &CONTENT_DIGEST)? {
        Some(header) => digests(header)?,
        None => Vec::new(),
    };
    let message = message(&input.components, &input.list, request, base)?;
    Ok(Claim { key_id, algorithm, messages: vec![message], signature, digests })
}

/// What `Signature-Input` says of a signature that we are about to make.
fn described(components: &[&str], key_id: &str, now: Timestamp) -> anyhow::Result<InnerList> {
    let string =
        |text: &str| sfv::StringRef::from_str(text).map(|text| BareItem::String(text.to_owned()));
    let key = |name: &str| sfv::KeyRef::from_str(name).map(ToOwned::to_owned);
    let items: Result<Vec<sfv::Item>, sfv::Error> =
        components.iter().map(|name| Ok(sfv::Item::new(string(name)?))).collect();
    let parameters = Parameters::from_iter([
        (key("created")?, BareItem::Integer(sfv::Integer::try_from(now.as_second())?)),
        (key("keyid")?, string(key_id)?),
        (key("alg")?, string("rsa-v1_5-sha256")?),
    ]);
    Ok(InnerList::with_params(items?, parameters))
}

/// Reads `Signature-Input`: exactly one label, with plain components that stand once each.
fn input(header: &str) -> Result<Input, Distrust> {
    let (label, entry) = only_entry(header, "Signature-Input")?;
    let ListEntry::InnerList(list) = entry else {
        return Err(unproven("Signature-Input does not list components"));
    };
    if list.items.len() > MOST_COMPONENTS {
        return Err(unproven("the signature covers too much"));
    }
    let mut components: Vec<String> = Vec::new();
    for item in &list.items {
        let name = item.bare_item.as_string().map(sfv::StringRef::as_str);
        let Some(name) = name.filter(|_| item.params.is_empty()) else {
            return Err(unproven("a component of the signature has parameters or no name"));
        };
        if components.iter().any(|other| other == name) {
            return Err(unproven(format!("the signature covers {name} twice")));
        }
        components.push(name.to_owned());
    }
    Ok(Input { label, list, components })
}

fn signature_bytes(header: &str, label: &sfv::Key) -> Result<Vec<u8>, Distrust> {
    match only_entry(header, "Signature")? {
        (
            found,
            ListEntry::Item(sfv::Item { bare_item: BareItem::ByteSequence(bytes), params }),
        ) if found == *label && params.is_empty() => Ok(bytes),
        _ => Err(unproven("Signature does not hold what Signature-Input describes")),
    }
}

/// The one entry of a dictionary that may have no other.
fn only_entry(header: &str, name: &str) -> Result<(sfv::Key, ListEntry), Distrust> {
    let entries = dictionary(header).ok_or_else(|| unproven(format!("{name} cannot be read")))?;
    let mut entries = entries.into_iter();
    match (entries.next(), entries.next()) {
        (Some(entry), None) => Ok(entry),
        _ => Err(unproven(format!("{name} must hold exactly one signature"))),
    }
}

/// A dictionary (RFC 9651) in which nothing stands twice: of two values with one name the standard
/// takes the last and drops the other, which shows when it is written anew.
fn dictionary(header: &str) -> Option<Dictionary> {
    let read: Dictionary = sfv::Parser::new(header).parse().ok()?;
    let without_spaces = |text: &str| text.replace([' ', '\t'], "");
    let anew: Option<String> = read.serialize();
    (without_spaces(&anew?) == without_spaces(header)).then_some(read)
}

/// Checks algorithm and times, and says which kind of key the signature needs.
fn check_parameters(
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Option<Algorithm>, Distrust> {
    const KNOWN: [&str; 6] = ["alg", "created", "expires", "keyid", "nonce", "tag"];
    if let Some(name) = parameters.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(unproven(format!("the parameter {name} is not known here")));
    }
    let algorithm = match (parameters.contains_key("alg"), text(parameters, "alg")) {
        (false, _) => None,
        (true, Some("rsa-v1_5-sha256")) => Some(Algorithm::Rsa),
        (true, Some("ed25519")) => Some(Algorithm::Ed25519),
        _ => return Err(unproven("alg is neither rsa-v1_5-sha256 nor ed25519")),
    };
    let created = seconds(parameters, "created")?;
    check_window(created.ok_or_else(|| unproven("created is missing"))?, now)?;
    if seconds(parameters, "expires")?.is_some_and(|expires| expires < now) {
        return Err(unproven("the signature has expired"));
    }
    Ok(algorithm)
}

fn text<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.get(name)?.as_string().map(sfv::StringRef::as_str)
}

/// A parameter as a time in whole seconds that our calendar knows.
fn seconds(parameters: &Parameters, name: &str) -> Result<Option<Timestamp>, Distrust> {
    let Some(value) = parameters.get(name) else { return Ok(None) };
    let time = value.as_integer().and_then(|time| Timestamp::from_second(time.into()).ok());
    time.map(Some).ok_or_else(|| unproven(format!("{name} is not a time")))
}

fn check_coverage(components: &[String], request: &SignedHead<'_>) -> Result<(), Distrust> {
    let covers = |name: &str| components.iter().any(|component| component == name);
    let query = covers("@query") || !request.path.contains('?');
    let parts = covers("@authority") && covers("@path") && query;
    if !covers("@target-uri") && !parts {
        return Err(unproven("the signature does not cover @target-uri"));
    }
    let body = (*request.method != Method::GET).then_some("content-digest");
    match ["@method"].into_iter().chain(body).find(|name| !covers(name)) {
        Some(missing) => Err(unproven(format!("the signature does not cover {missing}"))),
        None => Ok(()),
    }
}

/// Every digest whose algorithm we know; each must be that of the body, and there must be one.
fn digests(header: &str) -> Result<Vec<(String, Vec<u8>)>, Distrust> {
    let digests = dictionary(header).ok_or_else(|| unproven("Content-Digest cannot be read"))?;
    let known = digests.iter().filter(|(algorithm, _)| keys::knows_digest(algorithm.as_str()));
    let known = known.map(|(algorithm, entry)| {
        let bytes = match entry {
            ListEntry::Item(item) => item.bare_item.as_byte_sequence().unwrap_or_default(),
            ListEntry::InnerList(_) => &[],
        };
        (algorithm.as_str().to_owned(), bytes.to_vec())
    });
    let known: Vec<_> = known.collect();
    match known.is_empty() {
        true => Err(unproven("a Content-Digest with sha-256 or sha-512 is needed")),
        false => Ok(known),
    }
}

/// The signature base (RFC 9421, 2.5): the text that was signed.
fn message(
    components: &[impl AsRef<str>],
    list: &InnerList,
    request: &SignedHead<'_>,
    base: &Url,
) -> Result<String, Distrust> {
    let mut text = String::new();
    for name in components.iter().map(AsRef::as_ref) {
        let value = match name.strip_prefix('@') {
            Some(derived) => self::derived(derived, request, base)?,
            // Names of fields are written small (2.1); HeaderName would forgive others.
            None if name.bytes().any(|b| b.is_ascii_uppercase()) => {
                return Err(unproven("a component of the signature is not written small"));
            }
            None => signed_header(request.headers, name)?.to_owned(),
        };
        text.push_str(&format!("\"{name}\": {value}\n"));
    }
    let list = written(list).ok_or_else(|| unproven("Signature-Input cannot be read"))?;
    Ok(format!("{text}\"@signature-params\": {list}"))
}

/// The value of a derived component (RFC 9421, 2.2), as it is at our public address.
fn derived(name: &str, request: &SignedHead<'_>, base: &Url) -> Result<String, Distrust> {
    let (path, query) = request.path.split_once('?').unwrap_or((request.path, ""));
    let authority = domain_of(base);
    match name {
        "method" => Ok(request.method.as_str().to_owned()),
        "target-uri" => Ok(format!("{}://{authority}{}", base.scheme(), request.path)),
        "authority" => Ok(authority),
        "scheme" => Ok(base.scheme().to_owned()),
        "request-target" => Ok(request.path.to_owned()),
        "path" => Ok(path.to_owned()),
        "query" => Ok(format!("?{query}")),
        _ => Err(unproven(format!("the component @{name} is not known here"))),
    }
}

fn written(list: &InnerList) -> Option<String> {
    vec![ListEntry::InnerList(list.clone())].serialize()
}

#[cfg(test)]
#[path = "message_signature_tests.rs"]
mod tests;
