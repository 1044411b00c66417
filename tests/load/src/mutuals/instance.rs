//! A Mutuals server in a temporary folder.

use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::Common;
use crate::crowd::Crowd;
use crate::process::{Process, output};
use crate::start::first_answer;

/// The handle of its collective.
const HANDLE: &str = "load";
/// After this long without progress the work is said to stand still.
const STANDSTILL: Duration = Duration::from_secs(90);
/// Limits that are lifted where the program knows them: all fake hosts have one address.
const LIMITS: [&str; 2] = ["limits.per_address", "limits.per_domain"];

/// A server.
pub struct Instance {
    poster: Poster,
    folder: TempDir,
    base: Url,
    database: Option<Database>,
    process: Option<Process>,
}

/// Runs commands of an instance, also from other threads.
#[derive(Clone)]
pub struct Poster {
    bin: PathBuf,
    data: PathBuf,
}

/// A database on a PostgreSQL server that goes away with the instance.
struct Database {
    server: Url,
    name: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    url: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Instance {
    /// Sets one up.
    pub fn new(bin: &Path, server: Option<&Url>) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        // Free a moment ago; nothing else on a loopback address is likely to take it.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let bin = bin.canonicalize().with_context(|| format!("there is no {}", bin.display()))?;
        let poster = Poster { bin, data: folder.path().join("data") };
        std::fs::create_dir_all(&poster.data)?;
        let database = server.map(Database::make).transpose()?;
        let mut config = format!("listen = \"{address}\"\n");
        if let Some(database) = &database {
            config.push_str(&format!("[database]\nurl = \"{}\"\n", database.url()));
        }
        config.push_str("[federation]\nallow_http = true\nallow_private = [\"127.0.0.0/8\"]\n");
        config.push_str("[log]\nlevel = \"error\"\n");
        let known = |key: &&str| poster.run(&["config", "explain", key]).is_ok();
        if known(&"health.listen") {
            // Several run at once.
            config.push_str("[health]\nlisten = \"\"\n");
        }
        let limits: Vec<_> = LIMITS.into_iter().filter(known).collect();
        if !limits.is_empty() {
            config.push_str("[limits]\n");
        }
        for limit in limits {
            config.push_str(&format!("{} = 0\n", limit.trim_start_matches("limits.")));
        }
        std::fs::write(poster.data.join("mutuals.toml"), config)?;
        let base = Url::parse(&format!("http://{address}"))?;
        poster.run(&["init", "--name", "Load", "--handle", HANDLE, "--url", base.as_str()])?;
        Ok(Self { poster, folder, base, database, process: None })
    }

