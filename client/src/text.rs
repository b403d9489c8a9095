//! Every word the page says. English is part of the program; what it says in another language is a pack, a file of its own
//! below `client/text`, which is loaded when somebody speaks that language.
//!
//! Knows nothing of pages or signals: a language is chosen elsewhere, here is only what it says.

mod en;
mod home;
mod pack;
mod panel;
mod quality;
mod settings;

use std::sync::{Mutex, PoisonError};

use visavis_call::{DeviceFailure, DeviceKind, InsideView, Problem, Trouble};

pub(crate) use self::pack::{counted, fill, of_name};
pub use self::{en::Text, home::HomeText, panel::PanelText, quality::QualityText, settings::SettingsText};

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Portuguese as in Brazil, which Portugal understands.
    Portuguese,
    /// Arabic.
    Arabic,
    /// Japanese.
    Japanese,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Portuguese,
        Self::Arabic,
        Self::Japanese,
        Self::Chinese,
    ];

    /// Its BCP 47 tag: for `<html lang>`, for the storage, and the name of its pack. index.html has them all as well.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Portuguese => "pt-BR",
            Self::Arabic => "ar",
            Self::Japanese => "ja",
            Self::Chinese => "zh-Hans",
        }
    }

    /// Its name, in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Portuguese => "Português",
            Self::Arabic => "العربية",
            Self::Japanese => "日本語",
            Self::Chinese => "简体中文",
        }
    }

    /// The way it is written, for `<html dir>`; index.html knows it as well.
    pub fn direction(self) -> &'static str {
        if self == Self::Arabic { "rtl" } else { "ltr" }
    }

    /// The one of this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

/// What pages say in whatever language is chosen: those of a call, or home.
pub trait Table: Sized + Send + Sync + 'static {
    /// Where its packs are below `client/text`.
    const FOLDER: &'static str;

    /// As this pack has it, and in English what it lacks.
    fn read(pack: &'static str) -> Self;

    /// Those that were spoken since the page was loaded: their words stay.
    fn spoken() -> &'static Mutex<Vec<Words<Self>>>;
}

impl Table for Text {
    const FOLDER: &'static str = "";

    fn read(pack: &'static str) -> Self {
        Self::read(pack)
    }

    fn spoken() -> &'static Mutex<Vec<Words<Self>>> {
        static SPOKEN: Mutex<Vec<Words>> = Mutex::new(Vec::new());
        &SPOKEN
    }
}

impl Table for HomeText {
    const FOLDER: &'static str = "home/";

    fn read(pack: &'static str) -> Self {
        Self::read(pack)
    }

    fn spoken() -> &'static Mutex<Vec<Words<Self>>> {
        static SPOKEN: Mutex<Vec<Words<HomeText>>> = Mutex::new(Vec::new());
        &SPOKEN
    }
}

/// What the pages of a call, or another table, say in a language.
#[derive(Debug)]
pub struct Words<T: 'static = Text>(&'static Spoken<T>);

/// A language that was spoken, once.
#[derive(Debug)]
struct Spoken<T> {
    tag: &'static str,
    text: T,
}

impl<T> Clone for Words<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Words<T> {}

impl<T> PartialEq for Words<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}

impl<T: Table> Words<T> {
    /// Those of a pack, for the language with this tag.
    pub fn new(tag: &'static str, pack: String) -> Self {
        let mut spoken = T::spoken().lock().unwrap_or_else(PoisonError::into_inner);
        spoken.iter().find(|words| words.tag() == tag).copied().unwrap_or_else(|| {
            let words = Self(Box::leak(Box::new(Spoken { tag, text: T::read(pack.leak()) })));
            spoken.push(words);
            words
        })
    }

    /// English.
    pub fn english() -> Self {
        Self::new("en", String::new())
    }

    /// The BCP 47 tag of their language.
    pub fn tag(self) -> &'static str {
        self.0.tag
    }

    /// The words.
    pub fn text(self) -> &'static T {
        &self.0.text
    }
}

