//! Whether a link is up, how its breaking is noticed, and what is done about it.
//!
//! What is broken is mended in steps, each given some time: ICE is restarted, then with the relay alone, then a new
//! connection is begun beside the old one. Where the link holds and what they send does not come all the same, they are
//! asked to send it anew, ICE is restarted, and a new connection takes over.

use std::time::Duration;

use super::Peer;
use super::connection::{Connection, Finding};
use crate::effect::{Effect, IceConfig, Mark, PeerCommand, Timer};
use crate::input::{ConnectionId, ConnectionState, DeviceKind, Traffic};
use crate::outbox::Outbox;
use crate::signal::Signal;
use crate::view::{Link, Trouble};

/// How long the one who makes the offer waits for the link before beginning anew; the other waits longer.
const ESTABLISH: Duration = Duration::from_secs(15);
pub(super) const AWAIT_OFFER: Duration = Duration::from_secs(20);
const ESTABLISH_MOST: Duration = Duration::from_secs(40);
/// How long a link may be interrupted before ICE is restarted; the first interruptions heal by themselves.
const MEND: Duration = Duration::from_millis(1500);
/// How long a restart is given, from its last sign of life, before the next step.
const STEP: Duration = Duration::from_secs(5);
/// How long a new link carries a small picture; by then the browser knows what it bears.
const SMALL: Duration = Duration::from_secs(1);
/// For so many seconds something that is said to be sent may be missing before each step.
const REFRESH: u32 = 4;
const RESTART: u32 = 10;
const REBUILD: u32 = 20;
/// The last step is repeated after twice the time, so many times, and then no more.
const MOST_REBUILDS: u32 = 5;

/// What has been done about a link.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// Steps taken since it was interrupted.
    steps: u32,
    /// New connections made because something was missing, since it last was not.
    rebuilds: u32,
    /// Everything ever done, for the log.
    total: u32,
}

impl Repairs {
    /// Whether what has been done so far may still help.
    pub(super) fn may_help(&self) -> bool {
        self.steps < 2
    }
}

impl Peer {
    /// The newest connection should be up by now.
    pub(crate) fn on_establish_timeout(&mut self, out: &mut Outbox) {
        if self.connection.as_ref().is_some_and(Connection::carries) {
            return self.retire(out);
        }
        if self.is_connected() && !self.serving.as_ref().is_some_and(|serving| serving.spoiled) {
            // The one before has come back by itself.
            if let Some(newest) = std::mem::replace(&mut self.connection, self.serving.take()) {
                self.close_connection(&newest, out);
            }
            return;
        }
        self.trouble = self.diagnosis(out);
        if self.is_absent() && !self.is_connected() {
            self.gone = true; // Nobody passes an offer on to them.
            return;
        }
        if !self.is_connected() && self.attempts > 1 {
            self.link = Link::Failed;
        }
        if self.is_within_reach(out) {
            self.send_presence(out);
            self.initiate(out);
        } else {
            self.arm_establish(out); // Nobody could hear an offer.
        }
    }

    /// They begin a newer connection, before our patience with the newest one has ended: it comes to nothing.
    pub(super) fn on_outdone(&mut self, out: &Outbox) {
        if self.is_connected() || !self.connection.as_ref().is_some_and(Connection::is_described) {
            return; // Of two begun at once one is no failure.
        }
        self.trouble = self.diagnosis(out);
        self.link = if self.attempts > 1 { Link::Failed } else { self.link };
    }

    /// The link was interrupted, or a step was taken to mend it, and it has not come back.
    pub(crate) fn on_mend_timeout(&mut self, out: &mut Outbox) {
        if self.link != Link::Interrupted {
            return;
        }
        if self.is_within_reach(out) {
            self.repairs.steps += 1;
            match self.repairs.steps {
                1 => self.restart(false, out),
                2 => self.restart(out.has_relay(), out),
                _ => {
                    self.count_repair("a new connection", out);
                    self.send_presence(out);
                    return self.initiate(out); // From here on it is a link to be established.
                }
            }
        }
        self.arm_mend(STEP, out);
    }

    /// The page has slept: what seemed to work when it fell asleep is looked at anew.
    pub(crate) fn on_wake(&mut self, out: &mut Outbox) {
        for id in self.connections() {
            self.interrupt(id, out);
        }
        self.on_mend_timeout(out);
    }

