//! A QR code (ISO/IEC 18004) as an SVG path. Knows no page.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// A code of square modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// Modules along each side, the quiet zone of four on each end included.
    pub(super) side: i32,
    /// The dark modules, a unit square each.
    pub(super) path: String,
}

/// The code of a text; `None` if the text is longer than a code can hold.
pub(super) fn code(text: &str) -> Option<Code> {
    const QUIET: i32 = 4;
    let code = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|&x| code.get_module(x, y)).count();
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += i32::try_from(run).unwrap_or(0) + 1;
        }
    }
    Some(Code { side: code.size() + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_link_fits_a_small_code() {
        let code = code("https://visavis.example/#0123456789abcdefghjkmnpqrs").unwrap();
        assert_eq!(code.side, 33 + 8);
        // The finder at the top left: seven dark modules behind the quiet zone.
        assert!(code.path.starts_with("M4 4h7v1h-7z"));
    }

    #[test]
    fn a_text_longer_than_any_code_has_none() {
        assert_eq!(code(&"x".repeat(4000)), None);
    }
}
