//! `cargo xtask size`: what the library for apps costs on a phone, by the dependency that it comes from.
//!
//! It is measured on this machine's processor; ARM differs by some percent. Sizes of symbols do not add up to the file: unwinding tables and what has no
//! symbol of its own are in the rest.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, bail};

use crate::{bindgen, house, shell::Line};

/// What an app should spend on it, for each ABI.
const ALLOWED: u64 = 12_000_000;
/// Dependencies that are named; the others are small.
const NAMED: usize = 24;

/// Builds the library as apps get it, and tells what is in it.
pub(crate) fn run() -> Result<()> {
    // Alone, so that it has the features that apps get; with symbols, so that they can be counted.
    let build = Line::new("cargo build --package linecrew-ffi --profile ffi").with("CARGO_PROFILE_FFI_STRIP", "none");
    build.prepare()?;
    let library = house::target()?.join("ffi").join(bindgen::library_name());
    let stripped = library.with_extension("stripped");
    Line::of(["strip", "--strip-all", "-o", &stripped.to_string_lossy(), &library.to_string_lossy()]).prepare()?;
    let bytes = bytes_of(&stripped)?;
    let symbols = Line::of(["nm", "--print-size", "--demangle", "--defined-only", &library.to_string_lossy()]).read()?;
    let sizes = by_origin(&symbols);
    println!("{:<28}{:>12}", "what apps ship", kib(bytes));
    let named = sizes.iter().take(NAMED);
    for (origin, bytes) in named {
        println!("{origin:<28}{:>12}", kib(*bytes));
    }
    let counted: u64 = sizes.iter().take(NAMED).map(|(_, bytes)| bytes).sum();
    println!("{:<28}{:>12}", "the rest", kib(bytes.saturating_sub(counted)));
    if bytes > ALLOWED {
        bail!("the library takes {} for one ABI; {} are allowed", kib(bytes), kib(ALLOWED));
    }
    Ok(())
}

fn bytes_of(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("cannot measure {}", file.display()))?.len())
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

/// Bytes by crate or C library, the largest first, of what `nm` prints: address, size, type, name.
fn by_origin(symbols: &str) -> Vec<(String, u64)> {
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    for line in symbols.lines() {
        let mut words = line.splitn(4, ' ');
        let (Some(_), Some(size), Some(kind), Some(name)) = (words.next(), words.next(), words.next(), words.next()) else { continue };
        // What is zero at the start takes no room in the file.
        if kind.eq_ignore_ascii_case("b") {
            continue;
        }
        let size = u64::from_str_radix(size, 16).unwrap_or_default();
        let sum = sizes.entry(origin(name)).or_default();
        *sum = sum.saturating_add(size);
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    sizes
}

/// The crate that a symbol comes from, or the C library by its prefix.
fn origin(name: &str) -> String {
    const C: &[(&str, &str)] = &[
        ("sqlite3", "SQLite and SQLCipher (C)"),
        ("sqlcipher", "SQLite and SQLCipher (C)"),
        ("ZSTD", "zstd (C)"),
        ("HUF", "zstd (C)"),
        ("FSE", "zstd (C)"),
        ("ring_core", "ring (C, assembler)"),
        ("uniffi", "scaffolding for apps"),
        ("ffi_linecrew", "scaffolding for apps"),
        ("UNIFFI", "scaffolding for apps"),
    ];
    if let Some((_, library)) = C.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        return (*library).to_owned();
    }
    // `<alloc::vec::Vec<T> as core::fmt::Debug>::fmt`: what implements it.
    let path = name.trim_start_matches(['<', '&', '[', '(', '*']).trim_start_matches("mut ").trim_start_matches("dyn ");
    match path.split_once("::") {
        Some((crate_name, _)) if crate_name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => crate_name.to_owned(),
        Some(_) => "generic code".to_owned(),
        None => "other C".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_counts_for_the_crate_that_implements_it() {
        for (name, from) in [
            ("automerge::automerge::Automerge::load", "automerge"),
            ("<alloc::vec::Vec<T> as core::fmt::Debug>::fmt", "alloc"),
            ("<&mut serde_json::de::Deserializer<R> as serde::Deserializer>::deserialize_any", "serde_json"),
            ("sqlite3VdbeExec", "SQLite and SQLCipher (C)"),
            ("uniffi_linecrew_ffi_fn_method_linecrewcore_items", "scaffolding for apps"),
            ("aes_gcm_init", "other C"),
        ] {
            assert_eq!(origin(name), from, "{name}");
        }
    }

    #[test]
    fn the_largest_comes_first_and_zeros_count_for_nothing() {
        let symbols = "00 10 t tokio::a\n00 20 T automerge::b\n00 f0 b tokio::C\n00 08 r tokio::d\n00 T without_size\n";
        assert_eq!(by_origin(symbols), [("automerge".to_owned(), 0x20), ("tokio".to_owned(), 0x18)]);
    }
}
