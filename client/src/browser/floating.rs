//! A small window that stays above all others: one with a document of ours where the browser has such windows (Document
//! Picture-in-Picture), else the picture of one video (Picture-in-Picture).

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomRect, Element, HtmlElement, HtmlVideoElement, MediaStream, Window};

use super::error::BrowserError;

/// How large it is at first, in CSS pixels.
const SIZE: [u32; 2] = [400, 320];

/// What of the page it needs besides what is drawn in it: the style sheets and the shapes of the icons.
const LOOKS: &str = "link[rel=stylesheet], .sprite";

#[wasm_bindgen]
extern "C" {
    /// `DocumentPictureInPicture`.
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone, Debug)]
    type DocumentPictureInPicture;

    #[wasm_bindgen(method, catch, js_name = requestWindow)]
    fn request_window(this: &DocumentPictureInPicture, options: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn window(this: &DocumentPictureInPicture) -> Option<Window>;

    /// More members of `HTMLVideoElement` (Picture-in-Picture §4).
    #[wasm_bindgen(extends = HtmlVideoElement, extends = Object)]
    #[derive(Clone, Debug)]
    type Video;

    #[wasm_bindgen(method, catch, js_name = requestPictureInPicture)]
    fn request_picture_in_picture(this: &Video) -> Result<Promise, JsValue>;
}

/// What of the kind the browser has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A window with a document.
    Window,
    /// The picture of a video.
    Picture,
}

/// What the browser lets this page have, if anything.
pub fn kind() -> Option<Kind> {
    let document = web_sys::window()?.document()?;
    let has_pictures =
        Reflect::get(&document, &"pictureInPictureEnabled".into()).is_ok_and(|has| has.is_truthy());
    // A page in a frame of another has none.
    let has_windows = api().is_some() && !super::page::is_framed();
    has_windows.then_some(Kind::Window).or(has_pictures.then_some(Kind::Picture))
}

/// An open window; it closes when this is dropped.
#[derive(Debug)]
pub struct Floating {
    window: Window,
    document: Document,
    _closes: EventListener,
}

impl Floating {
    /// Opens one, in place of any other; calls back when it is closed, by whomever.
    ///
    /// # Errors
    ///
    /// If the browser does not let us: the user did nothing that allows it.
    pub async fn open(on_close: impl Fn() + 'static) -> Result<Self, BrowserError> {
        let api = api().ok_or_else(|| BrowserError::unsupported("no window that floats"))?;
        let options = Object::new();
        for (name, pixels) in ["width", "height"].into_iter().zip(SIZE) {
            Reflect::set(&options, &name.into(), &pixels.into())?;
        }
        // It is of a realm of its own, in which nothing is an instance of our classes.
        let window: Window = JsFuture::from(api.request_window(&options)?).await?.unchecked_into();
        let document: Document = Reflect::get(&window, &"document".into())?.unchecked_into();
        let closes = EventListener::new(&window, "pagehide", move |_| on_close());
        let opened = Self { window, document, _closes: closes };
        opened.dress()?;
        Ok(opened)
    }

    /// Where something can be drawn.
    ///
    /// # Errors
    ///
    /// If it is gone already.
    pub fn body(&self) -> Result<HtmlElement, BrowserError> {
        self.document.body().ok_or_else(|| BrowserError::unsupported("a window without a document"))
    }

    /// Makes it look like the page.
    fn dress(&self) -> Result<(), BrowserError> {
        let page = web_sys::window().and_then(|window| window.document());
        let page = page.ok_or_else(|| BrowserError::unsupported("no document"))?;
        self.document.set_title(&page.title());
        if let (Some(own), Some(its)) = (page.document_element(), self.document.document_element()) {
            for name in ["lang", "dir"] {
                its.set_attribute(name, &own.get_attribute(name).unwrap_or_default())?;
            }
        }
        let looks = page.query_selector_all(LOOKS)?;
        let body = self.body()?;
        for at in 0..looks.length() {
            if let Some(look) = looks.get(at) {
                body.append_child(&look.clone_node_with_deep(true)?)?;
            }
        }
        Ok(())
    }
}

impl Drop for Floating {
    fn drop(&mut self) {
        // It may be closed already.
        let _ = self.window.close();
    }
}

/// Lets the largest picture on the page float.
///
/// # Errors
///
/// If the browser does not let us, or there is none.
pub async fn float_picture() -> Result<(), BrowserError> {
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.ok_or_else(|| BrowserError::unsupported("no document"))?;
    let found = document.query_selector_all(
        "[data-testid=screen] video, [data-testid=tile][data-video=on]:not([data-self=true]) video",
    )?;
    let videos = (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<HtmlVideoElement>().ok());
    let area = |video: &HtmlVideoElement| {
        let place: DomRect = video.get_bounding_client_rect();
        place.width() * place.height()
    };
    let largest = videos.max_by(|one, other| area(one).total_cmp(&area(other)));
    let video = largest.ok_or_else(|| BrowserError::unsupported("no picture"))?;
    JsFuture::from(video.unchecked_into::<Video>().request_picture_in_picture()?).await?;
    Ok(())
}

/// The picture that the page shows of somebody, or of their screen.
pub fn picture_of(peer: &str, is_screen: bool) -> Option<MediaStream> {
    let document = web_sys::window()?.document()?;
    let testid = if is_screen { "screen" } else { "tile" };
    let video = document.query_selector(&format!("[data-testid={testid}][data-peer=\"{peer}\"] video"));
    video.ok()??.dyn_into::<HtmlVideoElement>().ok()?.src_object()
}

/// Tells that the page shows other pictures, as long as it lives.
#[derive(Debug)]
pub struct PictureWatch {
    _changes: Vec<EventListener>,
}

impl PictureWatch {
    /// Calls back whenever some video begins with another stream, or has none any more.
    pub fn new(on_change: impl Fn() + Clone + 'static) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let watch = |name: &'static str| {
            let on_change = on_change.clone();
            // They do not bubble.
            let options = EventListenerOptions::run_in_capture_phase();
            EventListener::new_with_options(&document, name, options, move |_| on_change())
        };
        Some(Self { _changes: ["loadstart", "emptied"].map(watch).into() })
    }
}

/// How large somebody, or their screen, is in the window that floats, in CSS pixels.
pub(super) fn size_of(peer: &str, is_screen: bool) -> Option<(f64, f64)> {
    let window = api()?.window()?;
    let document: Document = Reflect::get(&window, &"document".into()).ok()?.unchecked_into();
    let kind = if is_screen { "screen" } else { "face" };
    let selector = format!("[data-floats={kind}][data-peer=\"{peer}\"]");
    let element: Element = document.query_selector(&selector).ok()??.unchecked_into();
    let place = element.get_bounding_client_rect();
    (place.width() >= 1.0 && place.height() >= 1.0).then_some((place.width(), place.height()))
}

fn api() -> Option<DocumentPictureInPicture> {
    let api = Reflect::get(&js_sys::global(), &"documentPictureInPicture".into()).ok()?;
    api.is_object().then(|| api.unchecked_into())
}
