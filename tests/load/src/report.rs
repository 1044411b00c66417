//! What was measured, as a table for people and as JSON for machines, the bar beside each number.

use std::time::Duration;

use serde::Serialize;

/// A number that must be reached.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// More is better.
    AtLeast(f64),
    /// Less is better.
    AtMost(f64),
}

/// One thing that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Number {
    /// Which benchmark.
    pub benchmark: String,
    /// What.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it must be.
    pub bar: Option<Bar>,
    /// Whether it is.
    pub met: Option<bool>,
}

/// Everything that was measured.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    #[serde(skip)]
    as_json: bool,
    /// The machine.
    pub machine: String,
    /// The numbers, in order.
    pub numbers: Vec<Number>,
    /// What else is to be said.
    pub notes: Vec<String>,
    /// What went wrong: something was lost, or did not take effect.
    pub failures: Vec<String>,
}

impl Report {
    /// An empty one. What is added is said at once, because a long run should not be silent: as a
    /// table on standard output, or, if JSON is wanted there, on standard error.
    pub fn new(as_json: bool) -> Self {
        let report = Self { as_json, machine: machine(), ..Self::default() };
        report.say(&format!("On {}:", report.machine));
        report
    }

    /// Adds a number.
    pub fn add(&mut self, what: (&str, &str), value: f64, unit: &'static str, bar: Option<Bar>) {
        let met = bar.map(|bar| match bar {
            Bar::AtLeast(least) => value >= least,
            Bar::AtMost(most) => value <= most,
        });
        let (benchmark, name) = (what.0.to_owned(), what.1.to_owned());
        let number = Number { benchmark, name, value, unit, bar, met };
        self.say(&line(&number));
        self.numbers.push(number);
    }

    /// Adds a sentence.
    pub fn note(&mut self, sentence: String) {
        self.say(&sentence);
        self.notes.push(sentence);
    }

    /// Adds a failure.
    pub fn fail(&mut self, sentence: String) {
        self.say(&format!("FAILED: {sentence}"));
        self.failures.push(sentence);
    }

    /// Prints everything as JSON, if that was wanted.
    pub fn print(&self) -> anyhow::Result<()> {
        if self.as_json {
            println!("{}", serde_json::to_string_pretty(self)?);
        }
        Ok(())
    }

    fn say(&self, line: &str) {
        if self.as_json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }
}

fn line(number: &Number) -> String {
    let Number { benchmark, name, value, unit, bar, met } = number;
    let digits = if value.abs() < 100.0 { 1 } else { 0 };
    let bar = match bar {
        Some(Bar::AtLeast(least)) => format!("≥ {least}"),
        Some(Bar::AtMost(most)) => format!("≤ {most}"),
        None => String::new(),
    };
    let met = met.map_or("", |met| if met { "met" } else { "MISSED" });
    format!("{benchmark:9} {name:34} {value:>10.digits$} {unit:12} {bar:>9}  {met}")
}

/// Things in a time, per second.
pub fn per_second(count: u64, time: Duration) -> f64 {
    float(count) / time.as_secs_f64().max(f64::EPSILON)
}

/// A time divided by a number of things, in microseconds.
pub fn micros_each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / float(count.max(1))
}

/// A time in milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A count as a number with a point. Counts here are small.
pub fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("?", |line| line.trim_start_matches([' ', '\t', ':']));
    format!("{cores} cores, {model}")
}
