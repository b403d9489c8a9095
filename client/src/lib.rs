//! The Visavis page.

pub mod app;
pub mod beside;
pub mod browser;
pub mod context;
pub mod disk;
pub mod driver;
pub mod embed;
pub mod files;
pub mod more;
pub mod quality;
pub mod text;
pub mod view;
pub mod words;

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
