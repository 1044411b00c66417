//! `mutuals init`, `serve`, `config …`

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use crate::actions::add_member::add_member;
use crate::app::{self, App};
use crate::backup;
use crate::backup::schedule::{self, Here};
use crate::cli::backups::print_key;
use crate::cli::members::print_link;
use crate::cli::output::Output;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::db;
use crate::db::migrate::Opening;
use crate::domain::collective::{Collective, check_handle, check_name};
use crate::domain::member::Role;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::folder;
use crate::health::Health;
use crate::i18n::Locale;
use crate::server;
use crate::serving::Role as Part;
use crate::set_up::SetUp;
use crate::updating::Updating;

#[derive(Args)]
pub struct Init {
    /// The name of the collective.
    #[arg(long)]
    name: String,
    /// The first part of its address: small letters, digits and _.
    #[arg(long)]
    handle: String,
    /// Where the world reaches it: https://ring.example.
    #[arg(long)]
    url: String,
    /// A sentence or two about the collective, in Markdown.
    #[arg(long, default_value = "")]
    summary: String,
    /// The language in which it speaks to the world.
    #[arg(long, default_value = "en", value_name = "CODE")]
    language: String,
    /// The name of the first steward.
    #[arg(long, default_value = "Steward", value_name = "NAME")]
    steward: String,
}

#[derive(Args)]
pub struct Serve {
    /// Where to answer [default: the configuration key listen].
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Bring a PostgreSQL database up to date if that is needed: there is a backup.
    #[arg(long)]
    i_have_a_backup: bool,
    /// Which part of serving this process does, where several share one PostgreSQL.
    #[arg(long, value_enum, default_value_t)]
    role: Part,
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Every key and its value.
    Show,
    /// What a key is for, and how to set it.
    Explain {
        /// The key, such as federation.allow_http.
        key: String,
    },
}

impl Init {
    pub async fn run(self, config: Config, data: &Path, output: &Output) -> anyhow::Result<()> {
        check_name(&self.name).map_err(Error::from)?;
        check_handle(&self.handle).map_err(Error::from)?;
        if Locale::find_exact(&self.language).is_none() {
            return Err(Error::from(Refusal::UnknownLanguage).into());
        }
        let base = check_url(&self.url, config.federation.allow_http)?;
        std::fs::create_dir_all(data)
            .with_context(|| format!("cannot make the data folder {}", data.display()))?;
        server::check_folder(&config, data)?;
        app::check(&config)?;
        let _alone = folder::lock(data)?.with_context(|| {
            let place = data.display();
            format!("another process makes an instance in {place}: wait until it is done")
        })?;
        let db = server::open_db(&config, data)?;
        if db.read(db::collective::find).await?.is_some() {
            let place = data.display();
            let error = anyhow::Error::from(Error::Conflict);
            return Err(error.context(format!(
                "{place} holds an instance already; nothing was changed. Choose another --data"
            )));
        }
        let clock = Clock::system();
        let collective = Collective {
            handle: self.handle,
            name: self.name.trim().to_owned(),
            summary: self.summary,
            base,
            language: self.language,
            created_at: clock.now(),
            updated_at: clock.now(),
        };
        app::set_up(&db, &clock, collective).await?;
        let app = server::open_with(config, db, clock).await?;
        let steward = add_member(&app, &self.steward, Role::Steward).await?;
        let address = app.collective.address();
        output.tell(&format!(
            "{} is set up as @{address} ({}).",
            app.collective.name,
            app.db.engine()
        ));
        print_link(&app, output, &steward).await?;
        print_key(output, &backup::make_recovery_key(data)?);
        output.tell("Now let it answer: mutuals serve, with the same --data.");
        Ok(())
    }
}

