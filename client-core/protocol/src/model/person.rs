//! Who acts.

use serde::{Deserialize, Serialize};

use crate::ids::{CrewId, DistrictId, InstallationId, PersonId};

/// What a person (or a machine) may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Assigns and follows the work of a district.
    Dispatcher,
    /// Repairs faults on site.
    RepairCrew,
    /// Exchanges meters on site.
    MeterTechnician,
    /// Surveys sites.
    Surveyor,
    /// Collects money on site.
    Collector,
    /// Confirms deposits and writes off.
    Cashier,
    /// Reads everything, writes nothing.
    Auditor,
    /// A machine: hotline, billing, GIS.
    Integrator,
    /// Runs the system.
    Admin,
}

/// A role, in one district or in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it holds; everywhere when absent.
    #[serde(default)]
    pub district: Option<DistrictId>,
}

/// Everything a rule may know about the person behind an edit. The server fills it from its own records, never from the edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The person.
    pub person: PersonId,
    /// The installation that the edit comes from.
    pub installation: InstallationId,
    /// The roles held.
    pub grants: Vec<Grant>,
    /// The crew the person works in, if any.
    #[serde(default)]
    pub crew: Option<CrewId>,
}

impl Principal {
    /// Whether the person holds `role` in `district`.
    #[must_use]
    pub fn holds(&self, role: Role, district: DistrictId) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.district.is_none_or(|only| only == district))
    }

    /// Whether the person may decide about work of `district` from the office.
    #[must_use]
    pub fn is_office(&self, district: DistrictId) -> bool {
        [Role::Dispatcher, Role::Admin].into_iter().any(|role| self.holds(role, district))
    }
}
