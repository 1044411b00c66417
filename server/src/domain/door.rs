//! The door of another server: what it takes to let somebody sign in by way of their own server
//! (OAuth, wire contract 5.3).

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::id::DoorId;

/// After so long we ask a server anew what it offers, and what we are called there.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What we are called at another server, and where its people say yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Its id, which stands in the address to which people come back: no server can send somebody
    /// to us in the name of another.
    pub id: DoorId,
    /// The host of the server, with its port if it is not the usual one.
    pub host: String,
    /// What we are called there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// What we ask to be allowed: to know whose account it is.
    pub scope: String,
    /// How the server calls itself in what it sends with people who come back (RFC 9207).
    pub issuer: String,
    /// Whether it promises to send that.
    pub names_issuer: bool,
    /// Where people say yes.
    pub authorize: Url,
    /// Where we get a token for the code with which they come back.
    pub token: Url,
    /// Where we give the token back.
    pub revoke: Url,
    /// Where a token tells whose it is, if it is not Mastodon's older way.
    pub userinfo: Option<Url>,
    /// Since when.
    pub made_at: Timestamp,
}

impl Door {
    /// The server, as an address.
    pub fn server(&self) -> Url {
        let mut server = self.authorize.clone();
        server.set_path("/");
        server.set_query(None);
        server.set_fragment(None);
        server
    }

    /// Whether it is time to ask the server anew.
    pub fn is_old(&self, now: Timestamp) -> bool {
        now.duration_since(self.made_at) > KNOWN_FOR
    }

    /// Whether somebody who came back came from this server, as far as it says so. One that
    /// promises to say it must.
    pub fn sent(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(issuer) => issuer.trim_end_matches('/') == self.issuer.trim_end_matches('/'),
            None => !self.names_issuer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;

    fn door(names_issuer: bool) -> Door {
        let url = |path: &str| Url::parse("https://social.example/").unwrap().join(path).unwrap();
        Door {
            id: Id::from_number(1),
            host: "social.example".into(),
            client_id: "us".into(),
            client_secret: "a kettle".into(),
            scope: "profile".into(),
            issuer: "https://social.example/".into(),
            names_issuer,
            authorize: url("oauth/authorize?x=1#y"),
            token: url("oauth/token"),
            revoke: url("oauth/revoke"),
            userinfo: None,
            made_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn who_sends_somebody_back_is_compared_if_they_say_so() {
        assert!(door(false).sent(None));
        assert!(!door(true).sent(None));
        for names_issuer in [false, true] {
            assert!(door(names_issuer).sent(Some("https://social.example")));
            assert!(door(names_issuer).sent(Some("https://social.example/")));
            assert!(!door(names_issuer).sent(Some("https://evil.example/")));
            assert!(!door(names_issuer).sent(Some("")));
        }
    }

    #[test]
    fn the_server_is_where_its_door_is() {
        assert_eq!(door(false).server().as_str(), "https://social.example/");
    }
}
