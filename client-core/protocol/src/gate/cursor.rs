//! Reads bytes front to back; every length is checked before it is used and every number must have its shortest form.

use crate::refusal::{Reason, Refusal};

/// The unread rest of a part of the chunk, and that part's name for refusals.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    part: &'static str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], part: &'static str) -> Self {
        Self { rest: bytes, part }
    }

    pub(super) fn part(&self) -> &'static str {
        self.part
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Everything not yet read.
    pub(super) fn all(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `count` bytes. The count comes from the sender: it is compared as u64, so that it cannot wrap on a 32-bit phone.
    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], Refusal> {
        let split = usize::try_from(count).ok().and_then(|count| self.rest.split_at_checked(count));
        let (taken, rest) = split.ok_or_else(|| self.cut(count))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Refusal> {
        let (byte, rest) = self.rest.split_first().ok_or_else(|| self.cut(1))?;
        self.rest = rest;
        Ok(*byte)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(super) fn unsigned(&mut self) -> Result<u64, Refusal> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit only.
            if shift == 63 && bits > 1 {
                return Err(self.too_large());
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(self.not_shortest()) } else { Ok(value) };
            }
            shift += 7;
            if shift > 63 {
                return Err(self.too_large());
            }
        }
    }

    /// A signed LEB128 number in its shortest form.
    pub(super) fn signed(&mut self) -> Result<i64, Refusal> {
        let (mut value, mut shift, mut before) = (0_i64, 0_u32, 0_u8);
        loop {
            let byte = self.byte()?;
            // The tenth byte may only repeat the sign.
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(self.too_large());
            }
            value |= i64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                let repeats_sign = (byte == 0 && before & 0x40 == 0) || (byte == 0x7f && before & 0x40 != 0);
                if shift > 7 && repeats_sign {
                    return Err(self.not_shortest());
                }
                let negative = byte & 0x40 != 0 && shift < 64;
                return Ok(if negative { value | (-1_i64 << shift) } else { value });
            }
            before = byte;
        }
    }

    /// A refusal of this part.
    pub(super) fn undecodable(&self, what: &str) -> Refusal {
        Refusal::new(Reason::Undecodable, format!("{}: {what}", self.part))
    }

    fn cut(&self, wanted: u64) -> Refusal {
        self.undecodable(&format!("{wanted} bytes expected, {} left", self.rest.len()))
    }

    fn too_large(&self) -> Refusal {
        self.undecodable("a number beyond 64 bits")
    }

    fn not_shortest(&self) -> Refusal {
        Refusal::new(Reason::NotCanonical, format!("{}: a number is not in its shortest form", self.part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsigned(bytes: &[u8]) -> Result<u64, Reason> {
        Cursor::new(bytes, "test").unsigned().map_err(|refusal| refusal.reason)
    }

    fn signed(bytes: &[u8]) -> Result<i64, Reason> {
        Cursor::new(bytes, "test").signed().map_err(|refusal| refusal.reason)
    }

    #[test]
    fn unsigned_numbers() {
        assert_eq!(unsigned(&[0]), Ok(0));
        assert_eq!(unsigned(&[0xe5, 0x8e, 0x26]), Ok(624_485));
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), Ok(u64::MAX));
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), Err(Reason::Undecodable));
        assert_eq!(unsigned(&[0x80; 11]), Err(Reason::Undecodable));
        assert_eq!(unsigned(&[0x80, 0]), Err(Reason::NotCanonical));
        assert_eq!(unsigned(&[0x81, 0x80, 0]), Err(Reason::NotCanonical));
        assert_eq!(unsigned(&[0x80]), Err(Reason::Undecodable));
        assert_eq!(unsigned(&[]), Err(Reason::Undecodable));
    }

    #[test]
    fn signed_numbers() {
        assert_eq!(signed(&[0]), Ok(0));
        assert_eq!(signed(&[0x7f]), Ok(-1));
        assert_eq!(signed(&[0x80, 0x7f]), Ok(-128));
        assert_eq!(signed(&[0xff, 0]), Ok(127));
        assert_eq!(signed(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]), Ok(i64::MIN));
        assert_eq!(signed(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]), Ok(i64::MAX));
        assert_eq!(signed(&[0x81, 0]), Err(Reason::NotCanonical));
        assert_eq!(signed(&[0xff, 0x7f]), Err(Reason::NotCanonical));
        assert_eq!(signed(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]), Err(Reason::Undecodable));
        assert_eq!(signed(&[0x80; 11]), Err(Reason::Undecodable));
    }

    #[test]
    fn a_length_beyond_the_end_takes_nothing() {
        let mut cursor = Cursor::new(&[1, 2], "test");
        assert!(cursor.take(u64::MAX).is_err());
        assert_eq!(cursor.take(2).unwrap(), [1, 2]);
        assert!(cursor.is_empty());
    }
}
