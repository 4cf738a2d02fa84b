//! The session of both ends, without IO: frames and answers go in, steps come out.
//!
//! A driver owns the socket and the store. It feeds what arrives into [`PhoneSession`] or [`ServerSession`] and carries out the
//! [`PhoneStep`]s or [`ServerStep`]s **in order**, answering those that ask. Nothing here waits, reads a clock or draws randomness, so a
//! simulation replays exactly. What is there to send is always asked of the store, never remembered in a flag.

mod phone;
mod server;

pub use phone::{Hand, PhoneSession, PhoneStep};
pub use server::{Granted, Page, SIGN_IN_AGAIN, ServerSession, ServerStep};
