//! Let a member look after the house, too.

use crate::actions::freeze;
use crate::actions::record_act::{Act, about_member, record};
use crate::app::App;
use crate::db::leaving;
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Role};
use crate::error::Error;

/// Makes a member who has not left a steward. Stewards name stewards.
pub async fn name_steward(app: &App, by: &Member, member: MemberId) -> Result<(), Error> {
    if !by.is_steward() {
        return Err(Error::Forbidden);
    }
    let by = by.id;
    app.change(move |app, conn, _| {
        freeze::check(app, conn, by)?;
        leaving::update_role(conn, member, Role::Steward)?;
        record(app, conn, Some(by), Act::StewardNamed, &about_member(member), "")
    })
    .await
}
