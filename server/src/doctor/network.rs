//! Names, forbidden addresses, the clock and the mail server.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use url::{Host, Url};

use crate::app::App;
use crate::client::own::look_up;
use crate::db::{doctor, queue};
use crate::doctor::{Visit, or_broken};
use crate::domain::clocks;
use crate::domain::finding::Finding;
use crate::error::Error;

/// What is looked at.
pub const IDS: &[&str] = &["network.names", "network.guard", "network.clock", "network.mail"];

/// How many names of others are looked up.
const NAMES: usize = 3;
/// A name server that takes longer holds up every delivery to somebody new.
const SLOW: Duration = Duration::from_secs(2);

/// What must never be asked, however it is written.
const FORBIDDEN: [&str; 6] = [
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://169.254.169.254/",
    "https://10.0.0.1/",
    "https://[::ffff:192.168.0.1]/",
    "https://localhost/",
];

/// Looks at the network.
pub async fn look(app: &App, visit: Visit) -> Vec<Finding> {
    let guard = guard(app);
    let clock = or_broken("network.clock", clock(app).await);
    if visit.is_offline {
        let skipped = |id| Finding::skipped(id, "doctor-offline");
        return vec![skipped("network.names"), guard, clock, skipped("network.mail")];
    }
    let (names, mail) = tokio::join!(names(app), mail(app));
    vec![or_broken("network.names", names), guard, clock, mail]
}

/// Names of others are looked up as for a delivery; one that is found is enough, because others may
/// have ended.
async fn names(app: &App) -> Result<Finding, Error> {
    const ID: &str = "network.names";
    let mut lines = app.db.read(queue::list_hosts).await?;
    lines.sort_by_key(|line| std::cmp::Reverse(line.reached_at));
    let hosts = lines.into_iter().filter_map(|line| name_of(&line.host));
    let hosts: Vec<String> = hosts.take(NAMES).collect();
    if hosts.is_empty() {
        return Ok(Finding::skipped(ID, "doctor-names-nobody"));
    }
    let (mut why, began) = (String::new(), Instant::now());
    for host in &hosts {
        match look_up(host).await {
            Ok(found) if !found.is_empty() => {
                let finding = match began.elapsed() > SLOW {
                    false => Finding::ok(ID, "doctor-names-ok"),
                    true => Finding::note(ID, "doctor-names-slow").and_do("doctor-names-do"),
                };
                return Ok(finding.with("host", host));
            }
            Ok(_) => why = "there is no address".to_owned(),
            Err(error) => why = error.to_string(),
        }
    }
    let finding = Finding::wrong(ID, "doctor-names-wrong", "doctor-names-do");
    Ok(finding.with("host", hosts.join(", ")).with("why", why))
}

/// The name of a host, without its port; none if it is a number.
fn name_of(host: &str) -> Option<String> {
    match Url::parse(&format!("https://{host}/")).ok()?.host()? {
        Host::Domain(name) => Some(name.to_owned()),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Whether what is private is refused, as every address is that others name.
fn guard(app: &App) -> Finding {
    const ID: &str = "network.guard";
    let is_let =
        |text: &&&str| Url::parse(text).is_ok_and(|url| app.client.check_address(&url).is_ok());
    let open: Vec<&str> = FORBIDDEN.iter().filter(is_let).copied().collect();
    if open.is_empty() {
        return Finding::ok(ID, "doctor-guard-ok");
    }
    let finding = match is_local(&app.collective.base) {
        // The demo and tests, which nobody reaches from outside.
        true => Finding::note(ID, "doctor-guard-open"),
        false => Finding::wrong(ID, "doctor-guard-open", "doctor-guard-do"),
    };
    finding.with("addresses", open.join(" "))
}

/// Whether an instance stands on this machine only.
fn is_local(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

async fn clock(app: &App) -> Result<Finding, Error> {
    const ID: &str = "network.clock";
    let since = app.now().saturating_sub(clocks::TELLS_FOR).unwrap_or_else(|_| app.now());
    let offsets = app.db.read(move |conn| doctor::list_clocks(conn, since)).await?;
    let count = offsets.len();
    let Some(ahead) = clocks::ahead(offsets) else {
        return Ok(Finding::skipped(ID, "doctor-clock-unknown").with("count", count));
    };
    let off = ahead.abs();
    let finding = if off <= clocks::SMALL {
        Finding::ok(ID, "doctor-clock-ok")
    } else if off <= clocks::LARGE {
        Finding::note(ID, "doctor-clock-off").and_do("doctor-clock-do")
    } else {
        Finding::wrong(ID, "doctor-clock-off", "doctor-clock-do")
    };
    Ok(finding.with("seconds", ahead).with("count", count))
}

async fn mail(app: &App) -> Finding {
    const ID: &str = "network.mail";
    let Some(mailer) = &app.mailer else { return Finding::skipped(ID, "doctor-mail-none") };
    match mailer.greet().await {
        Ok(()) => Finding::ok(ID, "doctor-mail-ok"),
        Err(why) => Finding::wrong(ID, "doctor-mail-wrong", "doctor-mail-do").with("why", why),
    }
}
