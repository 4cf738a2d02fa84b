//! How many columns a text takes: Chinese characters take two.

/// Wide blocks, by Unicode Standard Annex 11 (East Asian Width, W and F), in order.
const WIDE: [(u32, u32); 12] = [
    (0x1100, 0x115F),   // Hangul Jamo
    (0x2E80, 0x303E),   // CJK radicals, symbols and punctuation
    (0x3041, 0x33FF),   // kana, Bopomofo, CJK compatibility
    (0x3400, 0x4DBF),   // CJK extension A
    (0x4E00, 0x9FFF),   // CJK unified ideographs
    (0xA000, 0xA4CF),   // Yi
    (0xAC00, 0xD7A3),   // Hangul syllables
    (0xF900, 0xFAFF),   // CJK compatibility ideographs
    (0xFE30, 0xFE6F),   // CJK compatibility forms
    (0xFF00, 0xFF60),   // full-width forms
    (0x1F300, 0x1FAFF), // pictographs
    (0x20000, 0x3FFFD), // CJK extensions B and later
];

/// Columns of one character. Control characters take none: they are not printed, see [`plain`].
fn columns_of(character: char) -> usize {
    let code = u32::from(character);
    if character.is_control() || (0x300..0x370).contains(&code) || (0x200B..=0x200F).contains(&code) {
        return 0;
    }
    if WIDE.iter().any(|(first, last)| (*first..=*last).contains(&code)) { 2 } else { 1 }
}

/// Columns of a text without colours.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// The text, filled with spaces up to `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The text, cut to `width` columns; what was cut shows as `…`.
pub(crate) fn clip(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let kept = text.chars().take_while(|character| {
        let wanted = columns_of(*character);
        let fits = wanted <= room;
        room = room.saturating_sub(wanted);
        fits
    });
    kept.chain(['…']).collect()
}

/// The text on one line and without control characters: what others wrote must not move this terminal's cursor.
pub(crate) fn plain(text: &str) -> String {
    let spaced = text.chars().map(|character| if character.is_whitespace() { ' ' } else { character });
    spaced.filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(columns("鼓楼区 12"), 9);
        assert_eq!(pad("抢修", 6), "抢修  ");
        assert_eq!(pad("抢修一班", 6), "抢修一班");
    }

    #[test]
    fn a_clipped_text_never_exceeds_its_width() {
        let text = "福州市 Gulou 区东街 88 号";
        for width in 1..30 {
            let clipped = clip(text, width);
            assert!(columns(&clipped) <= width, "{width}: {clipped}");
        }
        assert_eq!(clip(text, 8), "福州市 …");
        assert_eq!(clip("short", 8), "short");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(plain("red\u{1b}[31m\nnext\u{7}"), "red[31m next");
    }
}
