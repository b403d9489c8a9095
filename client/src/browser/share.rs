//! How something leaves the page: the sheet on which the user chooses with whom to share it, and mail.

use js_sys::{Function, Object, Promise, Reflect, encode_uri_component};
use wasm_bindgen::{JsCast, JsValue};

use super::{bindings::settle, page};

/// Whether the browser has such a sheet (Web Share §2.1).
pub fn can_share() -> bool {
    sheet().is_some()
}

/// Opens it with a title, a sentence and a link. Call it from a click.
pub async fn share(title: &str, sentence: &str, link: &str) {
    let Some((navigator, open)) = sheet() else { return };
    let shared = Object::new();
    for (key, value) in [("title", title), ("text", sentence), ("url", link)] {
        // Cannot fail on a plain object.
        let _ = Reflect::set(&shared, &key.into(), &value.into());
    }
    let Some(promise) = open.call1(&navigator, &shared).ok().and_then(|it| it.dyn_into::<Promise>().ok())
    else {
        return;
    };
    // Whoever closes the sheet without a choice has "failed" as well.
    if let Err(error) = settle(promise).await {
        page::log(&format!("not shared: {error}"));
    }
}

/// The address that begins a mail to nobody yet (RFC 6068).
pub fn mail(subject: &str, letter: &str) -> String {
    let [subject, letter] = [subject, letter].map(|text| String::from(encode_uri_component(text)));
    format!("mailto:?subject={subject}&body={letter}")
}

fn sheet() -> Option<(JsValue, Function)> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let open = Reflect::get(&navigator, &"share".into()).ok()?.dyn_into().ok()?;
    Some((navigator, open))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn whatever_a_mail_says_stays_in_its_place() {
        assert_eq!(
            mail("Q&A?", "Link:\r\nhttps://call.example/#0123"),
            "mailto:?subject=Q%26A%3F&body=Link%3A%0D%0Ahttps%3A%2F%2Fcall.example%2F%230123"
        );
    }
}
