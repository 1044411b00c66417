//! Keys of fake actors, signed requests (draft-cavage-http-signatures-12) and checking the
//! signatures of what a server delivers.

use std::collections::HashMap;

use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use crate::http::Request;

/// The media type of everything that is posted.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// An RSA-2048 key.
pub struct Key {
    pair: RsaKeyPair,
    /// Its public half in PEM.
    pub pem: String,
}

impl Key {
    /// Makes one. Takes about a tenth of a second.
    pub fn new() -> anyhow::Result<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).context("cannot make an RSA key")?;
        let der: PublicKeyX509Der<'_> =
            pair.public_key().as_der().context("cannot write the public key")?;
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for line in STANDARD.encode(der.as_ref()).as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Ok(Self { pair, pem })
    }

    /// A whole POST request, signed, as it goes over the wire.
    pub fn post(&self, key_id: &str, to: &Url, body: &str) -> anyhow::Result<Vec<u8>> {
        let (host, path, date) = (host_of(to), path_of(to), date());
        let digest = STANDARD.encode(digest::digest(&digest::SHA256, body.as_bytes()));
        let message = format!(
            "(request-target): post {path}\nhost: {host}\ndate: {date}\n\
             digest: SHA-256={digest}\ncontent-type: {ACTIVITY_JSON}"
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = rand::SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
            .context("cannot sign")?;
        let signature = STANDARD.encode(signature);
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nDate: {date}\r\n\
             Digest: SHA-256={digest}\r\nContent-Type: {ACTIVITY_JSON}\r\n\
             Signature: keyId=\"{key_id}\",algorithm=\"rsa-sha256\",\
             headers=\"(request-target) host date digest content-type\",\
             signature=\"{signature}\"\r\nContent-Length: {length}\r\n\
             User-Agent: mutuals-load\r\n\r\n{body}"
        );
        Ok(request.into_bytes())
    }
}

/// Checks a draft-cavage signature that an RSA key in PEM is said to have made, and the digest.
pub fn check(request: &Request, pem: &str) -> anyhow::Result<()> {
    let digest = STANDARD.encode(digest::digest(&digest::SHA256, &request.body));
    let claimed = request.header("digest").context("there is no Digest")?;
    ensure!(claimed == format!("SHA-256={digest}"), "the digest does not fit the body");
    let header = request.header("signature").context("there is no Signature")?;
    let parameters: HashMap<&str, &str> = header
        .split("\",")
        .filter_map(|part| part.split_once("=\""))
        .map(|(name, value)| (name.trim(), value.trim_end_matches('"')))
        .collect();
    let get = |name: &str| parameters.get(name).copied().context("the Signature lacks a part");
    let mut lines = Vec::new();
    for name in get("headers")?.split(' ') {
        let value = match name {
            "(request-target)" => {
                format!("{} {}", request.method.to_ascii_lowercase(), request.path)
            }
            "(created)" | "(expires)" => bail!("{name} is not read by this tool"),
            name => request.header(name).context("a header that was signed is missing")?.to_owned(),
        };
        lines.push(format!("{name}: {value}"));
    }
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = STANDARD.decode(body).context("the key is not base 64")?;
    let signature = STANDARD.decode(get("signature")?).context("the signature is not base 64")?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key)
        .verify(lines.join("\n").as_bytes(), &signature)
        .context("the signature does not fit")
}

/// The host and port of an address, as they stand in `Host`.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The path and query of an address.
pub fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// The present moment.
pub fn now() -> jiff::Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the tool has no clock that tests could set")]
    jiff::Timestamp::now()
}

fn date() -> String {
    now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::parse_request;

    #[test]
    fn what_is_signed_here_can_be_checked_here() {
        let key = Key::new().unwrap();
        let to = Url::parse("http://127.0.0.1:9/inbox?x=1").unwrap();
        let mut raw = key.post("http://a.test/a#main-key", &to, "{\"id\":1}").unwrap();
        let (request, used) = parse_request(&raw).unwrap().unwrap();
        assert_eq!(used, raw.len());
        check(&request, &key.pem).unwrap();
        assert!(check(&request, &Key::new().unwrap().pem).is_err());
        let last = raw.len() - 2;
        raw[last] = b'2';
        let (forged, _) = parse_request(&raw).unwrap().unwrap();
        assert!(check(&forged, &key.pem).is_err());
    }
}
