//! Join: say what one is called, read what we owe each other, and say yes to it or ask to talk to
//! somebody first. The ways in are a fediverse account that was proved, an invitation, or the open
//! door if the collective keeps one.

use jiff::SignedDuration;

use crate::actions::add_member::insert_member;
use crate::actions::set_password::hash_password;
use crate::actions::sign_in::{Arrival, SignedIn, begin_session};
use crate::actions::tell::tell_stewards;
use crate::actions::vouch::settle_standing;
use crate::app::App;
use crate::db::member_handles::{self, Handle};
use crate::db::{Conn, careful, covenants, invitations, members, sign_in_codes};
use crate::domain::id::MemberId;
use crate::domain::member::{Member, Role, Standing, check_name, check_password};
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::keys;

/// How many people come in by the open door in an hour.
const MOST_AN_HOUR: i64 = 20;

/// The open door closes when no steward was seen for so long.
const UNTENDED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// By which way somebody comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// With the fediverse account that the browser with this secret proved.
    Account(String),
    /// With the invitation of this token.
    Invitation(String),
    /// With an account, and an invitation in the second place: it is used up only while the account
    /// alone is not enough, because we are careful.
    InvitedAccount(String, String),
    /// By the open door.
    Open,
}

/// What somebody who joins says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What they are called here.
    pub name: String,
    /// The password that they choose; not asked of those who come with an account.
    pub password: String,
    /// To which version of what we owe each other they say yes; none if they want to talk first.
    pub agrees_to: Option<i64>,
}

/// Lets somebody in as a newcomer, or as a member where the rule asks for nothing more.
pub async fn join(app: &App, way: Way, wish: Wish) -> Result<SignedIn, Error> {
    let member = Member {
        id: app.clock.new_id(),
        name: check_name(&wish.name)?,
        role: Role::Member,
        language: None,
        joined_at: app.now(),
        standing: Standing::Joining,
    };
    let password = match way {
        Way::Account(_) | Way::InvitedAccount(..) => None,
        Way::Invitation(_) | Way::Open => {
            check_password(&wish.password)?;
            // Hashing takes long on purpose: not for those who cannot come in anyway.
            check_way(app, way.clone()).await?;
            Some(hash_password(&wish.password).await?)
        }
    };
    app.change(move |app, conn, events| {
        let handle = come_in(app, conn, &way)?;
        insert_member(conn, &member)?;
        if let Some(hash) = password {
            members::update_password_hash(conn, member.id, &hash)?;
        }
        if let Some(handle) = handle
            && !member_handles::insert(conn, member.id, &handle, app.now())?
        {
            return Err(Refusal::AttemptOver.into());
        }
        if let Some(version) = wish.agrees_to {
            note_consent(app, conn, member.id, version)?;
        }
        tell_stewards(app, conn, Kind::Joined, "/members")?;
        let arrival = Arrival { member: member.id, is_fresh: true, browser: None };
        begin_session(app, conn, arrival, events)
    })
    .await
}

/// Says yes to what we owe each other, for whoever wanted to talk first.
pub async fn agree(app: &App, member: MemberId, version: i64) -> Result<Member, Error> {
    app.change(move |app, conn, _| {
        members::lock(conn, member)?;
        note_consent(app, conn, member, version)?;
        members::find(conn, member)
    })
    .await
}

fn note_consent(app: &App, conn: &mut Conn, member: MemberId, version: i64) -> Result<(), Error> {
    let covenant = covenants::current(conn)?;
    if covenant.version != version {
        return Err(Refusal::CovenantChanged.into());
    }
    covenants::insert_consent(conn, member, version, app.now())?;
    settle_standing(app, conn, member, covenant.rule)
}

/// Whether the way is open; uses nothing up.
async fn check_way(app: &App, way: Way) -> Result<(), Error> {
    let shared = app.clone();
    app.db
        .read(move |conn| match way {
            Way::Invitation(token) => {
                let is_open = invitations::is_open(conn, &keys::secret_hash(&token), shared.now())?;
                if is_open { Ok(()) } else { Err(Refusal::InvitationOver.into()) }
            }
            Way::Open => check_door(&shared, conn),
            Way::Account(_) | Way::InvitedAccount(..) => Ok(()),
        })
        .await
}

fn check_door(app: &App, conn: &mut Conn) -> Result<(), Error> {
    if !app.config.joining.open {
        return Err(Refusal::DoorClosed.into());
    }
    if !is_tended(app, conn)? {
        return Err(Refusal::NobodyThere.into());
    }
    check_calm(app, conn)?;
    let hour = SignedDuration::from_hours(1);
    let since = app.now().saturating_sub(hour).unwrap_or(app.now());
    match members::count_joining_since(conn, since)? {
        count if count >= MOST_AN_HOUR => Err(Refusal::DoorCrowded.into()),
        _ => Ok(()),
    }
}

/// Whether somebody who looks after the house was there within a week. Where nobody is, the open door
/// closes by itself (mission, J3): accounts and invitations still let people in.
pub fn is_tended(app: &App, conn: &mut Conn) -> Result<bool, Error> {
    let seen = careful::last_seen(conn)?.unwrap_or(app.collective.created_at);
    Ok(app.now().duration_since(seen) < UNTENDED)
}

/// While we are careful, people join by invitation only.
fn check_calm(app: &App, conn: &mut Conn) -> Result<(), Error> {
    match careful::current(conn, app.now())? {
        Some(_) => Err(Refusal::CarefulNow.into()),
        None => Ok(()),
    }
}

/// Uses the way up; answers the account that comes with it.
fn come_in(app: &App, conn: &mut Conn, way: &Way) -> Result<Option<Handle>, Error> {
    match way {
        Way::Open => check_door(app, conn).map(|()| None),
        Way::Invitation(token) => use_invitation(app, conn, token).map(|()| None),
        Way::Account(token) => {
            check_calm(app, conn)?;
            use_account(app, conn, token).map(Some)
        }
        Way::InvitedAccount(token, invitation) => {
            if check_calm(app, conn).is_err() {
                use_invitation(app, conn, invitation)?;
            }
            use_account(app, conn, token).map(Some)
        }
    }
}

fn use_invitation(app: &App, conn: &mut Conn, token: &str) -> Result<(), Error> {
    match invitations::use_once(conn, &keys::secret_hash(token), app.now())? {
        true => Ok(()),
        false => Err(Refusal::InvitationOver.into()),
    }
}

fn use_account(app: &App, conn: &mut Conn, token: &str) -> Result<Handle, Error> {
    let hash = keys::secret_hash(token);
    let attempt = sign_in_codes::find_attempt(conn, &hash, app.now())?;
    let attempt = attempt.ok_or(Refusal::AttemptOver)?;
    let actor = attempt.actor.ok_or(Refusal::AttemptOver)?;
    if app.blocks().covers_actor(&actor) {
        return Err(Refusal::AttemptOver.into());
    }
    sign_in_codes::delete_attempt(conn, &hash)?;
    Ok(Handle { actor, address: attempt.address })
}
