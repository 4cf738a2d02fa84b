//! What a process has used, as Linux counts it (proc_pid_stat(5), proc_pid_status(5)).

use std::{fs, time::Duration};

/// `USER_HZ` is 100 on every Linux that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of all threads of a process.
pub(super) fn cpu_time(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    // The name, in parentheses, may hold spaces; utime and stime are the 14th and 15th field.
    let (_, fields) = stat.rsplit_once(") ").expect("a stat line");
    let ticks: u32 = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u32>().expect("ticks")).sum();
    TICK * ticks
}

/// Resident memory, in KiB.
pub(super) fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a resident size");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
