//! The peer connections, by peer and connection.

use visavis_call::{
    ConnectionId, IceConfig, Input, Operation, PeerCommand, PeerEvent, Source, StreamId, TrackId,
};
use visavis_protocol::PeerId;
use visavis_quality::Limits;

use super::{Inbox, Message, send};
use crate::browser::{
    media::Track,
    peer::{Peer, PeerOptions},
    same,
    streams::Streams,
};

pub(super) struct Peers {
    inbox: Inbox,
    streams: Streams,
    open: Vec<(PeerId, ConnectionId, Peer)>,
    /// What is sent to whom at most: for the next connection, too.
    limits: Vec<(PeerId, Limits)>,
}

impl Peers {
    pub(super) fn new(inbox: Inbox, streams: Streams) -> Self {
        Self { inbox, streams, open: Vec::new(), limits: Vec::new() }
    }

    pub(super) fn open(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        initiator: bool,
        ice: &IceConfig,
        tracks: Vec<(Source, Track)>,
    ) {
        let (inbox, whose) = (self.inbox.clone(), peer.clone());
        let sink =
            move |event| send(&inbox, Message::Input(Input::Peer { peer: whose.clone(), connection, event }));
        let limits = self.limits.iter().find(|(of, _)| *of == peer).map(|(_, limits)| *limits);
        match Peer::open(PeerOptions { initiator, ice, tracks, limits }, sink.clone()) {
            Ok(opened) => {
                self.streams.insert(StreamId::Remote(peer.clone(), connection), same(opened.stream()));
                self.streams.insert(StreamId::Screen(peer.clone(), connection), same(opened.screen()));
                self.open.push((peer, connection, opened));
            }
            Err(error) => sink(PeerEvent::Failed { operation: Operation::Open, error: error.name }),
        }
    }

    pub(super) fn close(&mut self, peer: &PeerId, connection: ConnectionId) {
        self.forget_streams(peer, connection);
        self.open.retain(|(of, which, _)| of != peer || *which != connection);
    }

    pub(super) fn run(
        &self,
        peer: &PeerId,
        connection: ConnectionId,
        command: PeerCommand,
        find: impl FnOnce(TrackId) -> Option<Track>,
    ) {
        if let Some(peer) = self.get(peer, connection) {
            peer.run(command, find);
        }
    }

    /// Sends them no more than this from now on.
    pub(super) fn limit(&mut self, peer: PeerId, limits: Limits) {
        self.open.iter().filter(|(of, ..)| *of == peer).for_each(|(.., open)| open.limit(limits));
        self.limits.retain(|(of, _)| *of != peer);
        self.limits.push((peer, limits));
    }

    /// One of them, for the part beside the call.
    pub(super) fn get(&self, peer: &PeerId, connection: ConnectionId) -> Option<&Peer> {
        let found = self.open.iter().find(|(of, which, _)| of == peer && *which == connection);
        found.map(|(_, _, open)| open)
    }

    fn forget_streams(&self, peer: &PeerId, connection: ConnectionId) {
        self.streams.remove(&StreamId::Remote(peer.clone(), connection));
        self.streams.remove(&StreamId::Screen(peer.clone(), connection));
    }

    /// Looks at what has come in over each connection.
    pub(super) fn inspect(&self) {
        self.open.iter().for_each(|(_, _, open)| open.inspect());
    }

    /// How loud each of these streams is, as far as they are remote.
    pub(super) fn amplitudes<'a>(
        &self,
        streams: impl Iterator<Item = &'a StreamId>,
    ) -> impl Iterator<Item = (StreamId, f32)> {
        streams.filter_map(|id| match id {
            StreamId::Local(_) | StreamId::Screen(..) => None,
            StreamId::Remote(peer, connection) => {
                let open = self.get(peer, *connection)?;
                Some((id.clone(), open.audio_level()))
            }
        })
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        for (peer, connection, _) in &self.open {
            self.forget_streams(peer, *connection);
        }
    }
}
