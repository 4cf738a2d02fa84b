//! Edits that no honest phone sends, each made from what an honest one would send at that moment, and what may be said to each.

use automerge::{ExpandedChange, ObjType, ROOT, transaction::Transactable as _};
use linecrew_protocol::{
    Automerge, Change, ChangeHash, Reason as R,
    ids::{DocumentId, InstallationId},
    limits::{MAX_CHANGE_BYTES, MAX_CHANGE_OPS, MAX_DEPTH, MAX_TEXT_CHARS},
    model::{
        command::{Author, write},
        document::section,
        event::Recorded,
    },
    wire::Edit,
};
use rand::{Rng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::super::world::{Phone, person};

/// What lies within an attacker's reach.
pub(super) struct Reach<'a> {
    /// The phone that lies.
    pub(super) phone: &'a Phone,
    /// An item that it may work on.
    pub(super) own: DocumentId,
    /// An item of another crew, as that crew's phones know it.
    pub(super) foreign: (DocumentId, &'a Automerge),
    /// An honest edit of somebody else.
    pub(super) colleagues: Edit,
}

/// A lie: its name, how it is told, and the reasons that may be given. A break in a phone's own sequence may also be put down to what was
/// refused before.
pub(super) struct Lie(pub(super) &'static str, fn(&Reach<'_>, &mut StdRng) -> Edit, pub(super) &'static [R]);

impl Lie {
    pub(super) fn tell(&self, reach: &Reach<'_>, random: &mut StdRng) -> Edit {
        self.1(reach, random)
    }
}

const GAP: &[R] = &[R::WrongSequence, R::MissingDependency, R::DependsOnRefused];
const ENVELOPE: &[R] = &[R::NotAChange, R::Undecodable];

/// Every lie.
pub(super) const LIES: [Lie; 31] = [
    // The bytes.
    Lie("no bytes", |reach, _| reach.sends(Vec::new()), ENVELOPE),
    Lie("noise", noise, ENVELOPE),
    Lie("a change that breaks off", |reach, random| reach.sends(cut(reach.honest(), random)), ENVELOPE),
    Lie("a byte after the change", |reach, _| reach.sends([reach.honest(), vec![0]].concat()), ENVELOPE),
    Lie("the change twice", |reach, _| reach.sends([reach.honest(), reach.honest()].concat()), ENVELOPE),
    Lie("a flipped bit", |reach, random| reach.sends(flipped(reach.honest(), random)), ENVELOPE),
    Lie("a compressed chunk", |reach, _| reach.sends(compressed(reach.honest())), ENVELOPE),
    Lie("10 MB", |reach, _| reach.sends(vec![0x85; 160 * MAX_CHANGE_BYTES]), &[R::ChangeTooLarge]),
    // The header.
    Lie("too many operations", |reach, _| reach.altered(&many_operations), &[R::TooManyOperations]),
    Lie("a jump of the sequence", |reach, _| reach.altered(&|change| change.seq += 5), GAP),
    Lie("the last of all sequence numbers", |reach, _| reach.altered(&|change| change.seq = u64::from(u32::MAX)), GAP),
    Lie("a jump of the operations", |reach, _| reach.altered(&|change| jump(change, 1_000)), &[R::OperationNumberOutOfRange]),
    Lie("operations at the very end", |reach, _| reach.altered(&|change| jump(change, 1 << 31)), &[R::OperationNumberOutOfRange]),
    Lie("an orphan", |reach, random| orphan(reach, random.random()), GAP),
    Lie("an actor that is nobody's", |reach, random| stranger(reach, random.random()), &[R::WrongActor]),
    // The address.
    Lie("a colleague's change", |reach, _| reach.colleagues.clone(), &[R::WrongActor]),
    Lie("another item's change", |reach, _| Edit { document: reach.foreign.0, ..reach.sends(reach.honest()) }, &[R::WrongActor]),
    Lie("another generation's change", |reach, _| Edit { generation: 3, ..reach.sends(reach.honest()) }, &[R::WrongActor]),
    Lie("an item that does not exist", nowhere, &[R::UnknownDocument]),
    Lie("another crew's item", other_crews_item, &[R::NotYourItem, R::MissingDependency, R::DependsOnRefused]),
    // The event.
    Lie(
        "a colleague's name",
        |reach, _| reach.signed(&|author| author.principal.person = person(9), "accepted", Value::Null),
        &[R::WrongAuthor],
    ),
    Lie("another phone's name", another_phones_name, &[R::WrongAuthor]),
    Lie("another number", |reach, _| reach.signed(&|author| author.device_seq += 7, "accepted", Value::Null), &[R::WrongAuthor]),
    Lie("an event of no kind", |reach, _| reach.signed(&|_| (), "teleported", Value::Null), &[R::UnreadableEvent]),
    Lie("a field of another type", |reach, _| reach.signed(&|_| (), "declined", json!({"reason": 7})), &[R::UnreadableEvent]),
    Lie("a reason of many pages", many_pages, &[R::InvalidValue]),
    Lie("an event out of turn", |reach, _| reach.signed(&|_| (), "resumed", Value::Null), &[R::StateNotPermitted]),
    Lie("a decision of the office", |reach, _| reach.signed(&|_| (), "cancelled", json!({"reason": "不去"})), &[R::RoleNotPermitted]),
    // What comes beside the event.
    Lie("an order written anew", |reach, _| reach.beside("order"), &[R::SectionNotPermitted]),
    Lie("an assignment written anew", |reach, _| reach.beside("assignment"), &[R::SectionNotPermitted]),
    Lie("a nest", nest, &[R::DocumentLimit]),
];

impl Reach<'_> {
    fn document(&self) -> &Automerge {
        &self.phone.shown[&self.own]
    }

    fn sends(&self, change: Vec<u8>) -> Edit {
        Edit { document: self.own, generation: 0, change: change.into(), lost: None }
    }

    /// What an honest phone would write.
    fn honest(&self) -> Vec<u8> {
        let mut honest = self.phone.clone();
        honest.note(self.own, "现场已隔离");
        honest.edits.pop().expect("just written").change.to_vec()
    }

    /// The honest change with something in it changed, encoded as Automerge does.
    fn altered(&self, alter: &dyn Fn(&mut ExpandedChange)) -> Edit {
        let mut change = Change::try_from(&self.honest()[..]).expect("honest").decode();
        alter(&mut change);
        self.sends(Change::from(change).raw_bytes().to_vec())
    }

    /// An event that is signed in another way, or that no command writes.
    fn signed(&self, lie: &dyn Fn(&mut Author), kind: &str, body: Value) -> Edit {
        let author = self.phone.author(0);
        let mut liar = author.clone();
        lie(&mut liar);
        let Recorded { id, event } = liar.sign((kind.to_owned(), body));
        // The actor stays the phone's own: that lie is another one.
        let written = write(self.document(), self.own, &author, Recorded { id, event }, |_| Ok(()));
        self.sends(written.expect("written").change.raw_bytes().to_vec())
    }

    /// An honest event, and beside it a word in a section that only the office writes.
    fn beside(&self, name: &str) -> Edit {
        let author = self.phone.author(0);
        let recorded = author.sign(("accepted".to_owned(), Value::Null));
        let written = write(self.document(), self.own, &author, recorded, |transaction| {
            let section = section(transaction, name)?;
            transaction.put(&section, "priority", "low").expect("written");
            Ok(())
        });
        self.sends(written.expect("written").change.raw_bytes().to_vec())
    }
}