impl Text {
    /// What is the matter and what to do, in a sentence or two.
    pub fn problem(&self, problem: Problem) -> &'static str {
        use DeviceFailure as F;
        use DeviceKind::{Camera, Microphone};
        match problem {
            Problem::Device(Microphone, F::Refused) => self.microphone_refused,
            Problem::Device(Microphone, F::Missing) => self.microphone_missing,
            Problem::Device(Microphone, F::Busy) => self.microphone_busy,
            Problem::Device(Microphone, F::Unsupported) => self.microphone_unsupported,
            Problem::Device(Microphone, F::Lost) => self.microphone_lost,
            Problem::Device(Microphone, F::Muted) => self.microphone_muted,
            Problem::Device(Microphone, F::Other) => self.microphone_failed,
            Problem::Device(Camera, F::Refused) => self.camera_refused,
            Problem::Device(Camera, F::Missing) => self.camera_missing,
            Problem::Device(Camera, F::Busy) => self.camera_busy,
            Problem::Device(Camera, F::Unsupported) => self.camera_unsupported,
            Problem::Device(Camera, F::Lost) => self.camera_lost,
            Problem::Device(Camera, F::Muted) => self.camera_muted,
            Problem::Device(Camera, F::Other) => self.camera_failed,
            Problem::Screen(F::Unsupported) => self.screen_unsupported,
            Problem::Screen(F::Refused | F::Missing | F::Busy | F::Lost | F::Muted | F::Other) => {
                self.screen_failed
            }
            Problem::DeviceFound(_) => self.device_found,
            Problem::DeviceBack(_) => self.device_back,
            Problem::DeviceGone(Microphone) => self.microphone_gone,
            Problem::DeviceGone(Camera) => self.camera_gone,
            Problem::DeviceNotChosen(Microphone) => self.microphone_not_chosen,
            Problem::DeviceNotChosen(Camera) => self.camera_not_chosen,
            Problem::RoomFull => self.room_full,
            Problem::RoomLocked => self.room_locked,
            Problem::Removed => self.removed,
            Problem::AskedToMute => self.asked_to_mute,
            Problem::ServerUnreachable => self.server_unreachable,
            Problem::ServerRefused => self.server_refused,
            Problem::Outdated => self.outdated,
            Problem::TooManyRequests => self.too_many_requests,
            Problem::ConnectionLost => self.connection_lost,
            Problem::FileNotSaved => self.file_not_saved,
            Problem::PanelNotLoaded => self.panel_not_loaded,
        }
    }

    /// Who is in a call, and whether there is a way in.
    pub(crate) fn inside(&self, inside: &InsideView) -> String {
        let name = |name: &'static str, at: usize| {
            let known = inside.names.get(at).filter(|known| !known.is_empty());
            (name, known.map_or(self.nameless, String::as_str))
        };
        let count = inside.names.len();
        let rest = count.saturating_sub(2);
        let sentence = match count {
            0 => self.nobody_inside,
            1 => self.one_inside,
            2 => self.two_inside,
            _ => counted(self.locale, self.many_inside, rest as u64),
        };
        let rest = rest.to_string();
        let said = fill(sentence, &[name("name", 0), name("other", 1), ("count", &rest)]);
        match (inside.locked, inside.full) {
            (true, _) => [&said, " ", self.room_locked].concat(),
            (_, true) => [&said, " ", self.room_full].concat(),
            _ => said,
        }
    }

    /// That somebody is not reached, and why.
    pub(crate) fn unconnected(&self, trouble: Option<Trouble>, name: &str) -> String {
        let sentence = match trouble {
            None => self.unconnected,
            Some(Trouble::Unanswered) => self.unanswered,
            Some(Trouble::NoRelay) => self.no_relay,
            Some(Trouble::RelayOutOfReach) => self.relay_out_of_reach,
            Some(Trouble::TheirRelayOutOfReach) => self.their_relay_out_of_reach,
            Some(Trouble::NoWay) => self.no_way,
        };
        of_name(sentence, name)
    }

    /// That there are so many messages, as the button of the chat shows it: a number, or one and a plus sign.
    pub(crate) fn unread(&self, shown: &str) -> String {
        let count = shown.trim_end_matches('+').parse().unwrap_or_default();
        fill(counted(self.locale, self.unread, count), &[("count", shown)])
    }

    /// How long the call was, in seconds.
    pub(crate) fn lasted(&self, seconds: u64) -> String {
        let say = |sentence, count: u64| -> String {
            fill(counted(self.locale, sentence, count), &[("count", &count.to_string())])
        };
        let (large, more, small) = match (seconds / 3600, seconds / 60) {
            (0, 0) => (say(self.seconds, seconds), 0, self.seconds),
            (0, minutes) => (say(self.minutes, minutes), seconds % 60, self.seconds),
            (hours, minutes) => (say(self.hours, hours), minutes % 60, self.minutes),
        };
        let time = match more {
            0 => large,
            more => fill(self.and_more, &[("time", &large), ("more", &say(small, more))]),
        };
        fill(self.lasted, &[("time", &time)])
    }
}

impl QualityText {
    /// That of a pack, or English. It stays, as that of the panel does.
    pub fn new(pack: Option<String>) -> &'static Self {
        Box::leak(Box::new(Self::read(pack.unwrap_or_default().leak())))
    }
}

impl SettingsText {
    /// That of a pack, or English. It stays, as that of the panel does.
    pub fn new(pack: Option<String>) -> &'static Self {
        Box::leak(Box::new(Self::read(pack.unwrap_or_default().leak())))
    }
}

impl PanelText {
    /// That of a pack, or English. It stays: a page has one panel, which speaks as the page did when the call began.
    pub fn new(pack: Option<String>) -> &'static Self {
        Box::leak(Box::new(Self::read(pack.unwrap_or_default().leak())))
    }

    /// Who types; nothing if nobody does.
    pub(crate) fn typing(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [one] => of_name(self.one_types, one),
            [one, other] => fill(self.two_type, &[("name", one), ("other", other)]),
            _ => self.many_type.to_owned(),
        }
    }

    /// That a message is too long by so many characters.
    pub(crate) fn too_long(&self, excess: u64) -> String {
        fill(counted(self.locale, self.too_long, excess), &[("count", &excess.to_string())])
    }
}

#[cfg(test)]
mod tests;
