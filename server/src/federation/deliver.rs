//! One activity to one inbox: sign, post, read the answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::app::App;
use crate::client::{Answer, NoAnswer};
use crate::db::doctor;
use crate::db::outbox::Delivery;
use crate::domain::clocks;
use crate::domain::collective::domain_of;
use crate::federation::knock::{Request, knock, knock_again};
use crate::federation::outbox;
use crate::federation::reports;
use crate::federation::signature::Signer;

/// A peer may ask us to wait this long at most.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What came of it. The texts are for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The peer has it.
    Yes,
    /// The peer will never take it.
    Refused(String),
    /// The peer does not believe us, or does not want to hear from us.
    Unauthorised(String),
    /// There is no such inbox.
    Missing(String),
    /// There is no such inbox any more.
    Gone(String),
    /// Not now; the time is what the peer asked for.
    Later(String, Option<SignedDuration>),
}

/// Delivers stored bytes, signed as the collective; a report as the instance actor.
pub async fn deliver(app: &App, inbox: &str, delivery: &Delivery) -> Delivered {
    let Ok(url) = Url::parse(inbox) else {
        return Delivered::Refused("the inbox has no usable address".into());
    };
    let body = match &delivery.newer {
        Some(newer) => with_newest_object(&delivery.body, newer),
        None => delivery.body.as_bytes().to_vec(),
    };
    match post(app, &url, delivery, Bytes::from(body)).await {
        Ok(answer) => {
            note_clock(app, &url, &answer.headers).await;
            judge(answer.status, &answer.headers, app.now())
        }
        // What is forbidden today may be a mistake in somebody's DNS.
        Err(NoAnswer::Never(why)) => Delivered::Later(why.to_string(), None),
        Err(NoAnswer::NotNow(error)) => Delivered::Later(format!("{error:#}"), None),
    }
}

/// Posts with the key that the place in the log asks for. A peer that says 401 may have learnt of
/// the new key in another way, or missed it: it is asked once more with the other one.
async fn post(app: &App, url: &Url, delivery: &Delivery, body: Bytes) -> Result<Answer, NoAnswer> {
    let urls = app.collective.urls();
    let is_report = reports::is_report(&urls.instance_actor(), &delivery.url);
    let actor = if is_report { urls.instance_actor() } else { urls.actor() };
    if let Some(announced) = outbox::announced_keys(&actor, &delivery.url)
        && app.keys().collective.current.generation < announced
    {
        // Another process made them a moment ago. Whoever gets this will look at our actor, and
        // must find there what it says.
        app.read_keys().await.map_err(|error| NoAnswer::NotNow(error.into()))?;
    }
    let (keys, request) = (app.keys(), Request::Post(body));
    let ring = if is_report { &keys.instance } else { &keys.collective };
    let (key, other) = ring.for_activity(delivery.activity);
    let answer = knock(app, &Signer::of(&actor, key), url, &request).await?;
    match other {
        Some(other) if answer.status == StatusCode::UNAUTHORIZED => {
            let better = knock_again(app, &Signer::of(&actor, other), url, &request).await;
            Ok(better.unwrap_or(answer))
        }
        _ => Ok(answer),
    }
}

/// A Create that waited while its object changed carries the object as it is now: nobody gets a
/// need as open that was closed meanwhile.
fn with_newest_object(create: &str, update: &str) -> Vec<u8> {
    let parse = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    let (Some(mut create_json), Some(mut update)) = (parse(create), parse(update)) else {
        return create.as_bytes().to_vec();
    };
    for name in ["object", "to", "cc"] {
        if let (Some(place), Some(newest)) = (create_json.get_mut(name), update.get_mut(name)) {
            *place = newest.take();
        }
    }
    create_json.to_string().into_bytes()
}

