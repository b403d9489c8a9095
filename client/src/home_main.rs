//! Mounts the home page.

use visavis_client::{
    app::{home, with_first_words},
    browser::page,
};

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
    with_first_words(|words| {
        leptos::mount::mount_to_body(move || home(words));
        page::mark("visavis:app-ready");
    });
}
