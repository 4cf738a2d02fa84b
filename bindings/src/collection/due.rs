//! What is due.

use linecrew_client::{
    collection::{Due, DueFilter},
    protocol::{
        ids::DocumentId,
        model::collection::{Fen, Receivable},
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// An amount due, as it stands on this phone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AmountDue {
    /// What `collect` takes.
    pub receivable: DocumentId,
    /// The billing system's own number of it.
    pub reference: String,
    /// The customer's account.
    pub account: String,
    /// The customer's name.
    pub customer: String,
    /// Where to collect.
    pub address: String,
    /// What for, such as `2026-10`.
    pub period: String,
    /// How much it was.
    pub amount: Fen,
    /// What is paid of it, here or elsewhere.
    pub paid: Fen,
    /// What is still open of it.
    pub open: Fen,
    /// Whether billing took it back.
    pub is_withdrawn: bool,
}

impl From<Due> for AmountDue {
    fn from(Due { receivable, bill, paid, open, is_withdrawn }: Due) -> Self {
        let Receivable { reference, account, customer, address, period, amount } = bill;
        Self { receivable, reference, account, customer, address, period, amount, paid, open, is_withdrawn }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// What is due, in the order of a round: by address, then by account and period. `text` finds accounts, customers, addresses, periods and
    /// references; `all` shows also what is paid.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    #[uniffi::method(default(text = None, all = false))]
    pub fn due(&self, text: Option<String>, all: bool) -> Result<Vec<AmountDue>, LinecrewError> {
        self.read(|client| Ok(client.due(&DueFilter { all, text })?.into_iter().map(AmountDue::from).collect()))
    }
}
