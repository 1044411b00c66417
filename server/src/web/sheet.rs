//! The sheet for today's shift, to be printed: what is needed, what was promised for today, whose
//! turn it is, and lines for what comes in, each need with its page as a code for phones. No surname, no contact, no note: a sheet of paper is
//! lost more easily than a key (mission J4).

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use crate::app::App;
use crate::db::{Conn, duties, promises, proposals, turns};
use crate::domain::duty::Duty;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::proposal::{Proposal, Purpose};
use crate::domain::turn::State as Life;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::page::{Page, show as page};
use crate::web::qr;
use crate::web::session::FullMember;
use crate::web::turn_lines::{Read, time};
use crate::web::words::{Words, end_of_day, start_of_day};

/// Lines for what comes in during the day.
const BLANK: usize = 8;
/// So many needs carry a code: a long list is found faster by its numbers, and weighs less.
const CODES: usize = 40;

#[derive(Template)]
#[template(path = "turns/sheet.html")]
struct Sheet {
    page: Page,
    day: String,
    turns: Vec<TurnOfToday>,
    needs: Vec<Need>,
    promised: Vec<Due>,
    blank: Vec<usize>,
}

struct TurnOfToday {
    title: String,
    time: String,
    count: String,
    people: String,
    place: Option<String>,
}

/// A need with its number on this sheet.
struct Need {
    number: usize,
    title: String,
    amount: Option<String>,
    place: Option<String>,
    until: Option<String>,
    code: Option<qr::Picture>,
}

/// What is to be brought by the end of today.
struct Due {
    title: String,
    amount: Option<String>,
    place: Option<String>,
}

struct Found {
    turns: Vec<(Duty, Read)>,
    needs: Vec<Proposal>,
    due: Vec<(Promise, Proposal)>,
}

/// `GET /turns/sheet`
pub async fn show(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
) -> Result<Response, Problem> {
    let words = Words::new(&app, &visitor);
    let today = app.zone.to_datetime(words.now).date().to_string();
    let begin = start_of_day(&app, &today).unwrap_or(words.now);
    let end = end_of_day(&app, &today).unwrap_or(words.now);
    let (looker, now) = (member.clone(), words.now);
    let read = move |conn: &mut Conn| Found::read(conn, &looker, (begin, end), now);
    let found = app.db.read(read).await?;
    let needs = found.needs.iter().enumerate();
    page(&Sheet {
        page: Page::new(&app, &visitor, words.locale.say("sheet-title")),
        day: words.locale.day(words.now, &app.zone),
        turns: found.turns.iter().map(|(duty, read)| turn(&words, duty, read)).collect(),
        needs: needs.map(|(place, need)| line(&words, place.saturating_add(1), need)).collect(),
        promised: found.due.iter().map(|(promise, to)| due(&words, promise, to)).collect(),
        blank: (0..BLANK).collect(),
    })
}

impl Found {
    fn read(
        conn: &mut Conn,
        member: &crate::domain::member::Member,
        (begin, end): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut today = Vec::new();
        for each in turns::list_between(conn, (begin, end))? {
            if each.state == Life::Off {
                continue;
            }
            let duty = duties::find(conn, each.duty)?;
            today.push((duty, Read::of(conn, each, Some(member), now)?));
        }
        let (mut needs, mut due) = (Vec::new(), Vec::new());
        for proposal in proposals::list_open(conn)? {
            if !proposal.content.audience.includes(member.viewer()) {
                continue;
            }
            let is_need = proposal.purpose == Purpose::Need;
            if is_need && proposal.content.ends_at.is_some_and(|until| until <= end) {
                for promise in promises::list_by_proposal(conn, proposal.id)? {
                    if promise.state == PromiseState::Active {
                        due.push((promise, proposal.clone()));
                    }
                }
            }
            if is_need {
                needs.push(proposal);
            }
        }
        Ok(Self { turns: today, needs, due })
    }
}

fn turn(words: &Words<'_>, duty: &Duty, read: &Read) -> TurnOfToday {
    let zone = duty.schedule.zone(&words.app.zone);
    let numbers = [("taken", read.turn.taken.into()), ("needed", read.turn.needed.into())];
    let names: Vec<&str> = read.people.iter().map(|(_, name, _)| first_name(name)).collect();
    TurnOfToday {
        title: duty.content.title.clone(),
        time: time(words.locale, &read.turn, &zone),
        count: words.locale.say_with("turn-count", numbers),
        people: names.join(", "),
        place: duty.content.place.clone(),
    }
}

fn line(words: &Words<'_>, number: usize, need: &Proposal) -> Need {
    let content = &need.content;
    let open = need.open_amount().zip(content.quantity.as_ref());
    Need {
        number,
        title: content.title.clone(),
        amount: open.map(|(open, quantity)| words.amount(open, &quantity.unit)),
        place: content.place.clone(),
        until: content.ends_at.map(|end| words.day(end).text),
        code: (number <= CODES).then(|| code(words, need)).flatten(),
    }
}

/// The page of a need for a phone that is held over the sheet.
fn code(words: &Words<'_>, need: &Proposal) -> Option<qr::Picture> {
    let address = words.app.collective.urls().page(need.id);
    // An address is short enough; a line without its code is a line all the same.
    qr::Picture::of(address.as_str()).ok()
}

fn due(words: &Words<'_>, promise: &Promise, to: &Proposal) -> Due {
    Due {
        title: to.content.title.clone(),
        amount: promise.active.map(|amount| words.promised(amount, to)),
        place: to.content.place.clone(),
    }
}

/// The first word of a name.
fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}
