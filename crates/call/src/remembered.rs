//! What is kept of devices on this machine for the next call. By labels, for ids change when the browser's data is cleared, and in
//! some browsers with every visit.

use crate::input::Processing;

/// The devices that the user has chosen, by label, and what is done to the microphone's sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// `None` is the browser's choice.
    pub microphone: Option<String>,
    /// `None` is the browser's choice.
    pub camera: Option<String>,
    /// `None` is the browser's choice.
    pub speaker: Option<String>,
    /// What is done to the sound.
    pub processing: Processing,
}

impl Remembered {
    /// As a text of four lines.
    pub fn encode(&self) -> String {
        let Self { microphone, camera, speaker, processing } = self;
        let Processing { echo_cancellation, noise_suppression, auto_gain_control } = *processing;
        let mut text = String::new();
        for label in [microphone, camera, speaker] {
            text.extend(label.iter().flat_map(|label| label.chars()).filter(|one| *one != '\n'));
            text.push('\n');
        }
        for on in [echo_cancellation, noise_suppression, auto_gain_control] {
            text.push(if on { '1' } else { '0' });
        }
        text
    }

    /// Reads what [`Self::encode`] wrote; what makes no sense is the browser's choice.
    pub fn decode(text: &str) -> Self {
        let mut lines = text.split('\n');
        let mut label = || lines.next().filter(|label| !label.is_empty()).map(str::to_owned);
        let (microphone, camera, speaker) = (label(), label(), label());
        let switches = label().unwrap_or_default();
        let on = |at: usize| switches.as_bytes().get(at) != Some(&b'0');
        let processing =
            Processing { echo_cancellation: on(0), noise_suppression: on(1), auto_gain_control: on(2) };
        Self { microphone, camera, speaker, processing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let processing = Processing { noise_suppression: false, ..Processing::default() };
        for remembered in [
            Remembered::default(),
            Remembered {
                microphone: Some("Headset (Mono)".into()),
                camera: None,
                speaker: Some("扬声器".into()),
                processing,
            },
        ] {
            assert_eq!(Remembered::decode(&remembered.encode()), remembered);
        }
    }

    #[test]
    fn what_makes_no_sense_is_the_browsers_choice() {
        assert_eq!(Remembered::decode(""), Remembered::default());
        assert_eq!(Remembered::decode("\n\n\nnonsense\n\n"), Remembered::default());
        let camera = Some("B".to_owned());
        assert_eq!(Remembered::decode("\nB"), Remembered { camera, ..Remembered::default() });
    }

    #[test]
    fn a_label_of_two_lines_is_one() {
        let odd = Remembered { microphone: Some("a\nb".into()), ..Remembered::default() };
        assert_eq!(Remembered::decode(&odd.encode()).microphone.as_deref(), Some("ab"));
    }
}
