//! The command line. A stable interface: other tools are built on it.
//!
//! A command works whether the server runs or not: it writes rows, and a running server looks for
//! new rows all the time. With `--json` every line is one JSON object with at least an `id`, and
//! for what is public a `url`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::app::App;
use crate::clock::Clock;
use crate::config::{self, Config, LogFormat};
use crate::error::Error;
use crate::folder;
use crate::log::{self, Logfmt, OneLine};
use crate::server;

mod acts;
mod agenda;
mod backups;
mod careful;
mod causes;
mod database;
mod decisions;
mod demo;
mod doctor;
mod domains;
mod duties;
pub mod fixture;
mod following;
mod healthcheck;
mod hosts;
mod joining;
mod keys;
mod look_up;
mod measures;
mod media;
mod members;
mod messages;
mod migrate;
mod mode;
mod mutuality;
mod neighbour_promises;
mod neighbours;
mod operation;
mod output;
mod pact;
mod progress;
mod promises;
mod proposals;
mod queue;
mod quiet;
mod restore;
mod roles;
mod rounds;
mod seed;
mod seed_duty;
mod story;
mod strings;
mod turns;

use output::Output;

/// The data folder if neither `--data` nor `MUTUALS_DATA` names one.
const DATA: &str = "mutuals-data";

/// How long blocking work may take to end when the process does.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// A rule says no.
const REFUSED: u8 = 3;
/// Something went wrong.
const FAILED: u8 = 1;

#[derive(Parser)]
#[command(name = "mutuals", version, about = "A federated server for mutual aid")]
#[command(propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Global {
    /// Print one JSON object a line.
    #[arg(long, global = true)]
    json: bool,
    /// The data folder [default: $MUTUALS_DATA, else mutuals-data].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Three collectives on this machine, federating with each other: have a look.
    Demo(demo::Demo),
    /// Set up a new instance.
    Init(operation::Init),
    /// Let the instance answer and work. Where there is none, print a link by which it is set up.
    Serve(operation::Serve),
    /// The people of the collective.
    #[command(subcommand)]
    Member(members::Member),
    /// What stewards did.
    #[command(subcommand)]
    Log(acts::Log),
    /// What we owe each other, and how one becomes a member.
    #[command(subcommand)]
    Covenant(joining::Covenant),
    /// What the assembly decides.
    #[command(subcommand)]
    Decision(decisions::DecisionCommand),
    /// What the collective noticed, as questions to the assembly.
    #[command(subcommand)]
    Agenda(agenda::Agenda),
    /// Who holds what until when.
    #[command(subcommand)]
    Role(roles::Role),
    /// What came from outside, and what is attached to it.
    #[command(subcommand)]
    String(strings::StringCommand),
    /// Links by which people join.
    #[command(subcommand)]
    Invitation(joining::Invitation),
    /// What people of the fediverse wrote to us.
    #[command(subcommand)]
    Message(messages::MessageCommand),
    /// Hold what strangers write, for a while.
    #[command(subcommand)]
    Careful(careful::Careful),
    /// What is needed.
    #[command(subcommand)]
    Need(proposals::Post),
    /// What is offered.
    #[command(subcommand)]
    Offer(proposals::Post),
    /// Needs and offers alike.
    #[command(subcommand)]
    Proposal(proposals::Proposal),
    /// What somebody will bring or do.
    #[command(subcommand)]
    Promise(promises::Promise),
    /// What came.
    #[command(subcommand)]
    Fulfilment(promises::Fulfilment),
    /// Crisis periods, each with an end.
    #[command(subcommand)]
    Round(rounds::RoundCommand),
    /// What is behind needs, and what we do about it.
    #[command(subcommand)]
    Cause(causes::CauseCommand),
    /// What is kept going, in turns.
    #[command(subcommand)]
    Duty(duties::Duty),
    /// Whose turn it is: come, stay away, note how it was.
    #[command(subcommand)]
    Turn(turns::Turn),
    /// The collectives that we follow.
    #[command(subcommand)]
    Follow(following::Follow),
    /// Who follows us.
    #[command(subcommand)]
    Follower(following::Follower),
    /// Pacts with other collectives: who sees what is for pacts, and answers it.
    #[command(subcommand)]
    Pact(pact::Pact),
    /// Other collectives, from outside.
    #[command(subcommand)]
    Neighbour(neighbours::Neighbour),
    /// What waits to be delivered.
    #[command(subcommand)]
    Queue(queue::Queue),
    /// The hosts that we deliver to, and those that are blocked.
    #[command(subcommand)]
    Host(hosts::Host),
    /// Rules about other servers.
    #[command(subcommand)]
    Domain(domains::Domain),
    /// With which servers we speak at all.
    #[command(subcommand)]
    Mode(mode::ModeCommand),
    /// Telling other servers what is wrong.
    #[command(subcommand)]
    Report(mode::Report),
    /// Does help go round, or does it run one way?
    Mutuality(mutuality::Mutuality),
    /// The keys with which this instance signs what it sends.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// What can be set, and what is.
    #[command(subcommand)]
    Config(operation::ConfigCommand),
    /// Whether a server runs here: ends with 0 if it does, with 1 if not.
    Healthcheck(healthcheck::Healthcheck),
    /// Bring the database up to date with this release.
    Migrate(migrate::Migrate),
    /// After a return from a backup: look, and let this instance speak again.
    #[command(subcommand)]
    Restore(restore::RestoreCommand),
    /// Moving an instance from one database to another.
    #[command(subcommand)]
    Database(database::DatabaseCommand),
    /// Encrypted copies of everything, and going back to one.
    #[command(subcommand)]
    Backup(backups::BackupCommand),
    /// Look at everything that could be wrong, and say what to do.
    Doctor(doctor::Doctor),
    /// Where pictures are kept.
    #[command(subcommand)]
    Media(media::MediaCommand),
    /// What is seen from outside: nothing, in an emergency.
    #[command(subcommand)]
    Quiet(quiet::Quiet),
    /// Quiet, and: everybody is signed out, nobody signs in but stewards, and nothing goes out.
    Lockdown,
}

