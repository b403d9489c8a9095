//! A text as a picture that a telephone reads from a terminal.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// A QR code of half blocks; none if the text is too long for one.
///
/// What is light in it is drawn and what is dark is left out, with a light margin: so it is right on a dark terminal, and
/// on a light one the other way round, which cameras read as well.
pub fn drawn(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let mut picture = code.render::<Dense1x2>();
    Some(picture.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_square_in_a_light_margin() {
        let drawn = drawn("https://192.168.178.100:8443/").unwrap();
        let lines: Vec<Vec<char>> = drawn.lines().map(|line| line.chars().collect()).collect();
        // Version 2: 25 modules and four on every side, two of them in one line.
        assert_eq!(lines.len(), 17);
        assert!(lines.iter().all(|line| line.len() == 33));
        let margin = |line: &[char]| line.iter().all(|module| *module == '█');
        assert!(margin(&lines[0]) && margin(&lines[1]) && margin(&lines[15]), "{drawn}");
        assert!(lines[..16].iter().all(|line| margin(&line[..4]) && margin(&line[29..])), "{drawn}");
        assert_eq!(lines[2][4..11].iter().collect::<String>(), " ▄▄▄▄▄ ", "{drawn}");
    }

    #[test]
    fn what_is_too_long_is_not_drawn() {
        assert_eq!(drawn(&"x".repeat(4000)), None);
    }
}
