//! What floats over the stage for a moment: reactions over the tiles, and pointers on a shared screen.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlElement, HtmlVideoElement, PointerEvent};

/// A layer over the page; gone when dropped.
#[derive(Debug)]
pub struct Overlay {
    layer: HtmlElement,
    /// What is on it, by what it belongs to.
    shown: Vec<(String, HtmlElement)>,
}

impl Overlay {
    /// An empty one.
    pub fn new() -> Option<Self> {
        let layer = element("overlay")?;
        // What appears on it is read out.
        layer.set_attribute("role", "status").ok()?;
        document()?.body()?.append_child(&layer).ok()?;
        Some(Self { layer, shown: Vec::new() })
    }

    /// Takes away what belongs to none of these.
    pub fn retain(&mut self, mut keys: impl FnMut(&str) -> bool) {
        self.shown.retain(|(key, element)| {
            let stays = keys(key);
            if !stays {
                element.remove();
            }
            stays
        });
    }

    /// Whether something is there that belongs to this.
    pub fn has(&self, key: &str) -> bool {
        self.shown.iter().any(|(shown, _)| shown == key)
    }

    fn add(&mut self, key: &str, class: &str, text: &str, name: &str) -> Option<HtmlElement> {
        let item = element(class)?;
        item.set_text_content(Some(text));
        item.set_attribute("data-testid", class).ok()?;
        let label = document()?.create_element("bdi").ok()?;
        label.set_text_content(Some(name));
        item.append_child(&label).ok()?;
        self.layer.append_child(&item).ok()?;
        self.shown.push((key.to_owned(), item.clone()));
        Some(item)
    }

    /// Lets a reaction float over the tile of this person, or over the user's own.
    pub fn float(&mut self, key: &str, peer: Option<&str>, name: &str, emoji: &str) {
        let tile = peer.map_or("[data-testid=tile][data-self=true]".to_owned(), |peer| {
            format!("[data-testid=tile][data-peer=\"{peer}\"]")
        });
        let Some(place) = find(&tile).map(|tile| tile.get_bounding_client_rect()) else { return };
        if let Some(item) = self.add(key, "reaction", emoji, name) {
            // Several at a time stand beside each other.
            let aside = f64::from(u32::try_from(self.shown.len() % 5).unwrap_or_default()) * 0.1 + 0.3;
            put(&item, place.left() + place.width() * aside, place.bottom() - place.height() * 0.2);
        }
    }

    /// Shows where somebody points on a screen, in shares of its width and height; nothing if it is not shown here.
    pub fn point(&mut self, key: &str, name: &str, screen: &str, (x, y): (f64, f64)) {
        let video = find(&format!("[data-testid=screen][data-peer=\"{screen}\"] video"));
        let Some(place) = video.and_then(|video| picture_of(video.unchecked_ref())) else {
            return self.retain(|shown| shown != key);
        };
        let known = self.shown.iter().find(|(shown, _)| shown == key).map(|(_, item)| item.clone());
        if let Some(item) = known.or_else(|| self.add(key, "pointer", "", name)) {
            put(&item, place.left() + place.width() * x, place.top() + place.height() * y);
        }
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        self.layer.remove();
    }
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

fn find(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

fn element(class: &str) -> Option<HtmlElement> {
    let element: HtmlElement = document()?.create_element("div").ok()?.unchecked_into();
    element.set_class_name(class);
    Some(element)
}

fn put(item: &HtmlElement, x: f64, y: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "on the screen")]
    let (x, y) = (x as i32, y as i32);
    // The page's policy forbids a style attribute; single properties it allows.
    for (name, value) in [("left", x), ("top", y)] {
        let _ = item.style().set_property(name, &format!("{value}px"));
    }
}

/// Where the picture of a video is on the page: it keeps its shape, so there may be bars beside it.
fn picture_of(video: &HtmlVideoElement) -> Option<DomRect> {
    let place = video.get_bounding_client_rect();
    let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
    let scale = (place.width() / width).min(place.height() / height);
    if !scale.is_finite() {
        return None; // There is none yet.
    }
    let (width, height) = (width * scale, height * scale);
    let left = place.left() + (place.width() - width) / 2.0;
    let top = place.top() + (place.height() - height) / 2.0;
    DomRect::new_with_x_and_y_and_width_and_height(left, top, width, height).ok()
}

/// Tells where the user points on a screen that somebody shows: while they press on it.
#[derive(Debug)]
pub struct PointWatch {
    _listeners: Vec<EventListener>,
}

impl PointWatch {
    /// `sink` is given whose screen it is and where, in shares of its width and height; nothing, when they let go.
    pub fn new(sink: impl Fn(Option<(String, (f64, f64))>) + Clone + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        let listen = |event: &'static str, ends: bool| {
            let sink = sink.clone();
            EventListener::new(&window, event, move |event| {
                let event: &PointerEvent = event.unchecked_ref();
                if ends {
                    sink(None);
                } else if event.buttons() & 1 == 1 {
                    let point = pointed_at(event);
                    if point.is_some() {
                        sink(point);
                    }
                }
            })
        };
        let listeners = vec![
            listen("pointerdown", false),
            listen("pointermove", false),
            listen("pointerup", true),
            listen("pointercancel", true),
        ];
        Some(Self { _listeners: listeners })
    }
}

fn pointed_at(event: &PointerEvent) -> Option<(String, (f64, f64))> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let screen = target.closest("[data-testid=screen]").ok()??;
    let video = screen.query_selector("video").ok()??;
    let place = picture_of(video.unchecked_ref())?;
    let share = |at: i32, from: f64, length: f64| (f64::from(at) - from) / length;
    let at = (
        share(event.client_x(), place.left(), place.width()),
        share(event.client_y(), place.top(), place.height()),
    );
    let inside = (0.0..=1.0).contains(&at.0) && (0.0..=1.0).contains(&at.1);
    inside.then(|| screen.get_attribute("data-peer")).flatten().map(|peer| (peer, at))
}
