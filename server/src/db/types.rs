//! From the columns that both engines share to the types of the domain, and back.

use std::str::FromStr;

use jiff::Timestamp;
use url::Url;

use crate::domain::amount::Amount;
use crate::error::Error;

/// A time for storage: microseconds since 1970.
pub fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A stored time.
pub fn time(micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_microsecond(micros).map_err(|_| broken("time", &micros.to_string()))
}

/// A stored time that may be absent.
pub fn time_if_any(micros: Option<i64>) -> Result<Option<Timestamp>, Error> {
    micros.map(time).transpose()
}

/// An amount for storage.
pub fn written(amount: Option<Amount>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}

/// A stored amount.
pub fn amount(text: &str) -> Result<Amount, Error> {
    Amount::from_str(text).map_err(|_| broken("amount", text))
}

/// A stored amount that may be absent.
pub fn amount_if_any(text: Option<&str>) -> Result<Option<Amount>, Error> {
    text.map(amount).transpose()
}

/// A stored address.
pub fn url(text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|_| broken("address", text))
}

/// A stored day, or what the clock on the wall says, as jiff writes it.
pub fn civil<T: FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| broken("day", text))
}

/// A stored word of a closed list.
pub fn word<T>(value: Option<T>, text: &str) -> Result<T, Error> {
    value.ok_or_else(|| broken("word", text))
}

fn broken(what: &str, text: &str) -> Error {
    Error::internal(format!("the database holds a {what} that cannot be read: {text:?}"))
}
