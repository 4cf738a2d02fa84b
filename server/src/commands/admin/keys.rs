//! `linecrew admin rotate-key`.

use clap::Args;
use linecrew_server::{
    auth::{Lifetimes, Rotation, rotate_key},
    clock::{Clock, SystemClock},
};

use super::super::{output, place::Place};

#[derive(Debug, Args)]
pub(crate) struct RotateKeyArgs {
    #[command(flatten)]
    place: Place,
    /// The old key may be in other hands: what it has signed is worth nothing from now on. Staff sign in again; phones renew by themselves.
    #[arg(long)]
    compromised: bool,
}

impl RotateKeyArgs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let forget = self.compromised;
        let Rotation { retired, current } = rotate_key(self.place.data(), SystemClock.now(), Lifetimes::default().longest(), forget)?;
        let old = if forget { "is forgotten" } else { "verifies until its last token has ended" };
        output::line(format!("key {current} signs from now on; key {retired} {old}; a running server notices within seconds"))
    }
}
