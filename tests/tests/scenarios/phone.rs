//! One store, and what it gave out.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, Result};
use linecrew_ffi::{CancelToken, Changes, FileReader, LinecrewCore, LinecrewError, LinkWatch, OpenRequest, open_linecrew};

#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    core: Option<Arc<LinecrewCore>>,
    pub(crate) changes: Option<Arc<Changes>>,
    pub(crate) link: Option<Arc<LinkWatch>>,
    pub(crate) token: Option<Arc<CancelToken>>,
    pub(crate) file: Option<Arc<FileReader>>,
    pub(crate) installation: Option<String>,
}

impl Phone {
    pub(crate) fn new(name: &str, folder: PathBuf) -> Self {
        Self { name: name.to_owned(), folder, core: None, changes: None, link: None, token: None, file: None, installation: None }
    }

    pub(crate) async fn open(&mut self) -> Result<(), LinecrewError> {
        let folder = self.folder.to_string_lossy().into_owned();
        let request = OpenRequest { folder, app_version: "1.0".to_owned(), ca_pem: None, lease: None };
        self.core = Some(open_linecrew(request, None).await?);
        Ok(())
    }

    pub(crate) fn core(&self) -> Result<Arc<LinecrewCore>> {
        self.core.clone().with_context(|| format!("the phone {} was not opened", self.name))
    }

    pub(crate) async fn end(self) -> Result<(), LinecrewError> {
        match self.core {
            Some(core) => core.shut_down().await,
            None => Ok(()),
        }
    }
}
