//! What a person does on the phone, decided by a seed and by what the items permit.

use linecrew_client::{Client, CommandError, ItemFilter, ItemRow, NoSpace, RepairReport, SavedEdit, StoreError};
use linecrew_protocol::{ids::DocumentId, model::work::Phase};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use crate::seed::Seed;

/// How often a person who could go on with the work writes something down instead.
const WRITES: f64 = 0.5;

/// A person with their hands on the phone.
#[derive(Debug)]
pub struct Script {
    random: StdRng,
}

impl Script {
    /// What the seed decides.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self { random: seed.random("script") }
    }

    /// One command on one of the open items; none when there is no item, or when the rules refuse it after all, because the item moved on
    /// between the look and the command.
    ///
    /// # Errors
    /// The store failed.
    pub fn act(&mut self, client: &Client) -> Result<Option<SavedEdit>, StoreError> {
        let items = client.items(ItemFilter { open_only: true, ..ItemFilter::default() })?;
        let Some(item) = items.choose(&mut self.random).filter(|item| item.withdrawn.is_none()) else { return Ok(None) };
        match self.command(client, item) {
            Ok(saved) => Ok(Some(saved)),
            Err(CommandError::Store(error) | CommandError::StorageFull(NoSpace::Store(error))) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Whether something that happens with this chance happens now.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.random.random_bool(probability)
    }

    fn command(&mut self, client: &Client, item: &ItemRow) -> Result<SavedEdit, CommandError> {
        if self.chance(WRITES) {
            return self.write(client, item.row.id);
        }
        let id = item.row.id;
        match (item.row.phase, item.row.state.as_str()) {
            (Phase::Assigned, _) => client.accept(id),
            (Phase::Accepted, _) => client.depart(id),
            (Phase::Departed, _) => client.arrive(id),
            (Phase::Arrived, _) => self.prepare(client, id),
            (_, "work_started") if self.chance(0.3) => client.suspend(id, "等待备件"),
            (_, "work_started") => client.restore(id, report()),
            (Phase::Suspended, _) => client.resume(id),
            (_, "restored") => client.complete_repair(id, report()),
            _ => self.write(client, id),
        }
    }

    /// The next step of the safety gate, then work.
    fn prepare(&mut self, client: &Client, id: DocumentId) -> Result<SavedEdit, CommandError> {
        let missing = client.item(id).map_err(CommandError::Store)?.map(|item| item.view.safety.missing).unwrap_or_default();
        match missing.first() {
            Some(step) => client.record_safety_step(id, *step, "GZP-118"),
            None => client.start_work(id),
        }
    }

    fn write(&mut self, client: &Client, item: DocumentId) -> Result<SavedEdit, CommandError> {
        if self.chance(0.3) {
            let quantity = f64::from(self.random.random_range(1..100_u32));
            return client.record_material(item, "熔断器", quantity, "只");
        }
        let length = self.random.random_range(1..200);
        client.note(item, "线".repeat(length))
    }
}

fn report() -> RepairReport {
    RepairReport { cause: "熔丝熔断".to_owned(), remedy: "更换熔丝".to_owned(), restored_at: None, handler: None }
}
