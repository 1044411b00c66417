//! How the world sees us: asked through our own public address.
//!
//! A nonce shows that the address leads to this instance and to no other; a signed loop-back shows
//! what a proxy makes of a request ([`crate::federation::loopback`]). See [`crate::client::own`] for
//! why an address at home may be asked here.

use std::net::IpAddr;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::{Host, Url};

use crate::app::App;
use crate::client::addresses::is_at_home;
use crate::client::own::{Own, look_up};
use crate::db::doctor;
use crate::doctor::{Visit, broken, certificate};
use crate::domain::finding::Finding;
use crate::error::Error;
use crate::federation::loopback;
use crate::keys;

mod arrival;
mod documents;

/// What is looked at.
pub const IDS: &[&str] = &[
    "outside.name",
    "outside.reached",
    "outside.tls",
    "outside.host",
    "outside.body",
    "outside.packed",
    "outside.signature",
    "outside.forwarded",
    "outside.webfinger",
    "outside.host-meta",
    "outside.nodeinfo",
    "outside.nodeinfo-document",
    "outside.actor",
];

/// A certificate is renewed when it is good for a month: with less than this, that did not work.
const FEW_DAYS: i64 = 14;

/// What Linux says where there is no network of a family: most containers have no IPv6, and that says
/// nothing of others' way to us.
const NO_WAY: [&str; 3] =
    ["Network is unreachable", "Address family not supported", "Cannot assign requested address"];

/// Who answers at our address.
enum Seen {
    /// We do.
    Us(Own, Option<Vec<u8>>),
    /// Somebody else, or something before us.
    Other(String),
    /// Nobody.
    Nobody(String),
    /// It could not be tried: this machine has no network of that family.
    NoWay(String),
}

/// Looks at us from outside.
pub async fn look(app: &App, visit: Visit) -> Vec<Finding> {
    if visit.is_offline {
        return skip(IDS, "doctor-offline");
    }
    match ask(app).await {
        Ok(found) => found,
        Err(error) => vec![broken("outside.reached", &error)],
    }
}

async fn ask(app: &App) -> Result<Vec<Finding>, Error> {
    let nonce = keys::secret()?;
    let (hash, now) = (keys::secret_hash(&nonce), app.now());
    let noted = hash.clone();
    app.db.write(move |conn| doctor::insert_nonce(conn, &noted, now)).await?;
    let found = ask_with(app, &nonce, &hash).await;
    app.db.write(move |conn| doctor::delete_nonce(conn, &hash)).await?;
    Ok(found)
}

async fn ask_with(app: &App, nonce: &str, hash: &str) -> Vec<Finding> {
    let base = &app.collective.base;
    let (name, ways) = name(base).await;
    let mut found = vec![name];
    if ways.is_empty() {
        found.extend(skip(IDS.get(1..).unwrap_or_default(), "doctor-not-reached"));
        return found;
    }
    let mut seen = Vec::new();
    for by in ways {
        seen.push((by, see(base, by, nonce, hash).await));
    }
    found.push(reached(base, &seen));
    found.push(tls(app, &seen));
    let own = seen.into_iter().find_map(|(_, seen)| match seen {
        Seen::Us(own, _) => Some(own),
        Seen::Other(_) | Seen::Nobody(_) | Seen::NoWay(_) => None,
    });
    let Some(own) = own else {
        found.extend(skip(IDS.get(3..).unwrap_or_default(), "doctor-not-reached"));
        return found;
    };
    let (arrival, documents) =
        tokio::join!(arrival::look(app, &own, nonce), documents::look(app, &own));
    found.extend(arrival);
    found.extend(documents);
    found
}

