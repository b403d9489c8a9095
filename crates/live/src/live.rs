//! Who does what at this moment, and what others are told of what the user does.

use std::time::Duration;

use visavis_protocol::PeerId;

use crate::view::{LiveView, Pointer, Reaction};
use crate::word::{KINDS, Point, Word, is_emoji};

/// While the user types, others are told so this often.
const TELL_TYPING: Duration = Duration::from_secs(2);
/// Who has not said so for this long does not type any more.
const TYPES: Duration = Duration::from_secs(5);
/// Others are told where the user points this often.
const TELL_POINT: Duration = Duration::from_millis(40);
/// A pointer that does not move stays this long.
const POINTS: Duration = Duration::from_secs(4);
/// A reaction is seen for this long.
const REACTS: Duration = Duration::from_millis(2500);
/// No more reactions of one person are seen at a time.
const MOST_REACTIONS: usize = 6;
/// More than any room holds.
const MOST_OTHERS: usize = 64;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The user types something for everybody, or for this person alone.
    Types(Option<PeerId>),
    /// They have sent it, or deleted it.
    Stops,
    /// They react with this emoji.
    React(String),
    /// They point there, or nowhere any more.
    Point(Option<Point>),
    /// This came over the channel to them.
    Heard(PeerId, String),
    /// They are not in the call any more.
    Gone(PeerId),
    /// A timer has run out.
    Timer(Timer),
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timer {
    /// Others are told again that the user types.
    TellTyping,
    /// They are told where the user points now.
    TellPoint,
    /// They do not type any more.
    Typing(PeerId),
    /// They do not point any more.
    Pointing(PeerId),
    /// This reaction is over.
    Reaction(u32),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Say it to everybody, or to one person alone.
    Say(Option<PeerId>, String),
    /// Start a timer, or start it over; it fires as [`Input::Timer`].
    SetTimer(Timer, Duration),
}

/// What was heard of somebody.
#[derive(Debug)]
struct Other {
    id: PeerId,
    /// The number of their newest word of each kind.
    newest: [u64; KINDS],
}

/// What others are told no more often than a timer allows.
#[derive(Debug)]
enum Telling<T> {
    /// It can be told at once.
    Ready,
    /// It was told; this is to be told next.
    Waits(Option<T>),
}

/// One person alone, or everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Audience(Option<PeerId>);

/// See the crate.
#[derive(Debug)]
pub struct Live {
    /// Of the word before the next.
    number: u64,
    others: Vec<Other>,
    typing: Telling<Audience>,
    /// Whom they were told that the user types.
    told: Option<Audience>,
    pointing: Telling<Option<Point>>,
    points: bool,
    reactions: u32,
    view: LiveView,
    effects: Vec<Effect>,
}

impl Live {
    /// `now` are milliseconds since 1970: a page that is loaded again must not count from where it did before.
    pub fn new(now: u64) -> Self {
        Self {
            number: now,
            others: Vec::new(),
            typing: Telling::Ready,
            told: None,
            pointing: Telling::Ready,
            points: false,
            reactions: 0,
            view: LiveView::default(),
            effects: Vec::new(),
        }
    }

