//! Bad records among good ones, and files that are none.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;

fn refused(bytes: &[u8]) -> Nem13Error {
    read(bytes).unwrap_err()
}

fn good(serial: &str) -> String {
    line("NMI1", serial, "01", ("001", "002"), "20260301000000", "A")
}

#[test]
fn a_bad_record_is_named_by_line_and_field_and_its_neighbours_are_taken() {
    let lines = [good("M1"), line("NMI1", "", "01", ("x", "0-2"), "20260230000000", "Q1"), good("M3")];
    let readings = read(&file(&lines)).unwrap();
    let serials: Vec<&str> = readings.registers.iter().map(|reading| reading.serial.as_str()).collect();
    assert_eq!(serials, ["M1", "M3"]);
    let expected = [
        "line 3, column 7 (MeterSerialNumber): is empty",
        "line 3, column 9 (PreviousRegisterRead): is not a register's index of at most 15 digits",
        "line 3, column 16 (CurrentQualityMethod): is not a quality such as A, S52 or E64",
        "line 3, column 14 (CurrentRegisterRead): is not a register's index of at most 15 digits",
        "line 3, column 15 (CurrentRegisterReadDateTime): is not a time written as CCYYMMDDhhmmss",
    ];
    assert_eq!(complaints(&readings), expected);
}

#[test]
fn every_field_of_a_reading_that_has_a_shape_is_checked() {
    let cases = [
        (8, "X", "DirectionIndicator"),
        (12, "1234", "PreviousReasonCode"),
        (14, "1234567890123456", "CurrentRegisterRead"),
        (14, "1.", "CurrentRegisterRead"),
        (14, "-1", "CurrentRegisterRead"),
        (16, "A5", "CurrentQualityMethod"),
        (16, "S5七", "CurrentQualityMethod"),
        (19, "--1", "Quantity"),
        (20, "", "UOM"),
        (21, "2026040", "NextScheduledReadDate"),
        (22, "２０２６０４０１", "UpdateDateTime"),
    ];
    for (number, value, heading) in cases {
        let record = good("M1");
        let mut fields: Vec<&str> = record.trim_end().split(',').collect();
        fields[number - 1] = value;
        let readings = read(&file(&[fields.join(",") + "\n"])).unwrap();
        let columns: Vec<(usize, &str)> = readings.bad.iter().map(|bad| (bad.column.number, bad.column.heading.as_str())).collect();
        assert_eq!(columns, [(number, heading)], "{value}");
        assert!(readings.registers.is_empty());
    }
}

#[test]
fn ragged_records_are_reported() {
    let readings =
        read(&file(&["250,NMI1,E1\n".into(), good("M1").trim_end().to_owned() + ",x\n", good("M2").trim_end().to_owned() + ", ,\n"]));
    let readings = readings.unwrap();
    assert_eq!((readings.registers.len(), readings.registers[0].line), (1, 4));
    let expected = [
        "line 2, column 4 (RegisterID): the record has 3 fields; 23 are specified",
        "line 3, column 24: the record has 24 fields; 23 are specified, and a comma separates them even in a description",
    ];
    assert_eq!(complaints(&readings), expected);
}

#[test]
fn a_service_order_belongs_to_the_reading_before_it() {
    let order = || "550,N,1,O,2\n".to_owned();
    let lines = [order(), good("M1"), order(), order(), "250,short\n".into(), order(), "300,1\n".into()];
    let readings = read(&file(&lines)).unwrap();
    assert_eq!(readings.registers[0].service_order.as_ref().unwrap().current_order.as_deref(), Some("2"));
    let expected = [
        "line 2, column 1 (RecordIndicator): no reading goes before this record",
        "line 5, column 1 (RecordIndicator): no reading goes before this record",
        "line 6, column 3 (NMIConfiguration): the record has 2 fields; 23 are specified",
        "line 8, column 1 (RecordIndicator): is no record of NEM13",
    ];
    assert_eq!(complaints(&readings), expected);
}

#[test]
fn a_file_that_was_cut_off_gives_nothing() {
    let whole = file(&[good("M1"), good("M2")]);
    let cut = str::from_utf8(&whole).unwrap().trim_end().strip_suffix("900").unwrap();
    assert_eq!(refused(cut.as_bytes()), Nem13Error::CutOff { line: 3 });
    assert_eq!(refused(b"100,NEM13,202604010000,A,B\n"), Nem13Error::CutOff { line: 1 });
}

#[test]
fn records_behind_the_end_are_reported() {
    let readings = read(&[file(&[good("M1")]), file(&[good("M2")])].concat()).unwrap();
    assert_eq!((readings.registers.len(), readings.bad.len()), (1, 3));
    assert!(readings.bad.iter().all(|bad| bad.problem == Problem::AfterEnd));
}

#[test]
fn what_is_no_nem13_file_is_named_as_what_it_is() {
    assert_eq!(refused(b""), Nem13Error::Text(TextError::Empty));
    assert_eq!(refused(b"100,NEM12,200405011135,A,B\n900\n"), Nem13Error::NotNem13 { found: "100,NEM12,200405011135,A,B".into() });
    assert_eq!(refused(b"\n100\0"), Nem13Error::Text(TextError::Nul { line: 2 }));
    assert_eq!(refused(b"100,NEM13\n\xFF"), Nem13Error::Text(TextError::Encoding { encoding: Encoding::Utf8, line: 2 }));
    let words = refused(b"100,NEM13,today,A,B\n900\n").to_string();
    assert_eq!(words, "the header of the file is wrong: line 1, column 3 (DateTime): is not a time written as CCYYMMDDhhmmss");
}

#[test]
fn records_and_problems_are_bounded() {
    let many = vec!["300\n".to_owned(); MAX_PROBLEMS + 1];
    let Nem13Error::TooManyProblems { first } = refused(&file(&many)) else { panic!("read") };
    assert_eq!(first.line, 2);
    assert_eq!(refused(&file(&vec![good("M1"); MAX_ROWS + 1])), Nem13Error::TooManyRecords);
    let commas = read(&file(&[",".repeat(10_000_000) + "\n", good("M1")])).unwrap();
    assert_eq!((commas.registers.len(), commas.bad.len()), (1, 1));
}

#[test]
fn no_damage_panics() {
    let mut read_in_part = 0;
    for seed in 0..2_000 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut bytes = ESTIMATE.to_vec();
        for _ in 0..rng.random_range(1..6) {
            let at = rng.random_range(0..bytes.len());
            bytes[at] = *b",.0A\n\r\xE4\0 9".get(rng.random_range(0..10)).unwrap();
        }
        if let Ok(readings) = read(&bytes) {
            read_in_part += 1;
            let plan = readings.to_plan("p");
            assert!(plan.rows.iter().all(|row| !row.registers.is_empty()), "seed {seed}");
        }
    }
    assert!(read_in_part > 200, "only {read_in_part} files could be read at all");
}
