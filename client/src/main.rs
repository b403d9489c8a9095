//! Mounts the page.

use visavis_client::browser::page;

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
    page::remove_element("boot");
    page::mark("visavis:app-ready");
}
