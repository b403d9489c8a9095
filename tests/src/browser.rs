//! One browser with its own profile and its own driver, as one participant has it.
//!
//! Every participant gets a driver process (geckodriver serves one session only), which picks a free port and writes
//! it to its log. Dropping a [`Browser`] ends the session, then the driver.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::session::handle::SessionHandle;
use thirtyfour::{Capabilities, WebDriver};

use crate::tool;
use crate::wait::until;

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
    /// Whether camera and microphone give only what many people on one machine can afford.
    pub small_media: bool,
    /// Whether every WebSocket of the page fails, as behind a proxy that knows none.
    pub no_websocket: bool,
}

impl Setup {
    /// Chromium with fake devices, in English.
    pub fn chromium() -> Self {
        Self {
            kind: Kind::Chromium,
            devices: Devices::Fake,
            language: "en-US",
            viewport: (1280, 800),
            small_media: false,
            no_websocket: false,
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

    /// The same with a small picture and plain sound.
    #[must_use]
    pub fn with_small_media(self) -> Self {
        Self { small_media: true, ..self }
    }

    /// The same in a window of this size.
    #[must_use]
    pub fn with_viewport(self, viewport: (u32, u32)) -> Self {
        Self { viewport, ..self }
    }

    /// The same where no WebSocket gets through.
    #[must_use]
    pub fn without_websocket(self) -> Self {
        Self { no_websocket: true, ..self }
    }
}

/// A running browser.
#[derive(Debug)]
pub struct Browser {
    session: Option<WebDriver>,
    handle: Arc<SessionHandle>,
    kind: Kind,
    _driver: Driver,
}

impl Browser {
    /// Starts the driver and the browser.
    pub async fn launch(setup: &Setup) -> Result<Self> {
        let driver = Driver::start(setup.kind).await?;
        let capabilities = match setup.kind {
            Kind::Chromium => chromium_capabilities(setup, &driver.folder.path().join("profile"))?,
            Kind::Firefox => firefox_capabilities(setup)?,
        };
        let session = WebDriver::new(&driver.url, capabilities).await.context("the browser did not start")?;
        let handle = Arc::clone(session.handle());
        let browser = Self { session: Some(session), handle, kind: setup.kind, _driver: driver };
        browser.settle_permissions(setup.devices).await?;
        browser.resize(setup.viewport).await?;
        Ok(browser)
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
        if let Some(session) = self.session.take() {
            // A session whose last window was closed has ended already.
            drop(session.quit().await);
        }
    }

    /// Without the fake prompt of `--use-fake-ui-for-media-stream`, permissions are given or refused beforehand.
    async fn settle_permissions(&self, devices: Devices) -> Result<()> {
        let granted = match (self.kind, devices) {
            (Kind::Firefox, _) | (Kind::Chromium, Devices::Fake) => return Ok(()),
            (Kind::Chromium, Devices::CameraRefused) => json!(["audioCapture"]),
            (Kind::Chromium, Devices::Missing) => json!(["audioCapture", "videoCapture"]),
        };
        self.command("Browser.grantPermissions", json!({"permissions": granted})).await
    }

    async fn command(&self, name: &str, parameters: Value) -> Result<()> {
        let session = self.session.as_ref().context("the browser has quit")?;
        session.cdp().send_raw(name, parameters).await.with_context(|| name.to_owned())?;
        Ok(())
    }
}

/// A running chromedriver or geckodriver.
#[derive(Debug)]
struct Driver {
    child: Child,
    url: String,
    folder: TempDir,
}

impl Driver {
    async fn start(kind: Kind) -> Result<Self> {
        let (program, arguments, announcement) = match kind {
            Kind::Chromium => (tool::chromedriver()?, &["--port=0"][..], "started successfully on port "),
            Kind::Firefox => (tool::geckodriver()?, &["--port", "0"][..], "Listening on 127.0.0.1:"),
        };
        let folder = tempfile::Builder::new().prefix("visavis-e2e-").tempdir()?;
        let log = folder.path().join("driver.log");
        let file = File::create(&log)?;
        let mut command = Command::new(&program);
        if kind == Kind::Firefox {
            command.arg("--profile-root").arg(folder.path());
        }
        let child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut driver = Self { child, url: String::new(), folder };
        let port =
            until("the driver names its port", async || driver.announced_port(&log, announcement)).await?;
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    fn announced_port(&mut self, log: &PathBuf, announcement: &str) -> Result<u16> {
        let text = std::fs::read_to_string(log)?;
        ensure!(self.child.try_wait()?.is_none(), "the driver ended: {text}");
        let Some((_, rest)) = text.split_once(announcement) else { bail!("no port in its log: {text}") };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        ensure!(digits.len() < rest.len(), "the line is not complete");
        Ok(digits.parse()?)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Both fail only where the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn capabilities(value: Value) -> Result<Capabilities> {
    let Value::Object(map) = value else { bail!("capabilities are an object") };
    Ok(map.into())
}

fn chromium_capabilities(setup: &Setup, profile: &Path) -> Result<Capabilities> {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns,Translate",
    ]
    .map(str::to_owned)
    .into();
    if setup.small_media {
        // A tenth of the wake-ups of every sound that is played.
        arguments.push("--audio-buffer-size=4096".to_owned());
    }
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--lang={}", setup.language));
    arguments.push(format!("--accept-lang={}", setup.language));
    arguments.push(format!("--window-size={},{}", setup.viewport.0, setup.viewport.1));
    let devices: &[&str] = match setup.devices {
        Devices::Fake => &["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        Devices::CameraRefused => &["--use-fake-device-for-media-stream"],
        Devices::Missing => &[],
    };
    arguments.extend(devices.iter().map(|&flag| flag.to_owned()));
    capabilities(json!({
        "browserName": "chrome",
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {
            "binary": tool::chromium()?,
            "args": arguments,
            "prefs": {"intl.accept_languages": setup.language},
        },
    }))
}

fn firefox_capabilities(setup: &Setup) -> Result<Capabilities> {
    const ALLOW: u8 = 1;
    const REFUSE: u8 = 2;
    let camera = if setup.devices == Devices::CameraRefused { REFUSE } else { ALLOW };
    capabilities(json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": tool::firefox()?,
            "args": ["-headless"],
            "prefs": {
                "media.navigator.streams.fake": setup.devices != Devices::Missing,
                "media.navigator.permission.disabled": setup.devices == Devices::Fake,
                "permissions.default.camera": camera,
                "permissions.default.microphone": ALLOW,
                "media.peerconnection.ice.loopback": true,
                "media.peerconnection.ice.obfuscate_host_addresses": false,
                "media.autoplay.default": 0,
                "intl.accept_languages": setup.language,
                "intl.locale.requested": setup.language,
                "datareporting.policy.dataSubmissionEnabled": false,
            },
        },
    }))
}
