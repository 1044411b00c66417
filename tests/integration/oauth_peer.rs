//! Somebody's own server with a door, on real sockets: Mastodon as it is and as it was, GoToSocial,
//! and one without a door. What it says can be bent by tests.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use mutuals::keys;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

use crate::peer::{Actor, new_keys};
use crate::testapp::client;

/// What stands in every secret that this server gives.
pub const SECRET: &str = "kettle-whistle-unheard";

/// Whose ways the server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Mastodon 4.4: describes its door, and tells whose a token is by `sub`.
    Newest,
    /// Mastodon 4.3: describes its door, and has the right `profile`.
    Mastodon43,
    /// Mastodon before 4.3: says nothing of its door, and does not know PKCE.
    Older,
    /// Says nothing of its door, and takes no token back.
    GoToSocial,
    /// Misskey and others: has no such door.
    Without,
}

#[derive(Clone)]
struct Known {
    id: String,
    secret: String,
    redirect: String,
    scopes: String,
}

#[derive(Clone)]
struct Code {
    client: String,
    challenge: Option<String>,
    scope: String,
}

struct Inside {
    shape: Shape,
    base: Url,
    who: Mutex<String>,
    actors: HashMap<String, Value>,
    clients: Mutex<Vec<Known>>,
    codes: Mutex<HashMap<String, Code>>,
    tokens: Mutex<HashSet<String>>,
    given: Mutex<usize>,
    asked: Mutex<Vec<String>>,
    bent: Mutex<HashMap<String, (u16, Value)>>,
}

/// The server.
#[derive(Clone)]
pub struct OauthPeer(Arc<Inside>);

