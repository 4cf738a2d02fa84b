//! For any batches with any mix of honest and hostile edits, exactly the honest ones are accepted, and every refused one is in quarantine with
//! its reason and its bytes. A failure names its seed; `LINECREW_SEED` runs that one alone.

mod hostile;

use std::collections::{BTreeMap, BTreeSet};

use linecrew_protocol::{
    Automerge, Reason,
    ids::{DocumentId, InstallationId},
    model::work::{WorkCommand, WorkEvent},
    wire::{Acked, Edit, Feed, Verdict},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use self::hostile::{LIES, Lie, Reach};
use super::{
    super::documents,
    world::{CREW_A, CREW_B, FEED_A, FEED_B, Phone, World, done, started},
};

const SEEDS: u64 = 24;
const STEPS: usize = 90;

/// What a phone confirmed or forged, by its number.
type Sent = BTreeMap<u64, Option<&'static Lie>>;

/// A phone with its items, and what the server has said to it.
struct Sender {
    phone: Phone,
    feed: Feed,
    items: Vec<DocumentId>,
    sent: Sent,
    answered: u64,
    outcomes: BTreeMap<u64, Verdict>,
}

struct Mixture {
    world: World,
    random: StdRng,
    senders: Vec<Sender>,
    items: Vec<DocumentId>,
}

impl Mixture {
    /// Two phones of crew A with two items, and one of crew B with one.
    async fn of(seed: u64) -> Self {
        let world = World::inline().await;
        let mut items = Vec::new();
        for crew in [CREW_A, CREW_A, CREW_B] {
            let item = world.item().await;
            if crew == CREW_B {
                world.assign(item, crew).await;
            }
            items.push(item);
        }
        let mut senders = Vec::new();
        for (number, feed, items) in [(2, FEED_A, &items[..2]), (3, FEED_A, &items[..2]), (4, FEED_B, &items[2..])] {
            let mut phone = world.phone(number).await;
            world.pull(&mut phone, feed).await;
            let (sent, outcomes) = Default::default();
            senders.push(Sender { phone, feed, items: items.to_vec(), sent, answered: 0, outcomes });
        }
        Self { world, random: StdRng::seed_from_u64(seed), senders, items }
    }

    async fn step(&mut self) {
        let at = self.random.random_range(0..self.senders.len());
        match self.random.random_range(0..10) {
            0..4 => self.senders[at].works(&mut self.random),
            4..8 => self.lie(at),
            8 => self.contact(at).await,
            _ => self.look(at).await,
        }
    }

    fn lie(&mut self, at: usize) {
        let lie = LIES.choose(&mut self.random).expect("a lie");
        self.tell(at, lie);
    }

    /// Unless there is no colleague yet who has written anything.
    fn tell(&mut self, at: usize, lie: &'static Lie) {
        let (liar, random) = (&self.senders[at], &mut self.random);
        let colleagues = self.senders.iter().filter(|sender| sender.phone.principal != liar.phone.principal);
        let Some(colleagues) = colleagues.filter_map(Sender::last_honest).next_back() else { return };
        let owner = self.senders.iter().find(|sender| sender.feed != liar.feed).expect("of another crew");
        let own = *liar.items.choose(random).expect("an item");
        let foreign = (owner.items[0], &owner.phone.shown[&owner.items[0]]);
        let edit = lie.tell(&Reach { phone: &liar.phone, own, foreign, colleagues }, random);
        let liar = &mut self.senders[at];
        liar.phone.edits.push(edit);
        liar.sent.insert(liar.phone.edits.len() as u64, Some(lie));
    }

    /// Sends a part of what waits; sometimes what was answered before comes again with it.
    async fn contact(&mut self, at: usize) {
        let sender = &mut self.senders[at];
        let made = sender.phone.edits.len() as u64;
        if made == sender.answered {
            return;
        }
        let last = self.random.random_range(sender.answered + 1..=made);
        let first = if self.random.random_bool(0.3) { self.random.random_range(1..=sender.answered + 1) } else { sender.answered + 1 };
        let edits = (first..=last).map(|number| sender.edit(number)).collect();
        let (acked, _) = self.world.push(&sender.phone, sender.phone.push_of(first, edits)).await.expect("stored");
        sender.hears(&acked, last);
    }

    /// Reads its feed, and so builds on what others wrote.
    async fn look(&mut self, at: usize) {
        let sender = &mut self.senders[at];
        self.world.pull(&mut sender.phone, sender.feed).await;
    }

    async fn end(&mut self) {
        for at in 0..self.senders.len() {
            while self.senders[at].answered < self.senders[at].phone.edits.len() as u64 {
                self.contact(at).await;
            }
            self.look(at).await;
        }
    }
}

impl Sender {
    fn edit(&self, number: u64) -> Edit {
        self.phone.edits[usize::try_from(number).expect("a small number") - 1].clone()
    }

    fn last_honest(&self) -> Option<Edit> {
        self.sent.iter().rfind(|(_, lie)| lie.is_none()).map(|(number, _)| self.edit(*number))
    }

    /// The next honest step of an item: the person's own phone decides what that is.
    fn works(&mut self, random: &mut StdRng) {
        let item = *self.items.choose(random).expect("an item");
        let steps = [WorkEvent::Accepted, WorkEvent::Departed, WorkEvent::Arrived, started(), done()];
        let step = steps.choose(random).expect("a step").clone();
        let run = self.phone.try_run(item, &WorkCommand::Record(step));
        let number = run.unwrap_or_else(|_| self.phone.note(item, "现场已隔离"));
        self.sent.insert(number, None);
    }

    fn hears(&mut self, acked: &Acked, last: u64) {
        assert_eq!(acked.next_seq, last + 1, "every number is answered once and for all");
        self.answered = last;
        for outcome in &acked.outcomes {
            let before = self.outcomes.insert(outcome.device_seq, outcome.verdict.clone());
            assert!(before.is_none_or(|before| before == outcome.verdict), "the same answer again");
        }
        self.phone.store_acked(self.feed, acked);
    }

    /// Exactly the honest edits are accepted; the answer to each lie is one of those that it may get. What is otherwise.
    fn misjudged(&self) -> Vec<String> {
        assert_eq!(self.outcomes.len(), self.phone.edits.len(), "every edit was answered");
        let misjudged = self.sent.iter().filter_map(|(number, lie)| match (&self.outcomes[number], lie) {
            (Verdict::Accepted, None) => None,
            (Verdict::Quarantined { reason, .. }, Some(lie)) if lie.2.contains(reason) => None,
            (verdict, lie) => Some(format!("edit {number}, {}: {verdict:?}", lie.map_or("honest", |lie| lie.0))),
        });
        misjudged.collect()
    }
}

/// An edit by its phone, its number and its bytes.
type Kept = (InstallationId, u64, Vec<u8>);

fn kept(world: &World, sql: &str) -> BTreeMap<Kept, u32> {
    let read = |connection: &rusqlite::Connection| {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            let installation = InstallationId::from_bytes(row.get("installation")?);
            let device_seq: i64 = row.get("device_seq")?;
            Ok(((installation, device_seq.cast_unsigned(), row.get("bytes")?), row.get("reason")?))
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    };
    let rows = world.store.database.read(read).map_err(|error: rusqlite::Error| error).expect("read");
    let count = rows.len();
    let kept: BTreeMap<Kept, u32> = rows.into_iter().collect();
    assert_eq!(kept.len(), count, "each is kept once");
    kept
}

/// What the store holds is what was said: refused bytes in quarantine with their reason, honest changes in their documents, nothing else.
fn check_store(mixture: &Mixture) {
    let (mut refused, mut accepted) = (BTreeMap::new(), BTreeSet::new());
    for sender in &mixture.senders {
        for (number, verdict) in &sender.outcomes {
            let edit = (sender.phone.principal.installation, *number, sender.edit(*number).change.to_vec());
            match verdict {
                Verdict::Accepted => drop(accepted.insert(edit)),
                Verdict::Quarantined { reason, .. } => drop(refused.insert(edit, reason.number())),
            }
        }
    }
    let world = &mixture.world;
    assert_eq!(kept(world, "SELECT installation, device_seq, bytes, reason FROM quarantine"), refused);
    let phones = "SELECT installation, device_seq, bytes, 0 AS reason FROM changes WHERE installation IN (SELECT id FROM installations)";
    assert!(kept(world, phones).into_keys().eq(accepted), "the items hold the honest changes");
    for item in &mixture.items {
        let loaded = world.store.database.read(|connection| documents::load(connection, *item)).expect("read").expect("there");
        let again = Automerge::load(&loaded.document.save()).expect("it can be saved and loaded");
        assert_eq!(again.get_heads(), loaded.document.get_heads());
    }
}

/// The seeds of this run.
fn seeds() -> std::ops::Range<u64> {
    let one = std::env::var("LINECREW_SEED").ok().map(|seed| seed.parse().expect("LINECREW_SEED is a number"));
    one.map_or(0..SEEDS, |seed: u64| seed..seed + 1)
}

#[tokio::test]
async fn exactly_the_honest_edits_of_any_mixture_are_accepted() {
    let (mut misjudged, mut honest, mut told) = (Vec::new(), 0, BTreeSet::new());
    for seed in seeds() {
        println!("LINECREW_SEED={seed}");
        let mut mixture = Mixture::of(seed).await;
        for _ in 0..STEPS {
            mixture.step().await;
        }
        mixture.end().await;
        misjudged.extend(mixture.senders.iter().flat_map(Sender::misjudged).map(|misjudged| format!("seed {seed}, {misjudged}")));
        check_store(&mixture);
        for lie in mixture.senders.iter().flat_map(|sender| sender.sent.values()) {
            match lie {
                Some(lie) => _ = told.insert(lie.0),
                None => honest += 1,
            }
        }
    }
    assert_eq!(misjudged, [""; 0]);
    if seeds().count() > 1 {
        assert!(honest > 500, "{honest} honest edits");
        assert_eq!(told.len(), LIES.len(), "every lie was told: {told:?}");
    }
}

#[tokio::test]
async fn every_lie_of_a_phone_that_was_never_refused_is_refused_for_its_own_reason() {
    for lie in &LIES {
        let mut mixture = Mixture::of(0).await;
        mixture.senders[1].works(&mut mixture.random);
        mixture.tell(0, lie);
        mixture.end().await;
        let verdict = &mixture.senders[0].outcomes[&1];
        let expected =
            matches!(verdict, Verdict::Quarantined { reason, .. } if lie.2.contains(reason) && *reason != Reason::DependsOnRefused);
        assert!(expected, "{}: {verdict:?}", lie.0);
        check_store(&mixture);
    }
}