impl Serve {
    /// How the database is opened.
    fn opening(&self) -> Opening<'static> {
        Opening { serves: true, has_backup: self.i_have_a_backup, ..Opening::default() }
    }

    pub async fn run(self, config: Config, data: &Path) -> anyhow::Result<()> {
        // Before the database is opened, which may take long after an update.
        let health = tell_health(&config, data).await?;
        let mut serving = server::begin(&config, data, self.role)?;
        // If it cannot be told, opening it says why.
        let is_long = server::plan(&config, data).is_ok_and(|plan| !plan.steps.is_empty());
        // Else nobody gets in before there is something: whoever comes would only wait.
        let early = match is_long && self.role.answers() {
            true => Some(self.bind(&config).await?),
            false => None,
        };
        let door = early.as_ref().map(|(listener, _)| listener);
        let app = self.open(config, data, &health, door).await?;
        health.opened(app.db.clone());
        let listener = match early {
            None if self.role.answers() => Some(self.bind(&app.config).await?),
            early => early,
        };
        if let Some(named) = app.config.address()?.filter(|named| *named != app.collective.base) {
            let base = &app.collective.base;
            tracing::warn!(
                "domain says {named}, but this house was set up at {base} and stays there"
            );
        }
        if app.db.has_one_server() {
            // Whoever leased something was killed: nobody needs to wait until its lease is over.
            // A command must never do this, because a server may be at work beside it.
            app.db.write(db::leases::release_all).await?;
        }
        serving.mark();
        let (engine, role) = (app.db.engine(), self.role);
        let listener = match listener {
            Some((listener, address)) => {
                tracing::info!(address = %address, engine, role = ?role, "answering");
                Some(listener)
            }
            None => {
                tracing::info!(engine, role = ?role, "working");
                None
            }
        };
        health.ready();
        let stop = stop_when_told(health);
        if role.works() {
            let location = server::location(&app.config, data)?;
            let here = Here { location, data: data.to_owned() };
            tokio::spawn(schedule::run(app.clone(), here, stop.clone()));
        }
        server::serve(app, role, listener, stop).await?;
        serving.end();
        tracing::info!("stopped");
        Ok(())
    }

    /// Opens the instance. Whoever comes to the door while its database is brought up to date is
    /// told so.
    async fn open(
        &self,
        config: Config,
        data: &Path,
        health: &Health,
        door: Option<&TcpListener>,
    ) -> anyhow::Result<App> {
        let updating = door.map(Updating::begin).transpose()?;
        let progress = |percent| {
            health.migrating(percent);
            updating.iter().for_each(|updating| updating.tell(percent));
        };
        let opening = Opening { progress: &progress, ..self.opening() };
        let opened = server::open_as(config, data, Clock::system(), &opening).await;
        if let Some(updating) = updating {
            updating.end().await;
        }
        opened
    }

    /// Waits to be set up by whoever holds the link that it prints, and serves the house then.
    pub async fn set_up(self, config: Config, data: &Path, output: &Output) -> anyhow::Result<()> {
        server::check_folder(&config, data)?;
        app::check(&config)?;
        if self.role != Part::All {
            // One process sets it up, and does everything then; others begin after it.
            bail!("{}", app::NOT_SET_UP);
        }
        let health = tell_health(&config, data).await?;
        let (listener, address) = self.bind(&config).await?;
        let here = Here { location: server::location(&config, data)?, data: data.to_owned() };
        let set_up = SetUp::new(config, data, Clock::system())?;
        let link = set_up.link(listener.local_addr()?);
        // Logs are kept, copied and read by others: the link is not for them.
        tracing::info!(
            address = %address,
            "nothing is set up here yet: open the link that stands on standard output"
        );
        let sentence = format!(
            "Nothing is set up here yet. Open this link in a browser; it works until the house is \
             open, or until the next start:\n{link}"
        );
        output.line(&sentence, &json!({"id": "set-up", "set_up": link}));
        let stop = stop_when_told(health.clone());
        let told = stop.clone();
        let begin = |app: &App| {
            health.opened(app.db.clone());
            health.ready();
            tokio::spawn(schedule::run(app.clone(), here, told));
            let (engine, base) = (app.db.engine(), &app.collective.base);
            tracing::info!(engine, "open at {base}; the link for setting up is used up");
            tracing::info!("if the page with the way in is lost: mutuals member link NAME");
        };
        set_up.serve(listener, stop, begin).await?;
        tracing::info!("stopped");
        Ok(())
    }

    async fn bind(&self, config: &Config) -> anyhow::Result<(TcpListener, SocketAddr)> {
        let address = self.listen.unwrap_or(config.listen);
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("cannot answer on {address}: is another server there? Use --listen ADDR")
        })?;
        Ok((listener, address))
    }
}

/// Tells how the server is, from now on, if that is wanted.
async fn tell_health(config: &Config, data: &Path) -> anyhow::Result<Health> {
    let health = Health::new(data, Clock::system());
    if let Some(address) = config.health.address()? {
        count_panics();
        let address = health.answer_on(address).await?;
        tracing::info!(address = %address, "telling how the server is");
    }
    Ok(health)
}

/// Says stop when somebody ends the process.
fn stop_when_told(health: Health) -> watch::Receiver<bool> {
    let (say_stop, stop) = watch::channel(false);
    tokio::spawn(async move {
        stop_signal().await;
        health.stopping();
        // The server may have ended by itself.
        let _ = say_stop.send(true);
    });
    stop
}

impl ConfigCommand {
    pub fn run(self, config: &Config, output: &Output) -> anyhow::Result<()> {
        let wanted = match &self {
            Self::Show => None,
            Self::Explain { key } => {
                config::check_key(key)?;
                Some(key.as_str())
            }
        };
        for (key, value, about) in config.lines() {
            if wanted.is_some_and(|wanted| wanted != key) {
                continue;
            }
            let variable = config::variable(key);
            let json = json!({"id": key, "value": value, "about": about, "variable": variable});
            let sentence = match wanted {
                None => format!("{key} = {value:?}"),
                Some(_) => format!(
                    "{about}\nNow: {value:?}\nIn mutuals.toml: {key}, or {key}_file with the name of a \
                     file that holds it\nIn the environment: {variable}, or {variable}_FILE"
                ),
            };
            output.line(&sentence, &json);
        }
        Ok(())
    }
}

/// Counts panics, and lets them be told as before.
fn count_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        metrics::counter!("panics_total").increment(1);
        usual(panic);
    }));
}

/// Waits until somebody ends the process: Ctrl-C, or SIGTERM as Docker and systemd send it.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

fn check_url(typed: &str, allow_http: bool) -> anyhow::Result<Url> {
    let example = "such as https://ring.example";
    let url = Url::parse(typed)
        .map_err(|_| anyhow::anyhow!("--url {typed:?}: give an address {example}"))?;
    if url.scheme() != "https" && !(allow_http && url.scheme() == "http") {
        bail!("--url {typed}: the fediverse needs https, {example}");
    }
    let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !is_origin || url.host_str().is_none() || !url.username().is_empty() {
        bail!("--url {typed}: give the address without anything behind the host, {example}");
    }
    Ok(url)
}
