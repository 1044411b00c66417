//! When what is behind needs is shown, and what the assembly is asked about it.

use jiff::SignedDuration;

use super::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quarter_of(moment: Timestamp) -> Quarter {
    Quarter::of(moment, &TimeZone::UTC)
}

fn rent() -> Cause {
    Cause {
        id: CauseId::from_number(1),
        word: Some("rent-rise".into()),
        label: None,
        is_quiet: false,
        added_at: Timestamp::UNIX_EPOCH,
        retired_at: None,
        asked_in: None,
    }
}

fn response(kind: ResponseKind, made_at: Timestamp) -> Response {
    Response {
        id: ResponseId::from_number(7),
        cause: CauseId::from_number(1),
        kind,
        text: "Tenants meet".into(),
        decision: None,
        made_at,
        review_at: (kind == ResponseKind::NotNow).then(|| made_at + DAY * 60),
        done_at: None,
        asked_again_at: None,
    }
}

/// What is asked with these numbers of the last four quarters.
fn asked(
    cause: &Cause,
    needs: [i64; 4],
    responses: &[Response],
    now: Timestamp,
) -> Option<Question> {
    let mut counts = quarter_of(now).last_four().map(|quarter| (quarter, 0));
    counts.iter_mut().zip(needs).for_each(|(count, needs)| count.1 = needs);
    question(cause, &counts, responses, quarter_of, now)
}

#[test]
fn e3_below_eight_nothing_is_shown_and_above_it_is_rounded() {
    for (needs, expected) in
        [(0, None), (7, None), (8, Some(8)), (11, Some(8)), (12, Some(12)), (103, Some(100))]
    {
        assert_eq!(shown(needs), expected, "{needs}");
    }
}

#[test]
fn e20_three_of_four_quarters_ask_and_two_do_not() {
    let now = at("2026-11-10T10:00:00Z");
    let ask = |needs| asked(&rent(), needs, &[], now);
    assert_eq!(ask([8, 0, 9, 30]), Some(Question::Recurring));
    assert_eq!(ask([8, 8, 8, 0]), Some(Question::Recurring));
    assert_eq!(ask([7, 0, 9, 30]), None);
    let before = Cause { asked_in: Some(quarter_of(now)), ..rent() };
    assert_eq!(asked(&before, [8, 8, 8, 8], &[], now), None, "once in a quarter");
    let response = response(ResponseKind::Project, now);
    assert_eq!(asked(&rent(), [8, 8, 8, 8], &[response], now), None, "something is done");
}

#[test]
fn e20_not_now_is_quiet_until_its_review() {
    let now = at("2026-11-10T10:00:00Z");
    let not_now = response(ResponseKind::NotNow, now);
    let later = now + DAY * 60;
    let ask = |needs, when| asked(&rent(), needs, std::slice::from_ref(&not_now), when);
    assert_eq!(ask([8, 8, 8, 8], later - DAY), None);
    assert_eq!(ask([8, 8, 8, 8], later), Some(Question::Recurring));
    assert_eq!(ask([0, 0, 8, 0], later), Some(Question::Review(not_now.id)));
}

#[test]
fn e20_what_was_done_and_did_not_help_is_asked_again_once() {
    let now = at("2026-11-10T10:00:00Z");
    let mut done = response(ResponseKind::Demand, now);
    done.done_at = Some(at("2026-08-01T10:00:00Z"));
    let ask = |done: &Response, needs| asked(&rent(), needs, std::slice::from_ref(done), now);
    assert_eq!(ask(&done, [9, 9, 9, 0]), None, "it stopped");
    assert_eq!(ask(&done, [9, 9, 9, 8]), Some(Question::GoesOn(done.id)));
    done.asked_again_at = Some(now);
    assert_eq!(ask(&done, [9, 9, 9, 8]), None);
}

#[test]
fn e3_what_was_said_this_week_is_not_counted_yet() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let until = |now: &str| counted_until(at(now), &zone).to_string();
    assert_eq!(until("2026-08-20T10:00:00Z"), "2026-08-16T22:00:00Z");
    assert_eq!(until("2026-08-16T21:59:59Z"), "2026-08-09T22:00:00Z");
    assert_eq!(until("2026-08-16T22:00:00Z"), "2026-08-16T22:00:00Z");
}

#[test]
fn names_and_words_are_bounded() {
    assert_eq!(check_label("  Damp \n flats "), Ok("Damp flats".into()));
    for bad in ["", " ", &"x".repeat(61)] {
        assert_eq!(check_label(bad), Err(Refusal::CauseNameUnfit), "{bad:?}");
    }
    assert_eq!(cut_words(" "), None);
    assert_eq!(cut_words(&"x".repeat(501)).map(|words| words.len()), Some(500));
    assert_eq!(check_text(&"x".repeat(501)), Err(Refusal::CauseWordsTooLong));
    assert_eq!(check_text("\n"), Err(Refusal::ResponseEmpty));
}
