//! Wherever a process ends: the old or the whole new file, and nothing in the clear that was not before.

use std::process::{Command, Stdio};

use super::*;

/// Where a child finds its store, and at which step it ends.
const CHILD_PATH: &str = "LINECREW_FILES_CHILD_PATH";
const CHILD_STEP: &str = "LINECREW_FILES_CHILD_STEP";
/// Not a step of the product: the source ends the process.
const MID_WRITE: &str = "MidWrite";

fn the_content() -> Vec<u8> {
    content(300_000, 9)
}

fn kill(folder: &Path, test: &str, step: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let name = format!("attachments::tests::kills::{test}");
    child.args(["--exact", &name, "--nocapture"]).stdout(Stdio::null()).stderr(Stdio::null());
    let ended = child.env(CHILD_PATH, folder).env(CHILD_STEP, step).status().unwrap();
    assert!(!ended.success(), "{step} was not reached");
}

/// What a child has to do, and when it ends.
fn task() -> Option<(Attachments, impl FnMut(Step))> {
    let folder = PathBuf::from(std::env::var_os(CHILD_PATH)?);
    let last = std::env::var(CHILD_STEP).unwrap();
    Some((with_key(&folder, 7, None), move |step| {
        if format!("{step:?}") == last {
            std::process::abort();
        }
    }))
}

/// Ends the process in the middle of the content, if it is told to.
struct Deadly {
    content: io::Cursor<Vec<u8>>,
    ends: bool,
}

impl Read for Deadly {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ends && self.content.position() > 200_000 {
            std::process::abort();
        }
        self.content.read(into)
    }
}

#[test]
fn a_new_file_is_there_whole_or_not_at_all() {
    for step in ["Begun", MID_WRITE, "Synced", "Renamed"] {
        let folder = tempfile::tempdir().unwrap();
        let (files, content) = (at(&folder, None), the_content());
        kill(folder.path(), "child_keeps", step);
        assert_eq!(exposing(&files, &content), [""; 0], "{step}");
        let found = read(&files, &hash_of(&content)).unwrap();
        assert_eq!(found, (step == "Renamed").then(|| content.clone()), "{step}");
        assert_eq!(all(&files).len(), 1, "{step}");
        assert!(all(&files).values().map(Vec::len).sum::<usize>() > if step == MID_WRITE { CHUNK } else { 0 } || step == "Begun", "{step}");
        files.keep(&mut content.as_slice()).unwrap();
        assert_eq!(read(&files, &hash_of(&content)).unwrap().unwrap(), content, "{step}");
    }
}

#[test]
fn child_keeps() {
    let Some((files, mut reached)) = task() else { return };
    let ends = std::env::var(CHILD_STEP).unwrap() == MID_WRITE;
    let ended = files.keep_watched(&mut Deadly { content: io::Cursor::new(the_content()), ends }, &mut reached);
    panic!("{ended:?}");
}

#[test]
fn a_file_in_the_clear_goes_when_the_encrypted_one_is_there() {
    for step in ["Begun", "Synced", "Renamed", "Removed"] {
        let folder = tempfile::tempdir().unwrap();
        let (files, content) = (at(&folder, None), the_content());
        let hash = hash_of(&content);
        files.have_folder().unwrap();
        fs::write(files.folder.join(&hash), &content).unwrap();
        kill(folder.path(), "child_converts", step);
        let plain = fs::read(files.folder.join(&hash)).ok();
        assert_eq!(plain, (step != "Removed").then(|| content.clone()), "{step}");
        assert_eq!(files.place_of(&hash).exists(), ["Renamed", "Removed"].contains(&step), "{step}");
        files.encrypt_plain();
        assert_eq!(read(&files, &hash).unwrap().unwrap(), content, "{step}");
        assert_eq!(exposing(&files, &content), [""; 0], "{step}");
    }
}

#[test]
fn child_converts() {
    let Some((files, mut reached)) = task() else { return };
    let ended = files.convert_watched(&hash_of(&the_content()), &mut reached);
    panic!("{ended:?}");
}
