//! The life of a proposal, as tables.

use super::*;
use crate::domain::draft::Draft;
use crate::domain::member::Role;

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + seconds).unwrap()
}

fn blankets() -> Draft {
    Draft {
        title: " Warm   blankets ".into(),
        amount: "40".into(),
        unit: "one".into(),
        minimum: "5".into(),
        ..Draft::default()
    }
}

fn proposal(state: State) -> Proposal {
    Proposal {
        id: ProposalId::from_number(1),
        purpose: Purpose::Need,
        content: blankets().check(moment(0)).unwrap(),
        state,
        close_reason: None,
        published_at: None,
        updated_at: moment(0),
        revision: 0,
        coverage: Coverage::default(),
        asked_by: None,
        note: NoteMark::default(),
    }
}

fn member(id: i64, role: Role) -> Member {
    Member {
        standing: crate::domain::member::Standing::Member,
        id: MemberId::from_number(id),
        name: "Tove".into(),
        role,
        language: None,
        joined_at: moment(0),
    }
}

#[test]
fn a_draft_is_tidied_and_has_sensible_defaults() {
    let content = blankets().check(moment(0)).unwrap();
    assert_eq!(content.title, "Warm blankets");
    assert_eq!(content.audience, Audience::Public);
    assert_eq!(content.language, "en");
    assert_eq!(content.quantity.unwrap().minimum, Some(Amount::positive("5").unwrap()));
}

#[test]
fn what_is_wrong_in_a_draft_is_named() {
    type Spoil = fn(&mut Draft);
    let cases: [(Spoil, Refusal); 13] = [
        (|d| d.title = " \n ".into(), Refusal::TitleMissing),
        (|d| d.title = "x".repeat(121), Refusal::TitleTooLong),
        (|d| d.text = "x".repeat(10_001), Refusal::TextTooLong),
        (|d| d.place = "x".repeat(121), Refusal::PlaceTooLong),
        (|d| d.kind = "x".repeat(41), Refusal::KindTooLong),
        (|d| d.unit = "x".repeat(31), Refusal::UnitTooLong),
        (|d| d.amount = "-1".into(), Refusal::AmountNotPositive),
        (|d| d.minimum = "41".into(), Refusal::MinimumAboveAmount),
        (|d| d.amount = String::new(), Refusal::AmountMissing),
        (|d| d.audience = "all".into(), Refusal::UnknownAudience),
        (|d| d.language = "English".into(), Refusal::UnknownLanguage),
        (|d| d.ends_at = Some(moment(0)), Refusal::UntilInThePast),
        (|d| d.on_behalf_of = "Mrs Ito".into(), Refusal::ConsentMissing),
    ];
    for (spoil, refusal) in cases {
        let mut draft = blankets();
        spoil(&mut draft);
        assert_eq!(draft.check(moment(0)), Err(refusal));
    }
}

#[test]
fn each_step_is_allowed_from_the_right_states_only() {
    type Step = fn(&mut Proposal, Timestamp) -> Result<(), Refusal>;
    use State::{Draft, Enough, Expired, Open, Withdrawn};
    let steps: [(&str, Step, [Option<State>; 5]); 5] = [
        ("publish", Proposal::publish, [Some(Open), None, None, None, None]),
        (
            "close",
            |p, now| p.close(CloseReason::Enough, now),
            [None, Some(Enough), None, None, Some(Enough)],
        ),
        ("reopen", Proposal::reopen, [None, None, Some(Open), None, Some(Open)]),
        (
            "withdraw",
            Proposal::withdraw,
            [Some(Withdrawn), Some(Withdrawn), Some(Withdrawn), None, Some(Withdrawn)],
        ),
        ("extend", Proposal::extend, [None, Some(Open), None, None, Some(Open)]),
    ];
    for (name, step, expected) in steps {
        for (before, after) in [Draft, Open, Enough, Withdrawn, Expired].into_iter().zip(expected) {
            let mut proposal = proposal(before);
            let allowed = step(&mut proposal, moment(1)).is_ok();
            assert_eq!(allowed, after.is_some(), "{name} from {before:?}");
            assert_eq!(proposal.state, after.unwrap_or(before), "{name} from {before:?}");
        }
    }
}

#[test]
fn it_warns_two_days_before_and_ends_on_time() {
    let mut need = proposal(State::Open);
    let day = 24 * 3_600;
    need.content.ends_at = Some(moment(7 * day));
    assert!(!need.ends_soon(moment(5 * day - 1)));
    assert!(need.ends_soon(moment(5 * day)));
    need.expire(moment(7 * day - 1));
    assert_eq!(need.state, State::Open);
    need.expire(moment(7 * day));
    assert_eq!(need.state, State::Expired);
    need.extend(moment(8 * day)).unwrap();
    assert_eq!(need.content.ends_at, Some(moment(22 * day)));
}

#[test]
fn a_standing_offer_never_ends() {
    let mut offer = proposal(State::Open);
    offer.expire(moment(i64::from(i32::MAX)));
    assert!(offer.is_open());
    offer.extend(moment(0)).unwrap();
    assert_eq!(offer.content.ends_at, None);
}

#[test]
fn only_the_author_and_stewards_change_it() {
    let private = PrivatePart { author: Some(MemberId::from_number(1)), ..PrivatePart::default() };
    let need = proposal(State::Open);
    assert_eq!(need.may_be_changed_by(&member(1, Role::Member), &private), Ok(()));
    assert_eq!(need.may_be_changed_by(&member(2, Role::Steward), &private), Ok(()));
    assert_eq!(need.may_be_changed_by(&member(2, Role::Member), &private), Err(Refusal::NotYours));
}

#[test]
fn drafts_and_withdrawn_ones_are_hidden() {
    for state in [State::Draft, State::Withdrawn] {
        let hidden = proposal(state);
        assert!(!hidden.is_public());
        assert!(!hidden.is_visible_to(Viewer::Stranger, false));
        assert!(!hidden.is_visible_to(Viewer::Member, false));
        assert!(hidden.is_visible_to(Viewer::Member, true));
    }
    assert!(proposal(State::Open).is_visible_to(Viewer::Stranger, false));
}

#[test]
fn each_change_is_later_than_the_one_before() {
    let mut need = proposal(State::Open);
    need.close(CloseReason::Enough, moment(0)).unwrap();
    let closed_at = need.updated_at;
    need.reopen(moment(0)).unwrap();
    assert!(moment(0) < closed_at && closed_at < need.updated_at);
}
