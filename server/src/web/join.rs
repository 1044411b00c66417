//! Joining: what we owe each other, a name, and *I agree* or *I want to talk to someone first*.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use crate::actions::join::{Way, Wish, agree as say_yes, is_tended, join};
use crate::actions::sign_in_by_code::find_attempt;
use crate::app::App;
use crate::db::{Conn, careful, covenants, invitations};
use crate::domain::covenant::{Covenant, Rule};
use crate::domain::member::Standing;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::i18n::Locale;
use crate::keys;
use crate::listener::Origin;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, InPath};
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{Cookie, SignedIn, Visitor};
use crate::web::sign_in::{HOME, begin};

/// This page.
const PATH: &str = "/join";

#[derive(Template)]
#[template(path = "join/show.html")]
struct JoinPage {
    page: Page,
    covenant: Shown,
    /// Where whoever is signed in stands.
    standing: Option<Where>,
    form: Option<JoinForm>,
    /// Whether the doors are closed because we are careful.
    is_careful: bool,
    problem: Option<String>,
}

/// What we owe each other, as pages show it.
pub struct Shown {
    /// Its number.
    pub version: i64,
    /// The text.
    pub html: String,
    /// The language of the text.
    pub language_code: String,
    /// How one becomes one of us.
    pub rule: String,
}

struct Where {
    is_member: bool,
    has_agreed: bool,
}

struct JoinForm {
    action: String,
    account: Option<String>,
    name: String,
}

/// What was tried, and why it did not work.
type Tried<'a> = Option<(&'a Fields, Refusal)>;

/// `GET /join`
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    page(&app, &visitor, None, None).await
}

/// `GET /join/{token}`: looking does not use the invitation up.
pub async fn show_invitation(
    State(app): State<App>,
    visitor: Visitor,
    InPath(token): InPath<String>,
) -> Result<Response, Problem> {
    page(&app, &visitor, Some(&token), None).await
}

/// `POST /join`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    origin: Option<Extension<Origin>>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    come_in(&app, &visitor, origin, None, &fields).await
}

/// `POST /join/{token}`
pub async fn use_invitation(
    State(app): State<App>,
    visitor: Visitor,
    origin: Option<Extension<Origin>>,
    InPath(token): InPath<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    come_in(&app, &visitor, origin, Some(&token), &fields).await
}

/// `POST /join/agree`: for those who wanted to talk first.
pub async fn agree(
    State(app): State<App>,
    SignedIn { visitor, member }: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    match say_yes(&app, member.id, version(&fields)).await {
        Ok(member) if member.standing == Standing::Member => {
            Ok(go_on(&app, HOME, "joined-member", &[&member.name]))
        }
        Ok(_) => Ok(go_on(&app, PATH, "joined-agreed", &[])),
        Err(Error::Refused(refusal)) => page(&app, &visitor, None, Some((&fields, refusal))).await,
        Err(other) => Err(other.into()),
    }
}

