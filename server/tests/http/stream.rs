use std::time::Instant;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::{
    client::{Client, PATIENCE},
    server::{FIRST, GULOU, Server, TAIJIANG, taken},
    socket::{connect, hello, say},
};

const PHONE: &str = "01931c6e-7d00-7000-8000-000000000001";

/// A board that watches: it undoes the chunked coding and reads events.
struct Board {
    stream: BufReader<TcpStream>,
    text: Vec<u8>,
}

impl Board {
    async fn open(client: &Client) -> Self {
        let mut stream = TcpStream::connect(client.address).await.unwrap();
        let request = client.head("GET", "/v1/board/stream", &[("Accept", "text/event-stream")]) + "\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(timeout(PATIENCE, stream.read_line(&mut head)).await.unwrap().unwrap() > 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        Self { stream, text: Vec::new() }
    }

    /// The next event, or none at the stream's end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.text.windows(2).position(|two| two == b"\n\n") {
                let message: Vec<u8> = self.text.drain(..end + 2).collect();
                let message = String::from_utf8(message).unwrap();
                let event = message.lines().find_map(|line| line.strip_prefix("event: ")).unwrap().to_owned();
                let data = message.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
                return Some((event, serde_json::from_str(data).unwrap()));
            }
            let mut size = String::new();
            timeout(PATIENCE, self.stream.read_line(&mut size)).await.expect("the stream says nothing").unwrap();
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).await.unwrap();
            if size == 0 {
                return None;
            }
            self.text.extend_from_slice(&chunk[..size]);
        }
    }

    /// The next event of this kind; others may come before it.
    async fn wait_for(&mut self, kind: &str) -> Value {
        loop {
            let (event, data) = self.next().await.expect("the stream ended");
            if event == kind {
                return data;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_sees_everything_and_then_what_changes() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    let item = taken(&lin, GULOU, "1").await;
    let mut board = Board::open(&server.board("lin").await).await;
    let (event, snapshot) = board.next().await.unwrap();
    assert_eq!(event, "snapshot");
    assert_eq!(snapshot["items"], json!([item]));
    assert_eq!(snapshot["crews"].as_array().unwrap().len(), 2);
    assert_eq!(snapshot["districts"].as_array().unwrap().len(), 2);
    assert_eq!(snapshot["phones"], json!([]));
    assert!(snapshot["server_time"].is_i64());
    assert_eq!(snapshot["revision"], item["revision"]);

    let path = format!("/v1/work/{}/steps/assigned", item["id"].as_str().unwrap());
    let row = lin.post(&path, &json!({"crew": FIRST})).await.ok();
    assert_eq!(board.wait_for("item").await, row);
    let second = taken(&lin, TAIJIANG, "2").await;
    assert_eq!(board.wait_for("item").await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_told_that_money_moved_and_a_cashier_sees_no_work() {
    let server = Server::start().await;
    let (lin, bot) = (server.machine("lin").await, server.machine("bot").await);
    taken(&lin, GULOU, "1").await;
    let mut boards = [Board::open(&server.board("hua").await).await, Board::open(&server.board("lin").await).await];
    let cashiers = boards[0].wait_for("snapshot").await;
    assert_eq!((&cashiers["items"], &cashiers["districts"][0]["name"]), (&json!([]), &json!("鼓楼")));
    assert_eq!(boards[1].wait_for("snapshot").await["items"].as_array().unwrap().len(), 1);
    let items = json!([{"reference": "B-1", "account": "1", "customer": "陈", "period": "2026-10", "amount": 100, "collector": "mei"}]);
    let bill = json!({"district": GULOU, "items": items});
    assert_eq!(bot.post("/v1/collection/receivables", &bill).await.ok()["created"], 1);
    for board in &mut boards {
        let (event, data) = board.next().await.unwrap();
        assert_eq!(event, "collection");
        assert!(data["revision"].as_u64().unwrap() > cashiers["revision"].as_u64().unwrap(), "{data}");
    }
    for nobody in ["shen", "mei"] {
        server.machine(nobody).await.get("/v1/board/stream").await.problem(403, "not_permitted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_sees_its_districts_only() {
    let server = Server::start().await;
    let lin = server.machine("lin").await;
    taken(&lin, GULOU, "1").await;
    let mut board = Board::open(&server.board("wu").await).await;
    assert_eq!(board.wait_for("snapshot").await["items"], json!([]));
    taken(&lin, GULOU, "2").await;
    let mine = taken(&lin, TAIJIANG, "3").await;
    assert_eq!(board.wait_for("item").await, mine, "the other district's item was not sent before it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_comes_and_goes_is_seen() {
    let server = Server::start().await;
    let token = server.phone("chen", PHONE).await;
    let mut board = Board::open(&server.machine("lin").await).await;
    assert_eq!(board.wait_for("snapshot").await["phones"][0]["connected"], false);
    let mut socket = connect(&server).await;
    say(&mut socket, hello(&token, PHONE)).await;
    let mut phone = board.wait_for("phone").await;
    while phone["pending_edits"] != 3 {
        phone = board.wait_for("phone").await;
    }
    assert_eq!((&phone["installation"], &phone["connected"]), (&json!(PHONE), &json!(true)));
    drop(socket);
    let begun = Instant::now();
    while phone["connected"] == true {
        assert!(begun.elapsed() < PATIENCE);
        phone = board.wait_for("phone").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token() {
    let server = Server::with(|config| config.lifetimes.staff = std::time::Duration::from_secs(2)).await;
    let mut board = Board::open(&server.machine("lin").await).await;
    let begun = Instant::now();
    assert_eq!(board.next().await.unwrap().0, "snapshot");
    while board.next().await.is_some() {}
    assert!(begun.elapsed().as_secs() <= 4, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_server_stops() {
    let server = Server::start().await;
    let mut board = Board::open(&server.machine("lin").await).await;
    board.wait_for("snapshot").await;
    let begun = Instant::now();
    server.stop().await;
    assert!(board.next().await.is_none());
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
