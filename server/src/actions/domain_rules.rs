//! Rules about the servers of a domain: what they would concern, making them, and undoing them.
//!
//! A suspension is a block with an end that is told before: it cuts off who follows us there and
//! whom we follow, keeps for thirty days what that was, and has a row in `blocks`, so that every
//! question about blocks has its answer in one place. Nothing else cuts anything: a limit leaves
//! followers, pacts and promises as they are.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::actions::record_act::{Act, record};
use crate::actions::{block, pact};
use crate::app::App;
use crate::db::severed::{self, Cut};
use crate::db::{Conn, domain_rules, gate, hosts};
use crate::domain::block::{Blocks, is_public_suffix};
use crate::domain::domain_rule::{
    Concerned, DomainRule, LONGEST_COMMENT, Severity, Source, UNDO, domain,
};
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::text;

/// What a steward wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The domain as it was typed.
    pub domain: String,
    /// How much is kept away.
    pub severity: Severity,
    /// Whether files of theirs are refused.
    pub reject_media: bool,
    /// Whether their reports are thrown away.
    pub reject_reports: bool,
    /// Whether the domain should not be readable in public lists.
    pub obfuscate: bool,
    /// Why, for everybody.
    pub public_comment: String,
    /// Why, for the stewards.
    pub private_comment: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Whether pacts there may end with it.
    pub ends_pacts: bool,
    /// Whether a domain is meant under which many have their servers.
    pub is_wide: bool,
}

impl Wish {
    /// A rule of a severity about a domain, and nothing else.
    pub fn new(domain: &str, severity: Severity) -> Self {
        Self {
            domain: domain.to_owned(),
            severity,
            reject_media: false,
            reject_reports: false,
            obfuscate: false,
            public_comment: String::new(),
            private_comment: String::new(),
            expires_at: None,
            ends_pacts: false,
            is_wide: false,
        }
    }
}

/// Reads a domain that may have a rule: none of ours, and none under which many have their servers.
pub fn check(app: &App, typed: &str, is_wide: bool) -> Result<String, Refusal> {
    let domain = domain(typed).ok_or(Refusal::NoHost)?;
    if Blocks::new([domain.clone()]).covers_host(&app.collective.domain()) {
        return Err(Refusal::CoversUs);
    }
    if is_public_suffix(&domain) && !is_wide {
        return Err(Refusal::BlockTooWide);
    }
    Ok(domain)
}

/// What a rule about a domain would concern, and what a suspension of it would cut off.
pub async fn preview(app: &App, typed: &str) -> Result<(String, Concerned), Error> {
    let domain = check(app, typed, true)?;
    let blocks = Blocks::new([domain.clone()]);
    let concerned = app.db.read(move |conn| severed::concerned(conn, &blocks)).await?;
    Ok((domain, concerned))
}

/// Makes a rule, in place of the one about the same domain.
pub async fn set(app: &App, by: Option<MemberId>, wish: Wish) -> Result<DomainRule, Error> {
    let rule = rule(app, by, &wish)?;
    let rule = app
        .change(move |app, conn, events| {
            let blocks = Blocks::new([rule.domain.clone()]);
            let suspends = rule.severity == Severity::Suspend;
            if suspends && !wish.ends_pacts && !severed::concerned(conn, &blocks)?.pacts.is_empty()
            {
                return Err(Refusal::PactThere.into());
            }
            if !suspends {
                // Whoever makes a milder rule by hand means it, also where there was a block before.
                block::end(app, conn, events, &rule.domain)?;
            }
            put(app, conn, events, std::slice::from_ref(&rule))?;
            let done = match rule.severity {
                Severity::Suspend => Act::DomainSuspended,
                Severity::Limit | Severity::Noop => Act::DomainLimited,
            };
            record(app, conn, by, done, &rule.domain, &rule.public_comment)?;
            Ok(rule)
        })
        .await?;
    app.read_blocks().await?;
    Ok(rule)
}

/// Ends a rule. What a suspension cut off within the last thirty days comes back.
pub async fn undo(app: &App, by: Option<MemberId>, typed: &str) -> Result<(String, Cut), Error> {
    let domain = domain(typed).ok_or(Refusal::NoHost)?;
    let subject = domain.clone();
    let cut = app
        .change(move |app, conn, events| {
            let rule = domain_rules::find(conn, &subject)?;
            let rule = rule.filter(DomainRule::is_active).ok_or(Refusal::NoRule)?;
            lift(app, conn, events, by, &rule)
        })
        .await?;
    app.read_blocks().await?;
    Ok((domain, cut))
}

