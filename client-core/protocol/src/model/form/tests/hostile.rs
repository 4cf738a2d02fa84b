//! Definitions that are wrong, by mistake or on purpose. Each is refused in words that its author can act on.

use std::error::Error;

use super::*;

fn flag(name: &str) -> Value {
    json!({"name": name, "type": "flag", "label": {"en": "A", "zh": "甲"}})
}

/// `item` with more fields.
fn with(mut item: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        item[name] = value.clone();
    }
    item
}

fn group(name: &str, items: &[Value]) -> Value {
    json!({"name": name, "type": "group", "label": {"en": "A", "zh": "甲"}, "items": items})
}

fn choice(names: &[&str]) -> Value {
    let choices: Vec<Value> = names.iter().map(|name| json!({"name": name, "label": {"en": "A", "zh": "甲"}})).collect();
    json!({"name": "c", "type": "choice", "label": {"en": "A", "zh": "甲"}, "choices": choices})
}

fn form(items: &[Value]) -> String {
    json!({"form": "f", "version": 1, "title": {"en": "A", "zh": "甲"}, "items": items}).to_string()
}

/// The error with its cause, as a log or a page shows it.
fn complaint(text: &str) -> String {
    let error = Form::parse(text).unwrap_err();
    error.source().map_or(error.to_string(), |source| format!("{error}: {source}"))
}

#[track_caller]
fn refused(items: &[Value], expected: &str) {
    let complaint = complaint(&form(items));
    assert!(complaint.contains(expected), "{complaint:?} does not say {expected:?}");
}

