//! Deeds as a table: rows `when,provider,receiver,weight`. Names that begin with `pool:` are held
//! in common, `outside` is everybody else. Pure.
//!
//! `when` is a day or a moment (`2026-03-01`, `2026-03-01T18:00`, with or without an offset);
//! `weight` says how many times, a whole number from 1. The first line may be the names of the
//! columns; empty lines, and spaces around cells, mean nothing.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, Trim};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::domain::mutuality::flows::{Deed, Party};

/// The names of the columns.
const HEADER: [&str; 4] = ["when", "provider", "receiver", "weight"];
/// With this begins the name of what is held in common.
const POOL: &str = "pool:";
/// The name of everybody else.
const OUTSIDE: &str = "outside";
/// How much is added up at most; no collective comes near.
const MOST: u64 = 1_000_000_000;

/// What a table says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The deeds and their days, in the order of the table.
    pub rows: Vec<(Date, Deed)>,
    /// How many rows say that somebody did something for themselves; they are left out.
    pub to_themselves: usize,
}

/// Why a table cannot be read: the line, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadRow {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Not four cells.
    #[error("{0} cells where there should be four: when,provider,receiver,weight")]
    Cells(usize),
    /// No day.
    #[error("\"{0}\" is not a day: write it like 2026-03-01")]
    When(String),
    /// Nobody.
    #[error("nobody is named: write a name, pool:NAME or outside in the second and third cell")]
    Nobody,
    /// No number.
    #[error("\"{0}\" is not a weight: write how many times, a whole number from 1")]
    Weight(String),
    /// No text.
    #[error("it is not written in UTF-8: save the table anew with that encoding")]
    Encoding,
    /// Too much.
    #[error("more than a thousand million deeds in all: is a weight wrong?")]
    TooMuch,
    /// The quotation marks do not close, or the like.
    #[error("it cannot be read as comma-separated values")]
    Broken,
}

struct Row {
    when: Date,
    provider: String,
    receiver: String,
    weight: u32,
}

/// Reads a table, or says which line is wrong.
pub fn read(bytes: &[u8]) -> Result<Table, BadRow> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).trim(Trim::All).from_reader(bytes);
    let (mut rows, mut line, mut sum) = (Vec::new(), ByteRecord::new(), 0_u64);
    loop {
        let at = reader.position().line();
        let is_more = reader.read_byte_record(&mut line);
        let at = line.position().map_or(at, csv::Position::line);
        let bad = |why| BadRow { line: at, why };
        if !is_more.map_err(|_| bad(Why::Broken))? {
            break;
        }
        let cells: Vec<&str> = line
            .iter()
            .map(std::str::from_utf8)
            .collect::<Result<_, _>>()
            .map_err(|_| bad(Why::Encoding))?;
        if (rows.is_empty() && is_header(&cells)) || cells == [""] {
            continue;
        }
        let row = read_row(&cells).map_err(bad)?;
        sum += u64::from(row.weight);
        if sum > MOST {
            return Err(bad(Why::TooMuch));
        }
        rows.push(row);
    }
    Ok(numbered(&rows))
}

fn is_header(cells: &[&str]) -> bool {
    cells.len() == HEADER.len()
        && cells.iter().zip(HEADER).all(|(cell, name)| cell.eq_ignore_ascii_case(name))
}

fn read_row(cells: &[&str]) -> Result<Row, Why> {
    let [when, provider, receiver, weight] = cells else { return Err(Why::Cells(cells.len())) };
    let day = day(when).ok_or_else(|| Why::When((*when).to_owned()))?;
    let is_nobody = |name: &str| name.is_empty() || name == POOL;
    if is_nobody(provider) || is_nobody(receiver) {
        return Err(Why::Nobody);
    }
    let times = weight.parse().ok().filter(|times| *times > 0);
    Ok(Row {
        when: day,
        provider: (*provider).to_owned(),
        receiver: (*receiver).to_owned(),
        weight: times.ok_or_else(|| Why::Weight((*weight).to_owned()))?,
    })
}

