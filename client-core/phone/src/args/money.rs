//! Field collection on the command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use linecrew_client::protocol::model::collection::{Amounts, Fen, Method};

/// The ticket books; or, with ITEM and TIME, an appointment.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  linecrew-phone book                       # the ticket books on this phone\n  \
        linecrew-phone book take                  # draw the next one\n  \
        linecrew-phone book return                # give the unused rest back\n  \
        linecrew-phone book 7 2026-11-28T09:00    # an appointment for item 7"
)]
pub struct Booking {
    /// What to do with a ticket book.
    #[command(subcommand)]
    pub action: Option<BookAction>,
    /// An item, to make an appointment: its number, or the count at its end.
    #[arg(requires = "time")]
    pub item: Option<String>,
    /// When, such as `14:00` or `2026-11-28T09:00`.
    pub time: Option<String>,
    /// Why an appointment moves.
    #[arg(long, requires = "time")]
    pub reason: Option<String>,
    /// The books as JSON, for scripts.
    #[arg(long, conflicts_with = "item")]
    pub json: bool,
}

/// What to do with a ticket book.
#[derive(Debug, Subcommand)]
pub enum BookAction {
    /// Draw a book (领取票据) [default: the first that is not drawn yet].
    Take {
        /// One of its tickets, such as `FZ-00000051`, or the end of its id.
        book: Option<String>,
    },
    /// Give the unused rest of a book back [default: the one in use].
    Return {
        /// One of its tickets, such as `FZ-00000051`, or the end of its id.
        book: Option<String>,
    },
}

/// What money does.
#[derive(Debug, Subcommand)]
pub enum Money {
    /// What is to be collected, in the order of the round.
    Due {
        /// Only what has this text in account, name, address, period or reference.
        text: Option<String>,
        /// Also what is paid or was taken back.
        #[arg(long)]
        all: bool,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Take money and issue the receipt.
    #[command(
        group = ArgGroup::new("method"),
        after_help = "More than is open is paid ahead; less leaves the rest open.\n\nExamples:\n  linecrew-phone collect 350100012345 86.40\n  \
            linecrew-phone collect 350100012345 86.40 --cheque 0017,ICBC,2026-11-28\n  \
            linecrew-phone collect 350100012345 86.40 --terminal 20261128-0042"
    )]
    Collect(Collect),
    /// The receipts issued on this phone, and where each of them is.
    Receipts {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Print a receipt: text of 32 columns for 58 mm paper; --png FILE is the QR code of its link.
    #[command(after_help = "Examples:\n  linecrew-phone print FZ-00000012 --lang zh > /dev/usb/lp0\n  \
        linecrew-phone print 12 --png receipt.png")]
    Print {
        /// The number, or what is behind its series: 21 of 2ALQ2-00000021.
        ticket: String,
        /// Write the QR code here.
        #[arg(long, value_name = "FILE")]
        png: Option<PathBuf>,
    },
    /// Take a receipt of the open session back, and return its money.
    Void {
        /// The number, or what is behind its series: 21 of 2ALQ2-00000021.
        ticket: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Give money of an earlier receipt back, in cash. Only a cashier does that.
    Refund {
        /// The number, or what is behind its series: 21 of 2ALQ2-00000021.
        ticket: String,
        /// How much, in yuan.
        #[arg(value_parser = yuan)]
        amount: Fen,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Pay money in at the bank.
    #[command(
        after_help = "AMOUNTS are yuan in cash, or each by its name.\n\nExamples:\n  linecrew-phone deposit S-117 1250.00 --bank ICBC\n  \
        linecrew-phone deposit S-118 cash=1250,cheque=86.40 --bank ICBC"
    )]
    Deposit {
        /// The slip's number.
        slip: String,
        /// How much.
        #[arg(value_parser = amounts)]
        amounts: Amounts,
        /// Where.
        #[arg(long)]
        bank: String,
        /// Of which session [default: the open one, else the last that is not settled]: the end of its id.
        #[arg(long, value_name = "ID")]
        session: Option<String>,
    },
    /// The cash session.
    #[command(after_help = "Examples:\n  linecrew-phone session open 200\n  linecrew-phone session show\n  \
        linecrew-phone session close 1450,cheque=86.40 --float-left 200\n\n\
        When the count is not what it should be, --reason says why; the office is told.")]
    Session {
        /// What to do with it [default: show].
        #[command(subcommand)]
        action: Option<SessionAction>,
    },
}

