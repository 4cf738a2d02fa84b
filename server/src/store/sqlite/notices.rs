//! Notices: a cut waits until its notice was served long enough ago (domain 3.5). Only the store sees both documents.

use linecrew_protocol::{
    ids::DocumentId,
    model::{
        kinds::NOTICE,
        work::{Phase, WorkEvent},
    },
    time::Interval,
};
use serde_json::{Map, Value};

use super::{batch::Batch, commit::Projection};

/// The notice that an order names.
pub(super) fn named(about: &Map<String, Value>) -> Option<DocumentId> {
    about.get("notice")?.as_str()?.parse().ok()
}

/// The notice with this id; none when there is none, or it is something else.
pub(super) fn find(batch: &mut Batch<'_>, id: DocumentId) -> rusqlite::Result<Option<Projection>> {
    let found = batch.projection(id)?;
    Ok(found.filter(|found| found.standing.describe().name == NOTICE))
}

/// What the item has to be told before it is dispatched: that its notice was served. None when it waits for no notice, knows already, or the
/// notice was not served.
pub(super) fn confirmation(batch: &mut Batch<'_>, item: &Projection) -> rusqlite::Result<Option<WorkEvent>> {
    let standing = &item.standing;
    if standing.order.notice_age_ms.is_none() || standing.fold.notice_served.is_some() {
        return Ok(None);
    }
    let Some(notice) = named(&standing.order.about) else { return Ok(None) };
    let Some(found) = find(batch, notice)? else { return Ok(None) };
    let number = found.standing.order.number.clone();
    Ok(served(&found).map(|served| WorkEvent::NoticeConfirmed { notice, number, served }))
}

/// When it was served, as far as anybody can prove: the first time, if it was more than once.
fn served(notice: &Projection) -> Option<Interval> {
    let fold = &notice.standing.fold;
    if !matches!(fold.state.phase, Phase::Done | Phase::FollowedUp | Phase::Archived) {
        return None;
    }
    let endings = fold.endings.iter().filter_map(|place| notice.standing.history.at(*place));
    endings.map(|entry| entry.proven).min_by_key(|proven| (proven.latest.is_none(), proven.latest))
}
