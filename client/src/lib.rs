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

/// Half the size of the standard library's: each of the page's programs has one.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