#[test]
fn what_is_no_json_is_refused_where_it_goes_wrong() {
    assert_eq!(complaint(""), "the form cannot be read at line 1, column 0: EOF while parsing a value at line 1 column 0");
    assert!(complaint(&form(&[with(flag("a"), &json!({"requierd": true}))])).contains("unknown field `requierd`"));
    assert!(complaint(&form(&[with(flag("a"), &json!({"type": "integr"}))])).contains("unknown variant `integr`"));
    assert!(complaint(&form(&[json!({"name": "a", "type": "flag"})])).contains("missing field `label`"));
    assert!(complaint(&form(&[with(flag("a"), &json!({"label": {"en": "A"}}))])).contains("missing field `zh`"));
    assert!(complaint(&r#"{"items":["#.repeat(6_000)).contains("recursion limit"));
    assert!(complaint(r#"{"form": "f", "form": "g"}"#).contains("duplicate field"));
}

#[test]
fn a_form_of_more_than_64_kib_is_not_even_read() {
    assert_eq!(complaint(&" ".repeat(65_537)), "the form has 65537 bytes; 65536 are allowed");
}

#[test]
fn a_form_without_name_version_title_or_items_is_refused() {
    let whole = json!({"form": "f", "version": 1, "title": {"en": "A", "zh": "甲"}, "items": [flag("a")]});
    for (field, value, expected) in [
        ("form", json!("Rooms!"), "the form: a name has 1 to 40 of a-z, 0-9 and _"),
        ("version", json!(0), "the form: `version` counts from 1"),
        ("title", json!({"en": "A", "zh": " "}), "the form: `title` needs words in `en` and in `zh`"),
        ("items", json!([]), "the form: `items` needs at least one item"),
    ] {
        assert_eq!(complaint(&with(whole.clone(), &json!({field: value})).to_string()), expected);
    }
}

#[test]
fn names_are_plain_and_unique_in_their_group() {
    for name in ["", "A", "a b", "a/b", "a-b", "房", &"x".repeat(41)] {
        refused(&[flag(name)], "a name has 1 to 40 of a-z, 0-9 and _");
    }
    refused(&[flag("a"), group("a", &[flag("b")])], "a: another item of the same group has this name");
    refused(&[group("g", &[flag("b"), flag("b")])], "g/b: another item of the same group has this name");
    assert!(Form::parse(&form(&[flag("a"), group("g", &[flag("a")])])).is_ok());
}

#[test]
fn words_are_needed_in_both_languages() {
    refused(&[with(flag("a"), &json!({"label": {"en": "", "zh": "甲"}}))], "a: `label` needs words in `en` and in `zh`");
    refused(&[with(flag("a"), &json!({"hint": {"en": "A", "zh": ""}}))], "a: `hint` needs words in `en` and in `zh`");
    let unlabelled = json!({"choices": [{"name": "x", "label": {"en": "X", "zh": ""}}]});
    refused(&[with(choice(&["x"]), &unlabelled)], "c: `choices` needs words in `en` and in `zh`");
}

#[test]
fn a_field_of_another_type_is_a_mistake_not_a_decoration() {
    refused(&[with(flag("a"), &json!({"min": 1}))], "a: `min` does not belong to the type `flag`");
    refused(&[with(flag("a"), &json!({"unit": "kW"}))], "a: `unit` does not belong to the type `flag`");
    refused(&[with(flag("a"), &json!({"items": [flag("b")]}))], "a: `items` does not belong to the type `flag`");
    refused(&[with(flag("a"), &json!({"repeat": true}))], "a: `repeat` does not belong to the type `flag`");
    refused(&[with(flag("a"), &json!({"choices": []}))], "a: `choices` does not belong to the type `flag`");
    refused(&[with(group("g", &[flag("a")]), &json!({"required": true}))], "g: `required` does not belong to the type `group`");
    refused(&[with(group("g", &[flag("a")]), &json!({"max": 3}))], "g: `max` does not belong to the type `group`");
}

#[test]
fn bounds_are_numbers_of_their_type_and_in_order() {
    let number = |fields: &Value| with(flag("n"), fields);
    refused(&[number(&json!({"type": "integer", "min": 2, "max": 1}))], "n: `min` is above `max`");
    refused(&[number(&json!({"type": "number", "min": 0.2, "max": 0.1}))], "n: `min` is above `max`");
    refused(&[number(&json!({"type": "integer", "min": 0.5}))], "n: `min` is not a number that fits");
    let rooms = |bounds: &Value| with(with(group("g", &[flag("a")]), &json!({"repeat": true})), bounds);
    refused(&[rooms(&json!({"min": 5, "max": 4}))], "g: `min` is above `max`");
    refused(&[rooms(&json!({"max": 0}))], "g: `max` is not a number that fits");
    refused(&[rooms(&json!({"max": 4_000_000_000_u64}))], "g: `max` is not a number that fits");
    refused(&[rooms(&json!({"min": -1}))], "g: `min` is not a number that fits");
    assert!(
        complaint(&form(&[number(&json!({"type": "number"}))]).replace("\"number\"", "\"number\",\"max\":1e999")).contains("out of range")
    );
}

#[test]
fn choices_are_some_distinct_names() {
    refused(&[choice(&[])], "c: `choices` needs at least one choice");
    refused(&[json!({"name": "c", "type": "choices", "label": {"en": "A", "zh": "甲"}})], "c: `choices` needs at least one choice");
    refused(&[choice(&["x", "y", "x"])], "c: the choice `x` is there twice");
    refused(&[choice(&["x y"])], "c: the choice \"x y\" is no name");
    let many: Vec<String> = (0..101).map(|number| format!("x{number}")).collect();
    refused(&[choice(&many.iter().map(String::as_str).collect::<Vec<_>>())], "c: `choices` has more than 100 choices");
}

#[test]
fn a_condition_looks_at_an_earlier_question_with_one_answer() {
    let when = |question: &str, equals: Value| with(flag("z"), &json!({"relevant": {"question": question, "equals": equals}}));
    let repeated = with(group("g", &[flag("a")]), &json!({"repeat": true}));
    refused(&[when("y", json!(true)), flag("y")], "z: `relevant` names \"y\", which is no earlier question");
    refused(&[when("z", json!(true))], "z: `relevant` names \"z\", which is no earlier question");
    refused(&[group("g", &[flag("a")]), when("g", json!(true))], "z: `relevant` names \"g\", which is no earlier question");
    refused(&[repeated, when("g/a", json!(true))], "z: `relevant` names `g/a`, which is repeated");
    refused(&[flag("a"), when("a", json!("yes"))], "z: `relevant` waits for an answer that `a` cannot have");
    refused(&[flag("a"), when("a", json!(null))], "z: `relevant` waits for an answer that `a` cannot have");
    refused(&[choice(&["x"]), when("c", json!("y"))], "z: `relevant` waits for an answer that `c` cannot have");
    refused(&[with(flag("n"), &json!({"type": "number"})), when("n", json!(5))], "z: `relevant` waits for an answer that `n` cannot have");
    let inside = with(group("g", &[flag("a")]), &json!({"relevant": {"question": "g/a", "equals": true}}));
    refused(&[inside], "g: `relevant` names \"g/a\", which is no earlier question");
    assert!(Form::parse(&form(&[flag("a"), when("a", json!(true))])).is_ok());
}

#[test]
fn a_sibling_is_meant_before_a_question_at_the_top() {
    let when = with(flag("z"), &json!({"relevant": {"question": "a", "equals": true}}));
    let form = Form::parse(&form(&[flag("a"), group("g", &[flag("a"), when])])).unwrap();
    assert_eq!(form.question("g/z").unwrap().relevant.as_ref().unwrap().question, "g/a");
}

#[test]
fn too_deep_and_too_many_are_refused_and_the_most_that_is_allowed_is_not() {
    let nested = |depth: usize| (1..depth).fold(flag("q"), |inner, _| group("g", &[inner]));
    assert!(Form::parse(&form(&[nested(6)])).is_ok());
    refused(&[nested(7)], "g/g/g/g/g/g: items nest at most 6 deep");
    refused(&[group("g", &[])], "g: `items` needs at least one item");
    let many = |count: usize| (0..count).map(|number| flag(&format!("q{number}"))).collect::<Vec<_>>();
    assert!(Form::parse(&form(&many(500))).is_ok());
    refused(&many(501), "the form has more than 500 questions");
}

/// Each condition hangs on the question before it, once directly and once through its group: asked anew each time that would be two to the power of 150.
#[test]
fn chained_conditions_cost_no_more_than_their_number() {
    let after = |item: Value, before: &str| with(item, &json!({"relevant": {"question": before, "equals": true}}));
    let mut items = vec![flag("a")];
    let mut given = answers(&[("a", json!(true))]);
    let mut before = "a".to_owned();
    for number in 0..150 {
        let last = after(with(flag("q"), &json!({"required": number == 149})), &before);
        items.push(after(group(&format!("g{number}"), &[last]), &before));
        before = format!("g{number}/q");
        given.insert(before.clone(), json!(number != 149));
    }
    let form = Form::parse(&form(&items)).unwrap();
    assert!(form.missing(&given).is_empty());
    given.remove("g149/q");
    assert_eq!(form.missing(&given), ["g149/q"]);
    given.insert("a".to_owned(), json!(false));
    assert!(form.missing(&given).is_empty());
}
