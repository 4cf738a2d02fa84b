use super::*;
use crate::plan::{Plan, PlanRegister};

mod bad;

const CONSUMPTION: &[u8] = include_bytes!("../../data/nem13/Example_NEM13_consumption_data.csv");
const ESTIMATE: &[u8] = include_bytes!("../../data/nem13/Example_NEM13_forward_estimate.csv");

/// A register's reading in a file of one meter: `serial`, `register`, `previous`, `current`, when it was read, and its quality.
fn line(nmi: &str, serial: &str, register: &str, reads: (&str, &str), read_at: &str, quality: &str) -> String {
    let (previous, current) = reads;
    format!(
        "250,{nmi},E1,{register},E1,E1,{serial},E,{previous},20260101000000,A,,,{current},{read_at},{quality},,,1,kWh,,20260401000000,\n"
    )
}

fn file(lines: &[String]) -> Vec<u8> {
    format!("100,NEM13,202604010000,MDP1,RET1\n{}900\n", lines.concat()).into_bytes()
}

fn complaints(readings: &Readings) -> Vec<String> {
    readings.bad.iter().map(ToString::to_string).collect()
}

#[test]
fn the_published_example_of_a_reading_is_read() {
    let readings = read(CONSUMPTION).unwrap();
    assert!(readings.bad.is_empty());
    // 2004-01-10 10:30 AEST.
    assert_eq!(readings.header, Header { created_at_ms: 1_073_694_600_000, from: "MDA1".into(), to: "Ret1".into() });
    let actual = Quality { flag: QualityFlag::Actual, method: None };
    let index = |written: &str, whole| Some(Index { written: written.into(), whole, digits: 6 });
    let expected = RegisterReading {
        line: 2,
        nmi: "VABC005890".into(),
        nmi_configuration: "11".into(),
        register: "1".into(),
        nmi_suffix: "11".into(),
        serial: "METSER123".into(),
        direction: Direction::Export,
        digits: 6,
        previous: Reading { index: index("006342.8", 6_342), read_at_ms: 1_065_310_255_000, quality: actual, reason: None },
        current: Reading { index: index("007654.9", 7_654), read_at_ms: 1_073_433_813_000, quality: actual, reason: None },
        quantity: "1312.1".into(),
        unit: "kWh".into(),
        next_scheduled: Some("20040407".into()),
        updated_at_ms: 1_073_520_213_000,
        loaded_at_ms: Some(1_073_517_093_000),
        service_order: None,
    };
    assert_eq!(readings.registers, [expected]);
}

#[test]
fn the_published_example_of_an_estimate_is_read_with_its_service_orders() {
    let readings = read(ESTIMATE).unwrap();
    assert!(readings.bad.is_empty());
    let read: Vec<(u64, &str, u8)> =
        readings.registers.iter().map(|reading| (reading.line, reading.serial.as_str(), reading.digits)).collect();
    assert_eq!(read, [(2, "MET12345", 6), (4, "MET5678", 7)]);
    let first = &readings.registers[0];
    assert_eq!(first.current.quality, Quality { flag: QualityFlag::Estimate, method: Some(64) });
    let order = ServiceOrder { previous_code: Some("N".into()), previous_order: None, current_code: Some("E".into()), current_order: None };
    assert_eq!(first.service_order, Some(order));
}

#[test]
fn meters_become_rows_of_a_plan() {
    let plan = read(ESTIMATE).unwrap().to_plan("2026-Q4");
    assert!(plan.bad.is_empty());
    let row = &plan.rows[1];
    assert_eq!((row.line, row.serial.as_str(), row.multiplier), (4, "MET5678", 1));
    assert_eq!(row.key, crate::plan::key::key("2026-Q4", "MET5678"));
    assert_eq!(row.registers, [("2".to_owned(), PlanRegister { digits: 7, last_index: 10_015 })].into());
    assert_eq!((row.customer.account.as_deref(), row.site.address.as_str()), (Some("VDEF005890"), "NMI VDEF005890"));
    assert_eq!((row.area_class.as_str(), row.priority.as_str(), row.appointment), ("urban", "normal", None));
}

#[test]
fn registers_of_a_meter_come_together_and_the_latest_reading_counts() {
    let readings = read(&file(&[
        line("NMI1", "M1", "01", ("00100", "00200"), "20260301000000", "A"),
        line("NMI1", "M1", "02", ("00010", "00020"), "20260301000000", "S52"),
        line("NMI2", "M2", "01", ("5", "7.9"), "20260301000000", "A"),
        line("NMI1", "M1", "01", ("000050", "000100"), "20260201000000", "F"),
    ]));
    let plan = readings.unwrap().to_plan("p");
    let expected =
        [("01".to_owned(), PlanRegister { digits: 6, last_index: 200 }), ("02".to_owned(), PlanRegister { digits: 5, last_index: 20 })];
    assert_eq!(plan.rows.len(), 2);
    assert_eq!(plan.rows[0].registers, expected.into());
    assert_eq!(plan.rows[1].registers["01"], PlanRegister { digits: 1, last_index: 7 });
}

#[test]
fn a_meter_at_two_connection_points_and_one_without_an_index_are_problems_of_the_plan() {
    let lines = [
        line("NMI1", "M1", "01", ("001", "002"), "20260301000000", "A"),
        line("NMI2", "M1", "01", ("001", "002"), "20260301000000", "A"),
        line("NMI3", "M3", "01", ("001", ""), "20260301000000", "N"),
    ];
    let Plan { rows, bad } = read(&file(&lines)).unwrap().to_plan("p");
    assert_eq!(rows.len(), 1);
    let words: Vec<String> = bad.iter().map(ToString::to_string).collect();
    let expected = [
        "line 3, column 7 (MeterSerialNumber): this meter was already on line 2",
        "line 4, column 14 (CurrentRegisterRead): is empty, but every row needs it",
    ];
    assert_eq!(words, expected);
}
