//! A phone with a key, as far as signing in goes.

use linecrew_protocol::{
    enrolment::{EnrolRequest, InviteCode, PhoneTokens, RefreshRequest},
    ids::{InstallationId, PersonId},
    key::{PublicKey, Signature, Statement},
    time::Timestamp,
    wire::{Frame, Health, Hello, decode_message, encode_message},
};
use linecrew_server::{
    clock::{Clock, SystemClock},
    invitation::hash_of,
    store::{SYSTEM_PERSON, register::NewInvite},
};
use p256::ecdsa::{SigningKey, signature::Signer};
use serde_json::Value;

use crate::{
    client::{Client, Reply},
    server::Server,
};

pub(crate) struct Handset {
    pub(crate) installation: InstallationId,
    key: SigningKey,
    client: Client,
}

impl Handset {
    /// A phone that nobody knows yet. Another number is another phone.
    pub(crate) fn new(server: &Server, number: u8) -> Self {
        let installation = InstallationId::from_bytes([number; 16]);
        Self { installation, key: SigningKey::from_slice(&[number; 32]).unwrap(), client: server.client() }
    }

    /// A phone with this installation, and the key that all of these share.
    pub(crate) fn of(server: &Server, installation: &str) -> Self {
        Self { installation: installation.parse().unwrap(), key: shared_key(), client: server.client() }
    }

    /// The same installation with the key of phone `number`.
    pub(crate) fn with_key_of(&self, number: u8) -> Self {
        Self { installation: self.installation, key: SigningKey::from_slice(&[number; 32]).unwrap(), client: self.client.clone() }
    }

    /// The same key under the name of phone `number`.
    pub(crate) fn named(&self, number: u8) -> Self {
        Self { installation: InstallationId::from_bytes([number; 16]), key: self.key.clone(), client: self.client.clone() }
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.key.verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap())
    }

    pub(crate) fn sign(&self, statement: &Statement<'_>) -> Signature {
        let signature: p256::ecdsa::Signature = self.key.sign(&statement.hash());
        Signature::from_bytes(signature.to_bytes().into())
    }

    pub(crate) fn enrolment(&self, code: &InviteCode) -> EnrolRequest {
        let (installation, key) = (self.installation, self.public_key());
        let proof = self.sign(&Statement::Enrolment { installation, key: &key, code: &code.canonical() });
        EnrolRequest { installation, device_name: "a phone".to_owned(), key, code: code.clone(), proof }
    }

    pub(crate) async fn enrol(&self, code: &InviteCode) -> Reply {
        self.send("/v1/enrol", &serde_json::to_value(self.enrolment(code)).unwrap()).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Reply {
        let (installation, refresh_token) = (self.installation, token.to_owned());
        let proof = self.sign(&Statement::Refresh { installation, token });
        self.send("/v1/token", &serde_json::to_value(RefreshRequest { installation, refresh_token, proof }).unwrap()).await
    }

    pub(crate) async fn send(&self, path: &str, body: &Value) -> Reply {
        self.client.post(path, body).await
    }

    pub(crate) fn hello(&self, token: &str) -> Hello {
        let proof = self.sign(&Statement::Hello { installation: self.installation, token });
        Hello {
            version_min: 1,
            version_max: 1,
            installation: self.installation,
            token: token.to_owned(),
            store: None,
            positions: Vec::new(),
            health: Health::default(),
            refused: Vec::new(),
            proof,
        }
    }

    /// A whole session in one request; gives the first frame of the answer.
    pub(crate) async fn session(&self, hello: Hello) -> Frame {
        let message = encode_message(&[Frame::Hello(hello)]).unwrap();
        let reply = self.client.send("POST", "/v1/sync", &[("Content-Type", "application/cbor")], Some(&message)).await;
        decode_message(&reply.body).unwrap().remove(0)
    }
}

fn shared_key() -> SigningKey {
    SigningKey::from_slice(&[0x21; 32]).unwrap()
}

/// The proof of a hello by a phone that shares its key.
pub(crate) fn proof(installation: InstallationId, token: &str) -> Signature {
    let signature: p256::ecdsa::Signature = shared_key().sign(&Statement::Hello { installation, token }.hash());
    Signature::from_bytes(signature.to_bytes().into())
}

/// The tokens in a good answer.
#[track_caller]
pub(crate) fn tokens(reply: &Reply) -> PhoneTokens {
    serde_json::from_value(reply.ok()).unwrap()
}

/// An invitation of its own for every number, good for a quarter of an hour.
pub(crate) async fn invited(server: &Server, person: PersonId, number: u8) -> InviteCode {
    invited_until(server, person, number, SystemClock.now().plus_ms(900_000)).await
}

pub(crate) async fn invited_until(server: &Server, person: PersonId, number: u8, expires_at: Timestamp) -> InviteCode {
    keep(server, person, InviteCode::of_random([number; 10]), expires_at).await
}

/// The same with a code that was never used before.
pub(crate) async fn invited_anew(server: &Server, person: PersonId) -> InviteCode {
    keep(server, person, InviteCode::of_random(rand::random()), SystemClock.now().plus_ms(900_000)).await
}

async fn keep(server: &Server, person: PersonId, code: InviteCode, expires_at: Timestamp) -> InviteCode {
    let invite = NewInvite { code: hash_of(&code), person, by: SYSTEM_PERSON, now: SystemClock.now(), expires_at };
    assert!(server.store.invite(invite).await.unwrap());
    code
}