    /// The browser has had the time to find out what the link carries.
    pub(crate) fn on_enlarge_timeout(&mut self, out: &mut Outbox) {
        for connection in self.connections() {
            self.command(connection, PeerCommand::EnlargePicture, out);
        }
    }

    pub(super) fn arm_establish(&self, out: &mut Outbox) {
        let after = (ESTABLISH * self.attempts.max(1)).min(ESTABLISH_MOST);
        let after = self.in_turn(after, out);
        out.push(Effect::SetTimer { timer: Timer::Establish(self.id.clone()), after });
    }

    fn arm_mend(&self, after: Duration, out: &mut Outbox) {
        let after = if after == MEND { after } else { self.in_turn(after, out) };
        out.push(Effect::SetTimer { timer: Timer::Mend(self.id.clone()), after });
    }

    /// The peer with the greater id goes first, so that both do not begin anew at the same moment.
    fn in_turn(&self, after: Duration, out: &Outbox) -> Duration {
        if self.is_greater(out) { after } else { after + after / 2 }
    }

    pub(super) fn on_state(&mut self, id: ConnectionId, state: ConnectionState, out: &mut Outbox) {
        let Some(connection) = self.at(id) else { return };
        connection.state = state;
        let newest = self.connection.as_ref().is_some_and(|newest| newest.id == id);
        match state {
            ConnectionState::Connected => self.on_carrying(id, out),
            ConnectionState::Disconnected => self.interrupt(id, out),
            ConnectionState::Failed | ConnectionState::Closed => {
                self.interrupt(id, out);
                if newest {
                    self.begin_anew(out);
                }
            }
            // The descriptions are through: a busy machine gets the time that ICE and DTLS take there.
            ConnectionState::Connecting if newest => {
                self.arm_establish(out);
                if self.link == Link::Interrupted {
                    self.arm_mend(STEP, out);
                }
            }
            ConnectionState::Connecting | ConnectionState::New => {}
        }
    }

    /// A connection carries the link, for the first time or again.
    fn on_carrying(&mut self, id: ConnectionId, out: &mut Outbox) {
        if let Some(connection) = self.at(id) {
            connection.carry();
        }
        if self.link == Link::Interrupted {
            out.push(Effect::Mark(Mark::LinkRestored));
        }
        self.link = Link::Connected;
        self.attempts = 0;
        self.repairs.steps = 0;
        self.trouble = None;
        self.waits = false;
        out.push(Effect::SetTimer { timer: Timer::Enlarge(self.id.clone()), after: SMALL });
        out.push(Effect::ClearTimer(Timer::Mend(self.id.clone())));
        if self.serving.is_none() {
            out.push(Effect::ClearTimer(Timer::Establish(self.id.clone())));
        }
        self.catch_up(id, out);
        self.hand_over(out);
        if self.connection.as_ref().is_some_and(|newest| newest.spoiled && newest.carries()) {
            self.replace_spoiled(out); // It was spoiled before it carried anything.
        }
    }

    /// Says again what may have been lost before there was a way on which nothing is.
    pub(super) fn catch_up(&mut self, id: ConnectionId, out: &mut Outbox) {
        self.send_presence(out);
        let unanswered = self.at(id).map(|connection| connection.negotiation.repeat());
        self.act(id, unanswered.unwrap_or_default(), out);
    }

    /// Lets the newest connection take over as soon as it does what the one before it does.
    pub(super) fn hand_over(&mut self, out: &mut Outbox) {
        let (Some(newest), Some(serving)) = (&self.connection, &self.serving) else { return };
        let shown = !serving.carries() || newest.has_shown(self.presence.as_ref(), self.picture);
        if newest.carries() && newest.control_open && shown {
            self.retire(out);
        }
    }

    /// Closes the connection before the newest.
    fn retire(&mut self, out: &mut Outbox) {
        if let Some(serving) = self.serving.take() {
            self.close_connection(&serving, out);
        }
        out.push(Effect::ClearTimer(Timer::Establish(self.id.clone())));
    }

