use std::collections::BTreeSet;

use wasm_bindgen_test::wasm_bindgen_test as test;

use super::{HomeText, Language, PanelText, QualityText, SettingsText, Text, Words, counted, fill};
use crate::browser::locale::plural_category;

/// What is below `client/text` in a language: what the call says, the home page, and each part of the call.
macro_rules! packs {
    ($($tag:literal),*) => {
        [$((
            $tag,
            [
                include_str!(concat!("../../text/", $tag, ".txt")),
                include_str!(concat!("../../text/home/", $tag, ".txt")),
                include_str!(concat!("../../text/beside/", $tag, ".txt")),
                include_str!(concat!("../../text/more/", $tag, ".txt")),
                include_str!(concat!("../../text/quality/", $tag, ".txt")),
            ],
        )),*]
    };
}

const PACKS: [(&str, [&str; 5]); 7] = packs!["de", "es", "fr", "pt-BR", "ar", "ja", "zh-Hans"];

/// What all of them say in English, in the order of their packs.
const TABLES: [&str; 5] =
    [Text::ENGLISH, HomeText::ENGLISH, PanelText::ENGLISH, SettingsText::ENGLISH, QualityText::ENGLISH];

/// Every pack with its language, and with what it says in English.
fn packs() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PACKS
        .into_iter()
        .flat_map(|(tag, packs)| packs.into_iter().zip(TABLES).map(move |(pack, table)| (tag, pack, table)))
}

fn english() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLES.into_iter().flat_map(super::pack::lines)
}

/// The lines of a pack, as they are written.
fn lines(pack: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = pack.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(" = ").unwrap_or_else(|| panic!("no words in {line:?}"))).collect()
}

fn words_of(tag: &str) -> Words {
    let (tag, [pack, ..]) = PACKS.into_iter().find(|(one, _)| *one == tag).unwrap();
    Words::new(tag, pack.to_owned())
}

fn is_counted(english: &str) -> bool {
    english.starts_with("one: ")
}

/// The forms of a counted sentence by their category; any other sentence as the only one.
fn forms<'a>(english: &str, words: &'a str) -> Vec<(&'a str, &'a str)> {
    if !is_counted(english) {
        return vec![("other", words)];
    }
    words.split(" | ").map(|form| form.split_once(": ").unwrap_or_else(|| panic!("{form:?}"))).collect()
}

fn values(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect()
}

#[test]
fn every_language_but_english_has_a_pack_and_index_html_knows_it() {
    let page = include_str!("../../../index.html");
    let tags = Language::ALL.map(Language::tag);
    let listed = tags.map(|tag| format!("'{tag}'")).join(", ");
    assert!(page.contains(&format!("const spoken = [{listed}];")), "index.html does not list {listed}");
    assert_eq!(PACKS.map(|(tag, _)| tag), tags[1..]);
    for language in Language::ALL {
        assert_eq!(Language::of_tag(language.tag()), Some(language));
        let leftward = page.contains(&format!("root.lang === '{}' ? 'rtl' : 'ltr'", language.tag()));
        assert_eq!(language.direction() == "rtl", leftward, "{language:?}");
    }
}

#[test]
fn strings_of_one_key_are_the_same_in_english() {
    for (key, words) in english() {
        assert!(english().all(|(other, said)| other != key || said == words), "{key}");
    }
}

#[test]
fn every_pack_has_every_key_once_and_no_other() {
    for (tag, pack, table) in packs() {
        let known: BTreeSet<_> = super::pack::lines(table).map(|(key, _)| key).collect();
        let keys: Vec<_> = lines(pack).into_iter().map(|(key, _)| key).collect();
        let unique: BTreeSet<_> = keys.iter().copied().collect();
        assert_eq!(unique, known, "{tag}");
        assert_eq!(keys.len(), known.len(), "{tag} has a key twice");
    }
}

#[test]
fn strings_of_one_key_are_the_same_in_every_part() {
    for (tag, packs) in PACKS {
        let all = || packs.into_iter().flat_map(lines);
        for (key, words) in all() {
            assert!(all().all(|(other, said)| other != key || said == words), "{tag} {key}");
        }
    }
}

#[test]
fn no_words_are_empty_or_have_blanks_around_them_or_two_in_a_row() {
    for (tag, pack, _) in packs() {
        for (key, words) in lines(pack) {
            assert!(!words.is_empty() && words.trim() == words, "{tag} {key}: {words:?}");
            assert!(!words.contains("  "), "{tag} {key}: {words:?}");
        }
        assert!(pack.ends_with('\n') && !pack.contains('\r') && !pack.contains('\u{feff}'), "{tag}");
    }
}

