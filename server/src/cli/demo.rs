//! `mutuals demo`: three collectives in one process, federating over real signed HTTP.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use url::Url;

use crate::actions::add_member::{add_member, make_sign_in_link};
use crate::actions::release_mutuality::release_mutuality;
use crate::app::{self, App};
use crate::cli::fixture::{self, Fixture};
use crate::cli::operation::stop_signal;
use crate::cli::output::Output;
use crate::cli::seed::{self, Cast};
use crate::cli::story::Story;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::collective::Collective;
use crate::domain::member::Role;
use crate::jobs::runner;
use crate::server;

/// How long ago the demo's story begins.
const BEGINNING: SignedDuration = SignedDuration::from_hours(31 * 24);

#[derive(Args)]
pub struct Demo {
    /// The first of three ports on this machine.
    #[arg(long, default_value_t = 8001)]
    port: u16,
    /// A year of one collective that is made up instead: charity_corner or ring_street. Look at its
    /// page Mutuality.
    #[arg(long, value_name = "NAME", value_parser = known_fixture)]
    fixture: Option<&'static Fixture>,
}

/// One collective of the demo.
pub struct Stage {
    /// Its instance.
    pub app: App,
    /// Its data folder.
    pub data: PathBuf,
    /// Where it answers.
    listener: Option<TcpListener>,
}

impl Demo {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let place = temporary_place()?;
        let ended = match self.fixture {
            Some(fixture) => self.play_fixture(fixture, &place, output).await,
            None => self.play(&place, output).await,
        };
        std::fs::remove_dir_all(&place)
            .with_context(|| format!("cannot remove {}", place.display()))?;
        ended
    }

    /// One collective, a year of it, and nobody beside it.
    async fn play_fixture(
        self,
        fixture: &'static Fixture,
        place: &Path,
        output: &Output,
    ) -> anyhow::Result<()> {
        output.tell("Setting up a year of one collective …");
        let cast = Cast {
            handle: fixture.handle,
            name: fixture.title,
            summary: fixture.summary,
            language: "en",
            members: &[],
        };
        let mut stage = set_stage(place, self.port, &cast, &Clock::system()).await?;
        fixture::load(&stage.app, fixture).await?;
        release_mutuality(&stage.app).await?;
        let (say_stop, stop) = watch::channel(false);
        let listener = stage.listener.take().context("the stage has a listener")?;
        let server = tokio::spawn(server::answer(stage.app.clone(), listener, stop.clone()));
        let workers = tokio::spawn(runner::run(stage.app.clone(), stop));
        let page = stage.app.collective.base.join("mutuality")?;
        introduce(&stage, &cast, output).await?;
        output.line(
            &format!("\nReady. Sign in and look at {page}. It is gone when you press Ctrl-C."),
            &json!({"id": "demo", "ready": true, "url": page}),
        );
        stop_signal().await;
        // Those who listen end now; those who ended already do not listen.
        let _ = say_stop.send(true);
        server.await??;
        workers.await?;
        output.tell("Stopped.");
        Ok(())
    }

    async fn play(self, place: &Path, output: &Output) -> anyhow::Result<()> {
        output.tell("Setting up three collectives and a month of their life …");
        let past = Clock::system().now().saturating_sub(BEGINNING)?;
        let clock = Clock::fixed(past);
        let mut stages = Vec::new();
        for (number, cast) in (0_u16..).zip(seed::CASTS) {
            let port =
                self.port.checked_add(number).context("--port is too high for three ports")?;
            stages.push(set_stage(place, port, cast, &clock).await?);
        }
        let (say_stop, stop) = watch::channel(false);
        let mut servers = JoinSet::new();
        for stage in &mut stages {
            let listener = stage.listener.take().context("each stage has a listener")?;
            servers.spawn(server::answer(stage.app.clone(), listener, stop.clone()));
        }
        seed::play(&stages, &clock).await?;
        clock.follow_system();
        let mut workers = JoinSet::new();
        for stage in &stages {
            workers.spawn(runner::run(stage.app.clone(), stop.clone()));
        }
        for (stage, cast) in stages.iter().zip(seed::CASTS) {
            introduce(stage, cast, output).await?;
        }
        output.line(
            "\nReady. Everything here is made up, and is gone when you press Ctrl-C.",
            &json!({"id": "demo", "ready": true}),
        );
        narrate(&stages, output).await?;
        // Those who listen end now; those who ended already do not listen.
        let _ = say_stop.send(true);
        while servers.join_next().await.is_some() {}
        while workers.join_next().await.is_some() {}
        output.tell("Stopped.");
        Ok(())
    }
}

