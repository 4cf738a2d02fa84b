//! The QR code of a receipt's link, as a picture that is as wide as the paper.

use png::{BitDepth, ColorType, Encoder};
use qrcode::{Color, EcLevel, QrCode};

use crate::collection::PrintError;

/// Dots of 58 mm paper.
const WIDTH: usize = 384;
/// Light modules around a code (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// A 1-bit greyscale PNG, [`WIDTH`] dots wide.
pub(super) fn of_link(link: &str) -> Result<Vec<u8>, PrintError> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).map_err(PrintError::Code)?;
    let modules = code.width();
    // The largest module that fits; a code of 177 modules, the largest there is, still gets two dots each.
    let dots = (WIDTH / (modules + 2 * QUIET)).max(1);
    let (height, left) = (dots * (modules + 2 * QUIET), (WIDTH.saturating_sub(dots * modules)) / 2);
    let colors = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let (column, row) = (x.checked_sub(left)? / dots, y.checked_sub(QUIET * dots)? / dots);
        (column < modules).then(|| colors.get(row * modules + column).is_some_and(|color| *color == Color::Dark))
    };
    let mut rows = vec![0xFF_u8; WIDTH / 8 * height];
    for (at, byte) in rows.iter_mut().enumerate() {
        let (y, first) = (at / (WIDTH / 8), at % (WIDTH / 8) * 8);
        *byte = (0..8).fold(0, |byte, bit| (byte << 1) | u8::from(!is_dark(first + bit, y).unwrap_or(false)));
    }
    written(&rows, height).map_err(PrintError::Picture)
}

fn written(rows: &[u8], height: usize) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let size = |dots: usize| u32::try_from(dots).unwrap_or_default();
    let mut encoder = Encoder::new(&mut bytes, size(WIDTH), size(height));
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rows)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dots of a picture, dark ones as zero.
    fn dots(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut dots = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut dots).unwrap();
        (usize::try_from(info.width).unwrap(), usize::try_from(info.height).unwrap(), dots)
    }

    #[test]
    fn a_customers_phone_reads_the_link() {
        for link in [
            "http://localhost/v1/receipts/verify?number=FZ-00000012&code=7K3M-9QWE".to_owned(),
            format!("https://{}.example/v1/receipts/verify?number=FZ-00000012&code=7K3M-9QWE", "long-".repeat(40)),
        ] {
            let (width, height, dots) = dots(&of_link(&link).unwrap());
            assert_eq!(width, WIDTH);
            let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| dots[y * width + x]);
            let codes = picture.detect_grids();
            assert_eq!(codes.len(), 1, "{link}");
            assert_eq!(codes[0].decode().unwrap().1, link);
        }
    }

    #[test]
    fn a_link_that_no_code_holds_is_refused() {
        assert!(matches!(of_link(&"x".repeat(3_000)), Err(PrintError::Code(_))));
    }
}
