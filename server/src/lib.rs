//! The Visavis server: it serves the page, introduces peers to each other, and relays what it cannot read.
//!
//! [`Server`] is what `main` and the tests run; [`rooms`] is the decision in the middle of it, free of any network.

mod addresses;
mod assets;
mod clock;
pub mod config;
pub mod files;
mod gate;
mod greeting;
mod headers;
mod ice;
pub mod qr;
pub mod rate;
mod relay;
pub mod rooms;
mod serve;
mod session;
mod signaling;
mod tls;
pub mod tokens;
pub mod urls;
mod wire;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::routing::get;
use axum::{Router, middleware};
use socketioxide::{ParserConfig, SocketIo};
use tokio::net::TcpListener;
use tower_http::timeout::RequestBodyTimeoutLayer;
use visavis_protocol::{IceServer, limits};

pub use config::Config;
pub use ice::NoCredentials;
pub use relay::RelayError;
pub use tls::{CertificateFiles, TlsError};

use addresses::Addresses;
use assets::Assets;
use clock::Clock;
use gate::Gate;
use headers::FrameAncestors;
use ice::{IceServers, Secret};
use relay::Relay;
use serve::Acceptor;
use signaling::Signaling;
use tls::Tls;
use tokens::{KeyError, TokenKey};
use urls::Urls;

/// Between two heartbeats, and until one is missed: a dead socket is known after 10 s.
const PING: Duration = Duration::from_secs(5);
/// How long a session may be open without a namespace.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Packets that may wait for one reader.
const QUEUE: usize = 1024;
/// Connections of one address for each socket that it may have: a browser keeps six.
const CONNECTIONS_PER_SOCKET: u32 = 4;
/// How long a body may pause.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long sessions may take to close at shutdown.
const CLOSE: Duration = Duration::from_secs(2);

