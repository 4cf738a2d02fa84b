//! A phone in a process of its own, to be killed: what the crash test and `linecrew-crash-phone` have in common.
//!
//! The process prints one line of JSON, a [`SavedEdit`](linecrew_client::SavedEdit), for each command that returned. A line is shorter than
//! what a pipe takes at once (`PIPE_BUF`, 4,096 bytes on Linux), so the kernel has all of it or nothing: whatever kills the process, a line
//! that was read is a promise that was made.

mod script;

pub use script::Script;

/// What the phone's link is like in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Contact {
    /// None: commands only.
    Offline,
    /// A sync in requests, now and then between two commands.
    Requests,
    /// A live connection, beside the commands.
    Live,
}
