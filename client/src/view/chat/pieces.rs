//! Finds the links in a text. Nothing else in it means anything.

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it is.
    Words(&'a str),
    /// An address of the web.
    Link(&'a str),
}

/// The text, cut where links begin and end. What ends a sentence or a bracket does not belong to a link.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, link)) = next_link(rest) {
        let (words, after) = rest.split_at(at);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Link(link));
        rest = &after[link.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

fn next_link(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find('h') {
        let at = from + found;
        let candidate = &text[at..];
        let scheme = ["https://", "http://"].into_iter().find(|scheme| candidate.starts_with(scheme));
        let joined = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(scheme) = scheme.filter(|_| !joined) {
            let link = trimmed(candidate.split(|c: char| c.is_whitespace() || "<>\"".contains(c)).next()?);
            if link.len() > scheme.len() {
                return Some((at, link));
            }
        }
        from = at + 1;
    }
    None
}

/// Without what follows a link rather than ends it.
fn trimmed(link: &str) -> &str {
    let mut link = link;
    loop {
        let shorter = link
            .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '。', '，', '！', '？', '）', '」']);
        let closes = shorter.ends_with(')') && shorter.matches(')').count() > shorter.matches('(').count();
        let shorter = if closes { &shorter[..shorter.len() - 1] } else { shorter };
        if shorter.len() == link.len() {
            return link;
        }
        link = shorter;
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{Piece::*, *};

    #[test]
    fn links_end_where_their_sentence_does() {
        assert_eq!(
            pieces("See https://a.example/b?c=d#e, and (http://f.example/g_(h))."),
            [
                Words("See "),
                Link("https://a.example/b?c=d#e"),
                Words(", and ("),
                Link("http://f.example/g_(h)"),
                Words(")."),
            ]
        );
        assert_eq!(pieces("看 https://a.example/。好"), [Words("看 "), Link("https://a.example/。好")]);
        assert_eq!(pieces("https://a.example"), [Link("https://a.example")]);
    }

    #[test]
    fn nothing_else_is_a_link() {
        for text in [
            "",
            "javascript:alert(1)",
            "xhttps://a.example",
            "https://",
            "http://.",
            "a http b",
            "data:text/html,x",
            "ftp://a",
        ] {
            assert!(pieces(text).iter().all(|piece| matches!(piece, Words(_))), "{text}");
            let all: String = pieces(text)
                .iter()
                .map(|piece| match piece {
                    Words(words) | Link(words) => *words,
                })
                .collect();
            assert_eq!(all, text);
        }
    }
}
