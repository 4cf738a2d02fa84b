//! Syncing over the socket, for as long as the app runs.

use std::{convert::Infallible, future::Future, sync::Arc, time::Duration};

use linecrew_protocol::{
    time::Timestamp,
    wire::{Frame, decode_message, encode_message},
};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};

use crate::{backoff::Backoff, transport::MessageStream};

use super::{
    DriverOptions, LinkState, SyncDriver, SyncStop,
    conversation::{Conversation, Tally},
    limits::{FAREWELL, PEOPLE_PAUSE},
};

/// How a session went.
struct Ended {
    why: SyncStop,
    /// What it was opened with.
    token: Option<String>,
    /// It got as far as a session is meant to.
    good: bool,
}

impl SyncDriver {
    /// Keeps a live connection until `shutdown` is ready: sends edits as they are saved, stores what comes, and reconnects with back-off.
    ///
    /// # Cancellation
    /// Safe at any point; dropping the future is a shutdown.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        tokio::select! {
            biased;
            () = shutdown => {}
            () = self.sessions() => {}
        }
        self.link.send_replace(LinkState::idle(self.desk.wall()));
    }

    async fn sessions(&self) {
        let mut backoff = Backoff::new(self.options.jitter_seed);
        let (mut offline_since, mut refreshed) = (None, false);
        loop {
            self.link.send_replace(LinkState::Connecting);
            let mut ended = self.session().await;
            if ended.good {
                backoff.reset();
                (offline_since, refreshed) = (None, false);
            }
            tracing::info!(reason = &ended.why as &dyn std::error::Error, "sync session ended");
            if let (SyncStop::NeedsSignIn, Some(token)) = (&ended.why, &ended.token) {
                match self.refreshed(token).await {
                    Ok(_) if !refreshed => {
                        refreshed = true;
                        continue;
                    }
                    // It may be refused because time has passed since, so this is no end of the sign-in.
                    Ok(_) => ended.why = SyncStop::TokenRefused,
                    Err(why) => ended.why = why,
                }
            }
            if ended.why.needs_sign_in() {
                self.link.send_replace(LinkState::NeedsSignIn);
                self.signed_in_again(ended.token).await;
                refreshed = false;
                continue;
            }
            if matches!(ended.why, SyncStop::Revoked) {
                match self.wipe().await {
                    SyncStop::Revoked => {
                        self.link.send_replace(LinkState::Revoked);
                        return std::future::pending().await;
                    }
                    failed => ended.why = failed,
                }
            }
            // Whatever else ended the session, the next refusal is the first again: in a bad network a token may end before anything is caught up.
            refreshed = false;
            let waits_for_people = match ended.why {
                SyncStop::UpgradeRequired => Some(LinkState::UpgradeRequired),
                SyncStop::Suspended => Some(LinkState::Suspended),
                _ => None,
            };
            if let Some(state) = waits_for_people {
                self.link.send_replace(state);
                self.pause(PEOPLE_PAUSE + backoff.after_failure(None), Duration::ZERO).await;
            } else {
                let asked = ended.why.retry_after_ms();
                let pause = backoff.after_failure(asked);
                self.offline(*offline_since.get_or_insert_with(|| self.desk.wall()), ended.why, pause);
                self.pause(pause, Duration::from_millis(asked.unwrap_or(0)).min(pause)).await;
            }
        }
    }

    fn offline(&self, since: Timestamp, why: SyncStop, pause: Duration) {
        let next_try = self.desk.wall().plus_ms(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
        self.link.send_replace(LinkState::Offline { since, next_try: Some(next_try), why: Some(Arc::new(why)) });
    }

    /// Waits; a nudge cuts short what the server did not ask for.
    async fn pause(&self, pause: Duration, at_least: Duration) {
        sleep(at_least).await;
        let rest = pause.saturating_sub(at_least);
        // A nudge during the wait above is kept by `notified`.
        drop(timeout(rest, self.nudged.notified()).await);
    }

    /// Waits until there is a token other than the refused one.
    async fn signed_in_again(&self, refused: Option<String>) {
        let mut observer = self.desk.client().observe_unleased();
        loop {
            let session = self.desk.ask(|client| client.session()).await.ok().flatten();
            if session.is_some_and(|session| refused.as_ref() != Some(&session.token)) {
                return;
            }
            if observer.changed_async().await.is_err() {
                // The store cannot be read now; a nudge or time may help.
                self.pause(self.options.ping_every, Duration::ZERO).await;
            }
        }
    }

    async fn session(&self) -> Ended {
        let token = match self.token().await {
            Ok(token) => token,
            Err(why) => return Ended { why, token: None, good: false },
        };
        let mut tally = Tally::default();
        let mut good = false;
        let why = match self.live(&mut tally, &mut good).await {
            Ok(never) => match never {},
            Err(why) => why,
        };
        Ended { why, token: Some(token), good }
    }

    async fn live(&self, tally: &mut Tally, good: &mut bool) -> Result<Infallible, SyncStop> {
        let mut stream = self.transport.connect().await?;
        let mut talk = Conversation::open(&self.desk, tally).await?;
        let ended = self.exchange(&mut talk, stream.as_mut()).await;
        *good = talk.was_caught_up();
        // Whatever is still to be said, such as a farewell.
        let farewell = async {
            if send(&mut talk, stream.as_mut()).await.is_ok() {
                stream.close().await;
            }
        };
        drop(timeout(FAREWELL, farewell).await);
        ended
    }

    async fn exchange(&self, talk: &mut Conversation<'_>, stream: &mut dyn MessageStream) -> Result<Infallible, SyncStop> {
        let mut observer = self.desk.client().observe_unleased();
        let mut patience = Patience::new(self.options);
        let mut pings = interval_at(Instant::now() + self.options.ping_every, self.options.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if send(talk, stream).await? {
                patience.asked();
            }
            tokio::select! {
                message = stream.receive() => {
                    patience.heard();
                    self.hear(talk, message?).await?;
                }
                changed = observer.changed_async() => {
                    changed?;
                    let next_seq = self.desk.next_seq().await?;
                    talk.edits_saved(next_seq).await?;
                }
                _ = pings.tick(), if talk.is_welcomed() => report_health(talk).await?,
                () = self.nudged.notified(), if talk.is_welcomed() => report_health(talk).await?,
                () = sleep_until(patience.until) => return Err(SyncStop::Silent),
            }
        }
    }

    async fn hear(&self, talk: &mut Conversation<'_>, message: Option<Vec<u8>>) -> Result<(), SyncStop> {
        let message = message.ok_or(SyncStop::Closed)?;
        for frame in decode_message(&message)? {
            talk.received(frame).await?;
        }
        if talk.owes_good_news() {
            talk.ping().await?;
        }
        if let Some(why) = talk.end().await {
            return Err(why);
        }
        if let Some(why) = talk.has_handed_in() {
            return Err(why.into());
        }
        if talk.is_welcomed() && !self.link.borrow().is_live() {
            self.link.send_replace(LinkState::Live { since: self.desk.wall() });
        }
        Ok(())
    }
}

