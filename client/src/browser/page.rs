//! The page as a whole: its coming and going, its performance marks, its console.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;

/// Tells that the user leaves the page, as long as it lives. A page that the browser brings back is loaded anew: its
/// connections are gone.
#[derive(Debug)]
pub struct PageWatch {
    _pagehide: EventListener,
    _pageshow: EventListener,
}

impl PageWatch {
    /// Calls back when the page goes away.
    pub fn new(on_leave: impl Fn() + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        Some(Self {
            _pagehide: EventListener::new(&window, "pagehide", move |_| on_leave()),
            _pageshow: EventListener::new(&window, "pageshow", |event| {
                let transition = event.dyn_ref::<web_sys::PageTransitionEvent>();
                if transition.is_some_and(web_sys::PageTransitionEvent::persisted) {
                    super::route::reload();
                }
            }),
        })
    }
}

/// Tells that the page is hidden or shown again, as long as it lives.
#[derive(Debug)]
pub struct VisibilityWatch {
    _turned: EventListener,
}

impl VisibilityWatch {
    /// Calls back at each turn.
    pub fn new(on_turn: impl Fn() + 'static) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        Some(Self { _turned: EventListener::new(&document, "visibilitychange", move |_| on_turn()) })
    }
}

/// Whether the page was there before and was loaded again, in this tab and at this address (Navigation Timing §5.1).
pub fn is_reloaded() -> bool {
    let performance = web_sys::window().and_then(|window| window.performance());
    performance.is_some_and(|performance| {
        performance.navigation().type_() == web_sys::PerformanceNavigation::TYPE_RELOAD
    })
}

/// Whether the page is in a frame of another one.
pub fn is_framed() -> bool {
    let own = web_sys::window();
    own.as_ref().and_then(|window| window.parent().ok().flatten()) != own
}

/// Milliseconds since the page was opened, on a clock that never goes back (High Resolution Time §5).
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Leaves a performance mark.
pub fn mark(name: &str) {
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        // Marks cannot fail for names that are no attribute of PerformanceTiming.
        let _ = performance.mark(name);
    }
}

/// Writes a line to the console's debug log.
pub fn log(line: &str) {
    web_sys::console::debug_1(&line.into());
}

/// Writes a line to the console's error log.
pub fn log_error(line: &str) {
    web_sys::console::error_1(&line.into());
}
