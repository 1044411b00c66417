//! What every part of a running instance shares. Cheap to clone.
//!
//! It knows no HTTP routes and no federation: how an event becomes activities is handed in by
//! whoever builds the application ([`crate::server`]), so that actions stay free of it and the
//! rows are still written in the action's own transaction.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, Semaphore};
use url::Url;

use crate::app::changing::Changing;
use crate::app::mail::Mailer;
use crate::client::{Client, Timeouts};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::collective::KeyRow;
use crate::db::journal::Journal;
use crate::db::{self, Conn, Db};
use crate::domain::audience::Viewer;
use crate::domain::block::Blocks;
use crate::domain::collective::Collective;
use crate::domain::domain_rule::Rules;
use crate::domain::event::Event;
use crate::domain::gate::Gate;
use crate::domain::id::MemberId;
use crate::domain::lexicon::Lexicon;
use crate::domain::neighbour::{ActorKey, RemoteActor};
use crate::domain::quiet_mode::QuietMode;
use crate::domain::restore::Restore;
use crate::domain::settings::Settings;
use crate::domain::suggestion::purpose::Own;
use crate::error::Error;
use crate::keys::{self, FreshKeys, VerifyingKey};
use crate::listener::Origin;
use crate::media_store::MediaStore;
use crate::rates::{Places, Rates};

pub mod changing;
pub mod mail;
mod our_keys;
mod standing;

pub use our_keys::{COLLECTIVE, INSTANCE, OurKeys};
use standing::Standing;

/// What to do where there is no instance yet.
pub const NOT_SET_UP: &str = "Nothing is set up here yet: run `mutuals serve` with the same --data \
                              and open the link that it prints, or run `mutuals init --name NAME \
                              --handle HANDLE --url URL`";

/// How much is remembered of one kind, so that causing much of it costs no memory.
const MOST_REMEMBERED: u64 = 10_000;
/// How long a failure is remembered.
const FORGET_FAILURES: Duration = Duration::from_secs(5 * 60);

/// How often one address may begin to sign in with a fediverse account, or to join, in five minutes:
/// a whole house behind one address can, a program that fills our tables cannot.
const ARRIVALS: u32 = 30;

/// How many pictures one member may upload in five minutes.
const PICTURES: u32 = 10;
/// How many forms with files are read at once, and how many of them of one member: each may be as
/// large as a picture of a camera.
const UPLOADS: (usize, usize) = (8, 2);
/// How many pictures of other servers are fetched at once.
const MEDIA: usize = 8;
/// How many servers that knock are noted of one address in five minutes.
const KNOCKS: u32 = 5;
/// How often the doors of one domain are looked for in five minutes: enough for a whole house whose
/// people are all at one server; whoever wants to trouble that server does it without us.
const DOOR_VISITS: u32 = 30;

/// Of how many servers it is noted in five minutes what time it is there: a few are enough to know
/// whether our clock is right, and nothing that goes out waits for it.
const CLOCKS: u32 = 4;

/// One domain gets this part of the places for strangers, so that it cannot keep others out.
const SHARE: usize = 4;

/// How long an actor is remembered before storage is asked again, where another process may have
/// changed it.
const FORGET_ACTORS: Duration = Duration::from_secs(60);

/// Writes the activities and deliveries of an event, inside the transaction of the change.
pub type Announcer = fn(&App, &mut Conn, &Event) -> Result<(), Error>;

