//! What a command prints: a sentence for people, or one JSON object a line.

use serde_json::Value;

/// Where a command prints.
pub struct Output {
    json: bool,
}

impl Output {
    /// Prints JSON if `json`.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether it prints JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints one thing, either way.
    pub fn line(&self, sentence: &str, json: &Value) {
        use std::io::Write as _;
        let text = if self.json { json.to_string() } else { sentence.to_owned() };
        // Whoever reads may have gone (`| head`): then there is nothing left to say.
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// Says something to people only.
    pub fn tell(&self, sentence: &str) {
        if !self.json {
            self.line(sentence, &Value::Null);
        }
    }
}
