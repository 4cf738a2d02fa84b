//! What apps see of an error, and what they never see.

use std::{fmt::Debug, io};

use linecrew_client::{
    AttachmentError, CommandError, FindError, KeyFileError, NoSpace, OpenError, SignInError, StorageError, StoreError, SyncError,
    collection::CollectionError,
    driver::SyncStop,
    protocol::{Reason, Refusal, ids::DocumentId},
    transport::{AddressError, Distrust, Problem, TransportError},
};

use super::{Found, LinecrewError, of_stop};

/// Stands for everything that must not reach a crash reporter.
const NEEDLE: &str = "Huang";

fn failed() -> io::Error {
    io::Error::other(NEEDLE)
}

fn item() -> DocumentId {
    DocumentId::from_bytes([7; 16])
}

fn code(of: impl Into<LinecrewError>) -> String {
    format!("{:?}", of.into())
}

#[test]
fn a_panic_in_a_transaction_is_known_by_its_type() {
    let panicked = LinecrewError::from(StoreError::from(StorageError::JobPanicked));
    assert_eq!(panicked, LinecrewError::panicked(None));
    let words = StoreError::Failed { source: StorageError::GroupRolledBack };
    assert_eq!(LinecrewError::from(words), LinecrewError::store("busy"));
    assert_eq!(LinecrewError::from(CommandError::Store(StorageError::JobPanicked.into())), LinecrewError::panicked(None));
    assert_eq!(LinecrewError::from(OpenError::Begin(StorageError::Closed.into())), LinecrewError::Closed);
}

#[test]
fn nothing_that_somebody_typed_and_no_name_or_path_is_in_an_error() {
    let text = || NEEDLE.to_owned();
    let path = || std::path::PathBuf::from(NEEDLE);
    let seen = [
        code(FindError::NotFound(text())),
        code(SignInError::OthersEditsWait { name: text(), pending: 2 }),
        code(CollectionError::ReceivableClosed { account: text(), period: text() }),
        code(CollectionError::BookFrozen { reason: text() }),
        code(CollectionError::Refused(Refusal::new(Reason::InvalidValue, NEEDLE))),
        code(CommandError::Refused(Refusal::new(Reason::InvalidValue, NEEDLE))),
        code(CommandError::DamagedItem { document: item(), damage: Refusal::new(Reason::Undecodable, NEEDLE) }),
        code(CommandError::File(failed())),
        code(KeyFileError::Exposed { path: path() }),
        code(KeyFileError::File { path: path(), source: failed() }),
        code(AttachmentError::Read { hash: text(), source: failed() }),
        code(AddressError::NotAnAddress(text())),
        code(AddressError::CleartextRefused { host: text() }),
        code(TransportError::Connect { server: text(), source: failed() }),
        code(TransportError::Untrusted { server: text(), why: Distrust::Expired, source: failed() }),
        code(TransportError::Broken(failed())),
        code(TransportError::Refused(Box::new(Problem::new(503, NEEDLE, NEEDLE)))),
        code(failed()),
        of_stop(&SyncStop::Transport(TransportError::Refused(Box::new(Problem::new(503, NEEDLE, NEEDLE))))).0,
    ];
    for seen in seen {
        assert!(!seen.contains(NEEDLE), "{seen}");
    }
}

#[test]
fn an_error_says_what_can_be_done() {
    let full = || io::Error::from(io::ErrorKind::StorageFull);
    let problem = |code: &str| TransportError::Refused(Box::new(Problem::new(409, code, "")));
    is(CommandError::StorageFull(NoSpace::Files(full())), LinecrewError::StorageFull);
    is(full(), LinecrewError::StorageFull);
    is(io::Error::from(io::ErrorKind::NotFound), LinecrewError::not_found("file"));
    is(CollectionError::NoSession, LinecrewError::not_permitted("no_session"));
    is(CollectionError::Locked(StoreError::Locked), LinecrewError::Locked);
    is(problem("busy"), LinecrewError::offline("busy", None));
    is(problem("unauthenticated"), LinecrewError::needs_sign_in("unauthenticated"));
    is(problem("upgrade_required"), LinecrewError::upgrade_required("server"));
    let found = vec![Found { document: item(), number: "20261129-0007".to_owned() }];
    is(FindError::Ambiguous(vec![(item(), "20261129-0007".to_owned())]), LinecrewError::Ambiguous { found });
}

#[test]
fn a_sync_stops_with_the_code_that_the_error_has() {
    let expired = TransportError::Untrusted { server: String::new(), why: Distrust::Expired, source: failed() };
    let mut busy = Problem::new(503, "busy", "");
    busy.retry_after_ms = Some(900);
    let stops = [
        (SyncStop::Transport(expired), "certificate_expired", None),
        (SyncStop::Transport(TransportError::Connect { server: String::new(), source: failed() }), "no_connection", None),
        (SyncStop::Transport(TransportError::Refused(Box::new(busy))), "busy", Some(900)),
        (SyncStop::Store(SyncError::Store(StorageError::Closed.into())), "store", None),
        (SyncStop::Silent, "timed_out", None),
    ];
    for (stop, code, retry_after_ms) in stops {
        assert_eq!(of_stop(&stop), (code.to_owned(), retry_after_ms));
    }
}

fn is(error: impl Into<LinecrewError> + Debug, expected: LinecrewError) {
    assert_eq!(error.into(), expected);
}
