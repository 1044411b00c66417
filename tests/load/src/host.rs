//! A fake server of the fediverse: it shows its actors, takes every delivery and counts it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, JoinSet};

use crate::http::{Request, parse_request};
use crate::keys::ACTIVITY_JSON;

/// How many deliveries are kept whole, to check their signatures.
const SAMPLES: usize = 50;

/// What all hosts of one run share.
pub struct Tally {
    /// How many announcements arrived: every activity that is neither Follow, Accept nor Undo.
    pub announcements: AtomicU64,
    /// How many `Accept` arrived.
    pub accepts: AtomicU64,
    /// How many requests could not be understood.
    pub unreadable: AtomicU64,
    /// When the last announcement arrived.
    last: Mutex<Option<Instant>>,
    samples: Mutex<Vec<Request>>,
    follows: UnboundedSender<Value>,
}

/// One host.
pub struct Host {
    /// Where it answers.
    pub address: SocketAddr,
    shelf: Arc<Shelf>,
    listener: Option<JoinHandle<()>>,
}

struct Shelf {
    documents: Mutex<HashMap<String, Value>>,
    received: Mutex<HashMap<String, u32>>,
    is_silent: AtomicBool,
    tally: Arc<Tally>,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Tally {
    /// Nothing counted yet. Every `Follow` that arrives goes to `follows`.
    pub fn new(follows: UnboundedSender<Value>) -> Self {
        Self {
            announcements: AtomicU64::new(0),
            accepts: AtomicU64::new(0),
            unreadable: AtomicU64::new(0),
            last: Mutex::default(),
            samples: Mutex::default(),
            follows,
        }
    }

    /// When the last announcement arrived.
    pub fn last(&self) -> Option<Instant> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Some deliveries, whole.
    pub fn samples(&self) -> Vec<Request> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Host {
    /// Opens a host on an address, with a port that is free.
    pub async fn open(address: IpAddr, tally: Arc<Tally>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((address, 0))
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Shelf {
            documents: Mutex::default(),
            received: Mutex::default(),
            is_silent: AtomicBool::new(false),
            tally,
        });
        let listener = Some(tokio::spawn(listen(listener, Arc::clone(&shelf))));
        Ok(Self { address, shelf, listener })
    }

    /// Lets the host show a document.
    pub fn serve(&self, path: &str, document: Value) {
        let mut documents = self.shelf.documents.lock().unwrap_or_else(PoisonError::into_inner);
        documents.insert(path.to_owned(), document);
    }

    /// How often each announcement arrived.
    pub fn received(&self) -> HashMap<String, u32> {
        self.shelf.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on it takes connections and never answers.
    pub fn fall_silent(&self) {
        self.shelf.is_silent.store(true, Ordering::Relaxed);
    }

    /// From now on nobody listens there.
    pub fn close(&mut self) {
        if let Some(listener) = self.listener.take() {
            listener.abort();
        }
    }
}

async fn listen(listener: TcpListener, shelf: Arc<Shelf>) {
    // Dropped with the listener, and every connection with it.
    let mut open = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let shelf = Arc::clone(&shelf);
                open.spawn(async move {
                    // A connection that breaks is the other side's affair.
                    let _ = talk(stream, &shelf).await;
                });
            }
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
        while open.try_join_next().is_some() {}
    }
}

async fn talk(mut stream: TcpStream, shelf: &Shelf) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        loop {
            let parsed = match parse_request(&buffer) {
                Ok(Some(parsed)) => parsed,
                Ok(None) => break,
                Err(error) => {
                    shelf.tally.unreadable.fetch_add(1, Ordering::Relaxed);
                    return Err(error);
                }
            };
            let (request, used) = parsed;
            buffer.drain(..used);
            if shelf.is_silent.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            let answer = shelf.answer(request);
            stream.write_all(&answer).await?;
        }
    }
}

impl Shelf {
    fn answer(&self, request: Request) -> Vec<u8> {
        if request.method == "POST" {
            self.take(request);
            return b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_vec();
        }
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(document) = documents.get(&request.path) else {
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
        };
        let media = if request.path.starts_with("/.well-known/") {
            "application/jrd+json"
        } else {
            ACTIVITY_JSON
        };
        let (body, date) = (document.to_string(), "Mon, 23 Nov 2026 00:00:00 GMT");
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nLast-Modified: {date}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    fn take(&self, request: Request) {
        let tally = &self.tally;
        let Ok(envelope) = serde_json::from_slice::<Envelope>(&request.body) else {
            tally.unreadable.fetch_add(1, Ordering::Relaxed);
            return;
        };
        match envelope.kind.as_str() {
            "Follow" => {
                if let Ok(follow) = serde_json::from_slice(&request.body) {
                    // Whoever listened may have gone.
                    let _ = tally.follows.send(follow);
                }
            }
            "Accept" => {
                tally.accepts.fetch_add(1, Ordering::Relaxed);
            }
            "Undo" | "Reject" => {}
            _ => {
                let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
                *received.entry(envelope.id).or_default() += 1;
                drop(received);
                *tally.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                tally.announcements.fetch_add(1, Ordering::Relaxed);
                let mut samples = tally.samples.lock().unwrap_or_else(PoisonError::into_inner);
                if samples.len() < SAMPLES {
                    samples.push(request);
                }
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.close();
    }
}

/// The WebFinger answer for an actor, and the path under which it is asked for.
pub fn webfinger(name: &str, host: &str, actor: &str) -> (String, Value) {
    let acct = format!("acct:{name}@{host}");
    let encoded: String = url::form_urlencoded::byte_serialize(acct.as_bytes()).collect();
    let answer = json!({
        "subject": acct,
        "links": [{"rel": "self", "type": ACTIVITY_JSON, "href": actor}]
    });
    (format!("/.well-known/webfinger?resource={encoded}"), answer)
}
