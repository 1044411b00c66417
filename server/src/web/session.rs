//! Who looks at a page: the cookies, and the extractors that handlers ask for.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use jiff::{SignedDuration, Timestamp};

use crate::actions::prove_handle::{Browser, Here};
use crate::actions::sign_in::{IDLE, LONGEST};
use crate::actions::sign_in_by_code::LASTS;
use crate::app::App;
use crate::db::{members, notices, sessions};
use crate::domain::audience::Viewer;
use crate::domain::member::Member;
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;
use crate::listener::Origin;
use crate::web::Web;
use crate::web::error::{self, Problem};
use crate::web::flash::Flash;
use crate::web::locale;
use crate::web::quiet;

/// How often at most it is written down that a session is in use.
const SEEN_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Pages of people without an account here, who came by a secret of their own.
const PRIVATE: [&str; 8] = [
    "/promised/",
    "/asked/",
    "/no-more/",
    "/sign-in/",
    "/join",
    "/mail/",
    "/calendar/",
    "/welcome/",
];

/// The cookies that we set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The secret of a session.
    Session,
    /// What was done just now.
    Flash,
    /// The language that was chosen in this browser.
    Language,
    /// The secret of a browser that waits for a code, or has proved a fediverse account.
    Attempt,
    /// The secret by which a browser is known in which somebody signed in before.
    Known,
}

/// Whoever looks at a page.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The language in which we speak to them.
    pub locale: Locale,
    /// Their session, if they are signed in.
    pub session: Option<Session>,
    /// What they did just now.
    pub flash: Option<Flash>,
    /// The secret of their try to sign in with a fediverse account, if there is one.
    pub attempt: Option<String>,
    /// The secret by which their browser is known, if somebody signed in in it before.
    pub known: Option<String>,
    /// The path that they asked for.
    pub path: String,
    /// The path with its query, or where its form stands.
    pub here: String,
}

/// A signed-in browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub member: Member,
    /// The secret in the cookie.
    pub token: String,
    /// The secret in forms.
    pub csrf: String,
    /// Whether it began a moment ago with a link or a code: then a password is chosen without the
    /// old one.
    pub is_fresh: bool,
    /// How many things are new for them.
    pub news: i64,
}

/// A visitor who is signed in; others are sent to sign in.
pub struct SignedIn {
    /// The visitor.
    pub visitor: Visitor,
    /// Who they are.
    pub member: Member,
}

/// A visitor who is a member; those who are still joining are told so.
pub struct FullMember {
    /// The visitor.
    pub visitor: Visitor,
    /// Who they are.
    pub member: Member,
}

/// A visitor who looks after the house.
pub struct Steward {
    /// The visitor.
    pub visitor: Visitor,
    /// Who they are.
    pub member: Member,
}

/// Finds out who looks before anything else happens; and on the way back turns a problem into a
/// page for them.
pub async fn recognise(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // Before anything is read, so that it costs as little as possible.
    if parts.extensions.get::<Origin>().is_some_and(|origin| !web.app.page_visits.allows(*origin)) {
        let visitor = Visitor::unknown(&web.app, &parts.headers);
        let mut response = error::show(&web.app, &visitor, Problem::TooMany);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("300"));
        return response;
    }
    let visitor = match Visitor::read(&web.app, &parts).await {
        Ok(visitor) => visitor,
        Err(problem) => {
            let visitor = Visitor::unknown(&web.app, &parts.headers);
            return error::show(&web.app, &visitor, problem);
        }
    };
    if quiet::is_closed_to(&web.app, &visitor) {
        let mut response = error::show(&web.app, &visitor, Problem::Closed);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }
    parts.extensions.insert(visitor.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let mut response = match response.extensions().get::<Problem>().cloned() {
        Some(problem) => error::show(&web.app, &visitor, problem),
        None => response,
    };
    // A redirect has none: the word is for the page that it leads to.
    let is_page = response.headers().contains_key(CONTENT_TYPE);
    if visitor.flash.is_some() && is_page {
        response.headers_mut().append(SET_COOKIE, Cookie::Flash.remove(&web.app));
    }
    // A page for a member must not be left behind in a browser that others use.
    let is_private = visitor.session.is_some()
        || visitor.attempt.is_some()
        || PRIVATE.iter().any(|path| visitor.path.starts_with(path));
    let caching = if is_private { "no-store" } else { "no-cache" };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    response.headers_mut().append(VARY, HeaderValue::from_static("Cookie, Accept-Language"));
    response
}

