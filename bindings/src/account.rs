//! Who works on this phone.

use linecrew_client::{
    AccountView,
    protocol::{
        ids::{CrewId, PersonId},
        model::person::Role,
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// What people may do.
#[uniffi::remote(Enum)]
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

/// Who works on this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// The person.
    pub person: PersonId,
    /// The name people see.
    pub name: String,
    /// The name they type.
    pub username: String,
    /// The server.
    pub server_url: String,
    /// The roles held.
    pub roles: Vec<Role>,
    /// The crew.
    pub crew: Option<CrewId>,
    /// Its name.
    pub crew_name: Option<String>,
    /// Whether this phone can sync. Work goes on when it cannot; syncing needs a new invitation then.
    pub signed_in: bool,
    /// Until when the sign-in holds if this phone is not heard of: server time.
    pub signed_in_until: Option<Timestamp>,
}

impl From<AccountView> for Account {
    fn from(account: AccountView) -> Self {
        let AccountView { person, name, username, server_url, grants, crew, crew_name, signed_in, signed_in_until } = account;
        let roles = grants.iter().map(|grant| grant.role).collect();
        Self { person, name, username, server_url, roles, crew, crew_name, signed_in, signed_in_until }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// Who works here; nobody before the first enrolment.
    ///
    /// # Errors
    /// [`LinecrewError::Closed`].
    pub fn account(&self) -> Result<Option<Account>, LinecrewError> {
        self.read(|client| Ok(client.account().map(Account::from)))
    }

    /// Forgets the sign-in. Person, items and waiting edits stay: nothing unanswered leaves the phone.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_out(&self) -> Result<(), LinecrewError> {
        self.write(|client| Ok(client.sign_out()?)).await
    }
}
