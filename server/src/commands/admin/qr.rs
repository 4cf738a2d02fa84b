//! A QR code in a terminal: two rows of modules in one line, because a character is twice as high as it is wide.

use std::io::{IsTerminal, stdout};

/// Light modules on each side (ISO/IEC 18004).
const QUIET: usize = 4;
/// Black on white, whatever the terminal's own colours are.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// The lines. On a terminal dark modules are black ink on white; elsewhere, as in a file or a pipe, ink stands for the dark ones too.
pub(super) fn drawn(rows: &[String]) -> Vec<String> {
    lines(rows, stdout().is_terminal())
}

fn lines(rows: &[String], coloured: bool) -> Vec<String> {
    let width = rows.first().map_or(0, String::len) + 2 * QUIET;
    let margin = vec![false; width];
    let inside = rows.iter().map(|row| {
        let mut modules = vec![false; QUIET];
        modules.extend(row.bytes().map(|module| module == b'1'));
        modules.resize(width, false);
        modules
    });
    let mut all: Vec<Vec<bool>> = std::iter::repeat_n(margin.clone(), QUIET).chain(inside).collect();
    all.extend(std::iter::repeat_n(margin, QUIET));
    all.chunks(2).map(|pair| line(pair, coloured)).collect()
}

fn line(pair: &[Vec<bool>], coloured: bool) -> String {
    let (upper, lower) = (pair.first().map_or(&[][..], Vec::as_slice), pair.get(1).map_or(&[][..], Vec::as_slice));
    let ink = |(place, upper): (usize, &bool)| match (*upper, lower.get(place).copied().unwrap_or(false)) {
        (false, false) => ' ',
        (true, false) => '▀',
        (false, true) => '▄',
        (true, true) => '█',
    };
    let blocks: String = upper.iter().enumerate().map(ink).collect();
    if coloured { format!("{BLACK_ON_WHITE}{blocks}{RESET}") } else { blocks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<String> {
        ["110", "101", "011"].map(str::to_owned).to_vec()
    }

    #[test]
    fn two_rows_share_a_line_and_the_quiet_zone_is_around_them() {
        let blank = " ".repeat(11);
        assert_eq!(lines(&rows(), false), [blank.clone(), blank.clone(), "    █▀▄    ".into(), "     ▀▀    ".into(), blank.clone(), blank]);
    }

    #[test]
    fn on_a_terminal_it_is_black_on_white_to_the_edge() {
        for line in lines(&rows(), true) {
            assert!(line.starts_with(BLACK_ON_WHITE) && line.ends_with(RESET), "{line:?}");
            assert_eq!(line.chars().count(), BLACK_ON_WHITE.len() + 11 + RESET.len());
        }
    }

    #[test]
    fn a_reader_would_see_every_module_where_it_belongs() {
        let rows = rows();
        let drawn: Vec<Vec<char>> = lines(&rows, false).iter().map(|line| line.chars().collect()).collect();
        for (y, row) in rows.iter().enumerate() {
            for (x, module) in row.bytes().enumerate() {
                let block = drawn[(y + QUIET) / 2][x + QUIET];
                let dark = if (y + QUIET).is_multiple_of(2) { "▀█" } else { "▄█" }.contains(block);
                assert_eq!(dark, module == b'1', "{x} {y}");
            }
        }
    }
}
