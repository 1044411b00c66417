//! The one error type of actions and storage. It knows neither HTTP nor SQL.
//!
//! * [`Refusal`]: every "no" that a person gets, with a message in every locale.
//! * `Error`: what an action returns; the edges turn it into a page, a status or an exit code.
//!
//! A seventh variant must prove that some caller does something different with it.

use crate::domain::refusal::Refusal;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or none that the one who asks may know of.
    #[error("not found")]
    NotFound,
    /// Signed in, but this is for stewards.
    #[error("only stewards may do this")]
    Forbidden,
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It exists already.
    #[error("it exists already")]
    Conflict,
    /// It cannot be written or read at the moment, and would work later: the disk is full, or the
    /// database is away. Nothing was changed.
    #[error("the database is not available right now: {0:#}")]
    Unavailable(anyhow::Error),
    /// Something is broken here. The text is for the log and the command line, never for a page
    /// or a peer.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl Error {
    /// An internal error from a sentence.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::Internal(anyhow::anyhow!(what.into()))
    }
}
