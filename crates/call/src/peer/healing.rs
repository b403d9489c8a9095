//! Whether a link is up, how its breaking is noticed, and what is done about it.

use std::time::Duration;

use super::Peer;
use crate::effect::{Effect, Mark, PeerCommand, Timer};
use crate::input::ConnectionState;
use crate::negotiation::Role;
use crate::outbox::Outbox;
use crate::view::Link;

/// How long the one who makes the offer waits for the link before beginning anew; the other waits longer.
const ESTABLISH: Duration = Duration::from_secs(15);
pub(super) const AWAIT_OFFER: Duration = Duration::from_secs(20);
const ESTABLISH_MOST: Duration = Duration::from_secs(40);
/// How long a link may be interrupted before ICE is restarted; the first interruptions heal by themselves.
const MEND: Duration = Duration::from_millis(1500);
/// A link on which nothing at all comes for so many seconds is broken, whatever the browser says, which takes five. Who
/// sends sound or pictures is never still; who sends nothing is asked every 2.5 s whether they are there (libwebrtc).
const STILL_WHILE_SENDING: u32 = 2;
const STILL_WHILE_SILENT: u32 = 5;
/// How long a new link carries a small picture; by then the browser knows what it bears.
const SMALL: Duration = Duration::from_secs(1);

impl Peer {
    /// The link should be up by now, and is not.
    pub(crate) fn on_establish_timeout(&mut self, out: &mut Outbox) {
        if self.is_connected() {
            return;
        }
        if self.absent {
            self.gone = true; // Nobody passes an offer on to them.
            return;
        }
        self.link = if self.attempts > 1 { Link::Failed } else { self.link };
        if out.present || self.control_open() {
            self.send_presence(out);
            self.initiate(out);
        } else {
            self.arm_establish(out); // Nobody could hear an offer.
        }
    }

    /// The link was interrupted and has not come back by itself.
    pub(crate) fn on_mend_timeout(&mut self, out: &mut Outbox) {
        if self.link == Link::Interrupted {
            let ice = out.ice.clone();
            self.command(PeerCommand::RestartIce(ice), out);
            self.arm_establish(out);
        }
    }

    /// The browser has had the time to find out what the link carries.
    pub(crate) fn on_enlarge_timeout(&mut self, out: &mut Outbox) {
        self.command(PeerCommand::EnlargePicture, out);
    }

    pub(super) fn arm_establish(&self, out: &mut Outbox) {
        let after = (ESTABLISH * self.attempts.max(1)).min(ESTABLISH_MOST);
        // The impolite side goes first, so that both do not begin anew at the same moment.
        let after = if self.role(out) == Role::Impolite { after } else { after + after / 2 };
        out.push(Effect::SetTimer { timer: Timer::Establish(self.id.clone()), after });
    }

    pub(super) fn on_state(&mut self, state: ConnectionState, out: &mut Outbox) {
        if let Some(current) = &mut self.connection {
            current.state = state;
        }
        match state {
            ConnectionState::Connected => self.on_connected(out),
            ConnectionState::Disconnected => self.interrupt(out),
            ConnectionState::Failed | ConnectionState::Closed => {
                self.interrupt(out);
                self.begin_anew(out);
            }
            // The descriptions are through: a busy machine gets the time that ICE and DTLS take there.
            ConnectionState::Connecting => self.arm_establish(out),
            ConnectionState::New => {}
        }
    }

    fn on_connected(&mut self, out: &mut Outbox) {
        if self.link == Link::Interrupted {
            out.push(Effect::Mark(Mark::LinkRestored));
        }
        self.link = Link::Connected;
        self.attempts = 0;
        self.waits = false;
        if let Some(current) = &mut self.connection {
            current.still = 0;
        }
        out.push(Effect::SetTimer { timer: Timer::Enlarge(self.id.clone()), after: SMALL });
        out.push(Effect::ClearTimer(Timer::Establish(self.id.clone())));
        out.push(Effect::ClearTimer(Timer::Mend(self.id.clone())));
        if self.control_open() {
            self.send_presence(out); // What was said in between may be lost.
        }
    }

    /// Notices sooner than the browser that nothing comes any more, and restarts ICE at once; or that it comes again.
    pub(super) fn on_traffic(&mut self, received: u64, out: &mut Outbox) {
        let sends = self.presence.as_ref().is_some_and(|presence| presence.microphone || presence.camera);
        let patience = if sends { STILL_WHILE_SENDING } else { STILL_WHILE_SILENT };
        let Some(current) = &mut self.connection else { return };
        // Fewer: what an earlier way had carried is not counted any more.
        let comes = received > current.received;
        current.received = received;
        if !comes {
            current.still += 1;
            out.doubt |= current.still + 1 == patience;
            if current.still >= patience && self.is_connected() {
                out.log("nothing comes over a link");
                self.interrupt(out);
                self.on_mend_timeout(out);
            }
            return;
        }
        let returns = current.still >= patience && current.state == ConnectionState::Connected;
        current.still = 0;
        if returns && self.link == Link::Interrupted {
            self.on_connected(out);
        }
    }

    pub(super) fn interrupt(&mut self, out: &mut Outbox) {
        if self.is_connected() {
            self.link = Link::Interrupted;
            out.push(Effect::Mark(Mark::LinkInterrupted));
            out.push(Effect::SetTimer { timer: Timer::Mend(self.id.clone()), after: MEND });
            self.arm_establish(out);
        }
    }

    /// The connection will not come up; a newer one is begun at once the first time, then when the timer says so.
    pub(super) fn begin_anew(&mut self, out: &mut Outbox) {
        if self.absent {
            self.gone = true;
        } else if self.attempts <= 1 && out.present {
            self.send_presence(out);
            self.initiate(out);
        }
    }
}
