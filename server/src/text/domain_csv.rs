//! Lists of domains to share with others: CSV as Mastodon writes and reads it
//! (<https://docs.joinmastodon.org/admin/moderation/>): the header
//! `#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate` for rules, `#domain`
//! alone for those with whom one speaks. The `#` may be missing, as FediBlockHole writes it. Pure.
//!
//! A table program takes a cell that begins with `=`, `+`, `-` or `@` for a formula. A domain never
//! does; a comment of ours that does gets an apostrophe before it, and such an apostrophe is taken
//! off again when a list is read.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use crate::domain::block::is_public_suffix;
use crate::domain::domain_rule::{DomainRule, LONGEST_COMMENT, Severity, domain};
use crate::text::one_line;

/// The content type of such a list.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8";
/// The largest list that is read, in bytes.
pub const LARGEST: usize = 20_000_000;
/// How many domains a list may name.
pub const MOST: usize = 20_000;

/// The columns in Mastodon's order.
const HEADER: [&str; 6] =
    ["#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"];
/// With what a formula begins.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// How much of a line that is left out is shown, in characters.
const SHOWN: usize = 80;

/// A rule of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The domain, as rules have it.
    pub domain: String,
    /// How much is kept away.
    pub severity: Severity,
    /// Whether files are refused.
    pub reject_media: bool,
    /// Whether reports are thrown away.
    pub reject_reports: bool,
    /// Why, for everybody.
    pub public_comment: String,
    /// Whether the domain should not be readable in public lists.
    pub obfuscate: bool,
}

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its number, the header being 1.
    pub line: u64,
    /// How it begins.
    pub text: String,
    /// Why.
    pub why: Why,
}

/// Why a line was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It names no domain, or one whose letters are hidden.
    NoDomain,
    /// Many have their servers under this name.
    TooWide,
    /// A severity that Mastodon does not have.
    NoSeverity,
    /// The same domain stands further up.
    Twice,
    /// It is broken.
    Broken,
}

/// What a list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List {
    /// Rules.
    Rules(Vec<Row>),
    /// With whom one speaks.
    Allowed(Vec<String>),
}

/// Why a list cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Above [`LARGEST`].
    #[error("this list is larger than 20 MB")]
    TooLarge,
    /// Above [`MOST`].
    #[error("this list names more than 20,000 domains: import it in parts")]
    TooMany,
    /// Its first line names no column `domain`.
    #[error(
        "this is no list of domains: its first line must be Mastodon's, beginning with #domain"
    )]
    NoHeader,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NoDomain, Self::TooWide, Self::NoSeverity, Self::Twice, Self::Broken];

    /// The word for storage and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoDomain => "no-domain",
            Self::TooWide => "too-wide",
            Self::NoSeverity => "no-severity",
            Self::Twice => "twice",
            Self::Broken => "broken",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// Where the columns of a list are.
struct Columns {
    domain: usize,
    severity: Option<usize>,
    reject_media: Option<usize>,
    reject_reports: Option<usize>,
    public_comment: Option<usize>,
    obfuscate: Option<usize>,
}

impl Columns {
    fn find(header: &StringRecord) -> Option<Self> {
        let at = |name: &str| {
            let called = |cell: &str| cell.trim().trim_start_matches('#').to_ascii_lowercase();
            header.iter().position(|cell| called(cell) == name)
        };
        Some(Self {
            domain: at("domain")?,
            severity: at("severity"),
            reject_media: at("reject_media"),
            reject_reports: at("reject_reports"),
            public_comment: at("public_comment"),
            obfuscate: at("obfuscate"),
        })
    }
}

/// Reads a list. Lines that cannot be read are left out, and named.
pub fn read(text: &str) -> Result<(List, Vec<Skipped>), Unreadable> {
    if text.len() > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = reader.records();
    let header = lines.next().and_then(Result::ok).ok_or(Unreadable::NoHeader)?;
    let columns = Columns::find(&header).ok_or(Unreadable::NoHeader)?;
    let (mut rows, mut skipped, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (place, line) in lines.enumerate() {
        if place >= MOST {
            return Err(Unreadable::TooMany);
        }
        let number = u64::try_from(place).unwrap_or(u64::MAX).saturating_add(2);
        let row = line.map_err(|_| (Why::Broken, String::new())).and_then(|line| {
            let row = read_row(&columns, &line).map_err(|why| (why, beginning(&line)))?;
            match seen.insert(row.domain.clone()) {
                true => Ok(row),
                false => Err((Why::Twice, beginning(&line))),
            }
        });
        match row {
            Ok(row) => rows.push(row),
            Err((why, text)) => skipped.push(Skipped { line: number, text, why }),
        }
    }
    let list = match columns.severity {
        Some(_) => List::Rules(rows),
        None => List::Allowed(rows.into_iter().map(|row| row.domain).collect()),
    };
    Ok((list, skipped))
}

fn read_row(columns: &Columns, line: &StringRecord) -> Result<Row, Why> {
    let cell = |place: Option<usize>| place.and_then(|place| line.get(place)).unwrap_or("").trim();
    let domain = domain(cell(Some(columns.domain))).ok_or(Why::NoDomain)?;
    if is_public_suffix(&domain) {
        return Err(Why::TooWide);
    }
    let severity = match cell(columns.severity).to_ascii_lowercase().as_str() {
        "suspend" => Severity::Suspend,
        "silence" | "limit" => Severity::Limit,
        "noop" => Severity::Noop,
        // Lists of those with whom one speaks have none.
        "" if columns.severity.is_none() => Severity::Noop,
        _ => return Err(Why::NoSeverity),
    };
    let ticked = |place| cell(place).eq_ignore_ascii_case("true");
    Ok(Row {
        domain,
        severity,
        reject_media: ticked(columns.reject_media),
        reject_reports: ticked(columns.reject_reports),
        public_comment: comment(cell(columns.public_comment)),
        obfuscate: ticked(columns.obfuscate),
    })
}

fn beginning(line: &StringRecord) -> String {
    let text: Vec<&str> = line.iter().take(HEADER.len()).collect();
    one_line(&text.join(","), SHOWN)
}

/// A comment as it is kept, without what keeps table programs from taking it for a formula.
fn comment(cell: &str) -> String {
    let plain = cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell);
    one_line(plain, LONGEST_COMMENT - 1)
}

