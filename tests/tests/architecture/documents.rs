//! Documents that drift from the house are worse than none: links lead somewhere, and tests that are named exist.

use std::path::Path;

use anyhow::Result;

use crate::{
    assert_none,
    sources::{Source, root, under},
};

#[test]
fn links_lead_somewhere() -> Result<()> {
    let documents = documents()?;
    assert_none(&dead_links(&documents, &|path| root().join(path).exists()));
    Ok(())
}

#[test]
fn rules_name_the_tests_that_prove_them() -> Result<()> {
    let tests: Vec<Source> =
        ["client-core", "server", "tests"].iter().map(|room| under(room, &[".rs"])).collect::<Result<Vec<_>>>()?.concat();
    let domain = under("docs", &["domain.md"])?;
    let named: Vec<&str> = domain.iter().flat_map(|document| rules(&document.text)).collect();
    assert!(named.len() >= 20, "docs/domain.md names only {} tests of rules", named.len());
    assert_none(&missing_tests(&named, &tests));
    Ok(())
}

fn documents() -> Result<Vec<Source>> {
    let documents = under("", &[".md"])?;
    assert!(documents.iter().any(|document| document.path == "README.md"), "the README was not found");
    Ok(documents)
}

fn dead_links(documents: &[Source], exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut violations = Vec::new();
    for document in documents {
        let folder = Path::new(&document.path).parent().unwrap_or_else(|| Path::new(""));
        for link in links(&document.text) {
            if !exists(&folder.join(link).to_string_lossy()) {
                violations.push(format!("{} links to {link}, which is not there", document.path));
            }
        }
    }
    violations
}

/// Targets inside the repository, without the place in the page. Links to Rust items (a crate's README is its documentation) are rustdoc's
/// business.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let inside = targets.filter(|target| !target.contains("::") && !target.contains("://") && !target.starts_with("mailto:"));
    inside.map(|target| target.split_once('#').map_or(target, |(page, _)| page)).filter(|page| !page.is_empty())
}

/// The names in the last column of the table of rules.
fn rules(text: &str) -> impl Iterator<Item = &str> {
    let table = text.split("## Rules and their tests").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let cells = rows.filter_map(|row| row.trim_end_matches('|').trim_end().rsplit_once('|')).map(|(_, last)| last);
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2))
}

fn missing_tests(named: &[&str], tests: &[Source]) -> Vec<String> {
    // A macro writes the properties, one line for each kind of work.
    let is_there = |text: &str, name: &str| text.contains(&format!("fn {name}(")) || text.contains(&format!("\n    {name}: "));
    let exists = |name: &str| tests.iter().any(|source| is_there(&source.text, name));
    named.iter().filter(|name| !exists(name)).map(|name| format!("docs/domain.md names the test {name}, which is not there")).collect()
}

mod bad_houses {
    use super::*;

    #[test]
    fn a_dead_link_is_found() {
        let page = "[a](b.md) [c](https://d.e) ![f](../g.png) [h](#i) [j](b.md#k) [l](m.md) [n](O::p)";
        let expected = ["docs/x.md links to ../g.png, which is not there", "docs/x.md links to m.md, which is not there"];
        assert_eq!(dead_links(&[Source::new("docs/x.md", page)], &|path| path == "docs/b.md"), expected);
    }

    #[test]
    fn a_test_that_was_renamed_is_found() {
        let named: Vec<&str> =
            rules("`x`\n## Rules and their tests\n| 1 | `other` | `rule_1_a`, `rule_2_b` |\n\n## More\n| `y` |").collect();
        assert_eq!(named, ["rule_1_a", "rule_2_b"]);
        let tests = [Source::new("t.rs", "fn rule_1_a() {}\nfn rule_2_bee() {}")];
        assert_eq!(missing_tests(&named, &tests), ["docs/domain.md names the test rule_2_b, which is not there"]);
    }
}
