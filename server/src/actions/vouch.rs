//! Vouch for somebody who joins, or note that they visited us. Whoever is vouched for by the rule of
//! the covenant is a member; the vouch becomes the group's and outlives the one who gave it.

use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use crate::actions::freeze;
use crate::app::App;
use crate::db::vouches::{self, Kind};
use crate::db::{Conn, covenants, members, notices};
use crate::domain::covenant::Rule;
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Standing};
use crate::domain::notice::Kind as Notice;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// After this a vouch is the group's.
pub const GROUPS_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);
/// After this the stewards are told that somebody still waits.
pub const TOLD_AFTER: SignedDuration = SignedDuration::from_hours(21 * 24);

/// Vouches for somebody who joins; answers them as they stand now.
pub async fn vouch(app: &App, voucher: &Member, id: MemberId) -> Result<Member, Error> {
    let voucher = voucher.clone();
    app.change(move |app, conn, _| {
        let now = app.now();
        speak_for(app, conn, &voucher, id, (Kind::Vouch, now))
    })
    .await
}

/// Notes, as a steward, that somebody visited us on a day; answers them as they stand now.
pub async fn note_visit(
    app: &App,
    steward: &Member,
    id: MemberId,
    day: Date,
) -> Result<Member, Error> {
    if !steward.is_steward() {
        return Err(Refusal::NotYours.into());
    }
    let midnight = day.to_datetime(Time::midnight());
    let at = app.zone.to_timestamp(midnight).map_err(|_| Refusal::DateNotADate)?;
    if at > app.now() {
        return Err(Refusal::VisitToCome.into());
    }
    let steward = steward.clone();
    app.change(move |app, conn, _| speak_for(app, conn, &steward, id, (Kind::Visit, at))).await
}

fn speak_for(
    app: &App,
    conn: &mut Conn,
    voucher: &Member,
    id: MemberId,
    (kind, at): (Kind, jiff::Timestamp),
) -> Result<Member, Error> {
    // Two vouches at one moment must see each other.
    members::lock(conn, id)?;
    let member = members::find(conn, id)?;
    // As they stand now, not as they did when they signed in.
    let voucher = members::find(conn, voucher.id)?;
    if voucher.standing != Standing::Member {
        return Err(Refusal::NotYetMember.into());
    }
    freeze::check(app, conn, voucher.id)?;
    if voucher.id == id {
        return Err(Refusal::OwnVouch.into());
    }
    if member.standing == Standing::Member {
        return Err(Refusal::MemberAlready.into());
    }
    let new_id = app.clock.new_id();
    if !vouches::insert(conn, new_id, (id, voucher.id), kind, (at, app.now()))? {
        return Err(Refusal::VouchedBefore.into());
    }
    let rule = covenants::current(conn)?.rule;
    settle_standing(app, conn, id, rule)?;
    let member = members::find(conn, id)?;
    if member.standing == Standing::Member {
        notices::insert(conn, id, Notice::Vouched, "/members", app.now())?;
    }
    Ok(member)
}

/// Makes a member of somebody who joins, if they said yes to what we owe each other and the rule is
/// met.
pub fn settle_standing(app: &App, conn: &mut Conn, id: MemberId, rule: Rule) -> Result<(), Error> {
    if covenants::find_consent(conn, id)?.is_none() {
        return Ok(());
    }
    let vouched = vouches::count(conn, id, Kind::Vouch)?;
    let visited = vouches::count(conn, id, Kind::Visit)? > 0;
    if rule.is_met(vouched, visited) {
        members::make_member(conn, id, app.now())?;
    }
    Ok(())
}
