//! Duties: what is kept going here, how often, and who is missing. Members see all of it; everybody
//! sees what is for everybody and really happens.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::actions::duty::{end_duty, wake_duty};
use crate::app::App;
use crate::db::{Conn, duties, kept, members, runbooks, turns};
use crate::domain::audience::{Audience, Viewer};
use crate::domain::duty::{Duty, DutyPrivate};
use crate::domain::id::{DutyId, MemberId};
use crate::domain::kept::Kept;
use crate::domain::member::Member;
use crate::domain::quarter::Quarter;
use crate::domain::runbook::{Runbook, Thin, thin};
use crate::domain::turn::Turn;
use crate::error::Error;
use crate::text;
use crate::web::calendar;
use crate::web::error::Problem;
use crate::web::form::{Form, InPath, PathId};
use crate::web::page::{Page, go_on, show as page};
use crate::web::session::{FullMember, Visitor};
use crate::web::turn_lines::{Read, TurnLine, rhythm};
use crate::web::words::{Day, Words};

/// How many of the next turns stand on the page of a duty.
const NEXT: i64 = 10;
/// And how many that are over.
const OVER: i64 = 5;

#[derive(Template)]
#[template(path = "duties/list.html")]
struct List {
    page: Page,
    awake: Vec<Card>,
    asleep: Vec<Card>,
    may_add: bool,
}

/// A duty in the list.
struct Card {
    href: String,
    title: String,
    language: String,
    rhythm: String,
    place: Option<String>,
    functions: Vec<String>,
    next: Option<TurnLine>,
    last: Option<Day>,
}

#[derive(Template)]
#[template(path = "duties/show.html")]
struct Show {
    page: Page,
    id: String,
    title: String,
    language: String,
    html: String,
    rhythm: String,
    place: Option<String>,
    audience: String,
    functions: Vec<String>,
    pause: Option<String>,
    days_without: Vec<String>,
    is_asleep: bool,
    is_over: bool,
    next: Vec<TurnLine>,
    over: Vec<TurnLine>,
    last: Option<Day>,
    keepers: Option<Keepers>,
    quarter: Option<QuarterLine>,
    has_runbook: bool,
    thin: Option<String>,
    calendar: Option<String>,
    is_calendar_secret: bool,
    may_keep: bool,
}

/// Who looks after it; for members.
struct Keepers {
    keeper: Option<String>,
    until: Option<Day>,
    is_due: bool,
    rests: bool,
    deputy: Option<String>,
}

/// How its turns went in the last quarter, and what is asked; for members.
struct QuarterLine {
    kept: String,
    carried: Option<String>,
    ask: String,
}

/// What is read of a duty for its page.
struct Found {
    duty: Duty,
    private: DutyPrivate,
    keeper: Option<String>,
    deputy: Option<String>,
    next: Vec<Read>,
    over: Vec<Read>,
    last: Option<Turn>,
    kept: Option<Kept>,
    runbook: Option<Runbook>,
    was_learnt: bool,
}

/// `GET /duties`
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let (looker, now) = (visitor.clone(), app.now());
    let read = move |conn: &mut Conn| {
        let mut found = Vec::new();
        for duty in duties::list_live(conn)? {
            if duty.is_visible_to(looker.viewer()) {
                let next = turns::list_next(conn, duty.id, now, 1)?.pop();
                let read = |turn| Read::of(conn, turn, looker.member(), now);
                let next = next.map(read).transpose()?;
                let last = turns::find_last_kept(conn, duty.id)?;
                found.push((duty, next, last));
            }
        }
        Ok::<_, Error>(found)
    };
    let found = app.db.read(read).await?;
    let words = Words::new(&app, &visitor);
    let (mut awake, mut asleep) = (Vec::new(), Vec::new());
    for (duty, next, last) in &found {
        let card = card(&words, visitor.viewer(), duty, next.as_ref(), last.as_ref());
        if duty.asleep_at.is_some() { asleep.push(card) } else { awake.push(card) }
    }
    page(&List {
        page: Page::new(&app, &visitor, words.locale.say("duties-title")),
        awake,
        asleep,
        may_add: visitor.member().is_some_and(Member::is_steward),
    })
}

