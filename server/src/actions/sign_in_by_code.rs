//! Sign in with a fediverse account: a person writes to us, we answer them with six digits in their
//! thread, and they type these into the browser in which they want to sign in. Never the other way
//! round: a code that a page shows and a person sends could be the page of somebody else (wire
//! contract, 5.3).

use jiff::SignedDuration;
use url::Url;

use crate::actions::prove_handle::{self, Browser};
use crate::actions::sign_in::SignedIn;
use crate::app::App;
use crate::db::Conn;
use crate::db::member_handles::{self, Handle};
use crate::db::sign_in_codes::{self, Attempt, SignInCode};
use crate::domain::collective::domain_of;
use crate::domain::event::Event;
use crate::domain::id::MemberId;
use crate::domain::neighbour::RemoteActor;
use crate::domain::refusal::Refusal;
use crate::domain::sign_in::{DIGITS, read_address, read_code};
use crate::error::Error;
use crate::keys;

/// How long a browser waits, and how long a code works.
pub const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How long a browser that has proved an account may take to join: long enough to read.
pub const JOIN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// How many codes an actor gets in [`LASTS`].
const MOST_OF_ACTOR: i64 = 3;
/// How many codes the actors of one host get in an hour.
const MOST_OF_HOST: i64 = 30;

/// Somebody asks for a code.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Who.
    pub actor: &'a RemoteActor,
    /// With which message.
    pub note: &'a Url,
    /// In which language they are answered, as a code.
    pub language: &'a str,
    /// Whether only those whom it names can read the message.
    pub is_direct: bool,
}

/// What they get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A code.
    Code(SignInCode, String),
    /// The advice to write it as a private message, and no code.
    Advice(SignInCode),
    /// Nothing, and why.
    Nothing(&'static str),
}

/// What came of a code.
#[derive(Clone, Debug)]
pub enum Proved {
    /// The account is a member's, who is signed in now.
    Member(Box<SignedIn>),
    /// The account is nobody's yet: the new secret of the browser that may join with it.
    Stranger(String),
    /// The account is bound now to the member who is signed in.
    Bound(String),
}

/// Makes a code for whoever asks, inside a transaction that is under way. Codes before it are dead.
pub fn give_code(app: &App, conn: &mut Conn, asked: &Asked<'_>) -> Result<Given, Error> {
    let now = app.now();
    let before = |age| now.saturating_sub(age).unwrap_or(now);
    let (actor, host) = (&asked.actor.url, domain_of(&asked.actor.url));
    if sign_in_codes::count_of_actor(conn, actor, before(LASTS))? >= MOST_OF_ACTOR {
        return Ok(Given::Nothing("they asked for a code too often"));
    }
    let hour = SignedDuration::from_hours(1);
    if sign_in_codes::count_of_host(conn, &host, before(hour))? >= MOST_OF_HOST {
        return Ok(Given::Nothing("too many codes were asked for from their server"));
    }
    let address = asked.actor.address.to_lowercase();
    let name = address.split('@').next().unwrap_or_default();
    let code = new_code()?;
    let given = SignInCode {
        id: app.clock.new_id(),
        actor: actor.clone(),
        home_address: format!("{name}@{host}"),
        address,
        host,
        note: asked.note.clone(),
        language: asked.language.to_owned(),
        hash: asked.is_direct.then(|| hash(actor, &code)),
    };
    if !sign_in_codes::insert(conn, &given, (now, later(app, LASTS)?))? {
        return Ok(Given::Nothing("they asked with the same message before"));
    }
    if asked.is_direct {
        member_handles::note_thread(conn, actor, asked.note)?;
    }
    Ok(if asked.is_direct { Given::Code(given, code) } else { Given::Advice(given) })
}

/// Notes that a browser waits for a code of the account that was typed; answers its secret and the
/// account as it was understood.
pub async fn begin_attempt(app: &App, typed: &str) -> Result<(String, String), Error> {
    let address = read_address(typed)?;
    if address == app.collective.address().to_lowercase() {
        return Err(Refusal::OurOwnAddress.into());
    }
    let (token, expires_at, now) = (keys::secret()?, later(app, LASTS)?, app.now());
    let (hash, typed) = (keys::secret_hash(&token), address.clone());
    app.db
        .write(move |conn| sign_in_codes::insert_attempt(conn, &hash, &typed, (now, expires_at)))
        .await?;
    Ok((token, address))
}

