//! `linecrew admin invite`.

use std::{fmt, str::FromStr};

use anyhow::ensure;
use clap::Args;
use linecrew_server::{
    clock::{Clock, SystemClock},
    invitation::{self, InvitationView, MAX_MINUTES},
    store::{
        PersonBrief, SYSTEM_PERSON,
        register::{NewInvite, Register as _},
    },
};

use super::{
    super::{
        output,
        place::{Place, person},
    },
    qr,
};

const MS_PER_MINUTE: u64 = 60_000;

#[derive(Debug, Args)]
pub(crate) struct InviteArgs {
    #[command(flatten)]
    place: Place,
    /// Whose phone it will be.
    username: String,
    /// How long the code is good: 15m, 2h; at most 24h.
    #[arg(long, default_value = "15m")]
    valid: Minutes,
    /// The server's address as phones reach it.
    #[arg(long, env = "LINECREW_SERVER", default_value = "http://127.0.0.1:8420")]
    server: String,
    /// Prints a JSON object instead.
    #[arg(long)]
    json: bool,
}

impl InviteArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self { place, username, valid, server, json } = self;
        let is_address = (server.starts_with("https://") || server.starts_with("http://")) && !server.contains(['?', '#', '&', ' ']);
        ensure!(is_address, "{server} is not the address of a server, such as https://linecrew.example");
        let store = place.open()?;
        let account = person(&store, &username).await?.account;
        let now = SystemClock.now();
        let expires_at = now.plus_ms(MS_PER_MINUTE.saturating_mul(valid.0.into()));
        let view = InvitationView::new(server, PersonBrief { id: account.id, name: account.name }, expires_at)?;
        let invite = NewInvite { code: invitation::hash_of(&view.code), person: account.id, by: SYSTEM_PERSON, now, expires_at };
        let kept = store.invite(invite).await?;
        store.close()?;
        ensure!(kept, "{username} may not sign in: linecrew admin enable {username}");
        if json {
            return output::line(serde_json::to_string(&view)?);
        }
        let ends = place.utc_offset().minute_at(expires_at);
        let about = [format!("code   {}", view.code), format!("link   {}", view.link), format!("good   once, until {ends}"), String::new()];
        output::lines(about.into_iter().chain(qr::drawn(&view.qr)))
    }
}

/// Whole minutes, at most a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Minutes(u32);

/// A text that is no such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ParseMinutesError;

impl fmt::Display for ParseMinutesError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not a time such as 15m or 2h, of at most 24h")
    }
}

impl std::error::Error for ParseMinutesError {}

impl FromStr for Minutes {
    type Err = ParseMinutesError;
    fn from_str(text: &str) -> Result<Self, ParseMinutesError> {
        let (digits, minutes) = match (text.strip_suffix('m'), text.strip_suffix('h')) {
            (Some(digits), _) => (digits, 1),
            (_, Some(digits)) => (digits, 60),
            _ => return Err(ParseMinutesError),
        };
        let number = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let whole = number.and_then(|digits| digits.parse::<u32>().ok()?.checked_mul(minutes));
        whole.filter(|minutes| (1..=MAX_MINUTES).contains(minutes)).map(Self).ok_or(ParseMinutesError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_minutes_or_hours_up_to_a_day() {
        for (text, minutes) in [("15m", 15), ("1m", 1), ("2h", 120), ("24h", 1_440), ("1440m", 1_440)] {
            assert_eq!(text.parse(), Ok(Minutes(minutes)), "{text}");
        }
        for text in ["", "15", "m", "0m", "1441m", "25h", "-1m", "+1m", "1.5h", "1d", "99999999999m", "4294967295h"] {
            assert_eq!(text.parse::<Minutes>(), Err(ParseMinutesError), "{text}");
        }
    }
}
