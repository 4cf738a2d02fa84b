//! What a person does on the phone, decided by a seed and by what the items permit.

use linecrew_client::{Client, CommandError, ItemFilter, SavedEdit, StoreError};
use linecrew_protocol::{
    ids::DocumentId,
    model::repair::{Report, State},
};
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
        let items = client.items(ItemFilter { open_only: true })?;
        let Some(item) = items.choose(&mut self.random).filter(|item| item.withdrawn.is_none()) else { return Ok(None) };
        match self.command(client, item.row.id, item.row.state) {
            Ok(saved) => Ok(Some(saved)),
            Err(CommandError::Store(error) | CommandError::StorageFull(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Whether something that happens with this chance happens now.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.random.random_bool(probability)
    }

    fn command(&mut self, client: &Client, item: DocumentId, state: State) -> Result<SavedEdit, CommandError> {
        if self.chance(WRITES) {
            return self.write(client, item);
        }
        match state {
            State::Assigned => client.accept(item),
            State::Accepted => client.depart(item),
            State::Departed => client.arrive(item),
            State::Arrived => client.start_work(item),
            State::WorkStarted if self.chance(0.3) => client.suspend(item, "等待备件"),
            State::WorkStarted => client.restore(item, report()),
            State::Suspended => client.resume(item),
            State::Restored => client.complete(item, report()),
            _ => self.write(client, item),
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

fn report() -> Report {
    Report { cause: "熔丝熔断".to_owned(), remedy: "更换熔丝".to_owned(), restored_at: None, handler: None }
}