/// Reads the command line, runs the command, and says how it went.
pub fn run() -> ExitCode {
    folder::keep_private();
    keep_small();
    // Clap ends the process with 2 if the command line cannot be understood.
    let cli = Cli::parse();
    let output = Output::new(cli.global.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let ended = runtime.block_on(dispatch(cli, &output));
    // A name that is being looked up cannot be called off; the process must not wait for it.
    runtime.shutdown_timeout(LAST_WAIT);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Many small things lie in memory here. In huge pages, which some systems give to everybody, they
/// take 20 MB more when idle, a third of what there is on a small server. A kernel without them says
/// no, which changes nothing.
fn keep_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

async fn dispatch(cli: Cli, output: &Output) -> anyhow::Result<()> {
    let data = cli.global.data.or_else(config::data_from_environment);
    let data = data.unwrap_or_else(|| PathBuf::from(DATA));
    let (config, command) = match (Config::load(&data), cli.command) {
        (Ok(config), command) => (config, command),
        // It says what else is wrong as well, because nothing is worse than mending one by one.
        (Err(why), Command::Doctor(doctor)) => {
            return doctor.run_unset(&data, &format!("{why:#}"), output).await;
        }
        (Err(why), _) => return Err(why),
    };
    let is_server = matches!(command, Command::Serve(_));
    start_log(&config, is_server)?;
    let open = || server::open(config.clone(), &data, Clock::system());
    match command {
        Command::Demo(demo) => demo.run(output).await,
        Command::Init(init) => init.run(config, &data, output).await,
        Command::Serve(serve) => {
            // Before anything is opened: opening makes what is not there.
            if !server::is_set_up(&config, &data)? {
                return serve.set_up(config.clone(), &data, output).await;
            }
            serve.run(config, &data).await
        }
        Command::Healthcheck(command) => command.run(&config, output).await,
        Command::Config(command) => command.run(&config, output),
        Command::Migrate(command) => command.run(&config, &data, output),
        Command::Doctor(doctor) => doctor.run(config.clone(), &data, output).await,
        Command::Mutuality(command) if command.is_of_a_table() => command.compute(output),
        Command::Mutuality(command) => command.run(&open().await?, output).await,
        Command::Member(command) => command.run(&open().await?, output).await,
        Command::Log(command) => command.run(&open().await?, output).await,
        Command::Covenant(command) => command.run(&open().await?, output).await,
        Command::Decision(command) => command.run(&open().await?, output).await,
        Command::Agenda(command) => command.run(&open().await?, output).await,
        Command::Role(command) => command.run(&open().await?, output).await,
        Command::String(command) => command.run(&open().await?, output).await,
        Command::Invitation(command) => command.run(&open().await?, output).await,
        Command::Message(command) => command.run(&open().await?, output).await,
        Command::Careful(command) => command.run(&open().await?, output).await,
        Command::Need(command) => command.run(&open().await?, output, true).await,
        Command::Offer(command) => command.run(&open().await?, output, false).await,
        Command::Proposal(command) => command.run(&open().await?, output).await,
        Command::Promise(command) => command.run(&open().await?, output).await,
        Command::Fulfilment(command) => command.run(&open().await?, output).await,
        Command::Round(command) => command.run(&open().await?, output).await,
        Command::Cause(command) => command.run(&open().await?, output).await,
        Command::Duty(command) => command.run(&open().await?, output).await,
        Command::Turn(command) => command.run(&open().await?, output).await,
        Command::Follow(command) => command.run(&open().await?, output).await,
        Command::Follower(command) => command.run(&open().await?, output).await,
        Command::Pact(command) => command.run(&open().await?, output).await,
        Command::Neighbour(command) => command.run(&open().await?, output).await,
        Command::Queue(command) => command.run(&open().await?, output).await,
        Command::Keys(command) => command.run(&open().await?, output).await,
        Command::Domain(command) => command.run(&open().await?, output).await,
        Command::Mode(command) => command.run(&open().await?, output).await,
        Command::Report(command) => command.run(&open().await?, output).await,
        Command::Host(command) => command.run(&open().await?, output).await,
        Command::Restore(command) => command.run(&open().await?, output).await,
        Command::Database(command) => command.run(&data, output).await,
        Command::Backup(command) => command.run(&config, &data, output).await,
        Command::Media(command) => command.run(&open().await?, output).await,
        Command::Quiet(command) => command.run(&open().await?, output).await,
        Command::Lockdown => quiet::lock_down(&open().await?, output).await,
    }
}

/// Logs go to standard error. A command is quiet unless something is wrong; the server is not.
fn start_log(config: &Config, is_server: bool) -> anyhow::Result<()> {
    let level = if is_server { config.log.level.as_str() } else { "warn" };
    let filter = log::filter(level)
        .map_err(|error| anyhow::anyhow!("configuration key log.level: {error}"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(OneLine(std::io::stderr))
        .with_ansi(false);
    match config.log.format {
        LogFormat::Text => builder.init(),
        LogFormat::Logfmt => builder.fmt_fields(Logfmt).event_format(Logfmt).init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}

fn fail(error: &anyhow::Error) -> ExitCode {
    // Under a sentence that says what was not found, "not found" says nothing more.
    let is_said = error.chain().count() > 1 && error.root_cause().is::<Error>();
    let said = if is_said { error.to_string() } else { format!("{error:#}") };
    // Whoever reads may have gone (`| head`): the code tells it all the same.
    let _ = writeln!(std::io::stderr(), "mutuals: {said}");
    match error.downcast_ref::<Error>() {
        Some(Error::Refused(_) | Error::NotFound | Error::Forbidden | Error::Conflict) => {
            ExitCode::from(REFUSED)
        }
        _ => ExitCode::from(FAILED),
    }
}

/// The whole database in one read, for commands that print.
async fn read<T, F>(app: &App, body: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce(&mut crate::db::Conn) -> Result<T, Error> + Send + 'static,
{
    app.db.read(body).await
}
