//! What must be on the machine besides Rust, and how to get it.
//!
//! A C compiler is not listed: SQLite, zstd and aws-lc need one, but so does linking this program. CMake is not needed either: aws-lc-sys
//! builds with `cc` alone on the platforms it ships bindings for (its `builder/main.rs`, `get_builder`).

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use crate::shell::Line;

/// Vite 8 needs it (`engines` in server/board/package.json).
const NODE_AT_LEAST: (u32, u32) = (20, 19);

/// What the Kotlin of the library for apps is compiled for (`jvmTarget` in bindings/kotlin/pom.xml).
const JDK_AT_LEAST: u32 = 17;

/// A tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// What is wrong with the one on this machine, if anything.
    complaint: fn() -> Option<String>,
    /// Debian's name for it, if Debian has it.
    debian: Option<&'static str>,
    /// How to get it elsewhere.
    remedy: &'static str,
}

/// Runs the board's build and its tests.
pub(crate) const NODE: Tool = Tool {
    complaint: || node_complaint(output_of("node", "--version")),
    debian: Some("nodejs"),
    remedy: "install Node.js 20.19 or newer from https://nodejs.org",
};
/// Installs the board's packages.
pub(crate) const NPM: Tool = Tool {
    complaint: || output_of("npm", "--version").is_none().then(|| "npm is missing".to_owned()),
    debian: Some("npm"),
    remedy: "it comes with Node.js from https://nodejs.org (on Debian, `apt-get install npm` as root)",
};
/// The browser of the board's tests.
pub(crate) const CHROMIUM: Tool = Tool {
    complaint: || chromium().is_none().then(|| "Chromium is missing".to_owned()),
    debian: Some("chromium"),
    remedy: "install it (on Debian, `apt-get install chromium` as root), or let the variable CHROMIUM name its program",
};
/// Runs the tests of the library for apps.
pub(crate) const PYTHON: Tool = Tool {
    complaint: || output_of("python3", "--version").is_none().then(|| "Python 3 is missing".to_owned()),
    debian: Some("python3"),
    remedy: "install Python 3.9 or newer from https://www.python.org",
};
/// Compiles and runs Kotlin.
pub(crate) const JDK: Tool = Tool {
    complaint: || jdk_complaint(output_of("javac", "-version")),
    debian: Some("openjdk-17-jdk-headless"),
    remedy: "install a JDK, 17 or newer, from https://adoptium.net",
};
/// Builds and tests the library for Kotlin.
pub(crate) const MAVEN: Tool = Tool {
    complaint: || output_of("mvn", "--version").is_none().then(|| "Maven is missing".to_owned()),
    debian: Some("maven"),
    remedy: "install Maven 3.8 or newer from https://maven.apache.org",
};
/// Formats.
pub(crate) const RUSTFMT: Tool =
    Tool { complaint: || cargo_complaint("fmt"), debian: None, remedy: "get it with `rustup component add rustfmt`" };
/// Lints.
pub(crate) const CLIPPY: Tool =
    Tool { complaint: || cargo_complaint("clippy"), debian: None, remedy: "get it with `rustup component add clippy`" };

/// Sees to it that the tools are there: installs what is missing where it can, says exactly what is missing where it cannot.
pub(crate) fn require(tools: &[Tool]) -> Result<()> {
    let missing = || tools.iter().filter(|tool| (tool.complaint)().is_some());
    let packages: Vec<&str> = missing().filter_map(|tool| tool.debian).collect();
    if !packages.is_empty() && is_root_on_debian() {
        // What apt says is on the screen; whether it helped is what counts.
        let _ = install(&packages);
    }
    let sentences: Vec<String> = missing().filter_map(|tool| Some(format!("{}: {}.", (tool.complaint)()?, tool.remedy))).collect();
    if sentences.is_empty() {
        return Ok(());
    }
    bail!("{}", sentences.join("\n"))
}

/// The browser: `$CHROMIUM`, or the first that is installed.
pub(crate) fn chromium() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let installed =
        env::split_paths(&path).flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)));
    [PathBuf::from("/usr/bin/chromium")].into_iter().chain(installed).find(|path| path.is_file())
}

fn install(packages: &[&str]) -> Result<()> {
    Line::new("apt-get update").prepare()?;
    Line::new(&format!("apt-get install -y --no-install-recommends {}", packages.join(" ")))
        .with("DEBIAN_FRONTEND", "noninteractive")
        .prepare()
}

fn is_root_on_debian() -> bool {
    Path::new("/etc/debian_version").is_file() && output_of("id", "-u").is_some_and(|id| id.trim() == "0")
}

fn cargo_complaint(component: &str) -> Option<String> {
    let found = Command::new("cargo").args([component, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    (!found.is_ok_and(|status| status.success())).then(|| format!("cargo {component} is missing"))
}

fn output_of(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn node_complaint(version: Option<String>) -> Option<String> {
    let Some(version) = version else { return Some("Node.js is missing".to_owned()) };
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    (found < NODE_AT_LEAST).then(|| format!("Node.js {} is too old", version.trim()))
}

/// It says `javac 17.0.15`.
fn jdk_complaint(version: Option<String>) -> Option<String> {
    let Some(version) = version else { return Some("A JDK is missing".to_owned()) };
    let digits: String = version.chars().skip_while(|letter| !letter.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let found: u32 = digits.parse().unwrap_or(0);
    (found < JDK_AT_LEAST).then(|| format!("The JDK ({}) is too old", version.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_named() {
        let complaint = |version: &str| node_complaint(Some(version.to_owned()));
        assert_eq!(complaint("v20.19.0\n"), None);
        assert_eq!(complaint("v24.1.2\n"), None);
        assert_eq!(complaint("v20.18.3\n"), Some("Node.js v20.18.3 is too old".to_owned()));
        assert_eq!(complaint("v18.20.4\n"), Some("Node.js v18.20.4 is too old".to_owned()));
        assert_eq!(complaint("what?"), Some("Node.js what? is too old".to_owned()));
        assert_eq!(node_complaint(None), Some("Node.js is missing".to_owned()));
    }

    #[test]
    fn an_old_jdk_is_named() {
        let complaint = |version: &str| jdk_complaint(Some(version.to_owned()));
        assert_eq!(complaint("javac 17.0.15\n"), None);
        assert_eq!(complaint("javac 25\n"), None);
        assert_eq!(complaint("javac 1.8.0_422\n"), Some("The JDK (javac 1.8.0_422) is too old".to_owned()));
        assert_eq!(jdk_complaint(None), Some("A JDK is missing".to_owned()));
    }

    #[test]
    fn what_is_missing_gets_one_sentence_each() {
        let absent = |name: &'static str| Tool {
            complaint: if name == "a" { || Some("a is missing".to_owned()) } else { || Some("b is too old".to_owned()) },
            debian: None,
            remedy: "get it somewhere",
        };
        let message = require(&[absent("a"), absent("b")]).unwrap_err().to_string();
        assert_eq!(message, "a is missing: get it somewhere.\nb is too old: get it somewhere.");
    }
}
