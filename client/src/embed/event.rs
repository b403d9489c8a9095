//! What the page around the frame is told.

use visavis_call::{CallView, DeviceKind, DeviceState, DeviceView, Phase};

use super::wish::{VERSION, Wrong};
use crate::{browser::parent::Letter, view::state_of};

/// A message to the page around the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Messages are heard from now on.
    Ready,
    /// Where the user is.
    State(Phase),
    /// Who is in the call, by their names, the user first.
    People(Vec<String>),
    /// A device: whether the user wants it on, and what it does.
    Device(DeviceKind, bool, DeviceState),
    /// All that the user should know, by their codes.
    Problems(Vec<&'static str>),
    /// A message could not be read.
    Wrong(Wrong),
}

impl Event {
    /// As it is sent.
    pub fn letter(&self) -> Letter {
        let letter = |kind| Letter::new(VERSION, kind);
        match self {
            Self::Ready => letter("ready"),
            Self::State(phase) => letter("state").with("state", state_of(*phase)),
            Self::People(names) => letter("people").with("count", names.len()).with("names", names.clone()),
            Self::Device(kind, wish, state) => {
                let state = match state {
                    DeviceState::Off => "off",
                    DeviceState::Starting => "starting",
                    DeviceState::On => "on",
                    DeviceState::Failed(_) => "failed",
                };
                letter(device(*kind)).with("on", *wish).with("state", state)
            }
            Self::Problems(codes) => {
                let codes: Vec<String> = codes.iter().map(|&code| code.to_owned()).collect();
                letter("problems").with("codes", codes)
            }
            Self::Wrong(wrong) => {
                letter("error").with("code", wrong.code()).with("message", wrong.to_string())
            }
        }
    }
}

fn device(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "microphone",
        DeviceKind::Camera => "camera",
    }
}

/// What is to be told now that the call looks like this; everything, if nothing was told before.
pub fn changes(before: Option<&CallView>, now: &CallView) -> Vec<Event> {
    let told = before.map(all);
    let is_new = |event: &Event| told.as_ref().is_none_or(|told| !told.contains(event));
    all(now).into_iter().filter(is_new).collect()
}

fn all(view: &CallView) -> [Event; 5] {
    let names = view.tiles.iter().map(|tile| tile.name.clone()).collect();
    let device = |kind, device: &DeviceView| Event::Device(kind, device.wish, device.state);
    [
        Event::State(view.phase),
        Event::People(names),
        device(DeviceKind::Microphone, &view.microphone),
        device(DeviceKind::Camera, &view.camera),
        Event::Problems(view.notices.iter().map(|notice| notice.problem.code()).collect()),
    ]
}