    /// Starts it and waits for its first answer.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        let log = self.folder.path().join("log");
        let mut command = self.poster.command();
        command.arg("serve");
        let mut process = Process::start(command, &log)?;
        first_answer(&mut process, &self.actor(), &log).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Asks it to end, and waits.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        self.process.take().map_or(Ok(()), |mut process| process.stop())
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process.take().map_or(Ok(()), |mut process| process.kill())
    }

    /// The id of its process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.process.as_ref().map(Process::id).context("the server does not run")
    }

    /// The collective.
    pub fn actor(&self) -> Url {
        self.url(&format!("/c/{HANDLE}"))
    }

    /// The shared inbox.
    pub fn inbox(&self) -> Url {
        self.url("/inbox")
    }

    /// Posts a need; see [`Poster::post`].
    pub fn post(&self, title: &str) -> anyhow::Result<Option<Url>> {
        self.poster.post(title)
    }

    /// What runs commands.
    pub fn poster(&self) -> Poster {
        self.poster.clone()
    }

    /// Fake collectives that this one follows: their needs take effect.
    pub async fn neighbours(
        &self,
        hosts: usize,
        actors: usize,
        common: &Common,
    ) -> anyhow::Result<Crowd> {
        let mut crowd = Crowd::gather(hosts, actors, common.bind).await?;
        let (poster, urls) = (self.poster(), crowd.actors.iter().map(|actor| actor.url.clone()));
        let urls: Vec<_> = urls.collect();
        let asking =
            move || urls.iter().try_for_each(|url| poster.run(&["follow", "add", url]).map(drop));
        let asking = tokio::task::spawn_blocking(asking);
        crowd.accept(&self.inbox(), actors).await?;
        asking.await??;
        let end = Instant::now() + STANDSTILL;
        while self.following()? < actors || self.received_waiting()? > 0 {
            ensure!(Instant::now() < end, "the server does not take in that it was accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(crowd)
    }

    /// How many deliveries wait.
    pub fn deliveries_waiting(&self) -> anyhow::Result<u64> {
        let lines = self.poster.run(&["queue", "status"])?;
        let out = lines.iter().filter(|line| text(line, "id") != Some("received"));
        Ok(out.filter_map(|line| line.get("pending").and_then(Value::as_u64)).sum())
    }

    /// The objects of neighbours that are stored, and how often each is.
    pub fn neighbour_objects(&self) -> anyhow::Result<HashMap<String, u32>> {
        let rows: Vec<Row> = self.query("SELECT url FROM neighbour_proposals")?;
        let mut found: HashMap<String, u32> = HashMap::new();
        for row in rows {
            *found.entry(row.url).or_default() += 1;
        }
        Ok(found)
    }

    /// How many objects of neighbours are stored.
    pub fn count_neighbour_objects(&self) -> anyhow::Result<usize> {
        let rows: Vec<Count> = self.query("SELECT count(*) AS count FROM neighbour_proposals")?;
        let count = rows.first().map_or(0, |row| row.count);
        Ok(usize::try_from(count)?)
    }

    /// What a query counts under the name `count`.
    pub fn count(&self, sql: &str) -> anyhow::Result<u64> {
        let rows: Vec<Count> = self.query(sql)?;
        Ok(u64::try_from(rows.first().map_or(0, |row| row.count))?)
    }

    /// Waits until that many objects of neighbours are stored.
    pub async fn wait_for_objects(&self, wanted: usize) -> anyhow::Result<()> {
        let (mut last, mut since) = (0, Instant::now());
        loop {
            let count = self.count_neighbour_objects()?;
            if count >= wanted {
                return Ok(());
            }
            if count > last {
                (last, since) = (count, Instant::now());
            }
            ensure!(since.elapsed() < STANDSTILL, "{count} of {wanted} took effect, and no more");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many received activities wait to be processed.
    pub fn received_waiting(&self) -> anyhow::Result<u64> {
        let lines = self.poster.run(&["queue", "status"])?;
        let line = lines.iter().find(|line| text(line, "id") == Some("received"));
        line.and_then(|line| line.get("pending").and_then(Value::as_u64))
            .context("the queue says nothing")
    }

    fn following(&self) -> anyhow::Result<usize> {
        let lines = self.poster.run(&["follow", "list"])?;
        Ok(lines.iter().filter(|line| text(line, "state") != Some("asked")).count())
    }

    /// An address of it.
    pub fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap_or_else(|_| self.base.clone())
    }

    /// Changes what is stored. Only while the server does not run.
    pub fn execute(&self, sql: &str) -> anyhow::Result<()> {
        match &self.database {
            Some(database) => {
                PgConnection::establish(database.url().as_str())?.batch_execute(sql)?;
            }
            None => {
                SqliteConnection::establish(&self.file().to_string_lossy())?.batch_execute(sql)?
            }
        }
        Ok(())
    }

    fn file(&self) -> PathBuf {
        self.poster.data.join("mutuals.db")
    }

    fn query<T>(&self, sql: &str) -> anyhow::Result<Vec<T>>
    where
        T: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
    {
        match &self.database {
            Some(database) => {
                let mut conn = PgConnection::establish(database.url().as_str())?;
                Ok(diesel::sql_query(sql).load(&mut conn)?)
            }
            None => {
                let mut conn = SqliteConnection::establish(&self.file().to_string_lossy())?;
                conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA query_only = 1")?;
                Ok(diesel::sql_query(sql).load(&mut conn)?)
            }
        }
    }
}

impl Poster {
    /// Runs a command and reads the JSON that it prints.
    pub fn run(&self, words: &[&str]) -> anyhow::Result<Vec<Value>> {
        let mut command = self.command();
        command.arg("--json").args(words);
        let said = output(command)?;
        let lines = said.lines().filter(|line| !line.trim().is_empty());
        Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    /// Posts a need; the address of its object.
    pub fn post(&self, title: &str) -> anyhow::Result<Option<Url>> {
        let words = ["need", "post", "--title", title, "--amount", "20", "--unit", "one"];
        let lines = self.run(&words)?;
        let object = lines.first().and_then(|line| text(line, "object"));
        Ok(object.map(Url::parse).transpose()?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.bin);
        command.arg("--data").arg(&self.data);
        command
    }
}

impl Database {
    fn make(server: &Url) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("load_{}_{number}", std::process::id());
        let database = Self { server: server.clone(), name };
        database.run("CREATE DATABASE")?;
        Ok(database)
    }

    fn url(&self) -> Url {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url
    }

    fn run(&self, verb: &str) -> anyhow::Result<()> {
        let mut conn = PgConnection::establish(self.server.as_str())?;
        // The name is ours: letters, digits and _.
        conn.batch_execute(&format!("{verb} {}", self.name))?;
        Ok(())
    }
}

fn text<'a>(line: &'a Value, name: &str) -> Option<&'a str> {
    line.get(name).and_then(Value::as_str)
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.process = None;
        if let Some(database) = &self.database
            && let Err(error) = database.run("DROP DATABASE")
        {
            eprintln!("load: the database {} stays behind: {error:#}", database.name);
        }
    }
}
