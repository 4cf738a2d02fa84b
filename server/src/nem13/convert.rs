//! From readings to a plan: every meter that was read is to be exchanged.

use std::collections::{BTreeMap, HashMap};

use super::{Readings, RegisterReading};
use crate::plan::{BadRow, Column, Customer, Plan, PlanRegister, PlanRow, Problem, Site, key::key};

/// NEM13 does not say how far a meter is from help. A rotation has no clock that depends on it.
const AREA_CLASS: &str = "urban";

impl Readings {
    /// The meters as rows of a plan called `name`: one row for each, with its registers.
    ///
    /// - A register read more than once counts with its latest reading; its digits are the widest ones written.
    /// - Registers count whole units: what follows the point is cut, so a last index is never too high because of it.
    /// - An estimate counts like a reading. Whoever wants none takes them out of [`Readings::registers`] first.
    /// - NEM13 names no customer, address or multiplier: the NMI stands in for customer, account and address, and the multiplier is 1.
    /// - A register without an index, and a meter that hangs at a second NMI, are problems of the plan.
    #[must_use]
    pub fn to_plan(&self, name: &str) -> Plan {
        let mut plan = Plan::default();
        let mut meters: Vec<Meter<'_>> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for reading in &self.registers {
            if reading.current.index.is_none() {
                plan.bad.push(bad(reading, "CurrentRegisterRead", 14, Problem::Blank));
                continue;
            }
            let place = *places.entry(&reading.serial).or_insert(meters.len());
            match meters.get_mut(place) {
                None => meters.push(Meter::new(reading)),
                Some(meter) if meter.first.nmi == reading.nmi => meter.add(reading),
                Some(meter) => {
                    let problem = Problem::SerialTwice { first_line: meter.first.line };
                    plan.bad.push(bad(reading, "MeterSerialNumber", 7, problem));
                }
            }
        }
        plan.rows = meters.iter().map(|meter| meter.row(name)).collect();
        plan
    }
}

/// A meter, as far as it was met.
struct Meter<'r> {
    first: &'r RegisterReading,
    registers: BTreeMap<&'r str, Register<'r>>,
}

struct Register<'r> {
    latest: &'r RegisterReading,
    digits: u8,
}

impl<'r> Meter<'r> {
    fn new(first: &'r RegisterReading) -> Self {
        let mut meter = Self { first, registers: BTreeMap::new() };
        meter.add(first);
        meter
    }

    fn add(&mut self, reading: &'r RegisterReading) {
        let register = self.registers.entry(&reading.register).or_insert(Register { latest: reading, digits: reading.digits });
        register.digits = register.digits.max(reading.digits);
        if reading.current.read_at_ms >= register.latest.current.read_at_ms {
            register.latest = reading;
        }
    }

    fn row(&self, plan: &str) -> PlanRow {
        let nmi = &self.first.nmi;
        PlanRow {
            line: self.first.line,
            key: key(plan, &self.first.serial),
            serial: self.first.serial.clone(),
            registers: self.registers.iter().map(|(name, register)| ((*name).to_owned(), register.for_plan())).collect(),
            multiplier: 1,
            customer: Customer { name: format!("NMI {nmi}"), account: Some(nmi.clone()), phone: None },
            site: Site { address: format!("NMI {nmi}"), street_code: None },
            area_class: AREA_CLASS.to_owned(),
            priority: "normal".to_owned(),
            appointment: None,
        }
    }
}

impl Register<'_> {
    fn for_plan(&self) -> PlanRegister {
        let last_index = self.latest.current.index.as_ref().map(|index| index.whole);
        PlanRegister { digits: self.digits, last_index: last_index.unwrap_or_default() }
    }
}

fn bad(reading: &RegisterReading, heading: &str, number: usize, problem: Problem) -> BadRow {
    BadRow { line: reading.line, column: Column { heading: heading.to_owned(), number }, problem }
}
