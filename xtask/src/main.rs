//! The chores of this repository: `cargo xtask demo | test | bench | board | bindgen | kotlin`.
//!
//! One file per chore. What they print themselves goes to stderr, so that stdout belongs to the program that a chore runs.

mod bench;
mod binaries;
mod bindgen;
mod board;
mod demo;
mod fingerprint;
mod house;
mod kotlin;
mod npm;
mod shell;
mod surface;
mod test;
mod tools;

use std::process::ExitCode;

use clap::Parser;

/// The chores of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Build the dispatchers' board (only when its sources changed).
    Board,
    /// Build the library for apps, and generate Kotlin, Swift and Python from it.
    Bindgen,
    /// The library for Kotlin and its sample, by Maven (JDK 17, Maven); with `--sample FOLDER`, a phone in the terminal; with `--android`, what an Android app takes.
    Kotlin(kotlin::Options),
    /// A working day with a server, a board and 12 phones.
    Demo(demo::Options),
    /// Every check and test of the repository.
    Test(test::Options),
    /// Measure, in release mode; prints JSON.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Chore::parse() {
        Chore::Board => board::build(),
        Chore::Bindgen => bindgen::build().map(|folder| eprintln!("generated in {}", folder.display())),
        Chore::Kotlin(options) => kotlin::run(&options),
        Chore::Demo(options) => demo::run(&options),
        Chore::Test(options) => test::run(&options),
        Chore::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