/// `GET /duties/{id}`, and with `.ics` behind it its calendar, for whoever may see it.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    InPath(name): InPath<String>,
) -> Result<Response, Problem> {
    let (name, is_calendar) = match name.strip_suffix(".ics") {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    let id: DutyId = name.parse().map_err(|_| Problem::NotFound)?;
    if is_calendar {
        return calendar::show_duty(&app, &visitor, id).await;
    }
    show_page(&app, &visitor, id).await
}

/// `POST /duties/{id}/wake`
pub async fn wake(
    State(app): State<App>,
    FullMember { member, .. }: FullMember,
    PathId(id): PathId<Duty>,
    _form: Form,
) -> Result<Response, Problem> {
    wake_duty(&app, &member, id).await?;
    Ok(go_on(&app, &path_of(id), "duty-woken", &[]))
}

/// `POST /duties/{id}/end`
pub async fn end(
    State(app): State<App>,
    FullMember { member, .. }: FullMember,
    PathId(id): PathId<Duty>,
    _form: Form,
) -> Result<Response, Problem> {
    end_duty(&app, &member, id).await?;
    Ok(go_on(&app, "/duties", "duty-ended", &[]))
}

/// The path of the page of a duty.
pub fn path_of(id: DutyId) -> String {
    format!("/duties/{id}")
}

/// A duty that a visitor may see.
pub fn find_visible(conn: &mut Conn, viewer: Viewer, id: DutyId) -> Result<Duty, Error> {
    let duty = duties::find(conn, id)?;
    if duty.is_visible_to(viewer) { Ok(duty) } else { Err(Error::NotFound) }
}

/// What a collective would be missed for, as it is said.
pub fn function(words: &Words<'_>, word: &str) -> String {
    let id = format!("function-{word}");
    let is_known = crate::domain::duty::FUNCTIONS.contains(&word);
    if is_known { words.locale.say(&id) } else { word.to_owned() }
}

fn card(
    words: &Words<'_>,
    viewer: Viewer,
    duty: &Duty,
    next: Option<&Read>,
    last: Option<&Turn>,
) -> Card {
    Card {
        href: path_of(duty.id),
        title: duty.content.title.clone(),
        language: duty.content.language.clone(),
        rhythm: rhythm(words.locale, &duty.schedule),
        place: duty.content.place.clone(),
        functions: functions(words, duty),
        next: next.map(|read| TurnLine::new(words, viewer, duty, read)),
        last: last.map(|turn| words.day(turn.starts_at)),
    }
}

fn functions(words: &Words<'_>, duty: &Duty) -> Vec<String> {
    duty.content.functions.iter().map(|word| function(words, word)).collect()
}

async fn show_page(app: &App, visitor: &Visitor, id: DutyId) -> Result<Response, Problem> {
    let (looker, now, zone) = (visitor.clone(), app.now(), app.zone.clone());
    let read = move |conn: &mut Conn| Found::read(conn, &looker, id, (now, &zone));
    let found = app.db.read(read).await?;
    let words = Words::new(app, visitor);
    let (duty, viewer) = (&found.duty, visitor.viewer());
    let content = &duty.content;
    let lines = |reads: &[Read]| {
        reads.iter().map(|read| TurnLine::new(&words, viewer, duty, read)).collect()
    };
    let today = duty.schedule.zone(&app.zone).to_datetime(words.now).date();
    let coming = duty.schedule.days_without.iter().filter(|day| **day >= today);
    let audience = match content.audience {
        Audience::Public => "duty-audience-public",
        _ => "duty-audience-members",
    };
    page(&Show {
        page: Page::new(app, visitor, content.title.as_str()),
        id: id.to_string(),
        title: content.title.clone(),
        language: content.language.clone(),
        html: text::markdown(&content.text),
        rhythm: rhythm(words.locale, &duty.schedule),
        place: content.place.clone(),
        audience: words.locale.say(audience),
        functions: functions(&words, duty),
        pause: duty.schedule.pause.filter(|(_, until)| *until >= today).map(|(from, until)| {
            let (from, until) = (words.calendar_day(from), words.calendar_day(until));
            let arguments = [("from", from.into()), ("until", until.into())];
            words.locale.say_with("duty-paused", arguments)
        }),
        days_without: coming.map(|day| words.calendar_day(*day)).collect(),
        is_asleep: duty.asleep_at.is_some(),
        is_over: !duty.is_live(),
        next: lines(&found.next),
        over: lines(&found.over),
        last: found.last.as_ref().map(|turn| words.day(turn.starts_at)),
        keepers: viewer.is_member().then(|| keepers(&words, &found)),
        quarter: viewer.is_member().then(|| quarter(&words, &found)).flatten(),
        has_runbook: found.runbook.is_some(),
        thin: viewer.is_member().then(|| thinness(&words, &found)).flatten(),
        calendar: calendar_of(app, viewer, &found),
        is_calendar_secret: !duty.is_public(),
        may_keep: visitor
            .member()
            .is_some_and(|member| found.private.may_be_kept_by(member, words.now)),
    })
}

/// The address of its calendar: one for everybody, or the secret one for members.
fn calendar_of(app: &App, viewer: Viewer, found: &Found) -> Option<String> {
    let urls = app.collective.urls();
    match found.duty.is_public() {
        true => Some(format!("{}.ics", urls.duty(found.duty.id))),
        false if viewer.is_member() => {
            Some(urls.duty_calendar(&found.private.calendar_token).to_string())
        }
        false => None,
    }
}

fn keepers(words: &Words<'_>, found: &Found) -> Keepers {
    let until = found.private.keeper_until;
    Keepers {
        keeper: found.keeper.clone(),
        until: until.map(|until| words.day(until)),
        is_due: until.is_some_and(|until| until <= words.now),
        rests: found.private.rests(words.now),
        deputy: found.deputy.clone(),
    }
}

/// October to December: kept 12 of 13. Who keeps this from April? The next ones are asked about,
/// not these.
fn quarter(words: &Words<'_>, found: &Found) -> Option<QuarterLine> {
    let kept = found.kept.filter(|_| found.duty.is_live())?;
    let month = |number: i8| words.locale.say_with("date-month", [("month", number.into())]);
    let zone = found.duty.schedule.zone(&words.app.zone);
    let first = kept.quarter.first_day()?.month();
    let next = Quarter::of(words.now, &zone).after().first_day()?.month();
    let numbers = [
        ("from", month(first).into()),
        ("until", month(first.saturating_add(2)).into()),
        ("kept", kept.kept.into()),
        ("due", kept.due.into()),
        ("covered", kept.by_cover.into()),
    ];
    Some(QuarterLine {
        kept: words.locale.say_with("duty-quarter", numbers),
        carried: kept.carried.map(|carried| {
            let numbers = [("people", carried.people.into()), ("new", carried.new.into())];
            words.locale.say_with("duty-quarter-people", numbers)
        }),
        ask: words.locale.say_with("duty-quarter-ask", [("month", month(next).into())]),
    })
}

fn thinness(words: &Words<'_>, found: &Found) -> Option<String> {
    let written_at = found.runbook.as_ref().map(|runbook| runbook.made_at);
    let looked_at = found.duty.looked_at;
    let thin = thin(written_at, looked_at, found.was_learnt, words.now)?;
    Some(words.locale.say(thin_key(thin)))
}

/// The message that says why a runbook is thin.
pub fn thin_key(thin: Thin) -> &'static str {
    match thin {
        Thin::Missing => "runbook-thin-missing",
        Thin::Stale => "runbook-thin-stale",
        Thin::Unlearnt => "runbook-thin-unlearnt",
    }
}

