//! What the server says, and how it lets us in and back in.
//!
//! It does not know how links are made: what the server says of peers goes to the roster.

use std::time::Duration;

use visavis_protocol::{
    ClientEvent, Delivery, ErrorCode, FromJson, Ice, Join, Joined, LeftReason, PROTOCOL_VERSION, PeerId,
    Refusal, Reply, Resume, ServerEvent,
};

use super::{Attendance, Call, Stage};
use crate::effect::{Effect, Mark, Timer};
use crate::input::{RequestFailure, RequestId, SocketEvent};
use crate::problem::Problem;

/// How long until a refused or unanswered request to be let in is made again.
const REJOIN: Duration = Duration::from_secs(2);
/// The least time between two requests for fresh ICE servers.
const ICE_RETRY: Duration = Duration::from_secs(10);

impl Call {
    /// Asks the server to let us in, if it can be asked; else the next `Connected` does.
    pub(super) fn ask_in(&mut self) {
        if !self.online || self.hosting.unseated {
            return;
        }
        let resume = match &self.stage {
            Stage::InCall { resume, .. } => resume.clone(),
            Stage::Joining { .. } => self.former.clone(),
            Stage::Lobby | Stage::Left => return,
        };
        let room = self.out.seal.room().clone();
        let returns = self.hosting.returns && resume.is_none();
        let host_token = self.hosting.token.clone();
        let join = Join { room, protocol: PROTOCOL_VERSION, resume, host_token, returns };
        let id = self.out.request(ClientEvent::Join(join));
        match &mut self.stage {
            Stage::InCall { attendance, .. } => *attendance = Attendance::Returning(id),
            Stage::Joining { request } => *request = Some(id),
            Stage::Lobby | Stage::Left => {}
        }
    }

    pub(super) fn on_socket(&mut self, event: SocketEvent) {
        if matches!(self.stage, Stage::Left) {
            return; // Only the goodbye is still on its way.
        }
        match event {
            SocketEvent::Connected => {
                self.online = true;
                for problem in [Problem::ServerUnreachable, Problem::ServerRefused, Problem::ConnectionLost] {
                    self.notices.clear(problem);
                }
                self.ask_in();
                self.look();
            }
            SocketEvent::Lost { reason } => self.on_lost(&reason),
            SocketEvent::Refused { message } => {
                self.out.log(format!("server refused the connection: {message}"));
                self.notices.add(Problem::ServerRefused);
            }
            SocketEvent::Unreachable { attempts } => {
                let in_call = matches!(self.stage, Stage::InCall { .. });
                let problem = if in_call { Problem::ConnectionLost } else { Problem::ServerUnreachable };
                // One failed attempt is no news to somebody who still types a name.
                if in_call || attempts > 1 || matches!(self.stage, Stage::Joining { .. }) {
                    self.notices.add(problem);
                }
            }
            SocketEvent::Event { name, data } => match ServerEvent::decode(&name, &data) {
                Ok(event) => self.on_server(event),
                Err(error) => self.out.log(format!("server event dropped: {error}")),
            },
            SocketEvent::Reply { request, reply } => self.on_reply(request, reply),
        }
    }

    fn on_lost(&mut self, reason: &str) {
        self.out.log(format!("server lost: {reason}"));
        self.online = false;
        self.out.present = false;
        self.out.push(Effect::ClearTimer(Timer::Rejoin));
        match &mut self.stage {
            Stage::InCall { attendance, .. } => *attendance = Attendance::Away,
            Stage::Joining { request } => *request = None,
            Stage::Lobby | Stage::Left => {}
        }
    }

