//! How a member is told what is new: mail, their thread, when, of what; and their calendar.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::choose_telling::{
    ask_email, choose_telling, end_calendar, forget_email, renew_calendar,
};
use crate::app::App;
use crate::db::{Conn, member_handles, telling};
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::telling::{Settings, Timing, Way, read_hour};
use crate::error::Error;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::SignedIn;

/// This page.
const PATH: &str = "/me/notices";

#[derive(Template)]
#[template(path = "me/notices.html")]
struct Telling {
    page: Page,
    has_mails: bool,
    email: Option<String>,
    is_confirmed: bool,
    fails: bool,
    typed_email: String,
    email_problem: Option<String>,
    has_thread: bool,
    by_direct: bool,
    is_daily: bool,
    quiet_from: i8,
    quiet_until: i8,
    ways: Vec<Kinds>,
    problem: Option<String>,
    has_calendar: bool,
    calendar: Option<String>,
}

/// The kinds of which one hears by a way.
struct Kinds {
    way: &'static str,
    title: String,
    kinds: Vec<Choice>,
}

struct Choice {
    word: &'static str,
    says: String,
    is_on: bool,
}

/// What the page shows besides what is stored.
#[derive(Default)]
struct Shown {
    email: Option<(String, Refusal)>,
    problem: Option<Refusal>,
    calendar: Option<String>,
}

/// What is stored, and by which ways they can be told.
struct Stored {
    settings: Settings,
    mutes: Vec<(Kind, Way)>,
    has_thread: bool,
}

/// `GET /me/notices`
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    page(&app, &signed_in, Shown::default()).await
}

/// `POST /me/notices`
pub async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let stored = Stored::read(&app, &signed_in.member).await?;
    let timing = match read_timing(&fields) {
        Ok(timing) => timing,
        Err(refusal) => {
            let shown = Shown { problem: Some(refusal), ..Shown::default() };
            return page(&app, &signed_in, shown).await;
        }
    };
    let ways = stored.ways(&app);
    let is_offered = |way: Way| ways.contains(&way);
    // What could not be chosen stays as it was.
    let mut muted: Vec<(Kind, Way)> =
        stored.mutes.iter().copied().filter(|(_, way)| !is_offered(*way)).collect();
    for way in &ways {
        let ticked = fields.all(way.word());
        let kinds = kinds_for(&signed_in.member);
        let unwanted = kinds.filter(|kind| !ticked.iter().any(|word| word == kind.word()));
        muted.extend(unwanted.map(|kind| (kind, *way)));
    }
    let by_direct = match is_offered(Way::Direct) {
        true => fields.ticked("by_direct"),
        false => stored.settings.by_direct,
    };
    choose_telling(&app, signed_in.member.id, (by_direct, timing), muted).await?;
    Ok(go_on(&app, PATH, "telling-saved", &[]))
}

/// `POST /me/notices/email`: a new address, or none any more.
pub async fn set_email(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if fields.ticked("remove") {
        forget_email(&app, signed_in.member.id).await?;
        return Ok(go_on(&app, PATH, "telling-email-removed", &[]));
    }
    let typed = fields.text("email");
    match ask_email(&app, &signed_in.member, &typed).await {
        Ok(()) => Ok(go_on(&app, PATH, "telling-email-asked", &[])),
        Err(Error::Refused(refusal)) => {
            let shown = Shown { email: Some((typed, refusal)), ..Shown::default() };
            page(&app, &signed_in, shown).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /me/notices/calendar`: a new secret address, or none any more.
pub async fn set_calendar(
    State(app): State<App>,
    signed_in: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if fields.ticked("remove") {
        end_calendar(&app, signed_in.member.id).await?;
        return Ok(go_on(&app, PATH, "telling-calendar-removed", &[]));
    }
    // The address is a secret: it is on this one answer, and in no cookie or log.
    let token = renew_calendar(&app, signed_in.member.id).await?;
    let calendar = Some(app.collective.urls().calendar(&token).to_string());
    page(&app, &signed_in, Shown { calendar, ..Shown::default() }).await
}

impl Stored {
    async fn read(app: &App, member: &Member) -> Result<Self, Error> {
        let id = member.id;
        let read = move |conn: &mut Conn| {
            Ok(Self {
                settings: telling::find(conn, id)?,
                mutes: telling::list_mutes(conn, id)?,
                has_thread: member_handles::find_thread(conn, id)?.is_some(),
            })
        };
        app.db.read(read).await
    }

    /// By which ways they can be told.
    fn ways(&self, app: &App) -> Vec<Way> {
        let offered = |way: &Way| match way {
            Way::Mail => app.mailer.is_some(),
            Way::Direct => self.has_thread,
        };
        Way::ALL.into_iter().filter(offered).collect()
    }
}

/// The kinds that somebody may hear of.
fn kinds_for(member: &Member) -> impl Iterator<Item = Kind> {
    let is_steward = member.is_steward();
    Kind::ALL.into_iter().filter(move |kind| is_steward || !kind.is_for_stewards())
}

fn read_timing(fields: &Fields) -> Result<Timing, Refusal> {
    Ok(Timing {
        is_daily: fields.text("pace") == "daily",
        quiet_from: read_hour(&fields.text("quiet_from"))?,
        quiet_until: read_hour(&fields.text("quiet_until"))?,
    })
}

async fn page(app: &App, signed_in: &SignedIn, shown: Shown) -> Result<Response, Problem> {
    let stored = Stored::read(app, &signed_in.member).await?;
    let locale = &signed_in.visitor.locale;
    let kinds_by = |way: Way| {
        let choice = |kind: Kind| Choice {
            word: kind.word(),
            says: locale.say(&kind.key()),
            is_on: !stored.mutes.contains(&(kind, way)),
        };
        let title = locale.say(&format!("telling-kinds-{}", way.word()));
        let kinds = kinds_for(&signed_in.member).map(choice).collect();
        Kinds { way: way.word(), title, kinds }
    };
    let refused = shown.email.is_some() || shown.problem.is_some();
    let (typed_email, email_problem) = match shown.email {
        Some((typed, refusal)) => (typed, Some(locale.say(refusal.key()))),
        None => (String::new(), None),
    };
    let timing = stored.settings.timing;
    let template = Telling {
        page: Page::new(app, &signed_in.visitor, locale.say("telling-title")).found_at(PATH),
        has_mails: app.mailer.is_some(),
        ways: stored.ways(app).into_iter().map(kinds_by).collect(),
        email: stored.settings.email,
        is_confirmed: stored.settings.is_confirmed,
        fails: stored.settings.tries > 1,
        typed_email,
        email_problem,
        has_thread: stored.has_thread,
        by_direct: stored.settings.by_direct,
        is_daily: timing.is_daily,
        quiet_from: timing.quiet_from,
        quiet_until: timing.quiet_until,
        problem: shown.problem.map(|refusal| locale.say(refusal.key())),
        has_calendar: stored.settings.has_calendar,
        calendar: shown.calendar,
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    answer(status, &template)
}