impl OauthPeer {
    /// With Amina, who is signed in there, and Bo.
    pub async fn start(shape: Shape) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let document = |name: &str| {
            let url = base.join(&format!("users/{name}")).unwrap();
            let mut document = Actor { url, keys: new_keys() }.document();
            document["preferredUsername"] = json!(name);
            (name.to_owned(), document)
        };
        let peer = Self(Arc::new(Inside {
            shape,
            who: Mutex::new("amina".into()),
            actors: ["amina", "bo"].map(document).into_iter().collect(),
            base,
            clients: Mutex::default(),
            codes: Mutex::default(),
            tokens: Mutex::default(),
            given: Mutex::default(),
            asked: Mutex::default(),
            bent: Mutex::default(),
        }));
        let router = Router::new().fallback(answer).with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        peer
    }

    pub fn base(&self) -> &Url {
        &self.0.base
    }

    pub fn host(&self) -> &str {
        self.0.base.authority()
    }

    /// The id of somebody there.
    pub fn actor(&self, name: &str) -> Url {
        self.0.base.join(&format!("users/{name}")).unwrap()
    }

    /// Who is signed in there now.
    pub fn signed_in(&self, name: &str) {
        *self.0.who.lock().unwrap() = name.to_owned();
    }

    /// What was asked of it, each with its method and path, and which kind of token.
    pub fn asked(&self) -> Vec<String> {
        self.0.asked.lock().unwrap().clone()
    }

    pub fn count(&self, request: &str) -> usize {
        self.asked().iter().filter(|asked| *asked == request).count()
    }

    /// Tokens that can do something still.
    pub fn tokens(&self) -> usize {
        self.0.tokens.lock().unwrap().len()
    }

    /// With which rights we asked to be let in.
    pub fn scopes(&self) -> Vec<String> {
        self.0.clients.lock().unwrap().iter().map(|known| known.scopes.clone()).collect()
    }

    /// Answers an address with something else from now on; 302 leads to the text.
    pub fn bend(&self, path: &str, status: u16, answer: Value) {
        self.0.bent.lock().unwrap().insert(path.to_owned(), (status, answer));
    }

    pub fn straighten(&self, path: &str) {
        self.0.bent.lock().unwrap().remove(path);
    }

    /// What it says of its door.
    pub fn describes(&self) -> Value {
        let at = |path: &str| json!(self.0.base.join(path).unwrap());
        let mut says = json!({
            "issuer": self.0.base,
            "authorization_endpoint": at("oauth/authorize"),
            "token_endpoint": at("oauth/token"),
            "revocation_endpoint": at("oauth/revoke"),
            "scopes_supported": ["read", "profile", "write", "read:accounts"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "service_documentation": "https://docs.joinmastodon.org/",
            "app_registration_endpoint": at("api/v1/apps")
        });
        if self.0.shape == Shape::Newest {
            says["userinfo_endpoint"] = at("oauth/userinfo");
        }
        says
    }

    /// Forgets everybody who registered.
    pub fn forget_clients(&self) {
        self.0.clients.lock().unwrap().clear();
    }

    /// Whoever is signed in there opens the way to it, and says yes: where they are sent then.
    pub async fn say_yes(&self, way: &Url) -> Url {
        let answer = client().get(way, HeaderMap::new()).await.unwrap();
        assert_eq!(answer.status, 302, "{}", String::from_utf8_lossy(&answer.body));
        answer.headers[LOCATION].to_str().unwrap().parse().unwrap()
    }

    fn describe(&self) -> Response {
        match self.0.shape {
            Shape::Newest | Shape::Mastodon43 => said(200, self.describes()),
            _ => nothing(),
        }
    }

    fn webfinger(&self, query: &HashMap<String, String>) -> Response {
        let resource = query.get("resource").cloned().unwrap_or_default();
        let name = resource.trim_start_matches("acct:").split('@').next().unwrap().to_owned();
        if !self.0.actors.contains_key(&name) {
            return nothing();
        }
        let link = json!({"rel": "self", "type": "application/activity+json",
            "href": self.actor(&name)});
        said(200, json!({"subject": format!("acct:{name}@{}", self.host()), "links": [link]}))
    }

    fn register(&self, form: &HashMap<String, String>) -> Response {
        if self.0.shape == Shape::Without {
            return nothing();
        }
        let mut clients = self.0.clients.lock().unwrap();
        let known = Known {
            id: self.fresh("client"),
            secret: self.fresh(SECRET),
            redirect: form["redirect_uris"].clone(),
            scopes: form["scopes"].clone(),
        };
        clients.push(known.clone());
        said(
            200,
            json!({
                "id": "1", "name": form["client_name"], "website": form["website"],
                "redirect_uri": known.redirect, "client_id": known.id,
                "client_secret": known.secret, "vapid_key": ""
            }),
        )
    }

    fn authorize(&self, query: &HashMap<String, String>) -> Response {
        let clients = self.0.clients.lock().unwrap();
        let known = clients.iter().find(|known| known.id == query["client_id"]);
        let Some(known) = known.filter(|known| known.redirect == query["redirect_uri"]) else {
            return said(401, json!({"error": "invalid_client"}));
        };
        assert_eq!(query["response_type"], "code");
        assert!(known.scopes.split(' ').any(|scope| scope == query["scope"]), "{query:?}");
        assert_eq!(query["code_challenge_method"], "S256");
        let code = self.fresh(SECRET);
        let pkce = self.0.shape != Shape::Older;
        let granted = Code {
            client: known.id.clone(),
            challenge: pkce.then(|| query["code_challenge"].clone()),
            scope: query["scope"].clone(),
        };
        self.0.codes.lock().unwrap().insert(code.clone(), granted);
        let mut back: Url = known.redirect.parse().unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &query["state"]);
        (StatusCode::FOUND, [(LOCATION, back.to_string())]).into_response()
    }

    fn token(&self, form: &HashMap<String, String>) -> Response {
        let clients = self.0.clients.lock().unwrap();
        let known = clients.iter().find(|known| {
            Some(&known.id) == form.get("client_id")
                && Some(&known.secret) == form.get("client_secret")
        });
        let Some(known) = known else { return said(401, json!({"error": "invalid_client"})) };
        let token = self.fresh(SECRET);
        if form["grant_type"] == "client_credentials" {
            return granted(&token, "read");
        }
        let code = self.0.codes.lock().unwrap().remove(form.get("code").unwrap());
        let fits = code.as_ref().is_some_and(|code| {
            let verifier = form.get("code_verifier").cloned().unwrap_or_default();
            code.client == known.id
                && known.redirect == form["redirect_uri"]
                && code
                    .challenge
                    .as_ref()
                    .is_none_or(|asked| *asked == keys::secret_hash(&verifier))
        });
        let Some(code) = code.filter(|_| fits) else {
            return said(400, json!({"error": "invalid_grant"}));
        };
        self.0.tokens.lock().unwrap().insert(token.clone());
        granted(&token, &code.scope)
    }

    fn whose(&self, headers: &HeaderMap, answer: Value) -> Response {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|bearer| bearer.strip_prefix("Bearer ")).unwrap_or_default();
        match self.0.tokens.lock().unwrap().contains(token) {
            true => said(200, answer),
            false => said(401, json!({"error": "The access token is invalid"})),
        }
    }

    fn account(&self) -> Value {
        let who = self.0.who.lock().unwrap().clone();
        json!({"id": "7", "username": who, "acct": who, "display_name": "A neighbour",
            "url": self.0.base.join(&format!("@{who}")).unwrap(), "bot": false})
    }

    fn userinfo(&self) -> Value {
        let who = self.0.who.lock().unwrap().clone();
        json!({"iss": self.0.base, "sub": self.actor(&who), "name": "A neighbour",
            "preferred_username": who, "profile": self.0.base.join(&format!("@{who}")).unwrap(),
            "picture": self.0.base.join("avatar.png").unwrap()})
    }

    fn revoke(&self, form: &HashMap<String, String>) -> Response {
        if self.0.shape == Shape::GoToSocial {
            return nothing();
        }
        self.0.tokens.lock().unwrap().remove(&form["token"]);
        said(200, json!({}))
    }

    fn fresh(&self, what: &str) -> String {
        let mut given = self.0.given.lock().unwrap();
        *given += 1;
        format!("{what}-{given}")
    }
}

