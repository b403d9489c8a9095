//! Every word the page says, in every language it speaks. A string that one language lacks does not compile.
//!
//! Knows nothing of pages or signals: a language is chosen elsewhere, here is only what it says.

mod chat;
mod en;
mod files;
mod settings;
mod zh;

use visavis_call::{Problem, Trouble};

pub(crate) use self::{chat::ChatText, files::FilesText, settings::SettingsText};

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Its BCP 47 tag, for `<html lang>` and for the storage.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }

    /// Its name, in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
        }
    }

    /// What it says.
    pub fn text(self) -> &'static Text {
        match self {
            Self::English => &en::TEXT,
            Self::Chinese => &zh::TEXT,
        }
    }

    /// What it says in the chat's panel, which is a program of its own.
    pub(crate) fn chat(self) -> &'static ChatText {
        match self {
            Self::English => &chat::ENGLISH,
            Self::Chinese => &chat::CHINESE,
        }
    }

    /// What it says of files, there.
    pub(crate) fn files(self) -> &'static FilesText {
        match self {
            Self::English => &files::ENGLISH,
            Self::Chinese => &files::CHINESE,
        }
    }

    /// What it says in the settings, which are a program of their own as well.
    pub(crate) fn settings(self) -> &'static SettingsText {
        match self {
            Self::English => &settings::ENGLISH,
            Self::Chinese => &settings::CHINESE,
        }
    }

    /// The language of a BCP 47 tag, if the page speaks it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next().map(str::to_ascii_lowercase).as_deref() {
            Some("en") => Some(Self::English),
            Some("zh") => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The first of the user's languages that the page speaks, else English.
    pub fn choose<S: AsRef<str>>(wanted: impl IntoIterator<Item = S>) -> Self {
        wanted.into_iter().find_map(|tag| Self::of_tag(tag.as_ref())).unwrap_or(Self::English)
    }
}

