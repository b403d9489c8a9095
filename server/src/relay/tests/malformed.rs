//! What nobody means, by the thousand: it may have no effect, and least of all a panic.

use clap::Parser;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use stun::attributes::AttrType;
use stun::message::{
    METHOD_ALLOCATE, METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_REFRESH, Message, Setter,
};

use super::super::*;
use super::{HOME, PATIENCE, Probe};

/// An attribute as it is given, whatever it means.
#[derive(Debug, Clone)]
struct Raw(u16, Vec<u8>);

impl Setter for Raw {
    fn add_to(&self, message: &mut Message) -> Result<(), stun::Error> {
        message.add(AttrType(self.0), &self.1);
        Ok(())
    }
}

fn attributes() -> impl Strategy<Value = Vec<Raw>> {
    let kinds = [0x06, 0x08, 0x0c, 0x0d, 0x12, 0x13, 0x14, 0x15, 0x17, 0x18, 0x19, 0x1a, 0x22, 0x8028];
    let value = prop::collection::vec(any::<u8>(), 0..40);
    let attribute = (prop::sample::select(kinds.to_vec()), value).prop_map(|(kind, value)| Raw(kind, value));
    prop::collection::vec(attribute, 0..8)
}

/// Datagrams from noise to messages that are cut short.
fn datagrams() -> impl Strategy<Value = Vec<u8>> {
    let kinds = [0x0001_u16, 0x0003, 0x0004, 0x0008, 0x0009, 0x0016, 0x0101];
    let message =
        (prop::sample::select(kinds.to_vec()), attributes(), 0..60_usize).prop_map(|(kind, raws, cut)| {
            let mut message = Message::new();
            message.write_header();
            for raw in raws {
                raw.add_to(&mut message).unwrap();
            }
            let mut datagram = message.raw;
            datagram[..2].copy_from_slice(&kind.to_be_bytes());
            datagram.truncate(datagram.len().saturating_sub(cut.saturating_sub(40)));
            datagram
        });
    let channel = prop::collection::vec(any::<u8>(), 0..40).prop_map(|mut data| {
        data.splice(0..0, [0x40, 0x00, 0x00]);
        data
    });
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), message, channel]
}

/// A relay whose loop is the test, so that it fails where the loop would stumble; and where it is.
async fn bare() -> (Service<DatagramSocket>, SocketAddr) {
    let config = Config::try_parse_from(["visavis"]).unwrap();
    let home = "127.0.0.1:0".parse().unwrap();
    let place = Place { listen: home, public: home.ip(), named: true };
    let (secret, clock) = ("a secret of the tests".parse().unwrap(), Clock::system());
    let grounds = Grounds { config: &config, place, policy: HOME, secret: &secret, clock: &clock };
    let ledger = Ledger::new(quotas(&config));
    let socket = DatagramSocket::bind(home, ledger.clone()).await.unwrap();
    let address = socket.local();
    (grounds.service(socket, &ledger).unwrap(), address)
}

proptest! {
    #[test]
    fn malformed_datagrams_are_harmless(datagrams in prop::collection::vec(datagrams(), 1..50)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (service, _) = bare().await;
            for datagram in datagrams {
                service.on_message(datagram, "127.0.0.1:9".parse().unwrap()).await;
            }
        });
    }
}

#[test]
fn nonsense_of_a_client_that_is_known_is_harmless() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (service, client) = runtime.block_on(async {
        let (service, address) = bare().await;
        let service = Arc::new(service);
        let mut client = Probe::open(address, PATIENCE).await.unwrap();
        let serving = tokio::spawn({
            let service = service.clone();
            async move { service.serve().await }
        });
        let name = ice::username(Clock::system().unix() + 600, "bob");
        let secret: Secret = "a secret of the tests".parse().unwrap();
        client.allocate(&name, &secret.credential(&name)).await.unwrap();
        serving.abort();
        (service, client)
    });
    let methods = [METHOD_ALLOCATE, METHOD_REFRESH, METHOD_CREATE_PERMISSION, METHOD_CHANNEL_BIND];
    let requests = (prop::sample::select(methods.to_vec()), attributes());
    let address = client.socket.local_addr().unwrap();
    let run = TestRunner::default().run(&requests, |(method, raws)| {
        let raws = raws.into_iter().filter(|raw| ![0x08, 0x8028].contains(&raw.0));
        let request = client.request(method, raws.map(|raw| Box::new(raw) as Box<dyn Setter>)).unwrap();
        runtime.block_on(service.on_message(request.raw, address));
        Ok(())
    });
    run.unwrap();
}
