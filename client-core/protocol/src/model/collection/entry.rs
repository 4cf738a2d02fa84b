//! An entry of a phone's journal: sealed once, never edited.
//!
//! The **text** is what is hashed, signed, stored and sent: JSON with its fields in the order of [`Entry`], without spaces. Whoever reads it
//! writes it again and compares, so that one entry has one text. The hash is SHA-256 over [`DOMAIN`] and the text; the signature is over
//! the hash.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Fen, Ticket};
use crate::{
    ids::{DocumentId, InstallationId, PersonId, SessionId},
    key::{PublicKey, Signature, hex_bytes},
    limits::MAX_ENTRY_BYTES,
    model::work::order::required,
    refusal::{Reason, Refusal},
    time::Evidence,
};

/// What every hash begins with: a signature over an entry can stand for nothing else.
pub const DOMAIN: &[u8] = b"linecrew journal entry 1\n";
/// The most that one receipt, one deposit or one float can be: a hundred million yuan.
pub const MAX_AMOUNT: Fen = Fen(10_000_000_000);

hex_bytes! {
    /// The hash of an entry. In text, 64 lower-case hexadecimal digits.
    EntryHash, 32, "hash (64 hexadecimal digits)"
}

impl EntryHash {
    /// What the first entry of a journal has before it.
    pub const NONE: Self = Self::from_bytes([0; 32]);

    /// The hash of an entry's text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::from_bytes(Sha256::new().chain_update(DOMAIN).chain_update(text).finalize().into())
    }

    /// What is printed on a receipt for the server to check later: 40 bits in Crockford's base 32, `7K3M-9QWE`.
    #[must_use]
    pub fn verification_code(&self) -> String {
        const DIGITS: [char; 32] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P', 'Q', 'R',
            'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
        ];
        // Of a hash of the hash: what is printed tells nothing of the chain.
        let digest = Sha256::new().chain_update(b"linecrew verification code\n").chain_update(self.as_bytes()).finalize();
        let bits = digest.iter().take(5).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let digit = |place: u32| DIGITS.get(usize::try_from((bits >> (35 - 5 * place)) & 31).unwrap_or_default()).copied().unwrap_or('0');
        let mut code: String = (0..8).map(digit).collect();
        code.insert(4, '-');
        code
    }

    /// Whether a customer's code, however it was typed, is this entry's.
    #[must_use]
    pub fn has_code(&self, typed: &str) -> bool {
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_uppercase()).collect::<String>();
        let read = |char| match char {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let typed: String = plain(typed).chars().map(read).collect();
        typed == plain(&self.verification_code())
    }
}

/// Amounts by how they were paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// Notes and coins.
    #[serde(default)]
    pub cash: Fen,
    /// Cheques.
    #[serde(default)]
    pub cheque: Fen,
    /// Card and QR payments through the terminal: they are on the bank's account already, and handed in as slips.
    #[serde(default)]
    pub terminal: Fen,
}

impl Amounts {
    /// Only cash.
    #[must_use]
    pub fn cash(cash: Fen) -> Self {
        Self { cash, ..Self::default() }
    }

    /// This much by this method.
    #[must_use]
    pub fn by(method: &Method, amount: Fen) -> Self {
        match method {
            Method::Cash => Self { cash: amount, ..Self::default() },
            Method::Cheque { .. } => Self { cheque: amount, ..Self::default() },
            Method::Terminal { .. } => Self { terminal: amount, ..Self::default() },
        }
    }

    /// All of it.
    #[must_use]
    pub fn total(self) -> Fen {
        self.cash + self.cheque + self.terminal
    }

    /// Whether none of it is below zero.
    #[must_use]
    pub fn is_covered(self) -> bool {
        self.each().into_iter().all(|amount| amount >= Fen::ZERO)
    }

    fn each(self) -> [Fen; 3] {
        [self.cash, self.cheque, self.terminal]
    }
}

impl std::ops::Add for Amounts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { cash: self.cash + other.cash, cheque: self.cheque + other.cheque, terminal: self.terminal + other.terminal }
    }
}

impl std::ops::Sub for Amounts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { cash: self.cash - other.cash, cheque: self.cheque - other.cheque, terminal: self.terminal - other.terminal }
    }
}

/// How a customer paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Method {
    /// Notes and coins.
    Cash,
    /// A cheque.
    Cheque {
        /// Its number.
        number: String,
        /// The bank it is drawn on.
        bank: String,
        /// The date on it, such as `2026-11-28`.
        date: String,
    },
    /// Card or QR through the POS terminal.
    Terminal {
        /// The terminal's reference.
        reference: String,
    },
}

