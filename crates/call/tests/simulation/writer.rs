//! The chat of one participant, and a shell that keeps what its effects ask for.

use std::collections::BTreeMap;

use visavis_call::CallView;
use visavis_chat::{Chat, ChatView, Config, Effect, Input, MessageId, Seat, Timer};
use visavis_protocol::PeerId;

use super::browser::Browser;
use super::person::Key;

#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) chat: Chat,
    pub(crate) timers: BTreeMap<Timer, u64>,
    /// What they wrote since their page last vanished of a sudden: which, and to whom alone.
    pub(crate) said: Vec<(MessageId, Option<String>)>,
    /// Who was there at the last look, and how they were called.
    known: BTreeMap<PeerId, String>,
    seat: Option<Seat>,
    kept: Option<String>,
}

impl Writer {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let (chat, effects) = Chat::new(Config { seed, seat: None, keeps: true, kept: None });
        let mut writer = Self {
            chat,
            timers: BTreeMap::new(),
            said: Vec::new(),
            known: BTreeMap::new(),
            seat: None,
            kept: None,
        };
        writer.carry_out(effects, &BTreeMap::new(), 0);
        writer
    }

    pub(crate) fn reload(&mut self, orderly: bool, seed: [u8; 32]) {
        let said = std::mem::take(&mut self.said);
        let (seat, kept) = (self.seat.take(), self.kept.take());
        let (chat, effects) = Chat::new(Config { seed, seat, keeps: true, kept: kept.clone() });
        *self = Self {
            chat,
            timers: BTreeMap::new(),
            said: if orderly { said } else { Vec::new() },
            known: BTreeMap::new(),
            seat: None,
            kept,
        };
        self.carry_out(effects, &BTreeMap::new(), 0);
    }

    /// What the call tells the chat: who is there, and how they are called.
    pub(crate) fn look(&mut self, view: &CallView) -> Vec<Input> {
        let others = view.tiles.iter().filter(|tile| !tile.is_self);
        let now: BTreeMap<_, _> = others.map(|tile| (tile.peer.clone(), tile.name.clone())).collect();
        let before = std::mem::replace(&mut self.known, now);
        let mut inputs = vec![Input::Me(view.name.clone())];
        inputs.extend(before.keys().filter(|peer| !self.known.contains_key(*peer)).cloned().map(Input::Gone));
        let named = self.known.iter().filter(|(peer, name)| before.get(*peer) != Some(*name));
        inputs.extend(named.map(|(peer, name)| Input::Named(peer.clone(), name.clone())));
        inputs
    }

    /// Gives what is sent, and to which browser.
    pub(crate) fn feed(
        &mut self,
        input: Input,
        browsers: &BTreeMap<Key, Browser>,
        now: u64,
    ) -> Vec<(u32, String)> {
        let effects = self.chat.handle(input);
        self.carry_out(effects, browsers, now)
    }

    fn carry_out(
        &mut self,
        effects: Vec<Effect>,
        browsers: &BTreeMap<Key, Browser>,
        now: u64,
    ) -> Vec<(u32, String)> {
        let mut out = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send { to, text } => {
                    let mut open =
                        browsers.iter().filter(|((peer, _), browser)| *peer == to && browser.chats);
                    // The newest; what is sent before the other page has read it is lost with the connection.
                    if let Some(number) = open.next_back().and_then(|(_, browser)| browser.remote) {
                        out.push((number, text));
                    }
                }
                Effect::SetTimer { timer, after } => {
                    self.timers.insert(timer, now + u64::try_from(after.as_millis()).unwrap());
                }
                Effect::Keep(kept) => self.kept = kept,
                Effect::KeepSeat(seat) => {
                    let known = Seat::decode(&seat.encode());
                    assert_eq!(known.as_ref(), Some(&seat), "a seat is read as it was written");
                    self.seat = known;
                }
                Effect::Log(_) => {}
            }
        }
        out
    }

    /// Remembers the message that was not there before.
    pub(crate) fn wrote(&mut self, before: &ChatView, to: Option<String>) {
        let after = self.chat.view().messages;
        let known = |id: &MessageId| before.messages.iter().any(|message| message.id == *id);
        let new = after.iter().find(|message| message.own && !known(&message.id)).expect("it is written");
        self.said.push((new.id.clone(), to));
    }
}
