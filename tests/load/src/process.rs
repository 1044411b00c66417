//! Processes: what they use, and ending them by their id.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

/// How many ticks of /proc/PID/stat a second has: USER_HZ, which Linux fixed for programs.
const TICKS: u32 = 100;

/// How many lines of what a program complained about are shown when it failed.
const LAST_LINES: usize = 5;

/// What a process used until now.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    ticks: u64,
    at: Instant,
}

impl Used {
    /// Reads the processor time of a process, all of its threads included.
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .with_context(|| format!("there is no process {pid}"))?;
        // The name of the program stands in brackets and may hold anything. Behind it: state is
        // field 3, utime 14, stime 15 (proc_pid_stat(5)).
        let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat cannot be read")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        let ticks = ticks.sum::<Result<u64, _>>().context("/proc/PID/stat cannot be read")?;
        Ok(Self { ticks, at: Instant::now() })
    }

    /// The processor time between two moments.
    pub fn cpu_since(self, earlier: Self) -> Duration {
        let ticks = u32::try_from(self.ticks.saturating_sub(earlier.ticks)).unwrap_or(u32::MAX);
        Duration::from_secs(1) * ticks / TICKS
    }

    /// The time that passed between two moments.
    pub fn time_since(self, earlier: Self) -> Duration {
        self.at.duration_since(earlier.at)
    }
}

/// The resident memory of a process, in KiB.
pub fn resident(pid: u32) -> anyhow::Result<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("there is no process {pid}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
    Ok(number.parse()?)
}

/// A process that was started here and ends with its owner.
pub struct Process(Child);

impl Process {
    /// Starts a program whose words go to a file.
    pub fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        Ok(Self(child))
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// Asks it to end (SIGTERM) and waits; after 20 seconds it is killed.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        if !self.is_running() {
            return Ok(());
        }
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        ensure!(asked.success(), "cannot ask process {} to end", self.id());
        let end = Instant::now() + Duration::from_secs(20);
        while self.is_running() {
            if Instant::now() > end {
                self.kill()?;
                bail!("the process did not end when it was asked to; it was killed");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_running() {
            // Nobody is left to tell.
            let _ = self.kill();
        }
    }
}

/// Runs a line of shell and gives what it says.
pub fn shell(line: &str) -> anyhow::Result<String> {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    output(command)
}

/// Runs a program to its end and gives what it says on standard output.
pub fn output(mut command: Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let output =
        output.with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines: Vec<_> = said.trim().lines().rev().take(LAST_LINES).collect();
        let last = lines.into_iter().rev().collect::<Vec<_>>().join("\n");
        bail!("{} failed ({}): {last}", command.get_program().display(), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_processor_time_and_memory_can_be_read() {
        let before = Used::of(std::process::id()).unwrap();
        let end = Instant::now() + Duration::from_millis(60);
        while Instant::now() < end {}
        let after = Used::of(std::process::id()).unwrap();
        assert!(after.cpu_since(before) > Duration::ZERO);
        assert!(resident(std::process::id()).unwrap() > 100);
    }
}