/// Ends the rules whose time is over, as whoever made them said; answers how many.
pub async fn end_expired(app: &App) -> Result<usize, Error> {
    let now = app.now();
    if app.db.read(move |conn| domain_rules::list_expired(conn, now)).await?.is_empty() {
        return Ok(0);
    }
    let ended = app
        .change(move |app, conn, events| {
            let expired = domain_rules::list_expired(conn, now)?;
            for domain in &expired {
                if let Some(rule) = domain_rules::find(conn, domain)? {
                    lift(app, conn, events, None, &rule)?;
                }
            }
            Ok(expired.len())
        })
        .await?;
    app.read_blocks().await?;
    Ok(ended)
}

/// Forgets for good what was cut off too long ago to come back.
pub fn forget_severed(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let before = now.saturating_sub(UNDO).unwrap_or(now);
    severed::delete_before(conn, before)?;
    domain_rules::delete_ended_before(conn, before)?;
    domain_rules::delete_drafts_before(conn, before)?;
    Ok(())
}

/// Puts rules into force, inside a transaction that is under way.
pub fn put(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    rules: &[DomainRule],
) -> Result<(), Error> {
    let standing: HashMap<String, Severity> =
        domain_rules::list(conn)?.into_iter().map(|rule| (rule.domain, rule.severity)).collect();
    for rule in rules {
        let was_suspended = standing.get(&rule.domain) == Some(&Severity::Suspend);
        if was_suspended && rule.severity != Severity::Suspend {
            block::end(app, conn, events, &rule.domain)?;
            restore(app, conn, &rule.domain)?;
        }
        domain_rules::upsert(conn, rule)?;
    }
    suspend(app, conn, rules)?;
    gate::note_change(conn)
}

/// Blocks what these rules suspend, and cuts off what ties us to it.
fn suspend(app: &App, conn: &mut Conn, rules: &[DomainRule]) -> Result<(), Error> {
    let mut names = Vec::new();
    for rule in rules.iter().filter(|rule| rule.severity == Severity::Suspend) {
        let why = [&rule.public_comment, &rule.private_comment];
        let why = why.into_iter().find(|why| !why.is_empty()).map_or("", String::as_str);
        hosts::insert_block(conn, &rule.domain, why, app.now())?;
        names.push(rule.domain.clone());
    }
    if names.is_empty() {
        return Ok(());
    }
    let blocks = Blocks::new(names);
    pact::end_blocked(app, conn, &blocks)?;
    severed::cut(conn, &blocks, app.now()).map(drop)
}

/// Ends the rule that suspends a host whose block ended.
pub fn end_with_block(app: &App, conn: &mut Conn, subject: &str) -> Result<(), Error> {
    let rule = domain_rules::find(conn, subject)?.filter(DomainRule::is_active);
    if rule.is_some_and(|rule| rule.severity == Severity::Suspend) {
        domain_rules::end(conn, subject, app.now())?;
        restore(app, conn, subject)?;
    }
    Ok(())
}

fn lift(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    by: Option<MemberId>,
    rule: &DomainRule,
) -> Result<Cut, Error> {
    domain_rules::end(conn, &rule.domain, app.now())?;
    let mut cut = Cut::default();
    if rule.severity == Severity::Suspend {
        block::end(app, conn, events, &rule.domain)?;
        cut = restore(app, conn, &rule.domain)?;
    }
    record(app, conn, by, Act::DomainLifted, &rule.domain, "")?;
    Ok(cut)
}

fn restore(app: &App, conn: &mut Conn, domain: &str) -> Result<Cut, Error> {
    // What is too old to come back may still be there: housekeeping does not run all the time.
    forget_old(conn, app.now())?;
    severed::restore(conn, &|| app.clock.new_id::<()>().number(), domain)
}

fn forget_old(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    severed::delete_before(conn, now.saturating_sub(UNDO).unwrap_or(now)).map(drop)
}

fn rule(app: &App, by: Option<MemberId>, wish: &Wish) -> Result<DomainRule, Error> {
    let domain = check(app, &wish.domain, wish.is_wide)?;
    if wish.expires_at.is_some_and(|end| end <= app.now()) {
        return Err(Refusal::UntilInThePast.into());
    }
    let comment = |typed: &str| text::one_line(typed.trim(), LONGEST_COMMENT - 1);
    Ok(DomainRule {
        domain,
        severity: wish.severity,
        reject_media: wish.reject_media,
        reject_reports: wish.reject_reports,
        obfuscate: wish.obfuscate,
        public_comment: comment(&wish.public_comment),
        private_comment: comment(&wish.private_comment),
        source: Source::Hand,
        made_by: by,
        made_at: app.now(),
        expires_at: wish.expires_at,
        ended_at: None,
    })
}
