//! Building the workspace's programs, and becoming one of them.

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use crate::{house, shell::Line};

/// A build of all programs. Always of the whole workspace: a selection would unify features differently and build libraries twice.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Build {
    /// The one profile that tests and the demo share.
    Dev,
    /// For measuring.
    Release,
}

impl Build {
    /// Builds every program of the workspace.
    pub(crate) fn make(self) -> Result<()> {
        match self {
            Self::Dev => Line::new("cargo build --workspace --bins").prepare(),
            Self::Release => Line::new("cargo build --workspace --bins --release").prepare(),
        }
    }

    /// The path of a program.
    pub(crate) fn program(self, name: &str) -> Result<PathBuf> {
        let folder = match self {
            Self::Dev => "debug",
            Self::Release => "release",
        };
        Ok(house::target()?.join(folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
    }
}

/// Becomes `command`: its output, its exit code and the signals of the terminal are its own.
pub(crate) fn become_program(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    let error = std::os::unix::process::CommandExt::exec(command);
    #[cfg(not(unix))]
    let error = match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    };
    Err(error).with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))
}
