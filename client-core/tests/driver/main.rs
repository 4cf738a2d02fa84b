//! The driver against the office of the device tests, over a line that can lose, cut, delay and refuse.

#[cfg(test)]
mod cancelled;
#[cfg(test)]
mod enrolling;
#[cfg(test)]
mod hand_in;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod live;
#[cfg(test)]
mod once;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod running;
#[cfg(test)]
mod switchboard;
#[cfg(test)]
mod tokens;

#[cfg(test)]
#[path = "../device/office.rs"]
#[expect(dead_code, reason = "shared with the device tests, which use the rest")]
mod office;
#[cfg(test)]
#[path = "../device/phone.rs"]
#[expect(dead_code, reason = "shared with the device tests, which use the rest")]
mod phone;
