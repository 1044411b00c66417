//! Rules about the servers of a domain, and lists of them that wait for a look.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{domain_drafts, domain_rules};
use crate::db::types::{micros, time, time_if_any, word};
use crate::db::{Conn, each_backend, gate};
use crate::domain::domain_rule::{DomainRule, DraftId, Severity, Source};
use crate::domain::id::Id;
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = domain_rules, treat_none_as_null = true)]
struct Row {
    domain: String,
    severity: String,
    reject_media: bool,
    reject_reports: bool,
    obfuscate: bool,
    public_comment: String,
    private_comment: String,
    source: String,
    made_by: Option<i64>,
    made_at: i64,
    expires_at: Option<i64>,
    ended_at: Option<i64>,
}

/// Stores a rule in place of the one about the same domain. Whoever does says once that something
/// changed (`gate::note_change`).
pub fn upsert(conn: &mut Conn, rule: &DomainRule) -> Result<(), Error> {
    each_backend!(conn, |c| diesel::insert_into(domain_rules::table)
        .values(Row::from(rule))
        .on_conflict(domain_rules::domain)
        .do_update()
        .set(Row::from(rule))
        .execute(c))?;
    Ok(())
}

/// The rule about a domain, in force or ended.
pub fn find(conn: &mut Conn, domain: &str) -> Result<Option<DomainRule>, Error> {
    let query = domain_rules::table.find(domain).select(Row::as_select());
    query.first(conn).optional()?.map(Row::into_rule).transpose()
}

/// The rules in force, by domain.
pub fn list(conn: &mut Conn) -> Result<Vec<DomainRule>, Error> {
    let rows: Vec<Row> = domain_rules::table
        .filter(domain_rules::ended_at.is_null())
        .order(domain_rules::domain)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_rule).collect()
}

/// The domains of rules whose time is over.
pub fn list_expired(conn: &mut Conn, now: Timestamp) -> Result<Vec<String>, Error> {
    let expired = domain_rules::table
        .filter(domain_rules::ended_at.is_null())
        .filter(domain_rules::expires_at.le(micros(now)));
    Ok(expired.order(domain_rules::domain).select(domain_rules::domain).load(conn)?)
}

/// Ends a rule.
pub fn end(conn: &mut Conn, domain: &str, now: Timestamp) -> Result<(), Error> {
    let target = domain_rules::table.find(domain).filter(domain_rules::ended_at.is_null());
    diesel::update(target).set(domain_rules::ended_at.eq(micros(now))).execute(conn)?;
    gate::note_change(conn)
}

/// Forgets rules that ended before a time.
pub fn delete_ended_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = domain_rules::table.filter(domain_rules::ended_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

/// Keeps a list until a steward has looked at it.
pub fn insert_draft(conn: &mut Conn, id: DraftId, list: &str, now: Timestamp) -> Result<(), Error> {
    diesel::insert_into(domain_drafts::table)
        .values((
            domain_drafts::id.eq(id.number()),
            domain_drafts::list.eq(list),
            domain_drafts::made_at.eq(micros(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A list that waits for a look.
pub fn find_draft(conn: &mut Conn, id: DraftId) -> Result<String, Error> {
    Ok(domain_drafts::table.find(id.number()).select(domain_drafts::list).first(conn)?)
}

/// The lists that wait, the newest first, and since when.
pub fn list_drafts(conn: &mut Conn) -> Result<Vec<(DraftId, Timestamp)>, Error> {
    let rows: Vec<(i64, i64)> = domain_drafts::table
        .order(domain_drafts::id.desc())
        .select((domain_drafts::id, domain_drafts::made_at))
        .load(conn)?;
    rows.into_iter().map(|(id, at)| Ok((Id::from_number(id), time(at)?))).collect()
}

/// Throws a list away; whether it was there.
pub fn delete_draft(conn: &mut Conn, id: DraftId) -> Result<bool, Error> {
    Ok(diesel::delete(domain_drafts::table.find(id.number())).execute(conn)? > 0)
}

/// Throws away lists that came before a time.
pub fn delete_drafts_before(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let old = domain_drafts::table.filter(domain_drafts::made_at.lt(micros(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

impl From<&DomainRule> for Row {
    fn from(rule: &DomainRule) -> Self {
        Self {
            domain: rule.domain.clone(),
            severity: rule.severity.word().to_owned(),
            reject_media: rule.reject_media,
            reject_reports: rule.reject_reports,
            obfuscate: rule.obfuscate,
            public_comment: rule.public_comment.clone(),
            private_comment: rule.private_comment.clone(),
            source: rule.source.word().to_owned(),
            made_by: rule.made_by.map(Id::number),
            made_at: micros(rule.made_at),
            expires_at: rule.expires_at.map(micros),
            ended_at: rule.ended_at.map(micros),
        }
    }
}

impl Row {
    fn into_rule(self) -> Result<DomainRule, Error> {
        Ok(DomainRule {
            severity: word(Severity::from_word(&self.severity), &self.severity)?,
            source: word(Source::from_word(&self.source), &self.source)?,
            made_by: self.made_by.map(Id::from_number),
            made_at: time(self.made_at)?,
            expires_at: time_if_any(self.expires_at)?,
            ended_at: time_if_any(self.ended_at)?,
            domain: self.domain,
            reject_media: self.reject_media,
            reject_reports: self.reject_reports,
            obfuscate: self.obfuscate,
            public_comment: self.public_comment,
            private_comment: self.private_comment,
        })
    }
}
