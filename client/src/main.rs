//! Mounts the page.

use visavis_client::{app::app, browser::page};

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
    leptos::mount::mount_to_body(app);
    page::remove_element("boot");
    page::mark("visavis:app-ready");
}
