//! The fields of a plan's row, beside its registers.

use crate::{
    UtcOffset,
    plan::{cell, problem::Problem},
};

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plan) enum Field {
    Serial,
    Multiplier,
    CustomerName,
    CustomerAccount,
    CustomerPhone,
    SiteAddress,
    SiteStreetCode,
    AreaClass,
    Priority,
    Appointment,
}

impl Field {
    pub(super) const ALL: [Self; 10] = [
        Self::Serial,
        Self::Multiplier,
        Self::CustomerName,
        Self::CustomerAccount,
        Self::CustomerPhone,
        Self::SiteAddress,
        Self::SiteStreetCode,
        Self::AreaClass,
        Self::Priority,
        Self::Appointment,
    ];

    /// Its name in a mapping.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Multiplier => "multiplier",
            Self::CustomerName => "customer_name",
            Self::CustomerAccount => "customer_account",
            Self::CustomerPhone => "customer_phone",
            Self::SiteAddress => "site_address",
            Self::SiteStreetCode => "site_street_code",
            Self::AreaClass => "area_class",
            Self::Priority => "priority",
            Self::Appointment => "appointment",
        }
    }

    /// Whether a mapping must say where it comes from.
    pub(super) fn is_required(self) -> bool {
        matches!(self, Self::Serial | Self::CustomerName | Self::SiteAddress | Self::AreaClass)
    }

    /// What it is when a mapping says nothing.
    pub(super) fn implied(self) -> Option<&'static str> {
        match self {
            Self::Multiplier => Some("1"),
            Self::Priority => Some("normal"),
            _ => None,
        }
    }

    /// Whether it takes a value.
    pub(super) fn check(self, value: &str, utc_offset: UtcOffset) -> Result<(), Problem> {
        match self {
            Self::Serial | Self::CustomerAccount | Self::CustomerPhone | Self::SiteStreetCode => cell::code(value).map(drop),
            Self::CustomerName | Self::SiteAddress => cell::text(value).map(drop),
            Self::Multiplier => cell::multiplier(value).map(drop),
            Self::AreaClass => cell::choice(value, cell::AREA_CLASSES).map(drop),
            Self::Priority => cell::choice(value, cell::PRIORITIES).map(drop),
            Self::Appointment => cell::moment(value, utc_offset.minutes().into()).map(drop),
        }
    }
}
