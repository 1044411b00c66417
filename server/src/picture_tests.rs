//! Pictures with everything that cameras write into them, and files that only look like pictures.

use image::{ExtendedColorType, ImageEncoder, Rgba, RgbaImage};

use super::*;

/// Stands in everything that must not be kept.
const PLACE: &str = "52.5200N13.4050E";

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = RgbImage::from_fn(width, height, |x, _| {
        // The left half is red, the right one blue.
        if x * 2 < width { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) }
    });
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
    bytes
}

/// A piece of a JPEG before its picture (ITU-T T.81, B.2.4).
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
}

/// Exif with an orientation, a place and the name of a camera (TIFF 6.0, section 2; Exif 2.32, 4.6).
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x03".to_vec();
    tiff.extend(b"\x01\x0f\0\x02\0\0\0\x11\0\0\0\x32");
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x44\0\0\0\0");
    tiff.extend(format!("{PLACE}\0\0").bytes());
    tiff.extend(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0");
    [b"Exif\0\0", tiff.as_slice()].concat()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = RgbaImage::from_pixel(width, height, Rgba([0, 0, 0, 0]));
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&image, width, height, ExtendedColorType::Rgba8)
        .unwrap();
    bytes
}

/// A PNG whose head names another size (PNG, 11.2.2): the checksum of the head fits.
fn png_that_says(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(1, 1);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = {
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        crc.sum()
    };
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|part| part == text)
}

#[test]
fn med_03_nothing_is_kept_but_what_is_seen() {
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>{PLACE}</x:xmpmeta>");
    let mut told = with_segment(&jpeg(64, 32), 0xe1, xmp.as_bytes());
    told = with_segment(&told, 0xfe, PLACE.as_bytes());
    told = with_segment(&told, 0xe2, format!("ICC_PROFILE\0\x01\x01{PLACE}").as_bytes());
    told = with_segment(&told, 0xed, format!("Photoshop 3.0\0{PLACE}").as_bytes());
    told = with_segment(&told, 0xe1, &exif(1));
    told.extend(PLACE.as_bytes());
    assert!(holds(&told, PLACE.as_bytes()) && holds(&told, b"Exif"));
    let made = make_ours(&told).unwrap();
    assert_eq!(Kind::of(&made.bytes), Some(Kind::Jpeg));
    for trace in [PLACE.as_bytes(), b"Exif", b"ICC_PROFILE", b"xmpmeta", b"Photoshop"] {
        assert!(!holds(&made.bytes, trace), "{}", String::from_utf8_lossy(trace));
    }
    // Of the pieces that may hold anything, only the one that says that it is a JPEG is there.
    for marker in 0xe1..=0xef {
        assert!(!holds(&made.bytes[..200], &[0xff, marker]), "{marker:x}");
    }
}

#[test]
fn med_03_a_picture_that_was_taken_sideways_is_turned_upright() {
    let sideways = with_segment(&jpeg(64, 32), 0xe1, &exif(6));
    let made = make_ours(&sideways).unwrap();
    assert_eq!((made.width, made.height), (32, 64));
    let seen = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
    // Turned to the right by a quarter: what was left is on top.
    let (top, bottom) = (seen.get_pixel(16, 4).0, seen.get_pixel(16, 60).0);
    assert!(top[0] > 150 && bottom[2] > 150, "{top:?} {bottom:?}");
}

#[test]
fn large_pictures_become_small_and_clear_ones_white() {
    let made = make_ours(&jpeg(2_000, 1_000)).unwrap();
    assert_eq!((made.width, made.height), (1_600, 800));
    assert!(made.bytes.len() <= LARGEST_KEPT);
    let made = make_ours(&png(8, 8)).unwrap();
    let seen = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
    assert!(seen.get_pixel(4, 4).0.iter().all(|part| *part > 250));
    let mut webp = Vec::new();
    let image = RgbImage::from_pixel(8, 4, Rgb([9, 9, 9]));
    image.write_with_encoder(image::codecs::webp::WebPEncoder::new_lossless(&mut webp)).unwrap();
    assert_eq!(make_ours(&webp).map(|made| (made.width, made.height)), Ok((8, 4)));
}

#[test]
fn a_picture_of_noise_is_small_enough_in_the_end() {
    let mut seed = 1_u32;
    let noise = RgbImage::from_fn(1_700, 1_300, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = seed.to_be_bytes();
        Rgb([red, green, blue])
    });
    let mut bytes = Vec::new();
    noise.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 60)).unwrap();
    let made = make_ours(&bytes).unwrap();
    assert!(made.bytes.len() <= LARGEST_KEPT, "{}", made.bytes.len());
}

#[test]
fn med_01_bombs_are_refused_before_they_are_decoded() {
    for (width, height) in [(60_000, 60_000), (20_000, 20_000), (1, 30_000), (u32::MAX, 1)] {
        let bomb = png_that_says(width, height);
        assert_eq!(make_ours(&bomb), Err(Refusal::PictureTooLarge), "{width} × {height}");
        assert_eq!(harmless(&bomb), None, "{width} × {height}");
    }
    assert_eq!(make_ours(&vec![0xff; LARGEST_UPLOAD + 1]), Err(Refusal::PictureTooLarge));
    // Nothing but the head of a PNG is read: not what a chunk before the pixels could be unpacked to.
    let whole = png(64, 64);
    let cut = [&whole[..33], b"\x7f\xff\xff\xffiCCP"].concat();
    assert_eq!(harmless(&cut), Some(Kind::Png));
    assert_eq!(harmless(&[&whole[..12], b"iCCP", &whole[16..]].concat()), None);
    let gif = [&b"GIF89a"[..], &60_000_u16.to_le_bytes(), &60_000_u16.to_le_bytes()].concat();
    assert_eq!(harmless(&gif), None);
}

#[test]
fn med_02_what_is_no_picture_is_refused() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let gif = [&b"GIF89a"[..], &[2, 0, 2, 0], b"=1;alert(1)//"].concat();
    for unfit in [&svg[..], b"<html>", b"", b"%PDF-1.7", b"RIFF____WAVE", b"{\"type\":\"Person\"}"]
    {
        assert_eq!(make_ours(unfit), Err(Refusal::PictureUnfit));
        assert_eq!(harmless(unfit), None);
    }
    assert_eq!(make_ours(&gif), Err(Refusal::PictureUnfit));
    assert_eq!(harmless(&gif), Some(Kind::Gif));
    let half = png(64, 64);
    assert_eq!(make_ours(&half[..half.len() / 2]), Err(Refusal::PictureBroken));
    assert_eq!(make_ours(&jpeg(64, 64)[..40]), Err(Refusal::PictureBroken));
    assert_eq!(make_ours(b"\x89PNG\r\n\x1a\n<html>"), Err(Refusal::PictureBroken));
    // What hides behind a picture is gone with everything else that is not seen.
    let hidden = [jpeg(8, 8), b"<script>alert(1)</script>".to_vec()].concat();
    assert!(!holds(&make_ours(&hidden).unwrap().bytes, b"script"));
}

#[test]
fn pictures_that_are_bent_anywhere_are_read_or_refused() {
    for whole in [jpeg(16, 16), png(16, 16)] {
        for at in 0..whole.len() {
            for flip in [0xff, 0x01] {
                let mut bent = whole.clone();
                bent[at] ^= flip;
                let _ = make_ours(&bent);
                let _ = harmless(&bent);
            }
            let _ = make_ours(&whole[..at]);
        }
    }
}
