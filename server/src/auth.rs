//! Who calls: passwords, access tokens, and how often one may try to sign in.
//!
//! Nothing here decides what a person *may do*: roles are read from the store at every request, never from a token, so that a role taken
//! away is gone at once. Time is an argument throughout.

mod attempts;
mod key;
mod oidc;
mod password;
mod refresh;
mod token;

pub use attempts::{AttemptLimits, Attempts};
pub use key::{KeyError, KeyRing, Rotation, SigningKey, rotate_key};
pub(crate) use key::{PublicKeyView, keep_fresh};
pub(crate) use oidc::{Begun, Oidc, OidcError, ProviderAnswer};
pub use oidc::{ClientSecret, OidcLimits, OidcSettings, OidcSettingsError};
pub use password::{MIN_PASSWORD_CHARS, PasswordError, Passwords, hash_password};
pub use refresh::RefreshToken;
pub use token::{Audience, Holder, Issued, Lifetimes, TokenError, Tokens};
