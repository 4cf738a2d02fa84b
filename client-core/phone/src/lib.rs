#![doc = include_str!("../README.md")]

mod act;
mod args;
mod clock;
mod exit;
mod failure;
mod json;
mod lang;
mod page;
mod phone;
mod run;
mod sign_in;
mod syncing;
mod terminal;
#[cfg(test)]
mod tests;
mod view;
mod watch;
mod width;
mod words;

pub use args::{Action, Cli};
pub use clock::UtcOffset;
pub use exit::Exit;
pub use lang::Lang;
pub use run::run;
