//! Sign in with a passkey, without typing a name; and add, name and remove them (Web
//! Authentication, level 3). What a device signs holds the address of the page: a copy of our page
//! elsewhere gets nothing from it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};

use crate::actions::sign_in::{Arrival, FRESH, SignedIn, begin_session, is_password_of};
use crate::app::App;
use crate::db::{passkeys, sessions};
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::passkey::{Challenge, MOST, StoredPasskey, check_name};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// How long somebody may take to find their key.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// The longest answer of a device, in bytes.
const LONGEST_ANSWER: usize = 32 * 1024;

/// What to compare an answer with.
#[derive(Deserialize, Serialize)]
enum State {
    /// Somebody adds a passkey, under this handle.
    Adding(Uuid, PasskeyRegistration),
    /// Somebody signs in.
    SigningIn(DiscoverableAuthentication),
}

/// What a page asks a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The secret with which the answer comes back.
    pub secret: String,
    /// What the device is asked, as JSON.
    pub options: String,
}

/// Whether passkeys work at our address: they are bound to the name of a machine, and browsers have
/// them on encrypted pages only.
pub fn are_offered(app: &App) -> bool {
    let base = &app.collective.base;
    base.domain().is_some_and(|name| base.scheme() == "https" || name == "localhost")
}

/// Asks a device of a member to make a passkey. The session must be fresh.
pub async fn begin_adding(app: &App, member: &Member) -> Result<Question, Error> {
    let id = member.id;
    let known = app.db.read(move |conn| passkeys::list(conn, id)).await?;
    if known.len() >= MOST {
        return Err(Refusal::PasskeysTooMany.into());
    }
    let handle = match known.first() {
        Some(first) => Uuid::parse_str(&first.handle).map_err(anyhow::Error::from)?,
        None => Uuid::new_v4(),
    };
    let exclude = known.iter().map(|passkey| Ok(read_key(&passkey.key)?.cred_id().clone()));
    let exclude = exclude.collect::<Result<Vec<_>, Error>>()?;
    let name = &member.name;
    let asked = rules(app)?.start_passkey_registration(handle, name, name, Some(exclude));
    let (question, state) = asked.map_err(broken)?;
    let mut options = serde_json::to_value(question).map_err(broken)?;
    // It is kept on the device with its owner's handle, so that nobody types a name.
    if let Some(Value::Object(selection)) = options.pointer_mut("/publicKey/authenticatorSelection")
    {
        selection.insert("residentKey".into(), json!("required"));
        selection.insert("requireResidentKey".into(), json!(true));
    }
    ask(app, Some(id), &State::Adding(handle, state), &options).await
}

/// Adds a passkey that a device of the member made.
pub async fn add(
    app: &App,
    member: MemberId,
    (secret, answer): (&str, &str),
    name: &str,
) -> Result<String, Error> {
    let name = check_name(name)?;
    let answer: RegisterPublicKeyCredential = read_answer(answer)?;
    let State::Adding(handle, state) = take(app, secret, Some(member)).await? else {
        return Err(Refusal::PasskeyWrong.into());
    };
    let made = rules(app)?.finish_passkey_registration(&answer, &state);
    let made = made.map_err(|error| refused(&error))?;
    let passkey = StoredPasskey {
        credential: URL_SAFE_NO_PAD.encode(made.cred_id()),
        member,
        handle: handle.to_string(),
        name: name.clone(),
        key: serde_json::to_string(&made).map_err(broken)?,
        made_at: app.now(),
        used_at: None,
    };
    let added = app.db.write(move |conn| {
        let is_room = passkeys::list(conn, member)?.len() < MOST;
        Ok(is_room && passkeys::insert(conn, &passkey)?)
    });
    if added.await? { Ok(name) } else { Err(Refusal::PasskeyWrong.into()) }
}

/// Removes a passkey of a member. The session must be fresh.
pub async fn remove(app: &App, member: MemberId, credential: &str) -> Result<(), Error> {
    let credential = credential.to_owned();
    let removed = app.db.write(move |conn| passkeys::delete(conn, member, &credential)).await?;
    if removed { Ok(()) } else { Err(Error::NotFound) }
}

/// Asks whichever device has a passkey for us to sign somebody in.
pub async fn begin_signing_in(app: &App) -> Result<Question, Error> {
    let (question, state) = rules(app)?.start_discoverable_authentication().map_err(broken)?;
    let options = serde_json::to_value(question).map_err(broken)?;
    ask(app, None, &State::SigningIn(state), &options).await
}

