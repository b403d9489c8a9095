//! How large the page shows whom: it looks at the tiles and screens on it, whoever has drawn them.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, DomRect, Element, Window};

use super::floating;

/// Something that shows a person, or their screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Whose it is.
    pub peer: String,
    /// Whether it is the user's own.
    pub is_self: bool,
    /// Whether it shows their screen.
    pub is_screen: bool,
    /// Whether microphone and camera are on.
    pub on: [bool; 2],
    /// Width and height in pixels of the device; nothing if no part of it can be seen.
    pub size: Option<(u16, u16)>,
}

/// All of them.
pub fn places() -> Vec<Place> {
    let Some((window, document)) = page() else { return Vec::new() };
    let found = document.query_selector_all("[data-testid=tile], [data-testid=screen]");
    let Ok(found) = found else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<Element>().ok());
    elements.map(|element| place(&window, &document, &element)).collect()
}

/// Whether the user shows their screen.
pub fn shares_screen() -> bool {
    let button = "[data-testid=share-screen][data-device=on]";
    page().is_some_and(|(_, document)| document.query_selector(button).is_ok_and(|found| found.is_some()))
}

/// The tile of this person.
pub(super) fn tile_of(peer: &str) -> Option<Element> {
    page()?.1.query_selector(&format!("[data-testid=tile][data-peer=\"{peer}\"]")).ok()?
}

fn page() -> Option<(Window, Document)> {
    let window = web_sys::window()?;
    let document = window.document()?;
    Some((window, document))
}

fn place(window: &Window, document: &Document, element: &Element) -> Place {
    let attribute = |name: &str| element.get_attribute(name).unwrap_or_default();
    let (peer, is_screen) = (attribute("data-peer"), attribute("data-testid") == "screen");
    // A hidden page draws nothing, but for what floats above all others.
    let on_page = if is_floating(document, element) {
        let window = |name| Reflect::get(window, &JsValue::from_str(name)).ok()?.as_f64();
        Some((
            window("innerWidth").unwrap_or_default() / 4.0,
            window("innerHeight").unwrap_or_default() / 4.0,
        ))
    } else if document.hidden() {
        None
    } else {
        seen(window, element)
    };
    let floats = floating::size_of(&peer, is_screen);
    let size =
        if floats.map(|(width, _)| width) > on_page.map(|(width, _)| width) { floats } else { on_page };
    let scale = window.device_pixel_ratio();
    Place {
        peer,
        is_self: attribute("data-self") == "true",
        is_screen,
        on: ["data-audio", "data-video"].map(|name| attribute(name) == "on"),
        size: size.map(|(width, height)| (pixels(width * scale), pixels(height * scale))),
    }
}

/// Whether its picture is in picture-in-picture.
fn is_floating(document: &Document, element: &Element) -> bool {
    let floating = Reflect::get(document, &"pictureInPictureElement".into()).unwrap_or_default();
    floating.dyn_ref::<Element>().is_some_and(|floating| element.contains(Some(floating)))
}

/// Its size in CSS pixels, if some part of it is neither out of the window nor cut off by what it is in.
fn seen(window: &Window, element: &Element) -> Option<(f64, f64)> {
    let own = element.get_bounding_client_rect();
    let mut part = [own.left(), own.top(), own.right(), own.bottom()];
    let mut around = Some(element.clone());
    while let Some(inner) = around {
        let style = window.get_computed_style(&inner).ok()??;
        let is = |name: &str, value: &str| style.get_property_value(name).is_ok_and(|found| found == value);
        if is("visibility", "hidden") || is("display", "none") {
            return None;
        }
        if inner != *element && !is("overflow-x", "visible") {
            cut(&mut part, &inner.get_bounding_client_rect());
        }
        around = inner.parent_element();
    }
    let size = |name| window.get(name).and_then(|size| size.as_f64()).unwrap_or_default();
    let [left, top, right, bottom] = part;
    let is_inside = right.min(size("innerWidth")) - left.max(0.0) >= 1.0
        && bottom.min(size("innerHeight")) - top.max(0.0) >= 1.0;
    is_inside.then_some((own.width(), own.height()))
}

fn cut(part: &mut [f64; 4], around: &DomRect) {
    let [left, top, right, bottom] = *part;
    *part = [
        left.max(around.left()),
        top.max(around.top()),
        right.min(around.right()),
        bottom.min(around.bottom()),
    ];
}

fn pixels(size: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let pixels = size.round() as u16;
    pixels
}
