//! What every datagram must pass before the `turn` crate sees it: credentials, quotas, and where it wants to.
//!
//! ```text
//!  datagram ─┬─ data, indication, binding ──────────────────────────► Pass
//!            ├─ request: nonce, name, integrity ─┬─ good ───────────► Admit
//!            │                                   └─ 400 401 403 437
//!            │                                      438 440 441 443
//!            │                                      486 508 ────────► Answer
//!            └─ anything else ──────────────────────────────────────► Drop
//! ```
//!
//! Credentials must not have ended to open an allocation. Whoever holds one goes on under the name that opened it,
//! whatever the time is.

use std::net::SocketAddr;
use std::sync::Arc;

use stun::attributes::{
    ATTR_EVEN_PORT, ATTR_MESSAGE_INTEGRITY, ATTR_NONCE, ATTR_REALM, ATTR_RESERVATION_TOKEN, ATTR_USERNAME,
    ATTR_XOR_PEER_ADDRESS, Attributes,
};
use stun::error_code::{
    CODE_ADDR_FAMILY_NOT_SUPPORTED, CODE_ALLOC_MISMATCH, CODE_ALLOC_QUOTA_REACHED, CODE_BAD_REQUEST,
    CODE_FORBIDDEN, CODE_INSUFFICIENT_CAPACITY, CODE_PEER_ADDR_FAMILY_MISMATCH, CODE_STALE_NONCE,
    CODE_UNAUTHORIZED, CODE_WRONG_CREDENTIALS, ErrorCode,
};
use stun::integrity::MessageIntegrity;
use stun::message::{
    CLASS_ERROR_RESPONSE, CLASS_INDICATION, CLASS_REQUEST, Getter, METHOD_ALLOCATE, METHOD_BINDING,
    METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_REFRESH, METHOD_SEND, Message, MessageType, Setter,
};
use stun::textattrs::TextAttribute;
use turn::auth::generate_auth_key;
use turn::proto::chandata::ChannelData;
use turn::proto::channum::ChannelNumber;
use turn::proto::peeraddr::PeerAddress;
use turn::proto::reqfamily::{REQUESTED_FAMILY_IPV4, REQUESTED_FAMILY_IPV6, RequestedAddressFamily};

use super::ledger::{Holding, Ledger};
use super::nonce::Nonces;
use super::rules::Rules;
use crate::clock::Clock;
use crate::ice::{Secret, read_username};

/// The realm of the credentials.
pub(super) const REALM: &str = "visavis";
/// The longest name, in bytes; ours have 27.
const NAME_BYTES: usize = 128;

/// What to do with a datagram.
pub(super) enum Verdict {
    /// The `turn` crate may have it as it is.
    Pass,
    /// The `turn` crate may have it: its sender is known.
    Admit(Admission),
    /// Answer this.
    Answer(Vec<u8>),
    /// Nothing.
    Drop,
}

/// A request whose sender is known.
pub(super) struct Admission {
    /// The key of the request's integrity, and of the answer's.
    pub(super) key: Vec<u8>,
    /// The nonce of the request.
    pub(super) nonce: String,
    /// The entry of the allocation that the request wants to open.
    pub(super) holding: Option<Holding>,
    /// The addresses that the request asks permission for, besides the first.
    pub(super) more_peers: Vec<SocketAddr>,
}

/// Decides about datagrams.
pub(super) struct Desk {
    pub(super) secret: Secret,
    pub(super) clock: Clock,
    pub(super) nonces: Nonces,
    pub(super) ledger: Ledger,
    pub(super) rules: Arc<Rules>,
}

/// Who sent a request.
struct Sender {
    username: String,
    nonce: String,
    integrity: MessageIntegrity,
    /// It holds an allocation, under this name.
    holds: bool,
}

