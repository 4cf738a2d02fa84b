//! One phone: a folder with its store, and the way to its server.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use linecrew_client::{
    AccountView, Client, ClientOptions, EditsFilter, Execution, Host, StatusView, StoreError, SystemHost,
    collection::FileSigner,
    driver::{DriverOptions, SyncDriver},
    protocol::ids::DocumentId,
    transport::{Cleartext, ServerAddress, TcpTransport},
};

use crate::failure::Failure;

/// The store's file in the phone's folder.
const STORE: &str = "phone.db";
/// The key that signs receipts, beside it.
const KEY: &str = "receipts.key";

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
        let client = Client::open(&folder.join(STORE), Arc::clone(&host) as Arc<dyn Host>, options)?;
        Ok(Self { client, folder: folder.to_owned(), host })
    }

    /// Takes the key out: what is sealed from now on is signed. A phone that collects nothing has none.
    pub(crate) fn take_key(&self) -> Result<(), Failure> {
        let path = self.folder.join(KEY);
        self.client.set_receipt_signer(Arc::new(FileSigner::open(&path, self.host.as_ref())?));
        Ok(())
    }

    /// A driver to the server that somebody is signed in to.
    pub(crate) fn driver(&self) -> Result<SyncDriver, Failure> {
        let session = self.client.session()?.ok_or(Failure::NotSignedIn)?;
        // Whoever signed in has decided about cleartext then.
        let address = ServerAddress::parse(&session.server_url, Cleartext::Anywhere)?;
        let mut seed = [0; 8];
        self.host.random(&mut seed);
        let options = DriverOptions { execution: Execution::Inline, ..DriverOptions::new(u64::from_le_bytes(seed)) };
        Ok(SyncDriver::new(self.client.clone(), Arc::new(TcpTransport::new(address)), options))
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
