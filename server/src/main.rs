//! The `visavis` binary: reads the command line, says where to go, and serves until it is told to stop.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};
use visavis_server::config::LogFormat;
use visavis_server::urls::Urls;
use visavis_server::{CertificateFiles, Config, Server, files, qr};

fn main() -> ExitCode {
    let config = Config::parse();
    files::raise_limit();
    let outcome = start_log(&config).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve(&config))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(std::io::stderr(), &format!("visavis: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let server = Server::bind(config).await?;
    if !server.has_client() {
        tracing::warn!(
            "there is no client in this binary and no --dist folder: signalling works, the page only says so"
        );
    }
    if let Some(files) = server.certificate_files() {
        read_again_on_hangup(files.clone())?;
    }
    tell(server.urls(), config);
    server.run(stop).await;
    tracing::info!("stopped");
    Ok(())
}

/// Says where to go; to other devices, by a picture that they can read from the screen.
fn tell(urls: &Urls, config: &Config) {
    if urls.is_for_others() && !config.is_secured() {
        tracing::warn!(
            "browsers give camera and microphone only to pages over https or from their own machine, not from {}: \
             --tls self-signed helps",
            urls.main()
        );
    }
    say(std::io::stdout(), &format!("Visavis is ready: {}", urls.main()));
    if let Some(here) = urls.here() {
        say(std::io::stdout(), &format!("On this machine: {here}"));
    }
    if urls.is_for_others()
        && std::io::stdout().is_terminal()
        && let Some(code) = qr::drawn(urls.main())
    {
        say(std::io::stdout(), &code);
    }
}

/// A service manager, or a program that renews certificates, asks for it by SIGHUP.
#[cfg(unix)]
fn read_again_on_hangup(files: CertificateFiles) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            files.read_again().await;
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn read_again_on_hangup(_: CertificateFiles) -> std::io::Result<()> {
    Ok(())
}

/// Ready when the process is asked to end, by a service manager or by Ctrl-C.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ready when the process is asked to end by Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        tokio::signal::ctrl_c().await.ok();
    })
}

/// Only our own events may be more than warnings, whatever the filter says: other crates log what passes through them.
fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::builder()
        .parse(&config.log)
        .map_err(|error| anyhow::anyhow!("the log filter {:?} cannot be read: {error}", config.log))?;
    let ours = filter_fn(|event| event.target().starts_with("visavis") || *event.level() <= Level::WARN);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match config.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter).with_filter(ours)).try_init()?;
    Ok(())
}

/// One line; a closed pipe is no reason to end.
fn say(mut to: impl Write, line: &str) {
    writeln!(to, "{line}").and_then(|()| to.flush()).ok();
}
