//! Which tables and columns there are, in which order they can be written, and the statements that
//! read and write them.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

use crate::db::Conn;
use crate::db::copy::rows::{Row, each_row};

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// By their names, so that the order is the same on both engines.
    columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: Kind,
    /// Its place in the primary key, counted from 1; 0 if it has none.
    place_in_key: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Whole,
    Truth,
    Words,
    Bytes,
}

/// Generated columns are not among these: nobody can write them.
const SQLITE_COLUMNS: &str = "SELECT m.name, p.name, p.type, CAST(p.pk AS TEXT) \
    FROM sqlite_master m JOIN pragma_table_info(m.name) p \
    WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' \
    AND m.name <> '__diesel_schema_migrations'";
const POSTGRES_COLUMNS: &str = "SELECT CAST(c.relname AS text), CAST(a.attname AS text), \
    upper(format_type(a.atttypid, a.atttypmod)), \
    CAST(COALESCE(array_position(string_to_array(CAST(i.indkey AS text), ' '), \
    CAST(a.attnum AS text)), 0) AS text) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = c.oid \
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 \
    AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> '__diesel_schema_migrations'";

const SQLITE_REFERENCES: &str = "SELECT m.name, f.\"table\" \
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const POSTGRES_REFERENCES: &str = "SELECT CAST(c.relname AS text), CAST(r.relname AS text) \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
    JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE k.contype = 'f' AND n.nspname = current_schema()";

