//! The rules of decisions: quorum, methods, paper, deadlines.

use super::*;

fn tally(yes: i64, no: i64, aside: i64, objections: i64) -> Tally {
    Tally { yes, no, aside, objections }
}

#[test]
fn a_vote_needs_more_yes_than_no_and_enough_who_speak() {
    let ending = |voices| Method::Vote.ending(voices, 4);
    assert_eq!(ending(tally(3, 1, 0, 0)), Ending::Adopted);
    assert_eq!(ending(tally(2, 2, 0, 0)), Ending::NotAdopted);
    assert_eq!(ending(tally(3, 0, 0, 0)), Ending::NoQuorum);
    assert_eq!(ending(tally(1, 0, 3, 0)), Ending::Adopted, "whoever stands aside has spoken");
    assert_eq!(ending(tally(0, 0, 4, 0)), Ending::NotAdopted);
    assert_eq!(Method::Vote.ending(Tally::default(), 0), Ending::NoQuorum);
}

#[test]
fn consent_is_that_nobody_objects() {
    let ending = |voices| Method::Consent.ending(voices, 2);
    assert_eq!(ending(tally(1, 0, 1, 0)), Ending::Adopted);
    assert_eq!(ending(tally(9, 0, 0, 1)), Ending::NotAdopted);
    assert_eq!(ending(tally(0, 0, 2, 0)), Ending::Adopted);
    assert_eq!(ending(tally(0, 0, 0, 1)), Ending::NoQuorum);
    assert_eq!(Method::Consent.check_voice(Voice::No, ""), Err(Refusal::VoiceUnfit));
    assert_eq!(Method::Vote.check_voice(Voice::Objection, "x"), Err(Refusal::VoiceUnfit));
    assert_eq!(Method::Consent.check_voice(Voice::Objection, " "), Err(Refusal::WordsUnfit));
    let kept = Method::Consent.check_voice(Voice::Objection, " Too far away ");
    assert_eq!(kept, Ok(Some("Too far away".to_owned())));
    assert_eq!(Method::Consent.check_voice(Voice::Yes, "because"), Ok(None));
}

#[test]
fn a_quorum_is_a_share_rounded_up_or_a_number() {
    let of = |text: &str, members| text.parse::<Quorum>().and_then(|quorum| quorum.of(members));
    assert_eq!(of("50%", 7), Ok(4));
    assert_eq!(of(" 34 % ", 3), Ok(2));
    assert_eq!(of("100%", 12), Ok(12));
    assert_eq!(of("1%", 0), Ok(1));
    assert_eq!(of("5", 5), Ok(5));
    for wrong in ["6", "0", "-1", "0%", "101%", "half", "", "%"] {
        assert_eq!(of(wrong, 5), Err(Refusal::QuorumUnfit), "{wrong}");
    }
}

#[test]
fn paper_says_what_the_method_knows() {
    let paper = |method: Method, voices: Tally, words: &str| voices.check_paper(method, words);
    assert_eq!(paper(Method::Vote, tally(3, 2, 1, 0), "x"), Ok(String::new()));
    assert_eq!(paper(Method::Vote, Tally::default(), ""), Err(Refusal::PaperEmpty));
    assert_eq!(paper(Method::Vote, tally(3, -1, 0, 0), ""), Err(Refusal::PaperEmpty));
    assert_eq!(paper(Method::Vote, tally(3, 0, 0, 1), "x"), Err(Refusal::VoiceUnfit));
    assert_eq!(paper(Method::Consent, tally(3, 1, 0, 0), "x"), Err(Refusal::VoiceUnfit));
    assert_eq!(paper(Method::Consent, tally(3, 0, 0, 1), ""), Err(Refusal::WordsUnfit));
    assert_eq!(paper(Method::Consent, tally(3, 0, 0, 1), " No "), Ok("No".to_owned()));
}

#[test]
fn nobody_is_cut_off_before_the_deadline() {
    let now: Timestamp = "2026-11-29T10:00:00Z".parse().unwrap();
    let closes_at = now + SignedDuration::from_hours(48);
    let open = Decision {
        id: DecisionId::from_number(1),
        title: "A second kitchen day".into(),
        text: String::new(),
        method: Method::Vote,
        quorum: 2,
        members: 4,
        asks_followers: false,
        answers: None,
        subject: None,
        opened_at: now,
        closes_at,
        outcome: None,
        carried_out_at: None,
    };
    let none = Opinions::default();
    let mut early = open.clone();
    assert_eq!(early.close(tally(3, 0, 0, 0), none, now), Err(Refusal::DecisionOpen));
    early.close(tally(3, 1, 0, 0), none, now).unwrap();
    assert!(early.is_adopted() && !early.is_open(now));
    assert_eq!(early.close(tally(4, 0, 0, 0), none, now), Err(Refusal::DecisionOver));
    assert_eq!(early.withdraw(none, now), Err(Refusal::DecisionOver));
    // What carries something out stays open to be talked about.
    let term = crate::domain::id::TermId::from_number(1);
    let carries = Some(Subject::EndTerm { term });
    let far = now + SignedDuration::from_hours(100);
    let mut talked = Decision { subject: carries, closes_at: far, ..open.clone() };
    let soon = now + SignedDuration::from_hours(71);
    assert_eq!(talked.close(tally(4, 0, 0, 0), none, soon), Err(Refusal::DecisionOpen));
    talked.close(tally(4, 0, 0, 0), none, now + subject::SHORTEST).unwrap();
    let mut late = open.clone();
    assert!(late.is_due(closes_at) && !late.is_due(now));
    assert_eq!(late.withdraw(none, closes_at), Err(Refusal::DecisionOver));
    late.close(tally(1, 0, 0, 0), none, closes_at).unwrap();
    assert_eq!(late.outcome.unwrap().ending, Ending::NoQuorum);
    assert_eq!(check_deadline(closes_at, now), Ok(()));
    assert_eq!(check_deadline(now, now), Err(Refusal::DeadlineUnfit));
    assert_eq!(check_title(" A\n second  day "), Ok("A second day".to_owned()));
    assert_eq!(check_title(""), Err(Refusal::FewWords));
}
