//! Sends requests that were prepared, over connections that stay open, as fast as the server takes
//! them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::http::Connection;

/// After this many failures to connect in a row a connection gives up: the server is gone.
const MOST_FAILURES: u32 = 5;

/// Requests, and which to send.
#[derive(Clone)]
pub struct Volley {
    /// Where.
    pub address: SocketAddr,
    /// Whole requests.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// How many to send altogether; they are taken in turn.
    pub count: usize,
    /// Over how many connections.
    pub connections: usize,
    /// Set to end early.
    pub stop: Arc<AtomicBool>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How long it took.
    pub elapsed: Duration,
    /// How often each status was answered; 0 stands for no answer at all.
    pub statuses: BTreeMap<u16, u64>,
    /// The numbers of the requests that were accepted (2xx), sorted.
    pub accepted: Vec<usize>,
    /// How long each answer took, sorted.
    latencies: Vec<Duration>,
}

impl Volley {
    /// A volley of every request once.
    pub fn new(address: SocketAddr, requests: Vec<Vec<u8>>, connections: usize) -> Self {
        let count = requests.len();
        let stop = Arc::new(AtomicBool::new(false));
        Self { address, requests: Arc::new(requests), count, connections, stop }
    }

    /// Sends everything and waits for the last answer.
    pub async fn fire(self) -> Outcome {
        let next = Arc::new(AtomicUsize::new(0));
        let begin = Instant::now();
        let mut lanes = JoinSet::new();
        for _ in 0..self.connections {
            lanes.spawn(lane(self.clone(), Arc::clone(&next)));
        }
        let mut outcome = Outcome::default();
        while let Some(done) = lanes.join_next().await {
            let Ok(part) = done else { continue };
            for (status, count) in part.statuses {
                *outcome.statuses.entry(status).or_default() += count;
            }
            outcome.accepted.extend(part.accepted);
            outcome.latencies.extend(part.latencies);
        }
        outcome.elapsed = begin.elapsed();
        outcome.latencies.sort_unstable();
        outcome.accepted.sort_unstable();
        outcome
    }
}

impl Outcome {
    /// How long `percent` of the answers took at most.
    pub fn latency(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// How often a status from `range` was answered.
    pub fn count(&self, range: std::ops::Range<u16>) -> u64 {
        self.statuses.range(range).map(|(_, count)| count).sum()
    }

    /// Every status and how often, for people.
    pub fn words(&self) -> String {
        let word = |(status, count): (&u16, &u64)| match status {
            0 => format!("{count} × no answer"),
            status => format!("{count} × {status}"),
        };
        self.statuses.iter().map(word).collect::<Vec<_>>().join(", ")
    }
}

async fn lane(volley: Volley, next: Arc<AtomicUsize>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut connection: Option<Connection> = None;
    let mut failures = 0;
    while !volley.stop.load(Ordering::Relaxed) && failures < MOST_FAILURES {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= volley.count {
            break;
        }
        let Some(request) = volley.requests.get(number % volley.requests.len().max(1)) else {
            break;
        };
        let begin = Instant::now();
        let answered = match connection.take() {
            Some(open) => exchange(open, request).await,
            None => match Connection::open(volley.address).await {
                Ok(open) => exchange(open, request).await,
                Err(error) => Err(error),
            },
        };
        let status = match answered {
            Ok((status, open)) => {
                outcome.latencies.push(begin.elapsed());
                (connection, failures) = (open, 0);
                status
            }
            Err(_) => {
                failures += 1;
                0
            }
        };
        *outcome.statuses.entry(status).or_default() += 1;
        if (200..300).contains(&status) {
            outcome.accepted.push(number);
        }
    }
    outcome
}

async fn exchange(
    mut connection: Connection,
    request: &[u8],
) -> anyhow::Result<(u16, Option<Connection>)> {
    let (status, stays_open) = connection.exchange(request).await?;
    Ok((status, stays_open.then_some(connection)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_read_from_the_sorted_list() {
        let latencies = (1..=100).map(Duration::from_millis).collect();
        let outcome = Outcome { latencies, ..Outcome::default() };
        assert_eq!(outcome.latency(50), Duration::from_millis(50));
        assert_eq!(outcome.latency(99), Duration::from_millis(99));
        assert_eq!(outcome.latency(100), Duration::from_millis(100));
        assert_eq!(Outcome::default().latency(99), Duration::ZERO);
    }
}
