//! `cargo xtask swift`: the Swift package, complete: what is generated beside what is written. Its tests run where there is a toolchain, its XCFramework
//! is built where there is a Mac; everywhere its shape is checked.

mod shape;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::{binaries::Build, bindgen, house, shell::Line, tools};

/// The folder of the package.
const PACKAGE: &str = "bindings/swift";
/// What makes a module of the C header, for a library of this machine. The one that is generated is for Apple's compilers only.
const MODULE_MAP: &str = "module LinecrewFFI {\n    header \"LinecrewFFI.h\"\n    export *\n    link \"linecrew_ffi\"\n}\n";

/// What to do besides completing the package and checking its shape.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Options {
    /// Run the tests as well: the scenarios against a real server, and what ends with its task. Needs a Swift toolchain.
    #[arg(long)]
    test: bool,
    /// Build the XCFramework for iOS, its simulator and macOS as well. Needs a Mac.
    #[arg(long)]
    xcframework: bool,
}

/// Generates, and then does what was asked for.
pub(crate) fn run(options: Options) -> Result<()> {
    complete(&bindgen::build()?)?;
    if options.xcframework {
        let target = house::target()?;
        Line::new("bash scripts/xcframework.sh").within(PACKAGE).with("CARGO_TARGET_DIR", path(&target)).run()?;
    }
    if options.test { run_tests() } else { Ok(()) }
}

/// The package's shape, and its tests if there is a toolchain, with library and programs as they were built for all tests.
pub(crate) fn test() -> Result<()> {
    complete(&bindgen::generate()?)?;
    run_tests()
}

/// Completes the package, and sees whether it is in shape.
fn complete(generated: &Path) -> Result<()> {
    lay_out(&generated.join("swift"))?;
    let complaints = shape::complaints(&package())?;
    if !complaints.is_empty() {
        bail!("{PACKAGE} is not in shape:\n{}", complaints.join("\n"));
    }
    eprintln!("{PACKAGE} is complete and in shape");
    Ok(())
}

/// Puts what is generated where the package looks for it: in a folder of its own, which is nobody's source.
fn lay_out(generated: &Path) -> Result<()> {
    let made = package().join("dist");
    let (header, code) = (made.join("LinecrewFFI"), made.join("LinecrewCore"));
    for folder in [&header, &code] {
        // What is not generated any more must not be found any more.
        if folder.is_dir() {
            fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    copy(&generated.join("LinecrewFFI.h"), &header.join("LinecrewFFI.h"))?;
    copy(&generated.join("LinecrewCore.swift"), &code.join("LinecrewCore.swift"))?;
    write(&header.join("module.modulemap"), MODULE_MAP)?;
    write(&code.join("Version.swift"), &version(env!("CARGO_PKG_VERSION")))
}

/// The version that the written code compares the library's with.
fn version(version: &str) -> String {
    format!(
        "/// What the code beside this file was generated from.\npublic enum LinecrewVersion {{\n    /// The version of the library.\n    public static let generated = \"{version}\"\n}}\n"
    )
}

fn run_tests() -> Result<()> {
    if !tools::has_swift() {
        eprintln!(
            "there is no `swift` on PATH (https://www.swift.org/install): the package has its shape, and nothing of it was compiled or tested here"
        );
        return Ok(());
    }
    let target = house::target()?;
    let tests = Line::new("swift test --scratch-path").and(path(&target.join("swift"))).within(PACKAGE);
    let tests = tests.with("LINECREW_LIBRARY_FOLDER", path(&target.join("debug")));
    tests.with("LINECREW_STAGE", path(&Build::Dev.program("linecrew-stage")?)).run()
}

fn package() -> PathBuf {
    house::root().join(PACKAGE)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("cannot copy {}", from.display()))
}

fn write(to: &Path, text: &str) -> Result<()> {
    fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_and_framework_are_for_the_same_systems() {
        let package = include_str!("../../bindings/swift/Package.swift");
        let script = include_str!("../../bindings/swift/scripts/xcframework.sh");
        for (of_package, of_script) in
            [(".iOS(.v15)", "IPHONEOS_DEPLOYMENT_TARGET=15.0"), (".macOS(.v12)", "MACOSX_DEPLOYMENT_TARGET=12.0")]
        {
            assert!(package.contains(of_package) && script.contains(of_script), "{of_package} {of_script}");
        }
    }

    #[test]
    fn the_written_code_is_told_its_version() {
        assert!(version("1.2.3").contains("public static let generated = \"1.2.3\""));
    }
}
