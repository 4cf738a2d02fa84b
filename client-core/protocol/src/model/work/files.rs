//! Attachments as references, and signatures as strokes.
//!
//! A photo's bytes never travel in a document: an `attached` event names them by their hash, and whether they are safe on the server is a
//! fact of its own. A signature is small enough to be the event's body itself.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::{
    limits::{MAX_ATTACHMENT_BYTES, MAX_SIGNATURE_BYTES},
    refusal::{Reason, Refusal},
    time::Timestamp,
};

use super::{
    field::is_hash,
    order::{bounded, required},
};

/// A reference to bytes that lie beside the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// SHA-256 of the bytes, in lower-case hexadecimal: their name everywhere.
    pub hash: String,
    /// What it shows: `photo`, `document`, `audio`.
    pub kind: AttachmentKind,
    /// The media type.
    pub mime: String,
    /// How many bytes.
    pub bytes: u64,
    /// When it was taken, by the phone's clock.
    pub taken_at: Timestamp,
    /// What it is, in the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub caption: String,
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    Photo,
    /// A scanned or written page.
    Document,
    /// A recording.
    Audio,
}

impl Attachment {
    /// Whether it can be one.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        if !is_hash(&self.hash) {
            return Err(Refusal::new(Reason::InvalidValue, "hash must be a SHA-256 in lower-case hexadecimal"));
        }
        if self.bytes == 0 || self.bytes > MAX_ATTACHMENT_BYTES {
            let detail = format!("an attachment has 1 to {MAX_ATTACHMENT_BYTES} bytes, not {}", self.bytes);
            return Err(Refusal::new(Reason::InvalidValue, detail));
        }
        required("mime", &self.mime)?;
        bounded("caption", &self.caption)
    }
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose.
    pub role: SignerRole,
    /// The signer's name, as they gave it.
    pub name: String,
    /// What the pen did.
    pub strokes: Strokes,
}

/// In which part somebody signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerRole {
    /// The customer.
    Customer,
    /// The technician.
    Technician,
    /// Somebody who saw it.
    Witness,
}

impl Signature {
    /// Whether it can be one.
    ///
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        required("name", &self.name)?;
        self.strokes.validate().map_err(|problem| Refusal::new(Reason::InvalidValue, format!("strokes {problem}")))
    }
}

/// Pen strokes: lines of points on a canvas of [`Strokes::WIDTH`] by [`Strokes::HEIGHT`] units, from its top left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Strokes(pub Vec<Vec<(u16, u16)>>);

impl Strokes {
    /// The canvas's width.
    pub const WIDTH: u16 = 400;
    /// The canvas's height.
    pub const HEIGHT: u16 = 160;

    /// Reads strokes from an event's body.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(value: &serde_json::Value) -> Result<Self, &'static str> {
        let strokes: Self = serde_json::from_value(value.clone()).map_err(|_| "must be lines of [x, y] points")?;
        strokes.validate().map(|()| strokes)
    }

    fn validate(&self) -> Result<(), &'static str> {
        if self.0.iter().all(|line| line.len() < 2) {
            return Err("hold no line");
        }
        if self.0.iter().flatten().any(|(x, y)| *x > Self::WIDTH || *y > Self::HEIGHT) {
            return Err("leave the canvas of 400 by 160");
        }
        let bytes = serde_json::to_string(self).map_or(usize::MAX, |text| text.len());
        if bytes > MAX_SIGNATURE_BYTES { Err("take more than 4 KiB: thin the points out") } else { Ok(()) }
    }

    /// The signature as a picture. Holds numbers only, so nothing in it can act.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let mut path = String::new();
        for line in self.0.iter().filter(|line| line.len() > 1) {
            for (place, (x, y)) in line.iter().enumerate() {
                let _ = write!(path, "{}{x} {y}", if place == 0 { "M" } else { "L" });
            }
        }
        let (width, height) = (Self::WIDTH, Self::HEIGHT);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}" fill="none" stroke="#1a3a6b" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>"##
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_becomes_a_picture_of_numbers() {
        let strokes = Strokes(vec![vec![(1, 2), (30, 40)], vec![(5, 5)]]);
        assert!(strokes.to_svg().contains(r#"d="M1 2L30 40""#));
    }

    #[test]
    fn a_signature_that_is_none_is_refused() {
        for (text, problem) in
            [("[]", "hold no line"), ("[[[1,1]]]", "hold no line"), ("[[[1,1],[401,1]]]", "leave the canvas"), ("7", "must be")]
        {
            let refused = Strokes::read(&serde_json::from_str(text).unwrap()).unwrap_err();
            assert!(refused.starts_with(problem), "{text}: {refused}");
        }
        let long = Strokes(vec![vec![(399, 159); 600]]);
        assert!(long.validate().unwrap_err().starts_with("take more"));
    }
}
