//! `cargo xtask kotlin --android`: one folder that an Android library module takes as it is (bindings/kotlin/android/README.md).

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{bindgen, house, shell::Line};

/// What phones run on; emulators are x86_64.
const ABIS: &[&str] = &["arm64-v8a", "armeabi-v7a", "x86_64"];
/// Android 8: the first with a keystore that crews' phones can be relied on to have.
const API_LEVEL: &str = "26";
/// Where cargo-ndk looks for the NDK first; the other place is Android Studio's own folder for SDKs.
const NDK: &[&str] = &["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT", "ANDROID_NDK_PATH", "NDK_HOME"];
/// What is written by hand: the library's own, and what only Android has.
const SOURCES: &[&str] = &["bindings/kotlin/library/src/main/kotlin", "bindings/kotlin/android/src/main/kotlin"];

/// Builds the native libraries, and lays Kotlin beside them; answers the folder.
pub(super) fn build() -> Result<PathBuf> {
    require_ndk()?;
    let folder = house::target()?.join("android");
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    bindgen::build_library()?;
    bindgen::generate_for_android(&folder.join("kotlin"))?;
    for sources in SOURCES {
        copy(&house::root().join(sources), &folder.join("kotlin"))?;
    }
    native(&folder.join("jniLibs"))?;
    Ok(folder)
}

/// Of this package alone: with the whole workspace it would have features that only tests want.
fn native(folder: &Path) -> Result<()> {
    let mut line = Line::new("cargo ndk");
    for abi in ABIS {
        line = line.and("--target").and(*abi);
    }
    let line = line.and("--platform").and(API_LEVEL).and("--output-dir").and(folder.to_string_lossy());
    line.and("build").and("--package").and("linecrew-ffi").and("--lib").and("--profile").and("ffi").prepare()
}

/// Says what is missing, and where it comes from: this is built where apps are built, and not where this repository is tested.
fn require_ndk() -> Result<()> {
    let mut missing = Vec::new();
    if !NDK.iter().any(|name| env::var_os(name).is_some_and(|folder| Path::new(&folder).is_dir())) {
        missing.push(
            "The Android NDK is absent: install it with Android Studio (SDK Manager, SDK Tools), and let ANDROID_NDK_HOME name its folder.",
        );
    }
    let found = Command::new("cargo").args(["ndk", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        missing.push(
            "cargo-ndk is absent: cargo install cargo-ndk; rustup target add aarch64-linux-android armv7-linux-androideabi x86_64-linux-android.",
        );
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("{}\nNothing was built.", missing.join("\n"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target).with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_of_sources_is_there() {
        for sources in SOURCES {
            assert!(house::root().join(sources).is_dir(), "{sources}");
        }
    }

    #[test]
    fn a_folder_is_copied_with_what_lies_in_it() -> Result<()> {
        let folder = house::target()?.join("xtask-android-test");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("from/dev/linecrew"))?;
        fs::write(folder.join("from/dev/linecrew/A.kt"), "a")?;
        copy(&folder.join("from"), &folder.join("to"))?;
        assert_eq!(fs::read_to_string(folder.join("to/dev/linecrew/A.kt"))?, "a");
        Ok(fs::remove_dir_all(&folder)?)
    }
}
