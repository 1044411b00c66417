//! A crowd of fake actors on fake hosts: they follow, accept being followed, and write.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use url::Url;

use crate::host::{Host, Tally, webfinger};
use crate::http::{Connection, address_of};
use crate::keys::{Key, now};

/// How many keys are made. Actors share them: a key costs a tenth of a second.
const KEYS: usize = 4;
/// How many strangers introduce themselves at once.
const AT_ONCE: usize = 4;
/// How often a stranger knocks who is told to come again.
const MOST_KNOCKS: u32 = 50;
/// How long what the crowd waits for may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Everybody.
pub struct Crowd {
    /// The hosts.
    pub hosts: Vec<Host>,
    /// The actors; actor `i` lives on host `i` modulo the number of hosts.
    pub actors: Vec<Arc<Actor>>,
    /// What arrived.
    pub tally: Arc<Tally>,
    bind: Option<IpAddr>,
    keys: Vec<Arc<Key>>,
    follows: UnboundedReceiver<Value>,
}

/// Somebody.
pub struct Actor {
    /// Its id.
    pub url: String,
    key: Arc<Key>,
    count: AtomicU64,
}

/// What the fake actors write.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// The object that every Note answers.
    pub in_reply_to: Option<String>,
    /// Whether every Note is a need after FEP-0837.
    pub is_need: bool,
}

impl Crowd {
    /// Opens hosts and lets actors live there. Without an address to bind, each host has a loopback
    /// address of its own.
    pub async fn gather(hosts: usize, actors: usize, bind: Option<IpAddr>) -> anyhow::Result<Self> {
        let (say, follows) = unbounded_channel();
        let keys = (0..KEYS.min(actors)).map(|_| Key::new().map(Arc::new));
        let mut crowd = Self {
            hosts: Vec::new(),
            actors: Vec::new(),
            tally: Arc::new(Tally::new(say)),
            bind,
            keys: keys.collect::<Result<_, _>>()?,
            follows,
        };
        crowd.grow(hosts, actors).await?;
        Ok(crowd)
    }

    /// Opens more hosts, with actors that live on the new ones only.
    pub async fn grow(&mut self, hosts: usize, actors: usize) -> anyhow::Result<()> {
        let first = self.hosts.len();
        for number in first..first + hosts {
            let own = Ipv4Addr::new(127, 0, byte(number / 200 + 1), byte(number % 200 + 1));
            let address = self.bind.unwrap_or(own.into());
            self.hosts.push(Host::open(address, Arc::clone(&self.tally)).await?);
        }
        for number in 0..actors {
            let host = self.hosts.get(first + number % hosts).context("there is no host")?;
            let key = self.keys.get(number % self.keys.len()).context("there is no key")?;
            let actor = Actor::settle(host, self.actors.len(), Arc::clone(key));
            self.actors.push(Arc::new(actor));
        }
        Ok(())
    }

