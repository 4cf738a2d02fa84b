//! Why a command was not carried out, and what the exit code says about it.

use std::{io, path::PathBuf};

use linecrew_client::{
    CommandError, EnrolError, FindError, KeyFileError, OpenError, SignInError, StoreError,
    collection::{CollectionError, PrintError},
    driver::SyncStop,
    protocol::{Refusal, enrolment::ParseInviteError, ids::DocumentId, model::work::SafetyStep},
    transport::{AddressError, PrivateCaError},
};

use crate::{
    clock::ParseTimeError,
    exit::Exit,
    fields::FieldError,
    next::Hint,
    page::{Ink, Page},
    view,
    width::plain,
    words,
};

/// Steps that a refusal names: what comes first, and the gate whole.
const MAX_HINTS: usize = 8;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("name the phone's folder with --data DIR, or set LINECREW_PHONE_DATA")]
    NoFolder,
    #[error("the folder {} cannot be made", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("this phone cannot be opened")]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Find(#[from] FindError),
    #[error(transparent)]
    Time(#[from] ParseTimeError),
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("{} is no certificate authority", path.display())]
    Ca {
        path: PathBuf,
        #[source]
        source: PrivateCaError,
    },
    #[error("--ca is for an address that begins with https://")]
    CaWithoutTls,
    #[error(transparent)]
    Invitation(#[from] ParseInviteError),
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    #[error("name the server with --server URL")]
    NoServer,
    #[error("this phone is not enrolled: ask the office for an invitation, then `linecrew-phone enrol`")]
    NotSignedIn,
    #[error("{0} needs the server: leave --offline away")]
    NeedsServer(&'static str),
    #[error("not allowed: {}", .refusal.detail)]
    Refused { refusal: Refusal, hints: Vec<Hint> },
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error("{0:?} is no step of the safety gate: {steps}", steps = SafetyStep::ALL.map(SafetyStep::name).join(", "))]
    NoSafetyStep(String),
    #[error("{0:?} is not the id of a crew, such as 01931c6e-7d00-7000-8000-000000000000")]
    NoCrew(String),
    #[error("{0:?} is nobody who signs: customer, technician or witness")]
    NoSigner(String),
    #[error("the strokes {0}")]
    Strokes(&'static str),
    #[error("register {0} has no digits: say how many it shows with --digits {0}=N")]
    NoDigits(String),
    #[error("the file {} cannot be read", path.display())]
    NoFile {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("this item has no open question {0}; `linecrew-phone show ITEM` numbers them")]
    NoSuchQuestion(usize),
    #[error("this question has no choice {choice:?}; they are numbered 1 to {count}")]
    NoSuchChoice { choice: String, count: usize },
    #[error("item {0} is no survey: it has no form; `linecrew-phone next {0}` says what can be done")]
    NoForm(String),
    #[error("the form of this survey is not here yet; `linecrew-phone sync` fetches it")]
    FormNotHere,
    #[error(transparent)]
    Collection(#[from] CollectionError),
    #[error(transparent)]
    Print(#[from] PrintError),
    #[error(transparent)]
    Key(#[from] KeyFileError),
    #[error("no receipt on this phone has the number {0:?}; `linecrew-phone receipts` lists them")]
    NoReceipt(String),
    #[error("nothing on this phone is due for account {0:?}; `linecrew-phone due` lists the round")]
    NothingDue(String),
    #[error("account {account} has {} open amounts; name one by the end of its id", open.len())]
    SeveralDue { account: String, open: Vec<String> },
    #[error("this phone has no ticket book {0:?}; `linecrew-phone book` lists them")]
    NoBook(String),
    #[error("this phone has no cash session {0:?}")]
    NoSession(String),
    #[error("the file {} cannot be written", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the inbox has no entry {0}")]
    NoSuchEntry(i64),
    #[error("item {} is on this phone, but this version cannot read it", .0.short())]
    Unreadable(DocumentId),
    #[error("syncing stopped")]
    Sync(#[source] SyncStop),
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error("the terminal cannot be used")]
    Terminal(#[source] io::Error),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            _ if self.is_lock() => Exit::Locked,
            Self::NoFolder | Self::Time(_) | Self::Address(_) | Self::NoServer | Self::Invitation(_) => Exit::Usage,
            Self::Ca { .. } | Self::CaWithoutTls => Exit::Usage,
            Self::Field(_) | Self::NoSafetyStep(_) | Self::NoCrew(_) | Self::NoSigner(_) | Self::Strokes(_) => Exit::Usage,
            Self::NoDigits(_) | Self::NoFile { .. } | Self::NoSuchChoice { .. } | Self::NoForm(_) => Exit::Usage,
            Self::Refused { .. } | Self::FormNotHere => Exit::Refused,
            Self::Collection(error) => of_collection(error),
            Self::Print(PrintError::UnknownTicket { .. }) | Self::NoReceipt(_) | Self::NothingDue(_) => Exit::NotFound,
            Self::SeveralDue { .. } | Self::NoBook(_) | Self::NoSession(_) => Exit::NotFound,
            Self::NoSuchQuestion(_) => Exit::NotFound,
            Self::Command(error) => match error {
                CommandError::Refused(_) | CommandError::Withdrawn { .. } => Exit::Refused,
                CommandError::UnknownItem { .. } => Exit::NotFound,
                CommandError::NotSignedIn => Exit::SignInNeeded,
                _ => Exit::Failed,
            },
            Self::Find(FindError::NotFound(_) | FindError::Ambiguous(_) | FindError::Departed { .. }) | Self::NoSuchEntry(_) => {
                Exit::NotFound
            }
            Self::NotSignedIn => Exit::SignInNeeded,
            Self::Enrol(error) => of_enrolment(error),
            Self::Sync(stop) if stop.needs_sign_in() => Exit::SignInNeeded,
            Self::Sync(SyncStop::Revoked | SyncStop::NotWiped(_)) => Exit::SignInNeeded,
            Self::NeedsServer(_) => Exit::Usage,
            Self::Sync(SyncStop::Store(_)) => Exit::Failed,
            Self::Sync(_) => Exit::Unreachable,
            _ => Exit::Failed,
        }
    }

    /// Whether this phone was without its server for too long.
    fn is_lock(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Locked)
                | Self::Command(CommandError::Locked(_))
                | Self::Find(FindError::Store(StoreError::Locked))
                | Self::Collection(CollectionError::Locked(_))
                | Self::Print(PrintError::Store(StoreError::Locked))
        )
    }

    /// In words, with what can be done about it.
    pub(crate) fn words(&self, page: &Page) -> String {
        if let Self::Sync(stop) = self {
            return format!("{} {}\n", page.ink(Ink::Bad, "✗"), plain(&view::stop(page, stop)));
        }
        if self.is_lock() {
            return format!("{} {}\n", page.ink(Ink::Bad, "✗"), words::locked(page.lang));
        }
        let mut text = format!("{} {}\n", page.ink(Ink::Bad, "✗"), plain(&self.headline(page)));
        if let Self::Refused { hints, .. } = self {
            return text + &advice(page, hints);
        }
        let mut cause = std::error::Error::source(self);
        while let Some(source) = cause {
            // Transparent errors and refusals are already in the headline.
            let words = source.to_string();
            if !text.contains(&plain(&words))
                && !matches!(
                    self,
                    Self::Command(CommandError::Refused(_) | CommandError::Withdrawn { .. })
                        | Self::Collection(CollectionError::Refused(_))
                )
            {
                text += &format!("  {}\n", page.ink(Ink::Dim, plain(&words)));
            }
            cause = source.source();
        }
        if let Self::SeveralDue { open, .. } = self {
            text += &open.iter().map(|line| format!("  {}\n", plain(line))).collect::<String>();
        }
        if let Self::Find(FindError::Ambiguous(found)) = self {
            for (id, number) in found {
                text += &format!("  {}  …{}\n", plain(number), id.short());
            }
            let more = page.of(
                "type the day, too, as in 29-0007 of 20261129-0007, or the six characters behind the …",
                "请连同日期输入，如 20261129-0007 的 29-0007，或输入 … 后的六个字符",
            );
            text += &format!("  {}\n", page.ink(Ink::Dim, more));
        }
        text
    }

    fn headline(&self, page: &Page) -> String {
        match self {
            Self::Command(CommandError::Refused(refusal)) | Self::Refused { refusal, .. } => {
                let why = words::refusal(page.lang, refusal);
                page.of(format!("not allowed: {why}"), format!("不允许：{why}"))
            }
            Self::Command(CommandError::Withdrawn { withdrawal, .. }) => {
                let why = words::withdrawal(page, withdrawal);
                page.of(format!("this item is no longer yours: {why}"), format!("此工单已不属于你：{why}"))
            }
            Self::Collection(CollectionError::Refused(refusal)) => {
                let why = words::refusal(page.lang, refusal);
                page.of(format!("not allowed: {why}"), format!("不允许：{why}"))
            }
            Self::Collection(error) => words::collection(page.lang, error),
            Self::Command(CommandError::NotSignedIn) | Self::NotSignedIn => {
                page.of(Self::NotSignedIn.to_string(), "本机尚未登记：请向调度索取邀请，再执行 `linecrew-phone enrol`".to_owned())
            }
            Self::Find(FindError::NotFound(text)) => {
                page.of(format!("no item on this phone has the number or id {text:?}"), format!("本机没有编号为 {text} 的工单"))
            }
            Self::Find(FindError::Departed { number, withdrawal, .. }) => {
                let why = words::withdrawal(page, withdrawal);
                page.of(format!("{number} left this phone: {why}"), format!("{number} 已离开本机：{why}"))
            }
            Self::NeedsServer(command) => page.of(self.to_string(), format!("{command} 需要连接服务器：请去掉 --offline")),
            Self::Enrol(error) => words::enrolment(page, error),
            Self::Open(error) => words::opening(page.lang, error).unwrap_or_else(|| self.to_string()),
            other => other.to_string(),
        }
    }
}

fn of_enrolment(error: &EnrolError) -> Exit {
    match error {
        EnrolError::Transport(_) | EnrolError::NotOurs(_) => Exit::Unreachable,
        EnrolError::KeyUnavailable(_) | EnrolError::SignIn(SignInError::Store(_)) => Exit::Failed,
        _ => Exit::SignInNeeded,
    }
}

fn of_collection(error: &CollectionError) -> Exit {
    use CollectionError as E;
    match error {
        E::NotSignedIn => Exit::SignInNeeded,
        E::UnknownBook { .. } | E::UnknownReceivable { .. } | E::UnknownTicket { .. } => Exit::NotFound,
        E::NoAmount { .. } => Exit::Usage,
        E::RoleMissing(_) | E::NoSession | E::NoBook | E::NoTickets | E::BookFrozen { .. } | E::ReceivableClosed { .. } => Exit::Refused,
        E::Refused(_) => Exit::Refused,
        _ => Exit::Failed,
    }
}

/// What can be done instead.
fn advice(page: &Page, hints: &[Hint]) -> String {
    if hints.is_empty() {
        return String::new();
    }
    let shown = view::next(page, hints.get(..MAX_HINTS).unwrap_or(hints));
    let instead = page.ink(Ink::Dim, page.of("what can be done:", "可以执行："));
    format!("  {instead}\n{}", shown.lines().map(|line| format!("  {line}\n")).collect::<String>())
}
