//! The parts of an honest change.

use crate::forge::Forged;

impl Forged {
    /// The parts of an honest change.
    pub(crate) fn parse(mut body: &[u8]) -> Self {
        let body = &mut body;
        let deps = (0..number(body)).map(|_| take(body, 32).try_into().unwrap()).collect();
        let actor = text(body);
        let (seq, start_op, time) = (leb(body), leb(body), leb(body));
        let message = text(body);
        let other_actors = (0..number(body)).map(|_| text(body)).collect();
        let list: Vec<(u64, usize)> = (0..number(body)).map(|_| (number(body) as u64, number(body))).collect();
        let columns = list.into_iter().map(|(spec, length)| (spec, take(body, length).to_vec())).collect();
        Self { deps, actor, seq, start_op, time, message, other_actors, columns, extra: body.to_vec() }
    }
}

fn take<'a>(body: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = body.split_at(count);
    *body = rest;
    taken
}

/// The bytes of one LEB128 number.
fn leb(body: &mut &[u8]) -> Vec<u8> {
    let length = body.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    take(body, length).to_vec()
}

fn number(body: &mut &[u8]) -> usize {
    leb(body).iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f))
}

fn text(body: &mut &[u8]) -> Vec<u8> {
    let length = number(body);
    take(body, length).to_vec()
}
