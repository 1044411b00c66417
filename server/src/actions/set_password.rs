//! Choose a password.

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHasher};

use crate::actions::sign_in::is_password_of;
use crate::app::App;
use crate::db::{known_browsers, members, sessions};
use crate::domain::member::{Member, check_password};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// What somebody typed to change a password.
pub struct Change {
    /// The password that they have; needed unless the session is fresh or they have none.
    pub old: String,
    /// The one that they want.
    pub new: String,
    /// Whether their session began a moment ago with a link or a code.
    pub is_fresh: bool,
    /// The session in which they choose it.
    pub keep: String,
}

/// Changes a member's password if the old one fits: a browser that was left open must not be enough
/// to take somebody's place. Who came by a link or a code a moment ago has shown who they are.
pub async fn change_password(app: &App, member: &Member, change: Change) -> Result<(), Error> {
    check_password(&change.new)?;
    let id = member.id;
    let has_one = app.db.read(move |conn| members::find_password_hash(conn, id)).await?.is_some();
    if has_one && !change.is_fresh && !is_password_of(app, member, &change.old).await? {
        return Err(Refusal::OldPasswordWrong.into());
    }
    set_password(app, member, &change.new, &change.keep).await
}

/// Sets a member's password (argon2id, OWASP's first choice) and ends their other sessions.
/// `keep` is the session in which they chose it.
pub async fn set_password(
    app: &App,
    member: &Member,
    password: &str,
    keep: &str,
) -> Result<(), Error> {
    check_password(password)?;
    let (id, keep) = (member.id, keys::secret_hash(keep));
    let hash = hash_password(password).await?;
    app.change(move |_, conn, _| {
        members::update_password_hash(conn, id, &hash)?;
        known_browsers::forget(conn, id)?;
        sessions::delete_others(conn, id, &keep)
    })
    .await
}

/// The hash of a password. Takes long, so it is made on a thread of its own.
pub async fn hash_password(password: &str) -> Result<String, Error> {
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || hash(&password))
        .await
        .map_err(|error| Error::Internal(error.into()))?
}

fn hash(password: &str) -> Result<String, Error> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt)
        .map_err(|_| Error::internal("the system gives no random numbers"))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| Error::internal(error.to_string()))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::internal(error.to_string()))?.to_string())
}
