//! What can be done with an item now, as the very commands to type.

use linecrew_client::protocol::model::work::{
    Phase, WorkView,
    field::{Field, Shape},
    safety::SafetyStep,
};
use serde_json::Value;

use crate::{
    described::{self, is_on_site},
    fields::leaves,
    page::Page,
};

/// A step and how to take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// The step's name.
    pub(crate) step: String,
    /// What it does.
    pub(crate) label: String,
    /// What to type.
    pub(crate) command: String,
}

/// The steps of one item, for somebody who named it `typed`.
#[derive(Clone, Copy)]
pub(crate) struct Steps<'a> {
    pub(crate) page: &'a Page,
    pub(crate) view: &'a WorkView,
    pub(crate) typed: &'a str,
}

impl Steps<'_> {
    /// The step that moves the work on; none when nothing is left to do on site.
    pub(crate) fn forward(&self) -> Option<Hint> {
        let common = match self.view.row.phase {
            Phase::Assigned => Some("accepted"),
            Phase::Accepted => Some("departed"),
            Phase::Departed => Some("arrived"),
            Phase::Suspended => Some("resumed"),
            _ => None,
        };
        let fits = |name: &&str| self.view.row.next.crew.iter().any(|next| next == name);
        if let Some(step) = common.filter(fits) {
            return Some(self.command(step));
        }
        let kind = described::kind(&self.view.row.kind)?;
        let own = kind.steps.iter().find(|step| fits(&step.name))?;
        let waits = own.gate && self.view.safety.forced.is_none();
        let asks = crate::form::named(self.view).is_some();
        self.gate().into_iter().next().filter(|_| waits).or_else(|| Some(if asks { self.form() } else { self.command(own.name) }))
    }

    /// Every step that the crew may take now, the one that moves the work on first. Of the gate: what is missing.
    pub(crate) fn all(&self) -> Vec<Hint> {
        let mut hints: Vec<Hint> = self.forward().into_iter().collect();
        for hint in self.others() {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        hints
    }

    fn others(&self) -> Vec<Hint> {
        let mut hints = Vec::new();
        for name in &self.view.row.next.crew {
            match name.as_str() {
                // They may be recorded again, by a mate; nobody has to be told to.
                "accepted" | "arrived" if self.view.row.phase >= Phase::Arrived => {}
                "safety_recorded" => hints.extend(self.gate()),
                "forced_start" if self.view.safety.missing.is_empty() || self.view.safety.forced.is_some() => {}
                "value_recorded" if !self.has_values() => {}
                "value_recorded" if self.view.values.is_empty() || crate::form::named(self.view).is_some() => hints.push(self.form()),
                name => hints.push(self.command(name)),
            }
        }
        hints
    }

    /// The steps of the gate that are missing; one that waits for another comes after it.
    pub(crate) fn gate(&self) -> Vec<Hint> {
        let missing = if is_on_site(self.view.row.phase) { self.view.safety.missing.as_slice() } else { &[] };
        missing.iter().map(|step| self.safety(*step)).collect()
    }

    /// The form, whose answers are typed one by one.
    pub(crate) fn form(&self) -> Hint {
        let label = self.page.of("The form: what is asked, and what is answered", "表单：题目与答案");
        Hint { step: "value_recorded".to_owned(), label: label.to_owned(), command: self.typing("form", "") }
    }

    /// Fetching what is missing here.
    pub(crate) fn sync(&self) -> Hint {
        let label = self.page.of("Fetch what is missing", "获取缺少的内容");
        Hint { step: "sync".to_owned(), label: label.to_owned(), command: "linecrew-phone sync".to_owned() }
    }

    /// The command of one step.
    pub(crate) fn command(&self, step: &str) -> Hint {
        let words = described::step(&self.view.row.kind, step);
        let label = words.map_or(step, |words| described::label(self.page.lang, words.label));
        Hint { step: step.to_owned(), label: label.to_owned(), command: self.line(step, words.map(|words| words.fields)) }
    }

    fn safety(&self, step: SafetyStep) -> Hint {
        let label = described::label(self.page.lang, step.label()).to_owned();
        let detail = match step {
            SafetyStep::WorkTicket => " NUMBER",
            SafetyStep::Briefing => " HOST",
            SafetyStep::SupervisorConfirmed => " SUPERVISOR",
            _ => "",
        };
        Hint { step: "safety_recorded".to_owned(), label, command: self.typing("safety", &format!(" {}{detail}", step.name())) }
    }

    fn line(&self, step: &str, fields: Option<&'static [Field]>) -> String {
        let friendly = match step {
            "accepted" => Some(("accept", String::new())),
            "departed" => Some(("depart", String::new())),
            "arrived" => Some(("arrive", String::new())),
            "resumed" => Some(("resume", String::new())),
            "work_started" => Some(("start", String::new())),
            "confirmed" => Some(("confirm", String::new())),
            "submitted" => Some(("submit", String::new())),
            "declined" => Some(("decline", REASON.to_owned())),
            "suspended" => Some(("suspend", REASON.to_owned())),
            "not_done" => Some(("not-done", REASON.to_owned())),
            "not_served" => Some(("not-served", REASON.to_owned())),
            "forced_start" => Some(("force-start", REASON.to_owned())),
            "handed_over" => Some(("hand-over", format!(" --crew CREW{REASON}"))),
            "confirmation_refused" => Some(("confirm", " --refused 'WHY'".to_owned())),
            "no_access" => Some(("no-access", format!("{REASON} --proof door.jpg"))),
            "booked" => Some(("book", " 2026-11-28T09:00".to_owned())),
            "safety_recorded" => Some(("safety", " STEP [DETAIL]".to_owned())),
            "value_recorded" => Some(("answer", " PATH VALUE".to_owned())),
            "attached" => Some(("attach", " photo.jpg --caption 'WHAT'".to_owned())),
            "signed" => Some(("sign", " --name NAME strokes.json".to_owned())),
            "noted" => Some(("note", " 'TEXT'".to_owned())),
            "material_recorded" => Some(("material", " NAME 1 pcs".to_owned())),
            "resolved" => Some(("resolve", " 1 CHOICE".to_owned())),
            "restored" => Some(("restore", REPORT.to_owned())),
            "served" => Some(("serve", " --how handed_over".to_owned())),
            "exchanged" => Some(("exchange", self.exchange())),
            "completed" if has(fields, "cause") => Some(("complete", REPORT.to_owned())),
            "completed" => Some(("complete", arguments(fields))),
            _ => None,
        };
        match friendly {
            Some((command, rest)) => self.typing(command, &rest),
            None => self.typing("do", &format!(" {step}{}", arguments(fields))),
        }
    }

    /// The registers that are known are the ones to read.
    fn exchange(&self) -> String {
        let none = Value::Null;
        let meter = self.view.row.about.get("meter").unwrap_or(&none);
        let serial = meter.get("serial").and_then(Value::as_str).unwrap_or("SERIAL");
        let multiplier = meter.get("multiplier").and_then(Value::as_u64).unwrap_or(1);
        let registers = meter.get("registers").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
        let readings: String = registers.map(|name| format!(" --reading {name}=INDEX --initial {name}=0")).collect();
        format!(
            " --removed {serial} --installed SERIAL --multiplier {multiplier}{readings} --photo-removed old.jpg --photo-installed new.jpg"
        )
    }

    /// Whether there is anything to answer or to correct.
    fn has_values(&self) -> bool {
        !self.view.values.is_empty() || crate::form::named(self.view).is_some()
    }

    fn typing(&self, command: &str, rest: &str) -> String {
        format!("linecrew-phone {command} {}{rest}", self.typed)
    }
}

const REASON: &str = " --reason 'WHY'";
const REPORT: &str = " --cause 'WHY' --remedy 'WHAT WAS DONE'";

fn has(fields: Option<&'static [Field]>, name: &str) -> bool {
    fields.into_iter().flatten().any(|field| field.name == name)
}

/// The fields that must be there, to be filled in.
fn arguments(fields: Option<&'static [Field]>) -> String {
    let needed = fields.into_iter().flatten().filter(|field| field.required);
    let one = |field: &Field| {
        let example = match field.shape {
            Shape::Time => "14:02",
            Shape::Date => "2026-11-28",
            Shape::Integer { .. } => "1",
            Shape::Flag => "yes",
            Shape::Choice { choices } => choices.first().map_or("NAME", |choice| choice.name),
            Shape::Hash => "HASH",
            _ => "'TEXT'",
        };
        leaves("", std::slice::from_ref(field)).into_iter().map(move |leaf| format!(" {leaf}={example}"))
    };
    needed.flat_map(one).collect()
}
