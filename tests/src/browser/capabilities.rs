//! How a browser is started: its devices, its language, and nothing that disturbs a test.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use thirtyfour::Capabilities;

use super::{Devices, Place, Setup};
use crate::{tool, voice};

/// Chromium, started for this participant.
pub(super) fn chromium(setup: &Setup, profile: &Path) -> Result<Capabilities> {
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
        "--disable-features=WebRtcHideLocalIpsWithMdns,Translate",
    ]
    .map(str::to_owned)
    .into();
    match &setup.place {
        None => arguments.push("--allow-loopback-in-peer-connection".to_owned()),
        Some(Place { trusted, .. }) => {
            arguments.push(format!("--unsafely-treat-insecure-origin-as-secure={trusted}"));
        }
    }
    if let Some(key) = &setup.trusted_key {
        arguments.push(format!("--ignore-certificate-errors-spki-list={key}"));
    }
    if setup.small_media.is_some() {
        // A tenth of the wake-ups of every sound that is played.
        arguments.push("--audio-buffer-size=4096".to_owned());
        // No picture is painted but for what moves in it.
        arguments.push("--force-prefers-reduced-motion".to_owned());
    }
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--lang={}", setup.language));
    arguments.push(format!("--accept-lang={}", setup.language));
    arguments.push(format!("--window-size={},{}", setup.viewport.0, setup.viewport.1));
    if setup.devices == Devices::Voice {
        arguments.push(format!("--use-file-for-fake-audio-capture={}", voice::file()?.display()));
    }
    let devices: &[&str] = match setup.devices {
        Devices::Fake | Devices::Voice => {
            &["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        }
        Devices::SeveralCameras => {
            &["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"]
        }
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

/// Chromium that runs already and listens to debuggers at this address.
pub(super) fn of_running_chromium(address: &Value) -> Result<Capabilities> {
    capabilities(json!({
        "browserName": "chrome",
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {"debuggerAddress": address},
    }))
}

/// Firefox, started for this participant.
pub(super) fn firefox(setup: &Setup) -> Result<Capabilities> {
    const ALLOW: u8 = 1;
    const REFUSE: u8 = 2;
    let camera = if setup.devices == Devices::CameraRefused { REFUSE } else { ALLOW };
    // As with Chromium's flag the page is served as if by TLS: it has devices, and a private disk.
    let trusted = setup.place.as_ref().map(|place| host_of(&place.trusted)).unwrap_or_default();
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
                "media.peerconnection.ice.loopback": setup.place.is_none(),
                "dom.securecontext.allowlist": trusted,
                "media.peerconnection.ice.obfuscate_host_addresses": false,
                "media.autoplay.default": 0,
                "intl.accept_languages": setup.language,
                "intl.locale.requested": setup.language,
                "datareporting.policy.dataSubmissionEnabled": false,
            },
        },
    }))
}

/// The host of an origin.
fn host_of(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn capabilities(value: Value) -> Result<Capabilities> {
    let Value::Object(map) = value else { bail!("capabilities are an object") };
    Ok(map.into())
}
