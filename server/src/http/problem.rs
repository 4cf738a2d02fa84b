//! Failures as callers see them: RFC 9457 problem documents with stable codes (docs/api.md). This is the one place where an error of the
//! inside becomes HTTP.

use std::time::Duration;

use linecrew_protocol::{Reason, Refusal};
use serde::Serialize;
use warp::http::{
    HeaderValue, StatusCode,
    header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};

use crate::store::StoreError;

use super::reply::{Response, body};

/// When a full disk may have been looked after.
const STORAGE_FULL_RETRY_MS: u64 = 30_000;
/// When a busy store may have caught up.
const BUSY_RETRY_MS: u64 = 1_000;

macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident = $status:literal, $code:literal, $title:literal;)*) => {
        /// A stable problem code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Status, code and title.
            fn describe(self) -> (u16, &'static str, &'static str) {
                match self { $(Self::$variant => ($status, $code, $title),)* }
            }
        }
    };
}

problems! {
    MalformedJson = 400, "malformed_json", "The body is not JSON";
    InvalidField = 400, "invalid_field", "A field is missing or not valid";
    IdempotencyKeyRequired = 400, "idempotency_key_required", "An Idempotency-Key header is required";
    Unauthenticated = 401, "unauthenticated", "Sign in";
    WrongCredentials = 401, "wrong_credentials", "User name or password is wrong";
    InvitationInvalid = 401, "invitation_invalid", "The invitation is not valid, or no longer";
    InstallationOfAnother = 403, "installation_of_another", "This installation belongs to another person";
    InstallationKeyDiffers = 403, "installation_key_differs", "This installation is known with another key";
    InstallationRevoked = 403, "installation_revoked", "This installation was revoked";
    NotPermitted = 403, "not_permitted", "You may not do this";
    CsrfHeaderRequired = 403, "csrf_header_required", "The header X-Linecrew: board is required with a cookie";
    NotFound = 404, "not_found", "There is nothing here";
    MethodNotAllowed = 405, "method_not_allowed", "This method is not for this address";
    BodyTimeout = 408, "body_timeout", "The body came too slowly";
    StateConflict = 409, "state_conflict", "The item's state does not permit this";
    LengthRequired = 411, "length_required", "A Content-Length header is required";
    BodyTooLarge = 413, "body_too_large", "The body is too large";
    UnsupportedMediaType = 415, "unsupported_media_type", "This content type is not understood here";
    CalendarUnknown = 422, "calendar_unknown", "The workdays of that year are not known";
    IdempotencyKeyReused = 422, "idempotency_key_reused", "This Idempotency-Key came before with another body";
    UpgradeRequired = 426, "upgrade_required", "This address speaks WebSocket";
    TooManyRequests = 429, "too_many_requests", "Too many attempts";
    HeaderTooLarge = 431, "header_too_large", "The header is too large";
    Internal = 500, "internal", "The server failed";
    ProviderUnavailable = 503, "provider_unavailable", "The sign-in service cannot be reached";
    Busy = 503, "busy", "The server has too much to do";
    StorageFull = 503, "storage_full", "The server's disk is full";
}

/// A failure on its way to the caller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    code: Code,
    detail: Option<String>,
    retry_after_ms: Option<u64>,
    state: Option<String>,
    allow: Option<&'static str>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: Option<&'a str>,
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
}

impl Problem {
    /// A problem that needs no more words than its title.
    pub(crate) fn new(code: Code) -> Self {
        Self { code, detail: None, retry_after_ms: None, state: None, allow: None }
    }

    /// The stable code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// A field that is missing or wrong; `detail` names it.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidField).because(detail)
    }

    /// Another method is needed.
    pub(crate) fn method(allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed) }
    }

    /// With words for a person.
    #[must_use]
    pub(crate) fn because(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With the moment when trying again can help.
    #[must_use]
    pub(crate) fn retry_after_ms(self, millis: u64) -> Self {
        Self { retry_after_ms: Some(millis), ..self }
    }

    /// Too much was tried; after `wait` one more attempt is allowed.
    pub(crate) fn too_many(wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
        Self::new(Code::TooManyRequests).retry_after_ms(millis)
    }

    /// What the inside failed with is for the log; the caller learns only that it failed.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %Chain(error), "a request failed");
        Self::new(Code::Internal)
    }

    /// A refusal by the rules. `state` is the state of the item that was refused.
    pub(crate) fn refused(refusal: Refusal, state: Option<String>) -> Self {
        let code = match refusal.reason {
            Reason::RoleNotPermitted | Reason::NotYourItem | Reason::SectionNotPermitted | Reason::WrongAuthor | Reason::Revoked => {
                Code::NotPermitted
            }
            Reason::InvalidValue | Reason::RuleViolated => Code::InvalidField,
            Reason::StateNotPermitted | Reason::DocumentLimit => Code::StateConflict,
            _ => {
                tracing::error!(refusal.reason = %refusal.reason, "the rules refused an office command for a reason that only phones give");
                Code::Internal
            }
        };
        let state = state.filter(|_| code == Code::StateConflict);
        Self { state, ..Self::new(code).because(refusal.detail) }
    }

    fn document(&self) -> Document<'_> {
        let (status, code, title) = self.code.describe();
        let r#type = format!("https://linecrew.dev/problems/{}", code.replace('_', "-"));
        Document {
            r#type,
            title,
            status,
            code,
            detail: self.detail.as_deref(),
            retry_after_ms: self.retry_after_ms,
            state: self.state.as_deref(),
        }
    }

    /// The document as JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.document()).unwrap_or_default()
    }

    /// The reply.
    pub(crate) fn into_response(self) -> Response {
        let document = self.document();
        let mut response = body(self.json());
        *response.status_mut() = StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(millis) = self.retry_after_ms {
            headers.insert(RETRY_AFTER, HeaderValue::from(millis.div_ceil(1000)));
        }
        if document.status == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::new(Code::StorageFull).retry_after_ms(STORAGE_FULL_RETRY_MS),
            StoreError::Busy => Self::new(Code::Busy).retry_after_ms(BUSY_RETRY_MS),
            StoreError::AccessChanged | StoreError::IdentityReused | StoreError::Failed { .. } => Self::internal(&error),
        }
    }
}

/// An error with its causes, for one line of a log.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_tells_when_to_come_back() {
        let response = Problem::from(StoreError::Full).into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "30");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }

    #[test]
    fn the_document_is_the_one_of_the_reference() {
        let problem = Problem::new(Code::NotPermitted).because("role repair_crew cannot assign work");
        assert_eq!(
            serde_json::to_value(problem.document()).unwrap(),
            serde_json::json!({"type": "https://linecrew.dev/problems/not-permitted", "title": "You may not do this", "status": 403,
                "code": "not_permitted", "detail": "role repair_crew cannot assign work", "retry_after_ms": null})
        );
    }

    #[test]
    fn a_refusal_by_state_names_the_state() {
        let refusal = Refusal::new(Reason::StateNotPermitted, "it is archived");
        let document = serde_json::to_value(Problem::refused(refusal, Some("archived".to_owned())).document()).unwrap();
        assert_eq!((&document["code"], &document["state"]), (&"state_conflict".into(), &"archived".into()));
        let refusal = Refusal::new(Reason::RoleNotPermitted, "not yours");
        let document = serde_json::to_value(Problem::refused(refusal, Some("archived".to_owned())).document()).unwrap();
        assert_eq!((&document["code"], document.get("state")), (&"not_permitted".into(), None));
    }
}
