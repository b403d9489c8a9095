//! What peers tell each other: a text of parts with one space between them. All of it is said every second, so whatever is lost
//! or late is made up for by the next.

use serde::{Deserialize, Serialize};

/// The longest word that is read.
const LONGEST: usize = 400;

/// The size of a tile, in pixels of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Never 0.
    pub width: u16,
    /// Never 0.
    pub height: u16,
}

impl Size {
    /// Nothing if there is nothing to see.
    pub fn new(width: u16, height: u16) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }

    pub(crate) fn pixels(self) -> u32 {
        u32::from(self.width) * u32::from(self.height)
    }
}

/// How large somebody sees another's pictures; nothing if they see none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sees {
    /// The camera's.
    pub camera: Option<Size>,
    /// The screen's.
    pub screen: Option<Size>,
}

/// What somebody has had of another in the last second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gets {
    /// Thousands of bits per second, of sound, camera and screen.
    pub kilobits: [u32; 3],
    /// Thousandths of all packets that were lost.
    pub loss: u16,
    /// Milliseconds, of the sound.
    pub jitter: u16,
    /// Frames per second, of the camera.
    pub frames: u16,
    /// Milliseconds for which its picture stood still.
    pub frozen: u16,
    /// Thousandths of the sound that were made up.
    pub concealed: u16,
}

impl Gets {
    /// Bits per second altogether.
    pub(crate) fn bits(self) -> u32 {
        self.kilobits.iter().fold(0_u32, |sum, some| sum.saturating_add(some.saturating_mul(1000)))
    }
}

/// Why less is sent than could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// Nobody sees it.
    Unseen,
    /// The network does not carry it.
    Network,
    /// The sender's processor does not keep up.
    Processor,
}

/// How much of a picture is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Sent {
    /// As much as the tile has a use for, if there is a picture.
    #[default]
    Whole,
    /// Less.
    Less(Cause),
    /// Nothing.
    Nothing(Cause),
}

/// What a device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Motion {
    /// It is off.
    #[default]
    Off,
    /// It is on.
    On,
    /// It is on, and nothing comes from it.
    Still,
}

/// How somebody fares with everybody, which tells whose network is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fares {
    /// Links over which something is sent.
    pub links: u8,
    /// Those of them over which much is lost on its way out, and in.
    pub lossy_out: u8,
    /// See there.
    pub lossy_in: u8,
    /// Their uplink as a whole carries less than they would send.
    pub narrow: bool,
    /// Their processor holds pictures back.
    pub busy: bool,
    /// Their microphone.
    pub microphone: Motion,
    /// Their camera.
    pub camera: Motion,
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Word {
    /// Of two the one with the greater number is newer.
    pub number: u64,
    /// How large I see you.
    pub sees: Sees,
    /// What I have of you.
    pub gets: Gets,
    /// How much of my camera, and of my screen, I send you.
    pub sends: [Sent; 2],
    /// How I fare.
    pub fares: Fares,
}

impl Word {
    /// As it travels.
    pub fn encode(&self) -> String {
        let mut text = self.number.to_string();
        let mut add = |part: &str| {
            text.push(' ');
            text.push_str(part);
        };
        add("sees");
        for size in [self.sees.camera, self.sees.screen] {
            let (width, height) = size.map_or((0, 0), |size| (size.width, size.height));
            add(&width.to_string());
            add(&height.to_string());
        }
        let Gets { kilobits, loss, jitter, frames, frozen, concealed } = self.gets;
        add("gets");
        for number in kilobits.into_iter().chain([loss, jitter, frames, frozen, concealed].map(u32::from)) {
            add(&number.to_string());
        }
        add("sends");
        for sent in self.sends {
            add(code_of_sent(sent));
        }
        let fares = self.fares;
        add("fares");
        for number in [fares.links, fares.lossy_out, fares.lossy_in, fares.narrow.into(), fares.busy.into()] {
            add(&number.to_string());
        }
        for motion in [fares.microphone, fares.camera] {
            add(code_of_motion(motion));
        }
        text
    }

    /// Nothing if it is no word. What follows the last part is of a later version, and left out.
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = Parts(text.split(' '));
        let number = parts.number()?;
        parts.name("sees")?;
        let sizes = [(parts.number()?, parts.number()?), (parts.number()?, parts.number()?)];
        let [camera, screen] = sizes.map(|(width, height)| Size::new(width, height));
        let sees = Sees { camera, screen };
        parts.name("gets")?;
        let gets = Gets {
            kilobits: [parts.number()?, parts.number()?, parts.number()?],
            loss: parts.share()?,
            jitter: parts.number()?,
            frames: parts.number()?,
            frozen: parts.number()?,
            concealed: parts.share()?,
        };
        parts.name("sends")?;
        let sends = [parts.sent()?, parts.sent()?];
        parts.name("fares")?;
        let fares = Fares {
            links: parts.number()?,
            lossy_out: parts.number()?,
            lossy_in: parts.number()?,
            narrow: parts.flag()?,
            busy: parts.flag()?,
            microphone: parts.motion()?,
            camera: parts.motion()?,
        };
        Some(Self { number, sees, gets, sends, fares })
    }
}

