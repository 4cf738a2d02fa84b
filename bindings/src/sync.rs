//! Syncing, for a few seconds at a time.

use std::{fmt, sync::Arc, time::Duration};

use linecrew_client::{
    Client,
    driver::{DriverOptions, SyncDriver, SyncReport},
    transport::{Cleartext, PrivateCa, ServerAddress, TcpTransport, Transport, Trust},
};

use crate::{
    core::LinecrewCore,
    error::{LinecrewError, of_stop},
    hosts::{Desk, HostTransport, HostedTransport},
    token::CancelToken,
};

/// Whom this phone believes to be the server, and how it gets there.
pub(crate) struct Server {
    trust: Trust,
    /// The app's own network.
    carrier: Option<(Arc<dyn HostTransport>, Arc<Desk>)>,
}

impl Server {
    pub(crate) fn trusting(ca_pem: Option<&str>) -> Result<Self, LinecrewError> {
        let private = ca_pem.map(|pem| PrivateCa::from_pem(pem.as_bytes())).transpose()?;
        Ok(Self { trust: private.map_or(Trust::PublicCas, Trust::Pinned), carrier: None })
    }

    /// Over the app's network, when it gives one.
    pub(crate) fn carried_by(self, carrier: Option<Arc<dyn HostTransport>>, desk: &Arc<Desk>) -> Self {
        Self { carrier: carrier.map(|carrier| (carrier, Arc::clone(desk))), ..self }
    }

    /// Whether the app carries the requests.
    pub(crate) fn is_carried(&self) -> bool {
        self.carrier.is_some()
    }

    /// The way to the server at this address. Nothing travels in the clear, except to this machine itself.
    pub(crate) fn at(&self, url: &str) -> Result<Arc<dyn Transport>, LinecrewError> {
        let address = ServerAddress::parse(url, Cleartext::LoopbackOnly)?;
        Ok(match &self.carrier {
            Some((carrier, desk)) => Arc::new(HostedTransport::new(Arc::clone(carrier), address, Arc::clone(desk))),
            None => Arc::new(TcpTransport::new(address).trusting(&self.trust)),
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("trust", &self.trust).finish_non_exhaustive()
    }
}

/// What one sync did. It is a value and no error also when it stopped early: what was not acknowledged is still on this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncOutcome {
    /// Edits sent, counted again when sent again.
    pub pushed: u64,
    /// Edits that the server accepted: safe.
    pub accepted: u64,
    /// Edits that the server keeps beside the items, with a reason: see the inbox.
    pub quarantined: u64,
    /// Items of which something new came.
    pub received: u64,
    /// Edits that the server has not answered; unknown only when the store could not be read.
    pub still_pending: Option<u64>,
    /// Whether both ends proved to hold the same; unknown when it did not come to the comparison.
    pub equal: Option<bool>,
    /// Why it stopped early; absent when everything is sent and received.
    pub stopped: Option<SyncStopped>,
}

/// Why a sync stopped early.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncStopped {
    /// A stable code, such as `deadline`, `no_connection`, `needs_sign_in`, `revoked`.
    pub code: String,
    /// When the server asked to come back, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

impl From<SyncReport> for SyncOutcome {
    fn from(report: SyncReport) -> Self {
        let SyncReport { pushed, accepted, quarantined, received, still_pending, equal, stopped } = report;
        let stopped = stopped.as_ref().map(of_stop).map(|(code, retry_after_ms)| SyncStopped { code, retry_after_ms });
        Self { pushed, accepted, quarantined, received, still_pending, equal, stopped }
    }
}

impl LinecrewCore {
    /// The way to the server that the person was enrolled with.
    pub(crate) fn way_of(&self, client: &Client) -> Result<Arc<dyn Transport>, LinecrewError> {
        let account = client.account().ok_or_else(|| LinecrewError::needs_sign_in("nobody_signed_in"))?;
        self.server.at(&account.server_url)
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// Sends what waits and fetches what is new, until both ends hold the same or the time is over.
    ///
    /// # Errors
    /// [`LinecrewError::NeedsSignIn`] when nobody has enrolled this phone yet, [`LinecrewError::Suspended`] and [`LinecrewError::Closed`] when that
    /// happens meanwhile; everything else is in the outcome.
    ///
    /// # Cancellation
    /// Safe at any moment: the next sync goes on from there.
    #[uniffi::method(default(token = None))]
    pub async fn sync_once(&self, deadline: Duration, token: Option<Arc<CancelToken>>) -> Result<SyncOutcome, LinecrewError> {
        let (client, open) = self.client_until_over()?;
        let transport = self.way_of(&client)?;
        self.resample_clock().await?;
        // It is made for one sync: nothing backs off, and the jitter is nobody's.
        let driver = SyncDriver::new(client.clone(), transport, DriverOptions::new(0));
        let syncing = async move { Ok(driver.sync_once(deadline).await.into()) };
        self.while_open(client, open, token, syncing).await
    }
}
