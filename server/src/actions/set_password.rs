//! Choose a password.

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHasher};

use crate::app::App;
use crate::db::{members, sessions};
use crate::domain::member::{Member, check_password};
use crate::error::Error;
use crate::keys;

/// Sets a member's password (argon2id, OWASP's first choice) and ends their other sessions.
/// `keep` is the session in which they chose it.
pub async fn set_password(
    app: &App,
    member: &Member,
    password: &str,
    keep: &str,
) -> Result<(), Error> {
    check_password(password)?;
    let (id, password, keep) = (member.id, password.to_owned(), keys::secret_hash(keep));
    let hash = tokio::task::spawn_blocking(move || hash(&password))
        .await
        .map_err(|error| Error::Internal(error.into()))??;
    app.change(move |_, conn, _| {
        members::update_password_hash(conn, id, &hash)?;
        sessions::delete_others(conn, id, &keep)
    })
    .await
}

fn hash(password: &str) -> Result<String, Error> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt)
        .map_err(|_| Error::internal("the system gives no random numbers"))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| Error::internal(error.to_string()))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::internal(error.to_string()))?.to_string())
}