impl Visitor {
    /// The member, if they are signed in.
    pub fn member(&self) -> Option<&Member> {
        self.session.as_ref().map(|session| &session.member)
    }

    /// The browser, for whoever proves an account in it.
    pub fn browser(&self) -> Browser {
        let session = self.session.as_ref();
        let here =
            session.map(|session| Here { member: session.member.id, is_fresh: session.is_fresh });
        Browser { here, known: self.known.clone() }
    }

    /// The secret in forms; empty for strangers.
    pub fn csrf(&self) -> &str {
        self.session.as_ref().map_or("", |session| &session.csrf)
    }

    /// With whose eyes they look.
    pub fn viewer(&self) -> Viewer {
        self.member().map_or(Viewer::Stranger, Member::viewer)
    }

    /// Whether they may see what is for members.
    pub fn is_full_member(&self) -> bool {
        self.viewer().is_member()
    }

    async fn read(app: &App, request: &Parts) -> Result<Self, Problem> {
        let cookies = CookieJar::from_headers(&request.headers);
        let read = |cookie: Cookie| cookies.get(&cookie.name(app)).map(|found| found.value());
        let session = match read(Cookie::Session) {
            Some(token) => find_session(app, token).await?,
            None => None,
        };
        let member = session.as_ref().map(|session| &session.member);
        let locale = locale::choose_for(app, read(Cookie::Language), member, &request.headers);
        let path = request.uri.path().to_owned();
        let here = match request.uri.query() {
            Some(query) if request.method == Method::GET => format!("{path}?{query}"),
            None if request.method == Method::GET => path.clone(),
            _ => page_of_form(app, &path),
        };
        let flash = read(Cookie::Flash).and_then(Flash::decode);
        let attempt = read(Cookie::Attempt).map(str::to_owned);
        let known = read(Cookie::Known).map(str::to_owned);
        Ok(Self { locale, session, flash, attempt, known, path, here })
    }

    fn unknown(app: &App, headers: &HeaderMap) -> Self {
        let locale = locale::choose_for(app, None, None, headers);
        let home = || "/".to_owned();
        let (path, here) = (home(), home());
        Self { locale, session: None, flash: None, attempt: None, known: None, path, here }
    }
}

impl Cookie {
    /// Its name. The session's carries our handle, because browsers keep cookies by host name
    /// without the port, and several instances may share one host.
    pub fn name(self, app: &App) -> String {
        let handle = &app.collective.handle;
        match self {
            Self::Session if is_https(app) => format!("__Host-mutuals_session_{handle}"),
            Self::Session => format!("mutuals_session_{handle}"),
            Self::Flash => format!("mutuals_flash_{handle}"),
            Self::Language => "mutuals_language".to_owned(),
            Self::Attempt if is_https(app) => format!("__Host-mutuals_attempt_{handle}"),
            Self::Attempt => format!("mutuals_attempt_{handle}"),
            Self::Known if is_https(app) => format!("__Host-mutuals_known_{handle}"),
            Self::Known => format!("mutuals_known_{handle}"),
        }
    }

    /// The header that sets it.
    pub fn set(self, app: &App, value: &str) -> HeaderValue {
        let lasts = match self {
            Self::Session => LONGEST,
            Self::Flash => SignedDuration::from_mins(2),
            Self::Language | Self::Known => SignedDuration::from_hours(365 * 24),
            Self::Attempt => LASTS,
        };
        self.header(app, value, lasts.as_secs())
    }

    /// The header that sets it for another time than usual.
    pub fn set_for(self, app: &App, value: &str, lasts: SignedDuration) -> HeaderValue {
        self.header(app, value, lasts.as_secs())
    }

    /// The header that removes it.
    pub fn remove(self, app: &App) -> HeaderValue {
        self.header(app, "", 0)
    }

