//! Register indexes (电能表指示数): whether a reading can follow the one before.
//!
//! An index is an integer in the smallest unit that the register shows, and its digits are all that it shows: `006342.8` is the index
//! 63,428 of a register of 7 digits. Where the point stands does not change what is plausible, so it is not kept here. Pure arithmetic: what
//! to do about an implausible reading (an explanation, a photo, a question to the office) is the work kind's business.

use serde::{Deserialize, Serialize};

/// The most that can have passed through a rollover, in percent of the register's range. A register is made to last for years, so a lower
/// index that would mean more than half of its range is a misreading or another meter, not a rollover.
pub const MAX_ROLLOVER_PERCENT: u64 = 50;
/// The highest index of a meter that comes from the store. Its tests at the factory and the laboratory leave a few kilowatt-hours: 1,000
/// are 10 kWh at two decimals. The standard gives no number; a used meter has more and needs an explanation.
pub const MAX_INITIAL_INDEX: u64 = 1_000;
/// Digits of a register. Chinese meters show 8 (DL/T 645-2007: six and two).
const DIGITS: std::ops::RangeInclusive<u8> = 1..=9;

/// Why an index cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// No register has so many digits.
    #[error("a register has 1 to 9 digits, not {digits}")]
    Digits {
        /// What was claimed.
        digits: u64,
    },
    /// What was written down is not what a register shows.
    #[error("an index is written with the digits that the register shows and at most one point")]
    NotAnIndex,
    /// The register cannot show this.
    #[error("the index {index} does not fit a register of {digits} digits")]
    DoesNotFit {
        /// The index.
        index: u64,
        /// All digits of the register.
        digits: u8,
    },
    /// Lower than the last one, and too far for a rollover.
    #[error("the index {now} is below the last known {last}, and a rollover would mean a consumption of {through}")]
    Implausible {
        /// The last known index.
        last: u64,
        /// The new one.
        now: u64,
        /// What would have passed through the rollover.
        through: u64,
    },
    /// Too high for a meter from the store.
    #[error("a new meter does not begin at {index}; up to {MAX_INITIAL_INDEX} is usual")]
    NotNew {
        /// The index.
        index: u64,
    },
}

/// A register: how many digits it shows, those after the point included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Register {
    digits: u8,
}

/// How far a register went from the last known index to the new one, in its smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// Straight on.
    Forward(u64),
    /// Through 9…9 to 0.
    RolledOver(u64),
}

impl Advance {
    /// The consumption, either way.
    #[must_use]
    pub fn consumed(self) -> u64 {
        match self {
            Self::Forward(amount) | Self::RolledOver(amount) => amount,
        }
    }
}

impl Register {
    /// A register that shows so many digits.
    ///
    /// # Errors
    /// [`IndexError::Digits`] outside 1 to 9.
    pub fn new(digits: u8) -> Result<Self, IndexError> {
        if DIGITS.contains(&digits) { Ok(Self { digits }) } else { Err(IndexError::Digits { digits: u64::from(digits) }) }
    }

