//! What every page tells the browser not to do, and where a form may come from.

use axum::http::header::{HOST, ORIGIN, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use url::Url;

/// On every page (design: reliability, 2.6). We send no scripts, so none may run.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("geolocation=(), camera=(), microphone=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
];

/// Marks an answer that is a file and no page: it can do nothing in a browser but be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    caching: &'static str,
    reach: &'static str,
}

impl File {
    /// What everybody may see and never changes.
    pub const PUBLIC: File =
        File { caching: "public, max-age=31536000, immutable", reach: "cross-origin" };
    /// What only some may see.
    pub const PRIVATE: File = File { caching: "private, no-store", reach: "same-origin" };

    /// What was fetched for one reader: it may be looked at again in a moment.
    pub const PASSED_ON: File = File { caching: "private, max-age=300", reach: "same-origin" };

    /// Nothing in it may act or ask for anything (reliability paper, CVE-2024-25623, our own side).
    fn protect(self, headers: &mut HeaderMap) {
        let fixed = [
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", self.caching),
            ("cross-origin-resource-policy", self.reach),
        ];
        for (name, value) in fixed {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers.remove(SET_COOKIE);
        if self == Self::PUBLIC {
            headers.remove(VARY);
        }
    }
}

/// Where a form was sent from, as far as the browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// One of our own pages, or no browser at all.
    Ours,
    /// The browser hides it: only the secret in the form can tell.
    Hidden,
    /// Another site.
    Foreign,
}

/// Adds the headers to a page.
pub async fn protect(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    if let Some(file) = response.extensions().get::<File>().copied() {
        file.protect(response.headers_mut());
    }
    response
}

/// Reads where a form was sent from.
///
/// `Sec-Fetch-Site` cannot be set by a page; browsers before 2023 may lack it. `Origin` is `null`
/// for our own forms too, because our pages ask for no referrer: then the former decides.
pub fn sender(headers: &HeaderMap, base: &Url) -> Sender {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return Sender::Foreign;
    }
    match text(ORIGIN) {
        Some("null") if site.is_none() => Sender::Hidden,
        Some("null") | None => Sender::Ours,
        Some(origin) if is_ours(origin, base, text(HOST)) => Sender::Ours,
        Some(_) => Sender::Foreign,
    }
}

/// A machine may be reached by more names than its own (localhost, an address): then the name that
/// the browser asked for counts.
fn is_ours(origin: &str, base: &Url, host: Option<&str>) -> bool {
    let asked = origin.split_once("://").map(|(_, authority)| authority);
    origin == base.origin().ascii_serialization() || (asked.is_some() && asked == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &'static str)], expected: Sender) {
        let base = "https://ring.example/".parse().unwrap();
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        assert_eq!(sender(&pairs.collect(), &base), expected, "{headers:?}");
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        check(&[], Sender::Ours);
        check(&[("origin", "https://ring.example")], Sender::Ours);
        check(&[("origin", "null"), ("sec-fetch-site", "same-origin")], Sender::Ours);
        check(&[("origin", "http://localhost:1"), ("host", "localhost:1")], Sender::Ours);
        check(&[("origin", "null")], Sender::Hidden);
        for origin in ["http://ring.example", "https://ring.example.evil", "https://evil", "x", ""]
        {
            check(&[("origin", origin), ("host", "ring.example:443")], Sender::Foreign);
        }
        check(&[("sec-fetch-site", "cross-site")], Sender::Foreign);
        check(&[("sec-fetch-site", "same-site")], Sender::Foreign);
        let both = [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")];
        check(&both, Sender::Foreign);
    }
}
