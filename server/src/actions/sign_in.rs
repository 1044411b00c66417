//! Sign in by a one-time link or by name and password, and sign out.

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use jiff::SignedDuration;

use crate::app::App;
use crate::db::bells::{Bell, ring};
use crate::db::{Conn, known_browsers, leaving, members, notices, quiet_mode, sessions};
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// A session that is not used ends after this.
pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Every session ends after this.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// For so long after a link or a code a password is chosen without the old one.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// How many wrong passwords a name may have within five minutes.
const TRIES: usize = 5;

/// A hash to compare with when there is no such member, so that the answer takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A session that has just begun.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub member: Member,
    /// The secret for the cookie.
    pub token: String,
    /// The secret by which the browser is known the next time.
    pub browser: String,
    /// Whether they have a password already.
    pub has_password: bool,
}

/// Who signs in, and where.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Who.
    pub member: MemberId,
    /// Whether they came by a link, a code or a passkey. They may have forgotten their password: for
    /// a while they choose one without it.
    pub is_fresh: bool,
    /// The secret by which their browser is known, if it has one.
    pub browser: Option<&'a str>,
}

/// Uses a one-time link up and signs its member in.
pub async fn sign_in_by_link(
    app: &App,
    token: &str,
    browser: Option<&str>,
) -> Result<SignedIn, Error> {
    let hash = keys::secret_hash(token);
    let now = app.now();
    let member =
        app.db.write(move |conn| sessions::use_link(conn, &hash, now)).await.map_err(|error| {
            match error {
                Error::NotFound => Refusal::LinkUsedOrExpired.into(),
                other => other,
            }
        })?;
    begin(app, Arrival { member, is_fresh: true, browser }).await
}

/// Signs in by name and password. Whether the name or the password is wrong is not told.
pub async fn sign_in_by_password(
    app: &App,
    name: &str,
    password: &str,
    browser: Option<&str>,
) -> Result<SignedIn, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let counted = counted(&name);
    check_tries(app, &counted)?;
    let found = app
        .db
        .read(move |conn| match members::find_by_name(conn, &name) {
            Ok(member) => Ok(Some((member.id, members::find_password_hash(conn, member.id)?))),
            Err(Error::NotFound) => Ok(None),
            Err(other) => Err(other),
        })
        .await?;
    let (member, hash) = match found {
        Some((member, Some(hash))) => (Some(member), hash),
        _ => (None, NOBODY.to_owned()),
    };
    let fits = verify(password, hash).await?;
    match member.filter(|_| fits) {
        Some(member) => {
            app.wrong_passwords.invalidate(&counted);
            begin(app, Arrival { member, is_fresh: false, browser }).await
        }
        None => {
            count_wrong(app, counted).await?;
            Err(Refusal::SignInWrong.into())
        }
    }
}

/// Ends a session.
pub async fn sign_out(app: &App, token: &str) -> Result<(), Error> {
    let hash = keys::secret_hash(token);
    app.db.write(move |conn| sessions::delete(conn, &hash)).await
}

async fn begin(app: &App, arrival: Arrival<'_>) -> Result<SignedIn, Error> {
    let Arrival { member, is_fresh, .. } = arrival;
    let browser = arrival.browser.map(str::to_owned);
    app.change(move |app, conn, events| {
        let arrival = Arrival { member, is_fresh, browser: browser.as_deref() };
        begin_session(app, conn, arrival, events)
    })
    .await
}

/// Begins a session, inside a transaction that is under way. They are told of it on the page, by mail
/// and in their thread, unless it is the first time at all or they signed in in this browser before.
pub fn begin_session(
    app: &App,
    conn: &mut Conn,
    Arrival { member, is_fresh, browser }: Arrival<'_>,
    events: &mut Vec<Event>,
) -> Result<SignedIn, Error> {
    if quiet_mode::find(conn)?.quiet.is_lockdown() && !members::find(conn, member)?.is_steward() {
        return Err(Refusal::LockedDown.into());
    }
    // Whoever left and signs in again within two weeks has come back.
    if leaving::find(conn, member)?.is_some() && !leaving::undo(conn, member, app.now())? {
        return Err(Refusal::CannotComeBack.into());
    }
    // A secret that we did not give is none: whoever put it there would know it.
    let browser = match browser {
        Some(known) if known_browsers::exists(conn, &keys::secret_hash(known))? => known.to_owned(),
        _ => keys::secret()?,
    };
    let is_first = known_browsers::note_first(conn, member)?;
    let hash = keys::secret_hash(&browser);
    if known_browsers::remember(conn, &hash, member, app.now())? && !is_first {
        notices::insert(conn, member, Kind::SignInElsewhere, "/me", app.now())?;
        events.push(Event::SignedInElsewhere(member));
    }
    let (token, csrf) = (keys::secret()?, keys::secret()?);
    let fresh_until = is_fresh.then(|| app.now().saturating_add(FRESH).unwrap_or(app.now()));
    let secrets = (keys::secret_hash(&token), csrf);
    sessions::insert(conn, (&secrets.0, &secrets.1), member, app.now(), fresh_until)?;
    Ok(SignedIn {
        member: members::find(conn, member)?,
        token,
        browser,
        has_password: members::find_password_hash(conn, member)?.is_some(),
    })
}

/// Whether a password is the member's; false if they have none. Wrong ones are counted by name.
pub async fn is_password_of(app: &App, member: &Member, password: &str) -> Result<bool, Error> {
    let (id, counted) = (member.id, counted(&member.name));
    check_tries(app, &counted)?;
    let hash = app.db.read(move |conn| members::find_password_hash(conn, id)).await?;
    let fits = match hash {
        Some(hash) => verify(password, hash).await?,
        None => false,
    };
    if !fits {
        count_wrong(app, counted).await?;
    }
    Ok(fits)
}

fn check_tries(app: &App, counted: &str) -> Result<(), Error> {
    let tries = app.wrong_passwords.get(counted).unwrap_or_default().len();
    if tries >= TRIES { Err(Refusal::TooManyTries.into()) } else { Ok(()) }
}

/// By what wrong passwords are counted: a name is told to other processes, and to the server of the
/// database, as a digest only.
fn counted(name: &str) -> String {
    keys::secret_hash(&name.to_lowercase())
}

/// Counts a wrong password here and, where several processes answer, with all of them.
async fn count_wrong(app: &App, counted: String) -> Result<(), Error> {
    let number = app.clock.new_id::<()>().number();
    note_wrong(app, counted.clone(), number);
    if app.db.has_one_server() {
        return Ok(());
    }
    app.db.write(move |conn| ring(conn, &Bell::WrongPassword(counted, number))).await
}

/// Notes a wrong password. This process hears of its own again, by the same number.
pub fn note_wrong(app: &App, counted: String, number: i64) {
    let mut tries = app.wrong_passwords.get(&counted).unwrap_or_default();
    if tries.len() < TRIES && !tries.contains(&number) {
        tries.push(number);
        app.wrong_passwords.insert(counted, tries);
    }
}

async fn verify(password: &str, hash: String) -> Result<bool, Error> {
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || verifies(&password, &hash))
        .await
        .map_err(|error| Error::Internal(error.into()))
}

fn verifies(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}
