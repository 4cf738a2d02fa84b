//! From the command line to what is printed.

use std::io::{self, Write};

use linecrew_client::{EditsFilter, FindError, Host, ItemFilter, ItemView, SystemHost, Why};

use crate::{
    act,
    args::{Action, Book, Booking, Cli, Edit, InboxAction},
    clock::{Clock, UtcOffset},
    enrol::enrol,
    exit::Exit,
    failure::Failure,
    form::{self, form_of},
    json,
    lang::Lang,
    money,
    next::Steps,
    page::Page,
    phone::Phone,
    syncing::sync,
    terminal,
    view::{self, Shown},
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
    let folder = cli.data.ok_or(Failure::NoFolder)?;
    if let Some(command) = online_only(&cli.action).filter(|_| cli.offline) {
        return Err(Failure::NeedsServer(command));
    }
    let phone = Phone::open(&folder)?;
    if !matches!(cli.action, Action::Enrol(_)) {
        enrolled(&phone)?;
    }
    let action = match cli.action {
        Action::Enrol(asked) => return enrol(&phone, page, asked).await,
        Action::Sync { timeout } => return sync(&phone, page, timeout).await,
        Action::Watch => return watch(&phone, || self::page(page.lang, page.clock.offset)).await,
        other => other,
    };
    match action {
        Action::List { all, kind, json } => list(&phone, page, ItemFilter { open_only: !all, kind }, json),
        Action::Show { item, json, svg } => show(&phone, page, &item, json, svg),
        Action::Next { item, json } => next(&phone, page, &item, json),
        Action::Why { item, json } => why(&phone, page, &item, json),
        Action::Form(at) => form(&phone, page, &at.item),
        Action::Status { json } => status(&phone, page, json),
        Action::Inbox { action } => inbox(&phone, page, action),
        Action::Edits { all } => edits(&phone, page, all),
        Action::Edit(edit) => act::act(&phone, page, cli.offline, edit).await,
        Action::Book(Booking { item: Some(item), time: Some(time), reason, .. }) => {
            act::act(&phone, page, cli.offline, Edit::Book(Book { item, time, reason })).await
        }
        Action::Book(Booking { action, json, .. }) => money::book(&phone, page, cli.offline, action, json).await,
        Action::Money(asked) => money::money(&phone, page, cli.offline, asked).await,
        // They have been carried out above.
        Action::Enrol(_) | Action::Sync { .. } | Action::Watch => Ok(()),
    }
}

/// What cannot be done without the server, by its name.
fn online_only(action: &Action) -> Option<&'static str> {
    match action {
        Action::Enrol(_) => Some("enrol"),
        Action::Sync { .. } => Some("sync"),
        Action::Watch => Some("watch"),
        _ => None,
    }
}

/// A phone that is nobody's, or was wiped, holds nothing: whatever it said of that nothing would sound as if all were well.
fn enrolled(phone: &Phone) -> Result<(), Failure> {
    if phone.account().is_some() {
        return Ok(());
    }
    // A store that cannot be read is another matter.
    phone.client.session()?;
    Err(Failure::NotSignedIn)
}

fn list(phone: &Phone, page: &Page, filter: ItemFilter, as_json: bool) -> Result<(), Failure> {
    let rows = phone.client.items(filter)?;
    let status = phone.status()?;
    if as_json {
        println!("{:#}", json::list(&rows, &status)?);
    } else {
        print!("{}", view::list(page, &rows, &status));
    }
    Ok(())
}

fn show(phone: &Phone, page: &Page, typed: &str, as_json: bool, as_svg: bool) -> Result<(), Failure> {
    let item = held(phone, typed)?;
    if as_json {
        println!("{:#}", json::item(&item)?);
    } else if as_svg {
        item.view.signatures.iter().for_each(|signature| println!("{}", signature.svg));
    } else {
        let form = form_of(&phone.client, &item.view)?;
        let questions = phone.client.questions_of(item.view.row.id)?;
        print!("{}", view::item(page, &Shown { item: &item, form: form.as_ref(), questions: &questions, typed }));
    }
    Ok(())
}

fn held(phone: &Phone, typed: &str) -> Result<ItemView, Failure> {
    let id = phone.find(typed)?;
    phone.client.item(id)?.ok_or(Failure::Unreadable(id))
}

fn next(phone: &Phone, page: &Page, typed: &str, as_json: bool) -> Result<(), Failure> {
    let item = held(phone, typed)?;
    let hints = Steps { page, view: &item.view, typed }.all();
    if as_json {
        println!("{:#}", json::next(&hints));
    } else {
        print!("{}", view::next(page, &hints));
    }
    Ok(())
}

/// Also for what has left: then that is the answer.
fn why(phone: &Phone, page: &Page, typed: &str, as_json: bool) -> Result<(), Failure> {
    let found = match phone.find(typed) {
        Err(Failure::Find(FindError::Departed { document, .. })) => Some(document),
        // Also what is no item has an id.
        Err(Failure::Find(FindError::NotFound(_))) => typed.trim().parse().ok(),
        found => Some(found?),
    };
    let why = found.map_or(Ok(Why::NotHere), |id| phone.client.why(id))?;
    if as_json {
        println!("{:#}", json::why(&why)?);
    } else {
        print!("{}", view::why(page, &why));
    }
    // A script may ask, too.
    if why == Why::NotHere { Err(Failure::Find(FindError::NotFound(typed.to_owned()))) } else { Ok(()) }
}

fn form(phone: &Phone, page: &Page, typed: &str) -> Result<(), Failure> {
    let item = held(phone, typed)?;
    if form::named(&item.view).is_none() {
        return Err(Failure::NoForm(typed.to_owned()));
    }
    let form = form_of(&phone.client, &item.view)?.ok_or(Failure::FormNotHere)?;
    print!("{}", view::form(page, &item.view, &form, typed));
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
    print!("{}", view::inbox(page, &phone.client.inbox()?, &phone.client.questions()?));
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