    /// Takes one input and answers with what is to be done.
    #[must_use]
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Types(to) => match &mut self.typing {
                Telling::Ready => self.tell_typing(Audience(to)),
                Telling::Waits(next) => *next = Some(Audience(to)),
            },
            Input::Stops => {
                if let Telling::Waits(next) = &mut self.typing {
                    *next = None;
                }
                if let Some(Audience(to)) = self.told.take() {
                    self.say(to, &Word::Typing(false));
                }
            }
            Input::React(emoji) => {
                if is_emoji(&emoji) && self.show(None, &emoji) {
                    self.say(None, &Word::React(emoji));
                }
            }
            Input::Point(point) => {
                // Nobody need know that a button was let go of elsewhere.
                if std::mem::replace(&mut self.points, point.is_some()) || point.is_some() {
                    match &mut self.pointing {
                        Telling::Ready => self.tell_point(point),
                        Telling::Waits(next) => *next = Some(point),
                    }
                }
            }
            Input::Heard(peer, text) => self.on_heard(peer, &text),
            Input::Gone(peer) => {
                self.others.retain(|other| other.id != peer);
                self.view.typing.retain(|other| *other != peer);
                self.view.pointers.retain(|pointer| pointer.peer != peer);
                self.view.reactions.retain(|reaction| reaction.peer.as_ref() != Some(&peer));
                self.told = self.told.take().filter(|Audience(to)| to.as_ref() != Some(&peer));
            }
            Input::Timer(timer) => self.on_timer(timer),
        }
        std::mem::take(&mut self.effects)
    }

    /// What is shown.
    pub fn view(&self) -> &LiveView {
        &self.view
    }

    fn say(&mut self, to: Option<PeerId>, word: &Word) {
        self.number += 1;
        self.effects.push(Effect::Say(to, word.encode(self.number)));
    }

    fn tell_typing(&mut self, to: Audience) {
        if let Some(before) = self.told.take()
            && before != to
        {
            self.say(before.0, &Word::Typing(false));
        }
        self.say(to.0.clone(), &Word::Typing(true));
        self.told = Some(to);
        self.typing = Telling::Waits(None);
        self.effects.push(Effect::SetTimer(Timer::TellTyping, TELL_TYPING));
    }

    fn tell_point(&mut self, point: Option<Point>) {
        self.say(None, &Word::Point(point));
        self.pointing = Telling::Waits(None);
        self.effects.push(Effect::SetTimer(Timer::TellPoint, TELL_POINT));
    }

    fn on_timer(&mut self, timer: Timer) {
        match timer {
            Timer::TellTyping => {
                if let Telling::Waits(Some(to)) = std::mem::replace(&mut self.typing, Telling::Ready) {
                    self.tell_typing(to);
                }
            }
            Timer::TellPoint => {
                if let Telling::Waits(Some(point)) = std::mem::replace(&mut self.pointing, Telling::Ready) {
                    self.tell_point(point);
                }
            }
            Timer::Typing(peer) => self.view.typing.retain(|other| *other != peer),
            Timer::Pointing(peer) => self.view.pointers.retain(|pointer| pointer.peer != peer),
            Timer::Reaction(id) => self.view.reactions.retain(|reaction| reaction.id != id),
        }
    }

    fn on_heard(&mut self, peer: PeerId, text: &str) {
        let Some((number, word)) = Word::decode(text) else { return };
        let Some(other) = self.meet(&peer) else { return };
        let newest = &mut other.newest[word.kind()];
        if number <= *newest {
            return;
        }
        *newest = number;
        match word {
            Word::Typing(typing) => {
                if !typing {
                    self.view.typing.retain(|other| *other != peer);
                } else if !self.view.typing.contains(&peer) {
                    self.view.typing.push(peer.clone());
                }
                if typing {
                    self.effects.push(Effect::SetTimer(Timer::Typing(peer), TYPES));
                }
            }
            Word::React(emoji) => {
                self.show(Some(peer), &emoji);
            }
            Word::Point(point) => {
                self.view.pointers.retain(|pointer| pointer.peer != peer);
                if let Some(point) = point {
                    self.view.pointers.push(Pointer { peer: peer.clone(), point });
                    self.effects.push(Effect::SetTimer(Timer::Pointing(peer), POINTS));
                }
            }
        }
    }

    fn meet(&mut self, peer: &PeerId) -> Option<&mut Other> {
        if let Some(at) = self.others.iter().position(|other| other.id == *peer) {
            return Some(&mut self.others[at]);
        }
        if self.others.len() >= MOST_OTHERS {
            return None;
        }
        self.others.push(Other { id: peer.clone(), newest: [0; KINDS] });
        self.others.last_mut()
    }

    /// Shows a reaction for a moment; false if there are too many of theirs.
    fn show(&mut self, peer: Option<PeerId>, emoji: &str) -> bool {
        if self.view.reactions.iter().filter(|shown| shown.peer == peer).count() >= MOST_REACTIONS {
            return false;
        }
        self.reactions = self.reactions.wrapping_add(1);
        let id = self.reactions;
        self.view.reactions.push(Reaction { id, peer, emoji: emoji.to_owned() });
        self.effects.push(Effect::SetTimer(Timer::Reaction(id), REACTS));
        true
    }
}
