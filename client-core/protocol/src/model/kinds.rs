//! The work kinds that this build knows. A new kind is a folder here and one line in [`ALL`].

use super::work::kind::WorkKind;

mod disconnection;
mod meter;
mod meter_service;
mod notice;
mod repair;
mod rotation;
mod start;
mod survey;

pub use {
    disconnection::KIND as DISCONNECTION, meter_service::KIND as METER_SERVICE, notice::KIND as NOTICE, repair::KIND as REPAIR,
    rotation::KIND as ROTATION, survey::KIND as SURVEY,
};

/// Every kind, in the order in which people list them.
pub const ALL: [&'static dyn WorkKind; 6] =
    [&repair::Repair, &rotation::Rotation, &survey::Survey, &notice::Notice, &disconnection::Disconnection, &meter_service::MeterService];

/// The kind with this name in `meta.kind`.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn WorkKind> {
    ALL.into_iter().find(|kind| kind.describe().name == name)
}