async fn answer(State(peer): State<OauthPeer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let read = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect();
    let (form, query): (HashMap<_, _>, HashMap<_, _>) =
        (read(&body), read(parts.uri.query().unwrap_or_default().as_bytes()));
    let path = parts.uri.path().to_owned();
    let kind = form.get("grant_type").map(|kind| format!(" {kind}")).unwrap_or_default();
    peer.0.asked.lock().unwrap().push(format!("{} {path}{kind}", parts.method));
    let bent = peer.0.bent.lock().unwrap().get(&format!("{path}{kind}")).cloned();
    if let Some((status, answer)) = bent {
        return bend(status, &answer);
    }
    match path.as_str() {
        "/.well-known/oauth-authorization-server" => peer.describe(),
        "/.well-known/webfinger" => peer.webfinger(&query),
        "/api/v1/apps" => peer.register(&form),
        "/oauth/authorize" => peer.authorize(&query),
        "/oauth/token" => peer.token(&form),
        "/oauth/userinfo" => peer.whose(&parts.headers, peer.userinfo()),
        "/api/v1/accounts/verify_credentials" => peer.whose(&parts.headers, peer.account()),
        "/oauth/revoke" => peer.revoke(&form),
        _ => match path.strip_prefix("/users/").and_then(|name| peer.0.actors.get(name)) {
            Some(document) => said_as("application/activity+json", 200, document.clone()),
            None => nothing(),
        },
    }
}

fn bend(status: u16, answer: &Value) -> Response {
    match answer {
        Value::String(to) if status == 302 => {
            (StatusCode::FOUND, [(LOCATION, to.clone())]).into_response()
        }
        other if other.get("preferredUsername").is_some() => {
            said_as("application/activity+json", status, other.clone())
        }
        other => said(status, other.clone()),
    }
}

fn granted(token: &str, scope: &str) -> Response {
    said(
        200,
        json!({"access_token": token, "token_type": "Bearer", "scope": scope,
            "created_at": 1_700_000_000}),
    )
}

fn said(status: u16, answer: Value) -> Response {
    said_as("application/json; charset=utf-8", status, answer)
}

fn said_as(kind: &'static str, status: u16, answer: Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(CONTENT_TYPE, kind)], answer.to_string()).into_response()
}

/// The page that single-page frontends show for every address.
fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "<!doctype html><title>Nothing here</title>").into_response()
}