/// A running instance.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an instance.
pub struct Parts {
    /// What the operator set.
    pub config: Config,
    /// What stewards set.
    pub settings: Changing<Settings>,
    /// In which days begin and end.
    pub zone: Changing<jiff::tz::TimeZone>,
    /// The collective's own tags for asking and offering.
    pub own_words: Own,
    /// What the collective calls kinds of things.
    pub lexicon: Lexicon,
    /// Storage.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// The one road out.
    pub client: Client,
    /// The way to the mail server, if there is one.
    pub mailer: Option<Mailer>,
    /// Who we are. Handle, address and language stay; the rest may change.
    pub collective: Changing<Collective>,
    /// Rung when something came in, so that workers need not wait for their next look.
    pub came_in: Arc<Notify>,
    /// Rung when something is to go out.
    pub goes_out: Arc<Notify>,
    /// Rung when another process changed blocks, rules, the gate or our keys.
    pub changed: Arc<Notify>,
    /// Where the bytes of our pictures are kept.
    pub media_store: MediaStore,
    /// The numbers of the wrong passwords of the last minutes, by the digest of a name in small
    /// letters. Several processes tell each other, so that nobody has more tries where there are more
    /// doors.
    pub wrong_passwords: moka::sync::Cache<String, Vec<i64>>,
    /// Actors that were looked at a moment ago because a signature did not fit: true if it does not
    /// fit the key that was read, false if nothing was read (yet).
    pub failed_keys: moka::sync::Cache<Url, bool>,
    /// Hosts whose deliveries were woken a moment ago because they spoke to us.
    pub woken_hosts: moka::sync::Cache<String, ()>,
    /// The way in for what others send.
    pub journal: Journal,
    /// How hosts want requests to be signed, where it is not the usual way.
    pub signatures: moka::sync::Cache<String, String>,
    standing: RwLock<Arc<Standing>>,
    keys: RwLock<Arc<OurKeys>>,
    /// How many unknown actors are looked at while their request waits, by the domain that somebody
    /// registered.
    pub door: Places<String>,
    /// How often each address came in as a machine.
    pub visits: Rates<Origin>,
    /// How often each address asked for a page.
    pub page_visits: Rates<Origin>,
    /// How often each address began to sign in with a fediverse account, or to join.
    pub arrivals: Rates<Origin>,
    /// How often somebody at an address was noted as a server that knocks.
    pub knocks: Rates<Origin>,
    /// Hosts that were noted a moment ago as knocking.
    pub known_knocks: moka::sync::Cache<String, ()>,
    /// How often the doors of each domain were looked for, by the domain that somebody registered.
    pub door_visits: Rates<String>,
    /// Hosts where a moment ago there was no door.
    pub closed_doors: moka::sync::Cache<String, ()>,
    /// How many activities each host sent.
    pub deliveries: Rates<String>,
    /// How many activities each domain sent that is new to us.
    pub first_deliveries: Rates<String>,
    /// Since when we know domains: those that were heard lately.
    pub met_domains: moka::sync::Cache<String, Timestamp>,
    /// Actors of others, as the door needs them.
    pub known_actors: moka::sync::Cache<Url, Arc<KnownActor>>,
    /// Keys of actors who asked for what only the parties to something may read. Remembered for
    /// longer than failures, so that a forged name keeps nobody out.
    pub party_keys: moka::sync::Cache<Url, PartyKeys>,
    /// How many pictures each member uploaded.
    pub pictures: Rates<MemberId>,
    /// Forms with files that are read.
    pub uploads: Places<MemberId>,
    /// The one place in which a picture is decoded.
    pub decoding: Arc<Semaphore>,
    /// Places in which pictures of other servers are fetched.
    pub media: Arc<Semaphore>,
    /// The data folder, once whoever opened the instance said which it is.
    pub data: OnceLock<PathBuf>,
    /// Of how many servers it was noted what time it is there.
    pub clock_notes: Rates<()>,
    /// Those of whom it was noted a moment ago.
    pub noted_clocks: moka::sync::Cache<String, ()>,
    /// The one place in which the instance is examined: it asks much at once.
    pub examining: Arc<Semaphore>,
    announcer: Announcer,
}

/// The keys of an actor of which nothing else is kept, by their ids.
pub type PartyKeys = Arc<Vec<(String, VerifyingKey)>>;

