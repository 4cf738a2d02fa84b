//! `cargo xtask bindgen`: the library for apps in other languages, and what is generated from it. The Python of it is tested here.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{binaries::Build, house, kotlin, shell::Line, surface, tools};

/// The languages that are generated.
const LANGUAGES: &[&str] = &["kotlin", "swift", "python"];
/// The folder of the Python tests.
const PYTHON: &str = "bindings/python";

/// What is generated otherwise for Android.
const FOR_ANDROID: &str = "bindings/kotlin/android/uniffi.toml";

/// Builds the library, writes down what it shows, and generates all languages from it; answers the folder with one folder for each.
pub(crate) fn build() -> Result<PathBuf> {
    build_library()?;
    surface::agree(&library()?)?;
    generate()
}

/// Builds the library, and what generates from it.
pub(crate) fn build_library() -> Result<()> {
    // The library of a workspace's member is built with its programs only when one of them needs it.
    Line::new("cargo build --workspace --lib --bins").prepare()
}

/// Generates all languages from the library as it was built last.
pub(crate) fn generate() -> Result<PathBuf> {
    let library = library()?;
    let generated = house::target()?.join("bindings");
    for language in LANGUAGES {
        let folder = generated.join(language);
        // What is not generated any more must not be found any more.
        if folder.is_dir() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        generator(language, &folder)?.prepare()?;
    }
    kotlin::finish(&generated.join("kotlin"))?;
    // Python looks for it beside its module.
    let beside = generated.join("python").join(library.file_name().context("the library has a name")?);
    fs::copy(&library, beside).context("cannot copy the library")?;
    Ok(generated)
}

/// Generates Kotlin as Android wants it: objects are freed by a thread that the system has already.
pub(crate) fn generate_for_android(folder: &Path) -> Result<()> {
    let settings = house::root().join(FOR_ANDROID);
    generator("kotlin", folder)?.and("--config").and(settings.to_string_lossy()).prepare()?;
    kotlin::finish(folder)
}

fn generator(language: &str, folder: &Path) -> Result<Line> {
    let (generator, library) = (Build::Dev.program("linecrew-bindgen")?, library()?);
    let words = [&*generator.to_string_lossy(), "generate", &library.to_string_lossy(), "--language", language];
    Ok(Line::of(words).and("--out-dir").and(folder.to_string_lossy()).and("--no-format"))
}

/// A day of two phones and the scenarios of all languages, in Python, with the library and the programs as they were built for all tests.
pub(crate) fn test() -> Result<()> {
    tools::require(&[tools::PYTHON])?;
    surface::check(&library()?)?;
    let generated = generate()?;
    let tests = Line::new("python3 -m unittest --verbose").within(PYTHON);
    let tests = tests.with("PYTHONPATH", path(&generated.join("python"))).with("PYTHONDONTWRITEBYTECODE", "1");
    let tests = tests.with("LINECREW_STAGE", path(&Build::Dev.program("linecrew-stage")?));
    tests.with("LINECREW_BIN", path(&Build::Dev.program("linecrew")?)).run()
}

fn library() -> Result<PathBuf> {
    Ok(house::target()?.join("debug").join(format!("{DLL_PREFIX}linecrew_ffi{DLL_SUFFIX}")))
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
