//! Other people's public keys: read once, strictly, and kept ready to verify with.

use std::sync::Arc;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest key that is read, in bytes: RSA-4096 in PEM has about 800.
const LONGEST_MATERIAL: usize = 4_096;
/// The longest Multikey that is read, in characters: an RSA-4096 key has 721.
const LONGEST_MULTIBASE: usize = 736;
/// The longest public exponent, in bytes: 65537 has three.
const LONGEST_EXPONENT: usize = 4;
/// The multicodecs of public keys, as varints: ed25519-pub (0xed) and rsa-pub (0x1205).
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
const RSA_PUB: [u8; 2] = [0x85, 0x24];
/// The letters of base 58, as multibase `z` uses them (those of Bitcoin).
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// What kind of signature a key makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rsa,
    /// Ed25519.
    Ed25519,
}

/// Somebody's public key, checked for strength. Cheap to clone, so that it can be remembered.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: Arc<ParsedPublicKey>,
}

impl VerifyingKey {
    /// Reads a key as actors publish it: PEM (SubjectPublicKeyInfo with RSA or Ed25519, or PKCS#1)
    /// or a Multikey (`z6Mk…` with Ed25519, or RSA in PKCS#1; FEP-521a). None if it is neither, or if it is an RSA key
    /// with less than 2048 or more than 4096 bits, or an exponent below 3.
    pub fn read(material: &str) -> Option<Self> {
        if material.len() > LONGEST_MATERIAL {
            return None;
        }
        let material = material.trim();
        match material.strip_prefix('z') {
            Some(base58) => Self::from_multikey(&from_base58(base58)?),
            None => Self::from_der(&from_pem(material)?),
        }
    }

    /// What kind of signature this key checks.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` is one over `message` by this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }

    /// What the multicodec in front says it is.
    fn from_multikey(bytes: &[u8]) -> Option<Self> {
        match bytes.split_at_checked(2)? {
            (codec, point) if codec == ED25519_PUB => Self::ed25519(point),
            (codec, pkcs1) if codec == RSA_PUB => Self::rsa(pkcs1),
            _ => None,
        }
    }

    fn from_der(der: &[u8]) -> Option<Self> {
        /// AlgorithmIdentifier of rsaEncryption with NULL parameters (RFC 3279, 2.3.1).
        const RSA: [u8; 15] = [
            0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05,
            0x00,
        ];
        /// AlgorithmIdentifier of id-Ed25519 (RFC 8410, 3).
        const CURVE: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
        let inside = only_element(der, 0x30)?;
        let bits = |rest| only_element(rest, 0x03)?.strip_prefix(&[0]);
        if let Some(rest) = inside.strip_prefix(&RSA) {
            Self::rsa(bits(rest)?)
        } else if let Some(rest) = inside.strip_prefix(&CURVE) {
            Self::ed25519(bits(rest)?)
        } else {
            Self::rsa(der)
        }
    }

    /// RSA from PKCS#1 (RFC 8017, A.1.1). A long exponent would only make verifying slow.
    fn rsa(pkcs1: &[u8]) -> Option<Self> {
        let (n, rest) = element(only_element(pkcs1, 0x30)?, 0x02)?;
        let (n, e) = (natural(n)?, natural(only_element(rest, 0x02)?)?);
        let small = e.len() == 1 && e.first() < Some(&3);
        let odd = e.last().is_some_and(|byte| byte % 2 == 1);
        if !(2048..=4096).contains(&bits(n)?) || small || !odd || e.len() > LONGEST_EXPONENT {
            return None;
        }
        let parts = PublicKeyComponents { n, e };
        let key = parts.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
        Some(Self { algorithm: Algorithm::Rsa, key: Arc::new(key) })
    }

    fn ed25519(point: &[u8]) -> Option<Self> {
        if point.len() != aws_lc_rs::signature::ED25519_PUBLIC_KEY_LEN {
            return None;
        }
        let key = ParsedPublicKey::new(&ED25519, point).ok()?;
        Some(Self { algorithm: Algorithm::Ed25519, key: Arc::new(key) })
    }
}

