//! Signing in.

use std::{
    fs,
    io::{self, BufRead, Write},
    time::Duration,
};

use linecrew_client::{
    SignedIn,
    login::{Credentials, Device, login},
    transport::{Cleartext, ServerAddress, TcpTransport},
};

use crate::{
    args::Login,
    failure::Failure,
    page::{Ink, Page},
    phone::Phone,
    terminal, view,
    width::plain,
};

/// How long the first sync after signing in may take.
const FIRST_SYNC: Duration = Duration::from_secs(15);

/// Signs in, stores who it is, and fetches the crew's items.
pub(crate) async fn sign_in(phone: &Phone, page: &Page, asked: Login) -> Result<(), Failure> {
    let known = phone.account();
    let server = asked.server.or_else(|| known.as_ref().map(|known| known.server_url.clone())).ok_or(Failure::NoServer)?;
    let known_server = known.as_ref().is_some_and(|known| known.server_url == server);
    let cleartext = if asked.allow_cleartext || known_server { Cleartext::Anywhere } else { Cleartext::LoopbackOnly };
    let address = ServerAddress::parse(&server, cleartext)?;
    let username = match asked.user.or_else(|| known.map(|known| known.username)) {
        Some(username) => username,
        None => ask(page.of("name: ", "用户名："))?,
    };
    let password = password(page, &username, asked.password_stdin)?;
    let name = asked.device_name.unwrap_or_else(machine);
    let transport = TcpTransport::new(address.clone());
    let mut credentials = Credentials { username, password, device: Device { installation: phone.client.installation(), name } };
    let first = login(&transport, &address.to_string(), &credentials).await?;
    if let SignedIn::LogInAgain { installation } = phone.client.sign_in(first.sign_in)? {
        // The phone was another person's; the token must belong to the installation that has just begun.
        credentials.device.installation = installation;
        let second = login(&transport, &address.to_string(), &credentials).await?;
        let _ready = phone.client.sign_in(second.sign_in)?;
    }
    welcome(phone, page).await
}

async fn welcome(phone: &Phone, page: &Page) -> Result<(), Failure> {
    let Some(account) = phone.account() else { return Err(Failure::NotSignedIn) };
    let crew = account.crew_name.map(|crew| format!(" · {crew}")).unwrap_or_default();
    let who = plain(&format!("{} ({}){crew}", account.name, account.username));
    println!("{} {} {who}", page.ink(Ink::Good, "✓"), page.of("signed in as", "已登录"));
    let report = phone.driver()?.sync_once(FIRST_SYNC).await;
    print!("{}", view::sync_report(page, &report));
    if let Some(stop) = &report.stopped {
        println!("{} {}", page.ink(Ink::Warn, "●"), view::stop(page, stop));
    }
    Ok(())
}

fn password(page: &Page, username: &str, from_stdin: bool) -> Result<String, Failure> {
    if !from_stdin {
        let prompt = page.of(format!("password of {}: ", plain(username)), format!("{} 的密码：", plain(username)));
        return terminal::read_password(&prompt).map_err(Failure::Password);
    }
    first_line().map_err(Failure::Password)
}

fn first_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask(prompt: &str) -> Result<String, Failure> {
    eprint!("{prompt}");
    io::stderr().flush().map_err(Failure::Terminal)?;
    let name = first_line().map_err(Failure::Terminal)?;
    if name.is_empty() { Err(Failure::NoUser) } else { Ok(name) }
}

/// What this machine is called, if it says.
fn machine() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| plain(name.trim())).filter(|name| !name.is_empty());
    name.map_or_else(|| "terminal phone".to_owned(), |name| format!("terminal on {name}"))
}
