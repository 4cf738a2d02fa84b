//! A session in one request: for background tasks that get a few seconds, and for networks that let no socket through.

use linecrew_protocol::{
    limits::MAX_FRAMES,
    wire::{Farewell, Frame, Goodbye, decode_message, encode_message},
};

use super::{
    SyncDeps,
    conversation::{Ask, Conversation},
    limits::MESSAGE_FILL_BYTES,
    outgoing,
};

/// Answers one message with one message. It holds everything up to *caught up*, or as much as one message can hold: then it lacks
/// `CaughtUp`, and the phone asks again from where it is.
pub async fn once(deps: SyncDeps, body: &[u8]) -> Vec<u8> {
    let frames = match decode_message(body) {
        Ok(frames) => frames,
        Err(error) => return message(vec![Frame::Goodbye(Goodbye::new(Farewell::Malformed, error.to_string()))]),
    };
    let mut conversation = Conversation::new(deps, false);
    let mut answer = Answer { frames: Vec::new(), room: MESSAGE_FILL_BYTES, over: false };
    for frame in frames {
        if !answer.over {
            let asks = conversation.received(frame).await;
            answer.take(asks);
        }
    }
    // A page has at most MAX_ENTRIES_BYTES, a third of the message; one document may be larger than that.
    while !answer.over && conversation.has_reads() {
        let asks = conversation.read().await;
        answer.take(asks);
    }
    conversation.end().await;
    message(answer.frames)
}

struct Answer {
    frames: Vec<Frame>,
    room: usize,
    over: bool,
}

impl Answer {
    /// Takes frames while there is room. What follows a frame that did not fit must not be sent: it would seem complete.
    fn take(&mut self, asks: Vec<Ask>) {
        for ask in asks {
            let Ask::Send(frames) = ask else {
                self.over = true;
                return;
            };
            for frame in frames {
                let weight = outgoing::weight(&frame);
                let first_entries = matches!(frame, Frame::Entries(_)) && !self.frames.iter().any(|f| matches!(f, Frame::Entries(_)));
                if self.frames.len() >= MAX_FRAMES || (weight > self.room && !first_entries) {
                    self.over = true;
                    return;
                }
                self.room = self.room.saturating_sub(weight);
                self.frames.push(frame);
            }
        }
    }
}

fn message(frames: Vec<Frame>) -> Vec<u8> {
    encode_message(&frames).unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "an answer did not fit into a message");
        let goodbye = Goodbye::new(Farewell::LimitExceeded, "the answer fits into no message; use the socket");
        encode_message(&[Frame::Goodbye(goodbye)]).unwrap_or_default()
    })
}
