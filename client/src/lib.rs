//! The Visavis page.

pub mod browser;
pub mod context;
pub mod driver;
