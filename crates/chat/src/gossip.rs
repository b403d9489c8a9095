//! One other participant: what they have, and what they are to be told.

use serde::{Deserialize, Serialize};
use visavis_protocol::{PeerId, read_text};

use crate::chat::Effect;
use crate::entry::{Author, Seen, Told};
use crate::log::{Log, Taken};

/// Bytes of text in one message, beyond which the next begins.
const BATCH: usize = 32 * 1024;

/// A message on the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    /// Who I am, and what I have; whoever has more gives it. If it is no answer, then what was said to me before may be lost:
    /// say who you are, and what you have.
    Have { answer: bool, me: Author, seen: Seen },
    /// What was written.
    Told { entries: Vec<Told> },
}

/// Somebody whose channel is open, or was.
#[derive(Debug)]
pub(crate) struct Other {
    pub(crate) id: PeerId,
    pub(crate) name: String,
    /// Who they are to those who read what they write, once they have said so.
    pub(crate) author: Option<Author>,
    /// How far they have each stream, once they have said so.
    seen: Option<Seen>,
    /// How much of ours they were told.
    told: u64,
    /// They were asked for what we lack, and nothing of it has come yet.
    asked: bool,
}

impl Other {
    pub(crate) fn new(id: PeerId) -> Self {
        Self { id, name: String::new(), author: None, seen: None, told: 0, asked: false }
    }

    /// Tells them what we have, and so asks for what we lack; they answer.
    pub(crate) fn greet(&self, log: &Log, effects: &mut Vec<Effect>) {
        self.tell_have(false, log, effects);
    }

    /// The same, but they answer only if they lack something.
    pub(crate) fn remind(&self, log: &Log, effects: &mut Vec<Effect>) {
        self.tell_have(true, log, effects);
    }

    fn tell_have(&self, answer: bool, log: &Log, effects: &mut Vec<Effect>) {
        let seen = log.seen(self.author.as_ref());
        effects.push(self.say(&Word::Have { answer, me: log.me().clone(), seen }));
    }

    /// Tells them what we have written since they were told last.
    pub(crate) fn tell_news(&mut self, log: &Log, effects: &mut Vec<Effect>) {
        if self.told < log.written() {
            self.tell(log, false, effects);
        }
    }

    /// Takes what came over their channel.
    pub(crate) fn hear(&mut self, text: &str, log: &mut Log, effects: &mut Vec<Effect>) {
        match read_text(text.as_bytes()) {
            Ok(Word::Have { answer, me, seen }) => self.on_have(answer, me, seen, log, effects),
            Ok(Word::Told { entries }) => {
                for told in entries {
                    self.on_told(told, log, effects);
                }
            }
            Err(_) => effects.push(Effect::Log("message refused: unreadable".into())),
        }
    }

    fn on_have(&mut self, answer: bool, me: Author, seen: Seen, log: &Log, effects: &mut Vec<Effect>) {
        let lacks = log.lacks(&seen);
        self.author = Some(me);
        self.seen = Some(seen);
        self.asked = lacks;
        self.tell(log, true, effects);
        if lacks || !answer {
            self.remind(log, effects);
        }
    }

    fn on_told(&mut self, told: Told, log: &mut Log, effects: &mut Vec<Effect>) {
        match log.take(told) {
            Taken::New => self.asked = false,
            Taken::Known => {}
            Taken::Gap if self.asked => {}
            Taken::Gap => {
                self.asked = true;
                self.remind(log, effects);
            }
            Taken::Refused => effects.push(Effect::Log("message refused: nobody would write it".into())),
        }
    }

    fn tell(&mut self, log: &Log, all: bool, effects: &mut Vec<Effect>) {
        // Whoever has not said what they have says so when their channel opens.
        let (Some(author), Some(seen)) = (&self.author, &mut self.seen) else { return };
        let unseen = log.unseen(author, seen, all);
        self.told = log.written();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for told in unseen {
            bytes += told.1.bytes();
            batch.push(told);
            if bytes >= BATCH {
                effects.push(self.say(&Word::Told { entries: std::mem::take(&mut batch) }));
                bytes = 0;
            }
        }
        if !batch.is_empty() {
            effects.push(self.say(&Word::Told { entries: batch }));
        }
    }

    fn say(&self, word: &Word) -> Effect {
        // Texts and numbers always convert.
        Effect::Send { to: self.id.clone(), text: serde_json::to_string(word).unwrap_or_default() }
    }
}
