//! Everything that a board shows, read at once.

use linecrew_protocol::time::Timestamp;
use serde::Serialize;

use crate::{
    http::{App, caller::Sight, people, problem::Problem},
    store::{BoardRow, CrewWithMembers, DistrictRecord, PhoneRecord, RowFilter},
};

use super::BoardSight;

/// Rows read at a time.
const PAGE: usize = 500;
/// Rows of a snapshot: about 7 MB of JSON. A board with more work on it is not one a person can watch.
const MAX_ROWS: usize = 10_000;
/// How long an item stays in sight after nobody has to do anything about it any more.
const CLOSED_FOR_MS: u64 = 24 * 3_600_000;

/// What a board shows.
#[derive(Serialize)]
pub(super) struct Snapshot {
    server_time: Timestamp,
    revision: u64,
    items: Vec<BoardRow>,
    phones: Vec<PhoneRecord>,
    crews: Vec<CrewWithMembers>,
    districts: Vec<DistrictRecord>,
}

/// Reads a snapshot. The revision is read first: whatever is committed meanwhile is newer and comes as news.
pub(super) async fn read(app: &App, sight: &BoardSight) -> Result<Snapshot, Problem> {
    Ok(Snapshot {
        server_time: app.clock.now(),
        revision: app.store.revision().await?,
        items: rows(app, &sight.items).await?,
        phones: people::phones(app, &sight.people).await?,
        crews: people::crews(app, &sight.people).await?,
        districts: people::districts(app, &sight.people).await?,
    })
}

/// Every item that somebody still has to look at, and those closed within a day.
async fn rows(app: &App, sight: &Sight) -> Result<Vec<BoardRow>, Problem> {
    let since = app.clock.now().minus_ms(CLOSED_FOR_MS);
    let mut filter = RowFilter { districts: sight.districts(), limit: PAGE, ..RowFilter::default() };
    let mut rows = Vec::new();
    loop {
        let (page, next) = app.store.rows(filter.clone()).await?;
        rows.extend(page.into_iter().filter(|row| !row.row.phase.is_closed() || !row.row.attention.is_empty() || row.updated_at >= since));
        if next.is_none() || rows.len() >= MAX_ROWS {
            return Ok(rows);
        }
        filter.before = next;
    }
}
