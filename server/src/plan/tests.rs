//! Whole files, good and hostile.

use std::time::{Duration, Instant};

use encoding_rs::GB18030;

use super::*;

mod hostile;
mod rows;

const SAMPLE: &[u8] = include_bytes!("../../samples/rotation-plan.csv");
const SAMPLE_MAPPING: &[u8] = include_bytes!("../../samples/rotation-plan.mapping.json");

/// A mapping of few columns: `serial,name,address,digits,index`.
const SMALL_MAPPING: &str = r#"{
    "plan": "test",
    "fields": { "serial": "serial", "customer_name": "name", "site_address": "address", "area_class": { "constant": "urban" } },
    "registers": { "1": { "digits": "digits", "last_index": "index" } }
}"#;

fn small(rows: &str) -> Result<Plan, PlanError> {
    read(format!("serial,name,address,digits,index\n{rows}").as_bytes(), &Mapping::parse(SMALL_MAPPING.as_bytes()).unwrap())
}

fn sample() -> Mapping {
    Mapping::parse(SAMPLE_MAPPING).unwrap()
}

fn serials(plan: &Plan) -> Vec<&str> {
    plan.rows.iter().map(|row| row.serial.as_str()).collect()
}

fn complaints(plan: &Plan) -> Vec<String> {
    plan.bad.iter().map(ToString::to_string).collect()
}

#[test]
fn the_sample_is_read_whole() {
    let plan = read(SAMPLE, &sample()).unwrap();
    assert_eq!(complaints(&plan), [""; 0]);
    assert_eq!(plan.rows.len(), 14);
    let tea = &plan.rows[3];
    let registers = [("1", 45_120), ("2", 20_018), ("3", 9_950)];
    let expected = PlanRow {
        line: 5,
        key: key::key("2026-Q4 福州表计轮换", "350102600104"),
        serial: "350102600104".into(),
        registers: registers.map(|(name, last_index)| (name.into(), PlanRegister { digits: 6, last_index })).into(),
        multiplier: 30,
        customer: Customer {
            name: "福州三坊茶业有限公司".into(), account: Some("5910200104".into()), phone: Some("0591-80000104".into())
        },
        site: Site { address: "鼓楼区南街街道塔巷15号".into(), street_code: Some("350102005".into()) },
        area_class: "urban".into(),
        priority: "urgent".into(),
        // 2026-12-01 14:00 in China.
        appointment: Some(1_796_104_800_000),
    };
    assert_eq!(*tea, expected);
    let island = &plan.rows[12];
    assert_eq!((island.area_class.as_str(), island.priority.as_str(), island.appointment), ("remote", "normal", None));
    assert_eq!(island.registers.len(), 1, "a meter of one tariff has one register");
}

#[test]
fn a_line_break_in_a_cell_keeps_the_line_numbers_right() {
    let plan = read(SAMPLE, &sample()).unwrap();
    assert_eq!(plan.rows[5].customer.name, "东街口百货 (地下配电房)");
    assert_eq!((plan.rows[5].line, plan.rows[6].line), (7, 9));
}

#[test]
fn the_same_file_in_any_encoding_gives_the_same_plan() {
    let text = str::from_utf8(SAMPLE).unwrap();
    let expected = read(SAMPLE, &sample()).unwrap();
    let marked = format!("\u{FEFF}{text}");
    let gb18030 = GB18030.encode(text).0;
    assert_ne!(&*gb18030, SAMPLE);
    assert_eq!(read(marked.as_bytes(), &sample()).unwrap(), expected);
    assert_eq!(read(&gb18030, &sample()).unwrap(), expected);
    for ending in ["\r\n", "\r"] {
        assert_eq!(read(text.replace('\n', ending).as_bytes(), &sample()).unwrap(), expected, "{ending:?}");
    }
}

#[test]
fn a_file_read_twice_gives_the_same_keys_and_another_plan_gives_others() {
    let keys = |mapping: &Mapping| -> Vec<String> { read(SAMPLE, mapping).unwrap().rows.into_iter().map(|row| row.key).collect() };
    let (first, second) = (keys(&sample()), keys(&sample()));
    assert_eq!(first, second);
    let other = Mapping { plan: "2027-Q1".into(), ..sample() };
    assert!(keys(&other).iter().zip(&first).all(|(other, first)| other != first));
    assert!(first.iter().all(|key| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())));
}

#[test]
fn other_delimiters_encodings_and_offsets_are_chosen_by_the_mapping() {
    let mapping =
        SMALL_MAPPING.replace(r#""plan": "test","#, r#""plan": "test", "delimiter": "\t", "encoding": "GB18030", "utc_offset": "+00:00","#);
    let mapping = mapping.replace(r#""serial": "serial","#, r#""serial": "serial", "appointment": "when","#);
    let text = "serial\tname\taddress\tdigits\tindex\twhen\nA1\t陈\t巷 1, 2\t6\t17\t1970年1月1日 0:01\n";
    let plan = read(&GB18030.encode(text).0, &Mapping::parse(mapping.as_bytes()).unwrap()).unwrap();
    assert_eq!((plan.rows[0].site.address.as_str(), plan.rows[0].appointment), ("巷 1, 2", Some(60_000)));
}

#[test]
fn ten_thousand_rows_take_well_under_a_second() {
    let rows: String = (0..10_000).map(|meter| format!("35010260{meter:04},陈木生,鼓东街道 {meter} 号,6,{}\n", meter * 7)).collect();
    let begun = Instant::now();
    let plan = small(&rows).unwrap();
    let spent = begun.elapsed();
    println!("10,000 rows in {spent:?}");
    assert_eq!((plan.rows.len(), plan.bad.len()), (10_000, 0));
    assert!(spent < Duration::from_secs(5), "{spent:?}");
}