/// Tells the story of the forty blankets, a step for each press of Enter, until somebody ends it.
async fn narrate(stages: &[Stage], output: &Output) -> anyhow::Result<()> {
    let [ring, mill, harbour] = stages else { anyhow::bail!("the story has three collectives") };
    let mut story = Story::new(ring.app.clone(), mill.app.clone(), harbour.app.clone());
    output.tell("Or watch forty blankets come from two collectives: press Enter for each step.");
    let mut pressed = lines_of_standard_input();
    let stopped = stop_signal();
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return Ok(()),
            Some(()) = pressed.recv() => {
                if let Err(error) = story.tell(output).await {
                    output.tell(&format!("{error:#}. Press Enter to try again."));
                }
                if story.next().is_none() {
                    output.tell("That was the story. Ctrl-C ends the demo.");
                    stopped.await;
                    return Ok(());
                }
            }
        }
    }
}

/// Each line that is typed. On a thread of its own, which nobody waits for: reading a line cannot be
/// called off. Where there is no standard input, there are no lines.
fn lines_of_standard_input() -> mpsc::Receiver<()> {
    let (say, heard) = mpsc::channel(1);
    std::thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        // Nobody listens any more once the demo ends.
        lines.map_while(|_| say.blocking_send(()).ok()).for_each(drop);
    });
    heard
}

async fn set_stage(place: &Path, port: u16, cast: &Cast, clock: &Clock) -> anyhow::Result<Stage> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("port {port} is taken: choose another with --port"))?;
    let data = place.join(cast.handle);
    std::fs::create_dir_all(&data)?;
    let mut config = Config { listen: address, ..Config::default() };
    config.federation.allow_http = true;
    config.federation.allow_private = vec!["127.0.0.0/8".parse()?];
    std::fs::write(data.join("mutuals.toml"), settings(port))?;
    let db = server::open_db(&config, &data)?;
    let collective = Collective {
        handle: cast.handle.to_owned(),
        name: cast.name.to_owned(),
        summary: cast.summary.to_owned(),
        base: Url::parse(&format!("http://{address}/"))?,
        language: cast.language.to_owned(),
        created_at: clock.now(),
        updated_at: clock.now(),
    };
    app::set_up(&db, clock, collective).await?;
    let app = server::open_with(config, db, clock.clone()).await?;
    for (number, name) in cast.members.iter().enumerate() {
        let role = if number == 0 { Role::Steward } else { Role::Member };
        add_member(&app, name, role).await?;
    }
    Ok(Stage { app, data, listener: Some(listener) })
}

/// So that other commands with `--data` work on the demo while it runs.
fn settings(port: u16) -> String {
    format!(
        "listen = \"127.0.0.1:{port}\"\n\n[federation]\nallow_http = true\n\
         allow_private = [\"127.0.0.0/8\"]\n"
    )
}

async fn introduce(stage: &Stage, cast: &Cast, output: &Output) -> anyhow::Result<()> {
    let app = &stage.app;
    let members = app.db.read(crate::db::members::list).await?;
    let mut links = Vec::new();
    for member in &members {
        let link = make_sign_in_link(app, member.id).await?;
        links.push((member.name.clone(), member.is_steward(), link));
    }
    let address = app.collective.address();
    output.tell(&format!("\n{} (@{address})\n  page:  {}", cast.name, app.collective.base));
    for (name, steward, link) in &links {
        let steward = if *steward { " (steward)" } else { "" };
        output.tell(&format!("  sign in once as {name}{steward}: {link}"));
    }
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("mutuals"));
    let data = stage.data.display();
    output.tell(&format!("  command line: {} --data {data} …", program.display()));
    if output.is_json() {
        let members: Vec<_> = links
            .iter()
            .map(|(name, steward, link)| json!({"name": name, "steward": steward, "sign_in": link}))
            .collect();
        let json = json!({
            "id": cast.handle,
            "url": app.collective.base,
            "name": cast.name,
            "address": address,
            "data": stage.data,
            "members": members
        });
        output.line("", &json);
    }
    Ok(())
}

fn known_fixture(name: &str) -> Result<&'static Fixture, String> {
    fixture::find(name).ok_or_else(|| {
        let names = fixture::FIXTURES.iter().map(|fixture| fixture.name);
        format!("there are {}", names.collect::<Vec<_>>().join(" and "))
    })
}

fn temporary_place() -> anyhow::Result<PathBuf> {
    let place = std::env::temp_dir().join(format!("mutuals-demo-{}", std::process::id()));
    std::fs::create_dir(&place)
        .with_context(|| format!("cannot make the folder {}", place.display()))?;
    Ok(place)
}
