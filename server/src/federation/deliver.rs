//! One activity to one inbox: sign, post, read the answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use url::Url;

use crate::app::App;
use crate::federation::signature::{Scheme, Signer, sign};

/// A peer may ask us to wait this long at most.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The peer has it.
    Yes,
    /// The peer will never take it. The reason is for people.
    Refused(String),
    /// Not now. The reason is for people; the time is what the peer asked for.
    Later(String, Option<SignedDuration>),
}

/// Delivers the stored bytes, signed as the collective.
pub async fn deliver(app: &App, inbox: &str, body: String) -> Delivered {
    let Ok(url) = Url::parse(inbox) else {
        return Delivered::Refused("the inbox has no usable address".into());
    };
    let key_id = format!("{}#main-key", app.collective.urls().actor());
    let signer = Signer { key_id, keys: &app.keys };
    let headers = match sign(&signer, &url, Some(body.as_bytes()), app.now(), Scheme::Draft) {
        Ok(headers) => headers,
        Err(error) => return Delivered::Later(format!("{error:#}"), None),
    };
    match app.client.post(&url, headers, Bytes::from(body)).await {
        Ok(answer) => judge(answer.status, &answer.headers),
        Err(error) => Delivered::Later(format!("{error:#}"), None),
    }
}

/// Only what can never be right is given up. A 401 or 403 may be a clock or a key that is being
/// changed, so it is tried again.
fn judge(status: StatusCode, headers: &HeaderMap) -> Delivered {
    let reason = format!("the server answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Delivered::Yes,
        401 | 403 | 408 | 425 | 429 => Delivered::Later(reason, retry_after(headers)),
        400..=499 => Delivered::Refused(reason),
        _ => Delivered::Later(reason, retry_after(headers)),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    let seconds: u32 =
        headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(seconds)).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_never_be_right_is_given_up() {
        let none = HeaderMap::new();
        let judge = |status| judge(StatusCode::from_u16(status).unwrap(), &none);
        for status in [200, 202, 204] {
            assert_eq!(judge(status), Delivered::Yes, "{status}");
        }
        for status in [301, 401, 403, 408, 429, 500, 502, 503] {
            assert!(matches!(judge(status), Delivered::Later(..)), "{status}");
        }
        for status in [400, 404, 405, 410, 413, 422] {
            assert!(matches!(judge(status), Delivered::Refused(_)), "{status}");
        }
    }

    #[test]
    fn a_peer_may_ask_us_to_wait_but_not_for_ever() {
        let wait = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(wait("3600"), Some(SignedDuration::from_hours(1)));
        assert_eq!(wait("4000000000"), Some(LONGEST_WAIT));
        assert_eq!(wait("soon"), None);
    }
}