fn judge(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Delivered {
    let reason = format!("the server answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Delivered::Yes,
        // A clock or a key that is being changed may be the reason, so these are tried again.
        401 | 403 => Delivered::Unauthorised(with_skew(reason, headers, now)),
        404 => Delivered::Missing(reason),
        410 => Delivered::Gone(reason),
        408 | 425 | 429 => Delivered::Later(reason, retry_after(headers)),
        400..=499 => Delivered::Refused(with_skew(reason, headers, now)),
        _ => Delivered::Later(reason, retry_after(headers)),
    }
}

/// A peer that refuses us often does so because one of the two clocks is wrong: then say so.
fn with_skew(reason: String, headers: &HeaderMap, now: Timestamp) -> String {
    let skew = skew(headers, now).unwrap_or(0);
    if skew.abs() < clocks::LARGE {
        return reason;
    }
    tracing::warn!(skew, "our clock and a peer's differ: check the time of this machine");
    format!("{reason}; our clock is off by {skew} s against theirs")
}

/// By how many seconds our clock is ahead of the one with which somebody answered.
fn skew(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    let theirs = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(now.duration_since(theirs).as_secs())
}

/// Notes what time it is at a peer, of a few of them now and then: several together know whether our
/// clock is right, and the doctor asks them. It costs one small row.
async fn note_clock(app: &App, url: &Url, headers: &HeaderMap) {
    let (host, now) = (domain_of(url), app.now());
    let Some(skew) = skew(headers, now) else { return };
    if app.noted_clocks.contains_key(&host) || !app.clock_notes.allows(()) {
        return;
    }
    app.noted_clocks.insert(host.clone(), ());
    let since = now.saturating_sub(clocks::TELLS_FOR).unwrap_or(now);
    let noted = app.db.write(move |conn| {
        doctor::note_clock(conn, &host, skew, now)?;
        doctor::list_clocks(conn, since)
    });
    match noted.await.map(clocks::ahead) {
        Ok(Some(ahead)) if ahead.abs() >= clocks::LARGE => {
            tracing::warn!(
                ahead,
                "the clock of this machine is off by so many seconds, say others"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::debug!(error = %error, "the time at a peer cannot be noted"),
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
    fn f_11_only_what_can_never_be_right_is_given_up() {
        let none = HeaderMap::new();
        let judge =
            |status| judge(StatusCode::from_u16(status).unwrap(), &none, Timestamp::UNIX_EPOCH);
        for status in [200, 202, 204] {
            assert_eq!(judge(status), Delivered::Yes, "{status}");
        }
        for status in [301, 408, 425, 429, 500, 502, 503] {
            assert!(matches!(judge(status), Delivered::Later(..)), "{status}");
        }
        for status in [400, 405, 413, 422] {
            assert!(matches!(judge(status), Delivered::Refused(_)), "{status}");
        }
        assert!(matches!(judge(401), Delivered::Unauthorised(_)));
        assert!(matches!(judge(403), Delivered::Unauthorised(_)));
        assert!(matches!(judge(404), Delivered::Missing(_)));
        assert!(matches!(judge(410), Delivered::Gone(_)));
    }

    #[test]
    fn f_16_a_clock_that_is_off_is_named() {
        let mut headers = HeaderMap::new();
        headers.insert("date", "Mon, 23 Nov 2026 12:00:00 GMT".parse().unwrap());
        let reason =
            |now: &str| match judge(StatusCode::UNAUTHORIZED, &headers, now.parse().unwrap()) {
                Delivered::Unauthorised(reason) => reason,
                other => panic!("{other:?}"),
            };
        assert!(reason("2026-11-23T14:00:00Z").contains("off by 7200 s"));
        assert!(reason("2026-11-23T10:00:00Z").contains("off by -7200 s"));
        assert!(!reason("2026-11-23T12:01:00Z").contains("off by"));
    }

    #[test]
    fn f_08_a_create_that_waited_carries_what_is_true_now() {
        let create = r#"{"id":"c","type":"Create","to":["a"],"object":{"id":"n","state":"open"}}"#;
        let update =
            r#"{"id":"u","type":"Update","to":["b"],"object":{"id":"n","state":"closed"}}"#;
        let sent = String::from_utf8(with_newest_object(create, update)).unwrap();
        let expected =
            r#"{"id":"c","type":"Create","to":["b"],"object":{"id":"n","state":"closed"}}"#;
        assert_eq!(sent, expected);
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
