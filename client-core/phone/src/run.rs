//! From the command line to what is printed.

use std::io::{self, Write};

use linecrew_client::{EditsFilter, Host, ItemFilter, SystemHost};

use crate::{
    act,
    args::{Action, Cli, InboxAction},
    clock::{Clock, UtcOffset},
    exit::Exit,
    failure::Failure,
    json,
    lang::Lang,
    page::Page,
    phone::Phone,
    sign_in::sign_in,
    syncing::sync,
    terminal, view,
    watch::watch,
};

/// How many edits `edits` shows of those that are safe, without `--all`.
const RECENT_EDITS: u32 = 20;

/// Carries out one command line and prints what there is to say.
pub async fn run(cli: Cli) -> Exit {
    let lang = cli.lang.unwrap_or_else(Lang::of_environment);
    let page = page(lang, cli.utc_offset);
    match carry_out(cli, &page).await {
        Ok(()) => Exit::Done,
        Err(failure) => {
            // What was said before stands above it.
            drop(io::stdout().flush());
            eprint!("{}", failure.words(&page));
            failure.exit()
        }
    }
}

fn page(lang: Lang, offset: UtcOffset) -> Page {
    let clock = Clock { now: SystemHost::new().wall(), offset };
    Page { lang, clock, columns: terminal::columns(), coloured: terminal::coloured() }
}

async fn carry_out(cli: Cli, page: &Page) -> Result<(), Failure> {
    let phone = Phone::open(&cli.data.ok_or(Failure::NoFolder)?)?;
    let action = match cli.action {
        Action::Login(asked) => return sign_in(&phone, page, asked).await,
        Action::Sync { timeout } => return sync(&phone, page, timeout).await,
        Action::Watch => return watch(&phone, || self::page(page.lang, page.clock.offset)).await,
        other => other,
    };
    match action {
        Action::List { all, json } => list(&phone, page, all, json),
        Action::Show { item, json } => show(&phone, page, &item, json),
        Action::Status { json } => status(&phone, page, json),
        Action::Inbox { action } => inbox(&phone, page, action),
        Action::Edits { all } => edits(&phone, page, all),
        edit => match act::command(edit, page)? {
            Some((item, command)) => act::act(&phone, page, cli.offline, &item, command).await,
            None => Ok(()),
        },
    }
}

fn list(phone: &Phone, page: &Page, all: bool, as_json: bool) -> Result<(), Failure> {
    let rows = phone.client.items(ItemFilter { open_only: !all })?;
    let status = phone.status()?;
    if as_json {
        println!("{:#}", json::list(&rows, &status)?);
    } else {
        print!("{}", view::list(page, &rows, &status));
    }
    Ok(())
}

fn show(phone: &Phone, page: &Page, item: &str, as_json: bool) -> Result<(), Failure> {
    let id = phone.find(item)?;
    let item = phone.client.item(id)?.ok_or(Failure::Unreadable(id))?;
    if as_json {
        println!("{:#}", json::item(&item)?);
    } else {
        print!("{}", view::item(page, &item));
    }
    Ok(())
}

fn status(phone: &Phone, page: &Page, as_json: bool) -> Result<(), Failure> {
    let (account, status) = (phone.account(), phone.status()?);
    if as_json {
        println!("{:#}", json::status(account.as_ref(), &status));
    } else {
        print!("{}", view::status(page, account.as_ref(), &status));
    }
    Ok(())
}

fn inbox(phone: &Phone, page: &Page, action: Option<InboxAction>) -> Result<(), Failure> {
    if let Some(InboxAction::Dismiss { number }) = action
        && !phone.client.dismiss(number)?
    {
        return Err(Failure::NoSuchEntry(number));
    }
    print!("{}", view::inbox(page, &phone.client.inbox()?));
    Ok(())
}

fn edits(phone: &Phone, page: &Page, all: bool) -> Result<(), Failure> {
    let newest = if all { None } else { Some(RECENT_EDITS) };
    let waiting = phone.client.edits(EditsFilter { unsafe_only: true, ..EditsFilter::default() })?;
    let mut edits = phone.client.edits(EditsFilter { newest, ..EditsFilter::default() })?;
    // However old: what is not safe always shows.
    edits.extend(waiting);
    edits.sort_by_key(|edit| edit.device_seq);
    edits.dedup_by_key(|edit| edit.device_seq);
    print!("{}", view::edits(page, &edits));
    Ok(())
}
