//! A phone's way to the server, and everything that can go wrong with it: a TCP proxy on loopback, one for each phone.
//!
//! Below HTTP a lost packet is a stall and a lost link a reset, so that is what "loss" means here. Every fault can be set while
//! connections are open; what is drawn at random comes from the link's own seed. A link keeps its port while it is down: a phone that
//! knocks is refused, and nobody else can take the port.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::{Rng, rngs::StdRng};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{port::Port, seed::Seed};

mod carry;

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the phone to the server.
    Up,
    /// From the server to the phone.
    Down,
}

/// What a link does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Carries them.
    Up,
    /// Accepts connections and bytes and forwards nothing. What it holds travels on when it is up again, as after a tunnel.
    BlackHole,
    /// Refuses connections; those that were open are reset.
    Down,
}

/// How well a link carries what it carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// From one end to the other.
    pub delay: Duration,
    /// At most so much more, drawn for each piece.
    pub jitter: Duration,
    /// In each direction; as fast as the machine when absent.
    pub bytes_per_second: Option<u32>,
    /// The chance that a piece is lost and comes [`STALL`] later.
    pub loss: f64,
    /// The chance that the connection is reset instead of carrying a piece.
    pub reset: f64,
}

/// How long a lost packet stalls a connection: the smallest retransmission timeout of Linux (RFC 6298 would say a second).
pub const STALL: Duration = Duration::from_millis(200);

impl Quality {
    /// Nothing between phone and server but this machine.
    pub const CLEAR: Self = Self { delay: Duration::ZERO, jitter: Duration::ZERO, bytes_per_second: None, loss: 0.0, reset: 0.0 };
    /// A usual mobile network, with its delay cut down to what a test can wait for.
    pub const MOBILE: Self = Self {
        delay: Duration::from_millis(10),
        jitter: Duration::from_millis(10),
        bytes_per_second: Some(200_000),
        loss: 0.01,
        reset: 0.0,
    };
    /// The edge of the network.
    pub const POOR: Self = Self {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(60),
        bytes_per_second: Some(20_000),
        loss: 0.1,
        reset: 0.03,
    };
}

/// What has crossed a link since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes delivered to the server.
    pub up: u64,
    /// Bytes delivered to the phone.
    pub down: u64,
    /// Connections that phones opened.
    pub connections: u64,
}

/// A faulty link in front of one server. Dropping it takes it down for good.
#[derive(Debug)]
pub struct Link {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    port: Port,
    state: watch::Sender<LinkState>,
    quality: Mutex<Quality>,
    /// What may still cross before the link goes down, for each way.
    cuts: Mutex<[Option<u64>; 2]>,
    random: Mutex<StdRng>,
    crossed: [AtomicU64; 2],
    connections: AtomicU64,
}

impl Link {
    /// A clear link to `server`, up.
    ///
    /// # Errors
    /// There is no free port.
    pub fn to(server: SocketAddr, seed: Seed) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            server,
            port: Port::reserve()?,
            state: watch::Sender::new(LinkState::Down),
            quality: Mutex::new(Quality::CLEAR),
            cuts: Mutex::default(),
            random: Mutex::new(seed.random("link")),
            crossed: Default::default(),
            connections: AtomicU64::new(0),
        });
        let link = Self { shared };
        link.up()?;
        Ok(link)
    }

    /// Where a phone connects.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.port.address()
    }

    /// The same as a server's URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// What it does now.
    #[must_use]
    pub fn state(&self) -> LinkState {
        *self.shared.state.borrow()
    }

    /// Carries again, from this moment on: whoever connects after this call is served. Cuts that were armed are forgotten.
    ///
    /// # Errors
    /// The port cannot be listened on.
    pub fn up(&self) -> io::Result<()> {
        *self.shared.cuts() = [None; 2];
        if self.shared.state.send_replace(LinkState::Up) == LinkState::Down {
            let listener = self.shared.port.listen()?;
            tokio::spawn(accept(Arc::clone(&self.shared), listener));
        }
        Ok(())
    }

    /// Resets what is open and refuses what comes.
    pub fn down(&self) {
        self.shared.state.send_replace(LinkState::Down);
    }

    /// Accepts everything and forwards nothing, until [`up`](Self::up) or [`down`](Self::down).
    ///
    /// # Errors
    /// The port cannot be listened on.
    pub fn black_hole(&self) -> io::Result<()> {
        self.up()?;
        self.shared.state.send_replace(LinkState::BlackHole);
        Ok(())
    }

    /// Goes down as soon as more than `bytes` want to cross in this direction, counted from now over all connections: exactly `bytes` of
    /// them arrive.
    pub fn cut_after(&self, way: Way, bytes: u64) {
        let [up, down] = &mut *self.shared.cuts();
        *(if way == Way::Up { up } else { down }) = Some(bytes);
    }

    /// Carries like this from now on.
    pub fn set_quality(&self, quality: Quality) {
        *self.shared.quality.lock().unwrap_or_else(PoisonError::into_inner) = quality;
    }

    /// What has crossed so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let [up, down] = &self.shared.crossed;
        let connections = self.shared.connections.load(Ordering::Relaxed);
        Traffic { up: up.load(Ordering::Relaxed), down: down.load(Ordering::Relaxed), connections }
    }

    /// Waits until the link does this: a cut that was armed is seen as [`LinkState::Down`].
    pub async fn becomes(&self, wanted: LinkState) {
        // The sender lives as long as `self`: waiting cannot fail.
        drop(self.shared.state.subscribe().wait_for(|state| *state == wanted).await);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.down();
    }
}

impl Shared {
    fn cuts(&self) -> std::sync::MutexGuard<'_, [Option<u64>; 2]> {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn quality(&self) -> Quality {
        *self.quality.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn chance(&self, probability: f64) -> bool {
        probability > 0.0 && self.random.lock().unwrap_or_else(PoisonError::into_inner).random_bool(probability)
    }

    /// When a piece that is read now arrives.
    fn delay(&self) -> Duration {
        let quality = self.quality();
        let jitter = self.random.lock().unwrap_or_else(PoisonError::into_inner).random_range(Duration::ZERO..=quality.jitter);
        let stall = if self.chance(quality.loss) { STALL } else { Duration::ZERO };
        quality.delay + jitter + stall
    }

    /// How many of `wanted` bytes may cross; fewer than wanted: the link is cut.
    fn admit(&self, way: Way, wanted: usize) -> usize {
        let [up, down] = &mut *self.cuts();
        let cut = if way == Way::Up { up } else { down };
        let Some(left) = cut else { return wanted };
        let admitted = wanted.min(usize::try_from(*left).unwrap_or(usize::MAX));
        *left -= admitted as u64;
        admitted
    }

    fn count(&self, way: Way, bytes: usize) {
        let [up, down] = &self.crossed;
        (if way == Way::Up { up } else { down }).fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    let mut state = shared.state.subscribe();
    loop {
        tokio::select! {
            biased;
            _ = state.wait_for(|state| *state == LinkState::Down) => return,
            arrived = listener.accept() => if let Ok((phone, _)) = arrived {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry::carry(Arc::clone(&shared), phone));
            }
        }
    }
}

/// Ends a connection the hard way: what is on its way is lost, the other end gets a reset.
fn reset(stream: TcpStream) {
    // Only a socket that is closed already refuses.
    drop(stream.set_zero_linger());
}

#[cfg(test)]
mod tests;
