//! Keys, signatures, digests and secrets, all by aws-lc-rs.

use anyhow::Context as _;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    UnparsedPublicKey,
};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

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

/// Somebody's RSA public key, checked for size and ready to verify with.
#[derive(Clone)]
pub struct VerifyingKey(Vec<u8>);

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

    /// The Ed25519 public key as a Multikey: multicodec 0xed01, base 58, prefix `z` (FEP-521a).
    pub fn ed25519_multibase(&self) -> String {
        let mut bytes = vec![0xed, 0x01];
        bytes.extend_from_slice(self.ed25519.public_key().as_ref());
        format!("z{}", base58(&bytes))
    }
}

impl VerifyingKey {
    /// Reads a public key in PEM, SubjectPublicKeyInfo or PKCS#1, of 2048 to 4096 bits.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let body: String =
            pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body).ok()?;
        let key = pkcs1(&der)?;
        let modulus_bits = modulus_bits(&key)?;
        (2048..=4096).contains(&modulus_bits).then_some(Self(key))
    }

    /// Whether `signature` is RSA PKCS#1 v1.5 with SHA-256 over `message` by this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

/// The value of a `Digest` header for a body.
pub fn digest_header(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(digest::digest(&digest::SHA256, body)))
}

/// Whether a SHA-256 in base 64 is that of `body`; in constant time.
pub fn digest_matches(encoded: &str, body: &[u8]) -> bool {
    let Ok(claimed) = STANDARD.decode(encoded) else {
        return false;
    };
    let actual = digest::digest(&digest::SHA256, body);
    aws_lc_rs::constant_time::verify_slices_are_equal(&claimed, actual.as_ref()).is_ok()
}

/// A secret for a link or a cookie: 43 characters that fit a URL.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    rand::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret.
pub fn secret_hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}

/// Whether two secrets are the same; in constant time.
pub fn same_secret(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// The PKCS#1 key inside a SubjectPublicKeyInfo, or the input if it is PKCS#1 already.
fn pkcs1(der: &[u8]) -> Option<Vec<u8>> {
    /// AlgorithmIdentifier of rsaEncryption with NULL parameters (RFC 3279, 2.3.1).
    const RSA: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let (inside, _) = element(der, 0x30)?;
    let Some(bits) = inside.strip_prefix(&RSA) else {
        return Some(der.to_vec());
    };
    let (key, _) = element(bits, 0x03)?;
    key.strip_prefix(&[0]).map(<[u8]>::to_vec)
}

fn modulus_bits(pkcs1: &[u8]) -> Option<usize> {
    let (inside, _) = element(pkcs1, 0x30)?;
    let (modulus, _) = element(inside, 0x02)?;
    let first = modulus.iter().position(|byte| *byte != 0)?;
    let significant = modulus.get(first..)?;
    let zeros = usize::try_from(significant.first()?.leading_zeros()).ok()?;
    Some(significant.len() * 8 - zeros)
}

/// The content of the DER element with `tag` at the start of `der`, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])), rest.get(2..)?),
        _ => return None,
    };
    (*found == tag && length <= rest.len()).then(|| rest.split_at(length))
}

/// Base 58 with the alphabet of Bitcoin, as multibase `z` asks for.
fn base58(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u32> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit * 256;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let letter = |digit: u32| {
        let place = usize::try_from(digit).unwrap_or_default();
        char::from(ALPHABET.get(place).copied().unwrap_or(b'1'))
    };
    std::iter::repeat_n('1', zeros).chain(digits.into_iter().rev().map(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_key_signs_its_public_half_verifies() {
        let fresh = generate().unwrap();
        let keys = SigningKeys::from_stored(&fresh.rsa, &fresh.ed25519).unwrap();
        let signature = STANDARD.decode(keys.sign_rsa(b"hello").unwrap()).unwrap();
        let public = VerifyingKey::from_pem(&keys.rsa_public_pem().unwrap()).unwrap();
        assert!(public.verifies(b"hello", &signature));
        assert!(!public.verifies(b"hallo", &signature));
    }

    #[test]
    fn weak_and_broken_keys_are_refused() {
        let weak = RsaKeyPair::generate(KeySize::Rsa8192).unwrap();
        let der: PublicKeyX509Der<'_> = weak.public_key().as_der().unwrap();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
            STANDARD.encode(der.as_ref())
        );
        assert!(VerifyingKey::from_pem(&pem).is_none(), "8192 bits cost too much to verify");
        for pem in ["", "not a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
            assert!(VerifyingKey::from_pem(pem).is_none(), "{pem}");
        }
    }

    #[test]
    fn base58_is_that_of_bitcoin() {
        // Vectors from draft-msporny-base58-03, section 5.
        assert_eq!(base58(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        assert_eq!(base58(&[0, 0, 0x28, 0x7f, 0xb4, 0xcd]), "11233QC4");
    }

    #[test]
    fn a_digest_fits_its_body_only() {
        let header = digest_header(b"{}");
        let encoded = header.strip_prefix("SHA-256=").unwrap();
        assert!(digest_matches(encoded, b"{}"));
        assert!(!digest_matches(encoded, b"{ }"));
        assert!(!digest_matches("%", b"{}"));
    }
}
