//! Keys, signatures, digests and secrets, all by aws-lc-rs.

use anyhow::Context as _;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

mod public;
mod ring;

pub use public::{Algorithm, VerifyingKey};
pub use ring::{KeyRing, OurKey, key_id};

/// The bits of a secret in a link or a cookie: more than anybody can try.
const SECRET_BYTES: usize = 32;

/// The signing keys of one of our actors.
pub struct SigningKeys {
    rsa: RsaKeyPair,
    ed25519: Ed25519KeyPair,
}

/// Fresh private keys, PKCS#8 DER in base 64, for storage.
pub struct FreshKeys {
    /// RSA-2048: what every server in the fediverse verifies.
    pub rsa: String,
    /// Ed25519: for what is newer.
    pub ed25519: String,
}

/// Makes a pair of private keys. Takes about a tenth of a second.
pub fn generate() -> anyhow::Result<FreshKeys> {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).context("cannot make an RSA key")?;
    let rsa = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rsa)
        .context("cannot write an RSA key")?;
    let random = rand::SystemRandom::new();
    let ed25519 = Ed25519KeyPair::generate_pkcs8(&random).context("cannot make an Ed25519 key")?;
    Ok(FreshKeys { rsa: STANDARD.encode(rsa.as_ref()), ed25519: STANDARD.encode(ed25519.as_ref()) })
}

impl SigningKeys {
    /// Reads stored keys.
    pub fn from_stored(rsa: &str, ed25519: &str) -> anyhow::Result<Self> {
        let rsa = STANDARD.decode(rsa).context("the stored RSA key is not base 64")?;
        let ed25519 = STANDARD.decode(ed25519).context("the stored Ed25519 key is not base 64")?;
        Ok(Self {
            rsa: RsaKeyPair::from_pkcs8(&rsa).context("the stored RSA key cannot be read")?,
            ed25519: Ed25519KeyPair::from_pkcs8(&ed25519)
                .context("the stored Ed25519 key cannot be read")?,
        })
    }

    /// Signs with RSA PKCS#1 v1.5 and SHA-256; the signature in base 64.
    pub fn sign_rsa(&self, message: &[u8]) -> anyhow::Result<String> {
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        let random = rand::SystemRandom::new();
        self.rsa
            .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
            .context("cannot sign")?;
        Ok(STANDARD.encode(signature))
    }

    /// Signs with Ed25519; the signature in base 64.
    pub fn sign_ed25519(&self, message: &[u8]) -> String {
        STANDARD.encode(self.ed25519.sign(message))
    }

    /// The RSA public key as SubjectPublicKeyInfo in PEM.
    pub fn rsa_public_pem(&self) -> anyhow::Result<String> {
        let der: PublicKeyX509Der<'_> =
            self.rsa.public_key().as_der().context("cannot write the public key")?;
        let body = STANDARD.encode(der.as_ref());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for line in body.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Ok(pem)
    }

    /// The RSA public key as a Multikey (FEP-521a).
    pub fn rsa_multibase(&self) -> String {
        public::multikey(Algorithm::Rsa, self.rsa.public_key().as_ref())
    }

    /// The Ed25519 public key as a Multikey (FEP-521a).
    pub fn ed25519_multibase(&self) -> String {
        public::multikey(Algorithm::Ed25519, self.ed25519.public_key().as_ref())
    }
}

/// The value of a `Digest` header for a body.
pub fn digest_header(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(digest::digest(&digest::SHA256, body)))
}

/// The value of a `Content-Digest` header for a body (RFC 9530).
pub fn content_digest_header(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest::digest(&digest::SHA256, body)))
}

/// Whether a digest with this name (RFC 9530) is one that we can judge.
pub fn knows_digest(name: &str) -> bool {
    digest_algorithm(name).is_some()
}

/// Whether a digest is that of `body`, in constant time; `None` for an algorithm that is not ours
/// to judge.
pub fn digest_matches(algorithm: &str, claimed: &[u8], body: &[u8]) -> Option<bool> {
    let algorithm = digest_algorithm(algorithm)?;
    let actual = digest::digest(algorithm, body);
    Some(aws_lc_rs::constant_time::verify_slices_are_equal(claimed, actual.as_ref()).is_ok())
}

fn digest_algorithm(name: &str) -> Option<&'static digest::Algorithm> {
    match name {
        "sha-256" => Some(&digest::SHA256),
        "sha-512" => Some(&digest::SHA512),
        _ => None,
    }
}

/// A secret for a link or a cookie: 43 characters that fit a URL.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    rand::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A number from zero to below `end`, each as likely as any other.
pub fn number_below(end: u32) -> anyhow::Result<u32> {
    anyhow::ensure!(end > 0, "there is no number below zero");
    // What lies beyond the last whole multiple would make small numbers likelier.
    let fair = u32::MAX - u32::MAX % end;
    loop {
        let mut bytes = [0; 4];
        rand::fill(&mut bytes).context("the system gives no random numbers")?;
        let number = u32::from_le_bytes(bytes);
        if number < fair {
            return Ok(number % end);
        }
    }
}

/// What is stored of a secret.
pub fn secret_hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}

/// By what bytes are known: 43 characters that fit a URL.
pub fn content_hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

/// What only somebody who knows `secret` can have written about `text`: 43 characters that fit a
/// URL (HMAC with SHA-256, RFC 2104).
pub fn seal(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}

/// Whether two secrets are the same; in constant time.
pub fn same_secret(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_key_signs_its_public_half_verifies() {
        let fresh = generate().unwrap();
        let keys = SigningKeys::from_stored(&fresh.rsa, &fresh.ed25519).unwrap();
        let signature = STANDARD.decode(keys.sign_rsa(b"hello").unwrap()).unwrap();
        let public = VerifyingKey::read(&keys.rsa_public_pem().unwrap()).unwrap();
        assert!(public.verifies(b"hello", &signature));
        assert!(!public.verifies(b"hallo", &signature));
        let public = VerifyingKey::read(&keys.rsa_multibase()).unwrap();
        assert!(public.verifies(b"hello", &signature));
        assert!(!public.verifies(b"hallo", &signature));
        let signature = STANDARD.decode(keys.sign_ed25519(b"hello")).unwrap();
        let public = VerifyingKey::read(&keys.ed25519_multibase()).unwrap();
        assert!(public.verifies(b"hello", &signature));
        assert!(!public.verifies(b"hallo", &signature));
    }

    #[test]
    fn a_digest_fits_its_body_only() {
        let header = digest_header(b"{}");
        let digest = STANDARD.decode(header.strip_prefix("SHA-256=").unwrap()).unwrap();
        assert_eq!(digest_matches("sha-256", &digest, b"{}"), Some(true));
        assert_eq!(digest_matches("sha-256", &digest, b"{ }"), Some(false));
        assert_eq!(digest_matches("sha-256", b"", b"{}"), Some(false));
    }

    #[test]
    fn content_digests_are_those_of_rfc_9530() {
        // RFC 9530, B.1: the digest of the JSON document that its examples carry.
        let body = b"{\"hello\": \"world\"}\n";
        let sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        assert_eq!(content_digest_header(body), sha256);
        let sha512 = "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ\
                      /WkppmM44T3qg==";
        let sha512 = STANDARD.decode(sha512).unwrap();
        assert_eq!(digest_matches("sha-512", &sha512, body), Some(true));
        assert_eq!(digest_matches("sha-512", &sha512, b"{}"), Some(false));
        assert_eq!(digest_matches("sha-256", &sha512, body), Some(false));
        assert_eq!(digest_matches("md5", &sha512, body), None);
    }
}
