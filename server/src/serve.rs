//! From TCP to HTTP and TURN, over TLS or not: accepts connections within bounds, gives slow ones up, and ends cleanly.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::addresses::Addresses;
use crate::gate::Carrier;
use crate::greeting::{Greeted, Tongue, greet};
use crate::relay::Streams;
use crate::tls::Tls;
use crate::wire::Wire;

/// How long a request may take to send its headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
const HEADER_BYTES: usize = 16 * 1024;
/// How long to rest when the system has no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long open requests may take to end at shutdown.
const DRAIN: Duration = Duration::from_secs(2);

/// Serves until it is dropped or stopped.
pub(crate) struct Acceptor {
    listener: TcpListener,
    connections: Option<Addresses>,
    tls: Option<Tls>,
    service: Service,
    /// Every open connection listens to it, so it also tells when none is left.
    stop: watch::Sender<()>,
}

/// What is done with a connection on which it is clear what is spoken.
#[derive(Clone)]
struct Service {
    http: http1::Builder,
    router: Router,
    turn: Option<Streams>,
}

impl Acceptor {
    /// Serves `router` on `listener`, over TLS or not, and TURN as well if there is a way to it; each address may hold so
    /// many connections, if there is a bound.
    pub(crate) fn new(
        listener: TcpListener,
        router: Router,
        connections: Option<Addresses>,
        tls: Option<Tls>,
        turn: Option<Streams>,
    ) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(HEADER_BYTES);
        let service = Service { http, router, turn };
        Self { listener, connections, tls, service, stop: watch::Sender::new(()) }
    }

    /// Accepts until dropped.
    pub(crate) async fn accept(&self) {
        loop {
            match self.listener.accept().await {
                Ok((tcp, from)) => self.serve(tcp, from),
                Err(error) => {
                    tracing::warn!(%error, "no connection accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn serve(&self, tcp: TcpStream, from: SocketAddr) {
        let place = match &self.connections {
            None => None,
            Some(connections) => match connections.enter(from.ip()) {
                None => return,
                place => place,
            },
        };
        let wire = Arc::new(Wire::new(tcp, place));
        let carrier = Carrier { address: from.ip(), wire: wire.clone() };
        let (service, tls, mut stop) = (self.service.clone(), self.tls.clone(), self.stop.subscribe());
        tokio::spawn(async move {
            let greeted = tokio::select! {
                greeted = greet(wire, tls.as_ref()) => greeted,
                _ = stop.changed() => None,
            };
            match greeted {
                None => {}
                Some(Greeted::Plain(tongue, io)) => service.speak(tongue, io, from, carrier, stop).await,
                Some(Greeted::Secured(tongue, io)) => service.speak(tongue, io, from, carrier, stop).await,
            }
        });
    }

    /// Closes the listening socket at once and gives open requests a while.
    pub(crate) async fn stop(self) {
        drop(self.listener);
        self.stop.send_replace(());
        if tokio::time::timeout(DRAIN, self.stop.closed()).await.is_err() {
            tracing::debug!("requests were still open at the end");
        }
    }
}

impl Service {
    async fn speak(
        self,
        tongue: Tongue,
        io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        from: SocketAddr,
        carrier: Carrier,
        stop: watch::Receiver<()>,
    ) {
        match (tongue, self.turn) {
            (Tongue::Turn, Some(turn)) => speak_turn(turn, io, from, &carrier.wire, stop).await,
            (Tongue::Turn, None) => {}
            (Tongue::Http | Tongue::Tls, _) => speak_http(self.http, io, self.router, carrier, stop).await,
        }
    }
}

/// Relays until the connection ends, or is to stop. It counts among those of the relay then.
async fn speak_turn(
    turn: Streams,
    io: impl AsyncRead + AsyncWrite + Unpin,
    from: SocketAddr,
    wire: &Wire,
    mut stop: watch::Receiver<()>,
) {
    let Some(_seat) = turn.enter(from.ip()) else { return };
    wire.give_place_back();
    wire.keep_queue_short();
    turn.serve(io, from, async move { drop(stop.changed().await) }).await;
}

/// Answers requests until the connection ends, or is to stop.
async fn speak_http(
    http: http1::Builder,
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    carrier: Carrier,
    mut stop: watch::Receiver<()>,
) {
    let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(carrier.clone());
        let answer = router.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(io), service).with_upgrades());
    // A connection that breaks is everyday: nothing follows from it.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}