    fn on_server(&mut self, event: ServerEvent) {
        let Some(me) = self.out.me.clone() else {
            return self.out.log("server event outside of a call");
        };
        match event {
            ServerEvent::PeerJoined(peer) if self.keeps_out(&peer) => {}
            ServerEvent::PeerJoined(peer) => self.roster.on_joined(peer, &me, &mut self.out),
            ServerEvent::PeerLeft(peer, reason) => {
                self.roster.on_left(&peer, reason == LeftReason::Left, &mut self.out);
            }
            // Whoever is heard through the server has a seat there.
            ServerEvent::Signal(signal) if self.keeps_out(&signal.from) => {}
            ServerEvent::Signal(signal) => self.roster.on_sealed(signal, &me, &mut self.out),
            ServerEvent::Host(host) => self.learn_host(host),
            ServerEvent::Locked(locked) => self.hosting.locked = locked,
            ServerEvent::Removed => self.lose_seat(),
            ServerEvent::Closing(after) => self.out.log(format!("server closes, back in {after} ms")),
        }
    }

    fn on_reply(&mut self, request: RequestId, reply: Result<serde_json::Value, RequestFailure>) {
        if let Some(peer) = self.out.answered(request) {
            return self.on_signal_reply(&peer, reply);
        }
        if self.look.request.is_some_and(|look| look == request) {
            return self.on_looked(reply);
        }
        if self.renewal.is_some_and(|renewal| renewal == request) {
            return self.on_ice(reply);
        }
        let awaited = match self.stage {
            Stage::Joining { request } => request,
            Stage::InCall { attendance: Attendance::Returning(request), .. } => Some(request),
            Stage::InCall { .. } | Stage::Lobby | Stage::Left => None,
        };
        if awaited != Some(request) {
            return self.out.log("answer to nothing that is open");
        }
        match reply {
            Ok(value) => match Reply::from_json(&value) {
                Some(Reply::Ok(joined)) => self.on_joined(joined),
                Some(Reply::Error(refusal)) => self.on_refused(&refusal),
                None => self.try_later("join: answer not understood"),
            },
            // The socket tells of the loss itself, and `Connected` asks anew.
            Err(RequestFailure::Disconnected) => self.out.log("join: no answer"),
            Err(failure) => self.try_later(&format!("join: {failure:?}")),
        }
    }

    /// Asks for fresh ICE servers. Without the server the next join brings them.
    pub(super) fn renew_ice(&mut self) {
        if self.out.present {
            self.renewal = Some(self.out.request(ClientEvent::Ice));
        }
    }

    /// Where links are still, the network may be gone, and with it the way to the server: the answer to a request will
    /// show. The fresh ICE servers that it asks for are needed as well.
    pub(super) fn doubt_server(&mut self) {
        if self.online {
            self.out.push(Effect::Doubt);
            self.renew_ice();
        }
    }

    fn on_ice(&mut self, reply: Result<serde_json::Value, RequestFailure>) {
        self.renewal = None;
        if let Ok(Some(Reply::Ok(ice))) = reply.map(|reply| Reply::from_json(&reply)) {
            return self.take_ice(ice);
        }
        self.out.log("no fresh ICE servers; asked again later");
        self.out.push(Effect::SetTimer { timer: Timer::RenewIce, after: ICE_RETRY });
    }

    /// For connections made and mended from now on. New ones are asked for at half of their time.
    fn take_ice(&mut self, ice: Ice) {
        self.out.ice = ice.servers;
        self.out.push(match ice.ttl {
            Some(seconds) => Effect::SetTimer {
                timer: Timer::RenewIce,
                after: (Duration::from_secs(seconds.into()) / 2).max(ICE_RETRY),
            },
            None => Effect::ClearTimer(Timer::RenewIce),
        });
    }

    /// A signal that was lost is made up for by the link's timers; one to nobody tells that they left.
    fn on_signal_reply(&mut self, peer: &PeerId, reply: Result<serde_json::Value, RequestFailure>) {
        let refusal = match reply.map(|reply| Reply::from_json(&reply)) {
            Ok(Some(Reply::Error(refusal))) => refusal,
            Ok(Some(Reply::Ok(Delivery::Gone))) => return self.roster.on_cut_off(peer),
            _ => return,
        };
        self.out.log(format!("signal refused: {:?}", refusal.code));
        if refusal.code == ErrorCode::PeerGone {
            self.roster.on_left(peer, false, &mut self.out);
        }
        if refusal.code == ErrorCode::NotJoined && self.out.present {
            // That our seat is gone was said, and lost on the way.
            self.out.present = false;
            self.ask_in();
        }
    }

