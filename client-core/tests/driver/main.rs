//! The driver against the office of the device tests, over a line that can lose, cut, delay and refuse.

mod cancelled;
mod live;
mod once;
mod switchboard;

#[path = "../device/office.rs"]
mod office;
#[path = "../device/phone.rs"]
#[expect(dead_code, reason = "shared with the device tests, which use the rest")]
mod phone;
