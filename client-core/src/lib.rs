#![doc = include_str!("../README.md")]

mod account;
mod attachments;
mod authoring;
mod backoff;
mod client;
pub mod collection;
mod command;
pub mod database_key;
pub mod device_key;
pub mod driver;
mod edits;
pub mod enrol;
mod error;
mod fail_point;
mod forms;
pub mod host;
mod inbox;
mod items;
mod key_file;
mod layout;
mod lease;
mod observe;
mod opening;
mod questions;
mod status;
mod store;
pub mod sync;
mod tokens;
pub mod transport;
mod why;
mod wipe;

pub use account::{AccountView, Session, SignIn, SignInError, SignedIn};
pub use attachments::{AttachmentError, AttachmentReader};
pub use client::{Client, ClientOptions, OpenError};
pub use command::{
    AttachedFile, Command, CommandError, Content, DisconnectionReport, Exchange, FinalReading, InitialReading, InstalledMeter,
    MeterServiceReport, NewAttachment, NoSpace, RemovedMeter, RepairReport, SavedEdit, Service,
};
pub use database_key::{DatabaseKey, DatabaseKeyUnavailable, FileDatabaseKey};
pub use device_key::{DeviceKey, FileKey, KeyFileError, KeyUnavailable};
pub use edits::{EditStatus, EditView, EditsFilter};
pub use enrol::EnrolError;
pub use error::StoreError;
pub use host::{Host, ManualHost, SystemHost};
pub use inbox::{InboxBody, InboxItem};
pub use items::{EditCounts, FindError, ItemFilter, ItemRow, ItemView};
pub use lease::LEASE;
pub use linecrew_protocol as protocol;
pub use linecrew_sqlite::{CloseError, Execution, Key as StoreKey, OpenError as DatabaseError, StorageError};
pub use observe::Observer;
pub use questions::{Choice, Means, Question};
pub use status::{DamagedDocument, FeedView, StatusView};
pub use sync::{HandError, Renewed, Stored, SyncError};
pub use why::{Assigned, Reasons, Why};
pub use wipe::WipeError;
