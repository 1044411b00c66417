//! Signing in by way of one's own server: OAuth as Mastodon and its family speak it (wire contract,
//! 5.3).
//!
//! We register at each server once, ask for the smallest right there is, learn whose account it is,
//! and give the token back at once. A server can prove accounts of its own and no others: whatever
//! it says, the actor must stand on the host that we asked.

pub mod server;

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::SignedDuration;
use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::actions::prove_handle::{Return, state_of, verifier_of};
use crate::app::App;
use crate::client::Answer;
use crate::db::member_handles::Handle as Proved;
use crate::db::oauth_clients;
use crate::domain::collective::domain_of;
use crate::domain::door::Door;
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::federation::fetch::{self, FetchError, within_budget};
use crate::federation::handles::{self, Handle};
use crate::federation::oauth::server::{Described, is_on, place};
use crate::federation::{json, resolve};

/// How long a person waits at most to hear whether their server has a door: the code works anyway.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long a person waits at most who has come back.
const LONGEST: Duration = Duration::from_secs(25);
/// How many requests looking for a door, or finding out whose an account is, may cause.
const REQUESTS: u32 = 12;
/// How many servers we register at in an hour, so that nobody fills our tables.
const MOST_DOORS: i64 = 60;
/// A server that refuses what it gave us so lately would do it again.
const TOO_NEW: SignedDuration = SignedDuration::from_hours(1);
/// The longest name or secret that a server gives us, and the longest token, in bytes.
const LONGEST_SECRET: usize = 2_000;

