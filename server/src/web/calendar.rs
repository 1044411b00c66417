//! Calendars: what a member promised and by when, for the file that they take along, and at a secret
//! address for their calendar program (who holds that address needs nothing else); and the end of one
//! need or offer.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use icalendar::{Calendar, Component as _, Event};
use jiff::Timestamp;

use crate::actions::gather_own::{Promised, gather_promised};
use crate::app::App;
use crate::db::{Conn, members, proposals, telling};
use crate::domain::id::{Id, ProposalId};
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;
use crate::web::error::Problem;
use crate::web::form::InPath;
use crate::web::proposals::path_of;
use crate::web::session::Visitor;

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
    Ok(answer(&calendar(&app, &promised)))
}

/// What others asked for among us only goes to no calendar and into no file: not what it is.
pub fn keep_among_us(locale: &Locale, promised: &mut [Promised]) {
    for each in promised.iter_mut().filter(|each| !each.to.is_public()) {
        let said = if each.to.purpose == Purpose::Need { "erased-need" } else { "erased-offer" };
        each.to.content.title = locale.say(said);
    }
}

/// `GET /@{handle}/{id}.ics`: the end of one need or offer, for whoever can see it.
pub async fn show_proposal(
    app: &App,
    visitor: &Visitor,
    id: ProposalId,
) -> Result<Response, Problem> {
    let looker = visitor.clone();
    let read = move |conn: &mut Conn| {
        let own = looker.member().map(|member| member.id);
        let author = proposals::find_private(conn, id)?.author;
        let is_own = author.is_some() && author == own;
        let proposal = proposals::find(conn, id)?;
        let shows = proposal.is_visible_to(looker.viewer(), is_own);
        Ok::<_, Error>(Some(proposal).filter(|_| shows))
    };
    let proposal = app.db.read(read).await?.ok_or(Problem::NotFound)?;
    let event = event(app, id, &proposal, proposal.updated_at).ok_or(Problem::NotFound)?;
    Ok(answer(&std::iter::once(event).collect()))
}

/// Where everybody gets the end of a need or an offer for their calendar, if everybody may see it and
/// it has one.
pub fn path_for_all(app: &App, proposal: &Proposal) -> Option<String> {
    let has_end = proposal.is_public() && proposal.content.ends_at.is_some();
    has_end.then(|| format!("{}.ics", path_of(app, proposal.id)))
}

/// What is still to be brought by a day: title, day and link, and nothing of anybody.
pub fn write(app: &App, promised: &[Promised]) -> String {
    calendar(app, promised).to_string()
}

fn calendar(app: &App, promised: &[Promised]) -> Calendar {
    let awaited = promised.iter().filter(|each| each.promise.is_awaited());
    awaited
        .filter_map(|each| event(app, each.promise.id, &each.to, each.promise.promised_at))
        .collect()
}

/// The day until which something is looked for; none if there is no such day.
fn event<T>(app: &App, id: Id<T>, about: &Proposal, stamp: Timestamp) -> Option<Event> {
    let day = app.zone.to_datetime(about.content.ends_at?).date();
    let address = app.collective.urls().page(about.id);
    let mut event = Event::new();
    event.uid(&format!("{id}@{}", address.host_str().unwrap_or_default()));
    event.summary(&about.content.title);
    event.url(address.as_str());
    event.add_property("DTSTART;VALUE=DATE", day.strftime("%Y%m%d").to_string());
    event.add_property("DTSTAMP", stamp.strftime("%Y%m%dT%H%M%SZ").to_string());
    Some(event.done())
}

fn answer(calendar: &Calendar) -> Response {
    ([(CONTENT_TYPE, "text/calendar; charset=utf-8")], calendar.to_string()).into_response()
}
