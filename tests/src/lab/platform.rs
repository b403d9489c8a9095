//! The few calls of the operating system that only Linux has. Elsewhere each of them fails.

use std::io;
use std::path::Path;

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{Tun, end, is_root, join, open_tun, pause, resume};
#[cfg(target_os = "linux")]
pub(super) use linux::{Tun, end, is_root, join, open_tun, pause, resume};

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;

    use nix::sched::{CloneFlags, setns};
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::{Pid, geteuid};
    pub(in crate::lab) use tokio_tun::Tun;

    use super::{Path, io};

    /// Whether we may do everything.
    pub(in crate::lab) fn is_root() -> bool {
        geteuid().is_root()
    }

    /// Moves the calling thread, and what it starts from now on, into a network namespace.
    pub(in crate::lab) fn join(namespace: &Path) -> io::Result<()> {
        Ok(setns(File::open(namespace)?, CloneFlags::CLONE_NEWNET)?)
    }

    /// Makes a device whose packets we read and write, in the network namespace of the calling thread. It goes when
    /// it is dropped, and no child inherits it. Asks for a runtime around it.
    pub(in crate::lab) fn open_tun(name: &str) -> io::Result<Tun> {
        let mut made = Tun::builder().name(name).build().map_err(io::Error::other)?;
        made.pop().ok_or_else(|| io::Error::other("no device was made"))
    }

    /// Ends a process at once.
    pub(in crate::lab) fn end(process: i32) -> io::Result<()> {
        Ok(kill(Pid::from_raw(process), Signal::SIGKILL)?)
    }

    /// Takes the processor away from a process.
    pub(in crate::lab) fn pause(process: i32) -> io::Result<()> {
        Ok(kill(Pid::from_raw(process), Signal::SIGSTOP)?)
    }

    /// Gives it back.
    pub(in crate::lab) fn resume(process: i32) -> io::Result<()> {
        Ok(kill(Pid::from_raw(process), Signal::SIGCONT)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{Path, io};

    fn unsupported<T>() -> io::Result<T> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    /// There is none.
    #[derive(Debug)]
    pub(in crate::lab) enum Tun {}

    impl Tun {
        pub(in crate::lab) async fn recv(&self, _: &mut [u8]) -> io::Result<usize> {
            std::future::ready(match *self {}).await
        }

        pub(in crate::lab) async fn send(&self, _: &[u8]) -> io::Result<usize> {
            std::future::ready(match *self {}).await
        }
    }

    pub(in crate::lab) fn is_root() -> bool {
        false
    }

    pub(in crate::lab) fn join(_: &Path) -> io::Result<()> {
        unsupported()
    }

    pub(in crate::lab) fn open_tun(_: &str) -> io::Result<Tun> {
        unsupported()
    }

    pub(in crate::lab) fn end(_: i32) -> io::Result<()> {
        unsupported()
    }

    pub(in crate::lab) fn pause(_: i32) -> io::Result<()> {
        unsupported()
    }

    pub(in crate::lab) fn resume(_: i32) -> io::Result<()> {
        unsupported()
    }
}
