//! A disk that is full, and one that fails.
