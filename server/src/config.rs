//! What can be set, and every limit of the HTTP side with the reason for its default.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use linecrew_protocol::{calendar::Date, time::Timestamp};

use crate::{
    auth::{AttemptLimits, Lifetimes, OidcSettings},
    tls::TlsFiles,
};

/// How to run a server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything is kept: the database and the signing key.
    pub data: PathBuf,
    /// The local time in which work items are numbered by day.
    pub utc_offset: UtcOffset,
    /// Who this server is; without it connections stay in the clear.
    pub tls: Option<TlsFiles>,
    /// Limits of the HTTP side.
    pub http: HttpLimits,
    /// How long tokens live.
    pub lifetimes: Lifetimes,
    /// How often one may fail to sign in.
    pub attempts: AttemptLimits,
    /// How often one may fail to enrol a phone: for each who tries, and for all who come through one proxy.
    pub enrolments: AttemptLimits,
    /// How often a phone may fail to renew its tokens: for each phone, and for all who come through one proxy.
    pub renewals: AttemptLimits,
    /// How often the files of the signing keys are looked at: `linecrew admin rotate-key` may have been there.
    pub key_poll: Duration,
    /// How often one may ask whether a receipt is real: for each who asks, and for all who come through one proxy.
    pub verifications: AttemptLimits,
    /// The OpenID Connect provider that staff may sign in with beside their passwords.
    pub oidc: Option<OidcSettings>,
    /// How often one may begin to sign in there and not end it: for each who tries, and for all who come through one proxy.
    pub oidc_attempts: AttemptLimits,
}

/// Each begins with a question to the provider at most and ends with another; a station of thirty signs in at once when its shift begins.
const OIDC_ATTEMPTS: AttemptLimits =
    AttemptLimits { per_name: 60, name_recovery: Duration::from_secs(1), per_address: 600, address_recovery: Duration::from_millis(100) };

/// A customer has a handful of receipts; 40 bits of code are not guessed at this rate, and a proxy's callers have room.
const VERIFICATIONS: AttemptLimits =
    AttemptLimits { per_name: 30, name_recovery: Duration::from_secs(2), per_address: 600, address_recovery: Duration::from_millis(100) };

/// A person mistypes a code a few times; 50 bits are not guessed at this rate, not by a thousand addresses either.
const ENROLMENTS: AttemptLimits =
    AttemptLimits { per_name: 10, name_recovery: Duration::from_secs(10), per_address: 600, address_recovery: Duration::from_millis(100) };

/// A phone that was signed out asks once and stops; a renewal that succeeds costs nothing here.
const RENEWALS: AttemptLimits =
    AttemptLimits { per_name: 10, name_recovery: Duration::from_secs(10), per_address: 600, address_recovery: Duration::from_millis(100) };

/// Two metadata reads; a new key signs within seconds, and the old one verifies meanwhile.
const KEY_POLL: Duration = Duration::from_secs(2);

impl Config {
    /// The defaults, for this data directory.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            utc_offset: UtcOffset::CHINA,
            tls: None,
            http: HttpLimits::default(),
            lifetimes: Lifetimes::default(),
            attempts: AttemptLimits::default(),
            enrolments: ENROLMENTS,
            renewals: RENEWALS,
            key_poll: KEY_POLL,
            verifications: VERIFICATIONS,
            oidc: None,
            oidc_attempts: OIDC_ATTEMPTS,
        }
    }
}

