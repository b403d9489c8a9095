//! The Visavis page.

pub mod app;
pub mod browser;
pub mod context;
pub mod driver;
pub mod text;
pub mod view;
