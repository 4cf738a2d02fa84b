//! Limits of the network, in one place.

use std::time::Duration;

/// From the first name lookup to an open connection. A mobile link that needs longer will not carry a session either.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// From sending a request to the end of its answer: 256 KiB at 2G's 5 KB/s take 52 s.
pub(super) const REPLY_TIMEOUT: Duration = Duration::from_secs(60);
/// Read buffer of the socket; messages grow it as they need (tungstenite's own default of 128 KiB serves nobody here).
pub(super) const READ_BUFFER_BYTES: usize = 4 * 1024;
/// What the socket holds unsent before it refuses more: one largest message and its header.
pub(super) const WRITE_BUFFER_BYTES: usize = 1024 * 1024 + 64;
/// Certificates in a file that pins the company's CA: the old one and the new one while they change, each with a cross-signed twin.
pub(super) const MAX_CA_CERTIFICATES: usize = 4;
/// Bytes of such a file.
pub(super) const MAX_CA_PEM_BYTES: usize = 64 * 1024;
/// TLS sessions that can be resumed: rustls keeps eight tickets for a server, and a transport has one server.
pub(super) const RESUMABLE_SESSIONS: usize = 8;
/// Bytes of an error page that are read to look for a problem document.
pub(super) const MAX_PROBLEM_BYTES: usize = 16 * 1024;