impl Desk {
    /// What to do with a datagram of this client.
    pub(super) fn decide(&self, datagram: &[u8], client: SocketAddr) -> Verdict {
        if ChannelData::is_channel_data(datagram) {
            return Verdict::Pass;
        }
        let mut request = Message::new();
        if request.unmarshal_binary(datagram).is_err() {
            return Verdict::Drop;
        }
        match (request.typ.class, request.typ.method) {
            (CLASS_INDICATION, METHOD_SEND) | (CLASS_REQUEST, METHOD_BINDING) => Verdict::Pass,
            (
                CLASS_REQUEST,
                METHOD_ALLOCATE | METHOD_REFRESH | METHOD_CREATE_PERMISSION | METHOD_CHANNEL_BIND,
            ) => match self.sender(&request, client) {
                Ok(sender) => self.on_request(&request, client, &sender).unwrap_or_else(Verdict::Answer),
                Err(refusal) => Verdict::Answer(refusal),
            },
            _ => Verdict::Drop,
        }
    }

    /// Who sent this, proven (RFC 5389 §10.2.2); or the answer that refuses it.
    fn sender(&self, request: &Message, client: SocketAddr) -> Result<Sender, Vec<u8>> {
        let bad = || refuse(request, CODE_BAD_REQUEST, None);
        let Ok(integrity) = request.get(ATTR_MESSAGE_INTEGRITY) else {
            return Err(self.challenge(request, client, CODE_UNAUTHORIZED));
        };
        let text = |kind| TextAttribute::get_from_as(request, kind).map(|text| text.text);
        let (Ok(nonce), Ok(username), Ok(_)) = (text(ATTR_NONCE), text(ATTR_USERNAME), text(ATTR_REALM))
        else {
            return Err(bad());
        };
        // The crate reckons with twenty bytes.
        if integrity.len() != 20 || username.len() > NAME_BYTES {
            return Err(bad());
        }
        let now = self.clock.unix();
        if !self.nonces.is_good(&nonce, client, now) {
            return Err(self.challenge(request, client, CODE_STALE_NONCE));
        }
        let holds = match self.ledger.username(client) {
            Some(name) if name == username => true,
            Some(_) if request.typ.method != METHOD_ALLOCATE => {
                return Err(refuse(request, CODE_WRONG_CREDENTIALS, None));
            }
            Some(_) | None => false,
        };
        let ended = read_username(&username).is_none_or(|(end, _)| end < now);
        let key = generate_auth_key(&username, REALM, &self.secret.credential(&username));
        let integrity = MessageIntegrity(key);
        if (ended && !holds) || integrity.check(&mut request.clone()).is_err() {
            return Err(self.challenge(request, client, CODE_UNAUTHORIZED));
        }
        Ok(Sender { username, nonce, integrity, holds })
    }

    fn on_request(&self, request: &Message, client: SocketAddr, sender: &Sender) -> Result<Verdict, Vec<u8>> {
        let refuse = |code| refuse(request, code, Some(&sender.integrity));
        let (mut holding, mut peers) = (None, Vec::new());
        if request.typ.method == METHOD_ALLOCATE {
            if self.ledger.username(client).is_some() {
                let repeated = self.repeat(request, client).map(Verdict::Answer);
                return repeated.ok_or_else(|| refuse(CODE_ALLOC_MISMATCH));
            }
            holding = Some(self.open(request, client, &sender.username).map_err(refuse)?);
        } else if !sender.holds {
            return Err(refuse(CODE_ALLOC_MISMATCH));
        } else if request.typ.method != METHOD_REFRESH {
            peers = self.peers(request, client).map_err(refuse)?;
        }
        Ok(Verdict::Admit(Admission {
            key: sender.integrity.0.clone(),
            nonce: sender.nonce.clone(),
            holding,
            more_peers: peers.into_iter().skip(1).collect(),
        }))
    }

    /// The same answer to the same request: the first one was lost on its way.
    fn repeat(&self, request: &Message, client: SocketAddr) -> Option<Vec<u8>> {
        let answer = self.ledger.remembered(client)?;
        (answer.get(8..20)? == request.transaction_id.0).then_some(answer)
    }

