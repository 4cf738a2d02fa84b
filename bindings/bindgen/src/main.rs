//! Generates Kotlin, Swift and Python from the built library, and lists what apps see of it (`cargo xtask bindgen`).

mod surface;

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["surface", library] => list(library),
        _ => {
            uniffi::uniffi_bindgen_main();
            ExitCode::SUCCESS
        }
    }
}

fn list(library: &str) -> ExitCode {
    match surface::of(library) {
        Ok(listing) => {
            print!("{listing}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("linecrew-bindgen: {library}: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
