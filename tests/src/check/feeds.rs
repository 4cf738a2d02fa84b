//! Digests, as the server answers a phone that says how far it is: a session of our own, beside the phone's driver.

use std::{collections::BTreeMap, net::SocketAddr};

use linecrew_client::{
    FeedView,
    transport::{Cleartext, Endpoint, ServerAddress, TcpTransport, Transport},
};
use linecrew_protocol::{
    digest::Digest,
    wire::{CaughtUp, Farewell, Feed, Frame, decode_message, encode_message},
};

use super::Difference;
use crate::phone::Phone;

const TOKEN_ENDED: &str = "the token has ended";

pub(super) async fn compare(server: SocketAddr, phone: &Phone, differences: &mut Vec<Difference>) {
    let who = || phone.person.name.clone();
    let mut answer = ask(server, phone).await;
    if answer == Err(TOKEN_ENDED.to_owned()) {
        // A live session outlives the token that opened it: let the phone get another one.
        phone.sync().await;
        answer = ask(server, phone).await;
    }
    let on_server = match answer {
        Ok(on_server) => on_server,
        Err(why) => return differences.push(Difference::NotCaughtUp { phone: who(), why }),
    };
    let on_phone: BTreeMap<Feed, Digest> = phone.status().feeds.into_iter().map(|FeedView { feed, digest, .. }| (feed, digest)).collect();
    for feed in on_server.keys().chain(on_phone.keys()).collect::<std::collections::BTreeSet<_>>() {
        let known = |digests: &BTreeMap<Feed, Digest>| digests.get(feed).copied().filter(|digest| *digest != Digest::EMPTY);
        let (here, there) = (known(&on_phone), known(&on_server));
        if here != there {
            differences.push(Difference::Feed { phone: who(), feed: *feed, on_phone: here, on_server: there });
        }
    }
}

/// Opens a session as this phone and takes the digests from its end.
async fn ask(server: SocketAddr, phone: &Phone) -> Result<BTreeMap<Feed, Digest>, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let (hand, _) = phone.client().hand().map_err(|error| text(&error))?.ok_or("nobody is signed in")?;
    let mut hello = hand.hello;
    // The server does not repeat a digest that the phone has claimed: claim none, to hear all of them.
    hello.positions.iter_mut().for_each(|position| position.digest = Digest::EMPTY);
    let question = encode_message(&[Frame::Hello(hello)]).map_err(|error| text(&error))?;
    let address = ServerAddress::parse(&format!("http://{server}"), Cleartext::LoopbackOnly).map_err(|error| text(&error))?;
    let answer = TcpTransport::new(address).post(Endpoint::Sync, question).await.map_err(|error| text(&error))?;
    for frame in decode_message(&answer).map_err(|error| text(&error))? {
        match frame {
            Frame::Entries(entries) if !entries.entries.is_empty() => {
                return Err(format!("{} entries of {} wait on the server", entries.entries.len(), entries.feed));
            }
            Frame::Goodbye(goodbye) if goodbye.why == Farewell::Unauthenticated => return Err(TOKEN_ENDED.to_owned()),
            Frame::Goodbye(goodbye) => return Err(format!("the server says goodbye: {} ({})", goodbye.detail, goodbye.why)),
            Frame::CaughtUp(CaughtUp { feeds }) => return Ok(feeds.into_iter().map(|feed| (feed.feed, feed.digest)).collect()),
            _ => {}
        }
    }
    Err("the server's answer has no end".to_owned())
}