    /// Lets actors speak to an inbox for the first time: the server reads who they are. Whoever is
    /// told to come again does so.
    pub async fn introduce(
        &self,
        inbox: &Url,
        actors: &[Arc<Actor>],
        what: impl Fn(&Actor) -> Value + Clone + Send + 'static,
    ) -> anyhow::Result<()> {
        let mut knocking = tokio::task::JoinSet::new();
        for group in 0..AT_ONCE {
            let mine: Vec<_> = actors.iter().skip(group).step_by(AT_ONCE).cloned().collect();
            let (inbox, what) = (inbox.clone(), what.clone());
            knocking.spawn(async move {
                for actor in mine {
                    actor.send(&inbox, &what(&actor)).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = knocking.join_next().await {
            done??;
        }
        Ok(())
    }

    /// Lets actors follow `object` and waits until each has its Accept.
    pub async fn follow(
        &self,
        inbox: &Url,
        object: &str,
        actors: &[Arc<Actor>],
    ) -> anyhow::Result<()> {
        let before = self.tally.accepts.load(Ordering::Relaxed);
        let followed = object.to_owned();
        self.introduce(inbox, actors, move |actor| actor.activity("Follow", json!(followed)))
            .await?;
        let wanted = before + u64::try_from(actors.len())?;
        let end = Instant::now() + PATIENCE;
        loop {
            let accepted = self.tally.accepts.load(Ordering::Relaxed);
            if accepted >= wanted {
                return Ok(());
            }
            ensure!(Instant::now() < end, "only {accepted} of {wanted} follows were accepted");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Answers `count` Follows that the server sent to actors of the crowd.
    pub async fn accept(&mut self, inbox: &Url, count: usize) -> anyhow::Result<()> {
        for answered in 0..count {
            let follow = tokio::time::timeout(PATIENCE, self.follows.recv()).await;
            let follow = follow
                .with_context(|| format!("only {answered} of {count} Follows came"))?
                .context("the hosts are gone")?;
            let followed = follow.get("object").and_then(Value::as_str).unwrap_or_default();
            let actor = self.actors.iter().find(|actor| actor.url == followed);
            let actor = actor.with_context(|| format!("nobody here is {followed:?}"))?;
            actor.send(inbox, &actor.activity("Accept", follow)).await?;
        }
        Ok(())
    }

    /// What arrived more than once at one host, and what `hosts` did not get of what any got.
    pub fn account(&self, hosts: std::ops::Range<usize>) -> Account {
        let received: Vec<_> =
            self.hosts.get(hosts).unwrap_or_default().iter().map(Host::received).collect();
        let all: std::collections::HashSet<&String> =
            received.iter().flat_map(|host| host.keys()).collect();
        let mut account = Account { activities: all.len(), duplicates: 0, missing: 0 };
        for host in &received {
            account.missing += all.len() - host.len();
            account.duplicates += host.values().map(|count| u64::from(*count) - 1).sum::<u64>();
        }
        account
    }
}

/// See [`Crowd::account`].
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// How many different announcements arrived anywhere.
    pub activities: usize,
    /// How many came once more than needed.
    pub duplicates: u64,
    /// How many did not come to a host.
    pub missing: usize,
}

impl Actor {
    fn settle(host: &Host, number: usize, key: Arc<Key>) -> Self {
        let base = format!("http://{}", host.address);
        let (name, path) = (format!("a{number}"), format!("/a/{number}"));
        let url = format!("{base}{path}");
        host.serve(&path, document(&base, &name, &url, &key.pem));
        for list in ["outbox", "followers", "following"] {
            let id = format!("{url}/{list}");
            let empty = json!({
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": id, "type": "OrderedCollection", "totalItems": 0, "orderedItems": []
            });
            host.serve(&format!("{path}/{list}"), empty);
        }
        let (path, answer) = webfinger(&name, &host.address.to_string(), &url);
        host.serve(&path, answer);
        Self { url, key, count: AtomicU64::new(0) }
    }

    /// A new activity.
    pub fn activity(&self, kind: &str, object: Value) -> Value {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{number}", self.url),
            "type": kind,
            "actor": self.url,
            "object": object
        })
    }

    /// A new public Note of about a kilobyte in a Create, and the Note's id.
    pub fn note(&self, style: &Style) -> (Value, String) {
        let number = self.count.load(Ordering::Relaxed);
        let id = format!("{}/notes/{number}", self.url);
        let public = "https://www.w3.org/ns/activitystreams#Public";
        let mut note = json!({
            "id": id,
            "type": "Note",
            "attributedTo": self.url,
            "to": [public],
            "cc": [format!("{}/followers", self.url)],
            "published": now().to_string(),
            "url": id,
            "content": format!(
                "<p>Note {number}: after the flood <strong>blankets</strong> and hands are needed \
                 at the old mill, <a href=\"http://mill.example/map?x=1&amp;y=2\">here is the \
                 way</a>.</p><p>Whoever comes on Tuesday brings gloves; whoever cannot come asks \
                 a neighbour. <em>Thank you all.</em></p>"
            )
        });
        if let Some(object) = &style.in_reply_to {
            set(&mut note, "inReplyTo", json!(object));
        }
        if style.is_need {
            let intent = json!({
                "id": format!("{id}#primary"),
                "type": "Intent",
                "action": "transfer",
                "name": format!("Blankets {number}"),
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "5"}
            });
            set(&mut note, "purpose", json!("request"));
            set(&mut note, "publishes", intent);
        }
        let mut create = self.activity("Create", note);
        set(&mut create, "to", json!([public]));
        set(&mut create, "cc", json!([format!("{}/followers", self.url)]));
        set(&mut create, "published", json!(now().to_string()));
        (create, id)
    }

    /// An activity as a whole signed request.
    pub fn signed(&self, inbox: &Url, activity: &Value) -> anyhow::Result<Vec<u8>> {
        self.key.post(&format!("{}#main-key", self.url), inbox, &activity.to_string())
    }

    /// Posts an activity, again and again while the server says that it is busy.
    async fn send(&self, inbox: &Url, activity: &Value) -> anyhow::Result<()> {
        let address = address_of(inbox).await?;
        let mut status = 0;
        for knock in 0..MOST_KNOCKS {
            let request = self.signed(inbox, activity)?;
            let answer = Connection::open(address).await?.ask(&request).await?;
            status = answer.status;
            if (200..300).contains(&status) {
                return Ok(());
            }
            let is_busy = matches!(status, 429 | 502 | 503 | 504);
            ensure!(
                is_busy,
                "{inbox} answered {status} to {}: {}",
                self.url,
                String::from_utf8_lossy(&answer.body)
            );
            tokio::time::sleep(Duration::from_millis(20) * (knock + 1)).await;
        }
        anyhow::bail!("{inbox} answered {status} again and again")
    }
}

fn document(base: &str, name: &str, url: &str, pem: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": url,
        "type": "Person",
        "preferredUsername": name,
        "name": format!("Load {name}"),
        "inbox": format!("{url}/inbox"),
        "outbox": format!("{url}/outbox"),
        "followers": format!("{url}/followers"),
        "following": format!("{url}/following"),
        "url": url,
        "endpoints": {"sharedInbox": format!("{base}/inbox")},
        "publicKey": {"id": format!("{url}#main-key"), "owner": url, "publicKeyPem": pem}
    })
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(object) = object {
        object.insert(name.to_owned(), value);
    }
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
