//! What came from a neighbour and what went to it, as the members of both see it.

use mutuals::actions::answer_promise::accept_promise;
use mutuals::actions::change_proposal::{Step as Change, change_proposal};
use mutuals::actions::confirm_fulfilment::{Count, confirm};
use mutuals::actions::confirm_to_neighbour::confirm_to_neighbour;
use mutuals::actions::pact::Step;
use mutuals::actions::post_proposal::post_proposal;
use mutuals::db::incoming_promises;
use mutuals::domain::draft::Draft;
use mutuals::domain::member::Member;
use mutuals::domain::outgoing_promise::OutgoingState;
use mutuals::domain::proposal::{Proposal, Purpose};

use super::house::Browser;
use crate::agreements::{Neighbours, outgoing, pending, promise};
use crate::pacts::{ask, step};
use crate::testapp::{TestApp, amount};

fn count(how_many: &str) -> Count {
    Count { amount: Some(amount(how_many)), ..Count::default() }
}

async fn post(
    all: &Neighbours,
    (app, author): (&TestApp, &Member),
    purpose: Purpose,
    (title, amount, unit): (&str, &str, &str),
) -> Proposal {
    let draft = Draft {
        title: title.into(),
        amount: amount.into(),
        unit: unit.into(),
        audience: "public".into(),
        ..Draft::default()
    };
    let posted = post_proposal(&app.app, author, purpose, &draft, true).await.unwrap();
    all.work().await;
    posted
}

/// One promises to answer what the other posted, the other says yes, and both count.
async fn bring(
    all: &Neighbours,
    (from, promiser): (&TestApp, &Member),
    (to, proposer): (&TestApp, &Member),
    posted: &Proposal,
    (theirs, ours): (&str, &str),
) {
    let promised = promise(from, promiser, posted, theirs).await;
    all.work().await;
    let came = pending(to).await.remove(0);
    accept_promise(&to.app, proposer, came.id).await.unwrap();
    all.work().await;
    confirm_to_neighbour(&from.app, promiser, promised.id, count(theirs)).await.unwrap();
    all.work().await;
    let read = move |conn: &mut _| incoming_promises::find(conn, came.id);
    let promise = to.app.db.read(read).await.unwrap().promise.unwrap();
    confirm(&to.app, proposer, promise, count(ours)).await.unwrap();
    all.work().await;
    assert_eq!(outgoing(from, promised.id).await.state, OutgoingState::Delivered);
}

/// What the page of pacts says in a language of `app`'s member, one text after the other, tags left
/// out.
async fn seen(app: &TestApp, member: &Member) -> String {
    let page = Browser::enter(&app.app, member).await.get("/pacts").await;
    page.is(200);
    let mut text = String::new();
    for part in page.main().split('<') {
        let said = part.split_once('>').map_or(part, |(_, said)| said).trim();
        if !said.is_empty() {
            text.push_str(said);
            text.push('\n');
        }
    }
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// Checks that the texts stand on a page, in this order.
#[track_caller]
fn says_in_order(page: &str, texts: &[&str]) {
    let mut rest = page;
    for text in texts {
        let found = rest.split_once(text);
        rest = found.unwrap_or_else(|| panic!("{text:?} is not there in order:\n{page}")).1;
    }
}

async fn with_pacts() -> Neighbours {
    let all = Neighbours::start().await;
    for other in [&all.mill, &all.harbour] {
        ask(&all.ring, other).await;
        step(other, &all.ring, Step::Accept).await;
    }
    all.work().await;
    all
}

#[tokio::test]
async fn both_collectives_see_the_same_from_their_side_and_nobody_else_does() {
    let all = with_pacts().await;
    let (ring, mill) = ((&all.ring, &all.tove), (&all.mill, &all.omar));
    let noor = all.ring.member("Noor").await;
    for (app, member) in [(&all.ring, &noor), mill, (&all.harbour, &all.ines)] {
        let page = seen(app, member).await;
        says_in_order(&page, &["What came and went", "Nothing yet."]);
    }

    let blankets = post(&all, ring, Purpose::Need, ("Warm blankets", "40", "one")).await;
    bring(&all, mill, ring, &blankets, ("15", "14")).await;
    let roof = post(&all, mill, Purpose::Need, ("Mend the roof", "6", "hour")).await;
    bring(&all, ring, mill, &roof, ("6", "6")).await;
    let jars = post(&all, ring, Purpose::Offer, ("Jam jars", "12", "one")).await;
    bring(&all, mill, ring, &jars, ("12", "12")).await;
    // Promised and not here yet.
    promise(&all.mill, &all.omar, &blankets, "3").await;
    all.work().await;

    let page = seen(&all.ring, &noor).await;
    let came = ["What they brought us", "Warm blankets: 14 by our count, 15 by theirs."];
    says_in_order(&page, &[&came[..], &["All together 14 to 15 pieces."]].concat());
    let went = ["What we brought them", "Jam jars: 12\n", "Mend the roof: 6 hours\n"];
    says_in_order(&page, &[&came[..], &went, &["All together 6 hours, 12 pieces."]].concat());
    assert_eq!(page.matches("Warm blankets").count(), 1);
    says_in_order(&page, &["Nothing yet."]);

    let page = seen(mill.0, mill.1).await;
    let came = ["What they brought us", "Jam jars: 12\n", "Mend the roof: 6 hours\n"];
    says_in_order(&page, &[&came[..], &["All together 6 hours, 12 pieces."]].concat());
    let went = ["What we brought them", "Warm blankets: 15 by our count, 14 by theirs."];
    says_in_order(&page, &[&came[..], &went, &["All together 14 to 15 pieces."]].concat());

    let page = seen(&all.harbour, &all.ines).await;
    says_in_order(&page, &["Nothing yet."]);
    for text in ["Warm blankets", "Jam jars", "Mend the roof", "All together"] {
        assert!(!page.contains(text), "{text}");
        Browser::at(&all.ring.app).get("/pacts").await.is(303).hides(text);
    }
}

#[tokio::test]
async fn what_came_stays_when_the_pact_is_over_and_one_way_is_fine() {
    let all = with_pacts().await;
    let (ring, mill) = ((&all.ring, &all.tove), (&all.mill, &all.omar));
    let noor = all.ring.member("Noor").await;
    let blankets = post(&all, ring, Purpose::Need, ("Warm blankets", "1", "one")).await;
    bring(&all, mill, ring, &blankets, ("1", "1")).await;
    step(&all.mill, &all.ring, Step::End).await;
    let texts =
        ["There is no pact", "Warm blankets: 1\n", "All together 1 piece.", "Nothing so far"];
    says_in_order(&seen(&all.ring, &noor).await, &texts);

    // What was taken back is named to nobody but stewards; that something came stays.
    change_proposal(&all.ring.app, &all.tove, blankets.id, Change::Withdraw).await.unwrap();
    all.work().await;
    let page = seen(&all.ring, &noor).await;
    says_in_order(&page, &["Something that was taken back: 1\n"]);
    assert!(!page.contains("Warm blankets"));
    says_in_order(&seen(&all.ring, &all.tove).await, &["Warm blankets: 1\n"]);
}
