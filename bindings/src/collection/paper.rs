//! Receipts on paper.

use linecrew_client::{
    collection::{Paper, PaperLanguage},
    protocol::{calendar::UtcOffset, model::collection::Ticket},
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// The language of a receipt.
#[uniffi::remote(Enum)]
pub enum PaperLanguage {
    /// 中文.
    Chinese,
    /// English.
    English,
}

/// How a receipt is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PaperStyle {
    /// The language.
    pub language: PaperLanguage,
    /// How far the time on it is ahead of UTC, in minutes: 480 in China.
    #[uniffi(default = 480)]
    pub utc_offset_minutes: i32,
}

impl TryFrom<PaperStyle> for Paper {
    type Error = LinecrewError;
    fn try_from(PaperStyle { language, utc_offset_minutes }: PaperStyle) -> Result<Self, LinecrewError> {
        let offset = UtcOffset::from_minutes(utc_offset_minutes).map_err(|_| LinecrewError::invalid("utc_offset"))?;
        Ok(Self { language, offset })
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// The receipt as text of 32 columns, of which a Chinese character takes two: the paper of a printer of 58 mm. One that was voided, or of which
    /// money was given back, says so.
    ///
    /// # Errors
    /// [`LinecrewError::NotFound`] with `unknown_ticket`; [`LinecrewError::Invalid`] with `utc_offset`.
    pub fn print_text(&self, ticket: Ticket, style: PaperStyle) -> Result<String, LinecrewError> {
        let paper = Paper::try_from(style)?;
        self.read(|client| Ok(client.print_text(&ticket, paper)?))
    }

    /// The QR code of the link at which anybody can check the receipt: a PNG of 384 dots' width, black on white.
    ///
    /// # Errors
    /// [`LinecrewError::NotFound`] with `unknown_ticket`.
    pub fn print_png(&self, ticket: Ticket) -> Result<Vec<u8>, LinecrewError> {
        self.read(|client| Ok(client.print_png(&ticket)?))
    }
}
