//! What of the files only the page can do: it makes channels and gives them to the Worker, takes files out of what is picked,
//! asks where one is saved. All else is passed on, between the program beside the call and the Worker.
//!
//! A browser that gives no channels away leaves them here, and what comes and goes over them is passed on as well.

mod near;
mod saving;

use futures_channel::mpsc;
use futures_util::StreamExt;
use gloo_timers::callback::Timeout;
use visavis_files::FileId;
use visavis_protocol::PeerId;
use wasm_bindgen::JsValue;

use self::{near::Gathered, saving::save};
use super::{
    STORED_KEY,
    lines::{Key, LANE, Lines, Made},
    wire::{Far, LOW},
    word::Deed,
};
use crate::browser::{
    buffers::Blob,
    channels::{Channel, ChannelEvent, Unheard},
    entropy,
    guest::{Heard, Host, together},
    helper::Helper,
    lane::LaneEvent,
    page, parcel,
    saved::Folder,
    storage,
};

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// The program beside the call tells something.
    Heard(Heard),
    /// The Worker tells something; nothing, if it does not work.
    Told(Option<Heard>),
    /// The Worker is to be started once more.
    Again,
    /// What has gathered is to be passed on.
    Pass,
    /// They have made a channel, over this connection.
    Arrived(PeerId, Key, Unheard),
    /// For long enough nothing was sent to them.
    Narrow(PeerId),
    /// What becomes of this lane.
    Lane(Key, LaneEvent),
    /// Something happened on a channel that stays here.
    On(Key, ChannelEvent),
    /// Where these are to be saved: all in one folder, or each where the browser puts what it downloads.
    Chosen(Option<Folder>, String),
    /// What is said of files that the user offers, and the files.
    Picked(Vec<JsValue>, JsValue),
}

/// What, and up to two values.
type Word = (String, JsValue, JsValue);

/// Milliseconds after which a Worker that did not come is started once more.
const AGAIN: u32 = 5000;

/// Milliseconds after which lanes over which nothing is sent are closed: the next of several files goes over the same ones.
const NARROW: u32 = 10_000;

pub(super) type Inbox = mpsc::UnboundedSender<Message>;

/// Runs beside a call until that ends.
pub async fn run(host: Host, inbox: Inbox, mut messages: mpsc::UnboundedReceiver<Message>) {
    let (lines, waiting) = (Lines::default(), Vec::new());
    let mut porter = Porter {
        host,
        inbox,
        helper: None,
        waiting,
        awake: false,
        again: None,
        lines,
        near: Vec::new(),
        narrowing: Vec::new(),
        gathered: Vec::new(),
        together: None,
        next: 0,
    };
    porter.start();
    while let Some(message) = messages.next().await {
        match message {
            Message::Heard(heard) if heard.what == "end" => return,
            Message::Heard(heard) => porter.hear(&heard),
            Message::Told(Some(told)) => porter.carry_out(&told),
            Message::Told(None) => porter.start_again(),
            Message::Again => porter.start(),
            Message::Pass => porter.pass(),
            Message::Arrived(peer, line, channel) => porter.on_arrived(&peer, line, channel),
            Message::Narrow(peer) => porter.lines.narrow(&peer),
            Message::Lane(key, event) => porter.on_lane(key, event),
            Message::On(key, event) => porter.on_event(key, event),
            Message::Chosen(folder, files) => porter.save_all(folder, files),
            Message::Picked(files, to) => {
                for file in files {
                    porter.tell("picked", JsValue::UNDEFINED, file);
                }
                porter.tell("offer", to, JsValue::UNDEFINED);
            }
        }
    }
}

struct Porter {
    host: Host,
    inbox: Inbox,
    helper: Option<Helper>,
    /// What it is to be told once it hears; nothing from then on.
    waiting: Vec<Word>,
    /// It hears.
    awake: bool,
    again: Option<Timeout>,
    lines: Lines,
    /// Channels that stay here.
    near: Vec<(Key, Channel)>,
    next: Key,
    /// To whom nothing is sent for now.
    narrowing: Vec<(PeerId, Timeout)>,
    /// What has come over each of them of late: the pieces go to the Worker together.
    gathered: Vec<Gathered>,
    /// What is saved with others, under which name.
    together: Option<mpsc::UnboundedSender<(Blob, String)>>,
}

impl Porter {
    fn start(&mut self) {
        let told = self.inbox.clone();
        let helper = Helper::start(move |word| {
            let _ = told.unbounded_send(Message::Told(word));
        });
        self.helper = helper.map_err(|error| page::log_error(&error.to_string())).ok();
    }

    /// Its script may not come while the server is away, which a call outlives. What it was told before it broke is gone.
    fn start_again(&mut self) {
        page::log("the files' worker does not work");
        if !self.awake {
            let inbox = self.inbox.clone();
            self.again = Some(Timeout::new(AGAIN, move || {
                let _ = inbox.unbounded_send(Message::Again);
            }));
        }
    }

    fn tell(&mut self, what: &str, whom: JsValue, words: JsValue) {
        self.pass();
        match &self.helper {
            Some(helper) if self.awake => helper.tell(what, &whom, &words),
            _ => self.waiting.push((what.to_owned(), whom, words)),
        }
    }

    /// It hears.
    fn wake(&mut self) {
        self.awake = true;
        for (what, whom, words) in std::mem::take(&mut self.waiting) {
            self.tell(&what, whom, words);
        }
    }

