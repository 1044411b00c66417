//! A device that keeps passkeys, in software: it signs what a test wants signed, for whichever page
//! (Web Authentication, 6.1 and 6.5; RFC 9053 for the key).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;

/// The device, with one passkey on it. Tests bend what it says.
pub struct Device {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub handle: String,
    pub counter: u32,
    pub origin: String,
    pub site: String,
    pub knows_owner: bool,
}

impl Device {
    pub fn new(name: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: format!("passkey of {name}").into_bytes(),
            handle: String::new(),
            counter: 0,
            origin: "http://localhost".into(),
            site: "localhost".into(),
            knows_owner: true,
        }
    }

    /// Makes the passkey.
    pub fn create(&mut self, options: &Value) -> String {
        self.handle = options["user"]["id"].as_str().unwrap().to_owned();
        let client = self.client_data("webauthn.create", options);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData");
        let data = self.authenticator_data(true);
        object.push(0x59);
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        self.answer(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "attestationObject": URL_SAFE_NO_PAD.encode(object)
        }))
    }

    /// Signs with it.
    pub fn get(&mut self, options: &Value) -> String {
        let client = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(false);
        let signed = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": self.handle
        }))
    }

    fn answer(&self, response: Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": response})
        .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": false})
        .to_string()
    }

    fn authenticator_data(&self, with_key: bool) -> Vec<u8> {
        let verified = if self.knows_owner { VERIFIED } else { 0 };
        let has_key = if with_key { HAS_KEY } else { 0 };
        let mut data = digest(&SHA256, self.site.as_bytes()).as_ref().to_vec();
        data.push(PRESENT | verified | has_key);
        data.extend(self.counter.to_be_bytes());
        if with_key {
            data.extend([0; 16]);
            data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
            data.extend(&self.id);
            // COSE: an elliptic key, ES256, on P-256, with its two halves.
            let point = self.key.public_key().as_ref();
            data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
            data.extend(&point[1..33]);
            data.extend([0x22, 0x58, 0x20]);
            data.extend(&point[33..65]);
        }
        data
    }
}
