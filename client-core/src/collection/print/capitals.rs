//! Amounts in capital Chinese numerals (大写), as the People's Bank writes them on vouchers (《支付结算办法》附件一, 正确填写票据和结算凭证的基本规定): zeros between
//! digits are one 零, 整 ends what has no 分.

use linecrew_protocol::model::collection::Fen;

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
/// Within a group of four digits, from its last.
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
/// Of the groups, from the last; 10^18 fen are far beyond any receipt.
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// The amount in words, such as 捌拾陆元肆角整.
pub(super) fn capitals(amount: Fen) -> String {
    let fen = amount.0.unsigned_abs();
    let (yuan, jiao, rest) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = if amount.0 < 0 { "负".to_owned() } else { String::new() };
    if yuan > 0 || fen == 0 {
        text += &whole(yuan);
        text += "元";
    }
    match (jiao, rest) {
        (0, 0) => text += "整",
        (0, rest) => {
            text += if yuan > 0 { "零" } else { "" };
            text += digit(rest);
            text += "分";
        }
        (jiao, 0) => {
            text += digit(jiao);
            text += "角整";
        }
        (jiao, rest) => {
            text += digit(jiao);
            text += "角";
            text += digit(rest);
            text += "分";
        }
    }
    text
}

fn whole(number: u64) -> String {
    if number == 0 {
        return digit(0).to_owned();
    }
    let mut text = String::new();
    let mut zero = false;
    for (place, group) in GROUPS.iter().enumerate().rev() {
        let divisor = 10_000_u64.saturating_pow(u32::try_from(place).unwrap_or(u32::MAX));
        let four = number / divisor % 10_000;
        if four == 0 {
            zero = !text.is_empty();
            continue;
        }
        for (place, unit) in PLACES.iter().enumerate().rev() {
            let one = four / 10_u64.pow(u32::try_from(place).unwrap_or_default()) % 10;
            if one == 0 {
                zero = zero || !text.is_empty();
                continue;
            }
            text += if std::mem::take(&mut zero) { "零" } else { "" };
            text += digit(one);
            text += unit;
        }
        text += group;
        // A group that ends in zeros needs none before the next one's first digit (10 7000 is 拾万柒仟).
        zero = false;
    }
    text
}

fn digit(digit: u64) -> &'static str {
    usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_bank_does() {
        for (fen, words) in [
            (0, "零元整"),
            (5, "伍分"),
            (50, "伍角整"),
            (100, "壹元整"),
            (8_640, "捌拾陆元肆角整"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (100_000_100, "壹佰万零壹元整"),
            (200_050_000, "贰佰万零伍佰元整"),
            (10_000_000_000, "壹亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (10_010_000_000, "壹亿零壹拾万元整"),
            (-150, "负壹元伍角整"),
        ] {
            assert_eq!(capitals(Fen(fen)), words, "{fen}");
        }
    }
}
