//! Where the processor time of a server goes: `perf record` for as long as a phase takes.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Process, output};

/// How often a sample is taken, per second and processor.
const FREQUENCY: &str = "997";

/// A profile that is being taken.
pub struct Profile {
    perf: Process,
    data: PathBuf,
}

impl Profile {
    /// Begins a profile of a process, if a folder for profiles is named.
    pub fn begin(folder: Option<&Path>, name: &str, pid: u32) -> anyhow::Result<Option<Self>> {
        let Some(folder) = folder else { return Ok(None) };
        std::fs::create_dir_all(folder)?;
        let data = folder.join(format!("{name}.data"));
        let mut command = Command::new("perf");
        command.args(["record", "-F", FREQUENCY, "-p", &pid.to_string(), "-o"]).arg(&data);
        Ok(Some(Self { perf: Process::start(command, &folder.join("perf.log"))?, data }))
    }

    /// Takes no more samples.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        self.perf.stop()
    }

    /// Ends it and writes the functions in which most time was spent beside it, as text. This takes
    /// a while: not to be done while something is measured.
    pub fn end(mut self) -> anyhow::Result<()> {
        self.stop()?;
        let mut command = Command::new("perf");
        command.args(["report", "--stdio", "--percent-limit", "0.4", "--sort", "dso,symbol"]);
        command.arg("-i").arg(&self.data);
        let text = output(command)?;
        std::fs::write(self.data.with_extension("txt"), text)?;
        Ok(())
    }
}
