//! What a collector does.

use linecrew_client::{
    Client,
    collection::{CollectionError, Issued, SavedEntry},
    protocol::{
        ids::{DocumentId, SessionId},
        model::collection::{Amounts, EntryHash, Fen, Method, Receipt, Ticket},
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// An entry of this phone's journal that is on its disk.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct JournalEntry {
    /// The number of the edit that carries it, on this installation.
    pub device_seq: u64,
    /// The book that carries it.
    pub document: DocumentId,
    /// Its place in the journal.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// What it records, such as `receipt`.
    pub act: String,
    /// Whether it has a signature; else an attestation follows.
    pub signed: bool,
    /// When, by this phone's clock.
    pub at: Timestamp,
}

/// A receipt that exists from now on.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct IssuedReceipt {
    /// Its number.
    pub ticket: Ticket,
    /// What is printed for the server to check it by.
    pub code: String,
    /// The hash of its entry.
    pub hash: EntryHash,
    /// Whether it is signed; else an attestation follows.
    pub signed: bool,
    /// The receipt.
    pub receipt: Receipt,
    /// The entry.
    pub entry: JournalEntry,
}

impl From<SavedEntry> for JournalEntry {
    fn from(SavedEntry { device_seq, document, seq, hash, act, signed, at }: SavedEntry) -> Self {
        Self { device_seq, document, seq, hash, act, signed, at }
    }
}

impl From<Issued> for IssuedReceipt {
    fn from(Issued { ticket, code, hash, signed, receipt, entry }: Issued) -> Self {
        Self { ticket, code, hash, signed, receipt, entry: entry.into() }
    }
}

type Entered = Result<JournalEntry, LinecrewError>;

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// Draws a book (领取票据): this one, or the first that is not drawn yet. A book is also drawn by its first use.
    #[uniffi::method(default(book = None))]
    pub async fn take_book(&self, book: Option<DocumentId>) -> Entered {
        self.enter(move |client| client.take_book(book)).await
    }

    /// Gives the unused rest of a book back.
    pub async fn return_book(&self, book: DocumentId) -> Entered {
        self.enter(move |client| client.return_book(book)).await
    }

    /// Opens a cash session with change money. A session is one person's day; it may end after midnight.
    pub async fn open_cash_session(&self, float: Fen) -> Entered {
        self.enter(move |client| client.open_session(float)).await
    }

    /// Takes money for an amount due and issues the receipt. More than is open is paid ahead; less leaves the rest open.
    pub async fn collect(&self, receivable: DocumentId, amount: Fen, method: Method) -> Result<IssuedReceipt, LinecrewError> {
        self.write(move |client| Ok(client.collect(receivable, amount, method)?.into())).await
    }

    /// Takes a receipt of the open session back: the money is returned, the original kept.
    pub async fn void_receipt(&self, ticket: Ticket, reason: String) -> Entered {
        self.enter(move |client| client.void_receipt(&ticket, reason)).await
    }

    /// Gives money of an earlier receipt back, out of the open session's cash. Only a cashier does that.
    pub async fn refund_receipt(&self, ticket: Ticket, amount: Fen, reason: String) -> Entered {
        self.enter(move |client| client.refund_receipt(&ticket, amount, reason)).await
    }

    /// Pays money in at a bank: of this session, or of the open one, or else of the last closed one that is not settled.
    #[uniffi::method(default(session = None))]
    pub async fn deposit(&self, slip: String, bank: String, amounts: Amounts, session: Option<SessionId>) -> Entered {
        self.enter(move |client| match session {
            Some(session) => client.deposit_of(session, slip, bank, amounts),
            None => client.deposit(slip, bank, amounts),
        })
        .await
    }

    /// Closes the open session. `counted` is what is in hand, `float_left` what of it stays as change money; a reason is needed when the count is not
    /// what the journal says.
    #[uniffi::method(default(reason = None))]
    pub async fn close_cash_session(&self, counted: Amounts, float_left: Fen, reason: Option<String>) -> Entered {
        self.enter(move |client| client.close_session(counted, float_left, reason)).await
    }

    /// Vouches for the entries that were sealed while the key could not be used. Absent: there are none.
    pub async fn attest(&self) -> Result<Option<JournalEntry>, LinecrewError> {
        self.write(|client| Ok(client.attest()?.map(JournalEntry::from))).await
    }
}

impl LinecrewCore {
    async fn enter(&self, command: impl FnOnce(&Client) -> Result<SavedEntry, CollectionError> + Send + 'static) -> Entered {
        self.write(move |client| Ok(command(client)?.into())).await
    }
}