struct Parts<'a>(std::str::Split<'a, char>);

impl Parts<'_> {
    fn name(&mut self, name: &str) -> Option<()> {
        (self.0.next()? == name).then_some(())
    }

    fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        // A sign is no digit, though Rust reads one.
        let part = self.0.next()?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    }

    fn share(&mut self) -> Option<u16> {
        self.number().filter(|share| *share <= 1000)
    }

    fn flag(&mut self) -> Option<bool> {
        self.number::<u8>().filter(|flag| *flag <= 1).map(|flag| flag == 1)
    }

    fn sent(&mut self) -> Option<Sent> {
        let part = self.0.next()?;
        SENT.into_iter().find(|sent| code_of_sent(*sent) == part)
    }

    fn motion(&mut self) -> Option<Motion> {
        let part = self.0.next()?;
        [Motion::Off, Motion::On, Motion::Still].into_iter().find(|motion| code_of_motion(*motion) == part)
    }
}

const SENT: [Sent; 7] = [
    Sent::Whole,
    Sent::Less(Cause::Unseen),
    Sent::Less(Cause::Network),
    Sent::Less(Cause::Processor),
    Sent::Nothing(Cause::Unseen),
    Sent::Nothing(Cause::Network),
    Sent::Nothing(Cause::Processor),
];

fn code_of_sent(sent: Sent) -> &'static str {
    match sent {
        Sent::Whole => "whole",
        Sent::Less(Cause::Unseen) => "less-unseen",
        Sent::Less(Cause::Network) => "less-network",
        Sent::Less(Cause::Processor) => "less-processor",
        Sent::Nothing(Cause::Unseen) => "nothing-unseen",
        Sent::Nothing(Cause::Network) => "nothing-network",
        Sent::Nothing(Cause::Processor) => "nothing-processor",
    }
}

fn code_of_motion(motion: Motion) -> &'static str {
    match motion {
        Motion::Off => "off",
        Motion::On => "on",
        Motion::Still => "still",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str =
        "7 sees 640 360 0 0 gets 32 410 0 12 20 30 0 5 sends less-network whole fares 2 0 1 0 1 on still";

    fn word() -> Word {
        Word {
            number: 7,
            sees: Sees { camera: Size::new(640, 360), screen: None },
            gets: Gets { kilobits: [32, 410, 0], loss: 12, jitter: 20, frames: 30, frozen: 0, concealed: 5 },
            sends: [Sent::Less(Cause::Network), Sent::Whole],
            fares: Fares {
                links: 2,
                lossy_out: 0,
                lossy_in: 1,
                narrow: false,
                busy: true,
                microphone: Motion::On,
                camera: Motion::Still,
            },
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        assert_eq!(word().encode(), TEXT);
        assert_eq!(Word::decode(TEXT), Some(word()));
        assert_eq!(Word::decode(&format!("{TEXT} and more")), Some(word()), "of a later version");
        for sent in SENT {
            let word = Word { sends: [sent, Sent::Whole], ..word() };
            assert_eq!(Word::decode(&word.encode()), Some(word));
        }
    }

    #[test]
    fn nonsense_is_no_word() {
        for (from, to) in [
            ("7 sees", "x sees"),
            ("7 sees", "-7 sees"),
            ("7 sees", "+7 sees"),
            ("sees", "saw"),
            ("640", "65536"),
            ("640", "6.4"),
            (" 12 ", " 1001 "),
            ("less-network", "some"),
            (" 0 1 on", " 0 2 on"),
            (" still", ""),
            (" sends", "  sends"),
        ] {
            assert_eq!(Word::decode(&TEXT.replacen(from, to, 1)), None, "{from} as {to}");
        }
        for text in ["", " ", "7", "\u{0}", &format!("{TEXT}{}", " x".repeat(200))] {
            assert_eq!(Word::decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_word_or_none(text in "\\PC{0,200}") {
            if let Some(word) = Word::decode(&text) {
                prop_assert_eq!(Word::decode(&word.encode()), Some(word));
            }
        }

        #[test]
        fn a_word_with_any_part_changed_is_a_word_or_none(at in 0_usize..30, part in "[0-9a-z -]{0,12}") {
            let mut parts: Vec<&str> = TEXT.split(' ').collect();
            let at = at % parts.len();
            parts[at] = &part;
            if let Some(word) = Word::decode(&parts.join(" ")) {
                prop_assert!(word.gets.loss <= 1000 && word.gets.concealed <= 1000);
                prop_assert_eq!(Word::decode(&word.encode()), Some(word));
            }
        }
    }
}
