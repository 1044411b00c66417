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
use crate::cli::members::print_link;
use crate::cli::output::Output;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::db;
use crate::domain::collective::{Collective, check_handle, check_name};
use crate::domain::member::Role;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::Locale;
use crate::server;
use crate::serving::Serving;

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
        output.tell("Now let it answer: mutuals serve, with the same --data.");
        Ok(())
    }
}

impl Serve {
    pub async fn run(self, app: App, mut serving: Serving) -> anyhow::Result<()> {
        let address = self.listen.unwrap_or(app.config.listen);
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("cannot answer on {address}: is another server there? Use --listen ADDR")
        })?;
        if app.db.has_one_server() {
            // Whoever leased something was killed: nobody needs to wait until its lease is over.
            // A command must never do this, because a server may be at work beside it.
            app.db.write(db::leases::release_all).await?;
        }
        serving.mark();
        let (say_stop, stop) = watch::channel(false);
        tracing::info!(address = %address, engine = app.db.engine(), "answering");
        tokio::spawn(async move {
            stop_signal().await;
            // The server may have ended by itself.
            let _ = say_stop.send(true);
        });
        server::serve(app, listener, stop).await?;
        serving.end();
        tracing::info!("stopped");
        Ok(())
    }
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
                    "{about}\nNow: {value:?}\nIn mutuals.toml: {key}\nIn the environment: {variable}"
                ),
            };
            output.line(&sentence, &json);
        }
        Ok(())
    }
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
