//! A real relay on loopback and clients that write their requests themselves.

mod malformed;
mod streams;

use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use stun::attributes::{ATTR_NONCE, ATTR_XORMAPPED_ADDRESS};
use stun::error_code::ErrorCodeAttribute;
use stun::message::{
    BINDING_REQUEST, CLASS_SUCCESS_RESPONSE, Getter, METHOD_ALLOCATE, METHOD_CHANNEL_BIND,
    METHOD_CREATE_PERMISSION, METHOD_REFRESH, Message, Method, Setter,
};
use stun::textattrs::TextAttribute;
use tokio::net::UdpSocket;
use turn::proto::PROTO_UDP;
use turn::proto::channum::ChannelNumber;
use turn::proto::evenport::EvenPort;
use turn::proto::lifetime::Lifetime;
use turn::proto::peeraddr::PeerAddress;
use turn::proto::reqfamily::{REQUESTED_FAMILY_IPV4, REQUESTED_FAMILY_IPV6};
use turn::proto::reqtrans::RequestedTransport;

use super::probe::Probe;
use super::*;

/// Far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
const NOON: u64 = 1_700_000_000;
const STRICT: Policy = Policy { networks: false, machine: false };
const HOME: Policy = Policy { networks: false, machine: true };

/// A relay, and the hand of its clock.
struct Stage {
    relay: Arc<Relay>,
    hand: Arc<AtomicU64>,
    /// Where its socket is, whatever its public address is.
    here: SocketAddr,
}

impl Stage {
    async fn set(policy: Policy, public: &str, flags: &[&str]) -> Self {
        let config = Config::try_parse_from(["visavis"].iter().chain(flags)).unwrap();
        let listen = if public == "127.0.0.1" { "127.0.0.1:0" } else { "0.0.0.0:0" };
        let place = Place { listen: listen.parse().unwrap(), public: public.parse().unwrap(), named: true };
        let (clock, hand) = Clock::by_hand(NOON);
        let secret = "a secret of the tests".parse().unwrap();
        let grounds = Grounds { config: &config, place, policy, secret: &secret, clock: &clock };
        let relay = Relay::start(&grounds, None).await.unwrap();
        let here = SocketAddr::new([127, 0, 0, 1].into(), relay.address().port());
        Self { relay: Arc::new(relay), hand, here }
    }

    async fn home() -> Self {
        Self::set(HOME, "127.0.0.1", &[]).await
    }

    async fn client(&self) -> Probe {
        Probe::open(self.here, PATIENCE).await.unwrap()
    }

    /// Asks for an allocation with credentials that are good until then.
    async fn allocate(&self, client: &mut Probe, end: u64, peer: &str) -> Result<SocketAddr, Failure> {
        let username = ice::username(end, peer);
        client.allocate(&username, &self.relay.secret.credential(&username)).await
    }

    /// A client with an allocation.
    async fn holder(&self) -> (Probe, SocketAddr) {
        let mut client = self.client().await;
        let relayed = self.allocate(&mut client, NOON + 600, "bob").await.unwrap();
        (client, relayed)
    }
}

fn peer(text: &str) -> Box<dyn Setter> {
    let address: SocketAddr = text.parse().unwrap();
    Box::new(PeerAddress { ip: address.ip(), port: address.port() })
}

/// The code of the refusal; 0 if it was granted.
async fn code<const N: usize>(client: &Probe, method: Method, wishes: [Box<dyn Setter>; N]) -> u16 {
    let request = client.request(method, wishes).unwrap();
    let answer = client.ask(request).await.unwrap();
    let mut error = ErrorCodeAttribute::default();
    if error.get_from(&answer).is_err() {
        assert_eq!(answer.typ.class, CLASS_SUCCESS_RESPONSE);
    }
    error.code.0
}

fn udp() -> Box<dyn Setter> {
    Box::new(RequestedTransport { protocol: PROTO_UDP })
}

#[tokio::test]
async fn the_self_test_relays_to_itself() {
    let stage = Stage::home().await;
    let health = stage.relay.health().await;
    assert_eq!(health.to_string(), format!("relay: reachable at {}\nrelay over TCP: off", stage.here));
}

