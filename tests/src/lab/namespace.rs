//! A network namespace: made, entered by a thread, left and removed with all that runs in it.
//!
//! A thread that joins a namespace opens sockets and starts children there; a socket stays where it was opened. So no
//! helper process is needed: any thread may use such a socket afterwards.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio::net::UdpSocket;

use super::platform;
use crate::tool;

/// Where `ip netns` keeps them.
const FOLDER: &str = "/run/netns";
/// How the names of ours begin; the id of the process that made them follows.
const PREFIX: &str = "visavis-";

/// A network namespace of ours. It goes when the last handle is dropped, and with it all processes in it.
#[derive(Debug, Clone)]
pub struct Namespace(Arc<Made>);

impl PartialEq for Namespace {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Namespace {}

#[derive(Debug)]
struct Made {
    name: String,
}

impl Namespace {
    /// Makes one with a loopback device and nothing else; `purpose` ends its name.
    pub(super) fn make(purpose: &str) -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}-{purpose}", std::process::id());
        ip(&["netns", "add", &name], "")?;
        let namespace = Self(Arc::new(Made { name }));
        // Only half of the lab would have addresses of that kind. The loopback device keeps its own: chromedriver
        // does not name its port without.
        namespace.set("ipv6/conf/default/disable_ipv6", "1")?;
        namespace.ip("link set lo up")?;
        Ok(namespace)
    }

    /// Its name, as `ip netns` shows it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Does something on a thread within.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let path = self.path();
        let within = move || {
            platform::join(&path).with_context(|| format!("cannot enter {}", path.display()))?;
            work()
        };
        thread::scope(|scope| {
            scope
                .spawn(within)
                .join()
                .unwrap_or_else(|_| Err(anyhow!("a thread in {} panicked", self.name())))
        })
    }

    /// Starts a program within.
    pub fn spawn(&self, command: &mut Command) -> Result<Child> {
        self.run(|| Ok(command.spawn()?))
    }

    /// Connects from within to an address that the namespace knows itself: anything else would block the caller.
    pub fn connect(&self, address: SocketAddrV4) -> Result<TcpStream> {
        let stream = self.run(|| Ok(TcpStream::connect(address)?))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    }

    /// Connects from within to a port of its loopback device.
    pub fn connect_to_loopback(&self, port: u16) -> Result<TcpStream> {
        self.connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
    }

    /// Opens a UDP socket within.
    pub fn bind_udp(&self, address: SocketAddrV4) -> Result<UdpSocket> {
        let socket =
            self.run(|| Ok(std::net::UdpSocket::bind(address)?)).with_context(|| address.to_string())?;
        socket.set_nonblocking(true)?;
        Ok(UdpSocket::from_std(socket)?)
    }

    /// Carries out commands of `ip`, one a line and without the `ip`.
    pub(super) fn ip(&self, commands: &str) -> Result<()> {
        ip(&["-n", self.name(), "-batch", "-"], commands)
    }

    /// Loads the rules of a firewall.
    pub(super) fn load_rules(&self, rules: &str) -> Result<()> {
        let mut restore = Command::new(tool::iptables_restore()?);
        let status = self.run(|| feed(&mut restore, rules));
        status.with_context(|| format!("iptables-restore of {rules}"))
    }

    /// Writes a setting under `/proc/sys/net`.
    pub(super) fn set(&self, setting: &str, value: &str) -> Result<()> {
        let path = Path::new("/proc/sys/net").join(setting);
        self.run(|| Ok(std::fs::write(&path, value)?)).with_context(|| path.display().to_string())
    }

    /// Stops all that runs within, until the value given is dropped.
    pub(super) fn suspend(&self) -> Result<Sleep> {
        let mut sleep = Sleep { processes: BTreeSet::new() };
        // What is started while we look is stopped in the next round.
        loop {
            let found = processes(self.name())?;
            let awake: Vec<i32> = found.difference(&sleep.processes).copied().collect();
            if awake.is_empty() {
                return Ok(sleep);
            }
            for process in awake {
                platform::pause(process).with_context(|| format!("cannot stop process {process}"))?;
                sleep.processes.insert(process);
            }
        }
    }

    /// Ends all that runs within.
    pub(super) fn end_all(&self) -> Result<()> {
        // What is started while we look is ended in the next round.
        loop {
            let found = processes(self.name())?;
            if found.is_empty() {
                return Ok(());
            }
            for process in found {
                // Fails only where the process has ended already.
                drop(platform::end(process));
            }
        }
    }

    fn path(&self) -> PathBuf {
        Path::new(FOLDER).join(self.name())
    }
}

/// Stopped programs. They go on when it is dropped.
#[derive(Debug)]
pub struct Sleep {
    processes: BTreeSet<i32>,
}

impl Drop for Sleep {
    fn drop(&mut self) {
        for &process in &self.processes {
            // Fails only where the process has been killed in its sleep.
            drop(platform::resume(process));
        }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        remove(&self.name);
    }
}

/// Removes what processes have left that were killed before they could clean up.
pub(super) fn sweep() -> Result<()> {
    let entries = match std::fs::read_dir(FOLDER) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).context(FOLDER),
    };
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if maker(&name).is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            remove(&name);
        }
    }
    Ok(())
}

/// The id of the process that made a namespace of this name, if it is one of ours.
fn maker(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok()
}

/// Ends what runs within, then removes the namespace. What fails has gone already.
fn remove(name: &str) {
    let Ok(program) = tool::ip() else { return };
    for process in processes(name).unwrap_or_default() {
        drop(platform::end(process));
    }
    drop(Command::new(&program).args(["netns", "del", name]).stderr(Stdio::null()).status());
}

/// The ids of what runs within.
fn processes(name: &str) -> Result<BTreeSet<i32>> {
    let listed = Command::new(tool::ip()?).args(["netns", "pids", name]).stderr(Stdio::null()).output()?;
    Ok(String::from_utf8_lossy(&listed.stdout).lines().filter_map(|line| line.parse().ok()).collect())
}

fn ip(arguments: &[&str], input: &str) -> Result<()> {
    let mut command = Command::new(tool::ip()?);
    feed(command.args(arguments), input).with_context(|| format!("ip {} {input}", arguments.join(" ")))
}

/// Runs a program to its end with this input; what it printed is part of the error.
fn feed(command: &mut Command, input: &str) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    // Taken, so that it is closed behind the input.
    child.stdin.take().context("it has an input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::maker;

    #[test]
    fn our_namespaces_are_told_from_others() {
        assert_eq!(maker("visavis-123-0-internet"), Some(123));
        for other in ["visavis-", "visavis-x-0", "docker-123-0", ""] {
            assert_eq!(maker(other), None, "{other}");
        }
    }
}
