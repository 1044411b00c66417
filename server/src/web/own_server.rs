//! Coming back from one's own server, after saying yes there.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use crate::actions::prove_handle::{self, Sent, find_offered, prove_by_door};
use crate::actions::sign_in_by_code::{JOIN_WITHIN, Proved};
use crate::app::App;
use crate::db::member_handles::Handle;
use crate::domain::door::Door;
use crate::domain::refusal::Refusal;
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::fediverse::{JOIN, code_page};
use crate::web::form::{PathId, Query, local_path};
use crate::web::page::{go_on, go_to};
use crate::web::session::{Cookie, Visitor};
use crate::web::sign_in::{GREETING, HOME, begin};

/// The way to one's own server.
pub struct Way {
    /// Its address.
    pub href: String,
    /// The host of the server.
    pub host: String,
}

/// The way to their own server that the browser with this secret has, if there is one.
pub async fn way(web: &Web, secret: &str) -> Result<Option<Way>, Problem> {
    let Some((door, _)) = find_offered(&web.app, secret).await? else { return Ok(None) };
    let href = (web.doors.link)(&web.app, &door, secret)?.to_string();
    Ok(Some(Way { href, host: door.host }))
}

/// `GET /sign-in/back/{id}`: changes something though it is a GET, as OAuth has it; what was sent
/// along shows that this browser went there.
pub async fn come_back(
    State(web): State<Web>,
    visitor: Visitor,
    PathId(id): PathId<Door>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let secret = visitor.attempt.clone().unwrap_or_default();
    let issuer = Some(fields.text("iss")).filter(|issuer| !issuer.is_empty());
    let sent = Sent { state: fields.text("state"), code: fields.text("code"), issuer };
    let came = match prove_handle::come_back(&web.app, &secret, id, sent).await {
        Ok((door, came, return_to)) => {
            let proved = (web.doors.prove)(web.app.clone(), door, came).await;
            proved.map(|handle| (handle, return_to))
        }
        Err(error) => Err(error),
    };
    let taken = match came {
        Ok(came) => take(&web.app, &visitor, &secret, came).await,
        Err(error) => Err(error.into()),
    };
    match taken {
        Err(Problem::Refused(no @ (Refusal::AttemptOver | Refusal::ServerSaysNo))) => {
            code_page(&web, &visitor, String::new(), Some(no)).await
        }
        other => other,
    }
}

async fn take(
    app: &App,
    visitor: &Visitor,
    secret: &str,
    (handle, return_to): (Handle, String),
) -> Result<Response, Problem> {
    let proved = prove_by_door(app, secret, handle, visitor.browser()).await?;
    let path = local_path(app, &return_to).unwrap_or_else(|| HOME.to_owned());
    go_in(app, visitor, proved, &path).await
}

/// What a browser sees that proved an account, by whichever way.
pub async fn go_in(
    app: &App,
    visitor: &Visitor,
    proved: Proved,
    path: &str,
) -> Result<Response, Problem> {
    let mut response = match proved {
        Proved::Stranger(token) => {
            let mut response = go_to(JOIN);
            let cookie = Cookie::Attempt.set_for(app, &token, JOIN_WITHIN);
            response.headers_mut().append(SET_COOKIE, cookie);
            return Ok(response);
        }
        Proved::Bound(address) => go_on(app, HOME, "account-connected", &[&address]),
        Proved::Member(begun) => begin(app, visitor, &begun, (path, GREETING)).await?,
    };
    response.headers_mut().append(SET_COOKIE, Cookie::Attempt.remove(app));
    Ok(response)
}
