//! One TCP connection, shared between the task that speaks on it and those who may have to end it.
//!
//! It counts what was written, so that a slow reader shows, and can be cut from outside. It knows no HTTP.

use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::addresses::Place;

/// Bytes that may wait in the system for the network where what comes late is of no use.
#[cfg(any(target_os = "linux", target_os = "android"))]
const FEW_UNSENT: u32 = 16 * 1024;

/// A TCP connection that several may hold.
#[derive(Debug)]
pub(crate) struct Wire {
    tcp: TcpStream,
    written: AtomicU64,
    /// Given back when the connection ends, if not before.
    place: Mutex<Option<Place>>,
}

impl Wire {
    /// Takes a connection over; small frames go out at once.
    pub(crate) fn new(tcp: TcpStream, place: Option<Place>) -> Self {
        // Without it two small frames cost 40 ms; a connection that refuses is ending anyway.
        tcp.set_nodelay(true).ok();
        Self { tcp, written: AtomicU64::new(0), place: Mutex::new(place) }
    }

    /// Bytes that the system took for sending.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// The first byte to come, which is left where it is; none if the connection ends before.
    pub(crate) async fn first_byte(&self) -> Option<u8> {
        let mut first = [0];
        let count = self.tcp.peek(&mut first).await.ok()?;
        first.get(..count)?.first().copied()
    }

    /// From now on it counts elsewhere.
    pub(crate) fn give_place_back(&self) {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The system takes no more for sending than the network will soon carry; where it cannot, late data stays late.
    pub(crate) fn keep_queue_short(&self) {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        SockRef::from(&self.tcp).set_tcp_notsent_lowat(FEW_UNSENT).ok();
    }

    /// Ends the connection both ways, whatever is still queued.
    pub(crate) fn cut(&self) {
        // It fails when the connection has ended already.
        SockRef::from(&self.tcp).shutdown(Shutdown::Both).ok();
    }

    fn poll_write_with(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.tcp.poll_write_ready(cx))?;
            match write(&self.tcp) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    if let Ok(count) = result {
                        self.written.fetch_add(count as u64, Ordering::Relaxed);
                    }
                    return Poll::Ready(result);
                }
            }
        }
    }
}

/// The end of a [`Wire`] that reads and writes.
#[derive(Debug)]
pub(crate) struct WireIo(pub(crate) Arc<Wire>);

impl AsyncRead for WireIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.tcp.poll_read_ready(cx))?;
            match self.0.tcp.try_read(buffer.initialize_unfilled()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
                Ok(count) => {
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl AsyncWrite for WireIo {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write_with(cx, |tcp| tcp.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_write_with(cx, |tcp| tcp.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.0.tcp).shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn small_frames_go_out_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (tcp, _) = listener.accept().await.unwrap();
        assert!(!tcp.nodelay().unwrap(), "the system's own choice");
        assert!(Wire::new(tcp, None).tcp.nodelay().unwrap());
    }
}