#[test]
fn sentences_have_the_same_values_in_every_language() {
    for (tag, pack, _) in packs() {
        for (key, words) in lines(pack) {
            let (_, said) = english().find(|(known, _)| *known == key).unwrap();
            let wanted = values(said);
            assert!(!values(words).is_empty() || wanted.is_empty(), "{tag} {key}");
            for (category, form) in forms(said, words) {
                let mut has = values(form);
                // "One hour" says how many.
                if matches!(category, "zero" | "one" | "two") && is_counted(said) {
                    has.insert("count");
                }
                assert_eq!(has, wanted, "{tag} {key}: {form}");
                assert_eq!(form.matches('{').count(), form.matches('}').count(), "{tag} {key}");
            }
        }
    }
}

#[test]
fn counted_sentences_have_the_forms_that_their_language_needs() {
    for (tag, pack, _) in packs() {
        let locale = words_of(tag).text().locale;
        assert!(locale.starts_with(tag), "{tag}");
        let needed: BTreeSet<_> = (0..=1000).map(|count| plural_category(locale, count)).collect();
        for (key, words) in lines(pack) {
            let (_, said) = english().find(|(known, _)| *known == key).unwrap();
            if is_counted(said) {
                let forms = forms(said, words);
                let there: BTreeSet<_> = forms.iter().map(|(category, _)| (*category).to_owned()).collect();
                assert_eq!(there, needed, "{tag} {key}");
                assert_eq!(forms.len(), needed.len(), "{tag} {key} has a form twice");
                assert_eq!(forms.last().unwrap().0, "other", "{tag} {key}");
            }
        }
    }
}

#[test]
fn times_and_sizes_can_be_written_in_every_language() {
    for pack in PACKS.map(|(_, [_, pack, ..])| pack).into_iter().chain([""]) {
        let text = PanelText::new(Some(pack.to_owned()));
        let time = crate::browser::ui::local_time(1_700_000_000_000, text.locale);
        assert!(time.contains(|c: char| c.is_ascii_digit()), "{time}");
        assert_eq!(text.units.split(' ').count(), 5, "{}", text.units);
    }
}

#[test]
fn what_a_pack_lacks_is_said_in_english() {
    let pack = "join = Los\nunheard = Of\nnonsense\n = \nsend =\n".to_owned();
    let words: Words = Words::new("xx", pack.clone());
    assert_eq!((words.text().join, words.text().leave), ("Los", "Leave"));
    assert_eq!(words, Words::new("xx", String::new()));
    assert_ne!(words, Words::english());
    assert_eq!(PanelText::new(Some(pack)).messages, "Messages");
}

#[test]
fn values_go_where_they_are_named() {
    let values = [("name", "{other}"), ("other", "bob")];
    assert_eq!(fill("{other}, {name} and {other}", &values), "bob, {other} and bob");
    assert_eq!(fill("no value", &values), "no value");
    assert_eq!(fill("{unknown} {name", &values), " name");
    assert_eq!(fill("انضم {other}.", &values), "انضم \u{2068}bob\u{2069}.");
}

#[test]
fn sentences_go_by_numbers() {
    let sentence = "zero: none | one: {count} day | other: {count} days";
    assert_eq!(counted("en", sentence, 1), "{count} day");
    assert_eq!(counted("en", sentence, 0), "{count} days");
    assert_eq!(counted("ar", sentence, 0), "none");
    assert_eq!(counted("ar", sentence, 3), "{count} days");
    assert_eq!(counted("no language!", sentence, 1), "{count} days");
    let text = Words::<Text>::english().text();
    assert_eq!(text.unread("1"), "Chat, 1 new message");
    assert_eq!(text.unread("99+"), "Chat, 99+ new messages");
}

#[test]
fn a_duration_reads_as_people_say_it() {
    let [english, chinese] =
        [Words::english(), words_of("zh-Hans")].map(|words| move |seconds| words.text().lasted(seconds));
    assert_eq!(english(1), "It lasted 1 second.");
    assert_eq!(english(62), "It lasted 1 minute 2 seconds.");
    assert_eq!(english(120), "It lasted 2 minutes.");
    assert_eq!(english(7_260), "It lasted 2 hours 1 minute.");
    assert_eq!(chinese(45), "通话时长 45 秒");
    assert_eq!(chinese(62), "通话时长 1 分钟 2 秒");
    assert_eq!(chinese(7_260), "通话时长 2 小时 1 分钟");
    assert_eq!(words_of("de").text().lasted(3_720), "Dauer: 1 Stunde 2 Minuten");
    let arabic = words_of("ar").text().lasted(7_380).replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(arabic, "المدة: ساعتان و3 دقائق");
}
