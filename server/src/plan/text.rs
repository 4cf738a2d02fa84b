//! From the bytes of a file to its text: UTF-8 with or without a byte order mark, or GB18030, which Chinese spreadsheets still write.

use std::{borrow::Cow, fmt, str};

use encoding_rs::{DecoderResult, GB18030};

use super::limits::MAX_FILE_BYTES;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// So many ideographs that are right in UTF-8 before the first wrong byte prove a damaged UTF-8 file. GB18030 makes one by accident only with
/// rare characters in a row, so four of them do not happen.
const PROOF_OF_UTF8: usize = 4;

/// How a file's characters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, and so GBK and GB2312.
    Gb18030,
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
        })
    }
}

/// Why a file has no text to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing in it, or only blank lines.
    #[error("the file is empty")]
    Empty,
    /// Above [`MAX_FILE_BYTES`].
    #[error("the file has {bytes} bytes; at most {MAX_FILE_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Text never holds a NUL.
    #[error("line {line} holds a NUL byte: this is a workbook, UTF-16, or damaged; save it as CSV in UTF-8")]
    Nul {
        /// Counted from 1.
        line: u64,
    },
    /// It begins with the byte order mark of UTF-16.
    #[error("the file is UTF-16; save it as CSV in UTF-8")]
    Utf16,
    /// A byte that the encoding does not allow.
    #[error("line {line} is not {encoding}: the file is in another encoding, or damaged")]
    Encoding {
        /// What it was read as.
        encoding: Encoding,
        /// Counted from 1.
        line: u64,
    },
}

/// The text, and what it was read as: `wanted`, or what the bytes say.
///
/// # Errors
/// [`TextError`]; a file is read as a whole or not at all.
pub(crate) fn decode(bytes: &[u8], wanted: Option<Encoding>) -> Result<(Cow<'_, str>, Encoding), TextError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(TextError::TooLarge { bytes: bytes.len() });
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(TextError::Utf16);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(TextError::Nul { line: line_of(bytes, at) });
    }
    let encoding = wanted.unwrap_or_else(|| detect(bytes));
    let text = match encoding {
        Encoding::Utf8 => Cow::Borrowed(utf8(bytes)?),
        Encoding::Gb18030 => Cow::Owned(gb18030(bytes)?),
    };
    if text.trim().is_empty() { Err(TextError::Empty) } else { Ok((text, encoding)) }
}

fn detect(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(UTF8_MARK) {
        return Encoding::Utf8;
    }
    let Err(wrong) = str::from_utf8(bytes) else { return Encoding::Utf8 };
    let right = bytes.get(..wrong.valid_up_to()).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default();
    let ideographs = right.chars().filter(|letter| ('\u{4E00}'..='\u{9FFF}').contains(letter)).take(PROOF_OF_UTF8).count();
    if ideographs == PROOF_OF_UTF8 { Encoding::Utf8 } else { Encoding::Gb18030 }
}

fn utf8(bytes: &[u8]) -> Result<&str, TextError> {
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    let skipped = bytes.len() - text.len();
    str::from_utf8(text)
        .map_err(|wrong| TextError::Encoding { encoding: Encoding::Utf8, line: line_of(bytes, skipped + wrong.valid_up_to()) })
}

fn gb18030(bytes: &[u8]) -> Result<String, TextError> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) if !bytes.starts_with(UTF8_MARK) => Ok(text),
        // A byte order mark of UTF-8 would pass as two rare characters.
        (DecoderResult::InputEmpty, _) => Err(TextError::Encoding { encoding: Encoding::Gb18030, line: 1 }),
        (DecoderResult::OutputFull | DecoderResult::Malformed(..), read) => {
            Err(TextError::Encoding { encoding: Encoding::Gb18030, line: line_of(bytes, read.saturating_sub(1)) })
        }
    }
}

/// The line of a byte, counted from 1. A line feed is never part of another character, in neither encoding.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    bytes.iter().take(at).filter(|byte| **byte == b'\n').fold(1, |line, _| line + 1)
}