    /// The register and the index of what someone wrote down digit by digit, leading zeros included: `006342.8`.
    ///
    /// # Errors
    /// [`IndexError::NotAnIndex`] for anything but digits with at most one point inside, [`IndexError::Digits`] for too many.
    pub fn read(shown: &str) -> Result<(Self, u64), IndexError> {
        let (whole, part) = shown.split_once('.').unwrap_or((shown, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(part) {
            return Err(IndexError::NotAnIndex);
        }
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        let too_many = IndexError::Digits { digits: u64::try_from(digits.len()).unwrap_or(u64::MAX) };
        let register = u8::try_from(digits.len()).ok().and_then(|count| Self::new(count).ok()).ok_or(too_many)?;
        Ok((register, digits.parse().map_err(|_| IndexError::NotAnIndex)?))
    }

    /// All digits that it shows.
    #[must_use]
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// How many indexes it can show: it goes from `range - 1` back to zero.
    #[must_use]
    pub fn range(self) -> u64 {
        10_u64.saturating_pow(u32::from(self.digits))
    }

    /// Whether the register can show this index.
    ///
    /// # Errors
    /// [`IndexError::DoesNotFit`] when it cannot.
    pub fn fits(self, index: u64) -> Result<(), IndexError> {
        if index < self.range() { Ok(()) } else { Err(IndexError::DoesNotFit { index, digits: self.digits }) }
    }

    /// Whether a new meter can begin at this index.
    ///
    /// # Errors
    /// [`IndexError::DoesNotFit`], or [`IndexError::NotNew`] above [`MAX_INITIAL_INDEX`].
    pub fn begins_at(self, index: u64) -> Result<(), IndexError> {
        self.fits(index)?;
        if index <= MAX_INITIAL_INDEX { Ok(()) } else { Err(IndexError::NotNew { index }) }
    }
}

impl TryFrom<u8> for Register {
    type Error = IndexError;
    fn try_from(digits: u8) -> Result<Self, IndexError> {
        Self::new(digits)
    }
}

impl From<Register> for u8 {
    fn from(register: Register) -> Self {
        register.digits
    }
}

/// How a register went from `last` to `now`. It rolls over at most once between two readings: more cannot be told from the indexes.
///
/// # Errors
/// [`IndexError::DoesNotFit`] for either index; [`IndexError::Implausible`] for a lower one whose rollover would mean more than
/// [`MAX_ROLLOVER_PERCENT`] of the range.
pub fn advance(last: u64, now: u64, register: Register) -> Result<Advance, IndexError> {
    register.fits(last)?;
    register.fits(now)?;
    if now >= last {
        return Ok(Advance::Forward(now - last));
    }
    let through = register.range() - last + now;
    if through.saturating_mul(100) <= register.range().saturating_mul(MAX_ROLLOVER_PERCENT) {
        Ok(Advance::RolledOver(through))
    } else {
        Err(IndexError::Implausible { last, now, through })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Previous index, current index and quantity of every 250 row of Example_NEM13_consumption_data.csv and
    /// Example_NEM13_forward_estimate.csv (aguinane/nem-reader, MIT).
    const NEM13: [(&str, &str, &str); 3] = [("006342.8", "007654.9", "1312.1"), ("000888", "000999", "111"), ("0000950", "0010015", "65")];

    fn register(digits: u8) -> Register {
        Register::new(digits).unwrap()
    }

    fn advance_of(row: (&str, &str, &str)) -> (u8, Result<Advance, IndexError>) {
        let (register, last) = Register::read(row.0).unwrap();
        let (same, now) = Register::read(row.1).unwrap();
        assert_eq!(register, same, "one register shows as many digits each time");
        (register.digits(), advance(last, now, register))
    }

    #[test]
    fn real_readings_advance_by_what_their_file_says() {
        let [with_decimal, whole, _] = NEM13;
        assert_eq!(advance_of(with_decimal), (7, Ok(Advance::Forward(13_121))));
        assert_eq!(advance_of(whole), (6, Ok(Advance::Forward(111))));
    }

    /// The file's own quantity is 65 where its indexes differ by 9,065: the quantity is computed, never believed.
    #[test]
    fn a_real_file_can_contradict_itself() {
        let [_, _, contradictory] = NEM13;
        let (digits, advanced) = advance_of(contradictory);
        assert_eq!((digits, advanced.map(Advance::consumed)), (7, Ok(9_065)));
        assert_ne!(advanced.unwrap().consumed().to_string(), contradictory.2);
    }

    #[test]
    fn real_readings_taken_backwards_are_implausible() {
        for (previous, current, _) in NEM13 {
            let (register, last) = Register::read(current).unwrap();
            let (_, now) = Register::read(previous).unwrap();
            assert!(matches!(advance(last, now, register), Err(IndexError::Implausible { .. })), "{current} to {previous}");
        }
    }

    #[test]
    fn a_full_register_rolls_over() {
        assert_eq!(advance(999_950, 30, register(6)), Ok(Advance::RolledOver(80)));
        assert_eq!(advance(9, 0, register(1)), Ok(Advance::RolledOver(1)));
        assert_eq!(advance(999_999_999, 0, register(9)), Ok(Advance::RolledOver(1)));
    }

    #[test]
    fn a_rollover_is_plausible_up_to_half_of_the_range() {
        assert_eq!(advance(600, 100, register(3)), Ok(Advance::RolledOver(500)));
        assert_eq!(advance(600, 101, register(3)), Err(IndexError::Implausible { last: 600, now: 101, through: 501 }));
    }

    #[test]
    fn a_meter_that_stood_still_consumed_nothing() {
        assert_eq!(advance(888, 888, register(6)), Ok(Advance::Forward(0)));
    }

    #[test]
    fn an_index_that_the_register_cannot_show_is_an_error() {
        let error = IndexError::DoesNotFit { index: 10_000, digits: 4 };
        assert_eq!(advance(0, 10_000, register(4)), Err(error));
        assert_eq!(advance(10_000, 0, register(4)), Err(error));
        assert!(advance(u64::MAX, u64::MAX, register(9)).is_err());
        assert_eq!(register(4).fits(9_999), Ok(()));
    }

    #[test]
    fn a_new_meter_begins_near_zero() {
        assert_eq!(register(8).begins_at(0), Ok(()));
        assert_eq!(register(8).begins_at(MAX_INITIAL_INDEX), Ok(()));
        assert_eq!(register(8).begins_at(MAX_INITIAL_INDEX + 1), Err(IndexError::NotNew { index: MAX_INITIAL_INDEX + 1 }));
        assert!(matches!(register(2).begins_at(100), Err(IndexError::DoesNotFit { .. })));
    }

    #[test]
    fn registers_and_indexes_that_do_not_exist_are_refused() {
        for digits in [0, 10, u8::MAX] {
            assert_eq!(Register::new(digits), Err(IndexError::Digits { digits: u64::from(digits) }));
        }
        for shown in ["", ".", "1.", ".1", "1.2.3", "-1", "+1", " 1", "1e3", "１２"] {
            assert_eq!(Register::read(shown), Err(IndexError::NotAnIndex), "{shown:?}");
        }
        assert_eq!(Register::read("0123456789"), Err(IndexError::Digits { digits: 10 }));
        assert_eq!(Register::read(&"0".repeat(300)), Err(IndexError::Digits { digits: 300 }));
        assert!(serde_json::from_str::<Register>("10").is_err());
        assert_eq!(serde_json::to_string(&register(6)).unwrap(), "6");
    }
}
