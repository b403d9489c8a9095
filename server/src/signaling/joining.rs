//! How a peer is let in.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use socketioxide::extract::{AckSender, SocketRef};
use visavis_protocol::{Join, Joined, Refusal, Reply};

use super::hub::{Hub, Line};
use super::{Guest, NO_RANDOM_BYTES, Signaling, refusals};
use crate::rooms::{Arrival, ConnectionId, Outgoing};
use crate::tokens::mint_peer;

impl Signaling {
    pub(super) fn on_join(self: &Arc<Self>, guest: &Guest, socket: &SocketRef, join: Join, ack: AckSender) {
        let connection = guest.connection;
        let mut hub = self.hub();
        // Asked under the lock: either it is seen here, or the loss is handled after this join.
        if guest.gone.load(Ordering::SeqCst) {
            return;
        }
        let joined = self.admit(&mut hub, guest, join);
        let (joined, replaced, outgoing) = match joined {
            Ok(admitted) => admitted,
            Err(refusal) => {
                drop(hub);
                tracing::debug!(connection = connection.0, code = ?refusal.code, "join refused");
                return self.answer(guest, socket, ack, &Reply::<()>::Error(refusal));
            }
        };
        let others = joined.peers.len();
        hub.lines.entry(connection).or_insert_with(|| Line::new(socket.id, &guest.session));
        let answered = ack.send(&Reply::Ok(joined)).is_ok();
        let mut slow = hub.send(&self.io, outgoing);
        let replaced = replaced.and_then(|older| hub.lines.remove(&older));
        drop(hub);
        tracing::info!(connection = connection.0, others, "peer joined");
        if !answered {
            slow.push(connection);
        }
        self.disconnect_slow(&slow);
        if let Some(older) = replaced {
            self.dismiss(older);
        }
    }

    /// Who the peer is and what follows from its coming.
    fn admit(
        &self,
        hub: &mut Hub,
        guest: &Guest,
        join: Join,
    ) -> Result<(Joined, Option<ConnectionId>, Vec<Outgoing>), Refusal> {
        let Join { room, resume, host_token, returns, protocol: _ } = join;
        if hub.closing {
            return Err(refusals::closing());
        }
        let resumes = resume.is_some();
        let peer = match resume {
            Some(resume) if self.key.is_good(&room, &resume.peer, &resume.token) => resume.peer,
            Some(_) => {
                return Err(refusals::bad_token());
            }
            None => mint_peer().map_err(|_| refusals::internal(NO_RANDOM_BYTES))?,
        };
        let arrival = Arrival {
            connection: guest.connection,
            peer: peer.clone(),
            address: guest.session.host(),
            resumes,
            hosts_since: host_token.and_then(|token| self.key.hosts_since(&room, &token)),
            makes_at: (!resumes && !returns).then(|| self.clock.unix()),
        };
        let admission = hub.rooms.admit(&room, arrival).map_err(refusals::not_admitted)?;
        let joined = Joined {
            token: self.key.token(&room, &peer),
            ice: self.ice.of(&peer, guest.opened_at()),
            host_token: admission.hosts_since.map(|since| self.key.host_token(&room, since)),
            peer,
            peers: admission.peers,
            limits: self.limits,
            host: admission.host,
            locked: admission.locked,
        };
        Ok((joined, admission.replaced, admission.outgoing))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use clap::Parser;
    use socketioxide::SocketIo;
    use visavis_protocol::{ErrorCode, RoomId};

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::gate::Gate;
    use crate::ice::{IceServers, Secret};
    use crate::session::Session;
    use crate::tokens::TokenKey;

    #[tokio::test]
    async fn a_server_on_its_way_down_seats_nobody() {
        let config = Config::try_parse_from(["visavis"]).unwrap();
        let (_service, io) = SocketIo::builder().build_svc();
        let key = TokenKey::random().unwrap();
        let ice = IceServers::new(None, &[], Secret::random().unwrap(), false, Clock::system()).unwrap();
        let signaling = Signaling::start(&io, Arc::new(Gate::new(&config)), key, ice, &config);
        let session = Arc::new(Session::new(None, config.rate()));
        let guest = Guest::new(ConnectionId(1), session, &HeaderMap::new());
        let room = RoomId::from_bytes([1; 16]);
        let join = Join { room, protocol: 1, resume: None, host_token: None, returns: false };
        signaling.announce_closing();
        let refused = signaling.admit(&mut signaling.hub(), &guest, join).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Closing);
    }
}