#[tokio::test]
async fn what_nobody_answers_is_not_reachable_and_asked_once_a_minute() {
    let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut relay = Stage::home().await.relay;
    Arc::get_mut(&mut relay).unwrap().address = nobody.local_addr().unwrap();
    let (first, second) = tokio::join!(relay.health(), relay.health());
    assert!(first.to_string().contains("(no answer)"), "{first}");
    assert_eq!((first.found, second.found), (Err(Failure::Silence), Err(Failure::Silence)));
    let mut datagram = [0; 1500];
    let mut first_words = Vec::new();
    while let Ok(length) = nobody.try_recv(&mut datagram) {
        first_words.push(datagram[..length].to_vec());
    }
    first_words.dedup();
    assert_eq!(first_words.len(), 1, "the same request over and over");
}

#[tokio::test]
async fn stun_tells_the_address() {
    let stage = Stage::home().await;
    let client = stage.client().await;
    let mut request = Message::new();
    request.build(&[Box::new(stun::agent::TransactionId::new()), Box::new(BINDING_REQUEST)]).unwrap();
    let answer = client.ask(request).await.unwrap();
    let mut told = stun::xoraddr::XorMappedAddress::default();
    told.get_from_as(&answer, ATTR_XORMAPPED_ADDRESS).unwrap();
    assert_eq!(SocketAddr::new(told.ip, told.port), client.socket.local_addr().unwrap());
}

#[tokio::test]
async fn credentials_end_but_what_they_began_goes_on() {
    let stage = Stage::home().await;
    let (client, relayed) = stage.holder().await;
    stage.hand.store(NOON + 1800, Ordering::SeqCst);
    assert_eq!(code(&client, METHOD_REFRESH, [Box::new(Lifetime(Duration::from_mins(10)))]).await, 0);
    client.echo(relayed).await.unwrap();
    let channel = || -> Box<dyn Setter> { Box::new(ChannelNumber(0x4000)) };
    assert_eq!(code(&client, METHOD_CHANNEL_BIND, [channel(), peer("127.0.0.1:9")]).await, 0);
    let mut late = stage.client().await;
    let refused = stage.allocate(&mut late, NOON + 600, "bob").await;
    assert_eq!(refused, Err(Failure::Refused));
    assert_eq!(code(&late, METHOD_ALLOCATE, [udp()]).await, 401);
    assert_eq!(stage.allocate(&mut late, NOON + 2400, "bob").await.map(|_| ()), Ok(()));
    // Given back, it is gone for good.
    assert_eq!(code(&client, METHOD_REFRESH, [Box::new(Lifetime(Duration::ZERO))]).await, 0);
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp()]).await, 401);
}

#[tokio::test]
async fn an_old_nonce_is_replaced_and_the_allocation_goes_on() {
    let stage = Stage::home().await;
    let (mut client, relayed) = stage.holder().await;
    stage.hand.store(NOON + 3600, Ordering::SeqCst);
    let refresh = client.request(METHOD_REFRESH, []).unwrap();
    let answer = client.ask(refresh).await.unwrap();
    let mut error = ErrorCodeAttribute::default();
    error.get_from(&answer).unwrap();
    assert_eq!(error.code.0, 438);
    let nonce = TextAttribute::get_from_as(&answer, ATTR_NONCE).unwrap();
    client.proof.as_mut().unwrap().0[2] = nonce;
    assert_eq!(code(&client, METHOD_REFRESH, []).await, 0);
    client.echo(relayed).await.unwrap();
}

#[tokio::test]
async fn forged_credentials_are_refused() {
    let stage = Stage::home().await;
    let mut client = stage.client().await;
    let name = ice::username(NOON + 600, "bob");
    let other: Secret = "another secret of the tests".parse().unwrap();
    assert_eq!(client.allocate(&name, &other.credential(&name)).await, Err(Failure::Refused));
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp()]).await, 401);
    let longer = ice::username(NOON + 86_400, "bob");
    let stretched = client.allocate(&longer, &stage.relay.secret.credential(&name)).await;
    assert_eq!(stretched, Err(Failure::Refused));
    for nonsense in ["", "bob", ":", "x:bob"] {
        let credential = stage.relay.secret.credential(nonsense);
        assert_eq!(client.allocate(nonsense, &credential).await, Err(Failure::Refused), "{nonsense}");
    }
}

