//! Builds the SQLCipher amalgamation with libtomcrypt and links both in statically. No system library is asked for, on any target.

use std::{env, path::Path};

/// What the build script of libsqlite3-sys sets for a bundled SQLCipher.
const SQLITE: &[&str] = &[
    "SQLITE_CORE",
    "SQLITE_DEFAULT_FOREIGN_KEYS=1",
    "SQLITE_ENABLE_API_ARMOR",
    "SQLITE_ENABLE_COLUMN_METADATA",
    "SQLITE_ENABLE_DBSTAT_VTAB",
    "SQLITE_ENABLE_FTS3",
    "SQLITE_ENABLE_FTS3_PARENTHESIS",
    "SQLITE_ENABLE_FTS5",
    "SQLITE_ENABLE_JSON1",
    "SQLITE_ENABLE_LOAD_EXTENSION=1",
    "SQLITE_ENABLE_RTREE",
    "SQLITE_ENABLE_STAT4",
    "SQLITE_SOUNDEX",
    "SQLITE_THREADSAFE=1",
    "SQLITE_USE_URI",
    "HAVE_USLEEP=1",
    "HAVE_ISNAN",
    "HAVE_STDINT_H=1",
    "_POSIX_THREAD_SAFE_FUNCTIONS",
    "SQLITE_HAS_CODEC",
    "SQLITE_EXTRA_INIT=sqlcipher_extra_init",
    "SQLITE_EXTRA_SHUTDOWN=sqlcipher_extra_shutdown",
    "SQLCIPHER_CRYPTO_LIBTOMCRYPT",
    // The key is kept out of every log by there being none.
    "SQLCIPHER_OMIT_LOG",
    "SQLCIPHER_OMIT_LOG_DEVICE",
    "SQLCIPHER_OMIT_DEFAULT_LOGGING",
];

/// The part of libtomcrypt that SQLCipher calls. Both must be compiled with the same choice, or their structures differ.
const LIBTOMCRYPT: &[&str] = &[
    "LTC_NOTHING",
    "LTC_RIJNDAEL",
    "LTC_CBC_MODE",
    "LTC_SHA1",
    "LTC_SHA256",
    "LTC_SHA512",
    "LTC_HASH_HELPERS",
    "LTC_HMAC",
    "LTC_PKCS_5",
    "LTC_FORTUNA",
    "LTC_RNG_GET_BYTES",
    // With LTC_NO_FILE this would be no more than a name: random numbers would come from a clock's jitter, weak and slow.
    "LTC_DEVRANDOM",
    "LTC_TRY_URANDOM_FIRST",
    "LTC_NO_TEST",
    // A wrong argument is an error code, no signal.
    "ARGTYPE=4",
];

fn main() {
    let folder = sqlcipher_src::source_dir();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:include={}", folder.display());
    let mut sqlite = build(folder);
    define(&mut sqlite, SQLITE);
    // Android has no folder for temporary files.
    let android = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "android");
    sqlite.define("SQLITE_TEMP_STORE", if android { "3" } else { "2" });
    if env::var("CARGO_CFG_WINDOWS").is_err() {
        sqlite.define("HAVE_LOCALTIME_R", None);
    }
    sqlite.file(folder.join(sqlcipher_src::SOURCE_FILE)).compile("sqlcipher");
    // After it: a linker takes from an archive what those before it lack.
    let mut libtomcrypt = build(folder);
    libtomcrypt.define("LTC_SOURCE", None);
    libtomcrypt.files(sqlcipher_src::LIBTOMCRYPT_SOURCES.iter().map(|file| folder.join(file))).compile("tomcrypt");
    if env::var("CARGO_CFG_WINDOWS").is_ok() {
        println!("cargo:rustc-link-lib=dylib=advapi32");
    }
}

fn build(folder: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    build.include(folder.join(sqlcipher_src::LIBTOMCRYPT_INCLUDE_DIR)).warnings(false);
    define(&mut build, LIBTOMCRYPT);
    build
}

fn define(build: &mut cc::Build, names: &[&str]) {
    for name in names {
        let (name, value) = name.split_once('=').map_or((*name, None), |(name, value)| (name, Some(value)));
        build.define(name, value);
    }
}
