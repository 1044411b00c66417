//! An address as a picture that a phone can read (QR code, ISO/IEC 18004), drawn as one path of an
//! SVG: it needs no script and no other file, and prints sharp at any size.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

use crate::error::Error;

/// The quiet zone around it, in modules (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// A picture.
pub struct Picture {
    /// The edge of its view box.
    pub size: usize,
    /// The path of its dark modules.
    pub path: String,
}

impl Picture {
    /// The picture of a text; fails where the text is too long for any (above 1,600 bytes).
    pub fn of(text: &str) -> Result<Self, Error> {
        // A poster gets wet and torn: a quarter of it may be lost.
        let code = QRBuilder::new(text)
            .ecl(ECL::Q)
            .build()
            .map_err(|error| Error::Internal(error.into()))?;
        let width = code.size;
        let mut path = String::new();
        let rows = code.data.chunks(width).take(width).enumerate();
        for (y, row) in rows {
            let mut x = QUIET;
            // What lies side by side is one stroke: a sheet carries many codes.
            for run in row.chunk_by(|one, next| one.value() == next.value()) {
                if run.first().is_some_and(|module| module.value()) {
                    let (length, y) = (run.len(), y + QUIET);
                    // Writing into a text does not fail.
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        Ok(Self { size: width + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_square_with_three_corners() {
        let picture = Picture::of("https://ring.example/").unwrap();
        let last = picture.size - QUIET - 1;
        // Its upper left, upper right and lower left corners are dark, and its edge is quiet.
        // Each finder pattern begins with seven dark modules (ISO/IEC 18004, 6.3.3).
        for corner in [(4, 4), (last - 6, 4), (4, last - 6)] {
            assert!(picture.path.contains(&format!("M{} {}h7v", corner.0, corner.1)), "{corner:?}");
        }
        assert!(!picture.path.contains("M3 ") && !picture.path.contains(" 3h"));
        assert!(Picture::of(&"x".repeat(3_000)).is_err());
    }
}
