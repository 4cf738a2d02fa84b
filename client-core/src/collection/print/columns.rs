//! Columns of a receipt printer: Chinese and full-width characters take two.

/// Columns of 58 mm paper: 384 dots of 12 to a character.
pub(super) const PAPER: usize = 32;

/// Wide blocks, by Unicode Standard Annex 11 (East Asian Width, W and F), in order.
const WIDE: [(u32, u32); 11] = [
    (0x1100, 0x115F),
    (0x2E80, 0x303E),
    (0x3041, 0x33FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0x20000, 0x3FFFD),
];

/// Columns of one character. The full-width yen sign is wide, too.
fn columns_of(character: char) -> usize {
    let code = u32::from(character);
    let is_wide = (0xFFE0..=0xFFE6).contains(&code) || WIDE.iter().any(|(first, last)| (*first..=*last).contains(&code));
    if is_wide { 2 } else { 1 }
}

/// Columns of a text.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// The text in the middle of the paper.
pub(super) fn centred(text: &str) -> String {
    let before = PAPER.saturating_sub(columns(text)) / 2;
    format!("{}{text}", " ".repeat(before))
}

/// A label and its value, in as many lines as it takes; the value's own lines stand under each other.
pub(super) fn labelled(label: &str, value: &str) -> Vec<String> {
    let indent = columns(label).saturating_add(1).min(PAPER / 2);
    let lines = wrapped(value, PAPER.saturating_sub(indent)).into_iter().enumerate();
    lines.map(|(at, line)| if at == 0 { format!("{label} {line}") } else { format!("{}{line}", " ".repeat(indent)) }).collect()
}

/// The text in lines of at most `width` columns. Control characters are not printed: they are commands to a printer.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    let printed = text.chars().map(|character| if character.is_whitespace() { ' ' } else { character });
    for character in printed.filter(|character| !character.is_control()) {
        let wanted = columns_of(character);
        if used + wanted > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push(character);
        used += wanted;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_paper() {
        let long = "福建省福州市鼓楼区东街街道八一七北路 88 号三单元 Building C, 12th floor，物业管理有限责任公司";
        for text in [long, "", "x", "￥￥￥￥￥￥￥￥￥￥￥￥￥￥￥￥￥￥"] {
            let lines = labelled("户名", text);
            assert!(lines.iter().all(|line| columns(line) <= PAPER), "{lines:#?}");
            let joined: String =
                lines.iter().map(|line| line.strip_prefix("户名 ").or_else(|| line.strip_prefix("     ")).unwrap()).collect();
            assert_eq!(joined, text, "nothing is lost");
        }
    }

    #[test]
    fn what_somebody_wrote_cannot_command_the_printer() {
        assert_eq!(wrapped("a\u{1b}@b\nc", 32), ["a@b c"]);
    }
}
