//! What the page around the frame wants.

use visavis_call::{DeviceKind, Intent};

use crate::browser::parent::{Letter, Misfit};

/// The version of these words, the value of `visavis` in every message.
pub const VERSION: f64 = 1.0;

/// A message of the page around the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// It wants to be told of the call.
    Hello,
    /// Enter the call, or enter it again.
    Join {
        /// Under this name, if it says one.
        name: Option<String>,
        /// With the microphone on or off, if it says so.
        microphone: Option<bool>,
        /// With the camera on or off, if it says so.
        camera: Option<bool>,
    },
    /// Leave the call.
    Leave,
    /// Switch a device on or off.
    Switch(DeviceKind, bool),
    /// Go by this name.
    Rename(String),
}

/// Why a message is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Another version of these words.
    #[error("this frame speaks version 1")]
    Version,
    /// There is no such type.
    #[error("there is no message of this type")]
    Type,
    /// A value is missing, or of another kind.
    #[error("`{0}` is missing or of the wrong kind")]
    Value(&'static str),
}

impl Wrong {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Version => "wrong-version",
            Self::Type => "unknown-type",
            Self::Value(_) => "wrong-value",
        }
    }
}

impl Wish {
    /// Reads a message.
    pub fn read(letter: &Letter) -> Result<Self, Wrong> {
        if letter.version() != Some(VERSION) {
            return Err(Wrong::Version);
        }
        let kind = letter.text("type").ok().flatten().ok_or(Wrong::Type)?;
        Ok(match kind.as_str() {
            "hello" => Self::Hello,
            "join" => Self::Join {
                name: value("name", Letter::text, letter)?,
                microphone: value("microphone", Letter::flag, letter)?,
                camera: value("camera", Letter::flag, letter)?,
            },
            "leave" => Self::Leave,
            "microphone" => Self::Switch(DeviceKind::Microphone, needed("on", Letter::flag, letter)?),
            "camera" => Self::Switch(DeviceKind::Camera, needed("on", Letter::flag, letter)?),
            "rename" => Self::Rename(needed("name", Letter::text, letter)?),
            _ => return Err(Wrong::Type),
        })
    }

    /// What the call is to do, in this order.
    pub fn intents(self) -> Vec<Intent> {
        match self {
            Self::Hello => Vec::new(),
            Self::Join { name, microphone, camera } => {
                let switch = |kind, wish: Option<bool>| wish.map(|on| Intent::Switch(kind, on));
                let before = [
                    name.map(Intent::Rename),
                    switch(DeviceKind::Microphone, microphone),
                    switch(DeviceKind::Camera, camera),
                    Some(Intent::Join),
                ];
                before.into_iter().flatten().collect()
            }
            Self::Leave => vec![Intent::Leave],
            Self::Switch(kind, on) => vec![Intent::Switch(kind, on)],
            Self::Rename(name) => vec![Intent::Rename(name)],
        }
    }
}

type Read<T> = fn(&Letter, &str) -> Result<Option<T>, Misfit>;

fn value<T>(key: &'static str, read: Read<T>, letter: &Letter) -> Result<Option<T>, Wrong> {
    read(letter, key).map_err(|Misfit| Wrong::Value(key))
}

fn needed<T>(key: &'static str, read: Read<T>, letter: &Letter) -> Result<T, Wrong> {
    value(key, read, letter)?.ok_or(Wrong::Value(key))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn read(json: &str) -> Result<Wish, Wrong> {
        Wish::read(&Letter::parse(json))
    }

    #[test]
    fn every_wish_is_read() {
        let join = |name, microphone, camera| Wish::Join { name, microphone, camera };
        for (json, wish) in [
            (r#"{"visavis": 1, "type": "hello"}"#, Wish::Hello),
            (r#"{"visavis": 1, "type": "join"}"#, join(None, None, None)),
            (
                r#"{"visavis": 1, "type": "join", "name": "Ana", "microphone": false, "camera": true}"#,
                join(Some("Ana".into()), Some(false), Some(true)),
            ),
            (r#"{"visavis": 1, "type": "leave"}"#, Wish::Leave),
            (
                r#"{"visavis": 1, "type": "microphone", "on": false}"#,
                Wish::Switch(DeviceKind::Microphone, false),
            ),
            (r#"{"visavis": 1, "type": "camera", "on": true}"#, Wish::Switch(DeviceKind::Camera, true)),
            (r#"{"visavis": 1, "type": "rename", "name": ""}"#, Wish::Rename(String::new())),
        ] {
            assert_eq!(read(json), Ok(wish), "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, wrong) in [
            (r#"{"visavis": 2, "type": "join"}"#, Wrong::Version),
            (r#"{"visavis": "1", "type": "join"}"#, Wrong::Version),
            (r#"{"visavis": 1}"#, Wrong::Type),
            (r#"{"visavis": 1, "type": ["join"]}"#, Wrong::Type),
            (r#"{"visavis": 1, "type": "toString"}"#, Wrong::Type),
            (r#"{"visavis": 1, "type": "join", "name": 7}"#, Wrong::Value("name")),
            (r#"{"visavis": 1, "type": "join", "camera": "off"}"#, Wrong::Value("camera")),
            (r#"{"visavis": 1, "type": "microphone"}"#, Wrong::Value("on")),
            (r#"{"visavis": 1, "type": "camera", "on": 0}"#, Wrong::Value("on")),
            (r#"{"visavis": 1, "type": "rename"}"#, Wrong::Value("name")),
        ] {
            assert_eq!(read(json), Err(wrong), "{json}");
        }
    }

    #[test]
    fn who_joins_has_name_and_devices_before() {
        let join = Wish::Join { name: Some("Ana".into()), microphone: Some(false), camera: None };
        assert_eq!(
            join.intents(),
            [Intent::Rename("Ana".into()), Intent::Switch(DeviceKind::Microphone, false), Intent::Join]
        );
    }
}