/// Hands over what is to be sent; whether any of it asks for an answer.
async fn send(talk: &mut Conversation<'_>, stream: &mut dyn MessageStream) -> Result<bool, SyncStop> {
    let mut asks = false;
    while let Some(frames) = talk.depart(usize::MAX) {
        asks |= frames.iter().any(|frame| matches!(frame, Frame::Hello(_) | Frame::Push(_) | Frame::Inventory(_) | Frame::Ping(_)));
        talk.count_sent(&frames);
        talk.show_as_sent(&frames).await?;
        stream.queue(encode_message(&frames)?);
    }
    Ok(asks)
}

async fn report_health(talk: &mut Conversation<'_>) -> Result<(), SyncStop> {
    // A new session finds out whether there is space again.
    match talk.take_full() {
        Some(full) => Err(full.into()),
        None => talk.ping().await,
    }
}

/// Until when the other end may stay silent.
struct Patience {
    until: Instant,
    options: DriverOptions,
}

impl Patience {
    fn new(options: DriverOptions) -> Self {
        Self { until: Instant::now() + options.welcome_within, options }
    }

    fn asked(&mut self) {
        self.until = self.until.min(Instant::now() + self.options.answer_within);
    }

    fn heard(&mut self) {
        self.until = Instant::now() + self.options.idle;
    }
}
