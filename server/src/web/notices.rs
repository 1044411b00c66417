//! What is new for a member: what others did that concerns them, and where to look at it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::db::{Conn, duties, notices, proposals, turns};
use crate::domain::id::ProposalId;
use crate::domain::member::Member;
use crate::domain::notice::{Kind, Notice};
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Form, local_path};
use crate::web::page::{Page, go_on, go_to, show as show_page};
use crate::web::session::SignedIn;
use crate::web::words::{Day, Words};

/// This page.
const PATH: &str = "/notices";
/// How many are shown.
const MOST: i64 = 200;

#[derive(Template)]
#[template(path = "notices/list.html")]
struct List {
    page: Page,
    notices: Vec<Line>,
    any_new: bool,
}

struct Line {
    kind: &'static str,
    subject: String,
    says: String,
    /// The title of the need, offer or duty that it is about.
    title: Option<String>,
    day: Day,
    is_new: bool,
}

/// `GET /notices`
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    let (shared, member) = (app.clone(), signed_in.member.clone());
    let found = app.db.read(move |conn| read(&shared, conn, &member)).await?;
    let words = Words::new(&app, &signed_in.visitor);
    let notices: Vec<Line> = found.into_iter().map(|each| line(&words, each)).collect();
    show_page(&List {
        page: Page::new(&app, &signed_in.visitor, words.locale.say("notices-title")),
        any_new: notices.iter().any(|line| line.is_new),
        notices,
    })
}

/// `POST /notices/open`: notes that they look at one thing, and leads them to it.
pub async fn open(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (id, now) = (signed_in.member.id, app.now());
    let kind = Kind::from_word(&fields.text("kind")).ok_or(Problem::NotFound)?;
    let subject = fields.text("subject");
    let page = local_path(&app, &subject).ok_or(Problem::NotFound)?;
    let read = move |conn: &mut Conn| notices::mark_read(conn, id, (kind, &subject), now);
    match app.db.write(read).await? {
        true => Ok(go_to(&page)),
        false => Err(Problem::NotFound),
    }
}

/// `POST /notices/read`: notes that they have seen all of it.
pub async fn read_all(
    State(app): State<App>,
    signed_in: SignedIn,
    _form: Form,
) -> Result<Response, Problem> {
    let (id, now) = (signed_in.member.id, app.now());
    app.db.write(move |conn| notices::mark_all_read(conn, id, now)).await?;
    Ok(go_on(&app, PATH, "notices-all-read-done", &[]))
}

fn read(
    app: &App,
    conn: &mut Conn,
    member: &Member,
) -> Result<Vec<(Notice, Option<String>)>, Error> {
    let mut found = Vec::new();
    for notice in notices::list(conn, member.id, MOST)? {
        let about = app.collective.urls().parse_note(&app.collective.urls().join(&notice.subject));
        let title = match about {
            Some(id) => title_for(conn, member, id)?,
            None => turn_title_for(conn, member, &notice.subject)?,
        };
        found.push((notice, title));
    }
    Ok(found)
}

/// The title of a proposal, if they may still see it.
fn title_for(conn: &mut Conn, member: &Member, id: ProposalId) -> Result<Option<String>, Error> {
    let proposal: Proposal = match proposals::find(conn, id) {
        Ok(proposal) => proposal,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let is_own = proposals::find_private(conn, id)?.author == Some(member.id);
    let shows = proposal.is_visible_to(member.viewer(), is_own);
    Ok(shows.then_some(proposal.content.title))
}

/// The title of the duty of a turn, if they may still see it.
fn turn_title_for(
    conn: &mut Conn,
    member: &Member,
    subject: &str,
) -> Result<Option<String>, Error> {
    let Some(id) = subject.strip_prefix("/turns/").and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    let duty = match turns::find(conn, id).and_then(|turn| duties::find(conn, turn.duty)) {
        Ok(duty) => duty,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    Ok(Some(duty.content.title.clone()).filter(|_| duty.is_visible_to(member.viewer())))
}

fn line(words: &Words<'_>, (notice, title): (Notice, Option<String>)) -> Line {
    Line {
        kind: notice.kind.word(),
        says: words.locale.say(&notice.kind.key()),
        title,
        day: words.lately(notice.made_at),
        is_new: notice.read_at.is_none(),
        subject: notice.subject,
    }
}
