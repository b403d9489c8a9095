//! The self-test over TCP.

use clap::Parser;
use tokio::net::TcpListener;

use super::super::*;
use super::HOME;

async fn health(public_url: &str) -> String {
    let flags = ["visavis", "--turn-tcp", "on", "--public-url", public_url];
    let config = Config::try_parse_from(flags).unwrap();
    let home: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let place = Place { listen: home, public: home.ip(), named: true };
    let (secret, clock) = ("a secret of the tests".parse().unwrap(), Clock::system());
    let grounds = Grounds { config: &config, place, policy: HOME, secret: &secret, clock: &clock };
    let offer = Offer::of(&config, home, place).unwrap();
    let relay = Relay::start(&grounds, Some((offer, home))).await.unwrap();
    Arc::new(relay).health().await.to_string()
}

#[tokio::test]
async fn what_speaks_something_else_or_nothing_is_not_reachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let told = format!("\nrelay over TCP: not reachable at {address} (no answer)");
    let serving = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut tcp, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    assert!(health(&format!("http://{address}")).await.ends_with(&told));
    // Nobody is there any more.
    serving.await.unwrap();
    assert!(health(&format!("http://{address}")).await.ends_with(&told));
}
