//! The steps of work.

use std::{collections::HashMap, str::FromStr};

use anyhow::{Context as _, anyhow};
use linecrew_client::{
    DisconnectionReport, RepairReport, Service,
    protocol::{
        model::work::{
            SafetyStep,
            files::{AttachmentKind, SignerRole},
        },
        time::Timestamp,
    },
};
use linecrew_ffi::{
    FileContent, LinecrewCore, MeterExchange, MeterPutOn, MeterServiceReport, MeterTakenOff, NewFile, Point, SavedEdit, StartReading,
    Stroke,
};

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
        "make_appointment" => {
            let appointment = moment(asked, "appointment")?.context("appointment= is missing")?;
            core.make_appointment(item, appointment, asked.find("reason")).await?
        }
        "resolve" => core.resolve(item, asked.text("question")?, asked.text("choice")?, asked.text("note")?).await?,
        "note" => core.note(item, asked.text("text")?).await?,
        "force_start" => core.force_start(item, asked.text("reason")?).await?,
        "step" => core.step(item, asked.text("name")?, asked.json("body")?).await?,
        "record_safety_step" => {
            let step = named(&SafetyStep::ALL, &asked.text("step")?)?;
            core.record_safety_step(item, step, asked.text("detail")?).await?
        }
        "sign" => {
            let role = named(&[SignerRole::Customer, SignerRole::Technician, SignerRole::Witness], &asked.text("role")?)?;
            core.sign(item, role, asked.text("name")?, strokes(&asked.text("strokes")?)?).await?
        }
        "record_material" => {
            let quantity = asked.parsed("quantity")?.context("quantity= is missing")?;
            core.record_material(item, asked.text("name")?, quantity, asked.text("unit")?).await?
        }
        _ => return own(core, verb, asked).await,
    }))
}

/// The steps of one kind of work.
async fn own(core: &LinecrewCore, verb: &str, asked: &Asked<'_>) -> Result<Option<SavedEdit>, Failure> {
    let item = asked.item()?;
    Ok(Some(match verb {
        "start_work" => core.start_work(item).await?,
        "restore" => core.restore(item, repair_report(asked)?).await?,
        "complete_repair" => core.complete_repair(item, repair_report(asked)?).await?,
        "exchange_meter" => core.exchange_meter(item, exchange(asked)?).await?,
        "confirm_readings" => core.confirm_readings(item).await?,
        "refuse_confirmation" => core.refuse_confirmation(item, asked.text("reason")?).await?,
        "complete_rotation" => core.complete_rotation(item, asked.find("note")).await?,
        "no_access" => core.no_access(item, asked.text("reason")?, asked.text("proof")?).await?,
        "answer" => core.answer(item, asked.text("path")?, asked.maybe_json("answer")?).await?,
        "submit_survey" => core.submit_survey(item, asked.find("note")).await?,
        "record_value" => core.record_value(item, asked.text("path")?, asked.json("value")?).await?,
        "serve_notice" => {
            let [recipient, proof, note] = ["recipient", "proof", "note"].map(|key| asked.find(key));
            core.serve_notice(item, Service { how: asked.text("how")?, recipient, proof, note }).await?
        }
        "not_served" => core.not_served(item, asked.text("reason")?).await?,
        "complete_disconnection" => {
            let cut_at = moment(asked, "cut_at")?.context("cut_at= is missing")?;
            let report = DisconnectionReport { cut_at, index: asked.find("index"), note: asked.find("note") };
            core.complete_disconnection(item, report).await?
        }
        "complete_meter_service" => {
            let removed = asked.find("removed").is_some().then(|| taken_off(asked)).transpose()?;
            let report = MeterServiceReport { result: asked.text("result")?, removed, seals: asked.find("seals") };
            core.complete_meter_service(item, report).await?
        }
        _ => return Ok(None),
    }))
}

/// A file to attach.
pub(crate) fn file(asked: &Asked<'_>, folder: &std::path::Path) -> Result<NewFile, Failure> {
    let kind = named(&[AttachmentKind::Photo, AttachmentKind::Document, AttachmentKind::Audio], &asked.text("kind")?)?;
    let bytes = asked.text("text")?.into_bytes();
    let content = if asked.find("as").as_deref() == Some("path") {
        let path = folder.join("attached");
        std::fs::write(&path, bytes).context("a file")?;
        FileContent::Path { path: path.to_string_lossy().into_owned() }
    } else {
        FileContent::Bytes { bytes }
    };
    let caption = asked.find("caption").unwrap_or_default();
    Ok(NewFile { kind, mime: asked.text("mime")?, content, caption, taken_at: moment(asked, "taken_at")? })
}

fn repair_report(asked: &Asked<'_>) -> Result<RepairReport, Failure> {
    let restored_at = moment(asked, "restored_at")?;
    Ok(RepairReport { cause: asked.text("cause")?, remedy: asked.text("remedy")?, restored_at, handler: asked.find("handler") })
}

fn exchange(asked: &Asked<'_>) -> Result<MeterExchange, Failure> {
    let registers = asked.text("registers")?;
    let registers = registers.split(',').map(|register| {
        let mut parts = register.split(':');
        let name = parts.next().unwrap_or_default().to_owned();
        Ok((name, StartReading { index: part(parts.next())?, digits: part(parts.next())? }))
    });
    let multiplier = asked.parsed("multiplier")?.context("multiplier= is missing")?;
    let installed = MeterPutOn { serial: asked.text("installed")?, multiplier, registers: registers.collect::<Result<_, Failure>>()? };
    let [photo_removed, photo_installed, no_photo] = ["photo_removed", "photo_installed", "no_photo"].map(|key| asked.find(key));
    let [explanation, seals] = ["explanation", "seals"].map(|key| asked.find(key));
    Ok(MeterExchange { removed: taken_off(asked)?, installed, photo_removed, photo_installed, no_photo, explanation, seals })
}

fn taken_off(asked: &Asked<'_>) -> Result<MeterTakenOff, Failure> {
    let indexes = asked.text("indexes")?;
    let indexes = indexes.split(',').map(|register| {
        let (name, index) = register.split_once(':').unwrap_or((register, ""));
        Ok((name.to_owned(), part(Some(index))?))
    });
    Ok(MeterTakenOff { serial: asked.text("removed")?, indexes: indexes.collect::<Result<HashMap<_, _>, Failure>>()? })
}

fn strokes(text: &str) -> Result<Vec<Stroke>, Failure> {
    let point = |point: &str| {
        let (x, y) = point.split_once(':').unwrap_or((point, ""));
        Ok(Point { x: part(Some(x))?, y: part(Some(y))? })
    };
    text.split(';').map(|stroke| Ok(Stroke { points: stroke.split(',').map(point).collect::<Result<_, Failure>>()? })).collect()
}

fn moment(asked: &Asked<'_>, key: &str) -> Result<Option<Timestamp>, Failure> {
    Ok(asked.parsed(key)?.map(Timestamp::from_unix_millis))
}

fn part<T: FromStr>(text: Option<&str>) -> Result<T, Failure> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| anyhow!("{text:?} is no such number").into())
}

/// A variant by its name in snake case.
fn named<T: Copy + std::fmt::Debug>(all: &[T], name: &str) -> Result<T, Failure> {
    let found = all.iter().find(|one| crate::value::snake(&format!("{one:?}")) == name);
    found.copied().ok_or_else(|| anyhow!("there is no {name}").into())
}
