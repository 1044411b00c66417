//! What the errors of both engines mean.

use diesel::result::DatabaseErrorKind;

use crate::error::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::Error as Diesel;
        match error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Conflict,
            other if passes(&other) => Self::Unavailable(other.into()),
            other => Self::Internal(other.into()),
        }
    }
}

/// A deadlock in the words of PostgreSQL: English and several others, Japanese, Russian, Ukrainian
/// and Georgian (the message catalogues of its version 15).
const DEADLOCK: [&str; 5] =
    ["deadlock", "デッドロック", "взаимоблокировка", "взаємне блокування", "ურთიერთბლოკირება"];

/// Whether the same may work later: the disk is full, another process holds the file, or the
/// server of the database is away.
fn passes(error: &diesel::result::Error) -> bool {
    let diesel::result::Error::DatabaseError(kind, about) = error else { return false };
    // SQLSTATE 40001 has a kind of its own. 40P01, a deadlock that ended this transaction, has none,
    // and Diesel hands on no SQLSTATE: it is known by its words, which are English ([`in_english`](crate::db));
    // in many other languages the word is the same.
    let passes = matches!(
        kind,
        DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure
    );
    let says = |text| about.message().contains(text);
    passes
        || [
            "disk is full",
            "is locked",
            "disk I/O",
            "No space left",
            "readonly database",
            "unable to open database",
        ]
        .into_iter()
        .any(says)
        || DEADLOCK.iter().any(|word| about.message().to_lowercase().contains(word))
}

/// Whether SQLite says that the disk failed or that its file is damaged. Its words follow from the
/// primary result code (`sqlite3ErrStr`): these are SQLITE_IOERR with all that is more exact,
/// SQLITE_CORRUPT, SQLITE_NOTADB, and SQLITE_READONLY, as a disk becomes after a failure. A full
/// disk is none of these: there will be room again.
pub fn is_disk_failure(error: &diesel::result::Error) -> bool {
    let diesel::result::Error::DatabaseError(_, about) = error else { return false };
    let says = |text| about.message().contains(text);
    ["disk I/O error", "disk image is malformed", "is not a database", "readonly database"]
        .into_iter()
        .any(says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_05_a_deadlock_is_known_in_the_words_of_a_server_that_speaks_no_english_to_us() {
        let error = |says: &str| {
            let says = Box::new(says.to_owned());
            Error::from(diesel::result::Error::DatabaseError(DatabaseErrorKind::Unknown, says))
        };
        for says in
            ["deadlock detected", "Verklemmung (Deadlock) entdeckt", "обнаружена взаимоблокировка"]
        {
            assert!(matches!(error(says), Error::Unavailable(_)), "{says}");
        }
        assert!(matches!(error("division by zero"), Error::Internal(_)));
    }
}
