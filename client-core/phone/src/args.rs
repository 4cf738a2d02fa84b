//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::{clock::UtcOffset, lang::Lang};

const EXAMPLES: &str = "\
Examples:
  linecrew-phone --data ~/phone login --server http://127.0.0.1:8080 --user lin
  export LINECREW_PHONE_DATA=~/phone       # from here on, --data is not needed
  linecrew-phone list                      # the crew's open items
  linecrew-phone accept 7                  # by the end of its number 20261123-0007
  linecrew-phone depart 7 && linecrew-phone arrive 7 && linecrew-phone start 7
  linecrew-phone material 7 'fuse 63 A' 2 pcs
  linecrew-phone complete 7 --cause 'blown fuse' --remedy 'fuse replaced' --restored-at 14:02
  linecrew-phone status                    # what is safe on the server, and what is not
  linecrew-phone watch                     # stays connected; q leaves

ITEM is the number of an item, its last digits, or the end of its id.

Every command saves on this phone first and says so. Then it tries, for up to 3 seconds, to bring the edit to the server, and says
whether it is safe there. Without a network everything works the same; edits wait and go out with the next sync.

Exit codes:
  0  done (an edit: saved on this phone)      4  no such item, or several match
  1  the store on this phone failed           5  somebody has to sign in first
  2  wrong command line                       6  the server could not be reached (login, sync)
  3  the rules do not allow it";

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
    /// Sign in. Needs the server; everything else works without it.
    #[command(after_help = "Examples:\n  linecrew-phone login --server http://127.0.0.1:8080 --user lin\n  \
        linecrew-phone login --server http://127.0.0.1:8080 --user lin --password-stdin < password.txt")]
    Login(Login),
    /// The items of the crew, the urgent first.
    List {
        /// Also those on which the crew has nothing left to do.
        #[arg(long)]
        all: bool,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Everything about one item.
    Show {
        /// Number, its last digits, or the end of the id.
        item: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Take an item.
    Accept(Item),
    /// Say that you are on the way.
    Depart(Item),
    /// Say that you are on site: stops the arrival clock.
    Arrive(Item),
    /// Say that work begins.
    Start(Item),
    /// Go on after a suspension.
    Resume(Item),
    /// Say that power is back.
    Restore(Report),
    /// Finish an item with its report.
    #[command(after_help = "Example:\n  linecrew-phone complete 7 --cause 'blown fuse' --remedy 'fuse replaced' --restored-at 14:02")]
    Complete(Report),
    /// Say that the crew cannot take it.
    Decline(Reason),
    /// Stop work for now.
    Suspend(Reason),
    /// Say that it could not be done.
    NotDone(Reason),
    /// Add a line to the notes.
    Note {
        /// Number, its last digits, or the end of the id.
        item: String,
        /// The line.
        text: String,
    },
    /// Write down material that was used.
    #[command(after_help = "Example:\n  linecrew-phone material 7 'fuse 63 A' 2 pcs")]
    Material {
        /// Number, its last digits, or the end of the id.
        item: String,
        /// What.
        name: String,
        /// How much.
        quantity: f64,
        /// Of which unit.
        unit: String,
    },
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
    /// What needs a look: refused edits, and items that were taken away.
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

/// Who signs in, and where.
#[derive(Debug, Args)]
pub struct Login {
    /// The server, such as `http://127.0.0.1:8080` [default: the last one].
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// The name to sign in with [default: the last one].
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Read the password from standard input instead of asking for it.
    #[arg(long)]
    pub password_stdin: bool,
    /// What people call this phone [default: the name of this machine].
    #[arg(long, value_name = "NAME")]
    pub device_name: Option<String>,
    /// Send the password and all data unencrypted to another machine. Only on a network that you trust.
    #[arg(long)]
    pub allow_cleartext: bool,
}

/// Which item.
#[derive(Debug, Args)]
pub struct Item {
    /// Number, its last digits, or the end of the id.
    pub item: String,
}

/// What was found and done.
#[derive(Debug, Args)]
pub struct Report {
    /// Number, its last digits, or the end of the id.
    pub item: String,
    /// Why it failed.
    #[arg(long)]
    pub cause: String,
    /// What was done.
    #[arg(long)]
    pub remedy: String,
    /// When power was back, such as `14:02` or `2026-11-23T14:02`.
    #[arg(long, value_name = "TIME")]
    pub restored_at: Option<String>,
    /// Who did it, if it was not you.
    #[arg(long, value_name = "NAME")]
    pub handler: Option<String>,
}

/// Why not.
#[derive(Debug, Args)]
pub struct Reason {
    /// Number, its last digits, or the end of the id.
    pub item: String,
    /// Why.
    #[arg(long)]
    pub reason: String,
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
