//! One browser with its own profile and its own driver, as one participant has it.
//!
//! Every participant gets a driver process (geckodriver serves one session only), which picks a free port and writes
//! it to its log. Dropping a [`Browser`] ends the session, then the driver. In the lab both run in the network of their
//! host, and the tests reach the driver through a door beside it.

mod capabilities;
mod crash;
mod driver;

use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use thirtyfour::WebDriver;
use thirtyfour::session::handle::SessionHandle;

use crate::lab::{Host, Namespace};
use crate::report;
use crate::server::Server;
use driver::Driver;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, through chromedriver.
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
}

/// What the page meets when it asks for a microphone and a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Devices {
    /// A microphone that beeps and a camera that shows a moving picture, both allowed.
    Fake,
    /// The same, but the microphone hears somebody who talks without an end ([`crate::voice`]). Chromium only.
    Voice,
    /// Several such cameras, of which the second gives what cannot be sent (depths). Chromium only, which has several such
    /// microphones and speakers in any case.
    SeveralCameras,
    /// The microphone is allowed, the camera refused.
    CameraRefused,
    /// There is no device at all.
    Missing,
}

/// What a participant brings: the browser, its devices, its language and the size of its window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Which browser.
    pub kind: Kind,
    /// Its microphone and camera.
    pub devices: Devices,
    /// The language it asks for, such as `zh-CN`.
    pub language: &'static str,
    /// Width and height of the page, in CSS pixels.
    pub viewport: (u32, u32),
    /// Camera and microphone give only what many people on one machine can afford, and so many pictures a second.
    pub small_media: Option<u8>,
    /// Whether every WebSocket of the page fails, as behind a proxy that knows none.
    pub no_websocket: bool,
    /// The one certificate that is believed without an authority: the SHA-256 of its public key, in Base64. Chromium
    /// only.
    pub trusted_key: Option<String>,
    /// Where in the lab they sit, if they do.
    pub place: Option<Place>,
}

/// Where a participant sits who is not simply on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The network they are in.
    pub namespace: Namespace,
    /// Scheme, host and port of pages that may use camera and microphone, even without TLS.
    pub trusted: String,
}

impl Setup {
    /// Chromium with fake devices, in English.
    pub fn chromium() -> Self {
        Self {
            kind: Kind::Chromium,
            devices: Devices::Fake,
            language: "en-US",
            viewport: (1280, 800),
            small_media: None,
            no_websocket: false,
            trusted_key: None,
            place: None,
        }
    }

    /// Firefox with fake devices, in English.
    pub fn firefox() -> Self {
        Self { kind: Kind::Firefox, ..Self::chromium() }
    }

    /// The same with these devices.
    #[must_use]
    pub fn with_devices(self, devices: Devices) -> Self {
        Self { devices, ..self }
    }

    /// The same in this language.
    #[must_use]
    pub fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// The same with a small picture, seldom, and plain sound.
    #[must_use]
    pub fn with_small_media(self) -> Self {
        self.with_small_media_at(3)
    }

    /// The same with a small picture, so often a second, and plain sound.
    #[must_use]
    pub fn with_small_media_at(self, pictures: u8) -> Self {
        Self { small_media: Some(pictures), ..self }
    }

    /// The same in a window of this size.
    #[must_use]
    pub fn with_viewport(self, viewport: (u32, u32)) -> Self {
        Self { viewport, ..self }
    }

    /// The same at a host of the lab, for the pages of this server.
    #[must_use]
    pub fn at(self, host: &Host, server: &Server) -> Self {
        let place = Place { namespace: host.namespace().clone(), trusted: server.origin() };
        Self { place: Some(place), ..self }
    }

    /// The same, believing the certificate with this public key, by the Base64 of its SHA-256. Chromium only.
    #[must_use]
    pub fn trusting(self, key: &str) -> Self {
        Self { trusted_key: Some(key.to_owned()), ..self }
    }

    /// The same where no WebSocket gets through.
    #[must_use]
    pub fn without_websocket(self) -> Self {
        Self { no_websocket: true, ..self }
    }
}

/// What chromedriver says of a browser that ended before it could be driven.
const ENDED: &str = "Chrome instance exited";

