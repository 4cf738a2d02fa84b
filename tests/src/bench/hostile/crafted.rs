//! Changes that only a hostile phone makes: well formed, of items that exist, and each a piece of work to refuse.

use automerge::{ActorId, AutoCommit, ObjType, ROOT, ScalarValue, transaction::Transactable};
use linecrew_client::transport::MessageStream;
use linecrew_protocol::{
    actor::actor_of,
    ids::{DocumentId, InstallationId},
    wire::{Edit, Frame, Welcome, decode_message},
};

/// Operations of one change. They are all alike, so that run lengths make it short.
const OPERATIONS: usize = 50_000;

/// What one phone can make up about its crew's items.
pub(super) struct Crafted {
    edits: Vec<Edit>,
    next: usize,
}

impl Crafted {
    /// Reads what the phone is given at the beginning of its session, and makes up lies about each item in it.
    pub(super) async fn about(socket: &mut dyn MessageStream, installation: InstallationId, welcome: &Welcome) -> Option<Self> {
        let documents = if welcome.feeds.is_empty() { Vec::new() } else { given(socket).await? };
        let bomb = bomb();
        let lies = documents.iter().flat_map(|document| {
            let own = actor_of(installation, *document, 0);
            let other = actor_of(InstallationId::from_bytes([7; 16]), *document, 0);
            let [_, orphan] = two_changes(own.clone());
            let [of_another, _] = two_changes(other);
            [orphan, of_another, bomb.clone()].map(|change| Edit { document: *document, generation: 0, change: change.into(), lost: None })
        });
        let edits: Vec<Edit> = lies.collect();
        (!edits.is_empty()).then_some(Self { edits, next: 0 })
    }

    /// The next lies, over and over.
    pub(super) fn lies(&mut self, count: usize) -> Vec<Edit> {
        let lies = (self.next..self.next + count).map(|place| self.edits[place % self.edits.len()].clone());
        let lies = lies.collect();
        self.next += count;
        lies
    }
}

/// The documents of the phone's feeds; none when the server hangs up.
async fn given(socket: &mut dyn MessageStream) -> Option<Vec<DocumentId>> {
    let mut documents = Vec::new();
    loop {
        let message = socket.receive().await.ok()??;
        for frame in decode_message(&message).expect("frames") {
            match frame {
                Frame::Entries(entries) => documents.extend(entries.entries.iter().map(|entry| entry.document)),
                Frame::CaughtUp(_) => return Some(documents),
                _ => {}
            }
        }
    }
}

/// A change, and one that builds on it.
fn two_changes(actor: ActorId) -> [Vec<u8>; 2] {
    let mut document = AutoCommit::new().with_actor(actor);
    for number in [1, 2] {
        document.put(ROOT, "order", number).expect("a key");
        document.commit();
    }
    let mut changes = document.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec());
    std::array::from_fn(|_| changes.next().expect("two changes"))
}

/// A few bytes that become very many operations.
fn bomb() -> Vec<u8> {
    let mut document = AutoCommit::new();
    let list = document.put_object(ROOT, "events", ObjType::List).expect("a key");
    document.splice(&list, 0, 0, std::iter::repeat_n(ScalarValue::Null, OPERATIONS)).expect("a list");
    document.commit();
    document.get_last_local_change().expect("it was committed").raw_bytes().to_vec()
}
