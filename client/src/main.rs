//! Mounts the pages of a call.

use visavis_client::{
    app::{calls, with_first_words},
    browser::page,
};

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
    with_first_words(|words| {
        leptos::mount::mount_to_body(move || calls(words));
        page::mark("visavis:app-ready");
    });
}
