//! Take no turns for a while, or half of them. A member takes it, changes it and ends it without a
//! reason, and nothing but asking depends on it (mission E16).

use jiff::civil::Date;

use crate::actions::release_turn::stay_away;
use crate::app::App;
use crate::db::{Conn, duties, exemptions, turn_people, turns};
use crate::domain::cover::{Exemption, Share, check_days};
use crate::domain::event::Event;
use crate::domain::id::{ExemptionId, MemberId};
use crate::domain::member::Member;
use crate::error::Error;

/// How much, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// All turns, or half of them.
    pub share: Share,
    /// From which day; none for today.
    pub from: Option<Date>,
    /// The last day; none for no end.
    pub until: Option<Date>,
}

/// Takes an exemption. With a full one, the turns of that time are given back, each like any other.
pub async fn exempt(app: &App, member: &Member, wish: Wish) -> Result<Exemption, Error> {
    let member = member.id;
    app.change(move |app, conn, events| {
        let new = read(app, app.clock.new_id(), member, wish)?;
        exemptions::insert(conn, &new, app.now())?;
        give_back(app, conn, &new, events)?;
        Ok(new)
    })
    .await
}

/// Changes an exemption of one's own.
pub async fn change_exemption(
    app: &App,
    member: &Member,
    id: ExemptionId,
    wish: Wish,
) -> Result<Exemption, Error> {
    let member = member.id;
    app.change(move |app, conn, events| {
        let theirs = exemptions::list_by_member(conn, member)?;
        let before = theirs.into_iter().find(|each| each.id == id).ok_or(Error::NotFound)?;
        let wish = Wish { from: wish.from.or(Some(before.from)), ..wish };
        let changed = Exemption { is_next: before.is_next, ..read(app, id, member, wish)? };
        exemptions::update(conn, &changed)?;
        give_back(app, conn, &changed, events)?;
        Ok(changed)
    })
    .await
}

/// Ends an exemption of one's own.
pub async fn end_exemption(app: &App, member: &Member, id: ExemptionId) -> Result<(), Error> {
    let member = member.id;
    app.change(move |_, conn, _| match exemptions::delete(conn, id, member)? {
        true => Ok(()),
        false => Err(Error::NotFound),
    })
    .await
}

fn read(app: &App, id: ExemptionId, member: MemberId, wish: Wish) -> Result<Exemption, Error> {
    let from = wish.from.unwrap_or_else(|| app.zone.to_datetime(app.now()).date());
    check_days(from, wish.until)?;
    Ok(Exemption { id, member, share: wish.share, from, until: wish.until, is_next: false })
}

fn give_back(
    app: &App,
    conn: &mut Conn,
    exemption: &Exemption,
    events: &mut Vec<Event>,
) -> Result<(), Error> {
    if exemption.share == Share::Half {
        return Ok(());
    }
    // While this is written no turn is planned to which they would come although they are exempt.
    duties::lock_live(conn)?;
    let mut theirs = turn_people::list_next_of(conn, exemption.member, app.now())?;
    // In the order of ids, as whoever else locks several.
    theirs.sort_by_key(|(turn, _)| turn.id);
    for (turn, _) in theirs {
        let duty = duties::find(conn, turn.duty)?;
        let day = duty.schedule.zone(&app.zone).to_datetime(turn.starts_at).date();
        if exemption.covers(day) && turn.starts_at > app.now() {
            let mut turn = turns::lock(conn, turn.id)?;
            stay_away(app, conn, (&duty, &mut turn), exemption.member, events)?;
        }
    }
    Ok(())
}
