//! The sockets at which the relay relays, one per allocation, as the `turn` crate wants them.

use std::any::Any;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::net::UdpSocket;
use turn::relay::RelayAddressGenerator;
use webrtc_util::Conn;

use super::ledger::Holding;
use super::rules::Rules;
use crate::config::PortRange;

/// Ports that are tried for one allocation.
const TRIES: usize = 64;
/// The socket of one allocation. It carries the allocation's entry, and keeps the rules.
#[derive(Debug)]
struct RelaySocket {
    socket: UdpSocket,
    rules: Arc<Rules>,
    holding: Mutex<Option<Holding>>,
}

#[async_trait]
impl Conn for RelaySocket {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn recv(&self, buffer: &mut [u8]) -> webrtc_util::Result<usize> {
        Ok(self.recv_from(buffer).await?.0)
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        loop {
            match self.socket.recv_from(buffer).await {
                Ok((length, source)) => {
                    if let Some(source) = self.rules.inward(source) {
                        return Ok((length, source));
                    }
                }
                // Windows reports what became of an earlier datagram.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn send(&self, _: &[u8]) -> webrtc_util::Result<usize> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn send_to(&self, datagram: &[u8], target: SocketAddr) -> webrtc_util::Result<usize> {
        match self.rules.outward(target) {
            Some(target) => Ok(self.socket.send_to(datagram, target).await?),
            None => Ok(datagram.len()),
        }
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// The allocation has ended; the socket itself goes with the task that reads it.
    async fn close(&self) -> webrtc_util::Result<()> {
        let ended = self.holding.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(ended);
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// Makes the sockets of allocations.
#[derive(Debug)]
pub(super) struct RelaySockets {
    pub(super) bind: IpAddr,
    pub(super) public: IpAddr,
    pub(super) range: PortRange,
    pub(super) rules: Arc<Rules>,
    /// The entry of the allocation that is being made: requests are handled one at a time.
    pub(super) next: Arc<Mutex<Option<Holding>>>,
}

impl RelaySockets {
    /// A socket at a free port, found from a random one on.
    async fn open(&self) -> Result<(UdpSocket, u16), turn::Error> {
        let count = self.range.ports().len();
        let chance = getrandom::u32().map_err(|_| turn::Error::ErrMaxRetriesExceeded)?;
        let start = usize::try_from(chance).unwrap_or(0) % count;
        let from_start = self.range.ports().cycle().skip(start);
        for port in from_start.take(count.min(TRIES)) {
            if let Ok(socket) = UdpSocket::bind((self.bind, port)).await {
                return Ok((socket, port));
            }
        }
        Err(turn::Error::ErrMaxRetriesExceeded)
    }
}

#[async_trait]
impl RelayAddressGenerator for RelaySockets {
    fn validate(&self) -> Result<(), turn::Error> {
        Ok(())
    }

    async fn allocate_conn(
        &self,
        _: bool,
        _: u16,
    ) -> Result<(Arc<dyn Conn + Send + Sync>, SocketAddr), turn::Error> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut holding = next.ok_or(turn::Error::ErrMaxRetriesExceeded)?;
        let (socket, port) = self.open().await?;
        holding.relays_at(port);
        let holding = Mutex::new(Some(holding));
        let socket = RelaySocket { socket, rules: self.rules.clone(), holding };
        Ok((Arc::new(socket), SocketAddr::new(self.public, port)))
    }
}
