//! A write that the operating system refuses, made with a limit on the size of files: an honest `EFBIG` from `write(2)`.

/// Needs `sh` and `prlimit`, which any Linux has that can build this.
#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::io::{BufRead, BufReader};
    use std::path::PathBuf;
    use std::process::{Command, Stdio};

    use linecrew_sqlite::{Database, StorageError, WriteError};

    use crate::support::{CHILD_PATH, acked, assert_sound, ids, open, write};

    /// In blocks of 512 bytes.
    const LIMIT: &str = "1000";
    const WRITES_AFTER_RELIEF: usize = 30;

    #[test]
    fn a_failed_write_is_not_acknowledged_and_writing_goes_on_once_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        open(&path).close().unwrap();
        let script = format!("trap '' XFSZ; ulimit -S -f {LIMIT}; exec \"$0\" \"$@\"");
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "io_error::linux::child_writes_into_the_limit", "--nocapture"])
            .env(CHILD_PATH, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if line == "failed" {
                lift_limit(child.id());
            }
            lines.push(line);
        }
        assert!(child.wait().unwrap().success());
        assert!(lines.iter().any(|line| line == "failed"), "{lines:?}");
        let expected = acked(lines.iter().map(String::as_str));
        let database = open(&path);
        assert_eq!(ids(&database), expected);
        assert_sound(&database);
    }

    fn lift_limit(process: u32) {
        let process = format!("--pid={process}");
        let lifted = Command::new("prlimit").args([&process, "--fsize=unlimited"]).status().unwrap();
        assert!(lifted.success());
    }

    #[test]
    fn child_writes_into_the_limit() {
        let Some(path) = std::env::var_os(CHILD_PATH).map(PathBuf::from) else {
            return;
        };
        let database = open(&path);
        println!();
        let mut acknowledged = BTreeSet::new();
        // At 3 KB each the limit is met after some 100.
        let failed_at = (0..2_000).find(|id| !is_acknowledged(&database, *id, &mut acknowledged)).unwrap();
        println!("failed");
        assert_eq!(ids(&database), acknowledged);
        let relieved = acknowledged.len() + WRITES_AFTER_RELIEF;
        for id in failed_at.. {
            is_acknowledged(&database, id, &mut acknowledged);
            assert_eq!(ids(&database), acknowledged);
            if acknowledged.len() > relieved {
                break;
            }
        }
        database.close().unwrap();
    }

    fn is_acknowledged(database: &Database, id: i64, acknowledged: &mut BTreeSet<i64>) -> bool {
        match write(database, id, 3_000) {
            Ok(_) => {
                println!("acked {id}");
                acknowledged.insert(id)
            }
            Err(WriteError::Storage(StorageError::Io { .. })) => false,
            Err(other) => panic!("not reported as failed input or output: {other:?}"),
        }
    }
}
