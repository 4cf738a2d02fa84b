//! Measures what Linecrew costs; prints one JSON object. `cargo xtask bench` builds and runs it.

use std::{
    env,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use clap::Parser;
use linecrew_tests::bench::{Options, run};

/// Says that the limit was raised already.
const RAISED: &str = "LINECREW_BENCH_RAISED";
/// 5,000 connections have 5,000 ends here and as many in the server, which inherits the limit.
const RAISE: &str = r#"ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#;

/// Measures what Linecrew costs; prints one JSON object.
#[derive(Debug, Parser)]
struct Bench {
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    let bench = Bench::parse();
    if env::var_os(RAISED).is_none() {
        return raise_and_start_again();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    println!("{:#}", runtime.block_on(run(&bench.options)));
    ExitCode::SUCCESS
}

/// Only a shell raises the limit of open files without unsafe code.
fn raise_and_start_again() -> ExitCode {
    let own = env::current_exe().expect("a program has a path");
    let error = Command::new("sh").args(["-c", RAISE]).arg(own).args(env::args_os().skip(1)).env(RAISED, "1").exec();
    eprintln!("linecrew-bench: cannot start a shell: {error}");
    ExitCode::FAILURE
}
