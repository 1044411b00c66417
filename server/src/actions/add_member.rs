//! Add a member, and make one-time sign-in links.

use jiff::SignedDuration;

use crate::actions::hold_role::begin_house_term;
use crate::app::App;
use crate::db::{Conn, members, sessions};
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Role, Standing, check_name};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// How long a one-time link can be used.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(48);

/// Adds a member.
pub async fn add_member(app: &App, name: &str, role: Role) -> Result<Member, Error> {
    let member = Member {
        id: app.clock.new_id(),
        name: check_name(name)?,
        role,
        language: None,
        joined_at: app.now(),
        standing: Standing::Member,
    };
    app.change(move |app, conn, _| {
        insert_member(conn, &member)?;
        if member.is_steward() {
            begin_house_term(app, conn, member.id)?;
        }
        Ok(member)
    })
    .await
}

/// Adds somebody whose name is free, inside a transaction that is under way.
pub fn insert_member(conn: &mut Conn, member: &Member) -> Result<(), Error> {
    let same = |other: &Member| other.name.to_lowercase() == member.name.to_lowercase();
    if members::list_with_leaving(conn)?.iter().any(same) {
        return Err(Refusal::NameTaken.into());
    }
    members::insert(conn, member).map_err(|error| match error {
        Error::Conflict => Refusal::NameTaken.into(),
        other => other,
    })
}

/// Makes a link that signs a member in once, within two days. Only its hash is stored.
pub async fn make_sign_in_link(app: &App, member: MemberId) -> Result<url::Url, Error> {
    let token = keys::secret()?;
    let link = app.collective.urls().sign_in(&token);
    let expires_at = app.now().saturating_add(LINK_LASTS).map_err(anyhow::Error::from)?;
    app.change(move |_, conn, _| {
        members::find(conn, member)?;
        sessions::insert_link(conn, &keys::secret_hash(&token), member, expires_at)
    })
    .await?;
    Ok(link)
}
