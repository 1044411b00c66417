//! What is counted, and how it is written out.
//!
//! Counters are for the whole process, like the log: each stands where the thing happens, through
//! the `metrics` crate, and costs next to nothing while nobody collects. Labels are words of this
//! program; never a name, a host, an address or what somebody wrote. What the database knows is read
//! when somebody asks, and left out when it cannot be read: an old number would be a wrong one.

use std::fmt::{Display, Write as _};
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::db::gauges::Gauges;

/// The limits of the classes into which times fall, in seconds.
const CLASSES: [f64; 12] =
    [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];
/// How often times that were noted are put into their classes, so that they take no memory.
const TIDY: Duration = Duration::from_secs(5);

/// Every counter and what it is, for whoever reads the numbers.
const COUNTERS: [(&str, &str); 8] = [
    ("inbox_requests_total", "Requests to our inboxes, by what became of them."),
    (
        "signature_failures_total",
        "Requests to our inboxes that were not proven, by what was wrong.",
    ),
    ("deliveries_total", "Deliveries, by what the other server made of them."),
    ("deliveries_failed_total", "What was given up or put aside for people to look at."),
    ("fetch_total", "Documents of other servers that we asked for."),
    ("ssrf_blocked_total", "Requests that would have led where nobody may send us."),
    ("http_requests", "Requests, by the template of their route and their status."),
    ("panics_total", "How often this program failed at something, and went on."),
];

/// The same for times.
const TIMES: [(&str, &str); 3] = [
    ("inbox_process_seconds", "How long a received activity took until it had its effect."),
    ("delivery_seconds", "How long deliveries took."),
    ("db_seconds", "How long reading and writing took, waiting included."),
];

/// Collects from now on.
pub fn begin() {
    if let Some(handle) = collected() {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TIDY).await;
                handle.run_upkeep();
            }
        });
    }
}

/// Everything that is counted, as Prometheus reads it.
pub fn render(
    gauges: Option<Gauges>,
    (file, log): (Option<u64>, Option<u64>),
    free: Option<u64>,
) -> String {
    let mut text = collected().map(PrometheusHandle::render).unwrap_or_default();
    if let Some(gauges) = gauges {
        let hosts = gauges.hosts;
        let hosts = [("ok", hosts.ok), ("backoff", hosts.backoff), ("dead", hosts.dead)];
        describe(&mut text, "hosts", "Servers to which we deliver, by how they can be reached.");
        for (state, count) in hosts {
            line(&mut text, &format!("hosts{{state=\"{state}\"}}"), Some(count));
        }
        let depth = Some(gauges.journal);
        gauge(&mut text, "inbox_journal_depth", "Received activities that wait.", depth);
        let pending = Some(gauges.pending);
        gauge(&mut text, "outbox_pending", "Deliveries that wait.", pending);
        let oldest = Some(gauges.oldest_seconds);
        gauge(&mut text, "outbox_oldest_seconds", "How long the oldest of them waits.", oldest);
        gauge(&mut text, "sessions", "Browsers that are signed in.", Some(gauges.sessions));
        let about = "How old the newest backup is that the server made by itself.";
        gauge(&mut text, "backup_age_seconds", about, gauges.backup_seconds);
    }
    let size = gauges.and_then(|gauges| gauges.bytes).or(file);
    gauge(&mut text, "db_bytes", "The size of the database.", size);
    gauge(&mut text, "wal_bytes", "The size of the log of the database file.", log);
    gauge(&mut text, "disk_free_bytes", "What is free on the disk of the data.", free);
    text
}

/// What is collected, from the first time that somebody asks.
fn collected() -> Option<&'static PrometheusHandle> {
    static COLLECTED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    COLLECTED.get_or_init(collect).as_ref()
}

/// None if something else in this process collects already.
fn collect() -> Option<PrometheusHandle> {
    let recorder = PrometheusBuilder::new().set_buckets(&CLASSES).ok()?.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    for (name, about) in COUNTERS {
        metrics::describe_counter!(name, about);
    }
    for (name, about) in TIMES {
        metrics::describe_histogram!(name, about);
    }
    // What never happened is told as zero, so that its first time is seen as a change.
    metrics::counter!("panics_total").increment(0);
    metrics::counter!("ssrf_blocked_total").increment(0);
    Some(handle)
}

fn gauge(text: &mut String, name: &str, about: &str, value: Option<impl Display>) {
    if value.is_some() {
        describe(text, name, about);
        line(text, name, value);
    }
}

fn describe(text: &mut String, name: &str, about: &str) {
    // Writing into a text does not fail.
    let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} gauge");
}

fn line(text: &mut String, name: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        let _ = writeln!(text, "{name} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::gauges::Hosts;

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let gauges = Gauges {
            journal: 3,
            pending: 2,
            oldest_seconds: 60,
            hosts: Hosts { ok: 5, backoff: 1, dead: 0 },
            sessions: 4,
            bytes: Some(4_096),
            backup_seconds: Some(90),
        };
        let text = render(Some(gauges), (None, Some(7)), None);
        for said in [
            "# TYPE hosts gauge\n",
            "\nhosts{state=\"ok\"} 5\n",
            "\nhosts{state=\"dead\"} 0\n",
            "\ninbox_journal_depth 3\n",
            "\noutbox_oldest_seconds 60\n",
            "\ndb_bytes 4096\n",
            "\nbackup_age_seconds 90\n",
            "\nwal_bytes 7\n",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(!text.contains("disk_free_bytes"), "{text}");
        let text = render(None, (Some(8), None), Some(9));
        assert!(text.contains("\ndb_bytes 8\n"), "a file says how large it is: {text}");
        assert!(text.ends_with("\ndisk_free_bytes 9\n"), "{text}");
        assert!(!text.contains("wal_bytes") && !text.contains("sessions"), "{text}");
    }

    #[test]
    fn what_never_happened_is_told_as_zero() {
        let text = render(None, (None, None), None);
        assert!(text.contains("# TYPE panics_total counter\npanics_total 0\n"), "{text}");
    }
}
