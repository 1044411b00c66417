//! Pictures: which kind a file is by its first bytes, how large it would be in memory, and one of
//! our own made from what somebody uploads. Pure.
//!
//! What is ours is decoded and written anew as a JPEG, so that nothing is kept but what is seen: no
//! place, no name of a camera, no smaller picture of before it was cut (reliability paper, 2.4).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::error::ImageError;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::domain::refusal::Refusal;

/// The largest file that is taken from a member, in bytes.
pub const LARGEST_UPLOAD: usize = 10 << 20;
/// The largest picture that we keep, in bytes.
pub const LARGEST_KEPT: usize = 300 << 10;

/// More are never decoded: 7680 × 4320, as Mastodon has it.
const MOST_PIXELS: u64 = 33_177_600;
/// No side is longer, in pixels.
const LONGEST_SIDE: u32 = 20_000;
/// So much memory may decoding take, in bytes.
const MOST_MEMORY: u64 = 256 << 20;
/// How long the longer side may be and how fine the picture, one after the other, until it is small
/// enough. The last is always.
const STEPS: [(u32, u8); 6] =
    [(1600, 82), (1600, 70), (1600, 55), (1200, 55), (900, 45), (600, 40)];

/// A picture of ours, written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// A JPEG without metadata.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A kind of file that browsers show as a picture and that can do nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF; only ever passed on.
    Gif,
}

impl Kind {
    /// What a file is, by its first bytes, whatever it is called.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let is_webp = || bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', ..] if is_webp() => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// How the name of such a file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
        }
    }

    fn format(self) -> Option<ImageFormat> {
        match self {
            Self::Jpeg => Some(ImageFormat::Jpeg),
            Self::Png => Some(ImageFormat::Png),
            Self::WebP => Some(ImageFormat::WebP),
            Self::Gif => None,
        }
    }
}

/// How much memory looking at the head of a file may take, in bytes.
const MOST_FOR_A_HEAD: u64 = 8 << 20;

/// What a file of others is, if a browser can show it without being asked for too much memory. Only
/// its head is read.
pub fn harmless(bytes: &[u8]) -> Option<Kind> {
    let kind = Kind::of(bytes)?;
    let size = match (kind, kind.format()) {
        // A decoder of PNGs unpacks what stands before the pixels, however much that is.
        (Kind::Png, _) => png_size(bytes),
        (_, Some(format)) => {
            let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
            let mut limits = Limits::default();
            limits.max_alloc = Some(MOST_FOR_A_HEAD);
            reader.limits(limits);
            reader.into_dimensions().ok()
        }
        (_, None) => gif_size(bytes),
    };
    size.filter(|size| is_bearable(*size)).map(|_| kind)
}

/// Makes a picture of ours from an uploaded file: upright, at most 1600 pixels long and
/// [`LARGEST_KEPT`] bytes large. Takes up to some seconds.
pub fn make_ours(bytes: &[u8]) -> Result<Made, Refusal> {
    if bytes.len() > LARGEST_UPLOAD {
        return Err(Refusal::PictureTooLarge);
    }
    let format = Kind::of(bytes).and_then(Kind::format).ok_or(Refusal::PictureUnfit)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    if !is_bearable(decoder.dimensions()) {
        return Err(Refusal::PictureTooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    written(image, orientation)
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::PictureTooLarge,
        _ => Refusal::PictureBroken,
    }
}

fn is_bearable((width, height): (u32, u32)) -> bool {
    let sides = [width, height].into_iter().all(|side| (1..=LONGEST_SIDE).contains(&side));
    sides && u64::from(width) * u64::from(height) <= MOST_PIXELS
}

/// The size that the head of a PNG names: its first chunk is `IHDR` (PNG, 11.2.2).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..at + 4)?.first_chunk()?));
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some((side(16)?, side(20)?))
}

/// The size that the head of a GIF names (GIF89a, 18).
fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let two = bytes.get(at..at + 2)?.first_chunk()?;
        Some(u32::from(u16::from_le_bytes(*two)))
    };
    Some((side(6)?, side(8)?))
}

/// Scales down first and turns then, because turning costs as much again as the picture is large.
fn written(image: DynamicImage, orientation: Orientation) -> Result<Made, Refusal> {
    let mut image = image;
    let mut made = None;
    for (side, quality) in STEPS {
        if image.width().max(image.height()) > side {
            image = image.thumbnail(side, side);
        }
        let mut upright = DynamicImage::ImageRgb8(on_white(&image));
        upright.apply_orientation(orientation);
        let mut bytes = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        upright.write_with_encoder(encoder).map_err(refusal)?;
        let is_small = bytes.len() <= LARGEST_KEPT;
        made = Some(Made { bytes, width: upright.width(), height: upright.height() });
        if is_small {
            break;
        }
    }
    made.filter(|made| made.bytes.len() <= LARGEST_KEPT).ok_or(Refusal::PictureTooLarge)
}

/// A JPEG shows nothing through.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let seen = image.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [red, green, blue, alpha] = seen.get_pixel(x, y).0;
        Rgb([red, green, blue].map(|part| {
            let mixed = u16::from(part) * u16::from(alpha) + 255 * u16::from(255 - alpha);
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        }))
    })
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
