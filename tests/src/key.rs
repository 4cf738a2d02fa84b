//! The key of a phone, in a file beside its store: what a keystore is to a real phone.

use std::{path::Path, sync::Arc};

use linecrew_client::{Client, FileKey, Host};

/// Gives the phone with this store its key; a new one the first time.
///
/// # Panics
/// The file cannot be used.
pub fn hand_over(client: &Client, store: &Path, host: &dyn Host) {
    let key = FileKey::open(&store.with_extension("key"), host).expect("the phone's key");
    client.set_device_key(Arc::new(key));
}
