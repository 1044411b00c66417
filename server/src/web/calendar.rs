//! A member's calendar: what they promised and by when. For the file that they take along, and at a
//! secret address for their calendar program; who holds that address needs nothing else.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use icalendar::{Calendar, Component as _, Event};

use crate::actions::gather_own::{Promised, gather_promised};
use crate::app::App;
use crate::db::{Conn, members, telling};
use crate::domain::proposal::Purpose;
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;
use crate::web::error::Problem;
use crate::web::form::InPath;

/// `GET /calendar/{name}`: the secret, and `.ics`.
pub async fn show(
    State(app): State<App>,
    InPath(name): InPath<String>,
) -> Result<Response, Problem> {
    let token = name.strip_suffix(".ics").ok_or(Problem::NotFound)?;
    let hash = keys::secret_hash(token);
    let read = move |conn: &mut Conn| {
        let member = telling::find_by_calendar(conn, &hash)?;
        Ok::<_, Error>((members::find(conn, member)?, gather_promised(conn, member)?))
    };
    let (member, mut promised) = app.db.read(read).await?;
    let language = member.language.as_deref().unwrap_or(&app.collective.language);
    keep_among_us(&Locale::find(language), &mut promised);
    let head = [(CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((head, write(&app, &promised)).into_response())
}

/// What others asked for among us only goes to no calendar and into no file: not what it is.
pub fn keep_among_us(locale: &Locale, promised: &mut [Promised]) {
    for each in promised.iter_mut().filter(|each| !each.to.is_public()) {
        let said = if each.to.purpose == Purpose::Need { "erased-need" } else { "erased-offer" };
        each.to.content.title = locale.say(said);
    }
}

/// What is still to be brought by a day: title, day and link, and nothing of anybody.
pub fn write(app: &App, promised: &[Promised]) -> String {
    let mut calendar = Calendar::new();
    for each in promised.iter().filter(|each| each.promise.is_awaited()) {
        let Some(end) = each.to.content.ends_at else { continue };
        let day = app.zone.to_datetime(end).date();
        let address = app.collective.urls().page(each.to.id);
        let mut event = Event::new();
        event.uid(&format!("{}@{}", each.promise.id, address.host_str().unwrap_or_default()));
        event.summary(&each.to.content.title);
        event.url(address.as_str());
        event.add_property("DTSTART;VALUE=DATE", day.strftime("%Y%m%d").to_string());
        event.add_property(
            "DTSTAMP",
            each.promise.promised_at.strftime("%Y%m%dT%H%M%SZ").to_string(),
        );
        calendar.push(event.done());
    }
    calendar.to_string()
}