/// A comment as it is written.
fn harmless(comment: &str) -> String {
    if comment.starts_with(FORMULA) { format!("'{comment}") } else { comment.to_owned() }
}

/// Writes rules as Mastodon does.
pub fn write<'a>(rules: impl IntoIterator<Item = &'a DomainRule>) -> String {
    let mut lines = vec![HEADER.map(str::to_owned).to_vec()];
    let flag = |is_set: bool| is_set.to_string();
    lines.extend(rules.into_iter().map(|rule| {
        let severity = match rule.severity {
            Severity::Noop => "noop",
            Severity::Limit => "silence",
            Severity::Suspend => "suspend",
        };
        vec![
            rule.domain.clone(),
            severity.to_owned(),
            flag(rule.reject_media),
            flag(rule.reject_reports),
            harmless(&rule.public_comment),
            flag(rule.obfuscate),
        ]
    }));
    written(&lines)
}

/// Writes the list of those with whom one speaks.
pub fn write_allowed<'a>(domains: impl IntoIterator<Item = &'a str>) -> String {
    let domains = domains.into_iter().map(|domain| vec![domain.to_owned()]);
    let lines: Vec<Vec<String>> = [vec!["#domain".to_owned()]].into_iter().chain(domains).collect();
    written(&lines)
}

fn written(lines: &[Vec<String>]) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    for line in lines {
        // Memory takes everything, and all lines of a list are of the same length.
        let _ = writer.write_record(line);
    }
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> (Vec<Row>, Vec<Skipped>) {
        match read(text).unwrap() {
            (List::Rules(rows), skipped) => (rows, skipped),
            (other, _) => panic!("{other:?}"),
        }
    }

    #[test]
    fn mod_03_bad_lines_are_left_out_one_by_one_and_named() {
        let list = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
                    *.evil.test,suspend,true,true,\"spam, lots\",false\n\
                    BÜCHER.test.,silence,false,false,,true\n\
                    ev*l.test,suspend,false,false,,false\n\
                    =cmd(),suspend,false,false,,false\n\
                    com,suspend,false,false,,false\n\
                    fine.test,destroy,false,false,,false\n\
                    evil.test,silence,false,false,,false\n\
                    quiet.test,noop\n";
        let (rows, skipped) = rules(list);
        let named: Vec<_> = rows.iter().map(|row| (row.domain.as_str(), row.severity)).collect();
        let expected = [
            ("evil.test", Severity::Suspend),
            ("xn--bcher-kva.test", Severity::Limit),
            ("quiet.test", Severity::Noop),
        ];
        assert_eq!(named, expected);
        assert!(rows[0].reject_media && rows[0].reject_reports && !rows[0].obfuscate);
        assert_eq!(rows[0].public_comment, "spam, lots");
        assert!(rows[1].obfuscate);
        let why: Vec<_> = skipped.iter().map(|each| (each.line, each.why)).collect();
        let expected = [
            (4, Why::NoDomain),
            (5, Why::NoDomain),
            (6, Why::TooWide),
            (7, Why::NoSeverity),
            (8, Why::Twice),
        ];
        assert_eq!(why, expected);
        assert!(skipped[0].text.starts_with("ev*l.test"));
    }

    #[test]
    fn lists_of_others_are_read_by_their_header() {
        let (rows, _) = rules("domain,public_comment,severity\nevil.test,Because,suspend\n");
        assert_eq!(
            (rows[0].public_comment.as_str(), rows[0].severity),
            ("Because", Severity::Suspend)
        );
        let (rows, _) = rules("\u{feff}#severity,#domain,#reject_media\nsilence,a.test,True\n");
        assert!(rows[0].reject_media && rows[0].severity == Severity::Limit);
        let allowed = read("#domain\nmill.test\n*.b.test\n").unwrap().0;
        assert_eq!(allowed, List::Allowed(vec!["mill.test".into(), "b.test".into()]));
        for other in ["", "evil.test\nother.test\n", "<opml></opml>", "a,b\n1,2\n"] {
            assert_eq!(read(other), Err(Unreadable::NoHeader), "{other}");
        }
    }

    #[test]
    fn a_list_is_read_up_to_its_limits_and_not_beyond() {
        let named = |count: usize| {
            let lines = (0..count).map(|place| format!("d{place}.test,suspend\n"));
            format!("#domain,#severity\n{}", lines.collect::<String>())
        };
        assert_eq!(rules(&named(MOST)).0.len(), MOST);
        assert_eq!(read(&named(MOST + 1)), Err(Unreadable::TooMany));
        let large = format!("#domain\n{}", "x".repeat(LARGEST));
        assert_eq!(read(&large), Err(Unreadable::TooLarge));
    }
}
