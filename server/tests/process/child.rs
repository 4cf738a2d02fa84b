//! `linecrew serve` in a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// With these options besides.
    pub(crate) fn start_with(data: &Path, options: &[&str]) -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_linecrew")), data, options)
    }

    /// With this many file descriptors at most.
    pub(crate) fn start_with_descriptors(data: &Path, most: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {most}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_linecrew")]);
        Self::of(shell, data, &[])
    }

    fn of(mut command: Command, data: &Path, options: &[&str]) -> Self {
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(options).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        Self { process, address }
    }

    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        self.process.wait().unwrap()
    }

    /// The whole reply to a request, or nothing when the server does not answer in time.
    pub(crate) fn ask(&self, request: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        stream.write_all(request.as_bytes()).ok()?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).ok()?;
        Some(reply).filter(|reply| !reply.is_empty())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Runs `linecrew` with a standard output that nobody reads any more, as behind `head`; gives whether it ended well and what it complained of.
pub(crate) fn linecrew_unread(arguments: &[&str], data: &Path) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew"));
    let (reader, writer) = std::io::pipe().unwrap();
    command.args(arguments).env("LINECREW_DATA", data).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    drop(reader);
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// Runs `linecrew` to its end; gives what it printed.
pub(crate) fn linecrew(arguments: &[&str], data: &Path, input: &str) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linecrew"));
    command.args(arguments).env("LINECREW_DATA", data).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    // A command that reads nothing may be gone already.
    process.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    let output = process.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}
