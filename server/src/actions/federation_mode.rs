//! With whom we speak at all: the mode, the list, and those that knocked.

use crate::actions::domain_rules::check;
use crate::actions::record_act::{Act, record};
use crate::app::App;
use crate::db::{Conn, followers, followings, gate, pacts};
use crate::domain::collective::domain_of;
use crate::domain::domain_rule::domain;
use crate::domain::gate::Mode;
use crate::domain::id::MemberId;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// The hosts with which we have to do and that are not on our list: a list would leave them out.
/// Those with a pact come first.
pub fn left_out(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let mut hosts: Vec<String> = Vec::new();
    let pacts = pacts::list_active(conn)?.into_iter().map(|(_, actor)| actor.url);
    let following = followings::list(conn)?.into_iter().map(|following| following.actor.url);
    let followers = followers::list(conn)?.into_iter().map(|(actor, _)| actor.url);
    let listed: Vec<String> =
        gate::list_allowed(conn)?.into_iter().map(|allowed| allowed.domain).collect();
    for host in pacts.chain(following).chain(followers).map(|actor| domain_of(&actor)) {
        if !listed.contains(&host) && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    Ok(hosts)
}

/// Sets the mode. With `keep_known` everybody with whom we have to do comes onto the list; answers
/// how many did.
pub async fn set_mode(
    app: &App,
    by: Option<MemberId>,
    mode: Mode,
    keep_known: bool,
) -> Result<usize, Error> {
    let added = app
        .change(move |app, conn, _| {
            let known = if keep_known { left_out(conn)? } else { Vec::new() };
            for host in &known {
                gate::allow(conn, host, app.now())?;
            }
            gate::set_mode(conn, mode, app.now())?;
            record(app, conn, by, Act::ModeChanged, mode.word(), "")?;
            Ok(known.len())
        })
        .await?;
    app.read_blocks().await?;
    // What waited may go now.
    app.goes_out.notify_waiters();
    app.came_in.notify_waiters();
    Ok(added)
}

/// Puts a host onto the list, whether it knocked or not.
pub async fn allow(app: &App, by: Option<MemberId>, typed: &str) -> Result<String, Error> {
    let host = check(app, typed, false)?;
    let allowed = host.clone();
    app.change(move |app, conn, _| {
        let has_knocked = gate::is_pending(conn, &allowed)?;
        gate::allow(conn, &allowed, app.now())?;
        let done = if has_knocked { Act::PeerApproved } else { Act::ModeChanged };
        record(app, conn, by, done, &allowed, "")
    })
    .await?;
    app.read_blocks().await?;
    app.goes_out.notify_waiters();
    Ok(host)
}

/// Takes a host off the list.
pub async fn disallow(app: &App, by: Option<MemberId>, typed: &str) -> Result<String, Error> {
    let host = domain(typed).ok_or(Refusal::NoHost)?;
    let removed = host.clone();
    app.change(move |app, conn, _| {
        if !gate::disallow(conn, &removed)? {
            return Err(Error::NotFound);
        }
        record(app, conn, by, Act::ModeChanged, &removed, "")
    })
    .await?;
    app.read_blocks().await?;
    Ok(host)
}

/// Forgets that a host knocked. If it comes again, it stands there again.
pub async fn dismiss(app: &App, host: &str) -> Result<(), Error> {
    let host = host.to_owned();
    match app.db.write(move |conn| gate::forget_pending(conn, &host)).await? {
        true => Ok(()),
        false => Err(Error::NotFound),
    }
}