/// A running browser.
#[derive(Debug)]
pub struct Browser {
    session: Option<WebDriver>,
    /// The session before the page crashed. Its browser ends with it.
    former: Option<WebDriver>,
    handle: Arc<SessionHandle>,
    kind: Kind,
    driver: Rc<Driver>,
}

impl Browser {
    /// Starts the driver and the browser. One that ends before it has done anything is started once more: that is not what is
    /// tested. What it said is printed.
    pub async fn launch(setup: &Setup) -> Result<Self> {
        let (driver, session) = match Self::start(setup).await {
            Err(error) if format!("{error:#}").contains(ENDED) => {
                report::tell(&format!("a browser is started once more: {error:#}"));
                Self::start(setup).await?
            }
            started => started?,
        };
        let handle = Arc::clone(session.handle());
        let (session, driver) = (Some(session), Rc::new(driver));
        let browser = Self { session, former: None, handle, kind: setup.kind, driver };
        browser.settle_permissions(setup.devices).await?;
        browser.resize(setup.viewport).await?;
        Ok(browser)
    }

    async fn start(setup: &Setup) -> Result<(Driver, WebDriver)> {
        let driver = Driver::start(setup.kind, setup.place.as_ref().map(|place| &place.namespace)).await?;
        let capabilities = match setup.kind {
            Kind::Chromium => capabilities::chromium(setup, &driver.profile())?,
            Kind::Firefox => capabilities::firefox(setup)?,
        };
        let session = WebDriver::new(driver.url(), capabilities).await;
        let session =
            session.with_context(|| format!("the browser did not start; {}", driver.last_words()))?;
        Ok((driver, session))
    }

    /// Which one it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The WebDriver session.
    pub fn session(&self) -> &Arc<SessionHandle> {
        &self.handle
    }

    /// Sets width and height of the page, in CSS pixels. Firefox has a least width of its own.
    pub async fn resize(&self, (width, height): (u32, u32)) -> Result<()> {
        match self.kind {
            Kind::Chromium => {
                let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
                self.command("Emulation.setDeviceMetricsOverride", size).await?;
            }
            Kind::Firefox => self.handle.set_window_rect(0, 0, width, height).await?,
        }
        Ok(())
    }

    /// Ends the session, and with it the browser.
    pub async fn quit(mut self) {
        for session in [self.session.take(), self.former.take()].into_iter().flatten() {
            if session.clone().quit().await.is_err() {
                // It has ended already, with its last window or its driver; it is not asked to end once more.
                drop(session.leak());
            }
        }
    }

    /// Lets the page crash and loads it again, with a script that runs before all others. What is given stands for the
    /// browser from then on, and this one is to be left alone. Chromium only.
    pub async fn crash(&self, script: &str) -> Result<Self> {
        let mut line = crash::Line::open(&self.driver.debugger()?).await?;
        line.crash_and_reload(script).await?;
        let running = serde_json::to_value(self.handle.capabilities())?;
        let capabilities =
            capabilities::of_running_chromium(&running["goog:chromeOptions"]["debuggerAddress"])?;
        let session = WebDriver::new(self.driver.url(), capabilities).await.context("no second session")?;
        let handle = Arc::clone(session.handle());
        let (driver, former) = (Rc::clone(&self.driver), self.session.clone());
        Ok(Self { session: Some(session), former, handle, kind: self.kind, driver })
    }

    /// Without the fake prompt of `--use-fake-ui-for-media-stream`, permissions are given or refused beforehand.
    async fn settle_permissions(&self, devices: Devices) -> Result<()> {
        let granted = match (self.kind, devices) {
            (Kind::Firefox, _)
            | (Kind::Chromium, Devices::Fake | Devices::Voice | Devices::SeveralCameras) => return Ok(()),
            (Kind::Chromium, Devices::CameraRefused) => json!(["audioCapture"]),
            (Kind::Chromium, Devices::Missing) => json!(["audioCapture", "videoCapture"]),
        };
        self.command("Browser.grantPermissions", json!({"permissions": granted})).await?;
        Ok(())
    }

    /// A command of Chromium's own protocol for developers.
    pub async fn command(&self, name: &str, parameters: Value) -> Result<Value> {
        let session = self.session.as_ref().context("the browser has quit")?;
        session.cdp().send_raw(name, parameters).await.with_context(|| name.to_owned())
    }
}
