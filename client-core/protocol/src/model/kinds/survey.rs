//! The site survey (现场勘查; SI01, SI09, SI10, SI15): a form that two surveyors may fill together, offline.

use serde_json::{Map, Value};

use crate::{
    model::{
        form::Form,
        person::Role,
        reference::Reference,
        work::{
            event::WorkEvent,
            field::{Choice, Shape, choice, optional, required},
            kind::{By, ClockRule, Description, Given, Meaning, Named, Proposal, Step, When, WorkKind},
            label::label,
            order::Order,
            standing::Standing,
            state::Phase,
        },
    },
    refusal::{Reason, Refusal},
};

/// The kind's name.
pub const KIND: &str = "site_survey";

/// The key of `about` that lists the answers which a bill depends on; the server fills it in from the form.
const BILLING: &str = "billing";
/// Answers that a refusal names.
const NAMED: usize = 5;

/// The kind.
pub(super) struct Survey;

impl WorkKind for Survey {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn check_order(&self, about: &Map<String, Value>, reference: &Reference) -> Result<(), Refusal> {
        let missing = || Refusal::new(Reason::InvalidValue, "about.form is no published form and version");
        named_form(about, reference).map(|_| ()).ok_or_else(missing)
    }

    fn complete_order(&self, about: &mut Map<String, Value>, reference: &Reference) {
        let Some(form) = named_form(about, reference) else { return };
        let billing: Map<String, Value> = form.billing_patterns().into_iter().map(|path| (path, Value::Bool(true))).collect();
        if !billing.is_empty() {
            about.insert(BILLING.to_owned(), Value::Object(billing));
        }
    }

    fn permits(&self, proposal: &Proposal<'_>) -> Result<(), Refusal> {
        match proposal.event {
            WorkEvent::ValueRecorded { path, value } => form_of(proposal)?.check(path, value),
            WorkEvent::Own { step, .. } if step == "submitted" => answered(form_of(proposal)?, proposal.standing),
            _ => Ok(()),
        }
    }

    fn values(&self, _step: &str, _body: &Value) -> Vec<Given> {
        Vec::new()
    }

    fn is_billing(&self, order: &Order, path: &str) -> bool {
        let patterns = order.about.get(BILLING).and_then(Value::as_object);
        patterns.into_iter().flatten().any(|(pattern, _)| matches(pattern, path))
    }
}

fn named_form<'a>(about: &Map<String, Value>, reference: &'a Reference) -> Option<&'a Form> {
    let named = about.get("form")?;
    let version = u32::try_from(named.get("version")?.as_u64()?).ok()?;
    reference.form(named.get("form")?.as_str()?, version).map(AsRef::as_ref)
}

fn form_of<'a>(proposal: &Proposal<'a>) -> Result<&'a Form, Refusal> {
    let missing = || Refusal::new(Reason::RuleViolated, "the form of this survey is not here yet");
    named_form(&proposal.standing.order.about, proposal.reference).ok_or_else(missing)
}

fn answered(form: &Form, standing: &Standing) -> Result<(), Refusal> {
    let answers = standing.fold.values.iter().map(|held| (held.path.clone(), held.shown.value.clone())).collect();
    for (problem, paths) in [("not answered yet", form.missing(&answers)), ("too many", form.surplus(&answers))] {
        if !paths.is_empty() {
            return Err(Refusal::new(Reason::StateNotPermitted, format!("{problem}: {}", some_of(&paths))));
        }
    }
    Ok(())
}

fn some_of(paths: &[String]) -> String {
    let named: Vec<&str> = paths.iter().take(NAMED).map(String::as_str).collect();
    match paths.len().saturating_sub(named.len()) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Whether a path is one of a pattern, where `*` stands for the instance of a repeat.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(wanted, got)| *wanted == "*" || wanted == got)
}

const SUPPLY: &[Choice] = &[
    choice("household", label("Household", "居民")),
    choice("low_voltage", label("Low voltage", "低压")),
    choice("hv_single", label("High voltage, one source", "高压单电源")),
    choice("hv_dual", label("High voltage, two sources", "高压双电源")),
    choice("none", label("No supply plan", "无需供电方案")),
];

static DESCRIPTION: Description = Description {
    name: KIND,
    label: label("Site survey", "现场勘查"),
    roles: &[Role::Surveyor],
    opening: Named { name: "requested", label: label("Requested", "已申请") },
    booked: Some(Named { name: "booked", label: label("Booked", "已预约") }),
    about: &[
        required("form", label("Form", "勘查表单"), Shape::Form),
        optional("supply", label("Supply", "用电类别"), Shape::Choice { choices: SUPPLY }),
        optional("request", label("What the customer asks for", "客户诉求"), Shape::LongText),
    ],
    steps: &[
        Step {
            name: "submitted",
            label: label("Submit", "提交"),
            done: label("Submitted", "已提交"),
            by: By::Crew,
            meaning: Meaning::Done,
            when: When::While(&[Phase::Arrived, Phase::Working]),
            fields: &[optional("note", label("Note", "备注"), Shape::LongText)],
            gate: false,
        },
        Step {
            name: "approved",
            label: label("Approve", "审核通过"),
            done: label("Approved", "已通过"),
            by: By::Office,
            meaning: Meaning::Checked,
            when: When::In(&["submitted"]),
            fields: &[],
            gate: false,
        },
        Step {
            name: "returned",
            label: label("Return", "退回"),
            done: label("Returned", "已退回"),
            by: By::Office,
            meaning: Meaning::SentBack,
            when: When::In(&["submitted"]),
            fields: &[required("issues", label("Issues", "退回原因"), Shape::LongText)],
            gate: false,
        },
    ],
    arrival: false,
    clocks: &[ClockRule {
        name: "reply",
        label: label("Supply plan", "供电方案答复"),
        only: None,
        class: "supply",
        workdays: &[("household", 3), ("low_voltage", 7), ("hv_single", 15), ("hv_dual", 30)],
        stopped_by: &["approved"],
    }],
    gate: &[],
    after_notice: false,
    follow_up: false,
};
