use super::*;

const DAYS: [&str; 3] = ["20261031", "20261128", "20261129"];

/// An id whose end says nothing about its number.
fn id(day: usize, count: u64) -> DocumentId {
    let (day, count) = (u8::try_from(day).unwrap(), u8::try_from(count).unwrap());
    DocumentId::from_bytes([day, count, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0xA7, day + 1, count.wrapping_mul(37)])
}

/// Items of these days and counts.
fn items(days: impl IntoIterator<Item = usize>, counts: impl IntoIterator<Item = u64> + Clone) -> Vec<Known> {
    let of = |day: usize| counts.clone().into_iter().map(move |count| (id(day, count), format!("{}-{count:04}", DAYS[day])));
    days.into_iter().flat_map(of).collect()
}

#[test]
fn digits_name_the_count_that_they_are_and_no_other() {
    // Whatever is missing: its digits name nothing, above all no item whose number or id ends like them.
    for missing in 1..=40 {
        let held = items([2], (1..=40).filter(|count| *count != missing));
        for typed in 0..=120_u64 {
            let expected = if (1..=40).contains(&typed) && typed != missing { Found::Held(id(2, typed)) } else { Found::Nothing };
            for text in [format!("{typed}"), format!("{typed:02}"), format!("{typed:04}"), format!(" {typed:05} ")] {
                assert_eq!(among(&held, &[], &text), expected, "{text:?} without {missing}");
            }
        }
    }
}

#[test]
fn a_count_that_has_left_is_told_and_no_other_item_is_taken() {
    for gone in 1..=40 {
        let (held, left) = (items([2], (1..=40).filter(|count| *count != gone)), items([0, 2], [gone]));
        let told = Found::Gone(id(2, gone), format!("20261129-{gone:04}"));
        for text in [format!("{gone}"), format!("{gone:04}"), format!("29-{gone:04}"), format!("20261129-{gone}"), id(2, gone).to_string()]
        {
            assert_eq!(among(&held, &left, &text), told, "{text}");
        }
        assert_eq!(among(&held, &left, &format!("31-{gone}")), Found::Gone(id(0, gone), format!("20261031-{gone:04}")), "an older one");
    }
    // An older item with the same count is not what is meant, unless its day is typed; a newer one is.
    let (older, newer) = (items([1], [7]), items([2], [7]));
    assert_eq!(among(&older, &newer, "7"), Found::Gone(id(2, 7), "20261129-0007".to_owned()));
    assert_eq!(among(&older, &newer, "28-7"), Found::Held(id(1, 7)));
    assert_eq!(among(&newer, &older, "7"), Found::Held(id(2, 7)));
    let nameless = [(id(1, 9), String::new())];
    assert_eq!(among(&older, &nameless, &id(1, 9).short()), Found::Gone(id(1, 9), format!("…{}", id(1, 9).short())));
}

#[test]
fn a_count_of_several_days_is_asked_about_and_the_day_settles_it() {
    let held = items([0, 1, 2], 1..=12);
    for count in 1..=12 {
        let candidates = [2, 1, 0].map(|day| (id(day, count), format!("{}-{count:04}", DAYS[day]))).to_vec();
        assert_eq!(among(&held, &[], &count.to_string()), Found::Several(candidates), "{count}");
        for (day, name) in DAYS.iter().enumerate() {
            let (date, month_and_date) = (name.get(6..).unwrap(), name.get(4..).unwrap());
            for text in [format!("{name}-{count:04}"), format!("{date}-{count:04}"), format!("{month_and_date}-{count}")] {
                assert_eq!(among(&held, &[], &text), Found::Held(id(day, count)), "{text}");
            }
        }
    }
    // The same number twice: of two servers, say.
    let twice = [(id(0, 1), "20261129-0001".to_owned()), (id(2, 1), "20261129-0001".to_owned())];
    assert_eq!(among(&twice, &[], "20261129-0001"), Found::Several(twice.to_vec()));
    assert_eq!(among(&twice, &[], &id(2, 1).to_string()), Found::Held(id(2, 1)));
}

#[test]
fn an_id_is_named_by_six_characters_and_by_no_fewer() {
    let held = items([0, 1, 2], 1..=12);
    for (document, number) in &held {
        let text = document.to_string();
        for chars in 1..=text.len() {
            let end = text.get(text.len() - chars..).unwrap();
            let found = among(&held, &[], end);
            if chars < MIN_ID_CHARS {
                // Fewer may be a count, and then they are that.
                assert!(found != Found::Held(*document) || is_count(number, end), "{end}");
            } else {
                assert_eq!(found, Found::Held(*document), "{end}");
            }
            assert_eq!(among(&held, &[], &end.to_uppercase()), found);
        }
        assert_eq!(among(&held, &[], &document.short()), Found::Held(*document));
    }
    // Six digits may be both.
    let both = [(DocumentId::from_bytes([0x12; 16]), "20261129-0001".to_owned()), (id(1, 1), "20261129-121212".to_owned())];
    assert_eq!(among(&both, &[], "121212"), Found::Several([both[1].clone(), both[0].clone()].to_vec()));
}

#[test]
fn neither_signs_nor_pieces_name_anything() {
    let held = items([2], 1..=12);
    for text in
        ["", " ", "-", "-7", "+7", "-0007", "29-", "9-+7", "x-7", "1129", "007x", "1e1", "٧", "99999999999999999999", "20261130-0007"]
    {
        assert_eq!(among(&held, &[], text), Found::Nothing, "{text:?}");
    }
}
