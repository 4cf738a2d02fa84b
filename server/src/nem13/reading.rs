//! What a file says.

/// Who sent a file to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    pub created_at_ms: i64,
    /// The participant who sends it.
    pub from: String,
    /// The participant it is for.
    pub to: String,
}

/// Two readings of one register, and what flowed between them (`250`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterReading {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// The National Metering Identifier: the connection point.
    pub nmi: String,
    /// The data streams that are active there, such as `E1B1`; may be empty.
    pub nmi_configuration: String,
    /// The register, as the meter labels it.
    pub register: String,
    /// The suffix of the NMI for this data stream.
    pub nmi_suffix: String,
    /// The serial of the meter.
    pub serial: String,
    /// Which way the energy flows.
    pub direction: Direction,
    /// How many digits the register shows before the point: the wider one of both readings, as they are written with leading zeros.
    pub digits: u8,
    /// The reading before.
    pub previous: Reading,
    /// The newest reading.
    pub current: Reading,
    /// What flowed between them, as written.
    pub quantity: String,
    /// The unit of measure, such as `kWh`.
    pub unit: String,
    /// When the next reading is planned, `CCYYMMDD` as written.
    pub next_scheduled: Option<String>,
    /// When the record last changed, in milliseconds since 1970-01-01 UTC.
    pub updated_at_ms: i64,
    /// When the market system loaded it.
    pub loaded_at_ms: Option<i64>,
    /// The retailer's order that led to a reading, when a `550` record follows.
    pub service_order: Option<ServiceOrder>,
}

/// One reading of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What the register showed; none only where the quality is [`QualityFlag::Null`].
    pub index: Option<Index>,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub read_at_ms: i64,
    /// How far to trust it.
    pub quality: Quality,
    /// Why it is not what it should be.
    pub reason: Option<Reason>,
}

/// What a register showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// As written: leading zeros are digits of the register, what follows the point is its fraction.
    pub written: String,
    /// The whole units.
    pub whole: u64,
    /// Digits before the point, as written.
    pub digits: u8,
}

/// How far to trust a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// In one letter.
    pub flag: QualityFlag,
    /// The method by which it was estimated or substituted, such as 64.
    pub method: Option<u8>,
}

/// The kind of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QualityFlag {
    /// `A`: read.
    Actual,
    /// `E`: a forward estimate; the time of such a reading lies ahead of the file's.
    Estimate,
    /// `F`: substituted for good.
    FinalSubstitute,
    /// `N`: nothing known.
    Null,
    /// `S`: substituted for now.
    Substitute,
}

/// Why a reading is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The code of the specification's appendix; 0 is free text.
    pub code: u16,
    /// In words.
    pub description: Option<String>,
}

/// Which way the energy flows, as seen from the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `I`: into the network.
    Import,
    /// `E`: out of the network, to the customer.
    Export,
}

/// The retailer's orders that led to the two readings (`550`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceOrder {
    /// The reason for the reading before: one letter.
    pub previous_code: Option<String>,
    /// The order's number.
    pub previous_order: Option<String>,
    /// The reason for the newest reading: one letter.
    pub current_code: Option<String>,
    /// The order's number.
    pub current_order: Option<String>,
}