/// Limits of the HTTP side.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// Connections at once, sync sessions included. An idle session costs about 10 KiB, so the default stays under 200 MiB.
    pub connections: usize,
    /// Connections at once from one address (an IPv6 /64). Phones of a whole network provider may share one.
    pub connections_per_address: usize,
    /// For a TLS handshake: at 2G's 5 KB/s a chain of certificates takes two seconds, and round trips as many.
    pub handshake_timeout: Duration,
    /// From the start of a connection, or the end of the last reply, to a complete header. It is also how long an idle connection is kept.
    pub header_timeout: Duration,
    /// From the header to the last byte of the body.
    pub body_timeout: Duration,
    /// How long a reader may take nothing of what is being sent to it.
    pub write_timeout: Duration,
    /// Bytes of a header, counted over names and values.
    pub header_bytes: usize,
    /// Fields of a header.
    pub header_fields: usize,
    /// Bytes of a JSON body. The largest honest one, a report with its texts at their limits, is under 64 KiB.
    pub json_bytes: usize,
    /// How long requests and sessions may take to end when the server goes down.
    pub farewell: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            connections_per_address: 2_000,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            header_bytes: 16 * 1024,
            header_fields: 64,
            json_bytes: 64 * 1024,
            farewell: Duration::from_secs(10),
        }
    }
}

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 86_400_000;

/// A fixed distance from UTC, such as `+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcOffset {
    minutes: i16,
}

/// A text that is no distance from UTC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an offset between -14:00 and +14:00, such as +08:00")]
pub struct ParseUtcOffsetError;

impl UtcOffset {
    /// China, the whole country.
    pub const CHINA: Self = Self { minutes: 8 * 60 };

    /// Minutes east of UTC.
    #[must_use]
    pub fn minutes(self) -> i16 {
        self.minutes
    }

    /// The local day and minute, with the offset: `2026-11-28 09:15 +08:00`.
    #[must_use]
    pub fn minute_at(self, moment: Timestamp) -> String {
        let local = moment.as_unix_millis().saturating_add(i64::from(self.minutes) * MS_PER_MINUTE);
        let minute = local.rem_euclid(MS_PER_DAY) / MS_PER_MINUTE;
        format!("{} {:02}:{:02} {self}", self.date_at(moment), minute / 60, minute % 60)
    }

    /// The local day.
    pub(crate) fn date_at(self, moment: Timestamp) -> Date {
        let local = moment.as_unix_millis().saturating_add(i64::from(self.minutes) * MS_PER_MINUTE);
        Date::from_days_since_epoch(local.div_euclid(MS_PER_DAY))
    }
}

impl FromStr for UtcOffset {
    type Err = ParseUtcOffsetError;
    fn from_str(text: &str) -> Result<Self, ParseUtcOffsetError> {
        let (sign, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(digits), _) => (1, digits),
            (_, Some(digits)) => (-1, digits),
            _ => return Err(ParseUtcOffsetError),
        };
        let number = |digits: &str| match digits.as_bytes() {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Ok(i16::from(tens - b'0') * 10 + i16::from(ones - b'0')),
            _ => Err(ParseUtcOffsetError),
        };
        let (hours, minutes) = digits.split_once(':').ok_or(ParseUtcOffsetError)?;
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if hours > 14 || minutes > 59 || (hours == 14 && minutes > 0) {
            return Err(ParseUtcOffsetError);
        }
        Ok(Self { minutes: sign * (hours * 60 + minutes) })
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(formatter, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_as_a_clock_on_the_wall_shows_it() {
        let moment = Timestamp::from_unix_millis(1_795_363_260_000);
        assert_eq!(UtcOffset::CHINA.minute_at(moment), "2026-11-23 00:01 +08:00");
        assert_eq!("-03:30".parse::<UtcOffset>().unwrap().minute_at(moment), "2026-11-22 12:31 -03:30");
    }

    #[test]
    fn an_offset_is_read_as_it_is_written() {
        for text in ["+08:00", "-03:30", "+00:00", "+14:00"] {
            assert_eq!(text.parse::<UtcOffset>().unwrap().to_string(), text);
        }
        for text in ["", "8", "08:00", "+8:00", "+15:00", "+08:60", "+08:00:00", "++8:00", "+-8:00", "+14:01"] {
            assert!(text.parse::<UtcOffset>().is_err(), "{text}");
        }
    }
}