fn skip(ids: &[&'static str], why: &'static str) -> Vec<Finding> {
    ids.iter().map(|id| Finding::skipped(id, why)).collect()
}

/// Whether our name is found, and the ways to us: an address of each family; none to choose if the
/// name is a number.
async fn name(base: &Url) -> (Finding, Vec<Option<IpAddr>>) {
    const ID: &str = "outside.name";
    let host = base.host_str().unwrap_or_default();
    let Some(Host::Domain(name)) = base.host() else {
        return (Finding::ok(ID, "doctor-name-number").with("host", host), vec![None]);
    };
    let found = match look_up(name).await {
        Ok(found) if !found.is_empty() => found,
        Ok(_) => {
            let finding = Finding::wrong(ID, "doctor-name-wrong", "doctor-name-do");
            return (finding.with("host", host), Vec::new());
        }
        Err(error) => {
            let why = error.to_string();
            // Without a name server nothing can be said about the name.
            let is_silent = error.kind() == std::io::ErrorKind::TimedOut
                || ["emporary failure", "Try again"].iter().any(|word| why.contains(word));
            let finding = match is_silent {
                true => Finding::skipped(ID, "doctor-name-silent").with("why", why),
                false => Finding::wrong(ID, "doctor-name-wrong", "doctor-name-do"),
            };
            return (finding.with("host", host), Vec::new());
        }
    };
    let said: Vec<String> = found.iter().map(IpAddr::to_string).collect();
    let finding = match found.iter().any(|ip| is_at_home(*ip)) {
        false => Finding::ok(ID, "doctor-name-ok"),
        true => Finding::note(ID, "doctor-name-home").and_do("doctor-name-home-do"),
    };
    let finding =
        finding.with("host", host).with("addresses", said.join(", ")).with("url", base.as_str());
    let of_family = |is_wanted: fn(&&IpAddr) -> bool| found.iter().find(is_wanted).copied();
    let ways = [of_family(|ip| ip.is_ipv4()), of_family(|ip| ip.is_ipv6())];
    (finding, ways.into_iter().flatten().map(Some).collect())
}

async fn see(base: &Url, by: Option<IpAddr>, nonce: &str, hash: &str) -> Seen {
    let own = match Own::new(base, by) {
        Ok(own) => own,
        Err(error) => return Seen::Nobody(format!("{error:#}")),
    };
    match own.get(&loopback::path(nonce), HeaderMap::new()).await {
        Err(error) => {
            let why = error.to_string();
            match NO_WAY.iter().any(|words| why.contains(words)) {
                true => Seen::NoWay(why),
                false => Seen::Nobody(why),
            }
        }
        Ok(told) if told.answer.status != StatusCode::OK => {
            Seen::Other(told.answer.status.to_string())
        }
        Ok(told) => {
            let said: Value = serde_json::from_slice(&told.answer.body).unwrap_or_default();
            match said.get("doctor").and_then(Value::as_str) == Some(hash) {
                true => Seen::Us(own, told.certificate),
                false => Seen::Other("something that is not ours".to_owned()),
            }
        }
    }
}

fn reached(base: &Url, seen: &[(Option<IpAddr>, Seen)]) -> Finding {
    const ID: &str = "outside.reached";
    let is_us = seen.iter().any(|(_, seen)| matches!(seen, Seen::Us(..)));
    let wrong = seen.iter().find(|(_, seen)| matches!(seen, Seen::Other(_) | Seen::Nobody(_)));
    let untried = seen.iter().find(|(_, seen)| matches!(seen, Seen::NoWay(_)));
    let Some((by, who)) = wrong.or(untried) else {
        return Finding::ok(ID, "doctor-reached-ok").with("url", base.as_str());
    };
    let (finding, why) = match who {
        Seen::Us(..) => (Finding::ok(ID, "doctor-reached-ok"), ""),
        Seen::NoWay(why) if is_us => (Finding::ok(ID, "doctor-reached-part"), why.as_str()),
        Seen::NoWay(why) => (Finding::skipped(ID, "doctor-reached-noway"), why.as_str()),
        Seen::Other(why) | Seen::Nobody(why) if is_us => {
            let finding = Finding::wrong(ID, "doctor-reached-half", "doctor-reached-half-do");
            (finding, why.as_str())
        }
        Seen::Other(why) => {
            let finding = Finding::wrong(ID, "doctor-reached-other", "doctor-reached-other-do");
            (finding, why.as_str())
        }
        Seen::Nobody(why) => {
            let finding = Finding::wrong(ID, "doctor-reached-nobody", "doctor-reached-nobody-do");
            (finding, why.as_str())
        }
    };
    let by = by.map_or_else(String::new, |ip| ip.to_string());
    finding.with("why", why).with("address", by).with("url", base.as_str())
}

fn tls(app: &App, seen: &[(Option<IpAddr>, Seen)]) -> Finding {
    const ID: &str = "outside.tls";
    if app.collective.base.scheme() != "https" {
        return Finding::skipped(ID, "doctor-tls-none");
    }
    for (_, seen) in seen {
        match seen {
            Seen::Nobody(why) if why.contains("certificate") => {
                let finding = Finding::wrong(ID, "doctor-tls-wrong", "doctor-tls-do");
                return finding.with("why", why);
            }
            Seen::Us(_, Some(der)) => {
                let Some(days) = certificate::days_left(der, app.now()) else { continue };
                let finding = match days < FEW_DAYS {
                    false => Finding::ok(ID, "doctor-tls-ok"),
                    true => Finding::wrong(ID, "doctor-tls-soon", "doctor-tls-do"),
                };
                return finding.with("days", days);
            }
            _ => {}
        }
    }
    Finding::skipped(ID, "doctor-not-reached")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::State;

    #[test]
    fn f_29_an_address_that_leads_elsewhere_is_told_from_one_that_cannot_be_tried() {
        let base = Url::parse("https://ring.example/").unwrap();
        let us = || Seen::Us(Own::new(&base, None).unwrap(), None);
        let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let (old, new) = (address("192.0.2.1"), address("2001:db8::1"));
        let reached = |seen: &[(Option<IpAddr>, Seen)]| {
            let finding = reached(&base, seen);
            (finding.state, finding.said)
        };
        assert_eq!(reached(&[(old, us()), (new, us())]), (State::Ok, "doctor-reached-ok"));
        let nobody = || Seen::Nobody("cannot connect: Connection refused".into());
        let no_way = || Seen::NoWay("cannot connect: Network is unreachable".into());
        let found = reached(&[(old, us()), (new, no_way())]);
        assert_eq!(found, (State::Ok, "doctor-reached-part"));
        assert_eq!(reached(&[(old, us()), (new, nobody())]), (State::Wrong, "doctor-reached-half"));
        assert_eq!(reached(&[(new, no_way())]), (State::Skipped, "doctor-reached-noway"));
        let found = reached(&[(old, nobody()), (new, no_way())]);
        assert_eq!(found, (State::Wrong, "doctor-reached-nobody"));
    }
}