#[tokio::test]
async fn an_allocation_belongs_to_the_name_that_opened_it() {
    let stage = Stage::home().await;
    let (mut client, _) = stage.holder().await;
    // The client's own nonce and address, and good credentials of somebody else.
    let refused = stage.allocate(&mut client, NOON + 600, "mallory").await;
    assert_eq!(refused, Err(Failure::Refused));
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp()]).await, 437);
    assert_eq!(code(&client, METHOD_REFRESH, [Box::new(Lifetime(Duration::ZERO))]).await, 441);
    assert_eq!(code(&client, METHOD_CREATE_PERMISSION, [peer("127.0.0.1:9")]).await, 441);
}

#[tokio::test]
async fn without_an_allocation_there_is_nothing_to_refresh() {
    let stage = Stage::set(HOME, "127.0.0.1", &["--turn-allocations", "1"]).await;
    let (_held, _) = stage.holder().await;
    let mut client = stage.client().await;
    assert_eq!(stage.allocate(&mut client, NOON + 600, "bob").await, Err(Failure::Full));
    let told = format!("relay: reachable at {} (all allocations are taken)\nrelay over TCP: off", stage.here);
    assert_eq!(stage.relay.health().await.to_string(), told);
    assert_eq!(code(&client, METHOD_REFRESH, []).await, 437);
    assert_eq!(code(&client, METHOD_CREATE_PERMISSION, [peer("127.0.0.1:9")]).await, 437);
    let channel = || -> Box<dyn Setter> { Box::new(ChannelNumber(0x4000)) };
    assert_eq!(code(&client, METHOD_CHANNEL_BIND, [channel(), peer("127.0.0.1:9")]).await, 437);
}

#[tokio::test]
async fn quotas_are_of_the_peer_whose_credentials_they_are() {
    let stage = Stage::set(HOME, "127.0.0.1", &["--turn-allocations-per-peer", "2"]).await;
    let [mut a, mut b, mut c] = [stage.client().await, stage.client().await, stage.client().await];
    stage.allocate(&mut a, NOON + 600, "bob").await.unwrap();
    stage.allocate(&mut b, NOON + 599, "bob").await.unwrap();
    assert_eq!(stage.allocate(&mut c, NOON + 598, "bob").await, Err(Failure::Full));
    assert_eq!(code(&c, METHOD_ALLOCATE, [udp()]).await, 486);
    stage.allocate(&mut c, NOON + 600, "alice").await.unwrap();
    // What is given back can be had again at once.
    assert_eq!(code(&a, METHOD_REFRESH, [Box::new(Lifetime(Duration::ZERO))]).await, 0);
    stage.allocate(&mut a, NOON + 600, "bob").await.unwrap();
}

#[tokio::test]
async fn the_ports_are_those_of_the_range() {
    let spare = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let range = format!("{spare}-{spare}");
    let stage = Stage::set(HOME, "127.0.0.1", &["--turn-ports", &range]).await;
    let (_held, relayed) = stage.holder().await;
    assert_eq!(relayed.port(), spare);
    let mut client = stage.client().await;
    assert_eq!(stage.allocate(&mut client, NOON + 600, "bob").await, Err(Failure::Refused));
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp()]).await, 508);
    assert_eq!(stage.relay.health().await.found, Err(Failure::Refused));
}

#[tokio::test]
async fn a_lost_answer_is_repeated() {
    let stage = Stage::home().await;
    let (client, _) = stage.holder().await;
    assert_eq!(code(&client, METHOD_REFRESH, [Box::new(Lifetime(Duration::ZERO))]).await, 0);
    let request = client.request(METHOD_ALLOCATE, [udp()]).unwrap();
    let first = client.ask(request.clone()).await.unwrap();
    assert_eq!(first.typ.class, CLASS_SUCCESS_RESPONSE);
    assert_eq!(client.ask(request).await.unwrap().raw, first.raw);
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp()]).await, 437, "a new request is none that was lost");
}

#[tokio::test]
async fn wishes_that_no_browser_has_are_refused() {
    let stage = Stage::home().await;
    let mut client = stage.client().await;
    stage.allocate(&mut client, NOON + 600, "bob").await.unwrap();
    assert_eq!(code(&client, METHOD_REFRESH, [Box::new(Lifetime(Duration::ZERO))]).await, 0);
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp(), Box::new(EvenPort::default())]).await, 508);
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp(), Box::new(REQUESTED_FAMILY_IPV6)]).await, 440);
    assert_eq!(code(&client, METHOD_ALLOCATE, [udp(), Box::new(REQUESTED_FAMILY_IPV4)]).await, 0);
}

