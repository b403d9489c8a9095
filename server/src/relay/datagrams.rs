//! Clients that come over UDP: one socket for them all.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use async_trait::async_trait;
use socket2::SockRef;
use tokio::net::UdpSocket;

use super::clients::{Arrival, Clients, MESSAGE_BYTES};
use super::ledger::Ledger;

/// Bytes that may wait in the socket; the system may grant less.
const BUFFER: usize = 4 * 1024 * 1024;
/// How an answer to an Allocate request begins that grants it (RFC 5389 §6).
const GRANTED: [u8; 2] = [0x01, 0x03];

/// The socket that clients speak to.
#[derive(Debug)]
pub(super) struct DatagramSocket {
    socket: UdpSocket,
    local: SocketAddr,
    ledger: Ledger,
}

impl DatagramSocket {
    pub(super) async fn bind(listen: SocketAddr, ledger: Ledger) -> io::Result<Self> {
        let socket = UdpSocket::bind(listen).await?;
        let buffers = SockRef::from(&socket);
        // What the system does not grant is not needed.
        buffers.set_recv_buffer_size(BUFFER).ok();
        buffers.set_send_buffer_size(BUFFER).ok();
        let local = socket.local_addr()?;
        Ok(Self { socket, local, ledger })
    }
}

#[async_trait]
impl Clients for DatagramSocket {
    /// A client of version 4 has its own address even on a socket of version 6.
    async fn next(&self) -> io::Result<Arrival> {
        let mut datagram = Vec::with_capacity(MESSAGE_BYTES);
        let (_, from) = self.socket.recv_buf_from(&mut datagram).await?;
        Ok(Arrival::Message(datagram, SocketAddr::new(from.ip().to_canonical(), from.port())))
    }

    async fn post(&self, datagram: &[u8], client: SocketAddr) {
        if datagram.starts_with(&GRANTED) {
            self.ledger.remember(client, datagram);
        }
        let to = match client.ip() {
            IpAddr::V4(ip) if self.local.is_ipv6() => {
                SocketAddr::new(Ipv4Addr::to_ipv6_mapped(&ip).into(), client.port())
            }
            IpAddr::V4(_) | IpAddr::V6(_) => client,
        };
        if self.socket.send_to(datagram, to).await.is_err() {
            tracing::debug!("datagram to a client could not be sent");
        }
    }

    /// There are no connections that could end.
    fn forget(&self, _: SocketAddr) {}

    fn local(&self) -> SocketAddr {
        self.local
    }
}