fn noise(reach: &Reach<'_>, random: &mut StdRng) -> Edit {
    let length = random.random_range(1..300);
    reach.sends((0..length).map(|_| random.random()).collect())
}

fn cut(mut bytes: Vec<u8>, random: &mut StdRng) -> Vec<u8> {
    bytes.truncate(random.random_range(1..bytes.len()));
    bytes
}

/// Nowhere is a bit that the checksum does not cover, or that is not the checksum's.
fn flipped(mut bytes: Vec<u8>, random: &mut StdRng) -> Vec<u8> {
    let at = random.random_range(0..bytes.len());
    bytes[at] ^= 1 << random.random_range(0..8);
    bytes
}

/// The type of a chunk stands behind the magic number and the checksum.
fn compressed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[8] = 2;
    bytes
}

fn many_operations(change: &mut ExpandedChange) {
    let operation = change.operations[0].clone();
    let many = usize::try_from(MAX_CHANGE_OPS).expect("a small number") + 1;
    change.operations = vec![operation; many];
}

fn jump(change: &mut ExpandedChange, ahead: u64) {
    change.start_op = change.start_op.saturating_add(ahead);
}

fn orphan(reach: &Reach<'_>, parent: [u8; 32]) -> Edit {
    reach.altered(&|change| change.deps.push(ChangeHash(parent)))
}

fn stranger(reach: &Reach<'_>, actor: [u8; 16]) -> Edit {
    reach.altered(&|change| change.actor_id = actor.to_vec().into())
}

fn nowhere(reach: &Reach<'_>, random: &mut StdRng) -> Edit {
    Edit { document: DocumentId::from_bytes(random.random()), ..reach.sends(reach.honest()) }
}

/// It writes as it would on an item of its own; that crew may not have sent yet what it builds on.
fn other_crews_item(reach: &Reach<'_>, _: &mut StdRng) -> Edit {
    let (document, shown) = reach.foreign;
    let author = reach.phone.author(0);
    let recorded = author.sign(("accepted".to_owned(), Value::Null));
    let written = write(shown, document, &author, recorded, |_| Ok(())).expect("written");
    Edit { document, ..reach.sends(written.change.raw_bytes().to_vec()) }
}

fn another_phones_name(reach: &Reach<'_>, _: &mut StdRng) -> Edit {
    reach.signed(&|author| author.principal.installation = InstallationId::from_bytes([9; 16]), "accepted", Value::Null)
}

fn many_pages(reach: &Reach<'_>, _: &mut StdRng) -> Edit {
    reach.signed(&|_| (), "declined", json!({"reason": "长".repeat(MAX_TEXT_CHARS + 1)}))
}

fn nest(reach: &Reach<'_>, _: &mut StdRng) -> Edit {
    let author = reach.phone.author(0);
    let recorded = author.sign(("accepted".to_owned(), Value::Null));
    let written = write(reach.document(), reach.own, &author, recorded, |transaction| {
        let mut parent = ROOT;
        for _ in 0..=MAX_DEPTH {
            parent = transaction.put_object(&parent, "in", ObjType::Map).expect("written");
        }
        Ok(())
    });
    reach.sends(written.expect("written").change.raw_bytes().to_vec())
}
