//! What of an app's does not answer, for its own status.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::HostFault;

/// Something of the app's that gave no good answer when it was last asked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HostTrouble {
    /// What it was asked, such as `device_key.sign`.
    pub callback: String,
    /// How it failed, the last time.
    pub how: HostFault,
    /// How often in a row.
    pub times: u64,
}

/// What gave no good answer. It forgets what answers again.
#[derive(Debug, Default)]
pub(super) struct Troubles(Mutex<BTreeMap<&'static str, (HostFault, u64)>>);

impl Troubles {
    pub(super) fn note(&self, callback: &'static str, fault: Option<HostFault>) {
        let mut troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            None => drop(troubles.remove(callback)),
            Some(how) => {
                let times = troubles.get(callback).map_or(0, |(_, times)| *times);
                troubles.insert(callback, (how, times.saturating_add(1)));
            }
        }
    }

    pub(super) fn list(&self) -> Vec<HostTrouble> {
        let troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |(callback, (how, times)): (&&str, &(HostFault, u64))| HostTrouble {
            callback: (*callback).to_owned(),
            how: *how,
            times: *times,
        };
        troubles.iter().map(told).collect()
    }
}
