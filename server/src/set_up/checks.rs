//! A look at our own address, as others see it: its name, its certificate, and whether what they ask
//! comes through to us.

use std::time::Duration;

use http::HeaderMap;
use url::Url;

use crate::client::{Client, NoAnswer};
use crate::domain::collective::domain_of;
use crate::web::set_up::{Checked, Verdict};

/// How long a name may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Looks; `mark` is found there if a request ends with us.
pub async fn look(client: &Client, base: &Url, mark: &str) -> Vec<Checked> {
    let about = domain_of(base);
    let say = |verdict, what, next| Checked { verdict, what, next, about: about.clone() };
    if !leads_somewhere(base).await {
        let next = Some("set-up-check-name-next");
        return vec![say(Verdict::Wrong, "set-up-check-name-wrong", next)];
    }
    let mut found = vec![say(Verdict::Well, "set-up-check-name-well", None)];
    let question = format!(".well-known/webfinger?resource=acct:{mark}@{about}");
    let answer = match base.join(&question) {
        Ok(url) => client.get(&url, HeaderMap::new()).await,
        Err(_) => return found,
    };
    match answer {
        Ok(answer) => {
            if base.scheme() == "https" {
                found.push(say(Verdict::Well, "set-up-check-tls-well", None));
            }
            found.push(match String::from_utf8_lossy(&answer.body).contains(mark) {
                true => say(Verdict::Well, "set-up-check-finger-well", None),
                false => {
                    let next = Some("set-up-check-finger-next");
                    say(Verdict::Wrong, "set-up-check-finger-wrong", next)
                }
            });
        }
        Err(NoAnswer::Never(_)) => {
            let next = Some("set-up-check-private-next");
            found.push(say(Verdict::Wrong, "set-up-check-private", next));
        }
        Err(NoAnswer::NotNow(error)) => found.push(match is_about_tls(&error) {
            true => say(Verdict::Wrong, "set-up-check-tls-wrong", Some("set-up-check-tls-next")),
            false => {
                let next = Some("set-up-check-reach-next");
                say(Verdict::Unsure, "set-up-check-reach-unsure", next)
            }
        }),
    }
    found
}

async fn leads_somewhere(base: &Url) -> bool {
    let (Some(host), Some(port)) = (base.host_str(), base.port_or_known_default()) else {
        return false;
    };
    // A number of version 6 stands in brackets in an address.
    let host = host.trim_matches(['[', ']']).to_owned();
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    match found {
        Ok(Ok(mut addresses)) => addresses.next().is_some(),
        _ => false,
    }
}

/// The client says why in words.
fn is_about_tls(error: &anyhow::Error) -> bool {
    let words = format!("{error:#}").to_lowercase();
    ["certificate", "handshake", "tls"].iter().any(|word| words.contains(word))
}
