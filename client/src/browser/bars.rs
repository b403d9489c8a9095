//! Bars on a tile, which tell how the link to its person does. They stand on it only while that is not fine.

use web_sys::{Element, HtmlElement};

use super::shown::tile_of;

/// The bars of a link that is fine.
pub const FINE: u8 = 4;

/// Shows so many bars on the tile of this person, and says why.
pub fn show(peer: &str, bars: u8, sentence: &str) {
    let Some(tile) = tile_of(peer) else { return };
    let there = tile.query_selector("[data-testid=bars]").ok().flatten();
    if bars >= FINE {
        if let Some(there) = there {
            there.remove();
        }
        // Fails only for names that are none, as all that follows.
        let _ = tile.remove_attribute("data-bars");
        return;
    }
    let number = bars.to_string();
    if tile.get_attribute("data-bars").as_ref() != Some(&number) {
        let _ = tile.set_attribute("data-bars", &number);
    }
    if let Some(sign) = there.or_else(|| add(&tile))
        && sign.get_attribute("title").as_deref() != Some(sentence)
    {
        let _ = sign.set_attribute("title", sentence);
        let _ = sign.set_attribute("aria-label", sentence);
    }
}

/// A picture made of four bars.
fn add(tile: &Element) -> Option<Element> {
    let document = tile.owner_document()?;
    let sign: HtmlElement = wasm_bindgen::JsCast::unchecked_into(document.create_element("p").ok()?);
    sign.set_class_name("quality-bars");
    sign.set_attribute("data-testid", "bars").ok()?;
    sign.set_attribute("role", "img").ok()?;
    for _ in 0..FINE {
        sign.append_child(&document.create_element("i").ok()?.into()).ok()?;
    }
    tile.append_child(&sign).ok()?;
    Some(sign.into())
}