    fn open(&self, request: &Message, client: SocketAddr, username: &str) -> Result<Holding, ErrorCode> {
        // No browser asks for pairs of ports, and reserving them would have to be bounded.
        if request.contains(ATTR_EVEN_PORT) || request.contains(ATTR_RESERVATION_TOKEN) {
            return Err(CODE_INSUFFICIENT_CAPACITY);
        }
        let ours = if self.rules.is_v6() { REQUESTED_FAMILY_IPV6 } else { REQUESTED_FAMILY_IPV4 };
        let mut family = RequestedAddressFamily::default();
        match family.get_from(request) {
            Ok(()) if family != ours => return Err(CODE_ADDR_FAMILY_NOT_SUPPORTED),
            // Browsers do not ask, whatever they can use.
            Ok(()) | Err(stun::Error::ErrAttributeNotFound) => {}
            Err(_) => return Err(CODE_ADDR_FAMILY_NOT_SUPPORTED),
        }
        let peer = read_username(username).map_or("", |(_, peer)| peer);
        self.ledger.enter(client, username, peer).ok_or(CODE_ALLOC_QUOTA_REACHED)
    }

    /// The addresses that a request wants to speak with, all of them allowed.
    fn peers(&self, request: &Message, client: SocketAddr) -> Result<Vec<SocketAddr>, ErrorCode> {
        let mut peers = Vec::new();
        for attribute in request.attributes.0.iter().filter(|a| a.typ == ATTR_XOR_PEER_ADDRESS) {
            let alone = Message {
                transaction_id: request.transaction_id,
                attributes: Attributes(vec![attribute.clone()]),
                ..Message::default()
            };
            let mut peer = PeerAddress::default();
            peer.get_from(&alone).map_err(|_| CODE_BAD_REQUEST)?;
            peers.push(SocketAddr::new(peer.ip, peer.port));
        }
        if peers.is_empty() {
            return Err(CODE_BAD_REQUEST);
        }
        if peers.iter().any(|peer| peer.is_ipv6() != self.rules.is_v6()) {
            return Err(CODE_PEER_ADDR_FAMILY_MISMATCH);
        }
        if !peers.iter().all(|peer| self.rules.may_permit(peer.ip())) {
            return Err(CODE_FORBIDDEN);
        }
        let mut channel = ChannelNumber::default();
        let opens = request.typ.method != METHOD_CHANNEL_BIND
            || channel.get_from(request).is_ok() && self.ledger.opens(client, channel.0);
        if opens && self.ledger.permits(client, peers.iter().map(SocketAddr::ip)) {
            Ok(peers)
        } else {
            Err(CODE_INSUFFICIENT_CAPACITY)
        }
    }

    fn challenge(&self, request: &Message, client: SocketAddr, code: ErrorCode) -> Vec<u8> {
        let nonce = self.nonces.make(client, self.clock.unix());
        let setters: [Box<dyn Setter>; 2] = [
            Box::new(TextAttribute::new(ATTR_REALM, REALM.to_owned())),
            Box::new(TextAttribute::new(ATTR_NONCE, nonce)),
        ];
        answer(request, code, setters)
    }
}

fn refuse(request: &Message, code: ErrorCode, integrity: Option<&MessageIntegrity>) -> Vec<u8> {
    answer(request, code, integrity.map(|integrity| Box::new(integrity.clone()) as Box<dyn Setter>))
}

fn answer(request: &Message, code: ErrorCode, more: impl IntoIterator<Item = Box<dyn Setter>>) -> Vec<u8> {
    let head: [Box<dyn Setter>; 3] = [
        Box::new(request.transaction_id),
        Box::new(MessageType::new(request.typ.method, CLASS_ERROR_RESPONSE)),
        Box::new(code),
    ];
    let mut answer = Message::new();
    // It fails for texts that are too long, and ours are short.
    answer.build(&head.into_iter().chain(more).collect::<Vec<_>>()).ok();
    answer.raw
}
