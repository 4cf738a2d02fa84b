//! The link against a server that echoes.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout},
};

use super::*;

/// Long enough for a busy machine; no test waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(10);

async fn link() -> Link {
    let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = echo.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = echo.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                drop(tokio::io::copy(&mut from, &mut to).await);
            });
        }
    });
    Link::to(address, Seed(1)).unwrap()
}

async fn say(phone: &mut TcpStream, words: &[u8]) -> io::Result<Vec<u8>> {
    phone.write_all(words).await?;
    let mut heard = vec![0; words.len()];
    timeout(PATIENCE, phone.read_exact(&mut heard)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    Ok(heard)
}

#[tokio::test]
async fn what_is_said_arrives_and_is_counted() {
    let link = link().await;
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    let long: Vec<u8> = (0..100_000_u32).map(|byte| byte as u8).collect();
    phone.write_all(&[]).await.unwrap();
    let (mut from, mut to) = phone.split();
    let mut heard = vec![0; long.len()];
    let (sent, received) = tokio::join!(to.write_all(&long), from.read_exact(&mut heard));
    sent.unwrap();
    received.unwrap();
    assert_eq!(heard, long);
    assert_eq!(link.traffic(), Traffic { up: 100_000, down: 100_000, connections: 1 });
}

#[tokio::test]
async fn a_link_that_is_down_refuses_and_comes_back_on_the_same_port() {
    let link = link().await;
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    assert_eq!(say(&mut phone, b"hello").await.unwrap(), b"hello");
    link.down();
    assert!(say(&mut phone, b"hello").await.is_err(), "the open connection is reset");
    // The listener is dropped by its own task.
    timeout(PATIENCE, async { while TcpStream::connect(link.address()).await.is_ok() {} }).await.unwrap();
    link.up().unwrap();
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    assert_eq!(say(&mut phone, b"again").await.unwrap(), b"again");
}

#[tokio::test]
async fn exactly_so_many_bytes_arrive_before_a_cut() {
    for way in [Way::Up, Way::Down] {
        let link = link().await;
        let mut phone = TcpStream::connect(link.address()).await.unwrap();
        say(&mut phone, b"hello").await.unwrap();
        link.cut_after(way, 7);
        assert_eq!(say(&mut phone, b"1234567").await.unwrap(), b"1234567", "the cut waits for one byte more");
        assert!(say(&mut phone, b"8").await.is_err());
        timeout(PATIENCE, link.becomes(LinkState::Down)).await.unwrap();
        let Traffic { up, down, .. } = link.traffic();
        assert_eq!(if way == Way::Up { up } else { down }, 12);
        link.up().unwrap();
        let mut phone = TcpStream::connect(link.address()).await.unwrap();
        assert_eq!(say(&mut phone, b"longer than seven").await.unwrap(), b"longer than seven", "a cut happens once");
    }
}

#[tokio::test]
async fn a_black_hole_swallows_and_gives_back() {
    let link = link().await;
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    link.black_hole().unwrap();
    let mut late = TcpStream::connect(link.address()).await.unwrap();
    for phone in [&mut phone, &mut late] {
        phone.write_all(b"anybody?").await.unwrap();
        let mut heard = [0; 8];
        assert!(timeout(Duration::from_millis(50), phone.read(&mut heard)).await.is_err(), "nothing comes back");
    }
    link.up().unwrap();
    for phone in [&mut phone, &mut late] {
        let mut heard = [0; 8];
        timeout(PATIENCE, phone.read_exact(&mut heard)).await.unwrap().unwrap();
        assert_eq!(&heard, b"anybody?");
    }
}

#[tokio::test]
async fn delay_and_bandwidth_take_their_time() {
    let link = link().await;
    link.set_quality(Quality { delay: Duration::from_millis(40), bytes_per_second: Some(100_000), ..Quality::CLEAR });
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    let before = Instant::now();
    say(&mut phone, &[1; 10_000]).await.unwrap();
    assert!(before.elapsed() >= Duration::from_millis(80 + 2 * 20), "two delays, and most of 0.1 s each way: {:?}", before.elapsed());
}

#[tokio::test]
async fn a_link_that_resets_breaks_connections() {
    let link = link().await;
    link.set_quality(Quality { reset: 1.0, ..Quality::CLEAR });
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    assert!(say(&mut phone, b"hello").await.is_err());
    link.set_quality(Quality::CLEAR);
    let mut phone = TcpStream::connect(link.address()).await.unwrap();
    assert_eq!(say(&mut phone, b"hello").await.unwrap(), b"hello");
}
