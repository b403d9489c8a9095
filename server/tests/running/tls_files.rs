//! HTTPS with a certificate that somebody else makes, and makes anew while calls go on.

use std::io::{BufRead, BufReader};
use std::process::ChildStderr;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::json;

use crate::process::refused;
use crate::support::{Browser, Client, Folder, Process, ROOM, Running, patient};

/// A certificate for this machine and its key (PEM).
pub(crate) struct Made {
    pub(crate) certificate: String,
    key: String,
}

impl Made {
    pub(crate) fn new() -> Self {
        Self::between(2020, 4000)
    }

    fn between(start: i32, end: i32) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        certificate.not_before = date_time_ymd(start, 1, 1);
        certificate.not_after = date_time_ymd(end, 1, 1);
        let certificate = certificate.self_signed(&key).unwrap().pem();
        Self { certificate, key: key.serialize_pem() }
    }

    /// Writes both; returns the flags that name them.
    pub(crate) fn write(&self, folder: &Folder) -> [String; 6] {
        let (certificate, key) = (folder.write("a.pem", &self.certificate), folder.write("a.key", &self.key));
        ["--tls", "files", "--tls-cert", &certificate, "--tls-key", &key].map(str::to_owned)
    }
}

/// Reads the log until a line has these words.
async fn until_logged(
    mut log: BufReader<ChildStderr>,
    words: &'static str,
) -> (BufReader<ChildStderr>, String) {
    let reader = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "it was never said: {words}");
        }
        (log, line)
    });
    patient(reader).await.unwrap()
}

#[tokio::test]
async fn a_new_certificate_is_shown_while_a_call_goes_on() {
    let folder = Folder::new("tls-reload");
    let (old, new) = (Made::new(), Made::new());
    let flags = old.write(&folder);
    let flags: Vec<_> =
        ["--listen", "127.0.0.1:0"].into_iter().chain(flags.iter().map(String::as_str)).collect();
    let (server, log) = Process::heard(&flags);
    let browser = Browser::trusting(&[&old.certificate, &new.certificate]);
    let mut alice = Client::over(browser.open(server.address).await).await;
    alice.join(ROOM).await;
    let first = browser.shown(server.address).await;

    new.write(&folder);
    server.signal("HUP");
    let (log, _) = until_logged(log, "the certificate was read again").await;
    let second = Browser::trusting(&[&new.certificate]).shown(server.address).await;
    assert!(second != first, "the old one is shown");
    assert_eq!(alice.request("ice", json!({})).await, json!({"ok": {"servers": []}}));

    folder.write("a.key", &old.key);
    server.signal("HUP");
    let (_, line) = until_logged(log, "the certificate stays as it was").await;
    assert!(line.contains("does not belong to the certificate"), "{line}");
    assert!(browser.shown(server.address).await == second, "the bad files are shown");
    let mut bob = Client::over(browser.open(server.address).await).await;
    bob.join(ROOM).await;
    assert_eq!(alice.event().await.0, "peer-joined");
}

#[tokio::test]
async fn keys_come_in_more_than_one_form() {
    let folder = Folder::new("tls-forms");
    let made = Made::new();
    let key = pem_bytes(&made.key);
    // The older form (RFC 5915) is the inner part of the newer one.
    let inner = &key[key.len() - 109..];
    let sec1 = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, inner);
    let sec1 = format!("-----BEGIN EC PRIVATE KEY-----\n{sec1}\n-----END EC PRIVATE KEY-----\n");
    for key in [made.key.clone(), sec1, format!("{}{}", made.certificate, made.key)] {
        let flags = Made { certificate: made.certificate.clone(), key }.write(&folder);
        let server = Running::start(&flags.each_ref().map(String::as_str)).await;
        Browser::trusting(&[&made.certificate]).open(server.address).await;
        server.stop().await;
    }
}

fn pem_bytes(text: &str) -> Vec<u8> {
    let text: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    base64::Engine::decode(&base64::prelude::BASE64_STANDARD, text).unwrap()
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_shown_with_a_warning() {
    let folder = Folder::new("tls-time");
    for (made, words) in
        [(Made::between(2000, 2001), "has ended"), (Made::between(3000, 3001), "is not valid yet")]
    {
        let flags = made.write(&folder);
        let flags: Vec<_> =
            ["--listen", "127.0.0.1:0"].into_iter().chain(flags.iter().map(String::as_str)).collect();
        let (server, log) = Process::heard(&flags);
        until_logged(log, words).await;
        let browser = Browser::trusting(&[&made.certificate]);
        let refused = browser.try_open(server.address, "localhost").await.unwrap_err();
        assert!(refused.to_string().contains("certificate"), "{refused}");
    }
}

#[test]
fn what_cannot_be_used_is_one_sentence() {
    let folder = Folder::new("tls-refused");
    let (made, other) = (Made::new(), Made::new());
    let (cert, key) = (folder.write("a.pem", &made.certificate), folder.write("a.key", &made.key));
    let other = folder.write("b.key", &other.key);
    let broken = folder.write("c.pem", &made.certificate.replacen("MII", "MI!", 1));
    let hollow = folder.write("d.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    let no_key = folder.write("e.key", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n");
    let (missing, in_folder) = (folder.at("nothing"), folder.at("nowhere/visavis.key"));
    let files = |cert, key| vec!["--tls", "files", "--tls-cert", cert, "--tls-key", key];
    let cases = [
        (vec!["--tls", "files"], "--tls files needs --tls-cert too"),
        (vec!["--tls", "files", "--tls-key", &key], "--tls files needs --tls-cert too"),
        (vec!["--tls", "files", "--tls-cert", &cert], "--tls files needs --tls-key too"),
        (vec!["--tls-cert", &cert], "--tls-cert is of no use without --tls files"),
        (vec!["--tls", "self-signed", "--tls-key", &key], "--tls-key is of no use without --tls files"),
        (files(&missing, &key), "cannot be read"),
        (files(&cert, &missing), "cannot be read"),
        (files(&key, &key), "holds no certificate"),
        (files(&cert, &cert), "holds no private key"),
        (files(&broken, &key), "cannot be used"),
        (files(&hollow, &key), "cannot be used"),
        (files(&cert, &no_key), "cannot be used"),
        (files(&cert, &other), "does not belong to the certificate in"),
        (vec!["--tls", "self-signed", "--key-file", &in_folder], "cannot be made"),
    ];
    for (flags, words) in cases {
        let said = refused(&[&["--listen", "127.0.0.1:0", "--turn-listen", "off"], &flags[..]].concat());
        assert!(said.starts_with("visavis: ") && said.contains(words), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    assert!(refused(&["--tls", "on"]).contains("--tls"));
}
