//! The hosts of one open store, each behind its guard; and this machine's in the place of those that the app does not give.

use std::{fmt, path::Path, sync::Arc};

use linecrew_client::{DatabaseKey, DeviceKey, FileDatabaseKey, FileKey, Host, SystemHost};

use super::{
    Desk, HostDatabaseKey, HostDeviceKey, HostTrouble, Hosts, clock::SampledClock, database_key::GuardedDatabaseKey,
    device_key::GuardedDeviceKey, log::LogTask,
};
use crate::error::LinecrewError;

/// What of the app's is asked while a store is open.
pub(crate) struct Guards {
    desk: Arc<Desk>,
    clock: Option<Arc<SampledClock>>,
    /// Ends with the store.
    log: Option<LogTask>,
}

impl Guards {
    /// Begins to log, and takes the app's clock for the first time.
    ///
    /// # Errors
    /// The clock did not answer.
    pub(crate) fn begin(hosts: &Hosts, desk: Arc<Desk>) -> Result<Self, LinecrewError> {
        let log = hosts.log.clone().map(|log| LogTask::begin(log, desk.patience())).transpose()?;
        let sampled = |clock| SampledClock::begin(clock, SystemHost::new(), Arc::clone(&desk)).map(Arc::new);
        let clock = hosts.clock.clone().map(sampled).transpose()?;
        Ok(Self { desk, clock, log })
    }

    /// What the store counts time by.
    pub(crate) fn host(&self) -> Arc<dyn Host> {
        match &self.clock {
            Some(clock) => Arc::<SampledClock>::clone(clock),
            None => Arc::new(SystemHost::new()),
        }
    }

    pub(crate) fn clock(&self) -> Option<Arc<SampledClock>> {
        self.clock.clone()
    }

    pub(crate) fn database_key(&self, given: Option<Arc<dyn HostDatabaseKey>>, folder: &Path) -> Arc<dyn DatabaseKey> {
        match given {
            Some(key) => Arc::new(GuardedDatabaseKey::new(key, Arc::clone(&self.desk))),
            None => Arc::new(FileDatabaseKey::at(&folder.join("database.key"))),
        }
    }

    /// # Errors
    /// There is no file to read or make. The app's is not asked before it is needed.
    pub(crate) fn device_key(
        &self,
        given: Option<Arc<dyn HostDeviceKey>>,
        folder: &Path,
        host: &dyn Host,
    ) -> Result<Arc<dyn DeviceKey>, LinecrewError> {
        Ok(match given {
            Some(key) => Arc::new(GuardedDeviceKey::new(key, Arc::clone(&self.desk))),
            None => Arc::new(FileKey::open(&folder.join("device.key"), host)?),
        })
    }

    /// What gave no good answer when it was last asked.
    pub(crate) fn troubles(&self) -> Vec<HostTrouble> {
        let of_log = self.log.iter().flat_map(|log| log.desk().troubles());
        self.desk.troubles().into_iter().chain(of_log).collect()
    }
}

impl fmt::Debug for Guards {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Guards")
    }
}
