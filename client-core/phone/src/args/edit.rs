//! Edits on the command line: a friendly command for what is done every day, and `do` for any step of any kind.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// An edit of an item.
#[derive(Debug, Subcommand)]
pub enum Edit {
    /// Take an item.
    Accept(Item),
    /// Say that you are on the way.
    Depart(Item),
    /// Say that you are on site: stops the arrival clock.
    Arrive(Item),
    /// Record a step of the safety gate.
    #[command(after_help = "Steps: work_ticket, hazard_survey, briefing, supervisor_confirmed, de_energised, verified_dead, earthed,\\n\
        warning_boards, belt_and_helmet. A ticket needs its number, a briefing its host, a confirmation its supervisor.\n\n\
        Example:\n  linecrew-phone safety 7 work_ticket GZ-2026-117")]
    Safety {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// The step.
        step: String,
        /// The ticket's number, the briefing's host, the place of the earth.
        detail: Option<String>,
    },
    /// Begin although the safety gate is not passed. The dispatcher is told.
    ForceStart(Reason),
    /// Say that work begins. The safety gate comes first.
    Start(Item),
    /// A repair: power is back.
    Restore(Report),
    /// Finish an item, with what its kind asks for.
    #[command(after_help = "Examples:\n  linecrew-phone complete 7 --cause 'blown fuse' --remedy 'fuse replaced' --restored-at 14:02\n  \
        linecrew-phone complete 12 cut_at=14:02")]
    Complete(Complete),
    /// A rotation: the meter was exchanged.
    #[command(after_help = "Example:\n  linecrew-phone exchange 7 --removed 3540012 --installed 3559981 --multiplier 1 \\\n    \
        --reading 1=48213 --initial 1=0 --digits 1=6 --photo-removed old.jpg --photo-installed new.jpg\n\n\
        An index is written with all digits that the register shows, without the point.")]
    Exchange(Exchange),
    /// A rotation: the customer has confirmed the readings and signed; or, with --refused, has not.
    Confirm {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// Why the customer did not confirm.
        #[arg(long, value_name = "REASON")]
        refused: Option<String>,
    },
    /// A rotation: nobody let you in.
    NoAccess {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// A photo as proof: a file, or the hash of one that is attached.
        #[arg(long, value_name = "FILE|HASH")]
        proof: String,
    },
    /// Somebody signs: strokes as JSON, lines of [x, y] points on a canvas of 400 by 160.
    #[command(after_help = "Example:\n  linecrew-phone sign 7 --name 陈秀英 strokes.json")]
    Sign(Sign),
    /// Answer a question of the form, or correct a reading.
    #[command(
        visible_alias = "correct",
        after_help = "Examples:\n  linecrew-phone answer 9 seals_whole yes\n  \
        linecrew-phone answer 9 registers/a/index 48213      # `a` names one of several registers\n  \
        linecrew-phone answer 9 hazards --clear\n  linecrew-phone correct 7 removed/1 48214"
    )]
    Answer {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// The question's path, as `form` shows it.
        path: String,
        /// The answer; several choices with commas between; a photo as a file or hash.
        #[arg(required_unless_present = "clear", allow_hyphen_values = true)]
        value: Option<String>,
        /// Take the answer back.
        #[arg(long, conflicts_with = "value")]
        clear: bool,
    },
    /// A survey: the form is filled.
    Submit {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// Anything else.
        #[arg(long)]
        note: Option<String>,
    },
    /// A notice has reached the customer.
    #[command(after_help = "Ways: handed_over, left_at_door, posted, published.\n\n\
        Example:\n  linecrew-phone serve 7 --how left_at_door --proof door.jpg")]
    Serve(Serve),
    /// A notice could not be served.
    NotServed(Reason),
    /// Attach a photo, a page or a recording.
    Attach {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// The file. It stays where it is.
        file: PathBuf,
        /// What it shows.
        #[arg(long)]
        caption: Option<String>,
    },
    /// Make an appointment, or move one. Typed as [`Booking`](super::Booking).
    #[command(skip)]
    Book(Book),
    /// Say that the crew cannot take it.
    Decline(Reason),
    /// Stop work for now.
    Suspend(Reason),
    /// Go on after a suspension.
    Resume(Item),
    /// Give the item to another crew.
    HandOver {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// The other crew's id.
        #[arg(long)]
        crew: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Say that it could not be done.
    NotDone(Reason),
    /// Add a line to the notes.
    Note {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// The line.
        text: String,
    },
    /// Write down material that was used.
    #[command(after_help = "Example:\n  linecrew-phone material 7 'fuse 63 A' 2 pcs")]
    Material {
        /// Its number, or the count at its end: 7 or 0007.
        item: String,
        /// What.
        name: String,
        /// How much.
        quantity: f64,
        /// Of which unit.
        unit: String,
    },
    /// Decide an open question of an item, as `show` and `inbox` number them.
    #[command(after_help = "Example:\n  linecrew-phone resolve 7 1 2      # question 1: choice 2")]
    Resolve(Decide),
    /// Any step of any kind, with its fields.
    #[command(after_help = "Fields nest with dots; a whole body comes from @FILE.json. `next` names the steps and their fields.\n\n\
        Examples:\n  linecrew-phone do 7 exchanged removed.serial=3540012 removed.registers.1.index=48213 …\n  \
        linecrew-phone do 12 completed @report.json note='gate locked again'")]
    Do(Do),
}

