//! Carrying the bytes of one connection.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use super::{LinkState, Shared, Way, reset};

/// Bytes that travel as one piece: about three packets.
const PIECE: usize = 4 * 1024;
/// Pieces on their way; beyond them the sender waits, as behind a full window.
const WINDOW: usize = 64;

/// The connection does not end in an orderly way.
struct Broken;

impl From<std::io::Error> for Broken {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// Carries one connection to its end.
pub(super) async fn carry(shared: Arc<Shared>, mut phone: TcpStream) {
    shared.passable().await;
    let Ok(mut server) = TcpStream::connect(shared.server).await else { return reset(phone) };
    let mut state = shared.state.subscribe();
    let ended = tokio::select! {
        _ = state.wait_for(|state| *state == LinkState::Down) => Err(Broken),
        ended = both_ways(&shared, &mut phone, &mut server) => ended,
    };
    if ended.is_err() {
        reset(phone);
        reset(server);
    }
}

async fn both_ways(shared: &Shared, phone: &mut TcpStream, server: &mut TcpStream) -> Result<(), Broken> {
    phone.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_phone, to_phone) = phone.split();
    let (from_server, to_server) = server.split();
    tokio::try_join!(one_way(shared, Way::Up, from_phone, to_server), one_way(shared, Way::Down, from_server, to_phone))?;
    Ok(())
}

async fn one_way(shared: &Shared, way: Way, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<(), Broken> {
    let (sender, mut pieces) = mpsc::channel(WINDOW);
    let reading = async move {
        let mut buffer = vec![0; PIECE];
        loop {
            let count = from.read(&mut buffer).await?;
            if count == 0 {
                return Ok::<_, Broken>(());
            }
            let piece = (Instant::now() + shared.delay(), buffer[..count].to_vec());
            sender.send(piece).await.map_err(|_| Broken)?;
        }
    };
    let writing = async {
        while let Some((due, piece)) = pieces.recv().await {
            sleep_until(due).await;
            deliver(shared, way, &piece, &mut to).await?;
        }
        Ok::<_, Broken>(to.shutdown().await?)
    };
    tokio::try_join!(reading, writing)?;
    Ok(())
}

async fn deliver(shared: &Shared, way: Way, piece: &[u8], to: &mut WriteHalf<'_>) -> Result<(), Broken> {
    shared.passable().await;
    let quality = shared.quality();
    if shared.chance(quality.reset) {
        return Err(Broken);
    }
    let admitted = shared.admit(way, piece.len());
    to.write_all(&piece[..admitted]).await?;
    shared.count(way, admitted);
    if admitted < piece.len() {
        // What was admitted leaves before the reset overtakes it.
        to.flush().await?;
        shared.state.send_replace(LinkState::Down);
        return Err(Broken);
    }
    if let Some(rate) = quality.bytes_per_second {
        sleep(Duration::from_secs(1) * u32::try_from(piece.len()).unwrap_or(u32::MAX) / rate.max(1)).await;
    }
    Ok(())
}

impl Shared {
    /// Waits while the link is a black hole.
    async fn passable(&self) {
        drop(self.state.subscribe().wait_for(|state| *state != LinkState::BlackHole).await);
    }
}
