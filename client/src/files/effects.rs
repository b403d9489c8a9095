//! What the files' machine wants done.

use std::collections::VecDeque;

use gloo_timers::callback::Timeout;
use visavis_files::{Effect, Input, Source, StoreOutcome};

use super::{Asked, Exchange, Message};
use crate::{
    browser::{buffers::Load, page},
    disk::word::Request,
};

/// A file of so many bytes goes over more than one channel.
const MUCH: u64 = 8 * 1024 * 1024;

impl Exchange {
    pub(super) fn carry_out(&mut self, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Say { to, text } => self.host.tell("say", to.as_str(), &text),
            Effect::Open(to, file) => self.host.tell("open", to.as_str(), file.as_str()),
            Effect::Close(to, file) => {
                self.outlets.retain(|outlet| outlet.to != to || outlet.file != file);
                if self.outlets.iter().all(|outlet| outlet.to != to) {
                    self.host.tell("narrow", to.as_str(), "");
                }
            }
            Effect::Send { to, file, block, size, source, hash } => {
                if size >= MUCH
                    && let Some(outlet) = self.outlet(&to, &file).filter(|outlet| !outlet.wide)
                {
                    outlet.wide = true;
                    self.host.tell("widen", to.as_str(), file.as_str());
                }
                let asked = Asked::Read { to, file, block, hash };
                let request = Request::Read { source, block, size, gives: true };
                self.clerk.ask(asked, request, Load::Nothing);
            }
            Effect::Hash { file, block, size } => {
                let source = Source::Picked(file.clone());
                let request = Request::Read { source, block, size, gives: false };
                self.clerk.ask(Asked::Hash { file, block }, request, Load::Nothing);
            }
            Effect::Create { file, store, size, about } => {
                self.host.tell("stored", "1", "");
                self.clerk.ask(Asked::Create(file), Request::Create { store, size, about }, Load::Nothing);
            }
            Effect::Store { from, file, store, block, size, hash } => {
                let at = self.announcing;
                let inlet = self.inlets.iter_mut().find(|inlet| Some(inlet.key()) == at);
                if let Some(inlet) = inlet {
                    let room = self.rooms.pop().unwrap_or_default();
                    inlet.expect(room, store, block, size, hash);
                } else {
                    let outcome = StoreOutcome::Cut;
                    inputs.push_back(Input::Stored { from, file, block, outcome });
                }
            }
            Effect::Finish(store) => {
                self.turns = true;
                self.clerk.tell(Request::Finish { store }, Load::Nothing);
            }
            Effect::Delete(store) => {
                self.turns = true;
                self.board.forget(&store);
                self.clerk.tell(Request::Delete { store }, Load::Nothing);
            }
            Effect::Release(file) => {
                self.turns = true;
                self.clerk.tell(Request::Release { file }, Load::Nothing);
            }
            Effect::SetTimer { timer, after } => {
                let inbox = self.inbox.clone();
                let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                self.timer = Some(Timeout::new(millis, move || {
                    let _ = inbox.unbounded_send(Message::Timer(timer));
                }));
            }
            Effect::Log(line) => page::log(&line),
        }
    }
}
