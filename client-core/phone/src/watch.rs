//! Staying connected, and showing what changes.

use std::{
    future::pending,
    io::{self, Read, Write},
    time::Duration,
};

use linecrew_client::{
    ItemFilter, StoreError,
    driver::{LinkState, SyncStop},
};
use tokio::{
    sync::{mpsc, watch},
    time::interval,
};

use crate::{
    failure::Failure,
    page::{Ink, Page},
    phone::Phone,
    terminal::{self, Modes},
    view, words,
};

/// How often the screen is drawn again while nothing happens: the arrival clocks count down.
const REDRAW_EVERY: Duration = Duration::from_secs(5);
const OTHER_SCREEN: &str = "\u{1b}[?1049h\u{1b}[?25l";
const FORMER_SCREEN: &str = "\u{1b}[?25h\u{1b}[?1049l";
const FROM_THE_TOP: &str = "\u{1b}[H\u{1b}[J";

/// Keeps syncing until `q` or Ctrl-C.
pub(crate) async fn watch(phone: &Phone, page: impl Fn() -> Page) -> Result<(), Failure> {
    let driver = phone.driver()?;
    let mut screen = Screen::begin().map_err(Failure::Terminal)?;
    let mut observer = phone.client.observe();
    let mut link = driver.link();
    let mut redraw = interval(REDRAW_EVERY);
    let mut keys = keys();
    let running = driver.run(pending());
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(running, interrupted);
    loop {
        tokio::select! {
            () = &mut running => return Ok(()),
            changed = observer.changed_async() => match changed {
                // A locked phone goes on syncing: that is what opens it.
                Ok(_) | Err(StoreError::Locked) => {}
                Err(error) if !is_revoked(&link) => return Err(error.into()),
                Err(_) => {}
            },
            _ = link.changed() => {}
            _ = redraw.tick() => {}
            // Without a keyboard the channel is closed: this arm then waits no more, rather than being ready for ever.
            Some(key) = keys.recv() => match key {
                b'q' | b'Q' => return Ok(()),
                // Enter: try now.
                b'\n' | b'\r' => driver.nudge(),
                _ => {}
            },
            stop = &mut interrupted => return stop.map_err(Failure::Terminal),
        }
        if is_revoked(&link) {
            // It is wiped: there is nothing to show any more.
            return Err(Failure::Sync(SyncStop::Revoked));
        }
        screen.show(&draw(phone, &page(), &mut link)?).map_err(Failure::Terminal)?;
    }
}

fn is_revoked(link: &watch::Receiver<LinkState>) -> bool {
    matches!(*link.borrow(), LinkState::Revoked)
}

fn draw(phone: &Phone, page: &Page, link: &mut watch::Receiver<LinkState>) -> Result<String, Failure> {
    let rows = phone.client.items(ItemFilter { open_only: true, kind: None });
    let link = view::link(page, &link.borrow_and_update());
    let hint = page.of("q leaves · Enter tries to connect now", "q 退出 · 回车立即重连");
    let shown = match rows {
        Err(StoreError::Locked) => page.ink(Ink::Bad, format!("! {}\n", words::locked(page.lang))),
        rows => view::list(page, &rows?, &phone.status()?),
    };
    Ok(format!("{link}\n\n{shown}\n{}\n", page.ink(Ink::Dim, hint)))
}

/// The terminal while watching; it gets its former screen and modes back, however watching ends.
struct Screen {
    modes: Option<Modes>,
    shown: String,
}

impl Screen {
    fn begin() -> io::Result<Self> {
        if !terminal::has_keys() {
            return Ok(Self { modes: None, shown: String::new() });
        }
        let modes = Modes::keys()?;
        print!("{OTHER_SCREEN}");
        Ok(Self { modes: Some(modes), shown: String::new() })
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        if self.shown == text {
            return Ok(());
        }
        text.clone_into(&mut self.shown);
        let top = if self.modes.is_some() { FROM_THE_TOP } else { "" };
        let mut out = io::stdout().lock();
        write!(out, "{top}{text}")?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.modes.is_some() {
            print!("{FORMER_SCREEN}");
            // Nothing can be done about a terminal that is gone.
            drop(io::stdout().flush());
        }
    }
}

/// Keys as they are pressed. The thread ends with the process: a blocked read cannot be taken back.
fn keys() -> mpsc::Receiver<u8> {
    let (sender, receiver) = mpsc::channel(16);
    if terminal::has_keys() {
        std::thread::spawn(move || {
            let mut key = [0];
            while io::stdin().read(&mut key).is_ok_and(|count| count > 0) {
                if sender.blocking_send(key[0]).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}
