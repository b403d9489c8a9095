//! What index.html decides before the program is there: theme and language, and which words are fetched.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// What the script has made of the page.
struct Page {
    root: Object,
    words: Function,
    fetched: Array,
}

/// Runs the script of index.html in a browser of somebody who comes by a link, wants these languages and has stored this one.
fn open(wanted: &[&str], stored: Option<&str>) -> Page {
    open_at("#link", wanted, stored)
}

fn open_at(hash: &str, wanted: &[&str], stored: Option<&str>) -> Page {
    let html = include_str!("../../../index.html");
    let script = html.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    let made_up = "
        const root = { dataset: {}, lang: 'en' };
        const fetched = [];
        const document = { documentElement: root };
        const location = { hash, reload: () => {} };
        const navigator = { languages: wanted };
        const localStorage = { getItem: (key) => (key === 'visavis:language' ? stored : null) };
        const fetch = async (url) => (fetched.push(url), url.includes('zh')
            ? { ok: true, text: async () => 'words' } : { ok: false, status: 404 });
        let visavisPart, visavisWords;";
    let body = format!("{made_up}\n{script}\nreturn [root, visavisWords, fetched];");
    let wanted: Array = wanted.iter().map(|tag| JsValue::from(*tag)).collect();
    let stored = stored.map_or(JsValue::NULL, JsValue::from);
    let made = Function::new_with_args("hash, wanted, stored, addEventListener", &body)
        .call4(&JsValue::NULL, &hash.into(), &wanted, &stored, &Function::new_no_args(""))
        .unwrap();
    let made: Array = made.unchecked_into();
    Page {
        root: made.get(0).unchecked_into(),
        words: made.get(1).unchecked_into(),
        fetched: made.get(2).unchecked_into(),
    }
}

impl Page {
    fn root(&self, name: &str) -> String {
        Reflect::get(&self.root, &name.into()).unwrap().as_string().unwrap_or_default()
    }

    fn fetched(&self) -> Vec<String> {
        self.fetched.iter().filter_map(|url| url.as_string()).collect()
    }

    async fn words(&self, tag: &str) -> Option<String> {
        let words: Promise = self.words.call1(&JsValue::NULL, &tag.into()).unwrap().unchecked_into();
        JsFuture::from(words).await.unwrap().as_string()
    }
}

#[wasm_bindgen_test]
fn the_first_language_the_page_speaks_is_chosen() {
    for (wanted, stored, language) in [
        (&["sv-SE", "zh-CN", "en"] as &[_], None, "zh-Hans"),
        (&["de-CH", "zh-CN", "en"], None, "de"),
        (&["pt-PT"], None, "pt-BR"),
        (&["ES-419", "en"], None, "es"),
        (&["arn-CL", "ar-EG"], None, "ar"),
        (&["fr"], Some("ja"), "ja"),
        (&["EN-gb", "zh"], None, "en"),
        (&["sv"], None, "en"),
        (&[], None, "en"),
        (&["en"], Some("zh-Hans"), "zh-Hans"),
        (&["zh-TW"], Some("en"), "en"),
        (&["zh-TW"], Some("tlh"), "zh-Hans"),
    ] {
        let page = open(wanted, stored);
        assert_eq!(page.root("lang"), language, "{wanted:?} {stored:?}");
        assert_eq!(page.root("dir"), if language == "ar" { "rtl" } else { "ltr" });
        let fetched = if language == "en" { vec![] } else { vec![format!("./text/{language}.txt")] };
        assert_eq!(page.fetched(), fetched);
    }
}

#[wasm_bindgen_test]
fn the_home_page_has_words_of_its_own() {
    assert_eq!(open_at("", &["de"], None).fetched(), ["./text/de.txt", "./text/home/de.txt"]);
    assert!(open_at("", &["en"], None).fetched().is_empty());
}

#[wasm_bindgen_test]
async fn words_are_fetched_once_and_asked_for_again_if_they_did_not_come() {
    let page = open(&["zh"], None);
    assert_eq!(page.words("zh-Hans").await.as_deref(), Some("words"));
    assert_eq!(page.words("zh-Hans").await.as_deref(), Some("words"));
    assert_eq!(page.fetched().len(), 1);
    assert_eq!(page.words("sv").await, None);
    assert_eq!(page.words("sv").await, None);
    assert_eq!(page.fetched().len(), 3);
}