    fn on_joined(&mut self, mut joined: Joined) {
        let peer = joined.peer.clone();
        let tile = match &self.stage {
            Stage::InCall { tile, .. } => tile.clone(),
            Stage::Joining { .. } | Stage::Lobby | Stage::Left => {
                self.out.push(Effect::Mark(Mark::Joined));
                peer.clone()
            }
        };
        self.notices.clear_refusals();
        self.out.me = Some(peer.clone());
        self.out.present = true;
        self.take_up_hosting(&mut joined);
        let Joined { token, peers, ice, .. } = joined;
        self.take_ice(ice);
        let resume = Resume { peer: peer.clone(), token };
        self.former = None;
        self.stage = Stage::InCall { tile, resume: Some(resume), attendance: Attendance::Present };
        self.keep_seat();
        self.refresh_presence();
        self.show_card();
        self.roster.on_listed(peers, &peer, &mut self.out);
    }

    /// Lets the page come back as who it is when it is loaded again.
    pub(super) fn keep_seat(&mut self) {
        if let Stage::InCall { resume: Some(resume), .. } = &self.stage {
            let seat = self.out.life.seat(self.out.seal.room().clone(), resume.clone());
            self.out.push(Effect::KeepSeat(seat));
        }
    }

    fn on_refused(&mut self, refusal: &Refusal) {
        self.out.log(format!("join refused: {:?}: {}", refusal.code, refusal.message));
        let problem = match refusal.code {
            ErrorCode::RoomFull => Problem::RoomFull,
            ErrorCode::RoomLocked => Problem::RoomLocked,
            ErrorCode::Removed if matches!(self.stage, Stage::InCall { .. }) => return self.lose_seat(),
            ErrorCode::Removed => {
                self.former = None;
                self.out.push(Effect::GiveUpSeat);
                Problem::Removed
            }
            ErrorCode::ProtocolMismatch => Problem::Outdated,
            ErrorCode::TooManyRequests => Problem::TooManyRequests,
            // It does not believe that we were here before: we come in anew, and the links go on.
            ErrorCode::BadToken if self.forget_resume() => {
                self.hosting.returns = true;
                return self.ask_in();
            }
            ErrorCode::Closing => return self.try_later("join: the server closes"),
            // An earlier request got through whose answer did not: the next one begins with leaving.
            ErrorCode::AlreadyJoined => return self.try_later("join: in there already"),
            ErrorCode::BadToken
            | ErrorCode::BadRequest
            | ErrorCode::UnknownEvent
            | ErrorCode::NotJoined
            | ErrorCode::PeerGone
            | ErrorCode::TooLarge
            | ErrorCode::NotHost
            | ErrorCode::Internal
            | ErrorCode::Other => Problem::ServerRefused,
        };
        self.notices.add(problem);
        if matches!(self.stage, Stage::InCall { .. }) {
            self.try_later("join: to be asked again");
        } else {
            self.stage = Stage::Lobby;
            self.look();
        }
    }

    /// Whether there was anything to forget.
    fn forget_resume(&mut self) -> bool {
        match &mut self.stage {
            Stage::InCall { resume, .. } => resume.take().is_some(),
            Stage::Joining { .. } => self.former.take().is_some(),
            Stage::Lobby | Stage::Left => false,
        }
    }

    fn try_later(&mut self, why: &str) {
        self.out.log(why);
        match &mut self.stage {
            Stage::InCall { attendance, .. } => *attendance = Attendance::Away,
            Stage::Joining { request } => *request = None,
            Stage::Lobby | Stage::Left => return,
        }
        self.out.push(Effect::SetTimer { timer: Timer::Rejoin, after: REJOIN });
    }
}