/// A document of ours, written out, with a tag that changes whenever it does.
#[derive(Clone)]
pub struct Document {
    /// Its bytes.
    pub body: Bytes,
    /// Its entity tag, quoted (RFC 9110, 8.8.3).
    pub tag: HeaderValue,
}

/// An actor of another server, with its keys ready to verify with.
pub struct KnownActor {
    /// The actor.
    pub actor: RemoteActor,
    /// Its keys by id.
    pub keys: Vec<(String, VerifyingKey)>,
}

impl From<RemoteActor> for KnownActor {
    fn from(actor: RemoteActor) -> Self {
        let read = |key: &ActorKey| Some((key.id.clone(), VerifyingKey::read(&key.material)?));
        Self { keys: actor.keys.iter().filter_map(read).collect(), actor }
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Refuses what would keep an instance with this configuration from being opened: to be asked before
/// anything is set up, because what is half set up helps nobody.
pub fn check(config: &Config) -> anyhow::Result<()> {
    mail::check(&config.mail)?;
    MediaStore::open(&config.media).map(drop)
}

impl App {
    /// Opens an instance that was set up before.
    pub async fn open(
        config: Config,
        db: Db,
        clock: Clock,
        announcer: Announcer,
    ) -> anyhow::Result<Self> {
        let client = Client::new(&config.federation, Timeouts::of(&config.limits))?;
        Self::open_through(config, db, clock, announcer, client).await
    }

    /// Opens an instance that was set up before, which asks others through `client`.
    pub async fn open_through(
        config: Config,
        db: Db,
        clock: Clock,
        announcer: Announcer,
        client: Client,
    ) -> anyhow::Result<Self> {
        let (collective, settings, keys, (standing, gate), signatures) = db
            .read(|conn| {
                let collective = db::collective::find(conn)?.ok_or(Error::NotFound)?;
                let settings = db::settings::find(conn)?;
                let keys = OurKeys::read(&db::collective::list_keys(conn)?)?;
                let signatures = db::hosts::list_signatures(conn)?;
                Ok((collective, settings, keys, Standing::read(conn)?, signatures))
            })
            .await
            .map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!(NOT_SET_UP),
                other => other.into(),
            })?;
        let strangers = config.limits.strangers;
        let client = client.of(&collective.base);
        client.set_gate(gate);
        Ok(Self(Arc::new(Parts {
            journal: Journal::start(db.clone(), config.limits.waiting),
            standing: RwLock::new(Arc::new(standing)),
            signatures: signatures_of(signatures),
            client,
            mailer: Mailer::open(&config.mail, &collective)?,
            zone: Changing::new(zone_of(&config, &settings)?),
            settings: Changing::new(settings),
            own_words: config.asking.own(),
            lexicon: config.asking.lexicon(),
            db,
            clock,
            collective: Changing::new(collective),
            came_in: Arc::default(),
            goes_out: Arc::default(),
            changed: Arc::default(),
            media_store: MediaStore::open(&config.media)?,
            keys: RwLock::new(Arc::new(keys)),
            wrong_passwords: remembered(),
            failed_keys: remembered(),
            woken_hosts: remembered(),
            door: Places::new(strangers, strangers.div_ceil(SHARE)),
            visits: Rates::new(config.limits.per_address),
            page_visits: Rates::new(config.limits.pages_per_address),
            arrivals: Rates::new(ARRIVALS),
            knocks: Rates::new(KNOCKS),
            known_knocks: remembered(),
            door_visits: Rates::new(DOOR_VISITS),
            closed_doors: remembered(),
            deliveries: Rates::new(config.limits.per_domain),
            first_deliveries: Rates::new(config.limits.per_new_domain),
            met_domains: moka::sync::Cache::new(MOST_REMEMBERED),
            known_actors: moka::sync::Cache::builder()
                .max_capacity(MOST_REMEMBERED)
                .time_to_live(FORGET_ACTORS)
                .build(),
            party_keys: moka::sync::Cache::builder()
                .max_capacity(MOST_REMEMBERED)
                .time_to_live(FORGET_FAILURES * 2)
                .build(),
            pictures: Rates::new(PICTURES),
            uploads: Places::new(UPLOADS.0, UPLOADS.1),
            decoding: Arc::new(Semaphore::new(1)),
            media: Arc::new(Semaphore::new(MEDIA)),
            data: OnceLock::new(),
            clock_notes: Rates::new(CLOCKS),
            noted_clocks: remembered(),
            examining: Arc::new(Semaphore::new(1)),
            config,
            announcer,
        })))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// For how long what is over is kept: what the operator wrote counts, else what stewards chose.
    pub fn kept_for(&self) -> SignedDuration {
        let chosen = || SignedDuration::from_hours(self.settings.keep_days.saturating_mul(24));
        self.config.retention.kept_for().unwrap_or_else(chosen)
    }

    /// Whom we neither hear nor speak to.
    pub fn blocks(&self) -> Arc<Blocks> {
        Arc::clone(&self.standing().blocks)
    }

    /// To whom nothing goes: whom we block, and whom the gate leaves out.
    pub fn unreached(&self) -> Arc<Blocks> {
        Arc::clone(&self.standing().unreached)
    }

    /// Of whom `viewer` sees nothing: whom we block, and for strangers also whom we limit.
    pub fn hidden_from(&self, viewer: Viewer) -> Arc<Blocks> {
        let standing = self.standing();
        match viewer.is_member() {
            true => Arc::clone(&standing.blocks),
            false => Arc::clone(&standing.hidden),
        }
    }

    /// The rules about other servers, besides blocks.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.standing().rules)
    }

