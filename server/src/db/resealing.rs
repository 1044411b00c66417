//! Sealing what is not sealed yet, and sealing anew what an older key sealed: in batches, each its
//! own transaction, so that whoever is interrupted goes on where they were.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::db::sealing::{COLUMNS, Column, Sealing, open, seal};
use crate::db::{Conn, Db, each_backend};
use crate::error::Error;

/// How many values share a transaction.
const TOGETHER: usize = 200;

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
    /// What its row is known by.
    #[diesel(sql_type = Text)]
    place: String,
}

/// What came of a batch.
struct Batch {
    sealed: usize,
    /// How many could not be opened, and stay as they are.
    left: usize,
    /// The last value that was looked at, if there may be more behind it.
    last: Option<String>,
}

/// Seals everything with the key in use; `step` hears how many of how many columns are done.
/// Answers how many values were sealed. What cannot be opened is passed over, and named in the log.
pub async fn reseal(db: &Db, step: &(dyn Fn(usize, usize) + Sync)) -> Result<usize, Error> {
    let Some(sealing) = db.sealing() else { return Ok(0) };
    let whole = sealing.current();
    if sealing.is_alone(&whole) {
        return Ok(0);
    }
    let (mut sealed, mut left) = (0, 0);
    for (done, column) in COLUMNS.iter().enumerate() {
        let mut after = Some(String::new());
        while let Some(last) = after {
            let current = sealing.current();
            let batch = db.write(move |conn| reseal_some(conn, column, &current, &last)).await?;
            sealed += batch.sealed;
            left += batch.left;
            after = batch.last;
        }
        step(done + 1, COLUMNS.len());
    }
    if sealed == 0 && left == 0 {
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
        for column in COLUMNS {
            let mut after = Some(String::new());
            while let Some(last) = after {
                after = reseal_some(conn, column, &current, &last)?.last;
            }
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

/// Seals the next values of a column behind `after`, in their order: what cannot be opened is looked
/// at once, and not again and again.
fn reseal_some(
    conn: &mut Conn,
    column: &Column,
    current: &str,
    after: &str,
) -> Result<Batch, Error> {
    let found = find_some(conn, column, current, after)?;
    let (table, column, _) = *column;
    let name = format!("{table}.{column}");
    let mut batch = Batch { sealed: 0, left: 0, last: None };
    for Value { value, place } in &found {
        let opened = match open(&name, value.clone()) {
            Ok(opened) => opened,
            Err(error) => {
                let id = place.as_str();
                tracing::error!(table, column, id, error = %error, "a value cannot be opened");
                batch.left += 1;
                continue;
            }
        };
        replace(conn, (table, column), value, &seal(&name, &opened)?)?;
        batch.sealed += 1;
    }
    if found.len() >= TOGETHER {
        batch.last = found.into_iter().next_back().map(|found| found.value);
    }
    Ok(batch)
}

/// The first values of a column behind `after` that the key in use did not seal.
fn find_some(
    conn: &mut Conn,
    (table, column, key): &Column,
    current: &str,
    after: &str,
) -> Result<Vec<Value>, Error> {
    let is_private = is_private(table);
    // What is empty is not behind anything.
    let find = format!(
        "SELECT {column} AS value, MIN(CAST({key} AS TEXT)) AS place FROM {table} \
         WHERE {column} NOT LIKE $1 ESCAPE '!' AND {column} > $2 {is_private} \
         GROUP BY {column} ORDER BY {column} LIMIT {TOGETHER}"
    );
    // A name of a key may hold what stands for any letter.
    let escaped = current.replace('_', "!_");
    let pattern = format!("s1.{escaped}.%");
    Ok(each_backend!(conn, |c| sql_query(&find)
        .bind::<Text, _>(pattern.as_str())
        .bind::<Text, _>(after)
        .load::<Value>(c))?)
}

/// Puts a value in the place of another, wherever that stands.
fn replace(
    conn: &mut Conn,
    (table, column): (&str, &str),
    old: &str,
    new: &str,
) -> Result<(), Error> {
    let is_private = is_private(table);
    let change = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2 {is_private}");
    each_backend!(conn, |c| sql_query(&change)
        .bind::<Text, _>(new)
        .bind::<Text, _>(old)
        .execute(c))?;
    Ok(())
}

/// What else a statement asks of the rows of a table: what goes to followers is public.
fn is_private(table: &str) -> &'static str {
    if table == "sent_activities" { "AND NOT to_followers" } else { "" }
}
