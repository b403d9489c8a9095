//! The self-test: an allocation at our own relay through its public address, and a datagram through it and back.
//!
//! It shows that the address is ours and that relaying works. It cannot show what a firewall lets in from outside.

use std::net::SocketAddr;
use std::time::Duration;

use stun::agent::TransactionId;
use stun::attributes::{ATTR_NONCE, ATTR_REALM, ATTR_USERNAME};
use stun::error_code::{CODE_ALLOC_QUOTA_REACHED, ErrorCodeAttribute};
use stun::integrity::MessageIntegrity;
use stun::message::{
    CLASS_INDICATION, CLASS_REQUEST, CLASS_SUCCESS_RESPONSE, Getter, METHOD_ALLOCATE,
    METHOD_CREATE_PERMISSION, METHOD_DATA, METHOD_REFRESH, METHOD_SEND, Message, MessageType, Method, Setter,
};
use stun::textattrs::TextAttribute;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout, timeout_at};
use turn::auth::generate_auth_key;
use turn::proto::PROTO_UDP;
use turn::proto::data::Data;
use turn::proto::lifetime::Lifetime;
use turn::proto::peeraddr::PeerAddress;
use turn::proto::relayaddr::RelayedAddress;
use turn::proto::reqtrans::RequestedTransport;

use super::line::{Line, Tcp, udp};

/// How long all of it may take.
const BOUND: Duration = Duration::from_secs(3);
/// What is sent through the relay.
const WORDS: &[u8] = b"visavis";

/// What the self-test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("no answer")]
    Silence,
    #[error("all allocations are taken")]
    Full,
    #[error("it refuses the self-test")]
    Refused,
    #[error("it does not relay")]
    Deaf,
    #[error("no socket for the self-test")]
    NoSocket,
}

/// Relays a datagram to ourselves through the relay at this address, over UDP.
pub(super) async fn probe(relay: SocketAddr, username: &str, credential: &str) -> Result<(), Failure> {
    let probe = Probe::open(relay, BOUND).await.ok_or(Failure::NoSocket)?;
    probe.round_trip(username, credential).await
}

/// The same over TCP, to this host and port.
pub(super) async fn probe_tcp(relay: &str, username: &str, credential: &str) -> Result<(), Failure> {
    let end = Instant::now() + BOUND;
    // Who refuses a connection says nothing.
    let connected = timeout(BOUND, Tcp::open(relay)).await.ok().and_then(Result::ok);
    let probe = Probe { socket: connected.ok_or(Failure::Silence)?, end, proof: None };
    probe.round_trip(username, credential).await
}

pub(super) fn setters<T: Setter + 'static>(all: [T; 1]) -> impl Iterator<Item = Box<dyn Setter>> {
    all.into_iter().map(|one| Box::new(one) as Box<dyn Setter>)
}

pub(super) struct Probe<L = UdpSocket> {
    pub(super) socket: L,
    pub(super) end: Instant,
    /// Name, realm, nonce and integrity, once the relay has told realm and nonce.
    pub(super) proof: Option<([TextAttribute; 3], MessageIntegrity)>,
}

impl Probe {
    pub(super) async fn open(relay: SocketAddr, bound: Duration) -> Option<Self> {
        Some(Self { socket: udp(relay).await.ok()?, end: Instant::now() + bound, proof: None })
    }
}

impl<L: Line> Probe<L> {
    async fn round_trip(mut self, username: &str, credential: &str) -> Result<(), Failure> {
        let relayed = self.allocate(username, credential).await?;
        let heard = self.echo(relayed).await;
        let release = self.request(METHOD_REFRESH, setters([Lifetime(Duration::ZERO)]))?;
        self.ask(release).await.ok();
        heard
    }

