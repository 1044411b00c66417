//! How a duty is done here: read it, write it, copy it from a neighbour, and see what they changed
//! since.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::actions::runbook::{
    copy_file, copy_runbook, look_at_runbook, note_origin, write_runbook,
};
use crate::app::App;
use crate::db::{Conn, duties, runbooks, turns};
use crate::domain::duty::{Duty, DutyPrivate};
use crate::domain::id::DutyId;
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::domain::runbook::{Change, Origin, Runbook, compare, thin, to_file};
use crate::error::Error;
use crate::text;
use crate::web::Web;
use crate::web::duties::{find_visible, path_of, thin_key};
use crate::web::error::Problem;
use crate::web::form::{Form, ListForm, PathId};
use crate::web::page::{Page, answer, go_on, show as page};
use crate::web::session::{FullMember, Visitor};
use crate::web::words::{Day, Words, link};

#[derive(Template)]
#[template(path = "duties/runbook.html")]
struct Show {
    page: Page,
    duty_title: String,
    duty_href: String,
    href: String,
    language: String,
    html: Option<String>,
    text: String,
    version: i64,
    made: Option<Day>,
    looked: Option<Day>,
    thin: Option<String>,
    origin: Option<From>,
    address: Option<String>,
    may_write: bool,
    typed_address: String,
    problem: Option<String>,
}

/// From whom it was copied.
struct From {
    name: String,
    href: String,
    day: Day,
}

#[derive(Template)]
#[template(path = "duties/origin.html")]
struct Compared {
    page: Page,
    href: String,
    name: String,
    looked: Day,
    lines: Vec<Line>,
    is_same: bool,
    may_write: bool,
}

struct Line {
    sign: &'static str,
    class: &'static str,
    text: String,
}

struct Found {
    duty: Duty,
    private: DutyPrivate,
    runbook: Option<Runbook>,
    origin: Option<Origin>,
    was_learnt: bool,
}

/// What was tried, and what is wrong with it.
#[derive(Default)]
struct Tried {
    text: Option<String>,
    address: String,
    refusal: Option<Refusal>,
}

/// `GET /duties/{id}/runbook`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    PathId(id): PathId<Duty>,
) -> Result<Response, Problem> {
    show_page(&app, &visitor, id, Tried::default()).await
}

/// `GET /duties/{id}/runbook.md`: a file that says where it is from.
pub async fn download(
    State(app): State<App>,
    visitor: Visitor,
    PathId(id): PathId<Duty>,
) -> Result<Response, Problem> {
    let found = Found::of(&app, &visitor, id).await?;
    let runbook = found.runbook.ok_or(Problem::NotFound)?;
    let file = to_file(&runbook.text, &app.collective.urls().runbook(id));
    let headers = [
        (CONTENT_TYPE, "text/markdown; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"runbook.md\""),
    ];
    Ok((headers, file).into_response())
}

