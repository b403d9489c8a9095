//! How the other participant is shown.

use super::Peer;
use super::connection::Connection;
use crate::view::{Link, ScreenView, StreamId, TileView};

impl Peer {
    /// The connection whose picture and sound are played.
    fn shown(&self) -> Option<&Connection> {
        self.serving.as_ref().or(self.connection.as_ref())
    }

    /// What they show of their screen, if they say that they do.
    pub(crate) fn screen(&self) -> Option<ScreenView> {
        let presence = self.presence.as_ref().filter(|presence| presence.screen)?;
        let stream = self.shown().filter(|connection| connection.brought.screen);
        Some(ScreenView {
            peer: self.id.clone(),
            name: presence.name.clone(),
            stream: stream.map(|connection| StreamId::Screen(self.id.clone(), connection.id)),
        })
    }

    pub(crate) fn tile(&self) -> TileView {
        let presence = self.presence.as_ref();
        let stream = self.shown().filter(|connection| connection.brought.stream);
        TileView {
            peer: self.id.clone(),
            name: presence.map(|presence| presence.name.clone()).unwrap_or_default(),
            is_self: false,
            link: self.link,
            trouble: self.trouble.filter(|_| self.link == Link::Failed),
            microphone: presence.is_some_and(|presence| presence.microphone),
            camera: presence.is_some_and(|presence| presence.camera),
            hand: presence.map(|presence| presence.hand).filter(|hand| *hand > 0),
            stream: stream.map(|connection| StreamId::Remote(self.id.clone(), connection.id)),
        }
    }
}
