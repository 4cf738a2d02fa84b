//! Files that are no plan, or want to do harm.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;

fn refused(bytes: &[u8]) -> PlanError {
    read(bytes, &sample()).unwrap_err()
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    for nothing in ["", "\u{FEFF}", "\n\r\n  \n"] {
        assert_eq!(refused(nothing.as_bytes()), PlanError::Text(TextError::Empty), "{nothing:?}");
    }
    assert_eq!(refused(b",,,\n,,,\n"), PlanError::Text(TextError::Empty));
}

#[test]
fn a_file_above_the_limit_is_not_read() {
    let bytes = limits::MAX_FILE_BYTES + 1;
    assert_eq!(refused(&vec![b'a'; bytes]), PlanError::Text(TextError::TooLarge { bytes }));
}

#[test]
fn a_workbook_and_utf_16_are_named_as_what_they_are() {
    assert_eq!(refused(b"PK\x03\x04\n\x00\x00"), PlanError::Text(TextError::Nul { line: 2 }));
    assert_eq!(refused(b"\xFF\xFEs\0e\0"), PlanError::Text(TextError::Utf16));
}

#[test]
fn a_missing_heading_is_named_and_nothing_that_is_there() {
    let text = str::from_utf8(SAMPLE).unwrap().replacen("户名", "客户", 1).replacen("街道", "镇街", 1);
    let words = refused(text.as_bytes()).to_string();
    assert!(words.starts_with("the file has no heading 户名, 街道; read as UTF-8, its first line has 16 others"), "{words}");
}

#[test]
fn a_heading_twice_is_refused_only_when_it_is_mapped() {
    let text = str::from_utf8(SAMPLE).unwrap();
    let twice = PlanError::HeadingTwice { heading: "户名".into(), first: 4, second: 16 };
    assert_eq!(refused(text.replacen("备注", "户名", 1).as_bytes()), twice);
    assert!(read(text.replacen("备注", "序号", 1).as_bytes(), &sample()).is_ok());
}

#[test]
fn a_damaged_utf_8_file_is_not_taken_for_gb18030() {
    let at = SAMPLE.windows(3).position(|bytes| bytes == "黄".as_bytes()).unwrap();
    let mut damaged = SAMPLE.to_vec();
    damaged.remove(at + 1);
    assert_eq!(refused(&damaged), PlanError::Text(TextError::Encoding { encoding: Encoding::Utf8, line: 4 }));
}

#[test]
fn a_damaged_gb18030_file_is_refused_with_its_line() {
    let mut damaged = GB18030.encode("表号,户名\n1,陈\n2,林\n").0.into_owned();
    damaged.extend(b"3,\xFF\n4,x\n");
    assert_eq!(refused(&damaged), PlanError::Text(TextError::Encoding { encoding: Encoding::Gb18030, line: 4 }));
}

