//! Meter rotations (表计轮换).

use std::collections::HashMap;

use linecrew_client::{Exchange, FinalReading, InitialReading, InstalledMeter, RemovedMeter, protocol::ids::DocumentId};

use super::Saved;
use crate::core::LinecrewCore;

/// One meter was taken off and another put on: one event with one instant.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeterExchange {
    /// The meter that was taken off.
    pub removed: MeterTakenOff,
    /// The meter that was put on.
    pub installed: MeterPutOn,
    /// The photo of the removed meter, by its hash: attach it first.
    #[uniffi(default = None)]
    pub photo_removed: Option<String>,
    /// The photo of the installed meter.
    #[uniffi(default = None)]
    pub photo_installed: Option<String>,
    /// Why there is no photo.
    #[uniffi(default = None)]
    pub no_photo: Option<String>,
    /// Why something is not as expected: another serial, a lower index, another multiplier.
    #[uniffi(default = None)]
    pub explanation: Option<String>,
    /// The numbers of the seals.
    #[uniffi(default = None)]
    pub seals: Option<String>,
}

/// A meter that was taken off.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeterTakenOff {
    /// Its number.
    pub serial: String,
    /// The final index of each register, in its smallest unit, by the register's number such as `1`.
    pub indexes: HashMap<String, u64>,
}

/// A meter that was put on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeterPutOn {
    /// Its number.
    pub serial: String,
    /// What its indexes are multiplied by.
    pub multiplier: u64,
    /// The initial readings, by the register's number.
    pub registers: HashMap<String, StartReading>,
}

/// An initial reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct StartReading {
    /// The index, in the register's smallest unit.
    pub index: u64,
    /// All digits that the register shows.
    pub digits: u8,
}

impl From<MeterExchange> for Exchange {
    fn from(exchange: MeterExchange) -> Self {
        let MeterExchange { removed, installed, photo_removed, photo_installed, no_photo, explanation, seals } = exchange;
        Self { removed: removed.into(), installed: installed.into(), photo_removed, photo_installed, no_photo, explanation, seals }
    }
}

impl From<MeterTakenOff> for RemovedMeter {
    fn from(MeterTakenOff { serial, indexes }: MeterTakenOff) -> Self {
        Self { serial, registers: indexes.into_iter().map(|(register, index)| (register, FinalReading { index })).collect() }
    }
}

impl From<MeterPutOn> for InstalledMeter {
    fn from(MeterPutOn { serial, multiplier, registers }: MeterPutOn) -> Self {
        let reading = |(register, StartReading { index, digits })| (register, InitialReading { index, digits });
        Self { serial, multiplier, registers: registers.into_iter().map(reading).collect() }
    }
}

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// The meter was exchanged.
    pub async fn exchange_meter(&self, item: DocumentId, exchange: MeterExchange) -> Saved {
        self.command(move |client| client.exchange_meter(item, exchange.into())).await
    }

    /// The customer has confirmed the readings, and signed.
    pub async fn confirm_readings(&self, item: DocumentId) -> Saved {
        self.command(move |client| client.confirm_readings(item)).await
    }

    /// The customer did not confirm the readings, or was not there.
    pub async fn refuse_confirmation(&self, item: DocumentId, reason: String) -> Saved {
        self.command(move |client| client.refuse_confirmation(item, reason)).await
    }

    /// A rotation is done on site.
    #[uniffi::method(default(note = None))]
    pub async fn complete_rotation(&self, item: DocumentId, note: Option<String>) -> Saved {
        self.command(move |client| client.complete_rotation(item, note)).await
    }

    /// Nobody let the crew in. The proof is the hash of an attached photo.
    pub async fn no_access(&self, item: DocumentId, reason: String, proof: String) -> Saved {
        self.command(move |client| client.no_access(item, reason, proof)).await
    }
}
