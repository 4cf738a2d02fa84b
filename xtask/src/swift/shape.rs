//! What can be said about the Swift package where there is no Swift: that nothing of it is missing, that it compiles on Linux as far as imports go, and that
//! what is written by hand calls what is generated.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// What a complete package has.
const FILES: &[&str] = &[
    "Package.swift",
    "README.md",
    "scripts/xcframework.sh",
    "dist/LinecrewFFI/LinecrewFFI.h",
    "dist/LinecrewFFI/module.modulemap",
    "dist/LinecrewCore/LinecrewCore.swift",
    "dist/LinecrewCore/Version.swift",
];
/// Folders of what is written by hand.
const WRITTEN: &[&str] = &["Sources", "Tests"];
/// Modules that every toolchain has, and our own.
const EVERYWHERE: &[&str] = &["Foundation", "XCTest", "Linecrew", "LinecrewCore", "LinecrewFFI"];
/// What objects of generated classes are called in the sources.
const GENERATED_OBJECTS: &[&str] = &["core", "phone", "phone?", "seen", "link", "token", "$0"];

/// A source file: its path within the package, and its text.
type Source = (String, String);

/// Everything that is wrong with the package in this folder.
pub(super) fn complaints(package: &Path) -> Result<Vec<String>> {
    let missing: Vec<_> = FILES.iter().filter(|file| !package.join(file).is_file()).map(|file| format!("{file} is missing")).collect();
    if !missing.is_empty() {
        return Ok(missing);
    }
    let read = |file: &str| fs::read_to_string(package.join(file)).with_context(|| format!("cannot read {file}"));
    let (generated, header) = (read("dist/LinecrewCore/LinecrewCore.swift")?, read("dist/LinecrewFFI/LinecrewFFI.h")?);
    let written = sources(package)?;
    let library: Vec<_> = written.iter().filter(|(path, _)| path.starts_with("Sources")).cloned().collect();
    Ok([
        imports(&written),
        calls(&library, &generated),
        hosts(&library, &generated),
        failures(&library, &generated),
        symbols(&library, &header),
    ]
    .concat())
}

fn sources(package: &Path) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    for folder in WRITTEN {
        walk(&package.join(folder), &mut files)?;
    }
    files.sort();
    let read = |file: &PathBuf| -> Result<Source> {
        let name = file.strip_prefix(package)?.to_string_lossy().replace('\\', "/");
        Ok((name, fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?))
    };
    files.iter().map(read).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "swift") {
            files.push(path);
        }
    }
    Ok(())
}

/// Modules that not every toolchain has, imported where nobody asks whether they are there.
fn imports(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources {
        // The conditions around a line, the innermost last.
        let mut conditions: Vec<&str> = Vec::new();
        for (number, line) in text.lines().map(str::trim).enumerate() {
            if let Some(condition) = line.strip_prefix("#if ") {
                conditions.push(condition);
            } else if line.starts_with("#else") {
                conditions.pop();
                conditions.push(line.strip_prefix("#elseif ").unwrap_or_default());
            } else if line.starts_with("#endif") {
                conditions.pop();
            } else if let Some(module) = imported(line)
                && !EVERYWHERE.contains(&module)
                && !conditions.iter().any(|condition| condition.contains(&format!("canImport({module})")))
            {
                found.push(format!("{path}:{}: {module} is imported outside of `#if canImport({module})`", number.saturating_add(1)));
            }
        }
    }
    found
}

/// The module that a line imports.
fn imported(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with('@'));
    if words.next()? == "import" { words.next() } else { None }
}

/// Calls of what is neither generated nor written here.
fn calls(sources: &[Source], generated: &str) -> Vec<String> {
    let known: BTreeSet<&str> = names_after(generated, "func ").collect();
    let written: BTreeSet<&str> = sources.iter().flat_map(|(_, text)| names_after(text, "func ")).collect();
    let mut found = Vec::new();
    for (path, text) in sources {
        let called = GENERATED_OBJECTS.iter().flat_map(|object| called_on(text, object)).filter(|name| !written.contains(name));
        // What is overridden here is written here, too: what is behind it has to be generated.
        let behind = called_on(text, "super").chain(names_after(text, "override func "));
        let unknown = called.chain(behind).filter(|name| !known.contains(name));
        found.extend(unknown.map(|name| format!("{path}: `{name}` is called, which is not generated")));
    }
    found
}

/// The methods that are called on a name.
fn called_on<'a>(text: &'a str, object: &str) -> impl Iterator<Item = &'a str> {
    let call = format!("{object}.");
    let stands_alone =
        |at: usize| text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|before| !is_of_name(before) && before != '.');
    let starts: Vec<usize> = text.match_indices(&call).map(|(at, _)| at).filter(|at| stands_alone(*at)).collect();
    let length = call.len();
    starts.into_iter().filter_map(move |at| {
        let rest = text.get(at.saturating_add(length)..)?;
        let name = name_of(rest);
        rest.strip_prefix(name)?.starts_with('(').then_some(name)
    })
}

