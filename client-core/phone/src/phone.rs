//! One phone: a folder with its store, and the way to its server.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use linecrew_client::{
    AccountView, Client, ClientOptions, EditsFilter, Execution, FileDatabaseKey, FileKey, Host, StatusView, StoreError, SystemHost,
    driver::{DriverOptions, SyncDriver},
    protocol::ids::DocumentId,
};

use crate::{failure::Failure, way::Way};

/// The store's file in the phone's folder.
const STORE: &str = "phone.db";
/// What the store is encrypted with, beside it.
const STORE_KEY: &str = "store.key";
/// The phone's key, beside both.
const KEY: &str = "device.key";
/// What the key was called when it signed nothing but receipts.
const FORMER_KEY: &str = "receipts.key";

/// One phone.
pub(crate) struct Phone {
    pub(crate) client: Client,
    folder: PathBuf,
    host: Arc<SystemHost>,
}

impl Phone {
    /// Opens the phone in `folder`, making both if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|source| Failure::Folder { path: folder.to_owned(), source })?;
        let host = Arc::new(SystemHost::new());
        let options = ClientOptions { execution: Execution::Inline, ..ClientOptions::default() };
        let key = Arc::new(FileDatabaseKey::at(&folder.join(STORE_KEY)));
        let client = Client::open(&folder.join(STORE), key, Arc::clone(&host) as Arc<dyn Host>, options)?;
        Ok(Self { client, folder: folder.to_owned(), host })
    }

    /// Takes the key out, if there is one: what is sent and sealed from now on is signed.
    pub(crate) fn take_key(&self) -> Result<(), Failure> {
        let path = self.folder.join(KEY);
        let former = self.folder.join(FORMER_KEY);
        if !path.exists() && former.exists() {
            fs::rename(&former, &path).map_err(|source| Failure::Write { path: path.clone(), source })?;
        }
        if path.exists() { self.make_key() } else { Ok(()) }
    }

    /// The same; a phone that has no key gets one.
    pub(crate) fn make_key(&self) -> Result<(), Failure> {
        self.client.set_device_key(Arc::new(FileKey::open(&self.folder.join(KEY), self.host.as_ref())?));
        Ok(())
    }

    /// A driver to the server that somebody is signed in to.
    pub(crate) fn driver(&self) -> Result<SyncDriver, Failure> {
        let session = self.client.session()?.ok_or(Failure::NotSignedIn)?;
        self.take_key()?;
        let way = Way::known(&self.folder, &session.server_url)?;
        let mut seed = [0; 8];
        self.host.random(&mut seed);
        let options = DriverOptions { execution: Execution::Inline, ..DriverOptions::new(u64::from_le_bytes(seed)) };
        Ok(SyncDriver::new(self.client.clone(), Arc::new(way.transport()), options))
    }

    /// Where everything of this phone lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn account(&self) -> Option<AccountView> {
        self.client.account()
    }

    pub(crate) fn status(&self) -> Result<StatusView, StoreError> {
        self.client.status()
    }

    /// The item that somebody typed.
    pub(crate) fn find(&self, text: &str) -> Result<DocumentId, Failure> {
        Ok(self.client.find_item(text)?)
    }

    /// The number that people say, as long as the item is here.
    pub(crate) fn number(&self, item: DocumentId) -> Result<String, Failure> {
        let newest = EditsFilter { document: Some(item), unsafe_only: false, newest: Some(1) };
        let edits = self.client.edits(newest)?;
        Ok(edits.into_iter().find_map(|edit| edit.number).unwrap_or_else(|| format!("…{}", item.short())))
    }
}
