//! Take over a list of domains: kept as a draft, looked at, and only then applied.
//!
//! A list never loosens what the stewards decided themselves, and a suspension of a domain with which
//! somebody here has to do becomes a limit unless a steward says so for that very domain.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::actions::domain_rules::{check, put};
use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{Conn, domain_rules, gate, severed};
use crate::domain::block::Blocks;
use crate::domain::domain_rule::{Concerned, DomainRule, DraftId, Severity, Source};
use crate::domain::id::MemberId;
use crate::error::Error;
use crate::text::domain_csv::{List, Row, Skipped, Unreadable, Why, read};

/// How many left-out lines of a list are kept to show.
const MOST_SKIPPED: usize = 200;

/// A list as it is kept until somebody has looked at it.
#[derive(Serialize, Deserialize)]
struct Draft {
    rules: Vec<Line>,
    allowed: Vec<String>,
    skipped: Vec<(u64, String, String)>,
    left_out: usize,
}

/// Domain, severity, whether files and reports are refused, comment, whether it is to be hidden.
#[derive(Serialize, Deserialize)]
struct Line(String, String, bool, bool, String, bool);

/// What a draft would do now.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The rules about domains that have none.
    pub new: usize,
    /// The rules that become stricter.
    pub changed: usize,
    /// What stands here already, as strict or stricter.
    pub same: usize,
    /// Hosts that would come onto the list of those with whom we speak.
    pub allowed: usize,
    /// The suspensions of domains with which somebody here has to do.
    pub tied: Vec<(String, Concerned)>,
    /// The first lines that were left out.
    pub skipped: Vec<Skipped>,
    /// How many were left out altogether.
    pub left_out: usize,
    /// Some of the domains that it names.
    pub examples: Vec<(String, Severity)>,
}

/// What came of applying a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Rules made or made stricter.
    pub rules: usize,
    /// Suspensions that became limits.
    pub lowered: usize,
    /// Hosts that came onto the list of those with whom we speak.
    pub allowed: usize,
}

/// Why a list is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NoDraft {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It cannot be stored.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Reads a list and keeps it until somebody has looked at it.
pub async fn keep(app: &App, list: String) -> Result<DraftId, NoDraft> {
    let shared = app.clone();
    let read = tokio::task::spawn_blocking(move || -> Result<Draft, NoDraft> {
        let (list, skipped) = read(&list)?;
        Ok(draft(&shared, list, &skipped))
    });
    let draft = read.await.map_err(|_| Error::internal("a list cannot be read"))??;
    let text = serde_json::to_string(&draft).map_err(|error| Error::Internal(error.into()))?;
    let (id, now) = (app.clock.new_id(), app.now());
    app.db.write(move |conn| domain_rules::insert_draft(conn, id, &text, now)).await?;
    Ok(id)
}

/// What a draft would do now.
pub async fn look(app: &App, id: DraftId) -> Result<Look, Error> {
    app.db
        .read(move |conn| {
            let draft = find(conn, id)?;
            let (rows, tied) = (rows(&draft), tied(conn, &draft)?);
            let mut look = Look {
                skipped: draft.skipped.iter().filter_map(skipped).collect(),
                left_out: draft.left_out,
                examples: rows.iter().take(20).map(|r| (r.domain.clone(), r.severity)).collect(),
                ..Look::default()
            };
            let standing = standing(conn)?;
            for row in &rows {
                match merged(standing.get(&row.domain), row) {
                    None => look.same += 1,
                    Some(_) if standing.contains_key(&row.domain) => look.changed += 1,
                    Some(_) => look.new += 1,
                }
            }
            let listed = gate::list_allowed(conn)?;
            let is_listed = |host: &String| listed.iter().any(|each| each.domain == *host);
            look.allowed = draft.allowed.iter().filter(|host| !is_listed(host)).count();
            for domain in tied {
                let concerned = severed::concerned(conn, &Blocks::new([domain.clone()]))?;
                look.tied.push((domain, concerned));
            }
            Ok(look)
        })
        .await
}

