//! The chat as a whole: who can be written to, and what is done with what is written.

use std::time::Duration;

use visavis_protocol::{PeerId, read_text, tidy_name};

use crate::entry::{Author, Seat, tidy_text};
use crate::gossip::Other;
use crate::log::Log;
use crate::view::{ChatView, MessageId};

/// How long until those are asked who may not have been told by the writer.
const GOSSIP: Duration = Duration::from_secs(2);
/// How long until what was written is kept: not with every word.
const KEEP: Duration = Duration::from_secs(1);
/// More than any room holds.
const MOST_OTHERS: usize = 64;

/// How a chat begins.
#[derive(Debug, Clone)]
pub struct Config {
    /// 32 random bytes.
    pub seed: [u8; 32],
    /// Who we were before the page was loaded again.
    pub seat: Option<Seat>,
    /// Whether what is written is kept on this device.
    pub keeps: bool,
    /// What was kept the last time, as [`Effect::Keep`] gave it.
    pub kept: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The user wants something.
    Intent(Intent),
    /// The user goes by this name.
    Me(String),
    /// A channel to this peer is open, perhaps one more; or one has closed, and what was sent over it last may be lost.
    Linked(PeerId),
    /// They go by this name.
    Named(PeerId, String),
    /// This came over a channel to them.
    Heard(PeerId, String),
    /// They are not in the call any more.
    Gone(PeerId),
    /// A timer has run out.
    Timer(Timer),
    /// The page goes away.
    Unload,
}

/// What the user wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Write to everybody, or to one person alone. Nothing if it is empty or longer than [`ChatView::MESSAGE_CHARS`].
    Say {
        /// Plain text.
        text: String,
        /// Whom alone.
        to: Option<PeerId>,
        /// In milliseconds since 1970.
        now: u64,
    },
    /// Let a message of the user's say this instead; taken back, if that is nothing.
    Edit {
        /// Which.
        message: MessageId,
        /// Plain text.
        text: String,
        /// In milliseconds since 1970.
        now: u64,
    },
    /// All that there is has been seen.
    Read,
    /// Forget on this device what was written so far.
    Clear,
    /// Keep what is written on this device, or no longer.
    Keep(bool),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this over the best open channel to them; nothing if there is none.
    Send {
        /// To whom.
        to: PeerId,
        /// A text message.
        text: String,
    },
    /// Start a timer, or start it over.
    SetTimer {
        /// Which.
        timer: Timer,
        /// It fires as [`Input::Timer`] after this long.
        after: Duration,
    },
    /// Keep this for the next time, as [`Config::kept`], so that nobody without the link can read it; or forget it.
    Keep(Option<String>),
    /// Keep this for when the page is loaded again, as [`Config::seat`].
    KeepSeat(Seat),
    /// Write a line to the console's debug log. Holds nothing that was written, and no name.
    Log(String),
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// Others may lack what was written, if its writer does not reach them.
    Gossip,
    /// What was written is to be kept by now.
    Keep,
}

/// A chat; see the crate's documentation for the contract.
#[derive(Debug)]
pub struct Chat {
    log: Log,
    name: String,
    others: Vec<Other>,
    keeps: bool,
    /// What was written is about to be kept.
    due: bool,
    /// Others are about to be asked what they have.
    gossips: bool,
    effects: Vec<Effect>,
}

impl Chat {
    /// A chat with nobody yet, and what is done first.
    pub fn new(config: Config) -> (Self, Vec<Effect>) {
        let Config { seed, seat, keeps, kept } = config;
        let seat = seat.map_or_else(|| Seat::new(Author::of(seed)), Seat::next);
        let mut log = Log::new(seat.author.clone(), seat.life);
        if let Some(kept) = kept.and_then(|kept| read_text(kept.as_bytes()).ok()) {
            log.recall(kept);
        }
        let chat = Self {
            log,
            name: String::new(),
            others: Vec::new(),
            keeps,
            due: false,
            gossips: false,
            effects: Vec::new(),
        };
        (chat, vec![Effect::KeepSeat(seat)])
    }

