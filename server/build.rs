//! Embeds the board anew when it was built anew.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A debug build reads the files at run time. A release build holds them, and new file names would not be noticed otherwise.
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if release {
        println!("cargo::rerun-if-changed=board/dist");
    }
}
