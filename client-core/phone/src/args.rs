//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::{clock::UtcOffset, described::typed_kind, lang::Lang};

mod edit;
mod money;

pub use edit::Edit;
pub(crate) use edit::{Book, Complete, Decide, Do, Exchange, Item, Reason, Report, Serve, Sign};
pub(crate) use money::{BookAction, Collect, SessionAction};
pub use money::{Booking, Money};

const EXAMPLES: &str = "\
Examples:
  linecrew-phone --data ~/phone enrol 'linecrew:enrol?code=7K4QM-2XHTB&server=https://crews.example'
  export LINECREW_PHONE_DATA=~/phone       # from here on, --data is not needed
  linecrew-phone list                      # the crew's open items, of all kinds
  linecrew-phone next 7                    # what can be done with it now, as commands to type
  linecrew-phone accept 7                  # by the count at the end of its number 20261123-0007
  linecrew-phone depart 7 && linecrew-phone arrive 7
  linecrew-phone safety 7 work_ticket GZ-2026-117
  linecrew-phone start 7
  linecrew-phone complete 7 --cause 'blown fuse' --remedy 'fuse replaced' --restored-at 14:02
  linecrew-phone do 7 completed result='seal replaced'     # any step of any kind
  linecrew-phone why 7                     # why it is on this phone
  linecrew-phone status                    # what is safe on the server, and what is not
  linecrew-phone watch                     # stays connected; q leaves

A collector's round, in order:
  linecrew-phone book take                 # draw a ticket book; the office has leased it
  linecrew-phone session open 200          # with 200.00 of change money
  linecrew-phone due                       # whom to call on
  linecrew-phone collect 350100012345 86.40
  linecrew-phone print 21 --lang zh        # by the number behind the series: 21 of 2ALQ2-00000021
  linecrew-phone void 21 --reason 'wrong account'
  linecrew-phone receipts                  # where each of them is
  linecrew-phone deposit S-117 1250 --bank ICBC
  linecrew-phone session close 200 --float-left 200
  linecrew-phone book return               # what is left of the book

ITEM is the number of an item (20261123-0007), the count at its end (7 or 0007), both with the end of the day (23-0007), or six
characters or more from the end of its id. What has left this phone is said so; no other item takes its place.

Every command saves on this phone first and says so. Then it tries, for up to 3 seconds, to bring the edit to the server, and says
whether it is safe there. Without a network everything works the same; edits wait and go out with the next sync.

Exit codes:
  0  done (an edit: saved on this phone)      4  no such item, or several match
  1  the store on this phone failed           5  the phone has to be enrolled first
  2  wrong command line                       6  the server could not be reached (enrol, sync)
  3  the rules do not allow it                7  locked, after days without contact: sync first";

/// A phone of a field crew, in the terminal: works offline, says what is safe and what is not.
#[derive(Debug, Parser)]
#[command(name = "linecrew-phone", version, after_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    /// The phone's own folder. Two folders are two phones.
    #[arg(long, env = "LINECREW_PHONE_DATA", value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Language [default: as LANG says].
    #[arg(long, env = "LINECREW_PHONE_LANG", global = true)]
    pub lang: Option<Lang>,
    /// Do not try to reach the server.
    #[arg(long, global = true)]
    pub offline: bool,
    /// Times are shown and read at this distance from UTC.
    #[arg(
        long,
        env = "LINECREW_PHONE_UTC_OFFSET",
        value_name = "±HH:MM",
        default_value = "+08:00",
        allow_hyphen_values = true,
        global = true
    )]
    pub utc_offset: UtcOffset,
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make this phone yours, with an invitation from the office. Needs the server; everything else works without it.
    #[command(after_help = "Examples:\n  linecrew-phone enrol 'linecrew:enrol?code=7K4QM-2XHTB&server=https://crews.example'\n  \
        linecrew-phone enrol 7K4QM-2XHTB --server https://crews.example\n  \
        linecrew-phone enrol 7K4QM-2XHTB                         # again, at the server of before")]
    Enrol(Enrol),
    /// The items of the crew, the urgent first.
    List {
        /// Also those on which the crew has nothing left to do.
        #[arg(long)]
        all: bool,
        /// Only those of one kind, such as `meter_rotation`.
        #[arg(long, value_name = "KIND", value_parser = typed_kind)]
        kind: Option<&'static str>,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Everything about one item.
    Show {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
        /// Only its signatures, as SVG pictures.
        #[arg(long, conflicts_with = "json")]
        svg: bool,
    },
    /// What can be done with an item now, as commands to type.
    Next {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Why an item is on this phone, or no longer is.
    Why {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// The form of a survey: its questions, and what has been answered.
    Form(Item),
    /// An edit of an item.
    #[command(flatten)]
    Edit(Edit),
    /// The ticket books; or, with ITEM and TIME, an appointment.
    Book(Booking),
    /// Field collection.
    #[command(flatten)]
    Money(Money),
    /// Send what waits and fetch what is new.
    Sync {
        /// How long to try, such as `10s` or `500ms`.
        #[arg(long, default_value = "10s", value_parser = duration)]
        timeout: Duration,
    },
    /// Stay connected and show what changes; q or Ctrl-C leaves.
    Watch,
    /// What is safe on the server, and what is not.
    Status {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// What needs a look: open questions, refused edits, and items that were taken away.
    Inbox {
        /// What to do with it.
        #[command(subcommand)]
        action: Option<InboxAction>,
    },
    /// The edits made on this phone, and where each of them is.
    Edits {
        /// Also those that have long been safe.
        #[arg(long)]
        all: bool,
    },
}

/// What to do with an entry of the inbox.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum InboxAction {
    /// You have seen it. A refused edit is given up with this; the server keeps it all the same.
    Dismiss {
        /// Its number in the inbox.
        number: i64,
    },
}

/// An invitation, and where it is taken.
#[derive(Args)]
pub struct Enrol {
    /// The link that the invitation's QR code holds, or its code alone.
    #[arg(value_name = "LINK-OR-CODE")]
    pub invitation: String,
    /// The server, such as `https://crews.example` [default: the link's, then the last one].
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// What people call this phone [default: the name of this machine].
    #[arg(long, value_name = "NAME")]
    pub device_name: Option<String>,
    /// Trust this certificate authority, a PEM file, and no other: for a server with a certificate of the company's own CA. A copy stays in
    /// the phone's folder and is used from then on, as long as the phone belongs to this server.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Send the code and all data unencrypted to another machine. Only on a network that you trust.
    #[arg(long)]
    pub allow_cleartext: bool,
}

/// Without the invitation: its code is a secret.
impl std::fmt::Debug for Enrol {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Enrol").field("server", &self.server).finish_non_exhaustive()
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| "not a duration such as 10s".to_owned())?;
    let millis = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" | "min" => 60_000,
        _ => return Err("units are ms, s and m".to_owned()),
    };
    Ok(Duration::from_millis(number.saturating_mul(millis)))
}
