//! Who sent a request: signatures as the fediverse writes them, in two families.
//!
//! * `draft_signature`: draft-cavage-http-signatures-12, which every server knows.
//! * `message_signature`: RFC 9421, the standard that came of it.
//!
//! [`read`] is the one door and [`sign`] the one pen for both. Both readers answer with a
//! [`Claim`]: form, coverage and time are right, and what is still to be looked at are the body and
//! the key.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::collective::domain_of;
use crate::federation::{draft_signature, message_signature};
use crate::keys::{self, Algorithm, OurKey, SigningKeys, VerifyingKey};

/// How old a signature may be: Mastodon's widest window.
const OLDEST: SignedDuration = SignedDuration::from_hours(12);
/// How far a peer's clock may be ahead.
const NEWEST: SignedDuration = SignedDuration::from_hours(1);
/// The longest header that is read, in bytes.
const LONGEST_HEADER: usize = 4_096;

/// How a request is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12: what every server understands.
    #[default]
    Draft,
    /// HTTP Message Signatures (RFC 9421).
    Message,
}

/// Who signs what goes out.
pub struct Signer<'a> {
    /// The address of the key: `<actor>#main-key`.
    pub key_id: String,
    /// The key.
    pub keys: &'a SigningKeys,
}

impl<'a> Signer<'a> {
    /// One of our actors, with one of its keys.
    pub fn of(actor: &Url, key: &'a OurKey) -> Self {
        Self { key_id: key.rsa_id(actor), keys: &key.signing }
    }
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

/// A signature whose form, coverage and time were checked; body and key were not yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The address of the key that is said to have signed.
    pub key_id: Url,
    /// The kind of key that it needs, if the signature names one.
    pub(in crate::federation) algorithm: Option<Algorithm>,
    /// The texts of which one was signed.
    pub(in crate::federation) messages: Vec<String>,
    /// The signature, as bytes.
    pub(in crate::federation) signature: Vec<u8>,
    /// The digests that the body must have: the name of the algorithm and the bytes.
    pub(in crate::federation) digests: Vec<(String, Vec<u8>)>,
}

/// The head of a request, as far as signatures are concerned.
#[derive(Clone, Copy)]
pub struct SignedHead<'a> {
    /// Its method.
    pub method: &'a http::Method,
    /// Its path and query, as sent.
    pub path: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
}

/// A whole request, as far as signatures are concerned.
pub struct SignedRequest<'a> {
    /// Its method.
    pub method: &'a http::Method,
    /// Its path and query, as sent.
    pub path: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub body: &'a [u8],
}

impl<'a> SignedRequest<'a> {
    /// The request without its body.
    pub fn head(&self) -> SignedHead<'a> {
        SignedHead { method: self.method, path: self.path, headers: self.headers }
    }
}

/// The headers that sign a request to `url`: with a body a POST, else a GET.
pub fn sign(
    signer: &Signer<'_>,
    url: &Url,
    body: Option<&[u8]>,
    now: Timestamp,
    scheme: Scheme,
) -> anyhow::Result<HeaderMap> {
    match scheme {
        Scheme::Draft => draft_signature::sign(signer, url, body, now),
        Scheme::Message => message_signature::sign(signer, url, body, now),
    }
}

/// Checks everything of a signed request that needs no key.
pub fn read(request: &SignedRequest<'_>, base: &Url, now: Timestamp) -> Result<Claim, Distrust> {
    let claim = read_head(&request.head(), base, now)?;
    claim.check_body(request.body)?;
    Ok(claim)
}

/// Checks everything of a signed request that needs neither body nor key, cheapest first. `base` is
/// our origin as the world sees it: this server stands behind a proxy, so the connection does not
/// know it.
///
/// A request with `Signature-Input` is read after RFC 9421 and in no other way, so that nobody can
/// choose the weaker of two signatures for us.
pub fn read_head(head: &SignedHead<'_>, base: &Url, now: Timestamp) -> Result<Claim, Distrust> {
    let host = only(head.headers, &header::HOST)?.ok_or(Distrust::Malformed("no Host"))?;
    let domain = domain_of(base);
    if !host.eq_ignore_ascii_case(&domain) {
        return Err(unproven(format!("this request is for {host:?}, not for {domain}")));
    }
    if head.headers.contains_key("signature-input") {
        message_signature::read(head, base, now)
    } else {
        draft_signature::read(head, now)
    }
}

impl Claim {
    /// Checks that the body is the one of which the digests were made.
    pub fn check_body(&self, body: &[u8]) -> Result<(), Distrust> {
        let fits = |(algorithm, digest): &(String, Vec<u8>)| {
            keys::digest_matches(algorithm, digest, body) == Some(true)
        };
        match self.digests.iter().all(fits) {
            true => Ok(()),
            false => Err(unproven("the digest does not fit the body")),
        }
    }

    /// Whether this key made the signature.
    pub fn was_made_by(&self, key: &VerifyingKey) -> bool {
        self.algorithm.is_none_or(|algorithm| algorithm == key.algorithm())
            && self.messages.iter().any(|text| key.verifies(text.as_bytes(), &self.signature))
    }
}

/// The value of a header that may stand once at most.
pub(in crate::federation) fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, Distrust> {
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

/// The value of a header that a signature covers: it must be there, once.
pub(in crate::federation) fn signed_header<'a>(
    headers: &'a HeaderMap,
    name: &str,
) -> Result<&'a str, Distrust> {
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| unproven("the signature covers what is not a header"))?;
    let value = only(headers, &header)?;
    Ok(value.ok_or_else(|| unproven(format!("{name} is signed but missing")))?.trim())
}

/// Checks when a signature was made.
pub(in crate::federation) fn check_window(made: Timestamp, now: Timestamp) -> Result<(), Distrust> {
    let age = now.duration_since(made);
    if age > OLDEST || age < -NEWEST {
        let skew = age.as_secs();
        return Err(unproven(format!("clock skew {skew} s: signed too long ago or in the future")));
    }
    Ok(())
}

/// Refuses a request that is well-formed.
pub(in crate::federation) fn unproven(reason: impl Into<String>) -> Distrust {
    Distrust::Unproven(reason.into())
}
