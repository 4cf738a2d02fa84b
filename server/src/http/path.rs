//! A request's path as the log shows it.

use linecrew_protocol::ids::DocumentId;

/// More segments than any address of ours has.
const MAX_SEGMENTS: usize = 8;

/// The path with its words and ids, and a star for every other segment. An address may hold anything: a name that a program put where an id
/// belongs, a token or a code that somebody pasted. A query is not part of it at all.
pub(super) fn to_log(path: &str) -> String {
    let mut shown = String::new();
    for segment in path.split('/').skip(1).take(MAX_SEGMENTS) {
        shown.push('/');
        shown.push_str(if is_ours(segment) { segment } else { "*" });
    }
    shown
}

/// A word of an address, such as `v1`, `work` or `hand-over`, or an id.
fn is_ours(segment: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.');
    segment == "v1" || segment.bytes().all(letter) || segment.parse::<DocumentId>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_ids_are_shown_and_nothing_else() {
        let id = "01931c6e-7d00-7000-8000-000000000000";
        for path in ["/", "/v1/work", "/v1/collection/books", "/.well-known/jwks.json", &format!("/v1/collection/books/{id}/hand-over")] {
            assert_eq!(to_log(path), path);
        }
        assert_eq!(to_log("/v1/work/%E9%99%88%E7%A7%80%E8%8B%B1"), "/v1/work/*");
        assert_eq!(to_log("/v1/customers/0591-87400174/5910200101"), "/v1/customers/*/*");
        assert_eq!(to_log("/v1/enrol/7K4QM-2XHTB"), "/v1/enrol/*");
        assert_eq!(to_log("/eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln"), "/*");
        assert_eq!(to_log(&"/a".repeat(100)), "/a".repeat(MAX_SEGMENTS));
    }
}
