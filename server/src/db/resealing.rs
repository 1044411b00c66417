//! Sealing what is not sealed yet, and sealing anew what an older key sealed: in batches, each its
//! own transaction, so that whoever is interrupted goes on where they were.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::db::sealing::{COLUMNS, Sealing, open, seal};
use crate::db::{Conn, Db, each_backend};
use crate::error::Error;

/// How many values share a transaction.
const TOGETHER: usize = 200;

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Seals everything with the key in use; `step` hears how many of how many columns are done.
/// Answers how many values were sealed.
pub async fn reseal(db: &Db, step: &(dyn Fn(usize, usize) + Sync)) -> Result<usize, Error> {
    let Some(sealing) = db.sealing() else { return Ok(0) };
    let whole = sealing.current();
    if sealing.is_alone(&whole) {
        return Ok(0);
    }
    let mut sealed = 0;
    for (done, (table, column)) in COLUMNS.iter().enumerate() {
        loop {
            let current = sealing.current();
            let batch = db.write(move |conn| reseal_some(conn, table, column, &current)).await?;
            sealed += batch;
            if batch < TOGETHER {
                break;
            }
        }
        step(done + 1, COLUMNS.len());
    }
    if sealed == 0 {
        // Looked through from end to end: it need not be done again.
        sealing.note_alone(whole);
    }
    Ok(sealed)
}

/// Lets the keys before the one in use only open, until the next change, and forgets those that only
/// opened until now. Whatever one of them sealed is sealed anew first, in one transaction with the
/// look that nothing is left. Call it when everything was sealed anew, and every server knows the new
/// key: one that was late to learn it loses nothing, because what it sealed still opens.
pub async fn forget_old_keys(db: &Db) -> Result<(), Error> {
    let Some(sealing) = db.sealing() else { return Ok(()) };
    let current = sealing.current();
    db.write(move |conn| {
        for (table, column) in COLUMNS {
            while reseal_some(conn, table, column, &current)? >= TOGETHER {}
        }
        Ok(())
    })
    .await?;
    sealing.retire_old()?;
    note_keys(db, sealing).await
}

/// Notes in the database which keys are in use.
pub async fn note_keys(db: &Db, sealing: Sealing) -> Result<(), Error> {
    db.write(move |conn| sealing.note_keys(conn)).await
}

fn reseal_some(conn: &mut Conn, table: &str, column: &str, current: &str) -> Result<usize, Error> {
    let name = format!("{table}.{column}");
    // What goes to followers is public.
    let is_private = if table == "sent_activities" { "AND NOT to_followers" } else { "" };
    let find = format!(
        "SELECT DISTINCT {column} AS value FROM {table} WHERE {column} <> '' \
         AND {column} NOT LIKE $1 ESCAPE '!' {is_private} LIMIT {TOGETHER}"
    );
    // A name of a key may hold what stands for any letter.
    let escaped = current.replace('_', "!_");
    let pattern = format!("s1.{escaped}.%");
    let found: Vec<Value> = each_backend!(conn, |c| sql_query(&find)
        .bind::<Text, _>(pattern.as_str())
        .load::<Value>(c))?;
    let change = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2 {is_private}");
    for Value { value } in &found {
        let sealed = seal(&name, &open(&name, value.clone())?)?;
        each_backend!(conn, |c| sql_query(&change)
            .bind::<Text, _>(sealed.as_str())
            .bind::<Text, _>(value.as_str())
            .execute(c))?;
    }
    Ok(found.len())
}
