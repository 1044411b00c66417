//! Book what came from outside, with what is attached to it; cross out what was wrong; set the
//! limit above which nothing is booked without a decision (mission E17, E18). Every member books what
//! is small; whatever takes a decision is for stewards, and for whoever has a role that holds money.

use crate::actions::check_voice::check_voice;
use crate::actions::use_decision::cite;
use crate::app::App;
use crate::db::{Conn, members, roles, strings};
use crate::domain::id::StringId;
use crate::domain::measure::check_words;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::role::State;
use crate::domain::string::{Draft, Gift, Limit};
use crate::error::Error;

/// Books something. Every member may, because what comes in is everybody's to see.
pub async fn book(app: &App, by: &Member, draft: Draft) -> Result<Gift, Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let member = check_voice(conn, by)?;
        let names = members::list_with_leaving(conn)?;
        let names: Vec<String> = names.into_iter().map(|member| member.name).collect();
        let gift = draft.check(app.clock.new_id(), &names, app.now())?;
        let is_passed = strings::find_limit(conn)?.is_passed(&gift);
        match gift.decision {
            Some(decision) => {
                check_may_cite(app, conn, &member)?;
                cite(conn, decision, app.now())?;
            }
            None if is_passed => return Err(Refusal::GiftNeedsDecision.into()),
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

/// Sets the limit above which an entry needs a decision. That is decided, too.
pub async fn set_limit(app: &App, by: &Member, limit: Limit) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let member = check_voice(conn, by)?;
        let decision = limit.decision.ok_or(Refusal::DecisionNeeded)?;
        check_may_cite(app, conn, &member)?;
        cite(conn, decision, app.now())?;
        let new_id = app.clock.new_id::<()>().number();
        strings::insert_limit(conn, new_id, &limit, app.now())
    })
    .await
}

/// A decision is used up by what it is cited for, so not everybody uses it: stewards do, and whoever
/// holds the money or stands in, while the powers of that role do not rest.
fn check_may_cite(app: &App, conn: &mut Conn, member: &Member) -> Result<(), Error> {
    if member.is_steward() {
        return Ok(());
    }
    for term in roles::list_terms(conn)? {
        let is_theirs = term.is_of(member.id) && term.state(false, app.now()) != State::Resting;
        if is_theirs && roles::find(conn, term.role)?.holds_money() {
            return Ok(());
        }
    }
    Err(Refusal::GiftByKeepers.into())
}