/// How long a question about our health waits for the relay's self-test; whoever asks may not wait for long.
const HEALTH_PATIENCE: Duration = Duration::from_millis(500);

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address is taken or is not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address as given.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The key file is of no use.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// HTTPS cannot be had.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// STUN and TURN cannot be had.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// An ICE server cannot be used.
    #[error(transparent)]
    Ice(#[from] NoCredentials),
    /// The system has no randomness.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The folder holds no client.
    #[error("{folder} holds no built client (no index.html in it): {source}")]
    Dist {
        /// The folder as given.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    urls: Urls,
    router: Router,
    signaling: Arc<Signaling>,
    gate: Arc<Gate>,
    connections: Option<Addresses>,
    tls: Option<Tls>,
    relay: Option<Arc<Relay>>,
    /// ICE servers of others, with credentials to try them with.
    others: Vec<IceServer>,
    has_client: bool,
}

impl Server {
    /// Takes the listening address (port 0: any free one) and gets everything ready. Must be called in a Tokio runtime.
    pub async fn bind(config: &Config) -> Result<Self, BindError> {
        let key = match &config.key_file {
            Some(path) => TokenKey::from_file(path)?,
            None => TokenKey::random()?,
        };
        let assets = Assets::open(config.dist.as_deref())
            .map_err(|source| BindError::Dist { folder: config.dist.clone().unwrap_or_default(), source })?;
        let listen = |source| BindError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let urls = Urls::of(config, address, addresses::default_route);
        // Behind a proxy every connection comes from the proxy.
        let connections = (!config.trust_proxy)
            .then(|| Addresses::new(config.sockets_per_address.saturating_mul(CONNECTIONS_PER_SOCKET)));
        let has_client = !assets.is_missing();
        let gate = Arc::new(Gate::new(config));
        let (relay, ice) = relay_and_ice(config, address).await?;
        let others = ice.others_for(relay::SELF_TEST);
        let turn = relay.as_ref().and_then(|relay| relay.streams());
        let tls = Tls::open(config, &Clock::system(), turn.is_some())?;
        let signaling_with = |io: &SocketIo| Signaling::start(io, gate.clone(), key, ice, config);
        let ancestors = FrameAncestors::new(&config.embed_origins);
        let (router, signaling) = app(gate.clone(), assets, ancestors, relay.clone(), signaling_with);
        Ok(Self {
            listener,
            address,
            urls,
            router,
            signaling,
            gate,
            connections,
            tls,
            relay,
            others,
            has_client,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a user opens.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// The files of its certificate, if it has one that somebody else makes.
    pub fn certificate_files(&self) -> Option<&CertificateFiles> {
        self.tls.as_ref()?.files()
    }

    /// Whether it has a page to show; if not, it still relays.
    pub fn has_client(&self) -> bool {
        self.has_client
    }

    /// Serves until `shutdown` is ready; then tells every socket, and ends within seconds.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let turn = self.relay.as_ref().and_then(|relay| relay.streams());
        if let Some(relay) = self.relay.clone() {
            tokio::spawn(relay.announce());
        }
        tokio::spawn(relay::others::announce(self.others));
        let acceptor = Acceptor::new(self.listener, self.router, self.connections, self.tls, turn);
        tokio::select! {
            () = acceptor.accept() => {}
            () = shutdown => {}
        }
        self.gate.close();
        self.signaling.announce_closing();
        let sessions = tokio::time::timeout(CLOSE, self.signaling.close());
        tokio::join!(acceptor.stop(), async { sessions.await.ok() });
    }
}

/// The embedded relay, and what peers are told of it and of the others.
async fn relay_and_ice(
    config: &Config,
    page: SocketAddr,
) -> Result<(Option<Arc<Relay>>, IceServers), BindError> {
    let (given, clock) = (config.turn.turn_secret.clone(), Clock::system());
    let shared = given.is_some();
    let secret = given.map_or_else(Secret::random, Ok)?;
    let relay = Relay::open(config, page, &secret, &clock).await?;
    let own = relay.as_ref().map(|relay| relay.told());
    let ice = IceServers::new(own, &config.ice_servers, secret, shared, clock)?;
    Ok((relay, ice))
}

/// The first line is for programs: it says that this server answers. The others are for people.
async fn health(relay: Option<Arc<Relay>>) -> String {
    match relay {
        Some(relay) => match tokio::time::timeout(HEALTH_PATIENCE, relay.health()).await {
            Ok(health) => format!("ok\n{health}\n"),
            Err(_) => format!("ok\nrelay: being tested at {}\n", relay.address()),
        },
        None => "ok\nrelay: off\n".to_owned(),
    }
}

fn app(
    gate: Arc<Gate>,
    assets: Assets,
    ancestors: FrameAncestors,
    relay: Option<Arc<Relay>>,
    signaling: impl FnOnce(&SocketIo) -> Arc<Signaling>,
) -> (Router, Arc<Signaling>) {
    // No event carries attachments, so none is waited for.
    let parser = ParserConfig::common().max_incoming_binaries(0).max_incoming_binary_buf_size(0);
    let (service, io) = SocketIo::builder()
        .with_parser(parser)
        .ping_interval(PING)
        .ping_timeout(PING)
        .connect_timeout(CONNECT_TIMEOUT)
        .max_buffer_size(QUEUE)
        .max_payload(limits::MESSAGE_BYTES as u64)
        .ws_max_message_size(limits::MESSAGE_BYTES)
        .ws_max_frame_size(limits::MESSAGE_BYTES)
        .build_svc();
    let signaling = signaling(&io);
    let page = Arc::new((assets, ancestors));
    let router = Router::new()
        .route_service("/socket.io/", service)
        .route_layer(middleware::from_fn_with_state(gate, gate::pass))
        .route("/healthz", get(move || health(relay.clone())))
        .fallback(move |request: Request| {
            let page = page.clone();
            async move {
                let (assets, ancestors) = &*page;
                assets.answer(request.method(), request.uri().path(), request.headers(), ancestors).await
            }
        })
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(middleware::from_fn(headers::secure));
    (router, signaling)
}
