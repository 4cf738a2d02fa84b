#![doc = include_str!("../README.md")]

mod act;
mod args;
mod clock;
mod described;
mod enrol;
mod exit;
mod failure;
mod fields;
mod form;
mod json;
mod lang;
mod money;
mod next;
mod page;
mod phone;
mod run;
mod syncing;
mod terminal;
#[cfg(test)]
mod tests;
mod view;
mod watch;
mod way;
mod width;
mod words;

pub use args::{Action, Booking, Cli, Edit, Money};
pub use clock::UtcOffset;
pub use exit::Exit;
pub use lang::Lang;
pub use run::run;
