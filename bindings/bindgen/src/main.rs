//! Generates Kotlin, Swift and Python from the built library (`cargo xtask bindgen`).

fn main() {
    uniffi::uniffi_bindgen_main();
}