/// Whose bill, how much, and how.
#[derive(Debug, Args)]
pub struct Collect {
    /// The account, or the end of the amount's id.
    pub account: String,
    /// How much, in yuan.
    #[arg(value_parser = yuan)]
    pub amount: Fen,
    /// In cash [default].
    #[arg(long, group = "method")]
    pub cash: bool,
    /// By cheque.
    #[arg(long, group = "method", value_name = "NUMBER,BANK,DATE", value_parser = cheque)]
    pub cheque: Option<Method>,
    /// By card or QR through the terminal.
    #[arg(long, group = "method", value_name = "REFERENCE")]
    pub terminal: Option<String>,
    /// As JSON, for scripts.
    #[arg(long)]
    pub json: bool,
}

impl Collect {
    pub(crate) fn method(&self) -> Method {
        let terminal = self.terminal.clone().map(|reference| Method::Terminal { reference });
        self.cheque.clone().or(terminal).unwrap_or(Method::Cash)
    }
}

/// What to do with the cash session.
#[derive(Debug, Subcommand)]
pub enum SessionAction {
    /// Open one, with change money.
    Open {
        /// Change money, in yuan.
        #[arg(value_parser = yuan)]
        float: Fen,
    },
    /// Count what is in hand and close it.
    Close {
        /// What is in hand, change money included.
        #[arg(value_parser = amounts)]
        counted: Amounts,
        /// What of the cash stays as change money, in yuan.
        #[arg(long, value_parser = yuan, default_value = "0")]
        float_left: Fen,
        /// Why the count is not what it should be.
        #[arg(long)]
        reason: Option<String>,
    },
    /// What was taken, and what should be in hand.
    Show {
        /// All sessions as JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

fn yuan(text: &str) -> Result<Fen, String> {
    Fen::parse_yuan(text).filter(|amount| *amount >= Fen::ZERO).ok_or_else(|| "not an amount in yuan such as 86.40".to_owned())
}

fn amounts(text: &str) -> Result<Amounts, String> {
    let mut amounts = Amounts::default();
    for part in text.split(',') {
        let (name, amount) = part.split_once('=').unwrap_or(("cash", part));
        let slot = match name.trim() {
            "cash" | "现金" => &mut amounts.cash,
            "cheque" | "支票" => &mut amounts.cheque,
            "terminal" | "终端" => &mut amounts.terminal,
            other => return Err(format!("{other:?} is none of cash, cheque and terminal")),
        };
        *slot = *slot + yuan(amount.trim())?;
    }
    Ok(amounts)
}

fn cheque(text: &str) -> Result<Method, String> {
    let parts: Vec<&str> = text.split([',', '，']).map(str::trim).collect();
    match parts.as_slice() {
        [number, bank, date] if parts.iter().all(|part| !part.is_empty()) => {
            Ok(Method::Cheque { number: (*number).to_owned(), bank: (*bank).to_owned(), date: (*date).to_owned() })
        }
        _ => Err("not NUMBER,BANK,DATE such as 0017,ICBC,2026-11-28".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_typed_in_yuan() {
        assert_eq!(amounts("12.5"), Ok(Amounts::cash(Fen(1_250))));
        let each = Amounts { cash: Fen(100), cheque: Fen(5), terminal: Fen(20_000) };
        assert_eq!(amounts("cash=1,cheque=0.05,终端=200"), Ok(each));
        for text in ["", "-1", "1e3", "gold=1", "1,cheque", "cheque="] {
            assert!(amounts(text).is_err(), "{text}");
        }
        assert!(cheque("0017,ICBC").is_err() && cheque("0017,,2026").is_err());
    }
}
