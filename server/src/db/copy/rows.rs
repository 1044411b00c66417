//! Rows as texts: read one after the other, written down, and digested, the same on both engines.

use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::connection::DefaultLoadingMode;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::row::NamedRow;
use diesel::sql_types::{Nullable, Text};

use crate::db::Conn;

/// The cells of a row as texts: whole numbers in decimal, true and false as 1 and 0, bytes in
/// hexadecimal. `None` is NULL, which is not an empty text.
pub type Row = Vec<Option<String>>;

struct Cells(Row);

impl<DB> QueryableByName<DB> for Cells
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let mut cells = Row::with_capacity(row.field_count());
        for place in 0..row.field_count() {
            cells.push(row.get_value::<Nullable<Text>, Option<String>, usize>(place)?);
        }
        Ok(Self(cells))
    }
}

/// Hands on one row after the other: a result is never held whole.
pub(super) fn each_row(
    conn: &mut Conn,
    sql: &str,
    mut each: impl FnMut(Row) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    match conn {
        Conn::Sqlite(c) => {
            for cells in diesel::sql_query(sql).load_iter::<Cells, DefaultLoadingMode>(c)? {
                each(plain(cells?.0))?;
            }
        }
        Conn::Pg(c) => {
            for cells in diesel::sql_query(sql).load_iter::<Cells, PgRowByRowLoadingMode>(c)? {
                each(plain(cells?.0))?;
            }
        }
    }
    Ok(())
}

/// PostgreSQL holds no text with the character NUL. Where SQLite has one, because a stranger sent
/// it, it is read as the replacement character, so that one such text does not keep a collective
/// from moving, and the same rows have the same digest wherever they are.
fn plain(mut row: Row) -> Row {
    for cell in row.iter_mut().flatten() {
        if cell.contains('\0') {
            *cell = cell.replace('\0', "\u{fffd}");
        }
    }
    row
}

/// Writes a row as a JSON array of texts. There is one way only to write a row, because digests are
/// taken of it.
pub fn write_row(row: &[Option<String>], into: &mut String) {
    into.push('[');
    for (place, cell) in row.iter().enumerate() {
        if place > 0 {
            into.push(',');
        }
        match cell {
            None => into.push_str("null"),
            Some(text) => write_text(text, into),
        }
    }
    into.push(']');
}

fn write_text(text: &str, into: &mut String) {
    into.push('"');
    for letter in text.chars() {
        match letter {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            letter if u32::from(letter) < 0x20 => {
                // Writing into a text cannot fail.
                let _ = write!(into, "\\u{:04x}", u32::from(letter));
            }
            letter => into.push(letter),
        }
    }
    into.push('"');
}

/// How many rows there are, and the digest of all of them in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summed {
    /// How many.
    pub rows: u64,
    /// SHA-256 in hexadecimal, of each row as JSON and a line feed.
    pub sha256: String,
}

/// Digests rows while they pass.
pub struct Sum {
    rows: u64,
    hash: Context,
    line: String,
}

impl Sum {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self { rows: 0, hash: Context::new(&SHA256), line: String::new() }
    }

    /// Adds a row; answers it as it is written, with its line feed.
    pub fn add(&mut self, row: &[Option<String>]) -> &str {
        self.line.clear();
        write_row(row, &mut self.line);
        self.line.push('\n');
        self.hash.update(self.line.as_bytes());
        self.rows += 1;
        &self.line
    }

    /// What all of them are.
    pub fn end(self) -> Summed {
        Summed { rows: self.rows, sha256: hex(self.hash.finish().as_ref()) }
    }
}

impl Default for Sum {
    fn default() -> Self {
        Self::new()
    }
}

/// One digest of all tables, whatever their order.
pub fn sum_of_all(tables: &[(String, Summed)]) -> String {
    let mut lines: Vec<String> =
        tables.iter().map(|(name, sum)| format!("{name} {} {}\n", sum.rows, sum.sha256)).collect();
    lines.sort();
    let mut hash = Context::new(&SHA256);
    lines.iter().for_each(|line| hash.update(line.as_bytes()));
    hex(hash.finish().as_ref())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_is_read_as_it_was_written(row in any::<Vec<Option<String>>>()) {
            let mut line = String::new();
            write_row(&row, &mut line);
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Row>(&line).unwrap(), row);
        }
    }

    #[test]
    fn null_is_no_empty_text_and_order_counts() {
        let sum = |rows: &[&Row]| {
            let mut sum = Sum::new();
            for row in rows {
                sum.add(row);
            }
            sum.end()
        };
        let (nothing, empty) = (vec![None], vec![Some(String::new())]);
        assert_ne!(sum(&[&nothing]), sum(&[&empty]));
        assert_ne!(sum(&[&nothing, &empty]), sum(&[&empty, &nothing]));
        assert_eq!(sum(&[]).rows, 0);
        // Of nothing: FIPS 180-4.
        assert!(sum(&[]).sha256.starts_with("e3b0c44298fc1c14"), "{:?}", sum(&[]));
    }
}
