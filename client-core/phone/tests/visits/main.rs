//! Whole visits in the terminal, offline, and what the office says about them afterwards.

// The office of the client's tests names the contract by its crate; a phone knows the contract through the client only.
extern crate self as linecrew_protocol;
use linecrew_client::protocol::*;

#[cfg(test)]
mod collecting;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod nobodys;
#[cfg(test)]
#[path = "../../../tests/device/office.rs"]
#[expect(dead_code, reason = "shared with the client's tests, which use the rest")]
mod office;
#[cfg(test)]
#[path = "../../../tests/device/phone.rs"]
#[expect(dead_code, reason = "shared with the client's tests, which use the rest")]
mod phone;
#[cfg(test)]
mod repairs;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod terminal;
