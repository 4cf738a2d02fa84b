#![doc = include_str!("../README.md")]

mod about;
mod account;
mod attachments;
mod catalogue;
mod collection;
mod commands;
mod core;
mod edits;
mod enrol;
mod error;
mod forms;
mod hosts;
mod inbox;
mod item;
mod items;
mod live;
mod observe;
mod questions;
mod runtime;
mod status;
mod sync;
mod token;
mod values;
mod why;

pub use about::{About, FormName, KnownMeter, KnownRegister};
pub use account::Account;
pub use attachments::FileReader;
pub use catalogue::{Catalogue, FieldInfo, FieldShape, NamedWords, QuestionInfo, StateInfo, StepInfo, Words, WorkKindInfo};
pub use collection::{
    AmountDue, CashCount, CashDeposit, CashSession, IssuedReceipt, JournalEntry, Ledger, MoneyFlag, PaperStyle, ReceiptReversal,
    ReceiptStatus, TicketBook,
};
pub use commands::{
    AttachedFile, FileContent, MeterExchange, MeterPutOn, MeterServiceReport, MeterTakenOff, NewFile, Point, SavedEdit, StartReading,
    Stroke,
};
pub use core::{LinecrewCore, OpenRequest, open_linecrew};
pub use edits::{Edit, EditState};
pub use error::{Found, LinecrewError};
pub use forms::{FormAnswer, FormChoice, FormCondition, FormItem, FormQuestion, FormRepeat, SurveyForm};
pub use hosts::{
    ClockSample, FoundDatabaseKey, HostAnswer, HostClock, HostDatabaseKey, HostDeviceKey, HostDone, HostError, HostFault, HostLog,
    HostPublicKey, HostRequest, HostSignature, HostTransport, HostTrouble, Hosts, LogField, LogLevel, LogLine, MadeDatabaseKey,
};
pub use inbox::{InboxEntry, InboxMatter};
pub use item::{Claim, HistoryEvent, ItemDetail, MaterialLine, RecordedValue, Report, SafetyGate, SafetyRecord};
pub use items::{Departure, WorkItem};
pub use live::{Link, LinkWatch, NetworkHint};
pub use observe::Changes;
pub use questions::{ChoiceMeaning, NamedValue, OpenQuestion, QuestionChoice};
pub use status::{FeedStatus, Status};
pub use sync::{SyncOutcome, SyncStopped};
pub use token::CancelToken;
pub use values::Json;
pub use why::{Assignment, Whereabouts};

uniffi::setup_scaffolding!("linecrew");

/// The version of this library. The language layers compare it with the one that they were generated for.
///
/// # Errors
/// Never; every function of this surface can fail, so that a fault of ours is an error everywhere and a crash nowhere.
#[uniffi::export]
pub fn library_version() -> Result<String, LinecrewError> {
    Ok(env!("CARGO_PKG_VERSION").to_owned())
}
