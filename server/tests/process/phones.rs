//! Phones that are in a store before a server runs on it.

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    key::{PublicKey, Signature, Statement},
};
use linecrew_server::{
    clock::{Clock, SystemClock},
    store::{
        Store,
        register::{Enrolled, Enrolling, NewInvite},
    },
};
use p256::ecdsa::{SigningKey, signature::Signer};

fn key() -> SigningKey {
    SigningKey::from_slice(&[0x21; 32]).unwrap()
}

/// Enrols a phone with the key that all of them share.
pub(crate) async fn enrolled(store: &dyn Store, installation: InstallationId, person: PersonId, name: &str) -> Enrolled {
    let (now, code) = (SystemClock.now(), rand::random());
    let expires_at = now.plus_ms(900_000);
    assert!(store.invite(NewInvite { code, person, by: person, now, expires_at }).await.unwrap());
    let public = PublicKey::from_bytes(key().verifying_key().to_encoded_point(true).as_bytes().try_into().unwrap());
    let family = (rand::random(), rand::random());
    let enrolling = Enrolling { installation, name: name.to_owned(), key: public, code, family, now, family_expires_at: expires_at };
    store.enrol(enrolling).await.unwrap()
}

/// What all of them say under their key.
pub(crate) fn signed(statement: &Statement<'_>) -> Signature {
    let signature: p256::ecdsa::Signature = key().sign(&statement.hash());
    Signature::from_bytes(signature.to_bytes().into())
}

/// The proof of a hello by one of them.
pub(crate) fn proof(installation: InstallationId, token: &str) -> Signature {
    signed(&Statement::Hello { installation, token })
}
