//! The part of STUN (RFC 8489) that tells a host which address it has outside: a server for the lab's internet, and
//! the question, for a test that wants to know what a NAT does.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::namespace::Namespace;

const REQUEST: [u8; 2] = [0x00, 0x01];
const SUCCESS: [u8; 2] = [0x01, 0x01];
/// By which STUN is told from everything else.
pub(super) const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
/// The header of XOR-MAPPED-ADDRESS with eight bytes, of the family IPv4.
const MAPPED: [u8; 6] = [0x00, 0x20, 0x00, 0x08, 0x00, 0x01];
/// Kind, length and cookie come before the transaction, whose 12 bytes end the header.
const HEADER: usize = 20;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running STUN server. Dropping it stops it.
#[derive(Debug)]
pub struct Stun {
    task: JoinHandle<()>,
}

impl Stun {
    /// Answers at this address of a namespace.
    pub fn serve(namespace: &Namespace, address: SocketAddrV4) -> Result<Self> {
        let socket = namespace.bind_udp(address)?;
        let task = tokio::spawn(async move {
            let mut buffer = [0; 1500];
            loop {
                // An error is an answer of the network to one of our answers: it concerns its receiver only.
                let Ok((length, sender)) = socket.recv_from(&mut buffer).await else { continue };
                let request = buffer.get(..length).unwrap_or_default();
                if let std::net::SocketAddr::V4(mapped) = sender
                    && let Some(answer) = answer(request, mapped)
                {
                    drop(socket.send_to(&answer, sender).await);
                }
            }
        });
        Ok(Self { task })
    }
}

impl Drop for Stun {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Asks a STUN server from which address it sees this socket.
pub async fn mapped_address(socket: &UdpSocket, server: SocketAddrV4) -> Result<SocketAddrV4> {
    let transaction = *b"twelve bytes";
    let request = [&REQUEST[..], &[0, 0], &COOKIE, &transaction].concat();
    socket.send_to(&request, server).await?;
    let mut buffer = [0; 1500];
    let (length, _) = timeout(PATIENCE, socket.recv_from(&mut buffer)).await.context("no answer")??;
    mapped(buffer.get(..length).unwrap_or_default(), &transaction)
}

fn answer(request: &[u8], mapped: SocketAddrV4) -> Option<Vec<u8>> {
    let (header, _) = request.split_at_checked(HEADER)?;
    let (kind, rest) = header.split_at_checked(2)?;
    let (cookie, transaction) = rest.get(2..)?.split_at_checked(4)?;
    if kind != REQUEST || cookie != COOKIE {
        return None;
    }
    Some([&SUCCESS[..], &[0, 12], &COOKIE, transaction, &MAPPED, &disguised(mapped)].concat())
}

fn mapped(answer: &[u8], transaction: &[u8; 12]) -> Result<SocketAddrV4> {
    let expected = [&SUCCESS[..], &[0, 12], &COOKIE, transaction, &MAPPED].concat();
    let address = answer.strip_prefix(expected.as_slice()).context("the answer is another one")?;
    ensure!(address.len() == 6, "the answer has {} bytes of address", address.len());
    let plain: Vec<u8> = address.iter().zip(disguise()).map(|(byte, mask)| byte ^ mask).collect();
    let &[high, low, a, b, c, d] = plain.as_slice() else { anyhow::bail!("six bytes are six bytes") };
    Ok(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low])))
}

/// Port and address, as they travel: so that no NAT on the way takes them for its own and translates them.
fn disguised(address: SocketAddrV4) -> Vec<u8> {
    let plain = address.port().to_be_bytes().into_iter().chain(address.ip().octets());
    plain.zip(disguise()).map(|(byte, mask)| byte ^ mask).collect()
}

fn disguise() -> impl Iterator<Item = u8> {
    COOKIE.into_iter().take(2).chain(COOKIE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_holds_the_address_of_the_sample_in_rfc_5769() {
        let address = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 32853);
        assert_eq!(disguised(address), [0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
    }

    #[test]
    fn what_is_answered_is_understood() {
        let address = SocketAddrV4::new(Ipv4Addr::new(198, 18, 1, 2), 40_000);
        let transaction = [7; 12];
        let request = [&REQUEST[..], &[0, 0], &COOKIE, &transaction].concat();
        let answer = answer(&request, address).unwrap();
        assert_eq!(mapped(&answer, &transaction).unwrap(), address);
        assert!(mapped(&answer, &[8; 12]).is_err());
    }

    #[test]
    fn anything_else_is_left_unanswered() {
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1);
        for request in [&[][..], &[0; 20], &SUCCESS, &[0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]] {
            assert_eq!(answer(request, address), None);
        }
    }
}
