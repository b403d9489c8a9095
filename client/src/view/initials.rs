//! A face for who shows none: the initials of a name and a colour that belongs to it.

use leptos::prelude::*;

use super::icon;

/// What is seen of somebody of this name as long as there is no picture.
pub(super) fn face(name: Memo<String>) -> AnyView {
    view! {
        <div class="face" aria-hidden="true">
            <span class="initials" dir="auto">
                {move || name.with(|name| initials(name))}
                <span class="nobody">{icon("#person")}</span>
            </span>
        </div>
    }
    .into_any()
}

/// One or two characters that stand for a name; empty for an empty name. Never cuts a character in two. The style sheet
/// writes them in capitals: the tables for it are in every browser, and 10 KB.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let Some(first) = words.next() else { return String::new() };
    let han: Vec<char> = name.chars().filter(|&c| is_han(c)).collect();
    if name.chars().all(|c| is_han(c) || c.is_whitespace()) {
        // A Chinese name is known by its last two characters.
        return han.iter().skip(han.len().saturating_sub(2)).collect();
    }
    let mut initials = first_grapheme(first).to_owned();
    let is_word = |text: &str| text.chars().next().is_some_and(has_case);
    if let Some(last) = words.next_back().filter(|last| is_word(last) && is_word(first)) {
        initials += first_grapheme(last);
    }
    initials
}

/// A hue, in degrees, that is the same wherever the same name is shown.
pub(super) fn hue(name: &str) -> u32 {
    // FNV-1a (32 bit): spreads even names that differ in one letter.
    let hash =
        name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % 360
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A close relative of UAX #29 without its tables: base, marks, joined emoji, flags.
fn first_grapheme(text: &str) -> &str {
    let mut end = 0;
    let mut last = None;
    for (at, c) in text.char_indices() {
        let belongs = match last {
            None | Some('\u{200d}') => true,
            Some(before) => {
                extends(c) || (is_flag_letter(c) && is_flag_letter(before) && end == before.len_utf8())
            }
        };
        if !belongs {
            break;
        }
        end = at + c.len_utf8();
        last = Some(c);
    }
    text.get(..end).unwrap_or(text)
}

/// The scripts that have capitals, whose names are written with the initials of two words: Latin, Greek, Cyrillic,
/// Armenian, Georgian.
fn has_case(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{531}'..='\u{587}'
        | '\u{10a0}'..='\u{10ff}' | '\u{1e00}'..='\u{1fff}')
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Marks that sit on the character before: combining marks, joiners, variation selectors, skin tones, tags.
fn extends(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}'
        | '\u{981}'..='\u{983}' | '\u{9bc}'..='\u{9cd}' | '\u{b82}' | '\u{bbe}'..='\u{bcd}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_first_and_last_word() {
        assert_eq!(initials("alice"), "a");
        assert_eq!(initials("  Bob   de la Cruz "), "BC");
        assert_eq!(initials("élodie Ångström"), "éÅ");
        assert_eq!(initials("Алла Борисовна"), "АБ");
        assert_eq!(initials(""), "");
        assert_eq!(initials(" \t"), "");
    }

    #[test]
    fn a_chinese_name_shows_its_last_two_characters() {
        assert_eq!(initials("王小明"), "小明");
        assert_eq!(initials("李 雷"), "李雷");
        assert_eq!(initials("欧"), "欧");
        assert_eq!(initials("王 Wang"), "王");
    }

    #[test]
    fn scripts_without_capitals_show_one_character() {
        assert_eq!(initials("محمد علي"), "م");
        assert_eq!(initials("さくら"), "さ");
        assert_eq!(initials("नि शा"), "नि");
    }

    #[test]
    fn marks_emoji_and_flags_stay_whole() {
        assert_eq!(initials("e\u{301}lodie"), "e\u{301}");
        assert_eq!(initials("👩🏽‍🚀 Ada"), "👩🏽‍🚀");
        assert_eq!(initials("👨‍👩‍👧 family"), "👨‍👩‍👧");
        assert_eq!(initials("🇨🇭🇨🇳"), "🇨🇭");
        assert_eq!(initials("ßen"), "ß");
        assert_eq!(initials("<b>x</b>"), "<");
    }

    #[test]
    fn the_colour_belongs_to_the_name() {
        assert_eq!(hue("alice"), hue("alice"));
        assert_ne!(hue("alice"), hue("alicf"));
        assert!(["", "bob", "王小明"].iter().all(|name| hue(name) < 360));
    }
}
