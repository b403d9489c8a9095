//! The Visavis page.

pub mod app;
pub mod beside;
pub mod browser;
pub mod context;
pub mod driver;
pub mod text;
pub mod view;

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