#[test]
fn an_encoding_that_the_mapping_gets_wrong_shows_in_the_error() {
    let wrong = |encoding| Mapping { encoding: Some(encoding), ..sample() };
    let gb18030 = GB18030.encode(str::from_utf8(SAMPLE).unwrap()).0;
    let as_utf8 = read(&gb18030, &wrong(Encoding::Utf8)).unwrap_err();
    assert_eq!(as_utf8, PlanError::Text(TextError::Encoding { encoding: Encoding::Utf8, line: 1 }));
    let words = read(SAMPLE, &wrong(Encoding::Gb18030)).unwrap_err().to_string();
    assert!(words.contains("GB18030"), "{words}");
    let marked = [b"\xEF\xBB\xBF".as_slice(), SAMPLE].concat();
    let as_gb18030 = read(&marked, &wrong(Encoding::Gb18030)).unwrap_err();
    assert_eq!(as_gb18030, PlanError::Text(TextError::Encoding { encoding: Encoding::Gb18030, line: 1 }));
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_its_line_alone() {
    let plan = small("A1,\"Chen,Lane 1,6,100\nA2,Lin,Lane 2,6,200\nA3,\"Huang\",Lane 3,6,300\n").unwrap();
    assert_eq!(serials(&plan), ["A2", "A3"]);
    let complaint = "line 2, column 2 (name): a quotation mark is never closed, or text follows the closing one";
    assert_eq!(complaints(&plan), [complaint]);
}

#[test]
fn a_quotation_mark_that_another_row_closes_by_chance_costs_its_line_alone() {
    for closing in ["A3,Huang\",Lane 3,6,300", "A3,Huang,Lane 3\",6,300"] {
        let plan = small(&format!("A1,\"Chen,Lane 1,6,100\nA2,Lin,Lane 2,6,200\n{closing}\nA4,Wu,Lane 4,6,400\n")).unwrap();
        assert_eq!(serials(&plan), ["A2", "A3", "A4"], "{closing}");
        assert_eq!((plan.bad.len(), plan.bad[0].line, &plan.bad[0].problem), (1, 2, &Problem::Misquoted));
    }
}

#[test]
fn a_quotation_mark_that_the_next_row_closes_costs_the_lines_of_both_marks() {
    let plan = small("A1,Chen,Lane 1,6,\"100\nA2\",Lin,Lane 2,6,200\nA3,Huang,Lane 3,6,300\n").unwrap();
    assert_eq!(serials(&plan), ["A3"]);
    let found: Vec<(u64, usize, &Problem)> = plan.bad.iter().map(|bad| (bad.line, bad.column.number, &bad.problem)).collect();
    assert_eq!(found, [(2, 5, &Problem::Misquoted), (3, 1, &Problem::Misquoted)]);
}

#[test]
fn a_quotation_mark_in_the_heading_is_refused() {
    assert_eq!(refused(b"a,\"b\n1,2\n"), PlanError::Heading { line: 1, column: 2 });
}

#[test]
fn control_characters_and_endless_texts_are_refused() {
    let rows = format!("A1,\u{7}Chen,Lane 1,6,100\nA2,Lin,{},6,200\n{},Wu,Lane,6,300\n", "x".repeat(501), "9".repeat(65));
    let plan = small(&rows).unwrap();
    let problems: Vec<&Problem> = plan.bad.iter().map(|bad| &bad.problem).collect();
    let long = |chars, limit| Problem::TooLong { chars, limit };
    assert_eq!(problems, [&Problem::ControlCharacter, &long(501, 500), &long(65, 64)]);
}

#[test]
fn a_file_of_problems_ends_early_with_the_first_one() {
    let PlanError::TooManyProblems { first } = small(&"A1\n".repeat(limits::MAX_PROBLEMS + 1)).unwrap_err() else { panic!("read") };
    assert_eq!((first.line, first.column.number), (2, 2));
}

#[test]
fn rows_and_columns_are_bounded() {
    let rows: String = (0..=limits::MAX_ROWS).map(|meter| format!("{meter},n,a,1,1\n")).collect();
    assert_eq!(small(&rows).unwrap_err(), PlanError::TooManyRows);
    assert_eq!(refused(",a".repeat(5_000_000).as_bytes()), PlanError::TooManyColumns);
    let plan = small(&format!("A1,n,a,1,1{}\nA2,n,a,1,1\n", ",a".repeat(1_000_000))).unwrap();
    assert_eq!((serials(&plan), plan.bad.len()), (vec!["A2"], 1));
}

#[test]
fn quotation_marks_everywhere_take_no_longer_than_other_files() {
    let begun = Instant::now();
    for unit in ["\"", "\"\"", "\"\"\"\n", ",\"a\n", "a\"b,\"\"\"\n", "\",\"\n"] {
        let file = format!("serial,name,address,digits,index\n{}", unit.repeat(1_000_000));
        let _either = read(file.as_bytes(), &Mapping::parse(SMALL_MAPPING.as_bytes()).unwrap());
    }
    println!("{:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// The sample with a few bytes overwritten, cut out or doubled, in either encoding.
fn damaged(rng: &mut StdRng) -> Vec<u8> {
    let text = str::from_utf8(SAMPLE).unwrap();
    let mut bytes = if rng.random() { SAMPLE.to_vec() } else { GB18030.encode(text).0.into_owned() };
    for _ in 0..rng.random_range(1..8) {
        let at = rng.random_range(0..bytes.len());
        match rng.random_range(0..4) {
            0 => bytes[at] = rng.random(),
            1 => bytes[at] = *b"\",\r\n0\0".get(rng.random_range(0..6)).unwrap(),
            2 => drop(bytes.splice(at..(at + 9).min(bytes.len()), [])),
            _ => bytes.extend_from_within(at..),
        }
    }
    bytes
}

#[test]
fn no_damage_panics_and_what_is_read_keeps_its_promises() {
    let mapping = sample();
    let mut read_in_part = 0;
    for seed in 0..2_000 {
        let Ok(plan) = read(&damaged(&mut StdRng::seed_from_u64(seed)), &mapping) else { continue };
        read_in_part += 1;
        let mut serials = serials(&plan);
        serials.sort_unstable();
        let rows = serials.len();
        serials.dedup();
        assert_eq!(serials.len(), rows, "seed {seed}: a serial twice");
        let fits = |register: &PlanRegister| register.last_index < 10_u64.pow(register.digits.into());
        assert!(plan.rows.iter().all(|row| row.multiplier >= 1 && row.registers.values().all(fits)), "seed {seed}");
    }
    assert!(read_in_part > 200, "only {read_in_part} files could be read at all");
}