/// Something that pages wait for.
pub type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Our side of a door, as the library has it.
type Ours = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The door of the server of an account, if it has one. For pages, which do not know this module.
pub fn find_for_pages(app: App, address: String) -> Waiting<Option<Door>> {
    Box::pin(async move {
        let handle = Handle::parse(&address)?;
        let host = handle.host().to_owned();
        let here = Url::parse(&format!("https://{host}/")).ok()?;
        let counted = app.client.registered_domain(&here).unwrap_or_else(|| host.clone());
        if app.closed_doors.contains_key(&host) || !app.door_visits.allows(counted) {
            return None;
        }
        let found = tokio::time::timeout(PATIENCE, within_budget(REQUESTS, find(&app, &handle)));
        let why = match found.await {
            Ok(Ok(door)) => return Some(door),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        tracing::debug!(host, why, "a server has no door");
        app.closed_doors.insert(host, ());
        None
    })
}

/// Where somebody says yes; `secret` is the one of their browser.
pub fn link_for_pages(app: &App, door: &Door, secret: &str) -> Result<Url, Error> {
    let verifier = PkceCodeVerifier::new(verifier_of(secret));
    let state = state_of(secret);
    let (link, _) = ours(app, door)
        .map_err(|error| Error::internal(error.to_string()))?
        .authorize_url(|| CsrfToken::new(state))
        .add_scope(Scope::new(door.scope.clone()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok(link)
}

/// Whose account it is with which somebody came back. For pages, which do not know this module.
pub fn prove_for_pages(app: App, door: Door, came: Return) -> Waiting<Result<Proved, Error>> {
    Box::pin(async move {
        let asked = within_budget(REQUESTS, prove(&app, &door, came));
        let why = match tokio::time::timeout(LONGEST, asked).await {
            Ok(Ok(proved)) => return Ok(proved),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        // Nothing that the other server said stands in `why`, nor any secret.
        tracing::debug!(host = door.host, why, "an account was not proved by its own server");
        Err(Refusal::ServerSaysNo.into())
    })
}

async fn find(app: &App, handle: &Handle) -> Result<Door, FetchError> {
    let actors = handles::ask(app, handle).await?.actors;
    let actor = actors.first().ok_or_else(|| unfit("nobody says who this is"))?;
    let server = place(actor, "/")?;
    let host = domain_of(&server);
    let known = read_db(app, move |conn| oauth_clients::find_by_host(conn, &host)).await?;
    match known {
        Some(door) if door.is_old(app.now()) => register(app, &server, Some(&door)).await,
        Some(door) if is_known_there(app, &door).await? => Ok(door),
        Some(door) if app.now().duration_since(door.made_at) < TOO_NEW => {
            Err(unfit("it does not know us any more, again"))
        }
        before => register(app, &server, before.as_ref()).await,
    }
}

/// Says to a server who we are. Whether it belongs to the family shows now.
async fn register(app: &App, server: &Url, before: Option<&Door>) -> Result<Door, FetchError> {
    let hour = SignedDuration::from_hours(1);
    let since = app.now().saturating_sub(hour).unwrap_or(app.now());
    let made = read_db(app, move |conn| oauth_clients::count_since(conn, since)).await?;
    if made >= MOST_DOORS {
        return Err(unfit("we registered at too many servers within an hour"));
    }
    let described = server::ask(app, server).await?;
    let id = app.clock.new_id();
    let redirect = app.collective.urls().door(id);
    let form = [
        ("client_name", app.collective.name.as_str()),
        ("redirect_uris", redirect.as_str()),
        ("scopes", described.scope),
        ("website", app.collective.base.as_str()),
    ];
    let answer = post(app, &described.register, &form).await?;
    let given = said(&answer)?;
    let given = |name: &str| {
        let text = json::text(&given, name).filter(|text| is_short(text));
        text.map(str::to_owned).ok_or_else(|| unfit("it does not say what we are called there"))
    };
    let Described { authorize, token, revoke, userinfo, issuer, names_issuer, .. } = described;
    let door = Door {
        id,
        host: domain_of(server),
        client_id: given("client_id")?,
        client_secret: given("client_secret")?,
        scope: described.scope.to_owned(),
        issuer,
        names_issuer,
        authorize,
        token,
        revoke,
        userinfo,
        made_at: app.now(),
    };
    // Servers before Mastodon 4.3 forget whoever never had a token.
    is_known_there(app, &door).await?;
    let before = before.map(|before| before.id);
    let written = app.db.write(move |conn| oauth_clients::replace(conn, before, &door)).await;
    written.map_err(|error| FetchError::Unreachable(error.into()))
}

/// Whether a server knows us still: whoever is unknown would be told so there, on a page that does
/// not lead back.
async fn is_known_there(app: &App, door: &Door) -> Result<bool, FetchError> {
    let ours = ours(app, door)?;
    let http = |request| send(app.clone(), request);
    match ours.exchange_client_credentials().request_async(&http).await {
        Err(RequestTokenError::ServerResponse(no)) => {
            Ok(*no.error() != BasicErrorResponseType::InvalidClient)
        }
        Err(RequestTokenError::Request(error)) => Err(error),
        // A server that has no tokens for us alone can have some for people.
        _ => Ok(true),
    }
}

async fn prove(app: &App, door: &Door, came: Return) -> Result<Proved, FetchError> {
    let ours = ours(app, door)?;
    let http = |request| send(app.clone(), request);
    let asked = ours
        .exchange_code(AuthorizationCode::new(came.code))
        .set_pkce_verifier(PkceCodeVerifier::new(came.verifier));
    let token = match asked.request_async(&http).await {
        Ok(answer) => answer.access_token().secret().clone(),
        Err(RequestTokenError::ServerResponse(no)) => {
            if *no.error() == BasicErrorResponseType::InvalidClient {
                forget(app, door).await?;
            }
            return Err(unfit("it takes neither the code nor us"));
        }
        Err(RequestTokenError::Request(error)) => return Err(error),
        Err(_) => return Err(unfit("its answer is no token")),
    };
    if !is_short(&token) {
        return Err(unfit("its token is too long"));
    }
    let whose = whose(app, door, &token).await;
    give_back(app, door, &token).await;
    let actor = resolve::looked_at(app, &whose?).await?;
    // Whatever the server says, and wherever it sends us: only what stands on it is its to prove.
    if !is_on(&door.server(), &actor.url) || actor.kind != "Person" {
        return Err(unfit("this is no person of that server"));
    }
    Ok(Proved { address: actor.address.to_lowercase(), actor: actor.url })
}

/// The actor to whom a token belongs.
async fn whose(app: &App, door: &Door, token: &str) -> Result<Url, FetchError> {
    let server = door.server();
    if let Some(userinfo) = &door.userinfo {
        let says = said(&get(app, userinfo, token).await?)?;
        let actor = json::text(&says, "sub").and_then(json::parse_url);
        return actor.filter(|actor| is_on(&server, actor)).ok_or_else(not_its_own);
    }
    let asked = place(&server, "api/v1/accounts/verify_credentials")?;
    let says = said(&get(app, &asked, token).await?)?;
    let name = json::text(&says, "username").filter(|name| handles::is_name(name));
    let name = name.ok_or_else(|| unfit("it says no name"))?;
    let handle = Handle::parse(&format!("{name}@{}", domain_of(&server)));
    let handle = handle.ok_or_else(|| unfit("it says no name"))?;
    let mut actors = handles::ask(app, &handle).await?.actors.into_iter();
    actors.find(|actor| is_on(&server, actor)).ok_or_else(not_its_own)
}

/// Nothing is kept that could do anything at the other server. If it does not take the token back,
/// it ends there by itself.
async fn give_back(app: &App, door: &Door, token: &str) {
    let form = [
        ("client_id", door.client_id.as_str()),
        ("client_secret", &door.client_secret),
        ("token", token),
    ];
    if let Err(error) = post(app, &door.revoke, &form).await {
        tracing::debug!(host = door.host, %error, "a token was not taken back");
    }
}

async fn forget(app: &App, door: &Door) -> Result<(), FetchError> {
    let id = door.id;
    let written = app.db.write(move |conn| oauth_clients::delete(conn, id)).await;
    written.map_err(|error| FetchError::Unreachable(error.into()))
}

fn ours(app: &App, door: &Door) -> Result<Ours, FetchError> {
    let odd = |error: url::ParseError| FetchError::Unfit(error.to_string());
    let redirect = app.collective.urls().door(door.id).to_string();
    Ok(BasicClient::new(ClientId::new(door.client_id.clone()))
        .set_client_secret(ClientSecret::new(door.client_secret.clone()))
        .set_auth_uri(AuthUrl::new(door.authorize.to_string()).map_err(odd)?)
        .set_token_uri(TokenUrl::new(door.token.to_string()).map_err(odd)?)
        .set_redirect_uri(RedirectUrl::new(redirect).map_err(odd)?)
        // Every server of the family reads it there; not every one reads the header.
        .set_auth_type(AuthType::RequestBody))
}

/// Sends what the library wrote, by the one road out.
async fn send(app: App, request: HttpRequest) -> Result<HttpResponse, FetchError> {
    let (parts, body) = request.into_parts();
    let url = json::parse_url(&parts.uri.to_string()).ok_or_else(|| unfit("it has no address"))?;
    fetch::spend()?;
    fetch::check_blocks(&app, &url)?;
    let answer = app.client.ask(&url, parts.headers, Bytes::from(body)).await?;
    let mut response = HttpResponse::new(answer.body.to_vec());
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

async fn post(app: &App, url: &Url, form: &[(&str, &str)]) -> Result<Answer, FetchError> {
    fetch::spend()?;
    fetch::check_blocks(app, url)?;
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
    ]);
    Ok(app.client.ask(url, headers, Bytes::from(body)).await?)
}

async fn get(app: &App, url: &Url, token: &str) -> Result<Answer, FetchError> {
    fetch::spend()?;
    fetch::check_blocks(app, url)?;
    let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| unfit("its token is no token"))?;
    bearer.set_sensitive(true);
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (AUTHORIZATION, bearer),
    ]);
    Ok(app.client.get(url, headers).await?)
}

/// What was answered, if it is a yes. Nobody is sent on: a redirect is none.
fn said(answer: &Answer) -> Result<Value, FetchError> {
    if answer.status != StatusCode::OK && answer.status != StatusCode::CREATED {
        return Err(FetchError::Unfit(format!("the server answered {}", answer.status)));
    }
    json::parse(&answer.body).map_err(|_| unfit("its answer is no JSON"))
}

async fn read_db<T, F>(app: &App, body: F) -> Result<T, FetchError>
where
    T: Send + 'static,
    F: FnOnce(&mut crate::db::Conn) -> Result<T, Error> + Send + 'static,
{
    app.db.read(body).await.map_err(|error| FetchError::Unreachable(error.into()))
}

fn is_short(secret: &str) -> bool {
    (1..=LONGEST_SECRET).contains(&secret.len())
}

fn unfit(why: &str) -> FetchError {
    FetchError::Unfit(why.to_owned())
}

fn not_its_own() -> FetchError {
    unfit("it names an account that is not its own")
}
