//! What a socket and a relayed signal cost the server: memory, processor time, delay.
//!
//! `cargo run --release --example load -- [SOCKETS] [SIGNALS PER SOCKET] [PAYLOAD CHARACTERS]`, after
//! `cargo build --release -p visavis-server`. It starts that server and reads its figures from /proc, so it runs on Linux.
//! Rooms hold eight; in each room every peer signals the next one and waits for the acknowledgement before it goes on.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const ROOM: usize = 8;
/// Of /proc/PID/stat, fixed for user space on Linux.
const TICKS_PER_SECOND: u32 = 100;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let mut number = |or: usize| args.next().map_or(Ok(or), |text| text.parse());
    let (sockets, signals, chars) = (number(800)?, number(50)?, number(1500)?);
    let sockets = sockets.next_multiple_of(ROOM);

    let server = Server::start()?;
    let idle = server.resident()?;
    let before = server.processor()?;
    let (start, started) = watch::channel(Vec::new());
    let mut peers = Vec::new();
    let mut tasks = JoinSet::new();
    for n in 0..sockets {
        let client = Client::join(&server.address, &format!("{:026}", n / ROOM)).await?;
        peers.push(client.peer.clone());
        let next = n / ROOM * ROOM + (n + 1) % ROOM;
        tasks.spawn(client.talk(started.clone(), next, signals, chars));
    }
    let connecting = server.processor()?.saturating_sub(before);
    let resident = server.resident()?;

    start.send_replace(peers);
    let (before, began) = (server.processor()?, Instant::now());
    let mut delays = Vec::new();
    while let Some(outcome) = tasks.join_next().await {
        delays.extend(outcome??);
    }
    let (relaying, lasted) = (server.processor()?.saturating_sub(before), began.elapsed());
    delays.sort_unstable();
    let relayed = sockets * signals;

    println!("server at rest          {:>8} KiB", idle / 1024);
    println!("with {sockets} sockets in rooms of {ROOM}");
    println!("  memory per socket     {:>8} KiB", (resident - idle) / 1024 / sockets as u64);
    println!("  processor per join    {:>8} us", per(connecting, sockets));
    println!("{relayed} signals of {chars} characters in {:.1} s", lasted.as_secs_f32());
    println!("  processor per signal  {:>8} us", per(relaying, relayed));
    println!("  acknowledged, median  {:>8} us", delays[relayed / 2].as_micros());
    println!("  acknowledged, 99 %    {:>8} us", delays[relayed * 99 / 100].as_micros());
    println!("  memory afterwards     {:>8} KiB", server.resident()? / 1024);
    Ok(())
}

fn per(time: Duration, count: usize) -> u128 {
    time.as_micros() / count as u128
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start() -> Result<Self> {
        let binary = std::env::current_exe()?;
        let folder = binary.parent().and_then(|examples| examples.parent()).context("no target folder")?;
        let binary: PathBuf = folder.join("visavis");
        let flags = ["--listen", "127.0.0.1:0", "--log", "error", "--sockets-per-address", "1000000"];
        let fast = ["--events-per-second", "1000000", "--events-burst", "1000000"];
        let mut child = Command::new(&binary)
            .args(flags)
            .args(fast)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} is missing: build the server first", binary.display()))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address =
            line.trim().rsplit("http://").next().unwrap_or_default().trim_end_matches('/').to_owned();
        Ok(Self { child, address })
    }

    fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    fn processor(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // After the name in parentheses: user and system time are the 12th and 13th field.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks = fields.skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(Duration::from_secs(1) * ticks / TICKS_PER_SECOND)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    peer: String,
}

impl Client {
    async fn join(address: &str, room: &str) -> Result<Self> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        let mut client = Self { socket, peer: String::new() };
        client.packet().await?;
        client.send("40".into()).await?;
        client.packet().await?;
        client.send(format!("420{}", json!(["join", {"room": room, "protocol": 1}]))).await?;
        let answer = client.packet().await?;
        let [answer]: [Value; 1] = serde_json::from_str(answer.trim_start_matches("430"))?;
        let peer = answer["ok"]["peer"].as_str().with_context(|| answer.to_string())?;
        Ok(Self { peer: peer.to_owned(), ..client })
    }

    /// Signals to one peer; ends when as many have come from another. Returns the delays of the acknowledgements.
    async fn talk(
        mut self,
        mut started: watch::Receiver<Vec<String>>,
        next: usize,
        signals: usize,
        chars: usize,
    ) -> Result<Vec<Duration>> {
        let payload = "A".repeat(chars);
        let (mut delays, mut heard) = (Vec::with_capacity(signals), 0);
        // Heartbeats are answered meanwhile, and the first signals may come before we start.
        while !started.has_changed()? {
            tokio::select! {
                changed = started.changed() => { changed?; break }
                packet = self.packet() => heard += is_signal(&packet?)
            }
        }
        let to = started.borrow().get(next).context("no such peer")?.clone();
        for seq in 0..signals {
            let sent = Instant::now();
            let event = json!(["signal", {"to": to, "seq": seq, "payload": payload}]);
            self.send(format!("421{event}")).await?;
            loop {
                let packet = self.packet().await?;
                if packet.starts_with("431") {
                    if packet != "431[{\"ok\":\"delivered\"}]" {
                        bail!("{packet}");
                    }
                    break;
                }
                heard += is_signal(&packet);
            }
            delays.push(sent.elapsed());
        }
        while heard < signals {
            heard += is_signal(&self.packet().await?);
        }
        Ok(delays)
    }

    async fn send(&mut self, packet: String) -> Result<()> {
        Ok(self.socket.send(Message::text(packet)).await?)
    }

    async fn packet(&mut self) -> Result<String> {
        loop {
            let message = self.socket.next().await.context("disconnected")??;
            match message.to_text()? {
                "2" => self.send("3".into()).await?,
                packet => return Ok(packet.to_owned()),
            }
        }
    }
}

fn is_signal(packet: &str) -> usize {
    usize::from(packet.starts_with("42[\"signal\""))
}
