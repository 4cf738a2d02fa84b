//! Enrolling this phone with an invitation.

use std::sync::Arc;

use linecrew_client::protocol::enrolment::InviteCode;

use crate::{account::Account, core::LinecrewCore, error::LinecrewError, runtime::to_its_end, token::CancelToken};

#[uniffi::export]
impl LinecrewCore {
    /// Enrols this phone with a one-time code from the office: it is this person's from now on. A lost answer costs nothing; the same code again gives
    /// the same. A phone that was another person's begins anew, as soon as everything of theirs is on the server.
    ///
    /// # Errors
    /// [`LinecrewError::NeedsSignIn`] when the code is not good, [`LinecrewError::Offline`], [`LinecrewError::Untrusted`],
    /// [`LinecrewError::OthersEditsWait`], [`LinecrewError::Invalid`] for what is no code or no address.
    ///
    /// # Cancellation
    /// Enrolling again with the same code goes on from there.
    #[uniffi::method(default(token = None))]
    pub async fn enrol(
        self: Arc<Self>,
        server_url: String,
        code: String,
        device_name: String,
        token: Option<Arc<CancelToken>>,
    ) -> Result<Account, LinecrewError> {
        let (client, open) = self.client_until_over()?;
        let code: InviteCode = code.parse().map_err(|_| LinecrewError::invalid("invitation"))?;
        let transport = self.server.at(&server_url)?;
        self.resample_clock().await?;
        let enrols = client.clone();
        let enrolling = async move { Ok(enrols.enrol(transport.as_ref(), &server_url, &code, &device_name).await?.into()) };
        let account = self.while_open(client, open, token, enrolling).await?;
        if self.live.is_wanted() {
            // A connection that is kept goes to where the former person's server was. What keeps it from beginning again, the link says.
            to_its_end(async move {
                self.live.end().await;
                drop(self.keep_live());
                Ok(())
            })
            .await?;
        }
        Ok(account)
    }
}
