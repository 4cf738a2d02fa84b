//! The steps, in order: what fails fast comes first.

use anyhow::Result;

use super::{Options, day};
use crate::{
    binaries::Build,
    bindgen, board, kotlin, npm,
    shell::Line,
    swift,
    tools::{self, CHROMIUM, CLIPPY, JDK, MAVEN, NODE, NPM, PYTHON, RUSTFMT, Tool},
};

/// The folder of the test in Automerge's JavaScript library.
const JAVASCRIPT: &str = "tests/js";

/// One step.
pub(super) struct Step {
    /// What people type.
    pub(super) name: &'static str,
    /// Whether `--quick` runs it.
    pub(super) quick: bool,
    /// What it needs on the machine.
    pub(super) tools: &'static [Tool],
    /// Does it.
    pub(super) run: fn(&Options) -> Result<()>,
}

/// All of them.
pub(super) const STEPS: &[Step] = &[
    Step { name: "fmt", quick: true, tools: &[RUSTFMT], run: |_| Line::new("cargo fmt --all --check").run() },
    // The server embeds the board: nothing of it compiles before.
    Step { name: "board", quick: true, tools: &[NODE, NPM], run: |_| board::build() },
    Step {
        name: "clippy",
        quick: true,
        tools: &[CLIPPY],
        run: |_| Line::new("cargo clippy --workspace --all-targets -- -D warnings").run(),
    },
    Step { name: "docs", quick: false, tools: &[], run: |_| docs() },
    Step { name: "rust", quick: true, tools: &[], run: rust },
    Step { name: "bindings", quick: false, tools: &[PYTHON], run: |_| bindings() },
    Step { name: "kotlin", quick: false, tools: &[JDK, MAVEN], run: |_| in_kotlin() },
    Step { name: "swift", quick: false, tools: &[], run: |_| swift_package() },
    Step { name: "board-check", quick: false, tools: &[NODE, NPM], run: |_| board_check() },
    Step { name: "board-tests", quick: false, tools: &[NODE, NPM, CHROMIUM], run: |_| board_tests() },
    Step { name: "javascript", quick: false, tools: &[NODE, NPM], run: |_| javascript() },
    Step { name: "demo", quick: false, tools: &[NODE, NPM, CHROMIUM], run: |_| short_day() },
];

fn docs() -> Result<()> {
    Line::new("cargo doc --workspace --no-deps").with("RUSTDOCFLAGS", "-D warnings").run()
}

/// Programs and tests in one build: a build of the programs alone leaves out the features that only tests want, and some libraries would
/// be built twice.
fn build() -> Result<()> {
    Line::new("cargo build --workspace --all-targets").run()
}

fn rust(options: &Options) -> Result<()> {
    build()?;
    let tests = Line::new("cargo test --workspace");
    if options.deep { tests.with("LINECREW_DEEP", "1").run() } else { tests.run() }
}

fn bindings() -> Result<()> {
    build()?;
    bindgen::test()
}

fn in_kotlin() -> Result<()> {
    build()?;
    kotlin::test()
}

fn swift_package() -> Result<()> {
    build()?;
    swift::test()
}

fn board_check() -> Result<()> {
    npm::install(board::FOLDER)?;
    Line::new("npm run check").within(board::FOLDER).run()
}

fn board_tests() -> Result<()> {
    board::build()?;
    build()?;
    let browser = tools::chromium().unwrap_or_default();
    // A real server signs people in at a real OpenID Connect provider.
    let server = Build::Dev.program("linecrew")?;
    let tests = Line::new("npx playwright test").within(board::FOLDER).with("CHROMIUM", browser.to_string_lossy());
    tests.with("LINECREW_BIN", server.to_string_lossy()).run()
}

fn javascript() -> Result<()> {
    npm::install(JAVASCRIPT)?;
    Line::new("npm test").within(JAVASCRIPT).run()
}

fn short_day() -> Result<()> {
    board::build()?;
    build()?;
    day::run()
}
