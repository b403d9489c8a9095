//! How words are read from a pack, and how sentences with values are made of them.
//!
//! A pack is what the page says in another language than English: a text file with a line for each string, `key = words`.
//! Values are named in braces. A sentence that goes by a number has a form for each of the language's plural categories
//! (Unicode TR35, "Language Plural Rules"), `one: … | other: …`, the last of which serves for all that are not there.

use crate::browser::locale;

/// Makes a table of words: its fields, the keys of a pack, and what is said in English where a pack lacks one.
macro_rules! words {
    ($(#[$about:meta])* $visibility:vis struct $Table:ident {
        $($(#[$note:meta])* $key:ident: $english:literal,)*
    }) => {
        $(#[$about])*
        #[derive(Debug)]
        $visibility struct $Table { $($(#[$note])* pub(crate) $key: &'static str,)* }

        impl $Table {
            /// A pack with all that is said in English, in the order of the fields.
            pub(super) const ENGLISH: &str = concat!($(stringify!($key), "=", $english, "\n"),*);

            /// As this pack has it, and in English what it lacks.
            pub(super) fn read(pack: &'static str) -> Self {
                let mut words = [""; [$(stringify!($key)),*].len()];
                super::pack::read(pack, Self::ENGLISH, &mut words);
                let [$($key),*] = words;
                Self { $($key),* }
            }
        }
    };
}

pub(super) use words;

/// The keys and words of a pack.
pub(super) fn lines(pack: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    pack.split('\n')
        .filter_map(|line| line.split_once('=').map(|(key, words)| (key.trim_ascii(), words.trim_ascii())))
}

/// Puts the words of a pack where they belong, and English ones where it has none. The places are in the order of English.
pub(super) fn read(pack: &'static str, english: &'static str, places: &mut [&'static str]) {
    let there: Vec<_> = lines(pack).collect();
    for ((key, words), place) in lines(english).zip(places) {
        *place = there.iter().find(|(one, _)| *one == key).map_or(words, |(_, words)| *words);
    }
}

/// A sentence with these values, each under its name. In a language that is read from right to left none of them changes
/// how the sentence is ordered around it (Unicode UAX #9, "Explicit Directional Isolates").
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    // The first bytes of the letters from Hebrew to Arabic.
    let leftward = sentence.bytes().any(|byte| (0xd6..=0xdb).contains(&byte));
    let mut filled = String::new();
    for part in sentence.split('{') {
        let Some((name, rest)) = part.split_once('}') else {
            filled.push_str(part);
            continue;
        };
        let value = values.iter().find(|(one, _)| *one == name).map_or("", |(_, value)| *value);
        let pieces = if leftward { ["\u{2068}", value, "\u{2069}", rest] } else { ["", value, "", rest] };
        for piece in pieces {
            filled.push_str(piece);
        }
    }
    filled
}

/// A sentence of somebody.
pub(crate) fn of_name(sentence: &str, name: &str) -> String {
    fill(sentence, &[("name", name)])
}

/// The form of a sentence for so many, in a language (a BCP 47 tag).
pub(crate) fn counted(locale: &str, sentence: &'static str, count: u64) -> &'static str {
    let category = locale::plural_category(locale, count);
    let mut chosen = sentence;
    for (name, form) in sentence.split('|').filter_map(|form| form.split_once(':')) {
        chosen = form;
        if name.trim_ascii() == category {
            break;
        }
    }
    chosen.trim_ascii()
}