/// Applies a draft, and throws it away. `suspended` are the domains that are suspended although
/// somebody here has to do with them.
pub async fn apply(
    app: &App,
    by: Option<MemberId>,
    id: DraftId,
    suspended: Vec<String>,
) -> Result<Applied, Error> {
    let suspended: HashSet<String> = suspended.into_iter().collect();
    let applied = app
        .change(move |app, conn, events| {
            let draft = find(conn, id)?;
            let (tied, standing) = (tied(conn, &draft)?, standing(conn)?);
            let (mut applied, mut rules) = (Applied::default(), Vec::new());
            for mut row in rows(&draft) {
                if tied.contains(&row.domain) && !suspended.contains(&row.domain) {
                    row.severity = Severity::Limit;
                    applied.lowered += 1;
                }
                let Some(merged) = merged(standing.get(&row.domain), &row) else { continue };
                rules.push(DomainRule { made_by: by, made_at: app.now(), ..merged });
            }
            put(app, conn, events, &rules)?;
            for host in &draft.allowed {
                applied.allowed += usize::from(gate::allow(conn, host, app.now())?);
            }
            applied.rules = rules.len();
            domain_rules::delete_draft(conn, id)?;
            let count = applied.rules + applied.allowed;
            record(app, conn, by, Act::DomainsImported, &count.to_string(), "")?;
            Ok(applied)
        })
        .await?;
    app.read_blocks().await?;
    Ok(applied)
}

/// Throws a draft away.
pub async fn discard(app: &App, id: DraftId) -> Result<(), Error> {
    match app.db.write(move |conn| domain_rules::delete_draft(conn, id)).await? {
        true => Ok(()),
        false => Err(Error::NotFound),
    }
}

/// The suspensions of a draft that are new and concern somebody here, by domain.
fn tied(conn: &mut Conn, draft: &Draft) -> Result<Vec<String>, Error> {
    let standing = standing(conn)?;
    let is_new = |domain: &String| {
        standing.get(domain).is_none_or(|rule| rule.severity != Severity::Suspend)
    };
    let rows = rows(draft);
    let suspended = rows.into_iter().filter(|row| row.severity == Severity::Suspend);
    let domains = suspended.map(|row| row.domain).filter(is_new);
    severed::list_tied(conn, &Blocks::new(domains))
}

fn standing(conn: &mut Conn) -> Result<HashMap<String, DomainRule>, Error> {
    let rules = domain_rules::list(conn)?.into_iter();
    Ok(rules.map(|rule| (rule.domain.clone(), rule)).collect())
}

/// The rule that comes of one of a list beside the one that stands here; None if nothing changes.
fn merged(standing: Option<&DomainRule>, row: &Row) -> Option<DomainRule> {
    let Some(standing) = standing else {
        return Some(DomainRule {
            domain: row.domain.clone(),
            severity: row.severity,
            reject_media: row.reject_media,
            reject_reports: row.reject_reports,
            obfuscate: row.obfuscate,
            public_comment: row.public_comment.clone(),
            private_comment: String::new(),
            source: Source::List,
            made_by: None,
            made_at: jiff::Timestamp::UNIX_EPOCH,
            expires_at: None,
            ended_at: None,
        });
    };
    let merged = DomainRule {
        severity: standing.severity.max(row.severity),
        reject_media: standing.reject_media || row.reject_media,
        reject_reports: standing.reject_reports || row.reject_reports,
        ..standing.clone()
    };
    (merged != *standing).then_some(merged)
}

fn draft(app: &App, list: List, skipped: &[Skipped]) -> Draft {
    let is_other = |domain: &str| check(app, domain, false).is_ok();
    let line = |row: Row| {
        let word = row.severity.word().to_owned();
        let Row { reject_media, reject_reports, public_comment, obfuscate, .. } = row;
        Line(row.domain, word, reject_media, reject_reports, public_comment, obfuscate)
    };
    let (rules, allowed) = match list {
        List::Rules(rows) => (rows, Vec::new()),
        List::Allowed(hosts) => (Vec::new(), hosts),
    };
    let named = |each: &Skipped| (each.line, each.text.clone(), each.why.word().to_owned());
    Draft {
        // Lists that neighbours share may name us too.
        rules: rules.into_iter().filter(|row| is_other(&row.domain)).map(line).collect(),
        allowed: allowed.into_iter().filter(|host| is_other(host)).collect(),
        skipped: skipped.iter().take(MOST_SKIPPED).map(named).collect(),
        left_out: skipped.len(),
    }
}

fn find(conn: &mut Conn, id: DraftId) -> Result<Draft, Error> {
    let text = domain_rules::find_draft(conn, id)?;
    serde_json::from_str(&text).map_err(|error| Error::Internal(error.into()))
}

fn rows(draft: &Draft) -> Vec<Row> {
    let row = |line: &Line| {
        Some(Row {
            domain: line.0.clone(),
            severity: Severity::from_word(&line.1)?,
            reject_media: line.2,
            reject_reports: line.3,
            public_comment: line.4.clone(),
            obfuscate: line.5,
        })
    };
    draft.rules.iter().filter_map(row).collect()
}

fn skipped((line, text, why): &(u64, String, String)) -> Option<Skipped> {
    Some(Skipped { line: *line, text: text.clone(), why: Why::from_word(why)? })
}