/// Signs in whoever's passkey signed.
pub async fn sign_in_by_passkey(
    app: &App,
    secret: &str,
    answer: &str,
    browser: Option<&str>,
) -> Result<SignedIn, Error> {
    let answer: PublicKeyCredential = read_answer(answer)?;
    let State::SigningIn(state) = take(app, secret, None).await? else {
        return Err(Refusal::PasskeyWrong.into());
    };
    let rules = rules(app)?;
    let named = rules.identify_discoverable_authentication(&answer);
    let (handle, credential) = named.map_err(|error| refused(&error))?;
    let (handle, credential) = (handle.to_string(), URL_SAFE_NO_PAD.encode(credential));
    let known = app.db.read(move |conn| passkeys::find(conn, &credential)).await?;
    let known = known.filter(|known| known.handle == handle).ok_or(Refusal::PasskeyWrong)?;
    let mut key = read_key(&known.key)?;
    let signed = rules.finish_discoverable_authentication_v2(&answer, state, &key);
    let signed = signed.map_err(|error| refused(&error))?;
    key.update_credential(&signed);
    let key = serde_json::to_string(&key).map_err(broken)?;
    let browser = browser.map(str::to_owned);
    app.change(move |app, conn, events| {
        if !passkeys::update_used(conn, &known.credential, &key, app.now())? {
            return Err(Refusal::PasskeyWrong.into());
        }
        let browser = browser.as_deref();
        let arrival = Arrival { member: known.member, is_fresh: true, browser };
        begin_session(app, conn, arrival, events)
    })
    .await
}

/// Makes a session fresh by its member's password.
pub async fn confirm_password(
    app: &App,
    member: &Member,
    password: &str,
    session: &str,
) -> Result<(), Error> {
    if !is_password_of(app, member, password).await? {
        return Err(Refusal::OldPasswordWrong.into());
    }
    let (hash, now) = (keys::secret_hash(session), app.now());
    let until = now.saturating_add(FRESH).unwrap_or(now);
    app.db.write(move |conn| sessions::update_fresh(conn, &hash, until)).await
}

/// Our rules: our own address and no other, and a device that knows its owner.
fn rules(app: &App) -> Result<Webauthn, Error> {
    let base = &app.collective.base;
    let Some(name) = base.domain().filter(|_| are_offered(app)) else {
        return Err(Error::NotFound);
    };
    let rules = WebauthnBuilder::new(name, base).map_err(broken)?;
    rules.rp_name(&app.collective.name).build().map_err(broken)
}

async fn ask(
    app: &App,
    member: Option<MemberId>,
    state: &State,
    options: &Value,
) -> Result<Question, Error> {
    let secret = keys::secret()?;
    let challenge = Challenge { member, state: serde_json::to_string(state).map_err(broken)? };
    let (hash, now) = (keys::secret_hash(&secret), app.now());
    let expires_at = now.saturating_add(LASTS).unwrap_or(now);
    app.db
        .write(move |conn| passkeys::insert_challenge(conn, &hash, &challenge, expires_at))
        .await?;
    let options = options.get("publicKey").unwrap_or(options).to_string();
    Ok(Question { secret, options })
}

/// What was asked with this secret, of this member or of nobody in particular; only once.
async fn take(app: &App, secret: &str, member: Option<MemberId>) -> Result<State, Error> {
    let (hash, now) = (keys::secret_hash(secret), app.now());
    let taken = app.db.write(move |conn| passkeys::take_challenge(conn, &hash, now)).await?;
    let taken = taken.filter(|taken| taken.member == member).ok_or(Refusal::PasskeyWrong)?;
    serde_json::from_str(&taken.state).map_err(broken)
}

fn read_answer<T: DeserializeOwned>(answer: &str) -> Result<T, Refusal> {
    let fits = answer.len() <= LONGEST_ANSWER;
    let read = fits.then(|| serde_json::from_str(answer).ok()).flatten();
    read.ok_or(Refusal::PasskeyWrong)
}

fn read_key(stored: &str) -> Result<Passkey, Error> {
    serde_json::from_str(stored).map_err(broken)
}

/// Why does not matter to whoever tries; it may to whoever looks after the server.
fn refused(error: &impl std::fmt::Display) -> Error {
    tracing::info!(%error, "a passkey was refused");
    Refusal::PasskeyWrong.into()
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(error.into())
}