    fn header(self, app: &App, value: &str, seconds: i64) -> HeaderValue {
        let secure = if is_https(app) { "; Secure" } else { "" };
        let name = self.name(app);
        let header =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(header).unwrap_or(HeaderValue::from_static(""))
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Error::internal("a page stands outside of web::session::recognise").into();
        parts.extensions.get::<Visitor>().cloned().ok_or_else(missing)
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        match visitor.member().cloned() {
            Some(member) => Ok(Self { visitor, member }),
            // What was typed into a form is lost; they come back to the page that holds it.
            None => Err(Problem::SignIn),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for FullMember {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { visitor, member } = SignedIn::from_request_parts(parts, state).await?;
        if visitor.is_full_member() {
            Ok(Self { visitor, member })
        } else {
            Err(Problem::NotYetMember)
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Steward {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { visitor, member } = SignedIn::from_request_parts(parts, state).await?;
        if member.is_steward() { Ok(Self { visitor, member }) } else { Err(Problem::NotAllowed) }
    }
}

/// The page on which the form for a step stands: where to come back to.
fn page_of_form(app: &App, path: &str) -> String {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["", "proposals", id, step] if *step != "edit" => {
            format!("/@{}/{id}", app.collective.handle)
        }
        ["", "join", ..] => "/join".to_owned(),
        ["", "members", "invitations"] => "/members".to_owned(),
        ["", "members", id, _] => format!("/members/{id}"),
        ["", "notices", ..] => "/notices".to_owned(),
        ["", "me", "notices", ..] => "/me/notices".to_owned(),
        ["", "me", "turns", ..] | ["", "turns", "standing", ..] => "/me/turns".to_owned(),
        ["", "turns", "pool", ..] => "/turns/pool".to_owned(),
        ["", "turns", id, _] => format!("/turns/{id}"),
        ["", "duties", id, "runbook", "origin"] => format!("/duties/{id}/runbook/origin"),
        ["", "duties", id, "runbook", ..] => format!("/duties/{id}/runbook"),
        ["", "duties", id, "wake" | "end"] => format!("/duties/{id}"),
        ["", "me", ..] => "/me".to_owned(),
        ["", "sign-in", ..] => "/sign-in".to_owned(),
        ["", "promises", "incoming" | "outgoing", ..] => "/promises".to_owned(),
        ["", "promises", ..] => "/me".to_owned(),
        ["", "replies", ..] => "/board".to_owned(),
        ["", "neighbours", id, "promise"] => format!("/neighbours/{id}"),
        ["", "steward", "hosts", ..] => "/steward/hosts".to_owned(),
        ["", "measures", _, "appeal"] => "/me".to_owned(),
        ["", "measures", ..] => "/steward/measures".to_owned(),
        ["", "messages", ..] => "/messages".to_owned(),
        ["", "pacts", ..] => "/pacts".to_owned(),
        ["", "neighbours", "import", ..] => "/neighbours".to_owned(),
        ["", "neighbours", id, _] => format!("/neighbours/{id}"),
        ["", "steward", "held" | "careful"] => "/steward/held".to_owned(),
        ["", "steward", "domains", "import", id, ..] => format!("/steward/domains/import/{id}"),
        ["", "steward", "domains", ..] => "/steward/domains".to_owned(),
        ["", "steward", "mode", ..] => "/steward/mode".to_owned(),
        ["", "agenda", ..] => "/agenda".to_owned(),
        ["", "decisions", id, _] => format!("/decisions/{id}"),
        ["", "roles", id, _] => format!("/roles/{id}"),
        ["", "strings", "limit"] | ["", "strings", _, _] => "/strings".to_owned(),
        ["", "covenant", "agree"] => "/covenant".to_owned(),
        ["", "steward", "covenant"] => "/steward/covenant".to_owned(),
        ["", "steward", "settings"] => "/steward/settings".to_owned(),
        ["", "steward", ..] => "/steward".to_owned(),
        _ => path.to_owned(),
    }
}

async fn find_session(app: &App, token: &str) -> Result<Option<Session>, Problem> {
    let (now, hash) = (app.now(), keys::secret_hash(token));
    let before = |duration| now.saturating_sub(duration).unwrap_or(Timestamp::UNIX_EPOCH);
    let (idle_since, oldest) = (before(IDLE), before(LONGEST));
    let found = app
        .db
        .read(move |conn| match sessions::find(conn, &hash, idle_since, oldest)? {
            Some(session) => {
                let member = members::find(conn, session.member)?;
                let news = notices::count_unread(conn, member.id)?;
                Ok(Some((session, member, news, hash)))
            }
            None => Ok(None),
        })
        .await?;
    let Some((session, member, news, hash)) = found else { return Ok(None) };
    if session.seen_at < before(SEEN_EVERY).as_microsecond() {
        app.db.write(move |conn| sessions::update_seen(conn, &hash, now)).await?;
    }
    let is_fresh = session.fresh_until.is_some_and(|until| until > now.as_microsecond());
    Ok(Some(Session { member, token: token.to_owned(), csrf: session.csrf, is_fresh, news }))
}

fn is_https(app: &App) -> bool {
    app.collective.base.scheme() == "https"
}
