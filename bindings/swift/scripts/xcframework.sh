#!/usr/bin/env bash
# Builds dist/LinecrewFFI.xcframework: the library for iOS, its simulator and macOS, each as a static library with the C header beside it.
# `cargo xtask swift --xcframework` calls it; by itself it needs a `cargo xtask swift` before, which generates the header.
# Exits with 2, and says what is missing, on a machine that cannot do it.
set -euo pipefail

package=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repository=$(cd "$package/../.." && pwd)
header="$package/dist/LinecrewFFI/LinecrewFFI.h"
made="$package/dist/LinecrewFFI.xcframework"
target=${CARGO_TARGET_DIR:-$repository/target}
work="$target/xcframework"

phone=(aarch64-apple-ios)
simulator=(aarch64-apple-ios-sim x86_64-apple-ios)
mac=(aarch64-apple-darwin x86_64-apple-darwin)
all=("${phone[@]}" "${simulator[@]}" "${mac[@]}")

# Everything that is missing, in one go: nobody wants to hear of it piece by piece.
missing=()
[ "$(uname -s)" = Darwin ] || missing+=("macOS: this is $(uname -s), and Apple's linker and SDKs exist nowhere else")
for tool in cargo rustup lipo xcodebuild; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
if command -v rustup >/dev/null; then
    installed=$(rustup target list --installed)
    for one in "${all[@]}"; do
        grep -qx "$one" <<<"$installed" || missing+=("the Rust target $one: rustup target add $one")
    done
fi
[ -f "$header" ] || missing+=("dist/LinecrewFFI/LinecrewFFI.h: run cargo xtask swift first")
if [ ${#missing[@]} -gt 0 ]; then
    echo "The XCFramework cannot be built here. Missing:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 2
fi

# As Package.swift says; SQLite and the TLS library are C, and hear it from the same variables.
export IPHONEOS_DEPLOYMENT_TARGET=15.0 MACOSX_DEPLOYMENT_TARGET=12.0
cd "$repository"
for one in "${all[@]}"; do
    # Alone: the other members of the workspace are not for phones, and would bring features along.
    cargo rustc --package linecrew-ffi --lib --crate-type staticlib --profile ffi --target "$one" --target-dir "$target"
done

rm -rf "$work" "$made"
mkdir -p "$work"
# In a folder of its own: Xcode puts the headers of all frameworks of an app into one, and two module maps would overwrite each other there.
headers="$work/headers"
mkdir -p "$headers/LinecrewFFI"
cp "$header" "$headers/LinecrewFFI/"
printf 'module LinecrewFFI {\n    header "LinecrewFFI.h"\n    export *\n}\n' >"$headers/LinecrewFFI/module.modulemap"

# Platforms that one file has to serve have one library for all of their processors.
joined() {
    local name=$1 libraries=()
    shift
    for one in "$@"; do
        libraries+=("$target/$one/ffi/liblinecrew_ffi.a")
    done
    mkdir -p "$work/$name"
    lipo -create "${libraries[@]}" -output "$work/$name/liblinecrew_ffi.a"
}
joined phone "${phone[@]}"
joined simulator "${simulator[@]}"
joined mac "${mac[@]}"

xcodebuild -create-xcframework \
    -library "$work/phone/liblinecrew_ffi.a" -headers "$headers" \
    -library "$work/simulator/liblinecrew_ffi.a" -headers "$headers" \
    -library "$work/mac/liblinecrew_ffi.a" -headers "$headers" \
    -output "$made"

# What an app grows by is less than this: its linker takes what is used.
du -sh "$made"/*/liblinecrew_ffi.a
