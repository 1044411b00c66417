//! Serving where nothing is set up yet: first the pages that set it up ([`crate::web::set_up`]),
//! then, without another start, the instance.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tower::ServiceExt as _;
use tower::util::BoxCloneService;
use url::Url;

use crate::actions::open_house::{Links, Plan, open_house};
use crate::app::App;
use crate::client::{Client, Timeouts};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::collective;
use crate::error::Error;
use crate::folder;
use crate::listener::listen;
use crate::server;
use crate::serving::{Role, Serving};
use crate::web::set_up::{Backups, Check, Checked, Desk, Hands, Open, Pending, router};

mod checks;
mod recovery;

/// How long a look from outside may take: somebody waits for the page.
const PATIENCE: Timeouts = Timeouts {
    connect: Duration::from_secs(4),
    read: Duration::from_secs(4),
    total: Duration::from_secs(8),
};
/// How long open connections may take to end when the server stops before the house is open.
const FAREWELL: Duration = Duration::from_secs(8);

/// What answers once the house is open.
type Service = BoxCloneService<Request, Response, Infallible>;
/// Nothing until then.
type Instance = Arc<Mutex<Option<Service>>>;

/// A server that waits to be set up.
pub struct SetUp {
    config: Config,
    pages: Router,
    token: String,
    instance: Instance,
    opened: mpsc::UnboundedReceiver<(App, Serving)>,
}

impl SetUp {
    /// One for a data folder, of which nothing needs to be there.
    pub fn new(config: Config, data: &Path, clock: Clock) -> anyhow::Result<Self> {
        let instance = Instance::default();
        let (say_opened, opened) = mpsc::unbounded_channel();
        let hands = Hands {
            open: opener(&config, data, &clock, (Arc::clone(&instance), say_opened)),
            check: checker(Client::new(&config.federation, PATIENCE)?),
            make_key: recovery::make,
        };
        let (desk, token) = Desk::new(config.clone(), data.to_owned(), clock, hands)?;
        Ok(Self { config, pages: router(desk), token, instance, opened })
    }

    /// The one-time link, for a server that answers at `address`.
    pub fn link(&self, address: SocketAddr) -> String {
        let base = match self.config.address() {
            Ok(Some(base)) => base.to_string(),
            _ if address.ip().is_unspecified() => format!("http://localhost:{}/", address.port()),
            _ => format!("http://{address}/"),
        };
        format!("{base}set-up/{}", self.token)
    }

    /// Answers until `stop` says so: with the pages, and as soon as the house is open with it. What
    /// else begins then is `begin`.
    pub async fn serve(
        mut self,
        listener: TcpListener,
        mut stop: watch::Receiver<bool>,
        begin: impl FnOnce(&App),
    ) -> anyhow::Result<()> {
        let (limits, told) = (self.config.limits.clone(), stop.clone());
        let service = switch(self.pages, self.instance);
        let mut listening =
            tokio::spawn(async move { listen(service, listener, &limits, told).await });
        let opened = tokio::select! {
            opened = self.opened.recv() => opened,
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let Some((app, mut serving)) = opened else {
            if tokio::time::timeout(FAREWELL, &mut listening).await.is_err() {
                listening.abort();
            }
            return Ok(());
        };
        serving.mark();
        begin(&app);
        // Whatever ended it ended by now.
        let listened = async { drop(listening.await) };
        server::serve_while(app, Role::All, listened, stop).await?;
        serving.end();
        Ok(())
    }
}

/// The pages until there is an instance, then the instance.
fn switch(
    pages: Router,
    instance: Instance,
) -> impl tower::Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send
{
    tower::service_fn(move |request: Request| {
        let open = instance.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let pages = pages.clone();
        async move {
            match open {
                Some(house) => house.oneshot(request).await,
                None => pages.oneshot(request).await,
            }
        }
    })
}

/// Makes the instance, and lets it answer.
fn opener(
    config: &Config,
    data: &Path,
    clock: &Clock,
    (instance, say_opened): (Instance, mpsc::UnboundedSender<(App, Serving)>),
) -> Open {
    let (config, data, clock) = (config.clone(), data.to_owned(), clock.clone());
    Arc::new(move |plan: Plan, backups: Backups| -> Pending<Result<Links, Error>> {
        let (config, data, clock) = (config.clone(), data.clone(), clock.clone());
        let (instance, say_opened) = (Arc::clone(&instance), say_opened.clone());
        Box::pin(async move {
            let (app, serving, links) = open(config, data, clock, (plan, backups)).await?;
            let service = BoxCloneService::new(server::service(app.clone()));
            *instance.lock().unwrap_or_else(PoisonError::into_inner) = Some(service);
            // Nobody listens any more if the server ends at this moment; the next start finds it.
            let _ = say_opened.send((app, serving));
            Ok(links)
        })
    })
}

async fn open(
    mut config: Config,
    data: PathBuf,
    clock: Clock,
    (plan, backups): (Plan, Backups),
) -> Result<(App, Serving, Links), Error> {
    let (settings, place) = (config.clone(), data.clone());
    let prepared = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&place)?;
        // Of two at once the second one finds a house, and lets the recipient of the first one be.
        let alone = folder::lock(&place)?.ok_or(Error::Conflict)?;
        let (db, serving) = server::open_first(&settings, &place)?;
        Ok::<_, anyhow::Error>((alone, db, serving))
    });
    let (_alone, db, serving) = prepared.await.map_err(anyhow::Error::from)??;
    if db.read(collective::find).await?.is_some() {
        return Err(Error::Conflict);
    }
    // Before the house: one without it would make no backups, and a key without a house is nothing.
    recovery::keep(&data, &backups.recipient)?;
    if !backups.folder.is_empty() {
        recovery::keep_folder(&data, &backups.folder)?;
        config.backup.folder = backups.folder;
    }
    let links = open_house(&db, &clock, plan).await?;
    let app = server::open_with(config, db, clock).await?;
    // Nobody else can have set it: the instance was made a line above.
    let _ = app.data.set(data);
    Ok((app, serving, links))
}

fn checker(client: Client) -> Check {
    Arc::new(move |base: Url, mark: String| -> Pending<Vec<Checked>> {
        let client = client.clone();
        Box::pin(async move { checks::look(&client, &base, &mark).await })
    })
}
