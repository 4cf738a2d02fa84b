//! A receipt on paper: text for a printer of 58 mm, and a picture with the QR code of the link at which anybody can check it.
//!
//! Whether a receipt is signed is nobody's business but the office's: where the signature is still to come, the paper ends with an asterisk.

use linecrew_protocol::{
    calendar::UtcOffset,
    model::collection::{Fen, Ticket, ledger::ReceiptState},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use self::{
    columns::{PAPER, centred, labelled, wrapped},
    words::Words,
};
use super::{PrintError, ReceiptView, Reversal};
use crate::{account::AccountView, client::Client};

mod capitals;
mod columns;
mod picture;
mod words;

/// The language of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperLanguage {
    /// 中文
    #[default]
    Chinese,
    /// English.
    English,
}

/// How a receipt is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// The language.
    pub language: PaperLanguage,
    /// How far the time on it is ahead of UTC.
    pub offset: UtcOffset,
}

impl Default for Paper {
    fn default() -> Self {
        Self { language: PaperLanguage::default(), offset: UtcOffset::CHINA }
    }
}

impl Client {
    /// The receipt as text of 32 columns, of which a Chinese character takes two. One that was voided, or of which money was given back, says
    /// so.
    ///
    /// # Errors
    /// See [`PrintError`].
    pub fn print_text(&self, ticket: &Ticket, paper: Paper) -> Result<String, PrintError> {
        let receipt = self.receipt(ticket)?.ok_or_else(|| PrintError::UnknownTicket { ticket: ticket.clone() })?;
        let account = self.account();
        Ok(Slip { receipt: &receipt, account: account.as_ref(), paper, words: Words::in_language(paper.language) }.text())
    }

    /// The QR code of the receipt's link: a PNG of 384 dots' width, black on white.
    ///
    /// # Errors
    /// See [`PrintError`].
    pub fn print_png(&self, ticket: &Ticket) -> Result<Vec<u8>, PrintError> {
        let receipt = self.receipt(ticket)?.ok_or_else(|| PrintError::UnknownTicket { ticket: ticket.clone() })?;
        picture::of_link(&link(&receipt, self.account().as_ref()))
    }
}

/// Where anybody can check it.
fn link(receipt: &ReceiptView, account: Option<&AccountView>) -> String {
    let server = account.map(|account| account.server_url.trim_end_matches('/')).unwrap_or_default();
    format!("{server}/v1/receipts/verify?number={}&code={}", receipt.ticket, receipt.code)
}

struct Slip<'a> {
    receipt: &'a ReceiptView,
    account: Option<&'a AccountView>,
    paper: Paper,
    words: &'static Words,
}

impl Slip<'_> {
    fn text(&self) -> String {
        let rule = "-".repeat(PAPER);
        let mut lines = vec![centred(self.words.title)];
        if self.receipt.state == ReceiptState::Voided {
            lines.push(centred(self.words.void_title));
        }
        lines.push(rule.clone());
        lines.extend(self.body());
        for reversal in &self.receipt.reversals {
            lines.push(rule.clone());
            lines.extend(self.reversed(reversal));
        }
        lines.push(rule.clone());
        lines.extend(labelled(self.words.code, &self.receipt.code));
        lines.extend(wrapped(self.words.check, PAPER));
        lines.extend(wrapped(&link(self.receipt, self.account), PAPER));
        lines.push(rule);
        lines.push(centred(self.words.keep));
        if !self.receipt.signed {
            lines.push("*".to_owned());
        }
        lines.join("\n") + "\n"
    }

    fn body(&self) -> Vec<String> {
        let (words, receipt) = (self.words, &self.receipt.receipt);
        let (still_open, prepaid) = (receipt.open - receipt.applied(), receipt.prepaid());
        let collector = self.account.map(|account| account.name.clone());
        let optional = |label, value: Option<String>| value.map(|value| (label, value));
        let lines = [
            Some((words.number, self.receipt.ticket.to_string())),
            Some((words.time, self.moment(self.receipt.at))),
            Some((words.account, receipt.account.clone())),
            optional(words.customer, self.receipt.customer.clone()),
            Some((words.period, receipt.period.clone())),
            Some((words.due, receipt.due.to_string())),
            Some((words.paid, self.amount(receipt.amount))),
            self.in_words(receipt.amount),
            prepaid.is_positive().then(|| (words.prepaid, prepaid.to_string())),
            still_open.is_positive().then(|| (words.still_open, still_open.to_string())),
            Some((words.method, words::method(self.paper.language, &receipt.method))),
            optional(words.collector, collector),
        ];
        lines.into_iter().flatten().flat_map(|(label, value)| labelled(label, &value)).collect()
    }

    fn reversed(&self, reversal: &Reversal) -> Vec<String> {
        let words = self.words;
        let when = if reversal.act == "voided" { words.voided } else { words.refunded };
        let lines = [
            Some((when, self.moment(reversal.at))),
            Some((words.given_back, self.amount(reversal.amount))),
            self.in_words(reversal.amount),
            Some((words.reason, reversal.reason.clone())),
        ];
        lines.into_iter().flatten().flat_map(|(label, value)| labelled(label, &value)).collect()
    }

    fn amount(&self, amount: Fen) -> String {
        match self.paper.language {
            PaperLanguage::Chinese => format!("￥{amount}"),
            PaperLanguage::English => format!("CNY {amount}"),
        }
    }

    /// Chinese receipts say it twice.
    fn in_words(&self, amount: Fen) -> Option<(&'static str, String)> {
        (self.paper.language == PaperLanguage::Chinese).then(|| ("大写", capitals::capitals(amount)))
    }

    /// As this phone's clock claims.
    fn moment(&self, at: Timestamp) -> String {
        let date = self.paper.offset.date_at(at);
        let minutes = at.since_ms(self.paper.offset.start_of(date)) / 60_000;
        format!("{date} {:02}:{:02}", minutes / 60, minutes % 60)
    }
}