    pub(super) async fn allocate(&mut self, username: &str, credential: &str) -> Result<SocketAddr, Failure> {
        let wish = || -> [Box<dyn Setter>; 2] {
            // Should our last word be lost, the allocation does not stay for long.
            let lifetime = Lifetime(Duration::from_secs(30));
            [Box::new(RequestedTransport { protocol: PROTO_UDP }), Box::new(lifetime)]
        };
        self.proof = None;
        let challenge = self.ask(self.request(METHOD_ALLOCATE, wish())?).await?;
        let text = |kind| TextAttribute::get_from_as(&challenge, kind).map_err(|_| Failure::Refused);
        let (realm, nonce) = (text(ATTR_REALM)?, text(ATTR_NONCE)?);
        let key = generate_auth_key(username, &realm.text, credential);
        let username = TextAttribute::new(ATTR_USERNAME, username.to_owned());
        self.proof = Some(([username, realm, nonce], MessageIntegrity(key)));
        let granted = self.ask(self.request(METHOD_ALLOCATE, wish())?).await?;
        let mut error = ErrorCodeAttribute::default();
        if error.get_from(&granted).is_ok() {
            return Err(if error.code == CODE_ALLOC_QUOTA_REACHED {
                Failure::Full
            } else {
                Failure::Refused
            });
        }
        let mut relayed = RelayedAddress::default();
        relayed.get_from(&granted).map_err(|_| Failure::Refused)?;
        Ok(SocketAddr::new(relayed.ip, relayed.port))
    }

    /// From the relayed address to itself.
    pub(super) async fn echo(&self, relayed: SocketAddr) -> Result<(), Failure> {
        let peer = || PeerAddress { ip: relayed.ip(), port: relayed.port() };
        let permission = self.request(METHOD_CREATE_PERMISSION, setters([peer()]))?;
        let permitted = self.ask(permission).await?;
        if permitted.typ.class != CLASS_SUCCESS_RESPONSE {
            return Err(Failure::Refused);
        }
        let mut indication = Message::new();
        let built = indication.build(&[
            Box::new(TransactionId::new()),
            Box::new(MessageType::new(METHOD_SEND, CLASS_INDICATION)),
            Box::new(peer()),
            Box::new(Data(WORDS.to_vec())),
        ]);
        built.map_err(|_| Failure::Refused)?;
        let is_echo = |message: &Message| {
            let mut data = Data::default();
            message.typ == MessageType::new(METHOD_DATA, CLASS_INDICATION)
                && data.get_from(message).is_ok_and(|()| data.0 == WORDS)
        };
        self.exchange(&indication.raw, is_echo).await.map(drop).map_err(|_| Failure::Deaf)
    }

    /// A request, with the proof of who asks if there is one.
    pub(super) fn request(
        &self,
        method: Method,
        wishes: impl IntoIterator<Item = Box<dyn Setter>>,
    ) -> Result<Message, Failure> {
        let head: [Box<dyn Setter>; 2] =
            [Box::new(TransactionId::new()), Box::new(MessageType::new(method, CLASS_REQUEST))];
        let mut setters: Vec<_> = head.into_iter().chain(wishes).collect();
        if let Some((texts, integrity)) = &self.proof {
            setters.extend(texts.iter().map(|text| Box::new(text.clone()) as Box<dyn Setter>));
            setters.push(Box::new(integrity.clone()));
        }
        let mut request = Message::new();
        request.build(&setters).map_err(|_| Failure::Refused)?;
        Ok(request)
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask(&self, request: Message) -> Result<Message, Failure> {
        self.exchange(&request.raw, |message| message.transaction_id == request.transaction_id).await
    }

    /// Sends until what is wanted comes back, or the time is over.
    pub(super) async fn exchange(
        &self,
        message: &[u8],
        is_wanted: impl Fn(&Message) -> bool,
    ) -> Result<Message, Failure> {
        while Instant::now() < self.end {
            // An earlier datagram that met a closed port makes the next call fail; it is tried again all the same.
            self.socket.say(message).await.ok();
            let again = L::AGAIN.map_or(self.end, |again| self.end.min(Instant::now() + again));
            while let Ok(heard) = timeout_at(again, self.socket.hear()).await {
                let Ok(bytes) = heard else {
                    if L::AGAIN.is_none() {
                        return Err(Failure::Silence);
                    }
                    tokio::time::sleep_until(again).await;
                    break;
                };
                let mut message = Message::new();
                if message.unmarshal_binary(&bytes).is_ok() && is_wanted(&message) {
                    return Ok(message);
                }
            }
        }
        Err(Failure::Silence)
    }
}