impl Method {
    /// Its name: `cash`, `cheque`, `terminal`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Cheque { .. } => "cheque",
            Self::Terminal { .. } => "terminal",
        }
    }

    fn validate(&self) -> Result<(), Refusal> {
        match self {
            Self::Cash => Ok(()),
            Self::Cheque { number, bank, date } => {
                required("method.number", number)?;
                required("method.bank", bank)?;
                required("method.date", date)
            }
            Self::Terminal { reference } => required("method.reference", reference),
        }
    }
}

/// Proof of payment, as the customer holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Its number.
    pub ticket: Ticket,
    /// The cash session.
    pub session: SessionId,
    /// The receivable.
    pub receivable: DocumentId,
    /// The customer's account.
    pub account: String,
    /// What was paid for, such as `2026-10`.
    pub period: String,
    /// The amount due as the server gave it.
    pub due: Fen,
    /// What was still open of it, as far as the phone knew.
    pub open: Fen,
    /// What the customer paid.
    pub amount: Fen,
    /// How.
    pub method: Method,
}

impl Receipt {
    /// What of it pays the bill.
    #[must_use]
    pub fn applied(&self) -> Fen {
        self.amount.min(self.open.max(Fen::ZERO))
    }

    /// What is paid ahead.
    #[must_use]
    pub fn prepaid(&self) -> Fen {
        self.amount - self.applied()
    }
}

/// How many tickets the collector hands in with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketCount {
    /// Receipts that stand.
    pub used: u64,
    /// Receipts that were voided: their originals are handed in.
    pub voided: u64,
}

/// What a collector did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Drew a book (领取票据).
    BookTaken {
        /// The book.
        book: DocumentId,
        /// Its first ticket.
        first: Ticket,
        /// Its last ticket.
        last: Ticket,
    },
    /// Opened a cash session.
    SessionOpened {
        /// The new session.
        session: SessionId,
        /// Change money taken along.
        float: Fen,
    },
    /// Issued a receipt.
    Receipt(Receipt),
    /// Took a receipt back in the same session: the money was returned and the original kept.
    Voided {
        /// The receipt.
        ticket: Ticket,
        /// The session.
        session: SessionId,
        /// Its amount.
        amount: Fen,
        /// Why.
        reason: String,
    },
    /// Gave money of an earlier session's receipt back, out of this one's cash.
    Refunded {
        /// The receipt.
        ticket: Ticket,
        /// The session whose cash paid it.
        session: SessionId,
        /// How much.
        amount: Fen,
        /// Why.
        reason: String,
    },
    /// Paid money in at the bank, or handed it to the cashier.
    Deposited {
        /// The session.
        session: SessionId,
        /// The slip's number.
        slip: String,
        /// Where.
        bank: String,
        /// How much.
        amounts: Amounts,
    },
    /// Counted what is in hand and closed the session.
    SessionClosed {
        /// The session.
        session: SessionId,
        /// What was counted, float included.
        counted: Amounts,
        /// What of the cash stays as change money.
        float_left: Fen,
        /// The tickets that are handed in.
        tickets: TicketCount,
        /// Why the count differs from what the journal says, when it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Gave the unused rest of a book back.
    BookReturned {
        /// The book.
        book: DocumentId,
        /// How many tickets.
        unused: u64,
    },
    /// The key could be used again: a signed summary of the entries before it that have no signature.
    Attested {
        /// The first of them.
        from: u64,
        /// The last of them.
        through: u64,
    },
}