/// Hosts that implement what the library does not ask for.
fn hosts(sources: &[Source], generated: &str) -> Vec<String> {
    let known: BTreeSet<&str> = names_after(generated, "public protocol ").collect();
    let mut found = Vec::new();
    for (path, text) in sources {
        let classes = text.lines().filter(|line| line.contains("class "));
        let named = classes.flat_map(|line| names_after(line, ": Host")).map(|name| format!("Host{name}"));
        let unknown = named.filter(|name| !known.contains(name.as_str()));
        found.extend(unknown.map(|name| format!("{path}: `{name}` is implemented, which is not generated")));
    }
    found
}

/// Failures that have no words, and words for none.
fn failures(sources: &[Source], generated: &str) -> Vec<String> {
    let errors = generated.split("enum LinecrewError").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or_default();
    let known: BTreeSet<&str> = names_after(errors, "\n    case ").collect();
    let words = sources.iter().filter(|(path, _)| path.ends_with("/Words.swift")).flat_map(|(_, text)| names_after(text, "case ."));
    let worded: BTreeSet<&str> = words.collect();
    let differences = known.symmetric_difference(&worded);
    differences.map(|name| format!("`LinecrewError.{name}` is either not generated or has no words in Words.swift")).collect()
}

/// Functions of the library itself that it does not have.
fn symbols(sources: &[Source], header: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources {
        for prefix in ["ffi_linecrew_ffi_", "uniffi_linecrew_ffi_"] {
            let used = names_after(text, prefix).map(|name| format!("{prefix}{name}"));
            found.extend(
                used.filter(|name| !header.contains(&format!("{name}("))).map(|name| format!("{path}: the library has no `{name}`")),
            );
        }
    }
    found
}

/// The names that directly follow each `prefix`.
fn names_after<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(prefix).skip(1).map(name_of).filter(|name| !name.is_empty())
}

fn name_of(text: &str) -> &str {
    text.split(|letter: char| !is_of_name(letter)).next().unwrap_or_default()
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Vec<Source> {
        vec![("Sources/Linecrew/Words.swift".to_owned(), text.to_owned())]
    }

    #[test]
    fn what_only_apple_has_is_imported_where_it_is_asked_for() {
        let asked = "import Foundation\n#if canImport(Security) && !os(macOS)\n@preconcurrency import Security\n#endif\n";
        assert_eq!(imports(&source(asked)), [""; 0]);
        let bare = "@_exported import LinecrewCore\nimport Security\n";
        assert_eq!(imports(&source(bare)), ["Sources/Linecrew/Words.swift:2: Security is imported outside of `#if canImport(Security)`"]);
        for elsewhere in [
            "#if canImport(Network)\nimport Security\n#endif",
            "#if canImport(Security)\n#endif\nimport Security",
            "#if canImport(Security)\n#else\nimport Security\n#endif",
        ] {
            assert_eq!(imports(&source(elsewhere)).len(), 1, "{elsewhere}");
        }
        assert_eq!(imports(&source("#if canImport(Glibc)\nimport Glibc\n#elseif canImport(Darwin)\nimport Darwin\n#endif")), [""; 0]);
    }

    #[test]
    fn what_is_called_is_generated_or_written() {
        let generated = "open func syncOnce(deadline: TimeInterval)async throws {}\nopen func status()throws {}\n";
        let good =
            "func own() {}\ntry await core.syncOnce(deadline: 1)\nphone?.status()\n$0.own()\nencore.gone()\ncore.value\nself.core.gone2()";
        assert_eq!(calls(&source(good), generated), [""; 0]);
        for bad in ["super.gone()", "override func gone() {}", "(core.gone(1))", "try $0.gone()"] {
            let complaint = "Sources/Linecrew/Words.swift: `gone` is called, which is not generated";
            assert_eq!(calls(&source(bad), generated), [complaint], "{bad}");
        }
    }

    #[test]
    fn hosts_failures_and_symbols_are_those_of_the_library() {
        let generated = "public protocol HostClock: AnyObject {}\npublic \nenum LinecrewError: Swift.Error {\n    case Offline(\n        code: String)\n    case Locked\n}\n";
        let good = "final class A: HostClock {}\nfunc a(hosts: Hosts) {}\ncase .Offline: 1\ncase .Locked: 2\n";
        assert_eq!([hosts(&source(good), generated), failures(&source(good), generated)].concat(), [""; 0]);
        assert_eq!(hosts(&source("final class A: HostWatch {}"), generated).len(), 1);
        let worded = |words: &str| failures(&source(words), generated);
        assert_eq!(worded("case .Offline: 1"), ["`LinecrewError.Locked` is either not generated or has no words in Words.swift"]);
        assert_eq!(worded("case .Offline: 1\ncase .Locked: 2\ncase .Gone: 3").len(), 1);
        let header = "void ffi_linecrew_ffi_rustbuffer_free(RustBuffer buf);";
        assert_eq!(symbols(&source("ffi_linecrew_ffi_rustbuffer_free(text)"), header), [""; 0]);
        assert_eq!(symbols(&source("uniffi_linecrew_ffi_fn_gone(text)"), header).len(), 2);
    }
}