    /// Notices sooner than the browser that nothing comes any more, and restarts ICE at once; or that it comes again.
    pub(super) fn on_traffic(&mut self, id: ConnectionId, traffic: Traffic, out: &mut Outbox) {
        let connection =
            [&mut self.connection, &mut self.serving].into_iter().flatten().find(|it| it.id == id);
        let Some(connection) = connection else { return };
        let finding = connection.on_traffic(traffic, self.presence.as_ref(), self.picture);
        let (carries, state) = (connection.carries(), connection.state);
        match finding {
            Finding::Doubtful => out.doubt |= carries,
            Finding::Still if carries => {
                out.log("nothing comes over a link");
                self.interrupt(id, out);
                if !self.is_connected() {
                    self.on_mend_timeout(out);
                }
            }
            Finding::Flows | Finding::Lacks(..) if !carries && state == ConnectionState::Connected => {
                self.on_carrying(id, out);
            }
            Finding::Lacks(kind, seconds) if carries && self.serving.is_none() => {
                self.on_lack(id, kind, seconds, out);
            }
            Finding::Flows if self.serving.is_none() => self.repairs.rebuilds = 0,
            Finding::Flows | Finding::Lacks(..) | Finding::Still => {}
        }
        self.hand_over(out);
    }

    /// They say that they send something, the link holds, and it does not come.
    fn on_lack(&mut self, id: ConnectionId, kind: DeviceKind, seconds: u32, out: &mut Outbox) {
        let rebuild = REBUILD << self.repairs.rebuilds;
        if seconds == REFRESH {
            self.count_repair("sent anew", out);
            self.send(&Signal::Refresh { kind }, out);
        } else if seconds == RESTART {
            self.restart_at(id, false, out);
        } else if seconds == rebuild && self.repairs.rebuilds < MOST_REBUILDS {
            self.repairs.rebuilds += 1;
            self.count_repair("a new connection", out);
            self.initiate(out);
        }
    }

    fn restart(&mut self, relay_only: bool, out: &mut Outbox) {
        if let Some(newest) = &self.connection {
            let id = newest.id;
            self.restart_at(id, relay_only, out);
            self.arm_establish(out);
        }
    }

    fn restart_at(&mut self, id: ConnectionId, relay_only: bool, out: &mut Outbox) {
        let repeated = self.at(id).map(|connection| connection.negotiation.repeat()).unwrap_or_default();
        if !repeated.is_empty() {
            // A restart would wait for the answer to an offer that was lost.
            self.count_repair("offered once more", out);
            return self.act(id, repeated, out);
        }
        self.count_repair(if relay_only { "ICE restarted, relay only" } else { "ICE restarted" }, out);
        let ice = IceConfig { servers: out.ice.clone(), relay_only };
        self.command(id, PeerCommand::RestartIce(ice), out);
    }

    fn count_repair(&mut self, what: &str, out: &mut Outbox) {
        self.repairs.total += 1;
        out.log(format!("repair {}: {what}", self.repairs.total));
    }

    /// A connection carries nothing any more.
    pub(super) fn interrupt(&mut self, id: ConnectionId, out: &mut Outbox) {
        if let Some(connection) = self.at(id) {
            connection.break_off();
        }
        let carried = [&self.connection, &self.serving].into_iter().flatten().any(Connection::carries);
        if self.is_connected() && !carried {
            self.link = Link::Interrupted;
            out.push(Effect::Mark(Mark::LinkInterrupted));
            self.arm_mend(MEND, out);
            self.arm_establish(out);
        }
        self.hand_over(out);
    }

    /// The newest connection cannot be negotiated any more. While it serves, a newer one is begun beside it.
    pub(super) fn replace_spoiled(&mut self, out: &mut Outbox) {
        if self.connection.as_ref().is_some_and(Connection::carries) {
            self.count_repair("a new connection", out);
            self.initiate(out);
        } else {
            self.begin_anew(out);
        }
    }

    /// The newest connection will not come up; a newer one is begun at once the first time, then when the timer says so.
    pub(super) fn begin_anew(&mut self, out: &mut Outbox) {
        if self.is_connected() {
            return; // By the one before it.
        }
        if self.is_absent() {
            self.gone = true;
        } else if self.attempts <= 1 && self.is_within_reach(out) {
            self.trouble = self.diagnosis(out);
            self.send_presence(out);
            self.initiate(out);
        }
    }

    /// Why the newest connection did not come up, as far as it can be told.
    fn diagnosis(&self, out: &Outbox) -> Option<Trouble> {
        let newest = self.connection.as_ref()?;
        Some(if !newest.is_described() {
            Trouble::Unanswered
        } else if !out.has_relay() {
            Trouble::NoRelay
        } else if !newest.relayed.ours {
            Trouble::RelayOutOfReach
        } else if !newest.relayed.theirs {
            Trouble::TheirRelayOutOfReach
        } else {
            Trouble::NoWay
        })
    }
}
