//! The steps of work.

use linecrew_client::RepairReport;
use linecrew_ffi::{LinecrewCore, SavedEdit};

use crate::asked::{Asked, Failure};

/// One step; nothing when there is none of this name.
pub(crate) async fn call(core: &LinecrewCore, verb: &str, asked: &Asked<'_>) -> Result<Option<SavedEdit>, Failure> {
    let item = asked.item()?;
    Ok(Some(match verb {
        "accept" => core.accept(item).await?,
        "depart" => core.depart(item).await?,
        "arrive" => core.arrive(item).await?,
        "decline" => core.decline(item, asked.text("reason")?).await?,
        "suspend_work" => core.suspend_work(item, asked.text("reason")?).await?,
        "resume_work" => core.resume_work(item).await?,
        "not_done" => core.not_done(item, asked.text("reason")?).await?,
        "hand_over" => core.hand_over(item, asked.id("crew", "crew_id")?, asked.text("reason")?).await?,
        "note" => core.note(item, asked.text("text")?).await?,
        "force_start" => core.force_start(item, asked.text("reason")?).await?,
        "step" => core.step(item, asked.text("name")?, asked.json("body")?).await?,
        "start_work" => core.start_work(item).await?,
        "restore" => core.restore(item, repair_report(asked)?).await?,
        "complete_repair" => core.complete_repair(item, repair_report(asked)?).await?,
        _ => return Ok(None),
    }))
}

fn repair_report(asked: &Asked<'_>) -> Result<RepairReport, Failure> {
    let restored_at = asked.parsed("restored_at")?;
    Ok(RepairReport {
        cause: asked.text("cause")?,
        remedy: asked.text("remedy")?,
        restored_at: restored_at.map(linecrew_client::protocol::time::Timestamp::from_unix_millis),
        handler: asked.find("handler"),
    })
}
