//! Bad rows among good ones.

use super::*;

#[test]
fn a_bad_row_is_named_by_line_and_column_and_its_neighbours_are_imported() {
    let plan = small("A1,Chen,Lane 1,6,100\nA2,Lin,Lane 2,6,many\nA3,Huang,Lane 3,6,300\n").unwrap();
    assert_eq!(serials(&plan), ["A1", "A3"]);
    assert_eq!(complaints(&plan), ["line 3, column 5 (index): is not a whole number of at most 15 digits"]);
}

#[test]
fn every_problem_of_a_row_is_reported_at_once() {
    let plan = small(",,Lane 1,16,12.5\n").unwrap();
    let found: Vec<(usize, &Problem)> = plan.bad.iter().map(|bad| (bad.column.number, &bad.problem)).collect();
    let expected = [
        (1, &Problem::Blank),
        (2, &Problem::Blank),
        (5, &Problem::Fraction { value: "12.5".into() }),
        (4, &Problem::OutOfRange { value: 16, min: 1, max: 15 }),
    ];
    assert_eq!(found, expected);
    assert!(plan.rows.is_empty());
}

#[test]
fn a_serial_twice_is_reported_on_the_second_line_with_the_line_of_the_first() {
    let plan = small("A1,Chen,Lane 1,6,100\nA2,Lin,Lane 2,6,200\n　Ａ１ ,Huang,Lane 3,6,300\n").unwrap();
    assert_eq!(serials(&plan), ["A1", "A2"]);
    assert_eq!(plan.rows[0].customer.name, "Chen");
    assert_eq!(complaints(&plan), ["line 4, column 1 (serial): this meter was already on line 2"]);
}

#[test]
fn a_serial_that_comes_again_behind_its_own_bad_row_is_not_imported_in_its_place() {
    let plan = small("A1,Chen,Lane 1,6,?\nA1,Chen,Lane 1,6,100\n").unwrap();
    assert!(plan.rows.is_empty());
    assert_eq!(plan.bad[1].problem, Problem::SerialTwice { first_line: 2 });
}

#[test]
fn an_index_that_its_register_cannot_show_is_refused() {
    let plan = small("A1,Chen,Lane 1,5,99999\nA2,Lin,Lane 2,5,100000\n").unwrap();
    assert_eq!(serials(&plan), ["A1"]);
    assert_eq!(complaints(&plan), ["line 3, column 5 (index): holds more than a register of 5 digits can show"]);
}

#[test]
fn an_index_from_the_mapping_that_does_not_fit_is_reported_at_the_digits() {
    let mapping = SMALL_MAPPING.replace(r#""last_index": "index""#, r#""last_index": { "constant": "100" }"#);
    let text = "serial,name,address,digits\nA1,Chen,Lane 1,3\nA2,Lin,Lane 2,2\n";
    let plan = read(text.as_bytes(), &Mapping::parse(mapping.as_bytes()).unwrap()).unwrap();
    assert_eq!(serials(&plan), ["A1"]);
    assert_eq!(complaints(&plan), ["line 3, column 4 (digits): holds more than a register of 2 digits can show"]);
}

#[test]
fn ragged_rows_say_where_they_end_and_where_they_go_on() {
    let plan = small("A1,Chen,Lane 1\nA2,Lin,Lane 2,6,200,x\nA3,Huang,Lane 3,6,300,,  \n").unwrap();
    assert_eq!(serials(&plan), ["A3"], "empty cells beyond the heading are the spreadsheet's");
    let expected = [
        "line 2, column 4 (digits): the row ends here: 3 fields under 5 headings",
        "line 3, column 6: the row goes on: 6 fields under 5 headings",
    ];
    assert_eq!(complaints(&plan), expected);
}

#[test]
fn stray_blanks_full_width_digits_and_an_apostrophe_are_tidied() {
    let plan = small("'００１２ ,\u{3000}陈　木生\u{A0},\u{FEFF}“巷” １ 号\t,６,００１２３.００\n").unwrap();
    let row = &plan.rows[0];
    assert_eq!((row.serial.as_str(), row.customer.name.as_str(), row.site.address.as_str()), ("0012", "陈　木生", "“巷” １ 号"));
    assert_eq!(row.registers["1"], PlanRegister { digits: 6, last_index: 123 });
}

#[test]
fn blank_lines_and_lines_of_commas_are_no_rows() {
    let plan = small("\n,,,,\nA1,Chen,Lane 1,6,100\n \t\n,,\n\"\",,,,\n").unwrap();
    assert_eq!((serials(&plan), plan.rows[0].line), (vec!["A1"], 4));
    assert!(plan.bad.is_empty());
}

#[test]
fn a_heading_alone_is_a_plan_without_rows() {
    assert_eq!(small("").unwrap(), Plan::default());
}

#[test]
fn what_the_mapping_does_not_translate_is_a_problem_and_our_own_words_are_not() {
    let text = str::from_utf8(SAMPLE).unwrap().replacen(",城区,", ",郊区,", 1).replacen(",城区,", ",urban,", 1);
    let plan = read(text.as_bytes(), &sample()).unwrap();
    assert_eq!(complaints(&plan), ["line 2, column 8 (地区类别): holds what the mapping does not translate"]);
    assert_eq!(plan.rows.len(), 13);
}

#[test]
fn a_meter_whose_registers_are_all_empty_is_a_problem() {
    let mapping = SMALL_MAPPING.replace(r#""last_index": "index""#, r#""last_index": "index", "optional": true"#);
    let text = "serial,name,address,digits,index\nA1,Chen,Lane 1,6,\n";
    let plan = read(text.as_bytes(), &Mapping::parse(mapping.as_bytes()).unwrap()).unwrap();
    assert_eq!(complaints(&plan), ["line 2, column 5 (index): no register of this meter has an index"]);
}

#[test]
fn a_serial_that_a_spreadsheet_has_rounded_is_refused() {
    let plan = small("3.50103E+11,Chen,Lane 1,6,100\n").unwrap();
    assert_eq!(plan.bad[0].problem, Problem::Rounded { value: "3.50103E+11".into() });
}
