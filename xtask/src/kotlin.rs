//! `cargo xtask kotlin`: the library for the JVM, its tests and its reference, by Maven; and what an Android app takes.

mod android;
mod generated;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::{
    binaries::become_program,
    bindgen, house,
    shell::Line,
    tools::{self, JDK, MAVEN},
};

pub(crate) use generated::finish;

/// The folder of the Maven project.
const PROJECT: &str = "bindings/kotlin";

/// What to do besides compiling library and sample.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Options {
    /// Run the tests as well: the scenarios against a real server, and the search for leaks.
    #[arg(long)]
    test: bool,
    /// Write the API reference, by Dokka.
    #[arg(long)]
    docs: bool,
    /// Run the sample: a crew member's phone in the terminal, kept in this folder. `cargo xtask demo` prints a server and an invitation for it.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["test", "docs"])]
    sample: Option<PathBuf>,
    /// Build what an Android app takes, instead: the native library for each ABI, generated and written Kotlin. Needs cargo-ndk and the NDK.
    #[arg(long, conflicts_with_all = ["test", "docs", "sample"])]
    android: bool,
}

/// Generates, and then does what was asked for.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.android {
        return android::build().map(|folder| eprintln!("for Android: {}", folder.display()));
    }
    tools::require(&[JDK, MAVEN])?;
    bindgen::build()?;
    if let Some(folder) = &options.sample {
        return sample(&std::path::absolute(folder)?);
    }
    maven(if options.test { "test" } else { "compile" })?.run()?;
    if options.docs {
        let written = docs()?;
        eprintln!("the reference: {}", written.display());
    }
    Ok(())
}

/// The tests, with library and programs as they were built for all tests.
pub(crate) fn test() -> Result<()> {
    bindgen::generate()?;
    maven("test")?.run()
}

/// Becomes the sample, with the terminal as its own.
fn sample(folder: &Path) -> Result<()> {
    let target = house::target()?;
    let mut command = Command::new("mvn");
    command.current_dir(house::root().join(PROJECT)).args(["--quiet", "--no-transfer-progress", "compile", "exec:java"]);
    command.arg(format!("-Dlinecrew.target={}", target.display()));
    command.arg(format!("-Djna.library.path={}", target.join("debug").display()));
    // Quoted: the plugin takes it apart at spaces.
    command.arg(format!("-Dexec.args=\"{}\"", folder.display()));
    become_program(&mut command)
}

fn docs() -> Result<PathBuf> {
    maven("dokka:dokka")?.and("--activate-profiles").and("docs").and("--projects").and("library").run()?;
    let written = house::target()?.join("kotlin/linecrew/dokka");
    ensure!(written.is_dir(), "Dokka wrote nothing to {}", written.display());
    Ok(written)
}

/// Everything that Maven builds lies in Cargo's target folder.
fn maven(goal: &str) -> Result<Line> {
    let line = Line::new("mvn --batch-mode --no-transfer-progress").within(PROJECT);
    Ok(line.and(format!("-Dlinecrew.target={}", house::target()?.display())).and(goal))
}

#[cfg(test)]
mod tests {
    /// Whoever adds the jar must not get another version's library with it.
    #[test]
    fn jar_and_native_library_are_of_one_version() {
        let version = concat!("<version>", env!("CARGO_PKG_VERSION"), "</version>");
        for project in [
            include_str!("../../bindings/kotlin/pom.xml"),
            include_str!("../../bindings/kotlin/library/pom.xml"),
            include_str!("../../bindings/kotlin/sample/pom.xml"),
        ] {
            // The first version in each file is the project's own, or its parent's.
            let first = project.split("<version>").nth(1).and_then(|rest| rest.split("</version>").next());
            assert_eq!(first.map(|first| format!("<version>{first}</version>")).as_deref(), Some(version));
        }
    }
}
