//! Enrolling: an invitation of the office makes this phone a person's.

use std::{fs, time::Duration};

use linecrew_client::{
    AccountView,
    protocol::enrolment::{Invitation, InviteCode, ParseInviteError},
};

use crate::{
    args::Enrol,
    failure::Failure,
    page::{Ink, Page},
    phone::Phone,
    view,
    way::{Typed, Way},
    width::plain,
};

/// How long the first sync after enrolling may take.
const FIRST_SYNC: Duration = Duration::from_secs(15);

/// Enrols, stores who it is, and fetches the crew's items.
pub(crate) async fn enrol(phone: &Phone, page: &Page, asked: Enrol) -> Result<(), Failure> {
    let known = phone.account().map(|known| known.server_url);
    let (code, invited_to) = read(&asked.invitation)?;
    let server = asked.server.or(invited_to).or_else(|| known.clone()).ok_or(Failure::NoServer)?;
    let typed = Typed { server: &server, allow_cleartext: asked.allow_cleartext, ca: asked.ca };
    let way = Way::typed(phone.folder(), typed, known.as_deref())?;
    phone.take_key()?;
    phone.make_key()?;
    let name = asked.device_name.unwrap_or_else(machine);
    let account = phone.client.enrol(&way.transport(), &way.address.to_string(), &code, &name).await?;
    way.keep(phone.folder())?;
    welcome(phone, page, account).await
}

/// The code, and the server if it is a link.
fn read(invitation: &str) -> Result<(InviteCode, Option<String>), ParseInviteError> {
    if invitation.contains(':') {
        return invitation.parse().map(|Invitation { code, server }| (code, Some(server)));
    }
    Ok((invitation.parse()?, None))
}

async fn welcome(phone: &Phone, page: &Page, account: AccountView) -> Result<(), Failure> {
    let crew = account.crew_name.map(|crew| format!(" · {crew}")).unwrap_or_default();
    let who = plain(&format!("{} ({}){crew}", account.name, account.username));
    println!("{} {} {who}", page.ink(Ink::Good, "✓"), page.of("enrolled for", "本机已登记："));
    let report = phone.driver()?.sync_once(FIRST_SYNC).await;
    print!("{}", view::sync_report(page, &report));
    if let Some(stop) = &report.stopped {
        println!("{} {}", page.ink(Ink::Warn, "●"), view::stop(page, stop));
    }
    Ok(())
}

/// What this machine is called, if it says.
fn machine() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| plain(name.trim())).filter(|name| !name.is_empty());
    name.map_or_else(|| "terminal phone".to_owned(), |name| format!("terminal on {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_its_server_and_a_code_does_not() {
        let code: InviteCode = "7K4QM-2XHTB".parse().unwrap();
        let link = "linecrew:enrol?code=7K4QM-2XHTB&server=https://linecrew.example";
        assert_eq!(read(link), Ok((code.clone(), Some("https://linecrew.example".to_owned()))));
        assert_eq!(read("7k4qm 2xhtb"), Ok((code, None)));
        assert!(read("7K4QM").is_err());
        assert!(read("https://linecrew.example").is_err());
    }
}
