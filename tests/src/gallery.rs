//! Every page of a call with made-up views (the example `gallery` of the client), served to a browser.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::person::Person;
use crate::site::{Answer, Site};

/// What the example is shown in.
const INDEX: &str = include_str!("gallery/index.html");

/// Serves the made-up pages: `#call-3` and so on behind the address.
///
/// # Errors
///
/// If they were not built.
pub async fn serve() -> Result<Site> {
    let built = std::env::var_os("VISAVIS_GALLERY")
        .context("VISAVIS_GALLERY names no gallery; run the tests by `cargo xtask test e2e`")?;
    let built = PathBuf::from(built);
    let program = std::fs::read(built.join("gallery_bg.wasm")).context("reading the gallery")?;
    let script = std::fs::read(built.join("gallery.js")).context("reading the gallery's script")?;
    let index = INDEX.replace("<!-- icons -->", include_str!("../../client/icons.svg"));
    Site::serve(move |path| match path {
        "/" => Answer::found("text/html", index.clone()),
        "/gallery.js" => Answer::found("text/javascript", script.clone()),
        "/gallery_bg.wasm" => Answer::found("application/wasm", program.clone()),
        "/style.css" => Answer::found("text/css", include_str!("../../client/style.css")),
        "/more.css" => Answer::found("text/css", include_str!("../../client/more.css")),
        "/faces.css" => Answer::found("text/css", include_str!("gallery/faces.css")),
        "/face.svg" => Answer::found("image/svg+xml", include_str!("gallery/face.svg")),
        "/screen.svg" => Answer::found("image/svg+xml", include_str!("gallery/screen.svg")),
        _ => Answer::refused("404 Not Found"),
    })
    .await
}

impl Person {
    /// Opens a made-up page of this site, and waits until it is drawn and nothing moves on it.
    ///
    /// # Errors
    ///
    /// If that does not happen.
    pub async fn open_made_up(&self, site: &Site, scene: &str) -> Result<()> {
        // Else the browser would take another scene for a place on the same page.
        self.visit("about:blank").await?;
        self.visit(&format!("{}#{scene}", site.url())).await?;
        self.expect(&format!("sees {scene}"), async || {
            let is_there: bool = self.read(include_str!("scripts/at_ease.js")).await?;
            ensure!(is_there, "it is not there");
            Ok(())
        })
        .await
    }

    /// Nothing on the stage is beyond the edge, under something else, or without room.
    ///
    /// # Errors
    ///
    /// What is.
    pub async fn find_seated(&self, scene: &str) -> Result<()> {
        self.expect(&format!("finds everything of {scene} in its place"), async || {
            let problems: Vec<String> = self.read(include_str!("scripts/seated.js")).await?;
            ensure!(problems.is_empty(), "{problems:#?}");
            Ok(())
        })
        .await
    }
}
