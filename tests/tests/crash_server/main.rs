//! The server is killed with SIGKILL, batches come twice, acknowledgements get lost: every acknowledged edit is there, each is stored once,
//! and all phones come to hold the same.
//!
//! The server is the `linecrew` program in a process of its own. The moment *between commit and acknowledgement* is not left to luck: the
//! server is told to wait there for ever (`server/src/fail_point.rs`), the test sees the commit through the office and kills it then.

mod held;
mod ledger;
mod load;
mod repeated;
