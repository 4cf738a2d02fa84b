//! See `House::message`.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linecrew_fuzz::House;

static HOUSE: LazyLock<House> = LazyLock::new(House::build);

fuzz_target!(|input: &[u8]| HOUSE.message(input));
