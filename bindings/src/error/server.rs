//! What can go wrong between here and the server.

use linecrew_client::{
    EnrolError, SignInError,
    transport::{AddressError, Distrust, PrivateCaError, Problem, TransportError},
};

use super::LinecrewError;

/// A code of the server's is at most so long.
const MAX_CODE_CHARS: usize = 40;

impl From<AddressError> for LinecrewError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::NotAnAddress(_) => Self::invalid("server_address"),
            AddressError::CleartextRefused { .. } => Self::untrusted("cleartext_refused"),
        }
    }
}

impl From<PrivateCaError> for LinecrewError {
    fn from(error: PrivateCaError) -> Self {
        match error {
            PrivateCaError::NotPem(_) | PrivateCaError::NoCertificate | PrivateCaError::TooMany | PrivateCaError::BadCertificate(_) => {
                Self::invalid("ca_pem")
            }
        }
    }
}

impl From<TransportError> for LinecrewError {
    fn from(error: TransportError) -> Self {
        Self::from(&error)
    }
}

impl From<&TransportError> for LinecrewError {
    fn from(error: &TransportError) -> Self {
        match error {
            TransportError::Connect { .. } => Self::offline("no_connection", None),
            TransportError::Untrusted { why, .. } => Self::untrusted(of_distrust(*why)),
            TransportError::NotEncrypted { .. } => Self::untrusted("not_encrypted"),
            TransportError::TimedOut(_) => Self::offline("timed_out", None),
            TransportError::Http(_) | TransportError::Socket(_) | TransportError::Broken(_) => Self::offline("broke_off", None),
            TransportError::NotOurs { .. } => Self::offline("not_ours", None),
            TransportError::Refused(problem) => of_problem(problem),
            TransportError::TooLarge => Self::offline("too_large", None),
        }
    }
}

fn of_distrust(why: Distrust) -> &'static str {
    match why {
        Distrust::UnknownIssuer => "unknown_issuer",
        Distrust::Expired => "certificate_expired",
        Distrust::NotYetValid => "certificate_not_yet_valid",
        Distrust::OtherName => "other_name",
        Distrust::Unusable => "certificate_unusable",
    }
}

/// The server's own codes are an open list: a newer one sends others.
fn of_problem(problem: &Problem) -> LinecrewError {
    match problem.code.as_str() {
        "unauthenticated" => LinecrewError::needs_sign_in("unauthenticated"),
        "upgrade_required" => LinecrewError::upgrade_required("server"),
        code if is_a_code(code) => LinecrewError::offline(code, problem.retry_after_ms),
        _ => LinecrewError::offline("refused", problem.retry_after_ms),
    }
}

/// Whether it can be nothing but a code: what somebody wrote in its place stays here.
fn is_a_code(text: &str) -> bool {
    (1..=MAX_CODE_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

impl From<SignInError> for LinecrewError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::OthersEditsWait { pending, .. } => Self::OthersEditsWait { pending },
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<EnrolError> for LinecrewError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::InvitationInvalid => Self::needs_sign_in("invitation_invalid"),
            EnrolError::OfAnother => Self::needs_sign_in("installation_of_another"),
            EnrolError::KeyDiffers => Self::needs_sign_in("installation_key_differs"),
            EnrolError::Revoked => Self::needs_sign_in("installation_revoked"),
            EnrolError::KeyUnavailable(error) => error.into(),
            EnrolError::Transport(error) => error.into(),
            EnrolError::NotOurs(_) => Self::offline("not_ours", None),
            EnrolError::SignIn(error) => error.into(),
        }
    }
}
