use std::fs;

use super::*;

const NOW: Timestamp = Timestamp::from_unix_millis(1_790_000_000_500);
const LONGEST: Duration = Duration::from_secs(100);

fn kids(ring: &KeyRing, now: Timestamp) -> Vec<String> {
    ring.public(now, LONGEST).into_iter().map(|key| key.kid).collect()
}

#[test]
fn a_rotation_leaves_the_public_half_alone_and_for_a_while() {
    let data = tempfile::tempdir().unwrap();
    let first = kids(&KeyRing::open(data.path(), NOW, LONGEST).unwrap(), NOW);
    let private = fs::read(data.path().join(FILE)).unwrap();
    let rotation = rotate_key(data.path(), NOW, LONGEST, false).unwrap();
    assert_eq!(first, [rotation.retired.as_str()]);
    let ring = KeyRing::open(data.path(), NOW, LONGEST).unwrap();
    assert_eq!(kids(&ring, NOW), [rotation.current, rotation.retired]);
    let text = fs::read(data.path().join(retired::FILE)).unwrap();
    let seed = &private[private.len() - 32..];
    assert!(!text.windows(32).any(|window| window == seed), "no private half stays");
    let seed = URL_SAFE_NO_PAD.encode(seed);
    assert!(!String::from_utf8(text).unwrap().contains(&seed));
    assert_ne!(fs::read(data.path().join(FILE)).unwrap(), private);

    let last = NOW.plus_ms(100_000 + SLACK_MS);
    assert_eq!(kids(&ring, last).len(), 2);
    assert_eq!(kids(&ring, last.plus_ms(1)).len(), 1);
    KeyRing::open(data.path(), last, LONGEST).unwrap();
    assert_eq!(retired::read(data.path()).unwrap().len(), 1);
    KeyRing::open(data.path(), last.plus_ms(1), LONGEST).unwrap();
    assert_eq!(retired::read(data.path()).unwrap(), [], "pruned");
}

#[test]
fn rotations_that_follow_each_other_keep_every_key_that_is_needed() {
    let data = tempfile::tempdir().unwrap();
    KeyRing::open(data.path(), NOW, LONGEST).unwrap();
    let mut expected = Vec::new();
    for minute in 0..3 {
        let rotation = rotate_key(data.path(), NOW.plus_ms(minute * 60_000), LONGEST, false).unwrap();
        expected.push(rotation.retired);
    }
    let now = NOW.plus_ms(130_000);
    assert_eq!(kids(&KeyRing::open(data.path(), now, LONGEST).unwrap(), now)[1..], expected[..]);
    let now = NOW.plus_ms(200_000);
    assert_eq!(kids(&KeyRing::open(data.path(), now, LONGEST).unwrap(), now)[1..], expected[1..]);
}

#[test]
fn a_rotation_that_was_cut_off_after_its_first_step_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    KeyRing::open(data.path(), NOW, LONGEST).unwrap();
    let old = SigningKey::read(data.path()).unwrap();
    let kid = old.kid().to_owned();
    retired::write(data.path(), vec![RetiredKey::of(&old, NOW)]).unwrap();
    // Its public half is durable, its private one still signs: also long after the day on which it would have been forgotten.
    let late = NOW.plus_ms(10_000_000);
    for now in [NOW, late] {
        assert_eq!(kids(&KeyRing::read(data.path()).unwrap(), now), [kid.as_str()]);
    }
    rotate_key(data.path(), late, LONGEST, false).unwrap();
    assert_eq!(kids(&KeyRing::read(data.path()).unwrap(), late.plus_ms(50_000))[1..], [kid], "by its last retirement");
}

#[test]
fn nothing_is_left_behind_and_the_files_belong_to_their_owner() {
    let data = tempfile::tempdir().unwrap();
    KeyRing::open(data.path(), NOW, LONGEST).unwrap();
    rotate_key(data.path(), NOW, LONGEST, false).unwrap();
    let mut names: Vec<String> = fs::read_dir(data.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [retired::FILE, FILE]);
    #[cfg(unix)]
    for name in names {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(data.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_is_not_ours_is_refused() {
    let data = tempfile::tempdir().unwrap();
    KeyRing::open(data.path(), NOW, LONGEST).unwrap();
    rotate_key(data.path(), NOW, LONGEST, false).unwrap();
    let path = data.path().join(retired::FILE);
    let good = fs::read_to_string(&path).unwrap();
    let read = |text: &str| {
        fs::write(&path, text).unwrap();
        KeyRing::read(data.path())
    };
    assert!(read(&good).is_ok());
    let key: serde_json::Value = serde_json::from_str::<serde_json::Value>(&good).unwrap()["keys"][0].clone();
    let changed = |field: &str, value: serde_json::Value| {
        let mut key = key.clone();
        key[field] = value;
        serde_json::json!({"keys": [key]}).to_string()
    };
    for wrong in [
        changed("d", "cHJpdmF0ZQ".into()),
        changed("alg", "HS256".into()),
        changed("alg", "none".into()),
        changed("kty", "oct".into()),
        changed("use", "enc".into()),
        changed("crv", "X25519".into()),
        changed("retired_at", "yesterday".into()),
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
    ] {
        assert!(matches!(read(&wrong), Err(KeyError::NotRetiredKeys { .. })), "{wrong}");
    }
    let short = URL_SAFE_NO_PAD.encode([7; 31]);
    for (x, kid) in
        [("AAAA", "AAAA".to_owned()), (short.as_str(), super::super::kid_of(&short)), ("not base64!", super::super::kid_of("not base64!"))]
    {
        let mut wrong = key.clone();
        (wrong["x"], wrong["kid"]) = (x.into(), kid.into());
        let text = serde_json::json!({"keys": [wrong]}).to_string();
        assert!(matches!(read(&text), Err(KeyError::NotARetiredKey { .. })), "{text}");
    }
}
