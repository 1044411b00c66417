//! Blocking a host or an actor: nothing comes in from it, nothing goes out to it, and nothing of it
//! is shown. What it sent before stays stored, so that a block which was a mistake can be undone.
//!
//! Pacts are the exception: a block ends them, whoever blocks, and ending a block does not bring
//! them back. What was said meanwhile was not heard, so nobody knows whether the other side still
//! wants one; both are asked by proposing it anew.

use crate::actions::record_act::{Act, record};
use crate::actions::{domain_rules, pact};
use crate::app::App;
use crate::db::hosts::{self, Block};
use crate::db::{Conn, inboxes, queue};
use crate::domain::block::{Blocks, is_public_suffix, subject};
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// Blocks a host (`evil.example`, its subdomains included) or an actor by its address; nothing under
/// which many have their hosts, because that is a slip most of the time.
pub async fn block(app: &App, typed: &str, reason: &str) -> Result<Block, Error> {
    block_as(app, None, typed, reason).await
}

/// Blocks like [`block`]; the log says who did it. None is a command.
pub async fn block_as(
    app: &App,
    by: Option<MemberId>,
    typed: &str,
    reason: &str,
) -> Result<Block, Error> {
    match subject(typed) {
        Some(subject) if is_public_suffix(&subject) => Err(Refusal::BlockTooWide.into()),
        _ => write_block(app, by, typed, reason).await,
    }
}

/// Blocks like [`block`], and also a name under which many have their hosts.
pub async fn block_anything(app: &App, typed: &str, reason: &str) -> Result<Block, Error> {
    write_block(app, None, typed, reason).await
}

async fn write_block(
    app: &App,
    by: Option<MemberId>,
    typed: &str,
    reason: &str,
) -> Result<Block, Error> {
    let subject = subject(typed).ok_or(Refusal::NoHost)?;
    if subject == app.collective.domain() {
        return Err(Refusal::NoHost.into());
    }
    let block = Block { subject, reason: reason.trim().to_owned(), blocked_at: app.now() };
    let stored = block.clone();
    app.change(move |app, conn, _| {
        hosts::block(conn, &stored.subject, &stored.reason, stored.blocked_at)?;
        record(app, conn, by, Act::HostBlocked, &stored.subject, &stored.reason)?;
        pact::end_blocked(app, conn, &Blocks::new([stored.subject]))
    })
    .await?;
    app.read_blocks().await?;
    Ok(block)
}

/// Ends a block. A host, or an actor's own inbox, gets what is said from now on, and nothing that was
/// said meanwhile. First of all those who had a pact with us hear that it is over.
pub async fn unblock(app: &App, typed: &str) -> Result<String, Error> {
    unblock_as(app, None, typed).await
}

/// Ends a block like [`unblock`]; the log says who did it. None is a command.
pub async fn unblock_as(app: &App, by: Option<MemberId>, typed: &str) -> Result<String, Error> {
    let subject = subject(typed).ok_or(Refusal::NoHost)?;
    let ended = subject.clone();
    let found = app
        .change(move |app, conn, events| {
            let found = end(app, conn, events, &ended)?;
            if found {
                record(app, conn, by, Act::HostUnblocked, &ended, "")?;
                // A suspension is a block: whoever ends the one ends the other.
                domain_rules::end_with_block(app, conn, &ended)?;
            }
            Ok(found)
        })
        .await?;
    app.read_blocks().await?;
    if found { Ok(subject) } else { Err(Error::NotFound) }
}

/// Ends a block, inside a transaction that is under way; whether there was one.
pub fn end(
    app: &App,
    conn: &mut Conn,
    events: &mut Vec<Event>,
    subject: &str,
) -> Result<bool, Error> {
    if !hosts::unblock(conn, subject)? {
        return Ok(false);
    }
    let blocks = Blocks::new([subject.to_owned()]);
    let silent = inboxes::list_silent(conn, &blocks)?;
    queue::drop_waiting(conn, silent)?;
    for line in queue::list_hosts(conn)?.iter().filter(|line| blocks.covers_host(&line.host)) {
        queue::drop_all(conn, &line.host)?;
    }
    pact::tell_unblocked(app, conn, events, &blocks)?;
    Ok(true)
}