#[tokio::test]
async fn permission_is_refused_for_denied_addresses() {
    let stage = Stage::home().await;
    let (client, _) = stage.holder().await;
    let permit = async |text: &str| code(&client, METHOD_CREATE_PERMISSION, [peer(text)]).await;
    let channel = |number| -> Box<dyn Setter> { Box::new(ChannelNumber(number)) };
    for denied in ["10.0.0.1:1", "192.168.1.1:1", "169.254.169.254:80", "224.0.0.1:1", "0.0.0.0:1"] {
        assert_eq!(permit(denied).await, 403, "{denied}");
        assert_eq!(code(&client, METHOD_CHANNEL_BIND, [channel(0x4000), peer(denied)]).await, 403);
    }
    assert_eq!(permit("[::ffff:127.0.0.1]:1").await, 443);
    assert_eq!(permit("1.1.1.1:1").await, 0);
    let mixed = [peer("127.0.0.1:1"), peer("10.0.0.1:1")];
    assert_eq!(code(&client, METHOD_CREATE_PERMISSION, mixed).await, 403);
    assert_eq!(code(&client, METHOD_CREATE_PERMISSION, []).await, 400);
    assert_eq!(code(&client, METHOD_CHANNEL_BIND, [peer("127.0.0.1:1")]).await, 508);
}

#[tokio::test]
async fn every_address_of_one_request_is_permitted() {
    let stage = Stage::home().await;
    let (client, relayed) = stage.holder().await;
    let second = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let wishes = [peer("127.0.0.1:1"), peer(&second.local_addr().unwrap().to_string())];
    assert_eq!(code(&client, METHOD_CREATE_PERMISSION, wishes).await, 0);
    second.send_to(b"from the second", relayed).await.unwrap();
    let mut datagram = [0; 1500];
    let length = client.socket.recv(&mut datagram).await.unwrap();
    assert!(datagram[..length].windows(15).any(|words| words == b"from the second"));
}

#[tokio::test]
async fn a_strict_relay_neither_speaks_to_this_machine_nor_listens_to_it() {
    let stage = Stage::set(STRICT, "127.0.0.1", &[]).await;
    let (mut client, relayed) = stage.holder().await;
    let service = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let target = service.local_addr().unwrap();
    // Its own address must be permitted: that is where other clients' allocations are.
    assert_eq!(code(&client, METHOD_CREATE_PERMISSION, [peer(&target.to_string())]).await, 0);
    client.end = Instant::now() + Duration::from_millis(300);
    assert_eq!(client.echo(target).await, Err(Failure::Deaf), "nothing comes back");
    service.send_to(b"to a client", relayed).await.unwrap();
    let (client, relayed) = stage.holder().await;
    client.echo(relayed).await.unwrap();
    let mut datagram = [0; 1500];
    assert!(service.try_recv(&mut datagram).is_err(), "it was reached");
    let nothing = client.socket.try_recv(&mut datagram).unwrap_err();
    assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn behind_a_nat_allocations_meet_inside() {
    // Nobody on this machine has that address, and no NAT leads it back.
    let stage = Stage::set(STRICT, "203.0.113.5", &[]).await;
    let (client, relayed) = stage.holder().await;
    assert_eq!(relayed.ip().to_string(), "203.0.113.5");
    client.echo(relayed).await.unwrap();
}

#[tokio::test]
async fn a_socket_of_both_versions_tells_a_client_of_version_4_its_own_address() {
    let config = Config::try_parse_from(["visavis"]).unwrap();
    let listen = "[::]:0".parse().unwrap();
    let place = Place { listen, public: "127.0.0.1".parse().unwrap(), named: true };
    let secret = "a secret of the tests".parse().unwrap();
    let clock = Clock::system();
    let grounds = Grounds { config: &config, place, policy: HOME, secret: &secret, clock: &clock };
    let relay = Relay::start(&grounds, None).await.unwrap();
    assert_eq!(Arc::new(relay).health().await.found, Ok(()));
}
