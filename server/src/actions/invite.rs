//! Invite people to join, by a link that works a few times.

use jiff::SignedDuration;
use url::Url;

use crate::actions::freeze;
use crate::app::App;
use crate::db::{invitations, members};
use crate::domain::id::MemberId;
use crate::domain::member::Standing;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// How long an invitation can be used.
pub const LASTS: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many people can join with one.
pub const MOST_USES: i32 = 10;
/// How many open invitations a member may have.
const MOST_OPEN: i64 = 5;

/// Makes an invitation for so many people. Without `member` it is the house's own.
pub async fn invite(app: &App, member: Option<MemberId>, uses: i32) -> Result<Url, Error> {
    if !(1..=MOST_USES).contains(&uses) {
        return Err(Refusal::UsesUnfit.into());
    }
    let token = keys::secret()?;
    let link = app.collective.urls().join(&format!("join/{token}"));
    let hash = keys::secret_hash(&token);
    app.change(move |app, conn, _| {
        let now = app.now();
        if let Some(id) = member {
            if members::find(conn, id)?.standing != Standing::Member {
                return Err(Refusal::NotYetMember.into());
            }
            freeze::check(app, conn, id)?;
            if invitations::count_open_of(conn, id, now)? >= MOST_OPEN {
                return Err(Refusal::TooManyInvitations.into());
            }
        }
        let expires_at = now.saturating_add(LASTS).map_err(anyhow::Error::from)?;
        invitations::insert(conn, &hash, member, uses, (now, expires_at))
    })
    .await?;
    Ok(link)
}
