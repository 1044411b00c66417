//! Meet the domains that speak to us: for a day they get a tenth of the usual limits (reliability.md,
//! 5).

use jiff::Timestamp;
use url::Url;

use crate::app::App;
use crate::db::{Conn, met_domains};
use crate::domain::held::NEW_FOR;
use crate::error::Error;

/// Whether the domain of an address is new to us. Never for a number that the operator allowed by
/// hand.
pub async fn is_new(app: &App, url: &Url) -> Result<bool, Error> {
    let Some(domain) = app.client.registered_domain(url) else { return Ok(false) };
    let met = match app.met_domains.get(&domain) {
        Some(met) => Some(met),
        None => {
            let asked = domain.clone();
            let met = app.db.read(move |conn| met_domains::find(conn, &asked)).await?;
            met.inspect(|met| app.met_domains.insert(domain, *met))
        }
    };
    Ok(met.is_none_or(|met| app.now().duration_since(met) < NEW_FOR))
}

/// Notes that an actor was heard whose signature fits. A domain of which we know actors for longer
/// is not new.
pub async fn meet(app: &App, actor: &Url) -> Result<(), Error> {
    let Some(domain) = app.client.registered_domain(actor) else { return Ok(()) };
    if app.met_domains.contains_key(&domain) {
        return Ok(());
    }
    let origin = actor.origin().ascii_serialization();
    let (now, asked) = (app.now(), domain.clone());
    let met = app.db.write(move |conn| meet_now(conn, &asked, &origin, now)).await?;
    app.met_domains.insert(domain, met);
    Ok(())
}

fn meet_now(
    conn: &mut Conn,
    domain: &str,
    origin: &str,
    now: Timestamp,
) -> Result<Timestamp, Error> {
    if let Some(met) = met_domains::find(conn, domain)? {
        return Ok(met);
    }
    let met = met_domains::first_actor(conn, origin)?.map_or(now, |first| first.min(now));
    met_domains::insert(conn, domain, met)?;
    Ok(met)
}
