//! Calendars: what a member promised and by when, and their turns, for the file that they take
//! along, and at a secret address for their calendar program (who holds that address needs nothing
//! else); the turns of a duty; and the end of one need or offer.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use icalendar::{Calendar, Component as _, Event, EventLike as _};
use jiff::{SignedDuration, Timestamp};

use crate::actions::gather_own::{Promised, gather_promised};
use crate::app::App;
use crate::db::{Conn, duties, members, proposals, telling, turn_people, turns};
use crate::domain::duty::Duty;
use crate::domain::id::{DutyId, Id, MemberId, ProposalId};
use crate::domain::proposal::{Proposal, Purpose};
use crate::domain::turn::{State as Life, Turn};
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;
use crate::web::duties::find_visible;
use crate::web::error::Problem;
use crate::web::form::InPath;
use crate::web::proposals::path_of;
use crate::web::session::Visitor;

/// What stands before the secret of a duty's calendar.
const OF_DUTY: &str = "duty-";
/// So much of what was stands in the calendar of a duty.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// `GET /calendar/{name}`: the secret, and `.ics`.
pub async fn show(
    State(app): State<App>,
    InPath(name): InPath<String>,
) -> Result<Response, Problem> {
    let token = name.strip_suffix(".ics").ok_or(Problem::NotFound)?;
    if let Some(token) = token.strip_prefix(OF_DUTY) {
        return show_secret_duty(&app, token).await;
    }
    let (hash, now) = (keys::secret_hash(token), app.now());
    let read = move |conn: &mut Conn| {
        let member = telling::find_by_calendar(conn, &hash)?;
        let (promised, own) = (gather_promised(conn, member)?, next_turns(conn, member, now)?);
        Ok::<_, Error>((members::find(conn, member)?, promised, own))
    };
    let (member, mut promised, own) = app.db.read(read).await?;
    let language = member.language.as_deref().unwrap_or(&app.collective.language);
    let locale = Locale::find(language);
    keep_among_us(&locale, &mut promised);
    let mut calendar = calendar(&app, &promised);
    calendar.extend(own.iter().map(|(turn, duty)| turn_event(&app, &locale, duty, turn)));
    Ok(answer(&calendar))
}

/// `GET /duties/{id}.ics`: the turns of a duty, for whoever can see it.
pub async fn show_duty(app: &App, visitor: &Visitor, id: DutyId) -> Result<Response, Problem> {
    let (viewer, since) = (visitor.viewer(), look_back(app));
    let read = move |conn: &mut Conn| {
        let duty = find_visible(conn, viewer, id)?;
        Ok::<_, Error>((turns::list_from(conn, id, since)?, duty))
    };
    let (found, duty) = app.db.read(read).await?;
    Ok(answer(&duty_calendar(app, &visitor.locale, &duty, &found)))
}

/// The same at its secret address, for members.
async fn show_secret_duty(app: &App, token: &str) -> Result<Response, Problem> {
    let (token, since) = (token.to_owned(), look_back(app));
    let read = move |conn: &mut Conn| {
        let id = duties::find_by_calendar(conn, &token)?;
        Ok::<_, Error>((turns::list_from(conn, id, since)?, duties::find(conn, id)?))
    };
    let (found, duty) = app.db.read(read).await?;
    let locale = Locale::find(&duty.content.language);
    Ok(answer(&duty_calendar(app, &locale, &duty, &found)))
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
    event.add_property("DTSTAMP", utc(stamp));
    Some(event.done())
}

fn next_turns(
    conn: &mut Conn,
    member: MemberId,
    now: Timestamp,
) -> Result<Vec<(Turn, Duty)>, Error> {
    let own = turn_people::list_next_of(conn, member, now)?;
    let with_duty = |(turn, _): (Turn, _)| {
        let duty = duties::find(conn, turn.duty)?;
        Ok((turn, duty))
    };
    own.into_iter().map(with_duty).collect()
}

fn duty_calendar(app: &App, locale: &Locale, duty: &Duty, found: &[Turn]) -> Calendar {
    let mut calendar = Calendar::new();
    calendar.name(&duty.content.title);
    calendar.extend(found.iter().map(|turn| turn_event(app, locale, duty, turn)));
    calendar
}

/// A turn, in UTC (RFC 5545, 3.3.5, form 2), so that no calendar needs to know our zone: how many
/// come, and never who. One that was called off is said to be, so that calendars take it out.
fn turn_event(app: &App, locale: &Locale, duty: &Duty, turn: &Turn) -> Event {
    let address = app.collective.urls().join(turn.path().trim_start_matches('/'));
    let mut event = Event::new();
    event.uid(&format!("{}@{}", turn.id, address.host_str().unwrap_or_default()));
    event.summary(&duty.content.title);
    event.url(address.as_str());
    event.add_property("DTSTART", utc(turn.starts_at));
    event.add_property("DTEND", utc(turn.ends_at));
    event.add_property("DTSTAMP", utc(app.now()));
    if turn.state == Life::Off {
        event.add_property("STATUS", "CANCELLED");
    }
    let numbers = [("taken", turn.taken.into()), ("needed", turn.needed.into())];
    event.description(&locale.say_with("turn-count", numbers));
    if let Some(place) = &duty.content.place {
        event.location(place);
    }
    event.done()
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn look_back(app: &App) -> Timestamp {
    app.now().saturating_sub(LOOK_BACK).unwrap_or(app.now())
}

fn answer(calendar: &Calendar) -> Response {
    ([(CONTENT_TYPE, "text/calendar; charset=utf-8")], calendar.to_string()).into_response()
}
