//! Limits and demands that a province or a district configures. The server puts those in force into each order, so that every replica
//! judges an item by the rules under which it was opened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Calendar, CalendarError},
    time::Timestamp,
};

use super::{
    reference::Reference,
    work::{
        kind::{ClockRule, Description, WorkKind},
        order::{AreaClass, Customer, NewOrder, Order},
        safety::SafetyStep,
    },
};

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// The rules in force. The defaults are those of Q/GDW 581-2011 and its ten commitments; a province may be stricter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Minutes from a repair's report to the crew's arrival, by area class.
    pub arrival_minutes: BTreeMap<AreaClass, u64>,
    /// Workdays of the kinds' clocks, by clock and class; what is not here is as the kind describes it.
    pub workdays: BTreeMap<String, BTreeMap<String, u32>>,
    /// Full days between the service of a notice and the cut.
    pub notice_days: u64,
    /// The safety gate by work kind, where it is not as the kind describes it. Warning boards, belt and helmet are added by the place.
    pub safety: BTreeMap<String, Vec<SafetyStep>>,
    /// What somebody of the crew must be qualified for, by work kind.
    pub qualifications: BTreeMap<String, Vec<String>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            arrival_minutes: BTreeMap::from([(AreaClass::Urban, 45), (AreaClass::Rural, 90), (AreaClass::Remote, 120)]),
            workdays: BTreeMap::new(),
            notice_days: 7,
            safety: BTreeMap::new(),
            qualifications: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// The order with the rules in force, without a number yet and without what is kept apart ([`NewOrder::contact`]). `new` must have been
    /// validated.
    ///
    /// # Errors
    /// When a limit in workdays reaches into a year that has no calendar.
    pub fn order(
        &self,
        new: &NewOrder,
        kind: &dyn WorkKind,
        reported_at: Timestamp,
        calendar: &Calendar,
        reference: &Reference,
    ) -> Result<Order, CalendarError> {
        let description = kind.describe();
        let mut about = new.about.clone();
        kind.complete_order(&mut about, reference);
        let needs = self.qualifications.get(description.name).into_iter().flatten();
        let minutes = description.arrival.then(|| self.arrival_minutes.get(&new.area_class)).flatten();
        Ok(Order {
            number: String::new(),
            customer: Customer { phone: None, arrears_fen: None, ..new.customer.clone() },
            site: new.site.clone(),
            area_class: new.area_class,
            priority: new.priority,
            reported_at,
            arrival_limit_ms: minutes.map(|minutes| minutes.saturating_mul(MINUTE_MS)),
            clocks: self.clocks(new, description, reported_at, calendar)?,
            notice_age_ms: description.after_notice.then(|| self.notice_days.saturating_mul(DAY_MS)),
            safety: self.gate(new, description),
            qualifications: needs.map(|need| (need.clone(), true)).collect(),
            about,
        })
    }

    fn gate(&self, new: &NewOrder, kind: &Description) -> BTreeMap<SafetyStep, bool> {
        let steps = self.safety.get(kind.name).map_or(kind.gate, Vec::as_slice);
        let by_place = [(new.on_road, SafetyStep::WarningBoards), (new.at_height, SafetyStep::BeltAndHelmet)];
        // Work without a gate is not electrical: a notice is served on a road too.
        let by_place = by_place.into_iter().filter(|(applies, _)| *applies && !steps.is_empty()).map(|(_, step)| step);
        steps.iter().copied().chain(by_place).map(|step| (step, true)).collect()
    }

    fn clocks(
        &self,
        new: &NewOrder,
        kind: &Description,
        from: Timestamp,
        calendar: &Calendar,
    ) -> Result<BTreeMap<String, Timestamp>, CalendarError> {
        let named = |field: &str| new.about.get(field).and_then(|value| value.as_str());
        let runs = kind.clocks.iter().filter(|rule| rule.only.is_none_or(|(field, value)| named(field) == Some(value)));
        let limits = runs.filter_map(|rule| Some((rule.name.to_owned(), self.workdays(rule, named(rule.class))?)));
        limits.map(|(name, days)| Ok((name, calendar.add_workdays(from, days)?))).collect()
    }

    /// The policy's word, or the kind's; for the class, or for others. A class of its own without a limit has none.
    fn workdays(&self, rule: &ClockRule, class: Option<&str>) -> Option<u32> {
        let ours = self.workdays.get(rule.name);
        let of = |class: &str| {
            let theirs = rule.workdays.iter().find(|(name, _)| *name == class).map(|(_, days)| *days);
            ours.and_then(|days| days.get(class)).copied().or(theirs)
        };
        class.and_then(of).or_else(|| of("other"))
    }
}
