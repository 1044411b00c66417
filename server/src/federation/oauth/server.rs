//! What a server says of its door: RFC 8414, or else the addresses that every server of Mastodon's
//! family has.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use url::Url;

use crate::app::App;
use crate::federation::fetch::{self, FetchError};
use crate::federation::json;

/// Where a server says it (RFC 8414, 3).
const SAYS: &str = ".well-known/oauth-authorization-server";
/// The right to know whose account it is and nothing else, since Mastodon 4.3.
const PROFILE: &str = "profile";
/// The smallest right by which older servers say it.
const READ_ACCOUNTS: &str = "read:accounts";

/// The door of a server, before we are known there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Where we say who we are.
    pub register: Url,
    /// Where people say yes.
    pub authorize: Url,
    /// Where we get a token.
    pub token: Url,
    /// Where we give it back.
    pub revoke: Url,
    /// Where it tells whose it is.
    pub userinfo: Option<Url>,
    /// What we ask to be allowed.
    pub scope: &'static str,
    /// How the server calls itself.
    pub issuer: String,
    /// Whether it says so when people come back (RFC 9207).
    pub names_issuer: bool,
}

/// Asks a server. One that says nothing has Mastodon's addresses; one that sends us elsewhere has
/// none. Redirects are not followed: they could lead to what somebody else says.
pub async fn ask(app: &App, server: &Url) -> Result<Described, FetchError> {
    let url = place(server, SAYS)?;
    fetch::spend()?;
    fetch::check_blocks(app, &url)?;
    let accept = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let answer = app.client.get(&url, accept).await?;
    if answer.status != StatusCode::OK {
        return usual(server);
    }
    match json::parse(&answer.body) {
        Ok(says) if says.is_object() => read(server, &says),
        // The page that some show for every address they do not know.
        _ => usual(server),
    }
}

/// Mastodon's addresses.
fn usual(server: &Url) -> Result<Described, FetchError> {
    Ok(Described {
        register: place(server, "api/v1/apps")?,
        authorize: place(server, "oauth/authorize")?,
        token: place(server, "oauth/token")?,
        revoke: place(server, "oauth/revoke")?,
        userinfo: None,
        scope: READ_ACCOUNTS,
        issuer: server.to_string(),
        names_issuer: false,
    })
}

/// What a server says, if all of it is about itself: nobody can send us, or what we say, elsewhere.
fn read(server: &Url, says: &Value) -> Result<Described, FetchError> {
    let usual = usual(server)?;
    let issuer = json::url(says, "issuer").filter(|issuer| is_on(server, issuer));
    if issuer.is_none_or(|issuer| issuer.path() != "/" || issuer.query().is_some()) {
        return Err(FetchError::Unfit("the door is not the server's own (RFC 8414, 3.3)".into()));
    }
    let own = |name: &str| match says.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => match json::url(says, name).filter(|url| is_on(server, url)) {
            Some(url) => Ok(Some(url)),
            None => Err(FetchError::Unfit(format!("{name} leads to another server"))),
        },
    };
    let asked = [own("authorization_endpoint")?, own("token_endpoint")?];
    let [Some(authorize), Some(token)] = asked else {
        return Err(FetchError::Unfit("the door has no address".into()));
    };
    let scopes = says.get("scopes_supported").and_then(Value::as_array);
    let has_profile =
        scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope.as_str() == Some(PROFILE)));
    let names = "authorization_response_iss_parameter_supported";
    Ok(Described {
        register: own("app_registration_endpoint")?.unwrap_or(usual.register),
        authorize,
        token,
        revoke: own("revocation_endpoint")?.unwrap_or(usual.revoke),
        userinfo: own("userinfo_endpoint")?.filter(|_| has_profile),
        scope: if has_profile { PROFILE } else { READ_ACCOUNTS },
        issuer: json::text(says, "issuer").unwrap_or_default().to_owned(),
        names_issuer: says.get(names).and_then(Value::as_bool) == Some(true),
    })
}

/// Whether an address is one of a server.
pub fn is_on(server: &Url, url: &Url) -> bool {
    url.origin() == server.origin() && url.username().is_empty() && url.password().is_none()
}

/// An address of a server.
pub fn place(server: &Url, path: &str) -> Result<Url, FetchError> {
    server.join(path).map_err(|error| FetchError::Unfit(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server() -> Url {
        Url::parse("https://social.example/").unwrap()
    }

    /// As Mastodon 4.4 says it (`OAuthMetadataPresenter`).
    fn mastodon() -> Value {
        json!({
            "issuer": "https://social.example/",
            "authorization_endpoint": "https://social.example/oauth/authorize",
            "token_endpoint": "https://social.example/oauth/token",
            "userinfo_endpoint": "https://social.example/oauth/userinfo",
            "revocation_endpoint": "https://social.example/oauth/revoke",
            "scopes_supported": ["read", "profile", "write", "read:accounts"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "app_registration_endpoint": "https://social.example/api/v1/apps"
        })
    }

    #[test]
    fn the_smallest_right_is_asked_for() {
        let read = |says: &Value| read(&server(), says).unwrap();
        let newest = read(&mastodon());
        assert_eq!(newest.scope, "profile");
        assert_eq!(newest.userinfo.unwrap().path(), "/oauth/userinfo");
        let mut says = mastodon();
        // 4.3 has the right, and no page for it.
        says["userinfo_endpoint"] = Value::Null;
        assert_eq!((read(&says).scope, read(&says).userinfo), ("profile", None));
        says = mastodon();
        says["scopes_supported"] = json!(["read"]);
        assert_eq!((read(&says).scope, read(&says).userinfo), ("read:accounts", None));
    }

    #[test]
    fn a_door_that_leads_to_another_server_is_none() {
        let leads = [
            "https://evil.example/x",
            "http://social.example/x",
            "https://social.example:8443/x",
            "https://social.example@evil.example/x",
            "https://10.0.0.1/x",
            "javascript:alert(1)",
            "",
        ];
        for name in [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "revocation_endpoint",
            "app_registration_endpoint",
        ] {
            for leads in leads {
                let mut says = mastodon();
                says[name] = json!(leads);
                assert!(read(&server(), &says).is_err(), "{name} {leads}");
            }
        }
        for name in ["issuer", "authorization_endpoint", "token_endpoint"] {
            let mut says = mastodon();
            says.as_object_mut().unwrap().remove(name);
            assert!(read(&server(), &says).is_err(), "{name}");
        }
        let mut says = mastodon();
        says["issuer"] = json!("https://social.example/tenant");
        assert!(read(&server(), &says).is_err());
    }
}
