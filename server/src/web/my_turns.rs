//! One's own turns: what is next, what one comes to until one says otherwise, and taking none for a
//! while. Nothing is added up.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::exempt::{Wish, change_exemption, end_exemption, exempt};
use crate::app::App;
use crate::db::{Conn, duties, exemptions, standing_turns, turn_people};
use crate::domain::cover::{Exemption, Share};
use crate::domain::duty::Duty;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::turn::Standing;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::SignedIn;
use crate::web::turn_lines::{Read, TurnLine, repeat};
use crate::web::turns::typed_day;
use crate::web::words::Words;

/// This page.
const PATH: &str = "/me/turns";

#[derive(Template)]
#[template(path = "turns/mine.html")]
struct Mine {
    page: Page,
    next: Vec<TurnLine>,
    standing: Vec<StandingLine>,
    exemptions: Vec<ExemptionLine>,
    typed: Typed,
    problem: Option<String>,
}

struct StandingLine {
    id: String,
    title: String,
    often: String,
    until: Option<String>,
    is_learner: bool,
}

struct ExemptionLine {
    id: String,
    text: String,
    is_full: bool,
    from: String,
    until: String,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    is_half: bool,
    from: String,
    until: String,
}

/// A member's turns, as they are read.
pub struct Own {
    next: Vec<(Duty, Read)>,
    standing: Vec<(Duty, Standing)>,
    exemptions: Vec<Exemption>,
}

/// `GET /me/turns`
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    show_page(&app, &signed_in, (Typed::default(), None)).await
}

/// `POST /me/turns/exempt`
pub async fn take_break(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let taken = match wish(&fields) {
        Ok(wish) => exempt(&app, &signed_in.member, wish).await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    done(&app, &signed_in, &fields, taken).await
}

/// `POST /me/turns/exempt/{id}`: changes one, or ends it.
pub async fn change_break(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Exemption>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if fields.text("then") == "end" {
        end_exemption(&app, &signed_in.member, id).await?;
        return Ok(go_on(&app, PATH, "exempt-ended", &[]));
    }
    let changed = match wish(&fields) {
        Ok(wish) => change_exemption(&app, &signed_in.member, id, wish).await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    done(&app, &signed_in, &fields, changed).await
}

async fn done(
    app: &App,
    signed_in: &SignedIn,
    fields: &Fields,
    done: Result<(), Error>,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(go_on(app, PATH, "exempt-done", &[])),
        Err(Error::Refused(refusal)) => {
            let typed = Typed {
                is_half: fields.text("share") == Share::Half.word(),
                from: fields.text("from"),
                until: fields.text("until"),
            };
            show_page(app, signed_in, (typed, Some(refusal))).await
        }
        Err(other) => Err(other.into()),
    }
}

fn wish(fields: &Fields) -> Result<Wish, Refusal> {
    Ok(Wish {
        share: Share::from_word(&fields.text("share")).unwrap_or(Share::Full),
        from: typed_day(&fields.text("from"))?,
        until: typed_day(&fields.text("until"))?,
    })
}

async fn show_page(
    app: &App,
    signed_in: &SignedIn,
    (typed, refusal): (Typed, Option<Refusal>),
) -> Result<Response, Problem> {
    let (member, now) = (signed_in.member.clone(), app.now());
    let own = app.db.read(move |conn| Own::read(conn, &member, now)).await?;
    let words = Words::new(app, &signed_in.visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let template = Mine {
        page: Page::new(app, &signed_in.visitor, words.locale.say("my-turns-title")).found_at(PATH),
        next: own.next_lines(&words, &signed_in.member),
        standing: own.standing.iter().map(|(duty, one)| standing(&words, duty, one)).collect(),
        exemptions: own.exemptions.iter().map(|one| exemption(&words, one)).collect(),
        typed,
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

impl Own {
    /// Reads the next turns of a member, and what they chose.
    pub fn read(conn: &mut Conn, member: &Member, now: jiff::Timestamp) -> Result<Self, Error> {
        let mut next = Vec::new();
        for (turn, _) in turn_people::list_next_of(conn, member.id, now)? {
            let duty = duties::find(conn, turn.duty)?;
            next.push((duty, Read::of(conn, turn, Some(member), now)?));
        }
        let mut standing = Vec::new();
        for one in standing_turns::list_by_member(conn, member.id)? {
            standing.push((duties::find(conn, one.duty)?, one));
        }
        Ok(Self { next, standing, exemptions: exemptions::list_by_member(conn, member.id)? })
    }

    /// The next turns, to be shown.
    pub fn next_lines(&self, words: &Words<'_>, member: &Member) -> Vec<TurnLine> {
        let line = |(duty, read): &(Duty, Read)| TurnLine::new(words, member.viewer(), duty, read);
        self.next.iter().map(line).collect()
    }
}

fn standing(words: &Words<'_>, duty: &Duty, one: &Standing) -> StandingLine {
    StandingLine {
        id: one.id.to_string(),
        title: duty.content.title.clone(),
        often: repeat(words.locale, duty, one.anchor.date(), one.every),
        until: one.until.map(|day| words.calendar_day(day)),
        is_learner: one.place.is_learner(),
    }
}

fn exemption(words: &Words<'_>, one: &Exemption) -> ExemptionLine {
    let share = words.locale.say(match one.share {
        Share::Full => "exempt-full",
        Share::Half => "exempt-half",
    });
    let from = words.calendar_day(one.from);
    let text = match one.until {
        Some(until) => {
            let arguments = [
                ("share", share.into()),
                ("from", from.into()),
                ("until", words.calendar_day(until).into()),
            ];
            words.locale.say_with("exempt-line-until", arguments)
        }
        None => {
            let arguments = [("share", share.into()), ("from", from.into())];
            words.locale.say_with("exempt-line", arguments)
        }
    };
    ExemptionLine {
        id: one.id.to_string(),
        text,
        is_full: one.share == Share::Full,
        from: one.from.to_string(),
        until: one.until.map(|day| day.to_string()).unwrap_or_default(),
    }
}