/// The DER inside a public key in PEM (RFC 7468); line ends and spaces do not matter.
fn from_pem(pem: &str) -> Option<Vec<u8>> {
    let body = ["PUBLIC KEY", "RSA PUBLIC KEY"].iter().find_map(|label| {
        let rest = pem.strip_prefix(&format!("-----BEGIN {label}-----"))?;
        rest.strip_suffix(&format!("-----END {label}-----"))
    })?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok()
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

/// The content of the element with `tag` that is the whole of `der`.
fn only_element(der: &[u8], tag: u8) -> Option<&[u8]> {
    element(der, tag).filter(|(_, rest)| rest.is_empty()).map(|(inside, _)| inside)
}

/// A DER INTEGER that is not negative, without its leading zeros.
fn natural(integer: &[u8]) -> Option<&[u8]> {
    if *integer.first()? >= 0x80 {
        return None;
    }
    integer.get(integer.iter().position(|byte| *byte != 0)?..)
}

fn bits(number: &[u8]) -> Option<usize> {
    let zeros = usize::try_from(number.first()?.leading_zeros()).ok()?;
    (number.len() * 8).checked_sub(zeros)
}

/// A public key as a Multikey (FEP-521a): what its multicodec is, the key, base 58, prefix `z`. RSA
/// is in PKCS#1, Ed25519 the bare point.
pub fn multikey(algorithm: Algorithm, key: &[u8]) -> String {
    let codec = match algorithm {
        Algorithm::Rsa => RSA_PUB,
        Algorithm::Ed25519 => ED25519_PUB,
    };
    format!("z{}", base58(&[&codec, key].concat()))
}

/// Base 58 (draft-msporny-base58-03).
fn base58(bytes: &[u8]) -> String {
    let digits = in_base(bytes.iter().copied(), 256, 58);
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let letter = |digit: u8| char::from(BASE58.get(usize::from(digit)).copied().unwrap_or(b'1'));
    std::iter::repeat_n('1', zeros).chain(digits.into_iter().rev().map(letter)).collect()
}

/// What was written in base 58; None if it is too long or has other letters.
fn from_base58(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST_MULTIBASE {
        return None;
    }
    let digit = |letter: u8| {
        BASE58.iter().position(|other| *other == letter).and_then(|place| u8::try_from(place).ok())
    };
    let digits: Vec<u8> = text.bytes().map(digit).collect::<Option<_>>()?;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    let bytes = in_base(digits.into_iter(), 58, 256);
    Some(std::iter::repeat_n(0, zeros).chain(bytes.into_iter().rev()).collect())
}

/// The digits of a number in another base, smallest first.
fn in_base(digits: impl Iterator<Item = u8>, from: u32, to: u32) -> Vec<u8> {
    let mut result: Vec<u8> = Vec::new();
    for digit in digits {
        let mut carry = u32::from(digit);
        for place in &mut result {
            carry += u32::from(*place) * from;
            *place = u8::try_from(carry % to).unwrap_or_default();
            carry /= to;
        }
        while carry > 0 {
            result.push(u8::try_from(carry % to).unwrap_or_default());
            carry /= to;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
    use proptest::prelude::*;

    use super::*;

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    }

    fn der(tag: u8, inside: &[u8]) -> Vec<u8> {
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], inside].concat()
    }

    /// A PKCS#1 key with a modulus of `bits` bits; nobody has the private half.
    fn rsa_key(bits: usize, e: &[u8]) -> String {
        let mut n = vec![0xff; bits / 8 + 1];
        n[0] = 0;
        let inside = [der(0x02, &n), der(0x02, e)].concat();
        pem("RSA PUBLIC KEY", &der(0x30, &inside))
    }

    #[test]
    fn sig_14_rsa_keys_have_2048_to_4096_bits_and_a_real_exponent() {
        let usual = [1, 0, 1];
        for (bits, e, accepted) in [
            (2048, &usual[..], true),
            (3072, &usual, true),
            (4096, &usual, true),
            (2048, &[3], true),
            (512, &usual, false),
            (1024, &usual, false),
            (2040, &usual, false),
            (4104, &usual, false),
            (8192, &usual, false),
            (16_384, &usual, false),
            (2048, &[1], false),
            (2048, &[0, 0, 1], false),
            (2048, &[2], false),
            (2048, &[4], false),
            (2048, &[0], false),
            (2048, &[], false),
            (2048, &[0x83], false),
            (2048, &[1; 4], true),
            (2048, &[1; 5], false),
            (2048, &[1; 64], false),
        ] {
            let key = rsa_key(bits, e);
            assert_eq!(VerifyingKey::read(&key).is_some(), accepted, "{bits} bits, e = {e:?}");
        }
    }

    #[test]
    fn sig_14_both_forms_of_pem_are_read_and_nothing_else() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let both = [
            pem("PUBLIC KEY", spki.as_ref()),
            pem("RSA PUBLIC KEY", pair.public_key().as_ref()),
            pem("PUBLIC KEY", spki.as_ref()).replace('\n', "\r\n"),
            format!("\n {}", pem("PUBLIC KEY", spki.as_ref())),
        ];
        for pem in both {
            let key = VerifyingKey::read(&pem).expect(&pem);
            assert_eq!(key.algorithm(), Algorithm::Rsa);
        }
    }

    #[test]
    fn weak_and_broken_keys_are_refused() {
        let weak = RsaKeyPair::generate(KeySize::Rsa8192).unwrap();
        let weak: PublicKeyX509Der<'_> = weak.public_key().as_der().unwrap();
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let trailing = [spki.as_ref(), &[0][..]].concat();
        for text in [
            pem("PUBLIC KEY", weak.as_ref()),
            String::new(),
            "z".into(),
            "not a key".into(),
            STANDARD.encode(spki.as_ref()),
            pem("PRIVATE KEY", spki.as_ref()),
            pem("PUBLIC KEY", &[0, 0, 0]),
            pem("PUBLIC KEY", &[]),
            pem("PUBLIC KEY", &trailing),
            "-----BEGIN PUBLIC KEY-----".into(),
            format!("{}{}", " ".repeat(5_000), pem("PUBLIC KEY", spki.as_ref())),
        ] {
            assert!(VerifyingKey::read(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn sig_14_ed25519_keys_are_read_as_multikey_and_as_pem() {
        // The key of FEP-8b32's example, and RFC 9421's test-key-ed25519 (B.1.4).
        let multikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n\
                   -----END PUBLIC KEY-----";
        for material in [multikey, pem] {
            let key = VerifyingKey::read(material).expect(material);
            assert_eq!(key.algorithm(), Algorithm::Ed25519);
        }
        for other in [
            // Another letter in front, a letter that base 58 does not have, a byte too few or
            // many, another kind of key (P-256).
            "u6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbT0l",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ22",
            "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
        ] {
            assert!(VerifyingKey::read(other).is_none(), "{other}");
        }
    }

    /// Vectors that others wrote: each scenario has a key in hex and its Multikey.
    #[test]
    fn fep_521a_keys_are_written_and_read_as_its_features_say() {
        let features = include_str!("../../../tests/fixtures/fep/fep-521a.feature");
        let mut found = Vec::new();
        for scenario in features.split("Scenario:").skip(1) {
            let quoted = |after: &str| {
                let rest = scenario.split_once(after).unwrap().1.split_once('"').unwrap().1;
                rest.split_once('"').unwrap().0
            };
            let key = from_hex(quoted("as a hex string"));
            let expected = quoted("\"publicKeyMultibase\":");
            let read = VerifyingKey::read(expected).unwrap();
            assert_eq!(multikey(read.algorithm(), &key), expected);
            found.push(read.algorithm());
        }
        assert_eq!(found, [Algorithm::Ed25519, Algorithm::Rsa]);
    }

    fn from_hex(text: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    }

    #[test]
    fn base58_is_that_of_bitcoin() {
        // Vectors from draft-msporny-base58-03, section 5.
        for (bytes, text) in [
            (&b"Hello World!"[..], "2NEpo7TZRRrLZSi2U"),
            (&[0, 0, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
        ] {
            assert_eq!(base58(bytes), text);
            assert_eq!(from_base58(text).unwrap(), bytes);
        }
    }

    proptest! {
        #[test]
        fn base58_is_read_as_it_was_written(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(from_base58(&base58(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn no_key_material_does_harm(text in "(z|-----BEGIN PUBLIC KEY-----)?.{0,80}",
                                     bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            VerifyingKey::read(&text);
            VerifyingKey::read(&pem("PUBLIC KEY", &bytes));
            VerifyingKey::read(&pem("RSA PUBLIC KEY", &der(0x30, &bytes)));
        }
    }
}
