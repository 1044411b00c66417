//! Letting what was erased not linger in the files.
//!
//! SQLite writes zeros over what is erased (`secure_delete`), and keeps pages as they were before in
//! its log until that is emptied: here. Then nothing of it is in the files.
//!
//! PostgreSQL promises less. A row that is erased stays in the file of its table until the table is
//! written anew (`VACUUM FULL`, here, for the small private tables), and in the log that it writes
//! ahead, in replicas and in archives until these are recycled by whoever runs it.
//!
//! What a file system, a disk or a snapshot keeps of old blocks is beyond both.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::db::{Conn, Location};

/// Tables whose private parts are erased, each small enough to be written anew.
const WRITTEN_ANEW: &[&str] = &[
    "asks_private",
    "confirmation_private",
    "decision_voices_private",
    "held_replies_private",
    "incoming_promise_private",
    "mail_links_private",
    "measures_private",
    "member_handles_private",
    "messages_private",
    "need_causes_private",
    "notice_settings_private",
    "outgoing_confirmation_private",
    "outgoing_promise_private",
    "passkeys_private",
    "promise_person_private",
    "promise_private",
    "proposal_person_private",
    "proposal_private",
    "sessions",
    "turn_private",
];
/// Tables that may be large: their erased rows are at least free to be written over.
const FREED: &[&str] = &["journal", "proposals", "replies", "sent_activities"];

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Sweeps, on a connection of its own: none of this can stand in a transaction.
pub(in crate::db) fn sweep(location: &Location) -> anyhow::Result<bool> {
    match location.connect()? {
        Conn::Sqlite(mut conn) => {
            // Whoever reads at this moment is not waited for long, because writers wait, too.
            conn.batch_execute("PRAGMA busy_timeout = 500")?;
            let done: Checkpoint =
                sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(&mut conn)?;
            Ok(done.busy == 0)
        }
        Conn::Pg(mut conn) => {
            conn.batch_execute("SET lock_timeout = '1s'")?;
            let full = WRITTEN_ANEW.iter().map(|table| format!("VACUUM (FULL) {table}"));
            let plain = FREED.iter().map(|table| format!("VACUUM {table}"));
            let mut all = true;
            for statement in full.chain(plain) {
                if let Err(error) = conn.batch_execute(&statement) {
                    tracing::debug!(%error, statement, "a table could not be swept");
                    all = false;
                }
            }
            Ok(all)
        }
    }
}
