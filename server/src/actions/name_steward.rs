//! Let a member look after the house, too, for a first term. Another one is decided by the assembly.

use crate::actions::check_voice::check_voice;
use crate::actions::freeze;
use crate::actions::hold_role::begin_house_term;
use crate::actions::record_act::{Act, about_member, record};
use crate::app::App;
use crate::db::{leaving, roles};
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Role};
use crate::domain::refusal::Refusal;
use crate::domain::role::HOUSE;
use crate::error::Error;

/// Makes a member who has not left a steward. Stewards name stewards; whoever has looked after the
/// house to the end of a term does so again by a decision only.
pub async fn name_steward(app: &App, by: &Member, member: MemberId) -> Result<(), Error> {
    if !by.is_steward() {
        return Err(Error::Forbidden);
    }
    let by = by.id;
    app.change(move |app, conn, _| {
        freeze::check(app, conn, by)?;
        let named = check_voice(conn, member)?;
        let terms = roles::list_terms_with(conn, member)?;
        let house = || terms.iter().filter(|term| term.role == HOUSE);
        if house().any(|term| term.ends_at <= app.now()) {
            return Err(Refusal::DecisionNeeded.into());
        }
        if named.is_steward() {
            return Ok(());
        }
        leaving::update_role(conn, member, Role::Steward)?;
        begin_house_term(app, conn, member)?;
        record(app, conn, Some(by), Act::StewardNamed, &about_member(member), "")
    })
    .await
}