/// `POST /duties/{id}/runbook`
pub async fn write(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Duty>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let text = fields.text("text");
    match write_runbook(&app, &member, id, &text).await {
        Ok(_) => Ok(go_on(&app, &href(id), "runbook-written", &[])),
        Err(Error::Refused(refusal)) => {
            let tried = Tried { text: Some(text), refusal: Some(refusal), ..Tried::default() };
            show_page(&app, &visitor, id, tried).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /duties/{id}/runbook/looked`
pub async fn looked(
    State(app): State<App>,
    FullMember { member, .. }: FullMember,
    PathId(id): PathId<Duty>,
    _form: Form,
) -> Result<Response, Problem> {
    look_at_runbook(&app, &member, id).await?;
    Ok(go_on(&app, &href(id), "runbook-looked", &[]))
}

/// `POST /duties/{id}/runbook/copy`: from an address, or from a file.
pub async fn copy(
    State(web): State<Web>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Duty>,
    ListForm(fields): ListForm,
) -> Result<Response, Problem> {
    let app = web.app.clone();
    // Before anything is asked of anybody else.
    check_may_write(&app, &member, id).await?;
    let (file, address) = (fields.text("file"), fields.text("address"));
    let copied = match file.trim().is_empty() {
        false => copy_file(&app, &member, id, &file).await,
        true => match (web.runbook)(app.clone(), address.clone()).await {
            Ok(found) => copy_runbook(&app, &member, id, found).await,
            Err(error) => Err(error),
        },
    };
    match copied {
        Ok(_) => Ok(go_on(&app, &href(id), "runbook-copied", &[])),
        Err(Error::Refused(refusal)) => {
            let tried = Tried { address, refusal: Some(refusal), text: None };
            show_page(&app, &visitor, id, tried).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /duties/{id}/runbook/origin`: what is other there than here.
pub async fn show_origin(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Duty>,
) -> Result<Response, Problem> {
    let found = Found::of(&app, &visitor, id).await?;
    let (runbook, origin) = found.runbook.zip(found.origin).ok_or(Problem::NotFound)?;
    let words = Words::new(&app, &visitor);
    let lines: Vec<Line> = compare(&runbook.text, &origin.text).into_iter().map(said).collect();
    page(&Compared {
        page: Page::new(&app, &visitor, words.locale.say("runbook-origin-title")),
        href: href(id),
        name: origin.name,
        looked: words.day(origin.looked_at),
        is_same: lines.iter().all(|line| line.class.is_empty()),
        lines,
        may_write: found.private.may_be_kept_by(&member, words.now),
    })
}

/// `POST /duties/{id}/runbook/origin`: looks again what stands there.
pub async fn look_at_origin(
    State(web): State<Web>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Duty>,
    _form: Form,
) -> Result<Response, Problem> {
    let app = web.app.clone();
    check_may_write(&app, &member, id).await?;
    let origin = Found::of(&app, &visitor, id).await?.origin.ok_or(Problem::NotFound)?;
    let back = format!("{}/origin", href(id));
    let found = (web.runbook)(app.clone(), origin.url.to_string()).await;
    let found = found.map_err(|error| Problem::from(error).at(&back))?;
    let noted = note_origin(&app, &member, id, found).await;
    noted.map_err(|error| Problem::from(error).at(&back))?;
    Ok(go_on(&app, &back, "runbook-origin-looked", &[]))
}

fn href(id: DutyId) -> String {
    format!("{}/runbook", path_of(id))
}

fn said((change, text): (Change, String)) -> Line {
    let (sign, class) = match change {
        Change::Same => (" ", ""),
        Change::Gone => ("−", "gone"),
        Change::New => ("+", "new"),
    };
    Line { sign, class, text }
}

async fn check_may_write(app: &App, member: &Member, id: DutyId) -> Result<(), Problem> {
    let private = app.db.read(move |conn| duties::find_private(conn, id)).await?;
    if private.may_be_kept_by(member, app.now()) { Ok(()) } else { Err(Problem::NotAllowed) }
}

async fn show_page(
    app: &App,
    visitor: &Visitor,
    id: DutyId,
    tried: Tried,
) -> Result<Response, Problem> {
    let found = Found::of(app, visitor, id).await?;
    let words = Words::new(app, visitor);
    let (duty, runbook) = (&found.duty, found.runbook.as_ref());
    let is_member = visitor.viewer().is_member();
    let looked_at = duty.looked_at.filter(|_| runbook.is_some());
    let written_at = runbook.map(|runbook| runbook.made_at);
    let thin = thin(written_at, duty.looked_at, found.was_learnt, words.now);
    let status = match tried.refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let title = [("title", duty.content.title.as_str().into())];
    let stored = runbook.map(|runbook| runbook.text.clone()).unwrap_or_default();
    let template = Show {
        page: Page::new(app, visitor, words.locale.say_with("runbook-title", title))
            .found_at(href(id)),
        duty_title: duty.content.title.clone(),
        duty_href: path_of(id),
        href: href(id),
        language: duty.content.language.clone(),
        html: runbook.map(|runbook| text::markdown(&runbook.text)),
        text: tried.text.unwrap_or(stored),
        version: runbook.map(|runbook| runbook.version).unwrap_or_default(),
        made: runbook.map(|runbook| words.day(runbook.made_at)),
        looked: looked_at.map(|at| words.day(at)),
        thin: thin.filter(|_| is_member).map(|thin| words.locale.say(thin_key(thin))),
        origin: found.origin.as_ref().map(|origin| From {
            name: origin.name.clone(),
            href: link(&origin.url),
            day: words.day(origin.copied_at),
        }),
        address: (duty.is_public() && runbook.is_some())
            .then(|| app.collective.urls().runbook(id).to_string()),
        may_write: visitor
            .member()
            .is_some_and(|member| found.private.may_be_kept_by(member, words.now)),
        typed_address: tried.address,
        problem: tried.refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

impl Found {
    async fn of(app: &App, visitor: &Visitor, id: DutyId) -> Result<Self, Problem> {
        let viewer = visitor.viewer();
        let read = move |conn: &mut Conn| {
            let duty = find_visible(conn, viewer, id)?;
            Ok::<_, Error>(Self {
                private: duties::find_private(conn, id)?,
                runbook: runbooks::find(conn, id)?,
                origin: runbooks::find_origin(conn, id)?,
                was_learnt: turns::was_learnt(conn, id)?,
                duty,
            })
        };
        Ok(app.db.read(read).await?)
    }
}
