//! Signing in with OpenID Connect, against a provider that can be wrong in every way.

mod attacks;
mod browser;
mod faults;
mod linking;
mod provider;
mod sign_in;
