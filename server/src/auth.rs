//! Who calls: passwords, access tokens, and how often one may try to sign in.
//!
//! Nothing here decides what a person *may do*: roles are read from the store at every request, never from a token, so that a role taken
//! away is gone at once. Time is an argument throughout.

mod attempts;
mod key;
mod password;
mod token;

pub use attempts::{AttemptLimits, Attempts};
pub use key::{KeyError, SigningKey};
pub use password::{PasswordError, Passwords, hash_password};
pub use token::{Audience, Holder, Issued, Lifetimes, TokenError, Tokens};
