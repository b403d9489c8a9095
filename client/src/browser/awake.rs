//! Keeps the screen from going dark: a phone that sleeps in the middle of a call loses it.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::bindings::{NavigatorWithWakeLock, WakeLockSentinel};

/// Keeps the screen on while it lives. The system lets go of it whenever the page is out of sight, so it is asked for again
/// when the page comes back.
#[derive(Debug)]
pub struct Awake {
    _visibility: Option<EventListener>,
    held: std::rc::Rc<Held>,
}

#[derive(Debug, Default)]
struct Held(std::cell::RefCell<Option<WakeLockSentinel>>);

impl Awake {
    /// Asks for it; a system that refuses (it does so to save its battery) is not asked before the page comes back.
    pub fn new() -> Self {
        let held = std::rc::Rc::<Held>::default();
        let document = web_sys::window().and_then(|window| window.document());
        let weak = std::rc::Rc::downgrade(&held);
        let visibility = document.map(|document| {
            EventListener::new(&document, "visibilitychange", move |_| request(weak.clone()))
        });
        request(std::rc::Rc::downgrade(&held));
        Self { _visibility: visibility, held }
    }
}

impl Default for Awake {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.held.let_go();
    }
}

impl Held {
    fn let_go(&self) {
        if let Some(sentinel) = self.0.borrow_mut().take() {
            let _ = sentinel.release();
        }
    }
}

/// Asks for it on behalf of who holds it; if they are gone when the answer comes, it is given back.
fn request(held: std::rc::Weak<Held>) {
    let Some(window) = web_sys::window() else { return };
    if window.document().is_some_and(|document| document.hidden()) {
        return;
    }
    let navigator: NavigatorWithWakeLock = window.navigator().unchecked_into();
    let Some(promise) = navigator.wake_lock().and_then(|locks| locks.request("screen").ok()) else { return };
    spawn_local(async move {
        if let Ok(sentinel) = JsFuture::from(promise).await {
            let sentinel: WakeLockSentinel = sentinel.unchecked_into();
            match held.upgrade() {
                Some(held) => {
                    held.let_go();
                    held.0.replace(Some(sentinel));
                }
                None => {
                    let _ = sentinel.release();
                }
            }
        }
    });
}
