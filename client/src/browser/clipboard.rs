//! The clipboard.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Copies a text; `false` if the browser refused. Call it from a click.
pub async fn copy_text(text: String) -> bool {
    let Some(window) = web_sys::window() else { return false };
    // Outside of https there is no `navigator.clipboard`, whatever the binding's type says.
    let clipboard = window.navigator().clipboard();
    if !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(&text)).await.is_ok() {
        return true;
    }
    copy_by_selection(&text).unwrap_or(false)
}

/// Through a text area that exists for the moment: works wherever `navigator.clipboard` does not.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document = web_sys::window()?.document()?.dyn_into::<web_sys::HtmlDocument>().ok()?;
    let area = document.create_element("textarea").ok()?.dyn_into::<web_sys::HtmlTextAreaElement>().ok()?;
    area.set_value(text);
    area.set_read_only(true);
    area.set_class_name("visually-hidden");
    document.body()?.append_child(&area).ok()?;
    area.select();
    let copied = document.exec_command("copy").unwrap_or(false);
    area.remove();
    Some(copied)
}