async fn come_in(
    app: &App,
    visitor: &Visitor,
    origin: Option<Extension<Origin>>,
    invitation: Option<&str>,
    fields: &Fields,
) -> Result<Response, Problem> {
    // Whoever is in need not come in again.
    if visitor.session.is_some() {
        return page(app, visitor, invitation, None).await;
    }
    if origin.is_some_and(|Extension(origin)| !app.arrivals.allows(origin)) {
        return Err(Problem::TooMany);
    }
    let way = match (proved_account(app, visitor).await?, invitation) {
        (Some((token, _)), Some(invitation)) => Way::InvitedAccount(token, invitation.to_owned()),
        (Some((token, _)), None) => Way::Account(token),
        (None, Some(token)) => Way::Invitation(token.to_owned()),
        (None, None) => Way::Open,
    };
    let agrees = fields.text("choice") == "agree";
    let wish = Wish {
        name: fields.text("name"),
        password: fields.text("password"),
        agrees_to: agrees.then(|| version(fields)),
    };
    match join(app, way, wish).await {
        Ok(begun) => {
            let done = match (begun.member.standing, agrees) {
                (Standing::Member, _) => "joined-member",
                (Standing::Joining, true) => "joined-newcomer",
                (Standing::Joining, false) => "joined-talk",
            };
            let mut response = begin(app, visitor, &begun, (HOME, done)).await?;
            response.headers_mut().append(SET_COOKIE, Cookie::Attempt.remove(app));
            Ok(response)
        }
        Err(Error::Refused(refusal)) => {
            page(app, visitor, invitation, Some((fields, refusal))).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The secret and the account of a browser that proved one.
async fn proved_account(app: &App, visitor: &Visitor) -> Result<Option<(String, String)>, Problem> {
    let Some(token) = &visitor.attempt else { return Ok(None) };
    let attempt = find_attempt(app, token).await?;
    let proved = attempt.filter(|attempt| attempt.actor.is_some());
    Ok(proved.map(|attempt| (token.clone(), attempt.address)))
}

async fn page(
    app: &App,
    visitor: &Visitor,
    invitation: Option<&str>,
    tried: Tried<'_>,
) -> Result<Response, Problem> {
    let account = proved_account(app, visitor).await?.map(|(_, address)| address);
    let member = visitor.member().map(|member| (member.id, member.standing));
    let hash = invitation.map(keys::secret_hash);
    let (now, shared) = (app.now(), app.clone());
    let read = move |conn: &mut Conn| {
        let is_invited = match &hash {
            Some(hash) => invitations::is_open(conn, hash, now)?,
            None => true,
        };
        let agreed = match member {
            Some((id, _)) => covenants::find_consent(conn, id)?.is_some(),
            None => false,
        };
        let is_careful = careful::current(conn, now)?.is_some();
        let is_tended = is_tended(&shared, conn)?;
        Ok((covenants::current(conn)?, is_invited, agreed, (is_careful, is_tended)))
    };
    let (covenant, is_invited, has_agreed, (is_careful, is_tended)) = app.db.read(read).await?;
    if !is_invited {
        return Err(Problem::InvitationUsed);
    }
    let is_open = !is_careful && (account.is_some() || app.config.joining.open && is_tended);
    let is_way = invitation.is_some() || is_open;
    let is_careful = is_careful && member.is_none() && !is_way;
    let form = (member.is_none() && is_way).then(|| JoinForm {
        action: invitation.map_or_else(|| PATH.to_owned(), |token| format!("{PATH}/{token}")),
        account,
        name: tried.map(|(fields, _)| fields.text("name")).unwrap_or_default(),
    });
    let problem = tried.map(|(_, refusal)| visitor.locale.say(refusal.key()));
    let status = if tried.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let standing =
        member.map(|(_, standing)| Where { is_member: standing == Standing::Member, has_agreed });
    // No link on the page holds the token of an invitation.
    let page = Page::new(app, visitor, visitor.locale.say("join-title")).found_at(PATH);
    let covenant = shown(&visitor.locale, &covenant);
    answer(status, &JoinPage { page, covenant, standing, form, is_careful, problem })
}

/// What we owe each other, for somebody who reads it.
pub fn shown(locale: &Locale, covenant: &Covenant) -> Shown {
    let (text, language_code) = match &covenant.text {
        Some((text, language)) => (text.clone(), language.clone()),
        None => (locale.say("covenant-first-text"), locale.code().to_owned()),
    };
    Shown {
        version: covenant.version,
        html: text::markdown(&text),
        language_code,
        rule: rule(locale, covenant.rule),
    }
}

fn rule(locale: &Locale, rule: Rule) -> String {
    let count = || [("count", rule.vouches_needed.into())];
    match (rule.vouches_needed, rule.visit_is_enough) {
        (0, _) => locale.say("join-rule-none"),
        (_, true) => locale.say_with("join-rule-vouches-or-visit", count()),
        (_, false) => locale.say_with("join-rule-vouches", count()),
    }
}

/// The version that stood on the page; none fits if it was no page of ours.
fn version(fields: &Fields) -> i64 {
    fields.text("version").parse().unwrap_or_default()
}
