//! The server's own error answers (RFC 9457), told apart from everybody else's.

use serde::Deserialize;

/// What a problem document of ours says (docs/api.md).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// For people.
    pub title: String,
    /// For people, more exactly.
    #[serde(default)]
    pub detail: Option<String>,
    /// When trying again can help.
    #[serde(default)]
    pub retry_after_ms: Option<u64>,
    status: u16,
    #[serde(rename = "type")]
    uri: String,
}

/// Where our problem types live: a gateway's own problem documents have another.
const OUR_PROBLEMS: &str = "https://linecrew.dev/problems/";

impl Problem {
    /// Reads a problem document of ours; anything else is somebody in between.
    pub(super) fn read(status: u16, body: &[u8]) -> Option<Self> {
        let problem: Self = serde_json::from_slice(body).ok()?;
        (problem.status == status && problem.uri.starts_with(OUR_PROBLEMS)).then_some(problem)
    }

    /// A problem of ours with these words, for transports that do not speak HTTP.
    #[must_use]
    pub fn new(status: u16, code: &str, title: &str) -> Self {
        let uri = format!("{OUR_PROBLEMS}{}", code.replace('_', "-"));
        Self { code: code.to_owned(), title: title.to_owned(), detail: None, retry_after_ms: None, status, uri }
    }

    /// In one line.
    #[must_use]
    pub fn words(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_problems_count() {
        let ours = br#"{"type":"https://linecrew.dev/problems/busy","title":"Busy","status":503,"code":"busy","detail":null,"retry_after_ms":900}"#;
        let problem = Problem::read(503, ours).unwrap();
        assert_eq!((problem.code.as_str(), problem.retry_after_ms, problem.words()), ("busy", Some(900), "Busy"));
        assert_eq!(Problem::read(401, ours), None, "the status line says something else");
        for foreign in [
            &b"<html>Sign in to the hotel's network</html>"[..],
            br#"{"error":"unauthorized"}"#,
            br#"{"type":"about:blank","title":"Unauthorized","status":401,"code":"unauthenticated"}"#,
        ] {
            assert_eq!(Problem::read(401, foreign), None);
        }
    }
}