/// What is known of a browser, if its time is not over.
pub async fn find_attempt(app: &App, token: &str) -> Result<Option<Attempt>, Error> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    app.db.read(move |conn| sign_in_codes::find_attempt(conn, &hash, now)).await
}

/// Tries a code. To whoever is signed in in this browser already an account that is nobody's becomes
/// theirs.
pub async fn prove(app: &App, token: &str, typed: &str, browser: Browser) -> Result<Proved, Error> {
    let (hash, typed) = (keys::secret_hash(token), typed.to_owned());
    // A wrong try must be written down, so it is no error inside the transaction.
    let tried = app.change(move |app, conn, events| match check(app, conn, &hash, &typed)? {
        Ok(code) => Ok(Ok(accept(app, conn, (&hash, code), &browser, events)?)),
        Err(refusal) => Ok(Err(refusal)),
    });
    Ok(tried.await??)
}

/// The code that fits, used up; or why none does.
fn check(
    app: &App,
    conn: &mut Conn,
    token_hash: &str,
    typed: &str,
) -> Result<Result<SignInCode, Refusal>, Error> {
    let now = app.now();
    let Some(attempt) = sign_in_codes::find_attempt(conn, token_hash, now)? else {
        return Ok(Err(Refusal::AttemptOver));
    };
    // What cannot be a code at all is a slip of the finger, and costs no try.
    let Some(typed) = read_code(typed) else { return Ok(Err(Refusal::CodeWrong)) };
    if !sign_in_codes::use_try_of_attempt(conn, token_hash)? {
        return Ok(Err(Refusal::AttemptOver));
    }
    let Some(code) = sign_in_codes::find_last(conn, &attempt.address)? else {
        return Ok(Err(Refusal::CodeWrong));
    };
    let fits = code
        .hash
        .as_deref()
        .is_some_and(|known| keys::same_secret(known, &hash(&code.actor, &typed)));
    let is_alive = sign_in_codes::use_try_of_code(conn, code.id, now)?;
    let is_blocked = app.blocks().covers_actor(&code.actor);
    if !fits || !is_alive || is_blocked || !sign_in_codes::use_up(conn, code.id, now)? {
        return Ok(Err(Refusal::CodeWrong));
    }
    Ok(Ok(code))
}

fn accept(
    app: &App,
    conn: &mut Conn,
    (token_hash, code): (&str, SignInCode),
    browser: &Browser,
    events: &mut Vec<Event>,
) -> Result<Proved, Error> {
    let handle = Handle { actor: code.actor, address: code.address };
    let owner = member_handles::find_member(conn, &handle.actor)?;
    let proved = prove_handle::accept(app, conn, (token_hash, &handle), browser, events)?;
    if let Some(owner) = owner
        && browser.here.map(|here| here.member) != Some(owner)
    {
        // They are told in the thread of the code, and there only once.
        events.retain(|event| *event != Event::SignedInElsewhere(owner));
        events.push(Event::SignedInByCode(code.id));
    }
    Ok(proved)
}

/// Lets go of an account of a member.
pub async fn release_handle(app: &App, member: MemberId, address: &str) -> Result<(), Error> {
    let address = address.to_owned();
    app.db.write(move |conn| member_handles::delete(conn, member, &address)).await
}

/// The actor is in it, so that a code is worth nothing for anybody else.
fn hash(actor: &Url, code: &str) -> String {
    keys::secret_hash(&format!("{actor} {code}"))
}

fn new_code() -> Result<String, Error> {
    let number = keys::number_below(10_u32.pow(6))?;
    Ok(format!("{number:0>DIGITS$}"))
}

/// The moment so long from now.
pub fn later(app: &App, by: SignedDuration) -> Result<jiff::Timestamp, Error> {
    Ok(app.now().saturating_add(by).map_err(anyhow::Error::from)?)
}
