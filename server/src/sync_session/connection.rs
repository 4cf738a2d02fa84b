//! A session that stays open: one task, one socket.

use std::time::Duration;

use bytes::Bytes;
use linecrew_protocol::wire::{DecodeError, Farewell, Frame, Goodbye, decode_message, encode_message};
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    MessageStream, PhoneGone, SyncDeps,
    conversation::{Ask, Conversation},
    outgoing,
};
use crate::live::{Seat, Wake};

/// Serves one phone until one of both ends.
///
/// # Cancellation
///
/// May be dropped at any time: what was acknowledged is stored, the rest comes again.
pub async fn run<S: MessageStream>(deps: SyncDeps, socket: S) {
    let patience = deps.patience;
    let deadline = Instant::now() + Duration::from_millis(patience.hello_ms);
    let send_timeout = Duration::from_millis(patience.send_ms);
    let idle = Duration::from_millis(patience.idle_ms);
    let mut connection = Connection { socket, conversation: Conversation::new(deps, true), deadline, idle, send_timeout };
    // Whichever way it ended, there is nobody left to tell.
    connection.serve().await.ok();
    Box::pin(connection.socket.close()).await;
    Box::pin(connection.conversation.end()).await;
}

struct Connection<S> {
    socket: S,
    conversation: Conversation,
    deadline: Instant,
    idle: Duration,
    send_timeout: Duration,
}

enum Happened {
    Message(Option<Bytes>),
    Woken(Wake),
    /// Nobody said anything for too long.
    Silence,
    /// The phone's share has recovered: it may speak again.
    Recovered,
    /// Nothing; so the next page can be read.
    Nothing,
}

/// The session is over.
struct Over;

impl From<PhoneGone> for Over {
    fn from(_: PhoneGone) -> Self {
        Self
    }
}

impl<S: MessageStream> Connection<S> {
    async fn serve(&mut self) -> Result<(), Over> {
        loop {
            if !self.conversation.has_reads() {
                Box::pin(self.conversation.note_contact()).await;
            }
            match self.next().await {
                Happened::Message(None) => return Err(Over),
                // Boxed: what is not waited in needs no room in an idle session.
                Happened::Message(Some(message)) => Box::pin(self.received(&message)).await?,
                Happened::Woken(Wake::Feeds(feeds)) => {
                    let asks = Box::pin(self.conversation.woken(feeds)).await;
                    Box::pin(self.carry_out(asks)).await?;
                }
                Happened::Woken(Wake::Access) => {
                    let asks = Box::pin(self.conversation.recheck()).await;
                    Box::pin(self.carry_out(asks)).await?;
                }
                Happened::Woken(Wake::Admitted) => Box::pin(self.carry_out(Conversation::call_back())).await?,
                Happened::Woken(Wake::Replaced) => return Box::pin(self.part(Farewell::Replaced, "another session took over")).await,
                Happened::Woken(Wake::ShuttingDown) => return Box::pin(self.part(Farewell::ShuttingDown, "the server will be back")).await,
                Happened::Silence if self.conversation.is_open() => return Box::pin(self.part(Farewell::Idle, "nobody spoke")).await,
                Happened::Silence => return Box::pin(self.part(Farewell::Idle, "no hello came")).await,
                Happened::Recovered => self.deadline = Instant::now() + self.idle,
                Happened::Nothing => {
                    let asks = Box::pin(self.conversation.read()).await;
                    Box::pin(self.carry_out(asks)).await?;
                }
            }
        }
    }

    /// What happens next. While pages wait to be sent, what the phone sends still comes first.
    async fn next(&mut self) -> Happened {
        let reading = self.conversation.has_reads();
        let listens_from = self.conversation.listens_from();
        tokio::select! {
            biased;
            wake = woken(self.conversation.seat()) => Happened::Woken(wake),
            message = self.socket.receive(), if listens_from.is_none() => Happened::Message(message),
            () = std::future::ready(()), if reading => Happened::Nothing,
            () = sleep_until(listens_from.unwrap_or(self.deadline)) => {
                if listens_from.is_some() { Happened::Recovered } else { Happened::Silence }
            }
        }
    }

    async fn received(&mut self, message: &[u8]) -> Result<(), Over> {
        let frames = match decode_message(message) {
            Ok(frames) => frames,
            Err(error @ (DecodeError::TooLarge { .. } | DecodeError::TooManyFrames)) => {
                return self.part(Farewell::LimitExceeded, &error.to_string()).await;
            }
            Err(error) => return self.part(Farewell::Malformed, &error.to_string()).await,
        };
        for frame in frames {
            let asks = self.conversation.received(frame).await;
            self.carry_out(asks).await?;
        }
        // Before the hello was good, nothing that arrives buys more time.
        if self.conversation.is_open() {
            self.deadline = Instant::now() + self.idle;
        }
        Ok(())
    }

    async fn carry_out(&mut self, asks: Vec<Ask>) -> Result<(), Over> {
        for ask in asks {
            match ask {
                Ask::Send(frames) => self.send(frames).await?,
                Ask::Close => return Err(Over),
            }
        }
        Ok(())
    }

    async fn part(&mut self, why: Farewell, detail: &str) -> Result<(), Over> {
        self.send(vec![Frame::Goodbye(Goodbye::new(why, detail))]).await?;
        Err(Over)
    }

    async fn send(&mut self, frames: Vec<Frame>) -> Result<(), Over> {
        for frames in outgoing::messages(frames) {
            let message = encode_message(&frames).map_err(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "frames did not fit into a message");
                Over
            })?;
            timeout(self.send_timeout, self.socket.send(message.into())).await.map_err(|_| Over)??;
        }
        Ok(())
    }
}

async fn woken(seat: Option<&Seat>) -> Wake {
    match seat {
        Some(seat) => seat.woken().await,
        None => std::future::pending().await,
    }
}