/// Which item.
#[derive(Debug, Args)]
pub struct Item {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
}

/// What was found and done.
#[derive(Debug, Args)]
pub struct Report {
    /// Its number, or the count at its end: 7 or 0007.
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

/// What a kind asks for at its end.
#[derive(Debug, Args)]
pub struct Complete {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// What the kind asks for, as FIELD=VALUE or @FILE.json; `next` names the fields.
    #[arg(value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
    /// A repair: why it failed.
    #[arg(long)]
    pub cause: Option<String>,
    /// A repair: what was done.
    #[arg(long)]
    pub remedy: Option<String>,
    /// A repair: when power was back, such as `14:02` or `2026-11-23T14:02`.
    #[arg(long, value_name = "TIME")]
    pub restored_at: Option<String>,
    /// A repair: who did it, if it was not you.
    #[arg(long, value_name = "NAME")]
    pub handler: Option<String>,
}

/// One meter off, another on.
#[derive(Debug, Args)]
pub struct Exchange {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// The number of the meter that was taken off.
    #[arg(long, value_name = "SERIAL")]
    pub removed: String,
    /// The number of the meter that was put on.
    #[arg(long, value_name = "SERIAL")]
    pub installed: String,
    /// What the new meter's indexes are multiplied by.
    #[arg(long, value_name = "N")]
    pub multiplier: u64,
    /// A final index, by register; once for each register.
    #[arg(long = "reading", value_name = "REGISTER=INDEX", required = true, value_parser = register)]
    pub readings: Vec<(String, u64)>,
    /// An initial index of the new meter, by register.
    #[arg(long = "initial", value_name = "REGISTER=INDEX", required = true, value_parser = register)]
    pub initials: Vec<(String, u64)>,
    /// Digits of a register of the new meter [default: as the old meter's].
    #[arg(long, value_name = "REGISTER=N", value_parser = register)]
    pub digits: Vec<(String, u64)>,
    /// A photo of the old meter's registers: a file, or the hash of one that is attached.
    #[arg(long, value_name = "FILE|HASH")]
    pub photo_removed: Option<String>,
    /// A photo of the new meter's registers.
    #[arg(long, value_name = "FILE|HASH")]
    pub photo_installed: Option<String>,
    /// Why there is no photo.
    #[arg(long, value_name = "REASON")]
    pub no_photo: Option<String>,
    /// Why something is not as expected.
    #[arg(long, value_name = "TEXT")]
    pub explanation: Option<String>,
    /// The numbers of the seals.
    #[arg(long, value_name = "NUMBERS")]
    pub seals: Option<String>,
}

/// Who signs, with what.
#[derive(Debug, Args)]
pub struct Sign {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// A file with the strokes.
    #[arg(required_unless_present = "stdin", conflicts_with = "stdin")]
    pub strokes: Option<PathBuf>,
    /// Read the strokes from standard input.
    #[arg(long)]
    pub stdin: bool,
    /// The signer's name.
    #[arg(long)]
    pub name: String,
    /// In which part: customer, technician or witness.
    #[arg(long, default_value = "customer")]
    pub role: String,
}

/// How a notice was served.
#[derive(Debug, Args)]
pub struct Serve {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// The way: handed_over, left_at_door, posted or published.
    #[arg(long, value_name = "WAY")]
    pub how: String,
    /// Who took it.
    #[arg(long, value_name = "NAME")]
    pub recipient: Option<String>,
    /// A photo as proof: a file, or the hash of one that is attached.
    #[arg(long, value_name = "FILE|HASH")]
    pub proof: Option<String>,
    /// Anything else.
    #[arg(long)]
    pub note: Option<String>,
}

/// When somebody comes.
#[derive(Debug, Args)]
pub struct Book {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// When, such as `14:00` or `2026-11-28T09:00`.
    pub time: String,
    /// Why it moves.
    #[arg(long)]
    pub reason: Option<String>,
}

/// Why not.
#[derive(Debug, Args)]
pub struct Reason {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// Why.
    #[arg(long)]
    pub reason: String,
}

/// Which question, and how it is decided.
#[derive(Debug, Args)]
pub struct Decide {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// The question's number.
    pub question: usize,
    /// The choice's number, or its name.
    pub choice: String,
    /// Why, for whoever reads it later.
    #[arg(long, default_value = "")]
    pub note: String,
}

/// Which step, with what.
#[derive(Debug, Args)]
pub struct Do {
    /// Its number, or the count at its end: 7 or 0007.
    pub item: String,
    /// The step's name, such as `work_started`.
    pub step: String,
    /// What it holds.
    #[arg(value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
}

fn register(text: &str) -> Result<(String, u64), String> {
    let (register, number) = text.split_once('=').ok_or_else(|| "not REGISTER=NUMBER, such as 1=48213".to_owned())?;
    let number = number.trim().parse().map_err(|_| format!("{number:?} is no whole number; write an index without its point"))?;
    Ok((register.trim().to_owned(), number))
}
