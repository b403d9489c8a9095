//! What a middlebox keeps back of the packets between a host and somebody else. It knows the bytes of IPv4 (RFC 791),
//! UDP (RFC 768) and STUN (RFC 8489 §5), and nothing of links.

use std::net::{Ipv4Addr, SocketAddrV4};

use super::stun::COOKIE;

/// Something that is not let through, in neither direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// UDP from and to this address that is no STUN: a call finds a way, and gets nothing through.
    AllButStun(Ipv4Addr),
    /// UDP from and to this socket, as where a firewall has lost track of a flow: whoever begins anew gets through.
    Socket(SocketAddrV4),
}

impl Screen {
    /// Whether this IPv4 packet is kept back.
    pub(super) fn stops(self, packet: &[u8]) -> bool {
        let Some(Datagram { ends, payload }) = Datagram::of(packet) else { return false };
        match self {
            Self::AllButStun(other) => {
                ends.iter().any(|end| *end.ip() == other) && payload.get(4..8) != Some(&COOKIE)
            }
            Self::Socket(other) => ends.contains(&other),
        }
    }
}

/// What is told by the headers of a packet with UDP in it.
struct Datagram<'a> {
    /// Its sender and its receiver.
    ends: [SocketAddrV4; 2],
    payload: &'a [u8],
}

const UDP: u8 = 17;

impl<'a> Datagram<'a> {
    /// Nothing for whatever else it is; nobody here sends fragments.
    fn of(packet: &'a [u8]) -> Option<Self> {
        let words = packet.first().filter(|first| *first >> 4 == 4)? & 0x0f;
        let (header, body) = packet.split_at_checked(4 * usize::from(words))?;
        if *header.get(9)? != UDP {
            return None;
        }
        let end = |address: usize, port: usize| {
            let address: [u8; 4] = header.get(address..address + 4)?.try_into().ok()?;
            let port: [u8; 2] = body.get(port..port + 2)?.try_into().ok()?;
            Some(SocketAddrV4::new(address.into(), u16::from_be_bytes(port)))
        };
        Some(Self { ends: [end(12, 0)?, end(16, 2)?], payload: body.get(8..)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(198, 18, 1, 130), 4000);
    const THERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(198, 18, 2, 130), 5000);
    const ELSEWHERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 1), 5000);
    const STUN: &[u8] = &[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const MEDIA: &[u8] = &[0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];

    fn packet(protocol: u8, from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0];
        packet.extend(from.ip().octets());
        packet.extend(to.ip().octets());
        packet.extend(from.port().to_be_bytes());
        packet.extend(to.port().to_be_bytes());
        packet.extend([0; 4]);
        packet.extend(payload);
        packet
    }

    #[test]
    fn all_but_stun_is_kept_from_one_address_alone() {
        let screen = Screen::AllButStun(*THERE.ip());
        assert!(
            screen.stops(&packet(UDP, HERE, THERE, MEDIA)) && screen.stops(&packet(UDP, THERE, HERE, MEDIA))
        );
        assert!(
            !screen.stops(&packet(UDP, HERE, THERE, STUN)) && !screen.stops(&packet(UDP, THERE, HERE, STUN))
        );
        assert!(!screen.stops(&packet(UDP, HERE, ELSEWHERE, MEDIA)));
        assert!(!screen.stops(&packet(6, HERE, THERE, MEDIA)), "TCP passes");
    }

    #[test]
    fn a_socket_is_told_from_its_neighbours() {
        let screen = Screen::Socket(THERE);
        for payload in [STUN, MEDIA] {
            assert!(screen.stops(&packet(UDP, HERE, THERE, payload)));
            assert!(screen.stops(&packet(UDP, THERE, HERE, payload)));
        }
        let next = SocketAddrV4::new(*THERE.ip(), 5001);
        assert!(
            !screen.stops(&packet(UDP, HERE, next, MEDIA))
                && !screen.stops(&packet(UDP, ELSEWHERE, HERE, MEDIA))
        );
    }

    #[test]
    fn options_shift_and_stumps_pass() {
        let screen = Screen::Socket(THERE);
        let mut with_option = packet(UDP, HERE, THERE, MEDIA);
        with_option[0] = 0x46;
        with_option.splice(20..20, [1, 1, 1, 1]);
        assert!(screen.stops(&with_option));
        for length in 0..28 {
            assert!(!screen.stops(&packet(UDP, HERE, THERE, &[])[..length]), "{length} bytes");
        }
    }
}