/// Every string of the page; sentences with values are functions.
#[derive(Debug)]
pub struct Text {
    // Home.
    pub(crate) promise: &'static str,
    pub(crate) new_call: &'static str,
    pub(crate) link_label: &'static str,
    pub(crate) link_placeholder: &'static str,
    pub(crate) open_link: &'static str,
    pub(crate) link_without_key: &'static str,
    pub(crate) link_malformed: &'static str,
    pub(crate) bad_address: &'static str,
    pub(crate) recent_calls: &'static str,
    pub(crate) remember_calls: &'static str,
    pub(crate) remember_hint: &'static str,
    pub(crate) no_recent_calls: &'static str,
    pub(crate) forget: &'static str,
    pub(crate) forget_all: &'static str,
    pub(crate) language: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) theme_system: &'static str,
    pub(crate) theme_light: &'static str,
    pub(crate) theme_dark: &'static str,

    // Lobby.
    pub(crate) home: &'static str,
    pub(crate) lobby_title: &'static str,
    pub(crate) lobby_hint: &'static str,
    pub(crate) your_name: &'static str,
    pub(crate) name_placeholder: &'static str,
    pub(crate) join: &'static str,
    pub(crate) joining: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) microphone: &'static str,
    pub(crate) camera: &'static str,
    pub(crate) camera_off: &'static str,
    pub(crate) camera_starting: &'static str,

    // Controls.
    pub(crate) controls: &'static str,
    pub(crate) microphone_turn_on: &'static str,
    pub(crate) microphone_turn_off: &'static str,
    pub(crate) camera_turn_on: &'static str,
    pub(crate) camera_turn_off: &'static str,
    pub(crate) share: &'static str,
    pub(crate) share_stop: &'static str,
    pub(crate) react: &'static str,
    pub(crate) raise_hand: &'static str,
    pub(crate) lower_hand: &'static str,
    pub(crate) hand_is_up: &'static str,
    pub(crate) copy_link: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) leave: &'static str,

    pub(crate) settings: &'static str,

    // The stage.
    pub(crate) people: &'static str,
    pub(crate) you: &'static str,
    /// A person without a name.
    pub(crate) nameless: &'static str,
    /// The user's own name on their tile.
    pub(crate) own_name: fn(name: &str) -> String,
    pub(crate) move_tile: &'static str,
    pub(crate) screens: &'static str,
    pub(crate) screen_of: fn(name: &str) -> String,
    pub(crate) connecting: &'static str,
    /// For so many seconds.
    pub(crate) interrupted: fn(u32) -> String,
    pub(crate) unconnected: fn(Option<Trouble>, &str) -> String,
    pub(crate) muted: &'static str,
    pub(crate) invite_title: &'static str,
    pub(crate) invite_hint: &'static str,
    pub(crate) invite_link: &'static str,
    pub(crate) invite_code: &'static str,
    pub(crate) copy_failed: &'static str,

    // The chat; what its panel says is in `chat`.
    pub(crate) chat: &'static str,
    pub(crate) unread: fn(count: &str) -> String,
    /// Who wrote, and what.
    pub(crate) wrote: fn(&str, &str) -> String,

    // Said to a screen reader.
    pub(crate) joined: fn(name: &str) -> String,
    pub(crate) departed: fn(name: &str) -> String,
    pub(crate) was_muted: fn(name: &str) -> String,
    pub(crate) was_unmuted: fn(name: &str) -> String,
    pub(crate) microphone_is_on: &'static str,
    pub(crate) microphone_is_off: &'static str,
    pub(crate) camera_is_on: &'static str,
    pub(crate) camera_is_off: &'static str,
    pub(crate) shows_screen: fn(name: &str) -> String,
    pub(crate) shows_no_screen: fn(name: &str) -> String,
    pub(crate) raised_hand: fn(name: &str) -> String,
    pub(crate) lowered_hand: fn(name: &str) -> String,
    pub(crate) screen_is_shown: &'static str,
    pub(crate) screen_is_not_shown: &'static str,

    // After the call.
    pub(crate) left_title: &'static str,
    /// How long the call was, in seconds.
    pub(crate) lasted: fn(seconds: u64) -> String,
    pub(crate) rejoin: &'static str,

    // Problems.
    /// The browser plays no sound before the user does something.
    pub(crate) sound_blocked: &'static str,
    pub(crate) sound_play: &'static str,
    /// The user speaks while they are muted.
    pub(crate) unheard: &'static str,
    /// A device was plugged in that is not used.
    pub(crate) device_found: fn(device: &str) -> String,
    pub(crate) device_use: &'static str,
    /// The device that the user chose is there again, and used.
    pub(crate) device_back: fn(device: &str) -> String,
    /// The microphone is gone; this one is used now.
    pub(crate) microphone_gone: fn(device: &str) -> String,
    /// The camera is gone; this one is used now.
    pub(crate) camera_gone: fn(device: &str) -> String,
    pub(crate) retry: &'static str,
    pub(crate) reload: &'static str,
    pub(crate) dismiss: &'static str,
    /// What is the matter and what to do, in a sentence or two.
    pub(crate) problem: fn(Problem) -> &'static str,
}

impl Text {
    /// What is the matter and what to do, in a sentence or two.
    pub fn problem(&self, problem: Problem) -> &'static str {
        (self.problem)(problem)
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::Language::{self, Chinese, English};

    #[test]
    fn the_first_language_the_page_speaks_is_chosen() {
        assert_eq!(Language::choose(["de-CH", "zh-CN", "en"]), Chinese);
        assert_eq!(Language::choose(["EN-gb", "zh"]), English);
        assert_eq!(Language::choose(["fr"]), English);
        assert_eq!(Language::choose([] as [&str; 0]), English);
    }

    #[test]
    fn a_stored_language_is_found_again() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn a_duration_reads_as_people_say_it() {
        let [english, chinese] = Language::ALL.map(|language| language.text().lasted);
        assert_eq!(english(1), "It lasted 1 second.");
        assert_eq!(english(62), "It lasted 1 minute 2 seconds.");
        assert_eq!(english(120), "It lasted 2 minutes.");
        assert_eq!(english(7_260), "It lasted 2 hours 1 minute.");
        assert_eq!(chinese(45), "通话时长 45 秒");
        assert_eq!(chinese(62), "通话时长 1 分 2 秒");
        assert_eq!(chinese(7_260), "通话时长 2 小时 1 分");
    }
}
