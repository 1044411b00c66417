//! What waits to go out, what came in, and whether anybody works on it.

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::queue::HostLine;
use crate::db::{self, Conn, hosts, journal, marks, queue};
use crate::doctor::Visit;
use crate::domain::finding::Finding;
use crate::error::Error;

/// What is looked at.
pub const IDS: &[&str] = &[
    "queue.runs",
    "queue.received",
    "queue.failed",
    "queue.paused",
    "queue.hosts",
    "queue.leases",
];

/// A server looks after itself every half a minute: after this time, none does.
const SILENCE: SignedDuration = SignedDuration::from_mins(5);
/// What came in is processed within seconds: after this time, something is wrong.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// No lease lasts longer, whatever happens, unless the clock was set back.
const LONGEST_LEASE: SignedDuration = SignedDuration::from_mins(10);
/// A host that took nothing for this long may be gone for good.
const DEAD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A host that took nothing for this long is not merely restarting.
const AWAY: SignedDuration = SignedDuration::from_hours(1);
/// Of so many hosts that we deliver to, half of them away are no accident of theirs.
const SEVERAL: usize = 4;
/// How many hosts are named.
const NAMED: usize = 5;

/// Looks at the queues.
pub async fn look(app: &App, visit: Visit) -> Vec<Finding> {
    let (now, is_off) = (app.now(), app.gate().is_off());
    let looked = app.db.read(move |conn| look_at(conn, now, is_off)).await;
    let mut found = looked.unwrap_or_else(|error| vec![super::broken("queue.runs", &error)]);
    found.push(super::or_broken("queue.leases", leases(app, visit, now).await));
    found
}

fn look_at(conn: &mut Conn, now: Timestamp, is_off: bool) -> Result<Vec<Finding>, Error> {
    let depth = journal::depth(conn)?;
    let failed = match depth.failed {
        0 => Finding::ok("queue.failed", "doctor-failed-ok"),
        count => Finding::note("queue.failed", "doctor-failed-some")
            .and_do("doctor-failed-do")
            .with("count", count),
    };
    let paused = match hosts::is_paused(conn, hosts::ALL)? {
        false => Finding::ok("queue.paused", "doctor-paused-ok"),
        true => Finding::note("queue.paused", "doctor-paused-all").and_do("doctor-paused-do"),
    };
    let received = received(conn, now, is_off)?;
    Ok(vec![runs(conn, now)?, received, failed, paused, away(&queue::list_hosts(conn)?, now)])
}

fn runs(conn: &mut Conn, now: Timestamp) -> Result<Finding, Error> {
    const ID: &str = "queue.runs";
    Ok(match marks::find(conn, marks::ALIVE)? {
        Some(at) if now.duration_since(at) <= SILENCE => Finding::ok(ID, "doctor-runs-ok"),
        _ => Finding::note(ID, "doctor-runs-not").and_do("doctor-runs-do"),
    })
}

fn received(conn: &mut Conn, now: Timestamp, is_off: bool) -> Result<Finding, Error> {
    const ID: &str = "queue.received";
    let oldest = db::doctor::find_oldest_due(conn, now)?;
    let age = oldest.map_or(SignedDuration::ZERO, |oldest| now.duration_since(oldest));
    let finding = match age > LATE {
        false => Finding::ok(ID, "doctor-received-ok"),
        // Then it waits as it should.
        true if is_off => Finding::note(ID, "doctor-received-off"),
        true => Finding::wrong(ID, "doctor-received-late", "doctor-received-do"),
    };
    Ok(finding.with("count", journal::waiting(conn)?).with("minutes", age.as_secs() / 60))
}

fn away(lines: &[HostLine], now: Timestamp) -> Finding {
    const ID: &str = "queue.hosts";
    let (away, dead) = (failing_for(AWAY, lines, now), failing_for(DEAD, lines, now));
    match () {
        () if lines.len() >= SEVERAL && away.len() * 2 > lines.len() => {
            name(Finding::wrong(ID, "doctor-hosts-most", "doctor-hosts-most-do"), &away)
        }
        () if !dead.is_empty() => {
            name(Finding::note(ID, "doctor-hosts-dead").and_do("doctor-hosts-do"), &dead)
        }
        () if !away.is_empty() => {
            name(Finding::note(ID, "doctor-hosts-some").and_do("doctor-hosts-do"), &away)
        }
        () => Finding::ok(ID, "doctor-hosts-ok").with("count", lines.len()),
    }
}

/// The hosts that have taken nothing for so long.
fn failing_for(wanted: SignedDuration, lines: &[HostLine], now: Timestamp) -> Vec<&str> {
    let is_long = |line: &&HostLine| {
        let since = line.failing_since.and_then(|since| Timestamp::from_microsecond(since).ok());
        since.is_some_and(|since| now.duration_since(since) >= wanted)
    };
    lines.iter().filter(is_long).map(|line| line.host.as_str()).collect()
}

fn name(finding: Finding, hosts: &[&str]) -> Finding {
    let named: Vec<&str> = hosts.iter().take(NAMED).copied().collect();
    finding.with("count", hosts.len()).with("hosts", named.join(", "))
}

async fn leases(app: &App, visit: Visit, now: Timestamp) -> Result<Finding, Error> {
    const ID: &str = "queue.leases";
    let after = now.saturating_add(LONGEST_LEASE).unwrap_or(now);
    let stuck = app.db.read(move |conn| db::doctor::count_leases_after(conn, after)).await?;
    let finding = match (stuck, visit.mends) {
        (0, _) => return Ok(Finding::ok(ID, "doctor-leases-ok")),
        (_, false) => Finding::wrong(ID, "doctor-leases-wrong", "doctor-leases-do"),
        (_, true) => {
            app.db.write(move |conn| db::doctor::release_leases_after(conn, after)).await?;
            Finding::mended(ID, "doctor-leases-mended")
        }
    };
    Ok(finding.with("count", stuck))
}
