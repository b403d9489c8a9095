//! The certificate that the server makes for itself: kept over restarts, and made anew when it no longer serves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::sign::CertifiedKey;

use super::TlsError;
use super::leaf::{Leaf, Validity};
use super::pem::{self, PemFile};
use crate::files;

const DAY: u64 = 24 * 60 * 60;
/// How long it is valid. Browsers refuse more than 398 days, those of before count.
const LIFETIME: u64 = 396 * DAY;
/// It is valid for so long already, as clocks differ.
const BACKDATED: u64 = DAY;
/// It is made anew so long before its end.
const RENEWED_BEFORE: u64 = 30 * DAY;

/// The certificate of the file beside the key file, which is made first if it is missing, and made anew if it ends soon
/// or lacks a name. Without a key file it lives as long as the process.
pub(super) fn certificate(
    key_file: Option<&Path>,
    names: &[ServerName<'static>],
    now: u64,
) -> Result<CertifiedKey, TlsError> {
    let Some(path) = key_file.map(beside) else {
        tracing::info!("the certificate is a new one at every start: name a --key-file to keep it");
        return certified(&made(PathBuf::new(), names, now)?);
    };
    let Some(kept) = PemFile::find(path.clone())? else {
        let file = made(path, names, now)?;
        write(&file, files::write_private)?;
        tracing::info!("made a certificate and keep it in {}", file.path());
        return certified(&file);
    };
    let certificate = certified(&kept)?;
    let Some(reason) = why_anew(&Leaf::of(&certificate)?, names, now) else { return Ok(certificate) };
    let file = made(path, names, now)?;
    write(&file, files::replace_private)?;
    tracing::info!("made the certificate in {} anew, which browsers will ask about: {reason}", file.path());
    certified(&file)
}

/// Where the certificate is kept, together with its key so that the two cannot part.
fn beside(key_file: &Path) -> PathBuf {
    key_file.with_extension("tls.pem")
}

fn certified(file: &PemFile) -> Result<CertifiedKey, TlsError> {
    pem::certified(file, file)
}

fn write(file: &PemFile, how: fn(&Path, &[u8]) -> std::io::Result<()>) -> Result<(), TlsError> {
    let path = file.path();
    how(Path::new(&path), file.bytes()).map_err(|source| TlsError::File { path, verb: "made", source })
}

fn why_anew(leaf: &Leaf<'_>, names: &[ServerName<'static>], now: u64) -> Option<String> {
    match leaf.validity(now + RENEWED_BEFORE) {
        Validity::Now => {}
        Validity::Ended => return Some("it had 30 days or less to its end".into()),
        Validity::NotYet => return Some("it was not valid yet".into()),
    }
    let lacked = names.iter().find(|name| !leaf.is_for(name))?;
    Some(format!("it lacked {}", lacked.to_str()))
}

fn made(path: PathBuf, names: &[ServerName<'static>], now: u64) -> Result<PemFile, TlsError> {
    let names: Vec<String> = names.iter().map(|name| name.to_str().into_owned()).collect();
    let mut certificate = CertificateParams::new(names)?;
    let start = now.saturating_sub(BACKDATED);
    certificate.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(start);
    certificate.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(start + LIFETIME);
    certificate.distinguished_name.push(DnType::CommonName, "Visavis, self-signed");
    certificate.is_ca = IsCa::ExplicitNoCa;
    certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let signed = certificate.self_signed(&key)?;
    Ok(PemFile::new(path, format!("{}{}", signed.pem(), key.serialize_pem())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    /// A folder of its own, removed when dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("visavis-own-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        /// The certificate that a server shows which is started at this time, on a host of these names.
        fn shown(&self, names: &[&'static str], now: u64) -> Result<Vec<u8>, TlsError> {
            let names: Vec<_> = names.iter().map(|name| ServerName::try_from(*name).unwrap()).collect();
            let certificate = certificate(Some(&self.0.join("visavis.key")), &names, now)?;
            let leaf = Leaf::of(&certificate)?;
            assert_eq!(leaf.validity(now), Validity::Now);
            assert!(names.iter().all(|name| leaf.is_for(name)));
            Ok(certificate.end_entity_cert()?.to_vec())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn it_is_kept_as_long_as_it_serves() {
        let folder = Folder::new("kept");
        let first = folder.shown(&["localhost", "10.0.0.1", "::1"], NOW).unwrap();
        let last_day = NOW - BACKDATED + LIFETIME - RENEWED_BEFORE;
        assert_eq!(folder.shown(&["localhost", "10.0.0.1"], last_day).unwrap(), first, "a lost address");
        let second = folder.shown(&["localhost"], last_day + 1).unwrap();
        assert_ne!(second, first, "30 days before its end");
        let third = folder.shown(&["localhost", "10.0.0.2"], last_day + 1).unwrap();
        assert_ne!(third, second, "a new address");
        let fourth = folder.shown(&["localhost", "10.0.0.2", "call.example"], last_day + 1).unwrap();
        assert_ne!(fourth, third, "a new name");
        assert_ne!(folder.shown(&["localhost"], NOW).unwrap(), fourth, "made in the future");
    }

    #[test]
    fn browsers_take_it_for_a_server_and_no_longer_than_they_bear() {
        let names = [ServerName::try_from("localhost").unwrap()];
        let certificate = certificate(None, &names, NOW).unwrap();
        let leaf = Leaf::of(&certificate).unwrap();
        assert_eq!(leaf.validity(NOW - BACKDATED - 1), Validity::NotYet);
        assert_eq!(leaf.validity(NOW - BACKDATED + 398 * DAY), Validity::Ended);
        assert!(!leaf.is_for(&ServerName::try_from("call.example").unwrap()));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new("private");
        let path = folder.0.join("visavis.tls.pem");
        for now in [NOW, NOW + LIFETIME] {
            folder.shown(&["localhost"], now).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let folder = Folder::new("foreign");
        let path = folder.0.join("visavis.tls.pem");
        std::fs::write(&path, "words").unwrap();
        assert!(matches!(folder.shown(&["localhost"], NOW), Err(TlsError::NoCertificate(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "words");
    }
}
