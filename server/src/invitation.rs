//! Invitations as the office hands them out: a fresh code, the link that holds it, and the link as a QR code.

use linecrew_protocol::{
    enrolment::{Invitation, InviteCode},
    time::Timestamp,
};
use qrcode::{Color, EcLevel, QrCode};
use rand::{TryRngCore, rngs::OsRng};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::store::{PersonBrief, register::CodeHash};

/// Good for as long when nobody says otherwise: the phone lies on the desk.
pub const DEFAULT_MINUTES: u32 = 15;
/// At most a day: a code on paper is a key under the mat.
pub const MAX_MINUTES: u32 = 1_440;

/// Why there is no invitation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvitationError {
    /// The operating system gave no randomness.
    #[error("failed to draw a code")]
    Randomness(#[source] rand::rand_core::OsError),
    /// The link does not fit: the server's address is too long.
    #[error("failed to draw the QR code of an invitation")]
    Code(#[source] qrcode::types::QrError),
}

/// An invitation, as it is shown once. Only the hash of its code is kept.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct InvitationView {
    /// The code, for those who type it.
    pub code: InviteCode,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the QR code holds.
    pub link: String,
    /// The QR code: a row of modules in each text, `1` is dark. The quiet zone of four modules around it is left to whoever draws it.
    pub qr: Vec<String>,
    /// Whose phone it will be.
    pub person: PersonBrief,
}

/// Without the code: it is a secret.
impl std::fmt::Debug for InvitationView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("InvitationView").field("person", &self.person.id).finish_non_exhaustive()
    }
}

impl InvitationView {
    /// A new one for this person, with a code that nobody has seen.
    ///
    /// # Errors
    /// [`InvitationError`].
    pub fn new(server: String, person: PersonBrief, expires_at: Timestamp) -> Result<Self, InvitationError> {
        let mut random = [0; 10];
        OsRng.try_fill_bytes(&mut random).map_err(InvitationError::Randomness)?;
        let code = InviteCode::of_random(random);
        let link = Invitation { code: code.clone(), server }.to_string();
        let qr = modules(&link).map_err(InvitationError::Code)?;
        Ok(Self { code, expires_at, link, qr, person })
    }
}

/// What an invitation is kept under.
#[must_use]
pub fn hash_of(code: &InviteCode) -> CodeHash {
    Sha256::digest(code.canonical()).into()
}

fn modules(text: &str) -> Result<Vec<String>, qrcode::types::QrError> {
    // Shown on a screen and read at once: a seventh may be unreadable, and the modules are larger.
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let module = |color: &Color| if *color == Color::Dark { '1' } else { '0' };
    Ok(code.to_colors().chunks(code.width()).map(|row| row.iter().map(module).collect()).collect())
}

#[cfg(test)]
mod tests {
    use linecrew_protocol::ids::PersonId;

    use super::*;

    fn view(server: &str) -> Result<InvitationView, InvitationError> {
        let person = PersonBrief { id: PersonId::from_bytes([1; 16]), name: "陈亮".to_owned() };
        InvitationView::new(server.to_owned(), person, Timestamp::from_unix_millis(1))
    }

    #[test]
    fn the_link_is_an_invitation_with_a_code_of_its_own() {
        let (one, two) = (view("https://linecrew.example").unwrap(), view("https://linecrew.example").unwrap());
        assert_ne!(one.code, two.code);
        let invitation: Invitation = one.link.parse().unwrap();
        assert_eq!((invitation.code, invitation.server.as_str()), (one.code.clone(), "https://linecrew.example"));
        assert!(!format!("{one:?}").contains(&one.code.to_string()), "the code is never shown in a log");
        assert!(matches!(view(&"x".repeat(5_000)), Err(InvitationError::Code(_))));
    }

    #[test]
    fn the_rows_are_a_square_with_a_finder_in_three_corners() {
        let qr = view("https://linecrew.example").unwrap().qr;
        assert!(qr.iter().all(|row| row.len() == qr.len()), "{qr:?}");
        assert!(qr.len() >= 29 && qr.len() % 4 == 1, "a version of QR code: {}", qr.len());
        let finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
        for (row, wanted) in qr.iter().zip(finder) {
            assert!(row.starts_with(wanted) && row.ends_with(wanted), "{row}");
        }
        for (row, wanted) in qr.iter().rev().zip(finder) {
            assert!(row.starts_with(wanted), "{row}");
        }
    }
}
