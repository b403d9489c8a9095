//! What clients come over, as the loop and the `turn` crate see it: messages with the address of their sender, and
//! the way back.

use std::any::Any;
use std::io;
use std::net::SocketAddr;

use async_trait::async_trait;
use webrtc_util::Conn;

/// The longest message that is taken, in bytes: what is relayed has 1500 at most.
pub(super) const MESSAGE_BYTES: usize = 2048;

/// What a client did.
#[derive(Debug)]
pub(super) enum Arrival {
    /// It sent this message.
    Message(Vec<u8>, SocketAddr),
    /// Its connection has ended: nothing of it is needed any more.
    End(SocketAddr),
}

/// All clients of one transport; each is known by its address.
#[async_trait]
pub(super) trait Clients: Send + Sync + 'static {
    /// What comes next.
    async fn next(&self) -> io::Result<Arrival>;

    /// Sends, or does not: messages may be lost.
    async fn post(&self, message: &[u8], client: SocketAddr);

    /// Nothing is left of a client whose connection has ended.
    fn forget(&self, client: SocketAddr);

    /// Where they come to.
    fn local(&self) -> SocketAddr;
}

/// The same as the crate wants it: a socket of which it uses the way back alone.
#[derive(Debug)]
pub(super) struct Front<C>(pub(super) C);

#[async_trait]
impl<C: Clients> Conn for Front<C> {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn recv(&self, _: &mut [u8]) -> webrtc_util::Result<usize> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn recv_from(&self, _: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn send(&self, _: &[u8]) -> webrtc_util::Result<usize> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn send_to(&self, message: &[u8], client: SocketAddr) -> webrtc_util::Result<usize> {
        self.0.post(message, client).await;
        Ok(message.len())
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.0.local())
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// An allocation that ends asks for it, but the socket is everyone's.
    async fn close(&self) -> webrtc_util::Result<()> {
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}
