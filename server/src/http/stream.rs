//! The board's stream: a snapshot, then what changes, as server-sent events.
//!
//! The stream listens to the bus *before* it reads its snapshot, so nothing falls between; the board ignores what is not newer. A reader that
//! falls behind is told everything anew instead of piling up memory here.

mod pacing;
mod snapshot;

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::stream::poll_fn;
use linecrew_protocol::{model::person::Role, time::Timestamp};
use serde::Serialize;
use tokio::{
    sync::mpsc,
    time::{Instant, interval_at, sleep_until, timeout},
};
use warp::{
    Filter, Reply,
    filters::BoxedFilter,
    http::{HeaderValue, header::CONTENT_TYPE},
};

use crate::live::{BoardNews, BoardUpdates};

use self::pacing::{Held, Pacing};
use super::{
    App,
    caller::{Caller, DECIDERS, Sight},
    collection,
    people::{self, Homes},
    problem::Problem,
    quarantine,
    reply::Response,
    request::{Arrival, arrival},
    routes::{get, with},
};

/// Who may watch.
const WATCHERS: &[Role] = &[Role::Dispatcher, Role::Admin, Role::Cashier];
/// How often a quiet stream says that it is alive.
const TICK: Duration = Duration::from_secs(15);
/// Messages made but not yet taken by the connection.
const BACKLOG: usize = 4;

/// `/v1/board/stream`.
pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    warp::path!("v1" / "board" / "stream").and(get()).and(arrival()).and(with(app)).then(open).boxed()
}

async fn open(arrival: Arrival, app: Arc<App>) -> Response {
    match watch(&app, &arrival).await {
        Ok(mut messages) => {
            let body = poll_fn(move |context| messages.poll_recv(context).map(|message| message.map(Ok::<_, Infallible>)));
            let mut reply = warp::reply::stream(body).into_response();
            reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
            reply.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
            reply
        }
        Err(problem) => problem.into_response(),
    }
}

async fn watch(app: &Arc<App>, arrival: &Arrival) -> Result<mpsc::Receiver<Bytes>, Problem> {
    let caller = Caller::of(app, arrival).await?;
    let sight = BoardSight::of(&caller)?;
    Ok(Board::open(app, caller, sight))
}

/// One open board.
struct Board {
    app: Arc<App>,
    caller: Caller,
    sight: BoardSight,
    homes: Homes,
    news: BoardUpdates,
    pacing: Pacing,
    out: mpsc::Sender<Bytes>,
}

/// Why a stream ends. Nobody is told: the board opens another one and learns from its status.
struct Ended;

#[derive(Serialize)]
struct Tick {
    server_time: Timestamp,
}

/// Tells only that it changed: what is shown of it depends on who looks, and is read over REST.
#[derive(Serialize)]
struct Changed {
    revision: u64,
}

/// What a board sees, by the roles of whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BoardSight {
    /// Whose work items.
    items: Sight,
    /// Whose crews and phones.
    people: Sight,
    /// Whether it hears of money.
    collection: bool,
    /// Whether it hears of refused edits.
    quarantine: bool,
}

impl BoardSight {
    /// # Errors
    /// 403 when no role of the caller watches a board.
    fn of(caller: &Caller) -> Result<Self, Problem> {
        let people = caller.sight(WATCHERS)?;
        // A cashier has nothing to do with work items.
        let items = caller.sight(DECIDERS).unwrap_or(Sight::Only(Vec::new()));
        let hears_of = |readers| caller.sight(readers).is_ok();
        Ok(Self { items, people, collection: hears_of(collection::READERS), quarantine: hears_of(quarantine::KEEPERS) })
    }
}

impl Board {
    /// Starts to watch; gives the messages. Dropping them ends it.
    fn open(app: &Arc<App>, caller: Caller, sight: BoardSight) -> mpsc::Receiver<Bytes> {
        let (out, messages) = mpsc::channel(BACKLOG);
        let news = app.live.board();
        let board = Self { app: Arc::clone(app), caller, sight, homes: Homes::default(), news, pacing: Pacing::default(), out };
        tokio::spawn(board.run());
        messages
    }

    async fn run(mut self) {
        // However it ends, it ends by closing the connection's body.
        let Ok(()) = self.snapshot().await else { return };
        let lifetime = Duration::from_millis(self.caller.expires_at.since_ms(self.app.clock.now()));
        let end = Instant::now() + lifetime;
        let mut tick = interval_at(Instant::now() + TICK, TICK);
        let app = Arc::clone(&self.app);
        loop {
            let said = tokio::select! {
                () = self.out.closed() => return,
                () = sleep_until(end) => return,
                () = app.going_down() => return,
                _ = tick.tick() => self.tick().await,
                news = self.news.next() => match news {
                    Some(news) => self.pass_on(news).await,
                    None => return,
                },
                () = self.pacing.due() => self.paced().await,
            };
            let Ok(()) = said else { return };
        }
    }

    async fn snapshot(&mut self) -> Result<(), Ended> {
        self.pacing.forget();
        let snapshot = snapshot::read(&self.app, &self.sight).await.map_err(|_| Ended)?;
        self.homes = Homes::of(&self.app).await.map_err(|_| Ended)?;
        self.say("snapshot", &snapshot).await
    }

    /// Looks at every tick whether the caller may still watch: a role taken away ends the stream.
    async fn tick(&mut self) -> Result<(), Ended> {
        let account = self.app.store.account(self.caller.account.id).await.map_err(|_| Ended)?.ok_or(Ended)?;
        self.caller.account = account;
        let sight = BoardSight::of(&self.caller).map_err(|_| Ended)?;
        if sight != self.sight {
            self.sight = sight;
            self.snapshot().await?;
        }
        self.say("tick", &Tick { server_time: self.app.clock.now() }).await
    }

    async fn pass_on(&mut self, news: BoardNews) -> Result<(), Ended> {
        match news {
            BoardNews::Item(row) if self.sight.items.reaches(row.row.district) => self.say("item", &*row).await,
            BoardNews::Item(_) => Ok(()),
            BoardNews::Phone(phone) => {
                self.pacing.hold(phone);
                Ok(())
            }
            BoardNews::Collection => {
                if self.sight.collection {
                    self.pacing.hold_collection();
                }
                Ok(())
            }
            BoardNews::Quarantine => {
                if self.sight.quarantine {
                    self.pacing.hold_quarantine();
                }
                Ok(())
            }
            BoardNews::Lagged => self.snapshot().await,
        }
    }

    async fn paced(&mut self) -> Result<(), Ended> {
        let Held { phones, collection, quarantine } = self.pacing.release();
        for phone in phones.into_values() {
            if self.homes.in_sight(&phone, &self.sight.people) {
                // The record may be a second old, the presence is of now.
                self.say("phone", &people::with_presence(&self.app, (*phone).clone())).await?;
            }
        }
        for (event, changed) in [("collection", collection), ("quarantine", quarantine)] {
            if changed {
                let revision = self.app.store.revision().await.map_err(|_| Ended)?;
                self.say(event, &Changed { revision }).await?;
            }
        }
        Ok(())
    }

    /// Hands a message to the connection. A reader that takes nothing for a whole write timeout has gone.
    async fn say(&self, event: &str, data: &impl Serialize) -> Result<(), Ended> {
        let data = serde_json::to_string(data).map_err(|_| Ended)?;
        let message = Bytes::from(format!("event: {event}\ndata: {data}\n\n"));
        match timeout(self.app.limits.write_timeout, self.out.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Ended),
        }
    }
}

#[cfg(test)]
mod tests;
