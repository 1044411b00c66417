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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::config::Federation;
    use crate::set_up::PATIENCE;

    /// What is said of an address, by a client that may ask this machine or not.
    async fn said(base: &str, may_ask_us: bool) -> Vec<(Verdict, &'static str)> {
        let mut federation = Federation { allow_http: may_ask_us, ..Federation::default() };
        if may_ask_us {
            federation.allow_private.push("127.0.0.0/8".parse().unwrap());
        }
        let client = Client::new(&federation, PATIENCE).unwrap();
        let found = look(&client, &base.parse().unwrap(), "the-mark").await;
        assert!(found.iter().all(|each| each.next.is_some() == (each.verdict != Verdict::Well)));
        found.into_iter().map(|each| (each.verdict, each.what)).collect()
    }

    /// Somebody who hears a question, says these words and hangs up.
    async fn somebody(words: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut heard = [0; 4_096];
                let _ = stream.read(&mut heard).await;
                let _ = stream.write_all(words.as_bytes()).await;
            }
        });
        port
    }

    #[tokio::test]
    async fn each_way_in_which_nobody_comes_through_is_told_from_the_others() {
        let name = (Verdict::Well, "set-up-check-name-well");
        let nowhere = said("http://ring.invalid/", true).await;
        assert_eq!(nowhere, [(Verdict::Wrong, "set-up-check-name-wrong")]);
        let private = said("https://127.0.0.1/", false).await;
        assert_eq!(private, [name, (Verdict::Wrong, "set-up-check-private")]);

        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let away = said(&format!("http://127.0.0.1:{gone}/"), true).await;
        assert_eq!(away, [name, (Verdict::Unsure, "set-up-check-reach-unsure")]);
        let silent = somebody("").await;
        let bare = said(&format!("https://127.0.0.1:{silent}/"), true).await;
        assert_eq!(bare, [name, (Verdict::Wrong, "set-up-check-tls-wrong")]);

        let other = somebody("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
        let other = said(&format!("http://127.0.0.1:{other}/"), true).await;
        assert_eq!(other, [name, (Verdict::Wrong, "set-up-check-finger-wrong")]);
        let us = somebody("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe-mark").await;
        let us = said(&format!("http://127.0.0.1:{us}/"), true).await;
        assert_eq!(us, [name, (Verdict::Well, "set-up-check-finger-well")]);
    }
}
