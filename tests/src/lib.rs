#![doc = include_str!("../README.md")]

pub mod bench;
pub mod check;
pub mod clock;
pub mod crash;
pub mod day;
pub mod divisions;
pub mod fleet;
pub mod key;
pub mod link;
pub mod office;
pub mod organisation;
pub mod phone;
mod port;
pub mod reports;
mod round;
pub mod scenario;
pub mod seed;
pub mod server;