    fn hear(&mut self, heard: &Heard) {
        let connection = heard.connection();
        match (heard.what.as_str(), connection, PeerId::parse(&heard.whom())) {
            ("connection", Some(connection), Ok(peer)) => self.lines.add(peer, connection, &self.inbox),
            ("closed", Some(connection), _) => {
                for line in self.lines.remove(&connection) {
                    self.tell("cut", line.into(), JsValue::UNDEFINED);
                }
            }
            (what, Some(connection), _) => self.lines.set_open(&connection, what == "open"),
            ("offer", ..) => self.unpack(heard.value(), heard.whom()),
            (Deed::SAVE_ALL, ..) => self.choose_folder(heard.whom()),
            (what, ..) => self.tell(what, heard.whom().into(), heard.value()),
        }
    }

    /// Takes the files out, and finds out what is said of them when they are offered.
    fn unpack(&self, parcel: JsValue, to: String) {
        let inbox = self.inbox.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let mut files = Vec::new();
            for file in parcel::unpack(parcel).await {
                let id = FileId::from_bytes(entropy::random_bytes());
                let thumbnail = file.thumbnail().await.map_or(JsValue::UNDEFINED, JsValue::from);
                let name = file.name().into();
                files.push(together([file.blob().value(), &id.as_str().into(), &name, &thumbnail]));
            }
            let _ = inbox.unbounded_send(Message::Picked(files, to.into()));
        });
    }

    /// The Worker wants something.
    fn carry_out(&mut self, told: &Heard) {
        let whom = told.whom();
        let key: Key = whom.parse().unwrap_or_default();
        match told.what.as_str() {
            "ready" => self.wake(),
            "open" | "widen" | "narrow" => {
                if let Ok(peer) = PeerId::parse(&whom) {
                    self.open(&told.what, &peer, FileId::parse(&told.words().unwrap_or_default()));
                }
            }
            "stored" if whom.is_empty() => storage::remove(STORED_KEY),
            "stored" => storage::set(STORED_KEY, &whom),
            "save" => {
                if let Some(blob) = Blob::given(&told.value()) {
                    wasm_bindgen_futures::spawn_local(save(self.host.another(), blob, whom));
                }
            }
            Deed::SAVE_ALL => {
                if let (Some(blob), Some(together)) = (Blob::given(&told.value()), &self.together) {
                    let _ = together.unbounded_send((blob, whom));
                }
            }
            "send" => self.send(key, told),
            "shut" => self.near.retain(|(of, _)| *of != key),
            what => self.host.hand(what, &whom, &told.value()),
        }
    }

    fn next_key(&mut self) -> Key {
        self.next += 1;
        self.next
    }

    /// They have made a channel; what is of no file is closed.
    fn on_arrived(&mut self, from: &PeerId, line: Key, channel: Unheard) {
        let label = channel.label();
        let key = self.next_key();
        let words =
            format!("{key} {line} {piece} {from} {label}", piece = channel.piece, from = from.as_str());
        if FileId::parse(&label).is_some() {
            self.place("in", &words, key, channel);
        } else if label == LANE {
            self.lines.on_lane(line, channel, &self.inbox);
        } else {
            drop(channel.hear(|_| ()));
        }
    }

    /// Makes channels to this person for a file: the first one, or more. Without a file nothing is sent to them any longer.
    fn open(&mut self, what: &str, peer: &PeerId, file: Option<FileId>) {
        if what != "open" {
            self.narrowing.retain(|(of, _)| of != peer);
        }
        match (what, file) {
            ("open", Some(file)) => {
                if let Some(made) = self.lines.announce(peer, &file) {
                    return self.place_made("out", made);
                }
                let none = format!("0 0 0 {} {}", peer.as_str(), file.as_str());
                self.tell("out", none.into(), JsValue::UNDEFINED);
            }
            (_, Some(file)) => {
                let more = self.lines.widen(peer, &file, &self.inbox);
                for made in more {
                    self.place_made("more", made);
                }
            }
            (_, None) => {
                let (inbox, whose) = (self.inbox.clone(), peer.clone());
                let narrow = Timeout::new(NARROW, move || {
                    let _ = inbox.unbounded_send(Message::Narrow(whose));
                });
                self.narrowing.push((peer.clone(), narrow));
            }
        }
    }

    /// A lane is up, or carries nothing any more.
    fn on_lane(&mut self, key: Key, event: LaneEvent) {
        match event {
            LaneEvent::Up => {
                let more = self.lines.on_up(key);
                for made in more {
                    self.place_made("more", made);
                }
            }
            LaneEvent::Down => {
                for lane in self.lines.remove_lane(key) {
                    self.tell("cut", lane.into(), JsValue::UNDEFINED);
                }
            }
        }
    }

    fn place_made(&mut self, way: &str, made: Made) {
        let key = self.next_key();
        let Made { line, peer, file, channel } = made;
        let words = format!(
            "{key} {line} {piece} {peer} {file}",
            piece = channel.piece,
            peer = peer.as_str(),
            file = file.as_str()
        );
        self.place(way, &words, key, channel);
    }

    /// Gives a channel to the Worker, or keeps it for it.
    fn place(&mut self, way: &str, words: &str, key: Key, channel: Unheard) {
        if self.awake && self.helper.as_ref().is_some_and(|helper| helper.give(way, words, channel.value())) {
            return;
        }
        let inbox = self.inbox.clone();
        let channel = channel.hear(move |event| {
            let _ = inbox.unbounded_send(Message::On(key, event));
        });
        channel.drains_at(LOW);
        self.near.push((key, channel));
        self.tell(way, words.into(), JsValue::UNDEFINED);
    }
}
