//! What the crate promises, tried from outside: on real files, across processes, with kills and full disks.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

mod closing;
mod corruption;
mod encryption;
mod full;
mod groups;
mod io_error;
mod kill;
mod migrations;
mod reading;
mod recovery;
mod settings;
mod sharing;
mod support;
