//! Write down how a duty is done, look whether it is still right, copy it from a neighbour.

use url::Url;

use crate::actions::duty::check_keeps;
use crate::app::App;
use crate::db::{Conn, duties, runbooks};
use crate::domain::id::{DutyId, MemberId};
use crate::domain::member::Member;
use crate::domain::runbook::{Origin, Runbook, check, from_file};
use crate::error::Error;

/// A runbook as it stands somewhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub url: Url,
    /// Whose it is.
    pub name: String,
    /// Markdown.
    pub text: String,
}

/// Writes a new version. If it says nothing new, it is noted that somebody looked.
pub async fn write_runbook(
    app: &App,
    by: &Member,
    duty: DutyId,
    text: &str,
) -> Result<Runbook, Error> {
    let text = check(text)?;
    let by = by.id;
    app.change(move |app, conn, _| write(app, conn, by, duty, text)).await
}

/// Notes that somebody looked, and it is still right.
pub async fn look_at_runbook(app: &App, by: &Member, duty: DutyId) -> Result<(), Error> {
    let by = by.id;
    app.change(move |app, conn, _| {
        let mut duty = duties::lock(conn, duty)?;
        check_keeps(conn, by, duty.id, app.now())?;
        duty.looked_at = Some(app.now());
        duties::update(conn, &duty)
    })
    .await
}

/// Takes over what stands somewhere else as a new version, and keeps from whom.
pub async fn copy_runbook(
    app: &App,
    by: &Member,
    duty: DutyId,
    found: Found,
) -> Result<Runbook, Error> {
    let text = check(&found.text)?;
    let by = by.id;
    app.change(move |app, conn, _| {
        let now = app.now();
        let written = write(app, conn, by, duty, text.clone())?;
        let origin =
            Origin { url: found.url, name: found.name, text, copied_at: now, looked_at: now };
        runbooks::replace_origin(conn, duty, &origin)?;
        Ok(written)
    })
    .await
}

/// Takes over a file. If it says from where it is, that is kept.
pub async fn copy_file(app: &App, by: &Member, duty: DutyId, file: &str) -> Result<Runbook, Error> {
    match from_file(file) {
        (Some(url), text) => {
            let name = url.host_str().unwrap_or_default().to_owned();
            copy_runbook(app, by, duty, Found { url, name, text: text.to_owned() }).await
        }
        (None, text) => write_runbook(app, by, duty, text).await,
    }
}

/// Notes what stands at the origin now, to compare it with.
pub async fn note_origin(
    app: &App,
    by: &Member,
    duty: DutyId,
    found: Found,
) -> Result<Origin, Error> {
    let text = check(&found.text)?;
    let by = by.id;
    app.change(move |app, conn, _| {
        check_keeps(conn, by, duty, app.now())?;
        let before = runbooks::find_origin(conn, duty)?.ok_or(Error::NotFound)?;
        let origin = Origin { text, name: found.name, looked_at: app.now(), ..before };
        runbooks::replace_origin(conn, duty, &origin)?;
        Ok(origin)
    })
    .await
}

fn write(
    app: &App,
    conn: &mut Conn,
    by: MemberId,
    id: DutyId,
    text: String,
) -> Result<Runbook, Error> {
    let mut duty = duties::lock(conn, id)?;
    check_keeps(conn, by, id, app.now())?;
    let now = app.now();
    duty.looked_at = Some(now);
    duties::update(conn, &duty)?;
    let before = runbooks::find(conn, id)?;
    match before {
        Some(before) if before.text == text => Ok(before),
        before => {
            let version = before.map_or(1, |before| before.version.saturating_add(1));
            let runbook = Runbook { version, text, made_at: now };
            runbooks::insert(conn, id, &runbook)?;
            Ok(runbook)
        }
    }
}