/// Every table of a database, each behind those that it points at.
pub(super) fn read(conn: &mut Conn) -> anyhow::Result<Vec<Table>> {
    let (columns, references) = match conn {
        Conn::Sqlite(_) => (SQLITE_COLUMNS, SQLITE_REFERENCES),
        Conn::Pg(_) => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    each_row(conn, columns, |row| {
        let [table, name, kind, place] = texts::<4>(row)?;
        let kind = Kind::read(&table, &name, &kind)?;
        let column = Column { name, kind, place_in_key: place.parse()? };
        let empty = || Table { name: table.clone(), columns: Vec::new() };
        tables.entry(table.clone()).or_insert_with(empty).columns.push(column);
        Ok(())
    })?;
    for table in tables.values_mut() {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let mut points: Vec<[String; 2]> = Vec::new();
    each_row(conn, references, |row| {
        points.push(texts::<2>(row)?);
        Ok(())
    })?;
    in_order(tables, &points)
}

/// The texts of a row in which nothing is missing.
pub(super) fn texts<const N: usize>(row: Row) -> anyhow::Result<[String; N]> {
    let texts: Option<Vec<String>> = row.into_iter().collect();
    let texts = texts.and_then(|texts| <[String; N]>::try_from(texts).ok());
    texts.context("the database does not say what it holds")
}

/// Each table behind those that it points at. Tables that point at each other would need foreign
/// keys that are checked later; there are none, and a test sees to it that there will be none.
fn in_order(
    mut open: BTreeMap<String, Table>,
    references: &[[String; 2]],
) -> anyhow::Result<Vec<Table>> {
    let mut ordered = Vec::new();
    while !open.is_empty() {
        let waits = |name: &String| {
            references.iter().any(|[from, to]| from == name && open.contains_key(to))
        };
        let Some(next) = open.keys().find(|name| !waits(name)).cloned() else {
            let rest: Vec<&str> = open.keys().map(String::as_str).collect();
            bail!("these tables point at each other, and cannot be copied: {}", rest.join(", "));
        };
        ordered.extend(open.remove(&next));
    }
    Ok(ordered)
}

impl Kind {
    fn read(table: &str, column: &str, kind: &str) -> anyhow::Result<Self> {
        match kind.to_uppercase().as_str() {
            "BIGINT" | "INTEGER" | "SMALLINT" => Ok(Self::Whole),
            "BOOLEAN" => Ok(Self::Truth),
            "TEXT" => Ok(Self::Words),
            "BLOB" | "BYTEA" => Ok(Self::Bytes),
            other => bail!("{table}.{column} has the type {other}, which is not copied"),
        }
    }
}

impl Table {
    /// The names of its columns, in the order of a row's cells.
    pub fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Reads every row as texts, in the order of the primary key. Texts are ordered by their bytes,
    /// as SQLite does, whatever the language of the database; and every column is named with its
    /// table, because PostgreSQL would else order by the text that was made of it.
    pub(super) fn select(&self, conn: &Conn) -> String {
        let is_sqlite = matches!(conn, Conn::Sqlite(_));
        let cells: Vec<String> =
            self.columns.iter().map(|column| column.as_text(is_sqlite)).collect();
        let mut key: Vec<&Column> =
            self.columns.iter().filter(|column| column.place_in_key > 0).collect();
        key.sort_by_key(|column| column.place_in_key);
        if key.is_empty() {
            key = self.columns.iter().collect();
        }
        let order: Vec<String> = key.iter().map(|column| column.order(is_sqlite)).collect();
        format!(
            "SELECT {} FROM {} AS t ORDER BY {}",
            cells.join(", "),
            quoted(&self.name),
            order.join(", ")
        )
    }

    /// Writes the rows of one JSON text.
    pub(super) fn insert(&self, conn: &Conn) -> String {
        let is_sqlite = matches!(conn, Conn::Sqlite(_));
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        let places = self.columns.iter().enumerate();
        let cells: Vec<String> =
            places.map(|(place, column)| column.of_json(place, is_sqlite)).collect();
        let rows = match is_sqlite {
            true => "json_each(?1) AS r",
            false => "json_array_elements(CAST($1 AS json)) AS r(value)",
        };
        format!(
            "INSERT INTO {} ({}) SELECT {} FROM {rows}",
            quoted(&self.name),
            names.join(", "),
            cells.join(", ")
        )
    }

    /// Removes every row.
    pub(super) fn clear(&self) -> String {
        format!("DELETE FROM {}", quoted(&self.name))
    }
}

impl Column {
    fn as_text(&self, is_sqlite: bool) -> String {
        let name = format!("t.{}", quoted(&self.name));
        match self.kind {
            Kind::Whole => format!("CAST({name} AS TEXT)"),
            Kind::Truth => format!("CAST(CAST({name} AS INTEGER) AS TEXT)"),
            Kind::Words => name,
            // For SQLite, NULL in hexadecimal is an empty text.
            Kind::Bytes if is_sqlite => {
                format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END")
            }
            Kind::Bytes => format!("encode({name}, 'hex')"),
        }
    }

    fn of_json(&self, place: usize, is_sqlite: bool) -> String {
        let cell = format!("r.value ->> {place}");
        match self.kind {
            Kind::Words => cell,
            Kind::Whole | Kind::Truth if is_sqlite => format!("CAST({cell} AS INTEGER)"),
            Kind::Whole => format!("CAST({cell} AS bigint)"),
            Kind::Truth => format!("CAST(CAST({cell} AS integer) AS boolean)"),
            Kind::Bytes if is_sqlite => format!("unhex({cell})"),
            Kind::Bytes => format!("decode({cell}, 'hex')"),
        }
    }

    fn order(&self, is_sqlite: bool) -> String {
        let name = format!("t.{}", quoted(&self.name));
        match self.kind {
            Kind::Words if !is_sqlite => format!("{name} COLLATE \"C\""),
            _ => name,
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(references: &[(&str, &str)]) -> anyhow::Result<Vec<String>> {
        let table = |name: &&str| {
            let table = Table { name: (*name).to_owned(), columns: Vec::new() };
            ((*name).to_owned(), table)
        };
        let tables = ["a", "b", "c"].iter().map(table).collect();
        let points: Vec<_> =
            references.iter().map(|(from, to)| [(*from).to_owned(), (*to).to_owned()]).collect();
        let ordered = in_order(tables, &points)?;
        Ok(ordered.into_iter().map(|table| table.name).collect())
    }

    #[test]
    fn a_table_stands_behind_those_that_it_points_at() {
        assert_eq!(order(&[]).unwrap(), ["a", "b", "c"]);
        assert_eq!(order(&[("a", "b"), ("b", "c"), ("a", "c")]).unwrap(), ["c", "b", "a"]);
        let error = order(&[("a", "b"), ("b", "a")]).unwrap_err().to_string();
        assert!(error.contains("point at each other") && error.contains("a, b"), "{error}");
        assert!(order(&[("a", "a")]).is_err());
    }

    #[test]
    fn a_type_that_is_not_copied_is_named() {
        let error = Kind::read("turns", "pay", "REAL").unwrap_err().to_string();
        assert!(error.contains("turns.pay") && error.contains("REAL"), "{error}");
    }
}
