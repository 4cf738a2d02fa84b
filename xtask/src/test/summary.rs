//! How the steps went.

use std::{fmt, time::Duration};

use anyhow::Result;

/// How one step went.
#[derive(Debug)]
pub(super) enum Outcome {
    Passed(Duration),
    Failed(Duration, anyhow::Error),
    NotRun,
}

impl Outcome {
    pub(super) fn of(result: Result<()>, took: Duration) -> Self {
        match result {
            Ok(()) => Self::Passed(took),
            Err(error) => Self::Failed(took, error),
        }
    }
}

/// How all of them went, as a table.
#[derive(Debug, Default)]
pub(super) struct Summary {
    steps: Vec<(&'static str, Outcome)>,
}

impl Summary {
    pub(super) fn add(&mut self, name: &'static str, outcome: Outcome) {
        self.steps.push((name, outcome));
    }

    /// The step that failed, and why.
    pub(super) fn failed(&self) -> Option<(&'static str, String)> {
        self.steps.iter().find_map(|(name, outcome)| match outcome {
            Outcome::Failed(_, error) => Some((*name, format!("{error:#}"))),
            _ => None,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<14} {:<8} {:>9}", "step", "result", "seconds")?;
        let mut total = Duration::ZERO;
        for (name, outcome) in &self.steps {
            match outcome {
                Outcome::Passed(took) => writeln!(formatter, "{name:<14} {:<8} {:>9.1}", "ok", took.as_secs_f64())?,
                Outcome::Failed(took, _) => writeln!(formatter, "{name:<14} {:<8} {:>9.1}", "FAILED", took.as_secs_f64())?,
                Outcome::NotRun => writeln!(formatter, "{name:<14} {:<8} {:>9}", "not run", "")?,
            }
            if let Outcome::Passed(took) | Outcome::Failed(took, _) = outcome {
                total += *took;
            }
        }
        writeln!(formatter, "{:<14} {:<8} {:>9.1}", "total", "", total.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_what_failed_and_what_did_not_run() {
        let mut summary = Summary::default();
        summary.add("fmt", Outcome::of(Ok(()), Duration::from_millis(1_250)));
        assert!(summary.failed().is_none());
        summary.add("clippy", Outcome::of(Err(anyhow::anyhow!("a lint")), Duration::from_secs(60)));
        summary.add("rust", Outcome::NotRun);
        let table = summary.to_string();
        let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
        let expected = [
            "step           result     seconds",
            "fmt            ok             1.2",
            "clippy         FAILED        60.0",
            "rust           not run",
            "total                        61.2",
        ];
        assert_eq!(lines, expected);
        assert_eq!(summary.failed(), Some(("clippy", "a lint".to_owned())));
    }
}
