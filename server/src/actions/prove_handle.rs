//! Prove a fediverse account by way of its own server; and what comes of an account that is proved,
//! by whichever way.

use crate::actions::sign_in::{Arrival, begin_session};
use crate::actions::sign_in_by_code::{JOIN_WITHIN, Proved, later};
use crate::app::App;
use crate::db::member_handles::{self, Handle};
use crate::db::{Conn, oauth_clients, sign_in_codes};
use crate::domain::door::Door;
use crate::domain::event::Event;
use crate::domain::id::{DoorId, MemberId};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// The longest code that a server may send somebody back with, in bytes.
const LONGEST_CODE: usize = 2_000;

/// What somebody's own server sent with them when they came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// What only the browser that went there can have got back.
    pub state: String,
    /// What the server gives us a token for.
    pub code: String,
    /// Who the server says it is.
    pub issuer: Option<String>,
}

/// What is asked of their server now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// The code that it sent.
    pub code: String,
    /// What shows that we are the ones who sent them there (RFC 7636).
    pub verifier: String,
}

/// What a browser with this secret must bring back. Nobody else can know it, and nothing of it needs
/// to be stored.
pub fn state_of(secret: &str) -> String {
    keys::secret_hash(&format!("state {secret}"))
}

/// What only we can show for a browser with this secret.
pub fn verifier_of(secret: &str) -> String {
    keys::secret_hash(&format!("verifier {secret}"))
}

/// Notes that a browser may come back by a door, and to which page of ours it goes then.
pub async fn offer_door(
    app: &App,
    secret: &str,
    door: DoorId,
    return_to: &str,
) -> Result<(), Error> {
    let (hash, return_to) = (keys::secret_hash(secret), return_to.to_owned());
    app.db.write(move |conn| oauth_clients::offer(conn, &hash, door, &return_to)).await
}

/// By which door a browser may come back, if by any, and to which page of ours it goes then.
pub async fn find_offered(app: &App, secret: &str) -> Result<Option<(Door, String)>, Error> {
    let (hash, now) = (keys::secret_hash(secret), app.now());
    app.db.read(move |conn| oauth_clients::find_offered(conn, &hash, now)).await
}

/// Lets a browser in by the door through which it went out, and no other. Answers what to ask the
/// server behind it, and to which page of ours the browser goes then.
pub async fn come_back(
    app: &App,
    secret: &str,
    by: DoorId,
    sent: Sent,
) -> Result<(Door, Return, String), Error> {
    let offered = find_offered(app, secret).await?;
    let Some((door, return_to)) = offered.filter(|(door, _)| door.id == by) else {
        return Err(Refusal::AttemptOver.into());
    };
    if !keys::same_secret(&sent.state, &state_of(secret)) {
        return Err(Refusal::AttemptOver.into());
    }
    let hash = keys::secret_hash(secret);
    if !app.db.write(move |conn| sign_in_codes::use_try_of_attempt(conn, &hash)).await? {
        return Err(Refusal::AttemptOver.into());
    }
    // Whoever said no there comes back without a code.
    let has_code = (1..=LONGEST_CODE).contains(&sent.code.len());
    if !has_code || !door.sent(sent.issuer.as_deref()) {
        return Err(Refusal::ServerSaysNo.into());
    }
    Ok((door, Return { code: sent.code, verifier: verifier_of(secret) }, return_to))
}

/// The browser that proves an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// Who is signed in in it already.
    pub here: Option<Here>,
    /// The secret by which it is known, if somebody signed in in it before.
    pub known: Option<String>,
}

/// Who is signed in in a browser already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Here {
    /// The member.
    pub member: MemberId,
    /// Whether they showed a short while ago who they are.
    pub is_fresh: bool,
}

/// Takes an account that its own server proved, for the browser that it proved it to.
pub async fn prove_by_door(
    app: &App,
    secret: &str,
    handle: Handle,
    browser: Browser,
) -> Result<Proved, Error> {
    let hash = keys::secret_hash(secret);
    app.change(move |app, conn, events| {
        if oauth_clients::find_offered(conn, &hash, app.now())?.is_none() {
            return Err(Refusal::AttemptOver.into());
        }
        if app.blocks().covers_actor(&handle.actor) {
            return Err(Refusal::ServerSaysNo.into());
        }
        accept(app, conn, (&hash, &handle), &browser, events)
    })
    .await
}

/// What comes of a proved account, inside a transaction that is under way: a session for its
/// member, a new account for whoever is signed in already, or leave to join.
pub fn accept(
    app: &App,
    conn: &mut Conn,
    (token_hash, handle): (&str, &Handle),
    browser: &Browser,
    events: &mut Vec<Event>,
) -> Result<Proved, Error> {
    match (member_handles::find_member(conn, &handle.actor)?, browser.here) {
        (Some(owner), _) => {
            sign_in_codes::delete_attempt(conn, token_hash)?;
            let known = browser.known.as_deref();
            let arrival = Arrival { member: owner, is_fresh: true, browser: known };
            Ok(Proved::Member(Box::new(begin_session(app, conn, arrival, events)?)))
        }
        // Who finds a browser left open must not make it their own for good.
        (None, Some(here)) if !here.is_fresh => Err(Refusal::NotFresh.into()),
        (None, Some(here)) => {
            sign_in_codes::delete_attempt(conn, token_hash)?;
            member_handles::insert(conn, here.member, handle, app.now())?;
            Ok(Proved::Bound(handle.address.clone()))
        }
        (None, None) => {
            let token = keys::secret()?;
            let proved = (&handle.actor, handle.address.as_str());
            let times = (app.now(), later(app, JOIN_WITHIN)?);
            let new_hash = keys::secret_hash(&token);
            sign_in_codes::prove_attempt(conn, token_hash, &new_hash, proved, times)?;
            Ok(Proved::Stranger(token))
        }
    }
}