impl Found {
    fn read(
        conn: &mut Conn,
        visitor: &Visitor,
        id: DutyId,
        (now, ours): (Timestamp, &TimeZone),
    ) -> Result<Self, Error> {
        let duty = find_visible(conn, visitor.viewer(), id)?;
        let zone = duty.schedule.zone(ours);
        let quarter = Quarter::of(now, &zone).before();
        let private = duties::find_private(conn, id)?;
        let next = turns::list_next(conn, id, now, NEXT)?;
        let over = turns::list_over(conn, id, now, OVER)?;
        Ok(Self {
            keeper: name_of(conn, private.keeper)?,
            deputy: name_of(conn, private.deputy)?,
            next: read_all(conn, visitor, next, now)?,
            over: read_all(conn, visitor, over, now)?,
            last: turns::find_last_kept(conn, id)?,
            kept: kept::find(conn, id, quarter, &zone)?,
            runbook: runbooks::find(conn, id)?,
            was_learnt: turns::was_learnt(conn, id)?,
            private,
            duty,
        })
    }
}

fn read_all(
    conn: &mut Conn,
    visitor: &Visitor,
    turns: Vec<Turn>,
    now: Timestamp,
) -> Result<Vec<Read>, Error> {
    turns.into_iter().map(|turn| Read::of(conn, turn, visitor.member(), now)).collect()
}

fn name_of(conn: &mut Conn, member: Option<MemberId>) -> Result<Option<String>, Error> {
    member.map(|member| Ok(members::find(conn, member)?.name)).transpose()
}
