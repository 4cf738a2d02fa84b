//! TLS as phones and others meet it: a real server on a free port, certificates made for each test, raw sockets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test may panic")]

mod certificates;
mod handshakes;
mod http;
mod idle;
mod pairs;
mod program;
mod renewal;
mod server;