    /// How much strangers see of us.
    pub fn quiet(&self) -> QuietMode {
        self.standing().quiet
    }

    /// With whom we speak at all.
    pub fn gate(&self) -> Arc<Gate> {
        self.client.gate()
    }

    /// The return from a backup that nobody confirmed yet: as long as there is one, nothing leaves
    /// ([`crate::actions::quarantine`]).
    pub fn quarantine(&self) -> Option<Restore> {
        self.standing().quarantine
    }

    /// Whether nothing may leave because this came back from a backup.
    pub fn is_in_quarantine(&self) -> bool {
        self.quarantine().is_some()
    }

    /// Whether nobody is told anything: after a return from a backup, and in a lockdown.
    pub fn is_silent(&self) -> bool {
        self.is_in_quarantine() || self.quiet().quiet.is_lockdown()
    }

    fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads blocks, rules, the gate and the quarantine anew if they changed: another process may have
    /// done it.
    pub async fn read_blocks(&self) -> Result<(), Error> {
        let known = self.standing().revision;
        let found = self.db.read(move |conn| match db::gate::revision(conn)? == known {
            true => Ok(None),
            false => Standing::read(conn).map(Some),
        });
        if let Some((standing, gate)) = found.await? {
            self.client.set_gate(gate);
            let shows_otherwise = standing.quiet != self.quiet();
            *self.standing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(standing);
            // What waited may go now.
            self.goes_out.notify_waiters();
            self.came_in.notify_waiters();
            if shows_otherwise {
                // Our actor is written anew.
                self.keys().documents.invalidate_all();
            }
        }
        Ok(())
    }

