//! What is set, and what it lets happen.

use crate::app::App;
use crate::db::{Conn, covenants, members, proposals, telling};
use crate::doctor::{House, bytes};
use crate::domain::finding::Finding;
use crate::error::Error;

/// What an idle server takes, in bytes, and what a connection takes besides, with its buffers.
const IDLE: u64 = 48 * 1024 * 1024;
const CONNECTION: u64 = 16 * 1024;

/// Where Linux says how much memory this process may have, in both ways that there are.
const MEMORY: [&str; 2] =
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
/// More than any machine has: what the older way says if there is no limit.
const NO_LIMIT: u64 = 1 << 60;

/// How much of what went out, and of what was confided, is compared.
const SENT: i64 = 1_000;
const CONFIDED: usize = 500;
/// What is shorter, in characters, may stand anywhere by chance.
const TELLING: usize = 8;

/// Looks at what is set, and at what it lets out.
pub async fn look(app: &App, house: &House) -> Vec<Finding> {
    let mut found = look_at(house);
    let (joining, looked) = (house.config.joining.open, app.db.read(private).await);
    found.push(super::or_broken("settings.private", looked));
    let rule = app.db.read(|conn| Ok(covenants::current(conn)?.rule)).await;
    let joining = rule.map(|rule| match joining && rule.vouches_needed == 0 {
        false => Finding::ok("settings.joining", "doctor-joining-ok"),
        true => {
            Finding::note("settings.joining", "doctor-joining-open").and_do("doctor-joining-do")
        }
    });
    found.push(super::or_broken("settings.joining", joining));
    found.push(standing(app));
    found
}

/// What was meant for a while, and is forgotten easily.
fn standing(app: &App) -> Finding {
    const ID: &str = "settings.standing";
    let quiet = app.quiet().quiet;
    if app.is_in_quarantine() {
        Finding::note(ID, "doctor-standing-quarantine").and_do("doctor-standing-quarantine-do")
    } else if quiet.is_lockdown() {
        Finding::note(ID, "doctor-standing-lockdown").and_do("doctor-standing-quiet-do")
    } else if quiet.is_quiet() {
        Finding::note(ID, "doctor-standing-quiet").and_do("doctor-standing-quiet-do")
    } else {
        Finding::ok(ID, "doctor-standing-ok")
    }
}

/// Looks at what can be known without the database.
pub fn look_at(house: &House) -> Vec<Finding> {
    let limit = MEMORY.iter().find_map(|file| std::fs::read_to_string(file).ok());
    let limit = limit.and_then(|text| text.trim().parse::<u64>().ok());
    let limits = &house.config.limits;
    let strangers = u64::try_from(limits.strangers.saturating_mul(limits.body));
    let connections = u64::try_from(limits.connections).unwrap_or(u64::MAX);
    let needed = IDLE
        .saturating_add(connections.saturating_mul(CONNECTION))
        .saturating_add(strangers.unwrap_or(u64::MAX));
    vec![
        log(&house.config.log.level),
        plain(house),
        memory(limit.filter(|limit| *limit < NO_LIMIT), needed),
        Finding::skipped("settings.release", "doctor-release-none")
            .with("version", env!("CARGO_PKG_VERSION")),
    ]
}

/// At these levels, what peers send stands in the log.
fn log(level: &str) -> Finding {
    const ID: &str = "settings.log";
    let level = level.to_ascii_lowercase();
    match ["debug", "trace"].iter().any(|word| level.contains(word)) {
        false => Finding::ok(ID, "doctor-loglevel-ok").with("level", level),
        true => {
            Finding::wrong(ID, "doctor-loglevel-wrong", "doctor-loglevel-do").with("level", level)
        }
    }
}

fn plain(house: &House) -> Finding {
    const ID: &str = "settings.plain";
    match house.config.federation.allow_http {
        false => Finding::ok(ID, "doctor-plain-ok"),
        true => Finding::note(ID, "doctor-plain-note").and_do("doctor-plain-do"),
    }
}

fn memory(limit: Option<u64>, needed: u64) -> Finding {
    const ID: &str = "settings.memory";
    let Some(limit) = limit else { return Finding::ok(ID, "doctor-memory-free") };
    let finding = match limit >= needed {
        true => Finding::ok(ID, "doctor-memory-ok"),
        false => Finding::wrong(ID, "doctor-memory-wrong", "doctor-memory-do"),
    };
    finding.with("limit", bytes(limit)).with("needed", bytes(needed))
}

/// Whether something that was confided stands in what went out to everybody: for whom somebody
/// asked, and where members get mail. People may write it into a public text themselves, so it is
/// no more than a reason to look.
fn private(conn: &mut Conn) -> Result<Finding, Error> {
    const ID: &str = "settings.private";
    let mut confided = Vec::new();
    for proposal in proposals::list(conn)?.iter().take(CONFIDED) {
        match proposals::find_private(conn, proposal.id) {
            Ok(private) => confided.extend(private.on_behalf_of),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    for member in members::list(conn)? {
        confided.extend(telling::find(conn, member.id)?.email);
    }
    confided.retain(|text| text.chars().count() >= TELLING);
    let sent = crate::db::doctor::list_public_bodies(conn, SENT)?;
    let stands = |text: &&String| sent.iter().any(|body| body.contains(text.as_str()));
    Ok(match confided.iter().filter(stands).count() {
        0 => Finding::ok(ID, "doctor-private-ok").with("count", confided.len()),
        count => Finding::note(ID, "doctor-private-note")
            .and_do("doctor-private-do")
            .with("count", count),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::State;

    #[test]
    fn a_log_that_says_everything_is_named() {
        for level in ["debug", "info,mutuals=trace", "DEBUG"] {
            assert_eq!(log(level).state, State::Wrong, "{level}");
        }
        assert_eq!(log("info").state, State::Ok);
        assert_eq!(log("warn,hyper=info").state, State::Ok);
    }

    #[test]
    fn a_limit_of_memory_is_compared_with_what_the_settings_may_need() {
        assert_eq!(memory(None, 100).state, State::Ok);
        assert_eq!(memory(Some(100), 100).state, State::Ok);
        assert_eq!(memory(Some(99), 100).state, State::Wrong);
    }
}