/// A day, or the day of a moment as it is written there.
fn day(text: &str) -> Option<Date> {
    let moment = || text.parse::<DateTime>().ok().map(DateTime::date);
    // With an offset or a Z, a civil time must not be read out of it by dropping that.
    let instant = || {
        let day = text.get(..10)?.parse().ok()?;
        text.parse::<Timestamp>().ok().map(|_| day)
    };
    text.parse::<Date>().ok().filter(|_| text.len() == 10).or_else(moment).or_else(instant)
}

/// Names become numbers in the order of names, so that the order of rows changes nothing.
fn numbered(rows: &[Row]) -> Table {
    let names = rows.iter().flat_map(|row| [row.provider.as_str(), row.receiver.as_str()]);
    let mut numbers: BTreeMap<&str, u64> = names.map(|name| (name, 0)).collect();
    for (number, next) in numbers.values_mut().zip(0..) {
        *number = next;
    }
    let party = |name: &str| {
        let number = numbers.get(name).copied().unwrap_or_default();
        match name {
            OUTSIDE => Party::Outside,
            pool if pool.starts_with(POOL) => Party::Pool(number),
            _ => Party::Person(number),
        }
    };
    let mut table = Table::default();
    for row in rows {
        let (provider, receiver) = (party(&row.provider), party(&row.receiver));
        if provider == receiver {
            table.to_themselves += 1;
        } else {
            table.rows.push((row.when, Deed { provider, receiver, weight: row.weight }));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_deeds_with_or_without_a_header() {
        let with = "\u{feff}When,Provider,Receiver,Weight\r\n\
                    2026-03-01, Ida ,pool:kitchen,2\r\n\r\n\
                    2026-03-02T18:00:00Z,pool:kitchen,\"Omar, again\",1\r\n\
                    2026-03-03 09:30,outside,Ida,1\r\n\
                    2026-03-04T01:00+02:00,Ida,Ida,4\r\n";
        let table = read(with.as_bytes()).unwrap();
        assert_eq!(table.to_themselves, 1);
        let kinds: Vec<_> =
            table.rows.iter().map(|(_, deed)| (deed.provider, deed.weight)).collect();
        assert_eq!(kinds, [(Party::Person(0), 2), (Party::Pool(3), 1), (Party::Outside, 1)]);
        assert_eq!(table.rows[1].0, jiff::civil::date(2026, 3, 2));
        let without = with.split_once('\n').unwrap().1;
        assert_eq!(read(without.as_bytes()).unwrap().rows, table.rows);
        assert_eq!(read(b"").unwrap(), Table::default());
    }

    #[test]
    fn a_bad_row_is_named_with_its_line() {
        let bad = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        let good = "when,provider,receiver,weight\n2026-03-01,a,b,1\n";
        for (row, says) in [
            ("2026-03-01,a,b", "line 3: 3 cells"),
            ("2026-03-01,a,b,1,x", "line 3: 5 cells"),
            ("yesterday,a,b,1", "line 3: \"yesterday\" is not a day"),
            ("2026-02-30,a,b,1", "line 3: \"2026-02-30\" is not a day"),
            ("2026-03-01,,b,1", "line 3: nobody"),
            ("2026-03-01,a,pool:,1", "line 3: nobody"),
            ("2026-03-01,a,b,0", "line 3: \"0\" is not a weight"),
            ("2026-03-01,a,b,-1", "line 3: \"-1\" is not a weight"),
            ("2026-03-01,a,b,1.5", "line 3: \"1.5\" is not a weight"),
            ("2026-03-01,a,b,", "line 3: \"\" is not a weight"),
            ("2026-03-01,a,b,4000000000", "line 3: more than"),
            ("when,provider,receiver,weight", "line 3: \"when\" is not a day"),
        ] {
            let said = bad(&format!("{good}{row}\n"));
            assert!(said.starts_with(says), "{row}: {said}");
        }
        let latin = [good.as_bytes(), b"2026-03-01,Jos\xe9,b,1\n"].concat();
        assert_eq!(read(&latin).unwrap_err(), BadRow { line: 3, why: Why::Encoding });
    }
}
