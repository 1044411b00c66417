//! `mutuals healthcheck`: what a container or a service manager asks, without another program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::cli::output::Output;
use crate::config::Config;

/// How long the server may take, which itself waits two seconds for its database.
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Args)]
pub struct Healthcheck {
    /// Ask whether it can do its work, not only whether it runs. Whoever restarts what does not run
    /// should not ask this: bringing the database up to date after an update may take long.
    #[arg(long)]
    ready: bool,
}

impl Healthcheck {
    pub async fn run(self, config: &Config, output: &Output) -> anyhow::Result<()> {
        let Some(address) = config.health.address()? else {
            bail!("the configuration key health.listen is empty: nobody tells how the server is");
        };
        let address = within(address);
        let path = if self.ready { "/readyz" } else { "/livez" };
        let asked = timeout(LONGEST, ask(address, path)).await;
        let answer = asked
            .with_context(|| format!("no answer on {address} in {} s", LONGEST.as_secs()))?
            .with_context(|| format!("no server answers on {address}"))?;
        let (head, says) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
        let (status, says) = (head.split(' ').nth(1).unwrap_or_default(), says.trim());
        if status != "200" {
            bail!("the server says: {says} ({status})");
        }
        output.line(says, &json!({"id": path.trim_start_matches('/'), "state": says}));
        Ok(())
    }
}

/// How this machine reaches an address of its own: one that stands for all of them is nobody's.
fn within(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_asked_at_the_one_of_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:9090", "127.0.0.1:9090"),
            ("[::]:9090", "[::1]:9090"),
            ("10.0.0.2:9191", "10.0.0.2:9191"),
        ] {
            assert_eq!(within(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