    /// The keys of our two actors.
    pub fn keys(&self) -> Arc<OurKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the keys anew: another process may have changed them.
    pub async fn read_keys(&self) -> Result<(), Error> {
        self.db.renew_sealing()?;
        let rows = self.db.read(db::collective::list_keys).await?;
        if !self.keys().are(&rows) {
            let keys = Arc::new(OurKeys::read(&rows)?);
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        Ok(())
    }

    /// Reads who we are and what stewards set anew: another process may have changed it.
    pub async fn read_settings(&self) -> Result<(), Error> {
        let read = |conn: &mut Conn| {
            let collective = db::collective::find(conn)?.ok_or(Error::NotFound)?;
            Ok((collective, db::settings::find(conn)?))
        };
        let (collective, settings) = self.db.read(read).await?;
        if *self.settings != settings {
            self.zone.change(zone_of(&self.config, &settings)?);
            self.settings.change(settings);
        }
        if *self.collective != collective {
            self.collective.change(collective);
            // They say who we were.
            self.keys().documents.invalidate_all();
        }
        Ok(())
    }

    /// Changes something people can see: `body` runs in one transaction, and the events that it
    /// names become activities and deliveries in the same one.
    pub async fn change<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&App, &mut Conn, &mut Vec<Event>) -> Result<T, Error> + Send + 'static,
    {
        let app = self.clone();
        let (value, speaks) = self
            .db
            .write(move |conn| {
                let mut events = Vec::new();
                let value = body(&app, conn, &mut events)?;
                app.announce(conn, &events)?;
                Ok((value, !events.is_empty()))
            })
            .await?;
        if speaks {
            self.goes_out.notify_waiters();
        }
        Ok(value)
    }

    /// Writes the activities and deliveries of events, inside a transaction that is under way.
    pub fn announce(&self, conn: &mut Conn, events: &[Event]) -> Result<(), Error> {
        events.iter().try_for_each(|event| (self.announcer)(self, conn, event))
    }
}

/// What the operator wrote counts, else what stewards chose, else the machine's.
fn zone_of(config: &Config, settings: &Settings) -> anyhow::Result<jiff::tz::TimeZone> {
    let chosen = Some(settings.time_zone.as_str()).filter(|_| config.time_zone.is_empty());
    // A name that this machine does not know any more is no reason not to start.
    match chosen.and_then(|name| jiff::tz::TimeZone::get(name).ok()) {
        Some(zone) => Ok(zone),
        None => config.zone(),
    }
}

/// Sets an instance up in an empty database.
pub async fn set_up(db: &Db, clock: &Clock, collective: Collective) -> Result<(), Error> {
    let now = clock.now();
    let (ours, instance) = make_keys().await?;
    db.write(move |conn| insert_ours(conn, &collective, (ours, instance), now)).await
}

/// Stores who we are and the keys of our two actors, inside a transaction that is under way; a
/// second time is a conflict.
pub fn insert_ours(
    conn: &mut Conn,
    collective: &Collective,
    (ours, instance): (FreshKeys, FreshKeys),
    now: Timestamp,
) -> Result<(), Error> {
    db::collective::insert(conn, collective)?;
    for (actor, fresh) in [(COLLECTIVE, ours), (INSTANCE, instance)] {
        let row = KeyRow {
            actor: actor.to_owned(),
            generation: 1,
            rsa_private: fresh.rsa,
            ed25519_private: fresh.ed25519,
            created_at: now.as_microsecond(),
            retired_at: None,
            last_activity: None,
        };
        db::collective::insert_keys(conn, &row)?;
    }
    Ok(())
}

/// Makes keys for the collective and for the instance actor.
pub async fn make_keys() -> Result<(FreshKeys, FreshKeys), Error> {
    let keys = tokio::task::spawn_blocking(|| {
        Ok::<_, anyhow::Error>((keys::generate()?, keys::generate()?))
    });
    Ok(keys.await.context("making keys was interrupted")??)
}

fn signatures_of(stored: Vec<(String, String)>) -> moka::sync::Cache<String, String> {
    let signatures = moka::sync::Cache::new(MOST_REMEMBERED);
    stored.into_iter().for_each(|(host, word)| signatures.insert(host, word));
    signatures
}

/// A bounded memory of what failed lately.
fn remembered<K, V>() -> moka::sync::Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    moka::sync::Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(FORGET_FAILURES).build()
}