    /// Takes one input and answers with what is to be done, in order.
    #[must_use]
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Intent(intent) => self.on_intent(intent),
            Input::Me(name) => self.name = tidy_name(&name),
            Input::Linked(id) => {
                if let Some(at) = self.meet(&id) {
                    self.others[at].greet(&self.log, &mut self.effects);
                }
            }
            Input::Named(id, name) => {
                if let Some(at) = self.meet(&id) {
                    self.others[at].name = tidy_name(&name);
                }
            }
            Input::Heard(id, text) => {
                if let Some(at) = self.meet(&id) {
                    self.others[at].hear(&text, &mut self.log, &mut self.effects);
                }
            }
            Input::Gone(id) => self.others.retain(|other| other.id != id),
            Input::Timer(Timer::Gossip) => {
                self.gossips = false;
                for other in &self.others {
                    other.remind(&self.log, &mut self.effects);
                }
            }
            Input::Timer(Timer::Keep) => self.keep(),
            Input::Unload => {
                if self.due {
                    self.keep();
                }
            }
        }
        for other in &mut self.others {
            other.tell_news(&self.log, &mut self.effects);
        }
        if self.log.take_news() {
            self.keep_soon();
            if !std::mem::replace(&mut self.gossips, true) {
                self.effects.push(Effect::SetTimer { timer: Timer::Gossip, after: GOSSIP });
            }
        }
        self.log.refresh();
        std::mem::take(&mut self.effects)
    }

    /// The chat as the page shows it.
    pub fn view(&self) -> ChatView {
        let known = self.others.iter().filter(|other| other.author.is_some());
        ChatView {
            messages: self.log.shown(),
            unread: self.log.unread(),
            shortened: self.log.is_shortened(),
            people: known.map(|other| (other.id.clone(), other.name.clone())).collect(),
            kept: self.keeps,
        }
    }

    fn on_intent(&mut self, intent: Intent) {
        match intent {
            Intent::Say { text, to, now } => {
                let Some(text) = tidy_text(&text) else { return };
                let to = match to {
                    None => None,
                    Some(to) => match self.addressee(&to) {
                        None => return self.effects.push(Effect::Log("message to nobody".into())),
                        addressee => addressee,
                    },
                };
                self.log.say(text, &self.name, to, now);
                // Who writes has read.
                self.log.read();
            }
            Intent::Edit { message, text, now } => match tidy_text(&text) {
                None if !text.trim().is_empty() => return,
                text => self.log.change(&message, text.unwrap_or_default(), &self.name, now),
            },
            Intent::Read => self.log.read(),
            Intent::Clear => self.log.clear(),
            Intent::Keep(keeps) => {
                self.keeps = keeps;
                if !keeps {
                    self.due = false;
                    return self.effects.push(Effect::Keep(None));
                }
            }
        }
        self.keep_soon();
    }

    /// Whom a message to this person alone is for, and what they are called; nothing if they cannot be written to.
    fn addressee(&self, id: &PeerId) -> Option<(Author, String)> {
        let other = self.others.iter().find(|other| other.id == *id)?;
        Some((other.author.clone()?, other.name.clone()))
    }

    fn keep_soon(&mut self) {
        if self.keeps && !std::mem::replace(&mut self.due, true) {
            self.effects.push(Effect::SetTimer { timer: Timer::Keep, after: KEEP });
        }
    }

    fn keep(&mut self) {
        self.due = false;
        if self.keeps {
            // Texts and numbers always convert.
            let kept = serde_json::to_string(&self.log.kept()).unwrap_or_default();
            self.effects.push(Effect::Keep(Some(kept)));
        }
    }

    /// The place of somebody among the others; none if there are more than there can be.
    fn meet(&mut self, id: &PeerId) -> Option<usize> {
        let known = self.others.iter().position(|other| other.id == *id);
        if known.is_some() || self.others.len() >= MOST_OTHERS {
            return known;
        }
        self.others.push(Other::new(id.clone()));
        Some(self.others.len() - 1)
    }
}
