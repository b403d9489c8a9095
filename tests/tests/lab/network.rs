//! The lab does what it says, seen by plain sockets: no browser is needed.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use visavis_e2e::lab::stun::{Stun, mapped_address};
use visavis_e2e::lab::{CARRIER, ELSEWHERE, Host, Namespace, STUN};
use visavis_e2e::{Access, Conditions, Firewall, Lab, Nat};

const ANYWHERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
const MS: Duration = Duration::from_millis(1);

/// Sends everything back.
fn echo(namespace: &Namespace, address: SocketAddrV4) -> Result<JoinHandle<()>> {
    let socket = namespace.bind_udp(address)?;
    Ok(tokio::spawn(async move {
        let mut buffer = [0; 2000];
        while let Ok((length, sender)) = socket.recv_from(&mut buffer).await {
            drop(socket.send_to(&buffer[..length], sender).await);
        }
    }))
}

async fn round_trip(socket: &UdpSocket, to: SocketAddrV4) -> Result<Duration> {
    let start = Instant::now();
    socket.send_to(b"there and back", to).await?;
    timeout(2_000 * MS, socket.recv_from(&mut [0; 2000])).await.context("nothing came back")??;
    Ok(start.elapsed())
}

#[tokio::test]
async fn a_link_takes_the_time_it_was_set_to() -> Result<()> {
    let lab = Lab::new(1)?;
    let alice = lab.host("alice", Access::behind(Nat::PortRestricted))?;
    let _echo = echo(lab.internet(), STUN)?;
    let socket = alice.namespace().bind_udp(ANYWHERE)?;
    for delay in [Duration::ZERO, 20 * MS, 120 * MS] {
        alice.link().set(Conditions { delay, ..Conditions::PERFECT });
        let mut trips = Vec::new();
        for _ in 0..7 {
            trips.push(round_trip(&socket, STUN).await?);
        }
        trips.sort_unstable();
        let (least, median) = (trips[0], trips[3]);
        println!("{delay:?} each way: {trips:.1?}");
        ensure!(least >= 2 * delay && median < 2 * delay + 50 * MS, "{trips:?} for twice {delay:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_link_loses_the_share_it_was_set_to() -> Result<()> {
    const SENT: u64 = 2_000;
    let lab = Lab::new(1)?;
    let alice = lab.host("alice", Access::PUBLIC)?;
    alice.link().set(Conditions { loss: 0.2, ..Conditions::PERFECT });
    let socket = alice.namespace().bind_udp(ANYWHERE)?;
    let before = alice.link().up();
    for number in 0..SENT {
        socket.send_to(b"one of many", STUN).await?;
        if number % 50 == 0 {
            tokio::time::sleep(MS).await;
        }
    }
    let after = wait_for(async || {
        let now = alice.link().up();
        (now.packets >= before.packets + SENT).then_some(now)
    })
    .await?;
    let lost = after.lost - before.lost;
    println!("{lost} of {SENT} lost");
    ensure!((340..=460).contains(&lost), "{lost} of {SENT} lost");
    ensure!(after.overflowed == 0 && after.cut == 0, "{after:?}");
    Ok(())
}

#[tokio::test]
async fn a_cut_link_carries_nothing_until_it_is_restored() -> Result<()> {
    let lab = Lab::new(1)?;
    let alice = lab.host("alice", Access::PUBLIC)?;
    let _echo = echo(lab.internet(), STUN)?;
    let socket = alice.namespace().bind_udp(ANYWHERE)?;
    round_trip(&socket, STUN).await?;
    alice.link().cut();
    socket.send_to(b"into the void", STUN).await?;
    let nothing = timeout(300 * MS, socket.recv_from(&mut [0; 2000])).await;
    ensure!(nothing.is_err(), "{nothing:?} came back over a cut link");
    ensure!(alice.link().up().cut == 1, "{:?}", alice.link().up());
    alice.link().restore();
    round_trip(&socket, STUN).await?;
    Ok(())
}

#[tokio::test]
async fn a_bottleneck_holds_its_rate() -> Result<()> {
    const RATE: u64 = 2_000_000;
    let lab = Lab::new(1)?;
    let alice = lab.host("alice", Access::PUBLIC)?;
    alice.link().set(Conditions { rate: Some(RATE), queue: 20_000, ..Conditions::PERFECT });
    let (offered, carried, _) = flood(&lab, &alice, 4_000_000, Duration::from_secs(2)).await?;
    println!("{carried} of {offered} bit/s got through");
    ensure!((1_800_000..=2_100_000).contains(&carried), "{carried} bit/s through {RATE}");
    ensure!(alice.link().up().overflowed > 100, "{:?}", alice.link().up());
    Ok(())
}

#[tokio::test]
async fn a_link_carries_fifty_megabits() -> Result<()> {
    let lab = Lab::new(1)?;
    let alice = lab.host("alice", Access::behind(Nat::PortRestricted))?;
    alice.link().set(Conditions { delay: 20 * MS, ..Conditions::PERFECT });
    let (offered, carried, busy) = flood(&lab, &alice, 60_000_000, Duration::from_secs(2)).await?;
    println!("{carried} of {offered} bit/s got through; the carrier was busy for {busy} % of the time");
    ensure!(carried >= 50_000_000, "{carried} of {offered} bit/s got through");
    Ok(())
}

#[tokio::test]
async fn a_symmetric_nat_has_another_port_for_every_destination() -> Result<()> {
    let lab = Lab::new(1)?;
    let _servers = [Stun::serve(lab.internet(), STUN)?, Stun::serve(lab.internet(), ELSEWHERE)?];
    for (name, nat, same) in
        [("alice", Nat::None, true), ("bob", Nat::PortRestricted, true), ("carol", Nat::Symmetric, false)]
    {
        let host = lab.host(name, Access::behind(nat))?;
        let socket = host.namespace().bind_udp(ANYWHERE)?;
        let (one, other) = (mapped_address(&socket, STUN).await?, mapped_address(&socket, ELSEWHERE).await?);
        println!("{nat:?}: {one} and {other}");
        ensure!((one == other) == same, "{nat:?} maps to {one} and {other}");
        ensure!((*one.ip() == host.address()) == (nat == Nat::None), "{nat:?} maps to {one}");
        ensure!(one.ip().octets()[0] == 198, "{one} is no public address");
    }
    Ok(())
}

/// A hole is punched from both sides, however the first packet of the other side fared.
#[tokio::test]
async fn two_port_restricted_nats_let_only_the_addressed_in() -> Result<()> {
    let lab = Lab::new(1)?;
    let _server = Stun::serve(lab.internet(), STUN)?;
    let [alice, bob] = ["alice", "bob"].map(|name| lab.host(name, Access::behind(Nat::PortRestricted)));
    let [alice, bob] = [alice?, bob?].map(|host| host.namespace().bind_udp(ANYWHERE));
    let (alice, bob) = (alice?, bob?);
    let (at_alice, at_bob) = (mapped_address(&alice, STUN).await?, mapped_address(&bob, STUN).await?);
    alice.send_to(b"too early", at_bob).await?;
    let nothing = timeout(200 * MS, bob.recv_from(&mut [0; 100])).await;
    ensure!(nothing.is_err(), "{nothing:?} came in unasked");
    bob.send_to(b"hello", at_alice).await?;
    let mut buffer = [0; 100];
    let (length, sender) = timeout(2_000 * MS, alice.recv_from(&mut buffer)).await??;
    ensure!(&buffer[..length] == b"hello" && sender == SocketAddr::V4(at_bob), "{sender} is not {at_bob}");
    alice.send_to(b"hello back", at_bob).await?;
    timeout(2_000 * MS, bob.recv_from(&mut buffer)).await??;
    Ok(())
}

#[tokio::test]
async fn a_firewall_lets_out_what_it_says() -> Result<()> {
    let lab = Lab::new(1)?;
    let _server = Stun::serve(lab.internet(), STUN)?;
    let listening = |port| {
        let address = SocketAddrV4::new(*STUN.ip(), port);
        lab.internet().run(|| Ok(std::net::TcpListener::bind(address)?))
    };
    let _listeners = (listening(443)?, listening(8080)?);
    for (name, firewall, udp, http, https) in [
        ("alice", Firewall::Open, true, true, true),
        ("bob", Firewall::NoUdp, false, true, true),
        ("carol", Firewall::OnlyHttps, false, false, true),
        ("dave", Firewall::OnlyTls, false, false, true),
    ] {
        let access = Access::behind(Nat::PortRestricted).with_firewall(firewall);
        let host = lab.host(name, access)?;
        let socket = host.namespace().bind_udp(ANYWHERE)?;
        ensure!(mapped_address(&socket, STUN).await.is_ok() == udp, "{firewall:?} and UDP");
        for (port, open) in [(443, https), (8080, http)] {
            let to = SocketAddr::V4(SocketAddrV4::new(*STUN.ip(), port));
            let connected =
                host.namespace().run(|| Ok(std::net::TcpStream::connect_timeout(&to, 500 * MS).is_ok()))?;
            ensure!(connected == open, "{firewall:?} and TCP port {port}: {connected}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_firewall_that_looks_into_connections_drops_what_it_knows() -> Result<()> {
    let lab = Lab::new(1)?;
    let address = SocketAddrV4::new(*STUN.ip(), 443);
    let listener = lab.internet().run(|| Ok(std::net::TcpListener::bind(address)?))?;
    let access = Access::behind(Nat::Symmetric).with_firewall(Firewall::OnlyTls);
    let alice = lab.host("alice", access)?;
    for (words, passes) in [
        (&b"\x16\x03\x01\x00\x04\x01\x00\x00\x00"[..], true),
        (b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl", false),
    ] {
        let mut here = alice.namespace().connect(address)?;
        let (mut there, _) = listener.accept()?;
        there.set_nonblocking(false)?;
        there.set_read_timeout(Some(1_000 * MS))?;
        std::io::Write::write_all(&mut here, words)?;
        let came = std::io::Read::read(&mut there, &mut [0; 100]).is_ok();
        ensure!(came == passes, "{words:?}: {came}");
    }
    Ok(())
}

#[tokio::test]
async fn a_roaming_host_has_another_address_and_another_link() -> Result<()> {
    let lab = Lab::new(1)?;
    let _server = Stun::serve(lab.internet(), STUN)?;
    let alice = lab.host("alice", Access::behind(Nat::PortRestricted))?;
    let seen_at = async || mapped_address(&alice.namespace().bind_udp(ANYWHERE)?, STUN).await;
    let (address, seen, link) = (alice.address(), seen_at().await?, alice.link());
    alice.roam(Access::behind(Nat::Symmetric))?;
    ensure!(alice.address() != address && seen_at().await?.ip() != seen.ip(), "{address} is still in use");
    let carried = link.up().packets;
    seen_at().await?;
    ensure!(link.up().packets == carried && alice.link().up().packets > 0, "the old link is still in use");
    Ok(())
}

#[tokio::test]
async fn nothing_is_left_of_a_lab() -> Result<()> {
    let lab = Lab::new(1)?;
    let alice = lab.host("alice", Access::PUBLIC)?;
    let names = [lab.internet().name().to_owned(), alice.namespace().name().to_owned()];
    let mut child = alice.namespace().spawn(std::process::Command::new("sleep").arg("600"))?;
    let listed = || {
        let output = std::process::Command::new(visavis_e2e::tool::ip()?).arg("netns").output()?;
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        anyhow::Ok(names.iter().filter(|&name| listed.contains(name.as_str())).count())
    };
    ensure!(listed()? == 2, "the namespaces are not there");
    drop((lab, alice));
    ensure!(listed()? == 0, "the namespaces are still there");
    let status = wait_for(async || child.try_wait().ok().flatten()).await?;
    ensure!(!status.success(), "what ran within ended by itself");
    Ok(())
}

async fn wait_for<T>(mut probe: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    for _ in 0..500 {
        if let Some(found) = probe().await {
            return Ok(found);
        }
        tokio::time::sleep(10 * MS).await;
    }
    bail!("not within five seconds")
}

/// Sends packets of 1,200 bytes into the internet at this rate. Gives the bits per second that were sent and that
/// arrived, and how busy the carrier was, in percent.
async fn flood(lab: &Lab, host: &Host, rate: u64, time: Duration) -> Result<(u64, u64, u64)> {
    const PAYLOAD: u32 = 1_200;
    let sink = lab.internet().bind_udp(STUN)?;
    let arrived = tokio::spawn(async move {
        let (mut buffer, mut packets) = ([0; 2000], 0);
        while let Ok(Ok(_)) = timeout(500 * MS, sink.recv_from(&mut buffer)).await {
            packets += 1;
        }
        packets
    });
    let socket = host.namespace().bind_udp(ANYWHERE)?;
    let bits_in = |packets| u64::from(packets * PAYLOAD * 8);
    let (start, busy) = (Instant::now(), carrier_nanos()?);
    let mut sent = 0;
    while start.elapsed() < time {
        while u128::from(bits_in(sent)) < u128::from(rate) * start.elapsed().as_micros() / 1_000_000 {
            socket.send_to(&[0; 1_200], STUN).await?;
            sent += 1;
        }
        tokio::time::sleep(MS).await;
    }
    let (took, busy) = (u64::try_from(start.elapsed().as_millis())?, carrier_nanos()? - busy);
    Ok((bits_in(sent) * 1_000 / took, bits_in(arrived.await?) * 1_000 / took, busy / 10_000 / took))
}

/// How long the threads that carry packets have run.
fn carrier_nanos() -> Result<u64> {
    let mut nanos = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let thread = thread?.path();
        if std::fs::read_to_string(thread.join("comm"))?.trim() == CARRIER {
            let spent = std::fs::read_to_string(thread.join("schedstat"))?;
            nanos += spent.split(' ').next().context("a time")?.parse::<u64>()?;
        }
    }
    Ok(nanos)
}