impl Act {
    /// The name of the event that carries it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::BookTaken { .. } => "book_taken",
            Self::SessionOpened { .. } => "session_opened",
            Self::Receipt(_) => "receipt",
            Self::Voided { .. } => "voided",
            Self::Refunded { .. } => "refunded",
            Self::Deposited { .. } => "deposited",
            Self::SessionClosed { .. } => "session_closed",
            Self::BookReturned { .. } => "book_returned",
            Self::Attested { .. } => "attested",
        }
    }

    /// The session it belongs to.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::SessionOpened { session, .. }
            | Self::Voided { session, .. }
            | Self::Refunded { session, .. }
            | Self::Deposited { session, .. }
            | Self::SessionClosed { session, .. } => Some(*session),
            Self::Receipt(receipt) => Some(receipt.session),
            Self::BookTaken { .. } | Self::BookReturned { .. } | Self::Attested { .. } => None,
        }
    }

    /// The ticket it is about.
    #[must_use]
    pub fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::Receipt(receipt) => Some(&receipt.ticket),
            Self::Voided { ticket, .. } | Self::Refunded { ticket, .. } => Some(ticket),
            _ => None,
        }
    }

    /// What it adds to the journal's running total.
    #[must_use]
    pub fn turnover(&self) -> Fen {
        match self {
            Self::Receipt(receipt) => receipt.amount,
            Self::Voided { amount, .. } | Self::Refunded { amount, .. } => -*amount,
            _ => Fen::ZERO,
        }
    }

    fn validate(&self) -> Result<(), Refusal> {
        match self {
            Self::BookTaken { first, last, .. } if first.series != last.series || first.number > last.number => {
                Err(invalid("the book's last ticket is not after its first"))
            }
            Self::SessionOpened { float, .. } => within("float", *float),
            Self::Receipt(receipt) => {
                required("account", &receipt.account)?;
                required("period", &receipt.period)?;
                positive("amount", receipt.amount)?;
                within("due", receipt.due)?;
                receipt.method.validate()
            }
            Self::Voided { amount, reason, .. } | Self::Refunded { amount, reason, .. } => {
                positive("amount", *amount)?;
                required("reason", reason)
            }
            Self::Deposited { slip, bank, amounts, .. } => {
                required("slip", slip)?;
                required("bank", bank)?;
                amounts.each().into_iter().try_for_each(|amount| within("amounts", amount))?;
                positive("amounts", amounts.total())
            }
            Self::SessionClosed { counted, float_left, reason, .. } => {
                counted.each().into_iter().try_for_each(|amount| within("counted", amount))?;
                within("float_left", *float_left)?;
                if *float_left > counted.cash {
                    return Err(invalid("float_left is more than the cash that was counted"));
                }
                reason.iter().try_for_each(|reason| required("reason", reason))
            }
            Self::Attested { from, through } if from > through => Err(invalid("an attestation covers at least one entry")),
            Self::BookTaken { .. } | Self::BookReturned { .. } | Self::Attested { .. } => Ok(()),
        }
    }
}

/// One entry. The order of the fields is the order in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Whose journal: the phone.
    pub device: InstallationId,
    /// Who did it.
    pub collector: PersonId,
    /// The place in the journal, from 1.
    pub seq: u64,
    /// The hash of the entry before.
    pub previous: EntryHash,
    /// What the phone knew about the time.
    pub at: Evidence,
    /// The sum of all receipts minus all that was voided and refunded, after this entry.
    pub turnover: Fen,
    /// The key that the phone signs with, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
    /// What was done.
    pub act: Act,
}

impl Entry {
    /// The text.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] when a field is out of range or the text too long.
    pub fn to_text(&self) -> Result<String, Refusal> {
        self.act.validate()?;
        let text = serde_json::to_string(self).map_err(|_| invalid("the entry cannot be written as JSON"))?;
        if text.len() > MAX_ENTRY_BYTES {
            return Err(invalid(format!("an entry of {} bytes; {MAX_ENTRY_BYTES} are allowed", text.len())));
        }
        Ok(text)
    }
}

/// An entry's text with its signature: the body of the event that carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// The text.
    pub entry: String,
    /// The signature; absent when the key could not be used (unsigned-pending).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

impl Sealed {
    /// The hash of the entry.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        EntryHash::of(&self.entry)
    }

    /// The entry.
    ///
    /// # Errors
    /// [`Reason::UnreadableEvent`] when the text is no entry, or not the one text of its entry; [`Reason::InvalidValue`] as in
    /// [`Entry::to_text`].
    pub fn read(&self) -> Result<Entry, Refusal> {
        let unreadable = |detail: &str| Refusal::new(Reason::UnreadableEvent, detail);
        if self.entry.len() > MAX_ENTRY_BYTES {
            return Err(invalid(format!("an entry of {} bytes; {MAX_ENTRY_BYTES} are allowed", self.entry.len())));
        }
        let entry: Entry = serde_json::from_str(&self.entry).map_err(|_| unreadable("not a journal entry"))?;
        if entry.to_text()? != self.entry {
            return Err(unreadable("not the text that this entry has"));
        }
        Ok(entry)
    }
}

fn invalid(detail: impl Into<String>) -> Refusal {
    Refusal::new(Reason::InvalidValue, detail)
}

fn within(field: &str, amount: Fen) -> Result<(), Refusal> {
    if (Fen::ZERO..=MAX_AMOUNT).contains(&amount) { Ok(()) } else { Err(invalid(format!("{field} is below zero or above {MAX_AMOUNT}"))) }
}

fn positive(field: &str, amount: Fen) -> Result<(), Refusal> {
    if amount.is_positive() { within(field, amount) } else { Err(invalid(format!("{field} is not above zero"))) }
}
