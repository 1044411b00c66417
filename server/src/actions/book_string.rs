//! Book what came from outside, with what is attached to it; cross out what was wrong; set the
//! number above which nothing is booked without a decision (mission E17, E18).

use crate::actions::check_voice::check_voice;
use crate::actions::decide::check_adopted;
use crate::app::App;
use crate::db::{members, strings};
use crate::domain::amount::Amount;
use crate::domain::id::{DecisionId, StringId};
use crate::domain::measure::check_words;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::string::{Draft, Gift, needs_decision};
use crate::error::Error;

/// Books something. Every member may, because what comes in is everybody's to see.
pub async fn book(app: &App, by: &Member, draft: Draft) -> Result<Gift, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_voice(conn, by)?;
        let names = members::list_with_leaving(conn)?;
        let names: Vec<String> = names.into_iter().map(|member| member.name).collect();
        let gift = draft.check(app.clock.new_id(), &names, app.now())?;
        let (limit, _) = strings::find_limit(conn)?;
        match gift.decision {
            Some(decision) => drop(check_adopted(conn, decision)?),
            None if needs_decision(gift.amount, limit) => {
                return Err(Refusal::GiftNeedsDecision.into());
            }
            None => {}
        }
        strings::insert(conn, &gift)?;
        Ok(gift)
    })
    .await
}

/// Crosses out an entry that was wrong. It stays to be read, with the reason.
pub async fn strike(app: &App, by: &Member, id: StringId, because: &str) -> Result<Gift, Error> {
    let because = check_words(because)?;
    let by = by.id;
    app.change(move |app, conn, _| {
        check_voice(conn, by)?;
        strings::find(conn, id)?;
        match strings::strike(conn, id, &because, app.now())? {
            true => strings::find(conn, id),
            false => Err(Refusal::GiftStruck.into()),
        }
    })
    .await
}

/// Sets the number above which an entry needs a decision. That is decided, too.
pub async fn set_limit(
    app: &App,
    by: &Member,
    limit: Amount,
    decision: Option<DecisionId>,
) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        check_voice(conn, by)?;
        let decision = decision.ok_or(Refusal::DecisionNeeded)?;
        check_adopted(conn, decision)?;
        let new_id = app.clock.new_id::<()>().number();
        strings::insert_limit(conn, new_id, (limit, decision), app.now())
    })
    .await
}
