//! The phones of the register.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::{InstallationId, PersonId},
    key::PublicKey,
};
use rusqlite::{Connection, Row};

use super::{super::columns::read_counter, Findings, each};

/// A phone, as far as its history has to fit it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phone {
    pub(super) person: PersonId,
    /// None for a phone from before keys.
    pub(super) key: Option<PublicKey>,
    pub(super) has_enrolled: bool,
    pub(super) next_device_seq: u64,
}

/// All of them. Whoever else has written is the store, in one of its lives.
#[derive(Debug)]
pub(super) struct Registered(BTreeMap<InstallationId, Phone>);

impl Registered {
    pub(super) fn read(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<Self> {
        let mut phones = BTreeMap::new();
        let sql = "SELECT id, person, public_key, enrolled_at, next_device_seq FROM installations ORDER BY id";
        each(connection, ("installations", sql), findings, read, |(id, phone), _| {
            phones.insert(id, phone);
        })?;
        Ok(Self(phones))
    }

    pub(super) fn find(&self, installation: InstallationId) -> Option<&Phone> {
        self.0.get(&installation)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (InstallationId, &Phone)> {
        self.0.iter().map(|(installation, phone)| (*installation, phone))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(InstallationId, Phone)> {
    let phone = Phone {
        person: PersonId::from_bytes(row.get("person")?),
        key: row.get::<_, Option<[u8; 33]>>("public_key")?.map(PublicKey::from_bytes),
        has_enrolled: row.get::<_, Option<i64>>("enrolled_at")?.is_some(),
        next_device_seq: read_counter(row, "next_device_seq")?,
    };
    Ok((InstallationId::from_bytes(row.get("id")?), phone))
}
