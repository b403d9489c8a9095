//! The call as a whole: where the user is, who else is there, and what the server thinks of us.
//!
//! ```text
//!            Join                 let in                    Leave
//!   Lobby ─────────► Joining ───────────────► InCall ─────────────────► Left
//!     ▲                 │ refused               │ ▲                       │ Join
//!     └─────────────────┘              server   │ │ resumed               └──────► Joining
//!                                      lost     ▼ │
//!                                       (Attendance::Away; the links go on)
//! ```

mod admission;
mod hands;
mod host;
mod lobby;
mod notices;
mod roster;
mod sending;

use visavis_protocol::{ClientEvent, HostToken, PeerId, Resume, tidy_name};

use self::host::Hosting;
use self::lobby::Look;
use self::notices::Notices;
use self::roster::Roster;
use crate::effect::{Effect, Mark, Timer};
use crate::input::{DeviceKind, Input, Intent, PeerEvent, RequestId};
use crate::link::Secret;
use crate::media::Media;
use crate::outbox::Outbox;
use crate::peer::Peer;
use crate::problem::Problem;
use crate::remembered::Remembered;
use crate::screen::Screen;
use crate::seal::Seal;
use crate::seat::{Life, Seat};
use crate::view::{CallView, DeviceState, Link, Phase, StreamId, TileView};

/// How a call begins.
#[derive(Debug, Clone)]
pub struct Config {
    /// The link's secret.
    pub secret: Secret,
    /// 32 random bytes, for nonces.
    pub seed: [u8; 32],
    /// The remembered name; may be empty.
    pub name: String,
    /// Whether the microphone shall be on.
    pub microphone: bool,
    /// Whether the camera shall be on.
    pub camera: bool,
    /// The devices that were chosen before.
    pub remembered: Remembered,
    /// Who we were before the page was loaded again; one of another room is no use.
    pub seat: Option<Seat>,
    /// What the user got when they made this room ([`Effect::KeepHost`]).
    pub host_token: Option<HostToken>,
}

/// A call; see the crate's documentation for the contract.
#[derive(Debug)]
pub struct Call {
    stage: Stage,
    /// The signalling connection takes requests.
    online: bool,
    media: Media,
    screen: Screen,
    roster: Roster,
    hosting: Hosting,
    look: Look,
    notices: Notices,
    /// The request for fresh ICE servers that is on its way.
    renewal: Option<RequestId>,
    /// Who we were in this room before the page was loaded, until the server has let us in.
    former: Option<Resume>,
    /// Whether the shell was told that the server is needed soon.
    hurry: bool,
    out: Outbox,
}

#[derive(Debug)]
enum Stage {
    Lobby,
    Joining {
        request: Option<RequestId>,
    },
    /// We keep the id of our own tile; to come in again we need what the server gave us last, unless it did not take it.
    InCall {
        tile: PeerId,
        resume: Option<Resume>,
        attendance: Attendance,
    },
    Left,
}

/// What the server thinks of us while we are in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attendance {
    /// It lists us.
    Present,
    /// It cannot be reached.
    Away,
    /// We asked to be let in again.
    Returning(RequestId),
}

impl Call {
    /// A call in the lobby, and what the shell does first.
    pub fn new(config: Config) -> (Self, Vec<Effect>) {
        let Config { secret, seed, name, microphone, camera, remembered, seat, host_token } = config;
        let seal = Seal::new(&secret, seed);
        let former = seat.filter(|seat| seat.room == *seal.room());
        let mut call = Self {
            stage: Stage::Lobby,
            online: false,
            media: Media::new(microphone, camera, remembered),
            screen: Screen::default(),
            roster: Roster::default(),
            hosting: Hosting::new(host_token),
            look: Look::default(),
            notices: Notices::default(),
            renewal: None,
            former: former.as_ref().map(Seat::resume),
            hurry: false,
            out: Outbox::new(seal, Life::after(former.as_ref())),
        };
        call.out.presence.name = tidy_name(&name);
        call.out.push(Effect::Connect);
        let effects = call.media.activate(true);
        call.carry_out_media(effects);
        let effects = std::mem::take(&mut call.out.effects);
        (call, effects)
    }

    /// Takes one input and answers with what is to be done, in order.
    #[must_use]
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        let life = self.out.life;
        match input {
            Input::Intent(intent) => self.on_intent(intent),
            Input::Socket(event) => self.on_socket(event),
            Input::Peer { peer, connection, event } => {
                let opens = matches!(event, PeerEvent::ControlOpen);
                self.roster.on_event(&peer, connection, event, &mut self.out);
                if opens {
                    self.repeat_removals(&peer);
                }
            }
            Input::Media(event) => self.on_media(event),
            Input::Timer(timer) => self.on_timer(timer),
            Input::Beside(problem) => {
                self.notices.clear(Problem::FileNotSaved);
                self.notices.clear(Problem::PanelNotLoaded);
                if let Some(problem) = problem {
                    self.notices.add(problem);
                }
            }
            Input::Withheld(peer, withheld) => self.roster.on_withheld(&peer, withheld),
            Input::Woke => {
                self.out.doubt = true;
                self.roster.for_each(Peer::on_wake, &mut self.out);
                let effects = self.media.on_wake();
                self.carry_out_media(effects);
            }
        }
        self.obey_host();
        self.roster.pass_signals(&mut self.out);
        self.settle_host();
        self.leave_if_alone();
        self.roster.begin_next(&mut self.out);
        if std::mem::take(&mut self.out.doubt) {
            self.doubt_server();
        }
        if self.out.life != life {
            self.keep_seat();
        }
        let hurry = self.roster.awaits_server();
        if std::mem::replace(&mut self.hurry, hurry) != hurry {
            self.out.push(Effect::Hurry(hurry));
        }
        std::mem::take(&mut self.out.effects)
    }

    /// Whether the user was in this call before the page was loaded, and wants to be in it again.
    pub fn has_seat(&self) -> bool {
        self.former.is_some()
    }

    /// Whether nobody has had our offer yet: for a moment, making it matters more than drawing the page.
    pub fn is_making_first_offer(&self) -> bool {
        self.roster.is_making_first_offer()
    }

    /// The call as the page shows it.
    pub fn view(&self) -> CallView {
        let camera = self.media.view(DeviceKind::Camera);
        let shown = self.media.track(DeviceKind::Camera).filter(|_| camera.state == DeviceState::On);
        let preview = shown.map(StreamId::Local);
        let (mut tiles, mut screens) = (Vec::new(), Vec::new());
        if let Stage::InCall { tile, .. } = &self.stage {
            tiles.push(self.own_tile(tile, preview.clone()));
            tiles.extend(self.roster.tiles());
            hands::order(&mut tiles);
            screens.extend(self.roster.screens());
        }
        CallView {
            phase: self.phase(),
            name: self.out.presence.name.clone(),
            microphone: self.media.view(DeviceKind::Microphone),
            camera,
            speaker: self.media.speaker_view(),
            processing: self.media.processing(),
            preview,
            sharing: self.screen.view(),
            tiles,
            screens,
            host: self.host_tile(),
            locked: self.hosting.locked,
            inside: self.look.inside.clone(),
            notices: self.notices.view(),
        }
    }

    fn own_tile(&self, me: &PeerId, stream: Option<StreamId>) -> TileView {
        TileView {
            peer: me.clone(),
            name: self.out.presence.name.clone(),
            is_self: true,
            link: Link::Connected,
            trouble: None,
            microphone: self.media.sends(DeviceKind::Microphone),
            camera: self.media.sends(DeviceKind::Camera),
            hand: Some(self.out.presence.hand).filter(|hand| *hand > 0),
            stream,
        }
    }

    fn phase(&self) -> Phase {
        match &self.stage {
            Stage::Lobby => Phase::Lobby,
            Stage::Joining { .. } => Phase::Joining,
            Stage::InCall { attendance: Attendance::Present, .. } => Phase::InCall,
            Stage::InCall { .. } => Phase::Reconnecting,
            Stage::Left => Phase::Left,
        }
    }

    fn on_intent(&mut self, intent: Intent) {
        match intent {
            Intent::Join => self.join(),
            Intent::Leave => {
                self.former = None;
                self.out.push(Effect::GiveUpSeat);
                self.leave();
            }
            Intent::Unload => self.leave(),
            Intent::Rename(name) => {
                self.out.presence.name = tidy_name(&name);
                self.publish_presence();
                self.show_card();
            }
            Intent::Switch(kind, wish) => {
                let effects = self.media.switch(kind, wish);
                self.carry_out_media(effects);
            }
            Intent::Choose(kind, device) => {
                let effects = self.media.choose(kind, device);
                self.carry_out_choice(effects);
            }
            Intent::ChooseSpeaker(device) => {
                let effects = self.media.choose_speaker(device);
                self.carry_out_choice(effects);
            }
            Intent::Adopt(notice) => {
                if let Some((kind, device)) = self.notices.adopt(notice) {
                    let effects = self.media.adopt(kind, &device);
                    self.carry_out_choice(effects);
                }
            }
            Intent::Process(processing) => {
                let effects = self.media.process(processing);
                self.carry_out_choice(effects);
            }
            Intent::Retry(kind) => {
                let effects = self.media.retry(kind);
                self.carry_out_media(effects);
            }
            Intent::Share(wish) => {
                // There is nobody to show it to elsewhere.
                if matches!(self.stage, Stage::InCall { .. }) {
                    let effects = self.screen.share(wish);
                    self.carry_out_media(effects);
                }
            }
            Intent::RaiseHand(up) => self.raise_hand(up),
            Intent::Lock(locked) => self.lock(locked),
            Intent::AskMute(peer) => self.ask_to_mute(&peer),
            Intent::Remove(peer) => self.remove(&peer),
            Intent::Dismiss(notice) => self.notices.dismiss(notice),
        }
    }

    fn join(&mut self) {
        match self.stage {
            Stage::Lobby => {}
            Stage::Left => {
                self.out.push(Effect::Connect);
                let effects = self.media.activate(true);
                self.carry_out_media(effects);
            }
            Stage::Joining { .. } | Stage::InCall { .. } => return,
        }
        self.notices.clear_refusals();
        self.out.push(Effect::Mark(Mark::Join));
        self.out.push(Effect::RememberName(self.out.presence.name.clone()));
        self.stage = Stage::Joining { request: None };
        self.look = Look::default();
        self.out.push(Effect::ClearTimer(Timer::Look));
        self.ask_in();
    }

    fn leave(&mut self) {
        match self.stage {
            Stage::Lobby | Stage::Left => return,
            Stage::Joining { .. } | Stage::InCall { .. } => {}
        }
        if self.online {
            self.out.request(ClientEvent::Leave);
        }
        self.roster.for_each(Peer::say_goodbye, &mut self.out);
        self.disband();
        let mut effects = self.screen.share(false);
        effects.extend(self.media.activate(false));
        self.carry_out_media(effects);
        self.out.push(Effect::ClearTimer(Timer::Rejoin));
        self.out.push(Effect::ClearTimer(Timer::RenewIce));
        self.renewal = None;
        self.out.push(Effect::Disconnect);
        self.online = false;
        self.notices.clear_all();
        self.stage = Stage::Left;
    }

    /// Lets go of everyone and of who we were.
    fn disband(&mut self) {
        self.roster.clear(&mut self.out);
        self.forget_host();
        self.out.forget_signals();
        self.out.me = None;
        self.out.present = false;
        self.out.presence.hand = 0;
    }

    fn on_timer(&mut self, timer: Timer) {
        match timer {
            Timer::Establish(peer) => self.roster.on_establish_timeout(&peer, &mut self.out),
            Timer::Mend(peer) => self.roster.on_mend_timeout(&peer, &mut self.out),
            Timer::Enlarge(peer) => self.roster.on_enlarge_timeout(&peer, &mut self.out),
            Timer::RenewIce => self.renew_ice(),
            Timer::Look => self.look(),
            Timer::Device(kind) => {
                let effects = self.media.on_timeout(kind);
                self.carry_out_media(effects);
            }
            Timer::Strangers => {
                if let Some(me) = self.out.me.clone() {
                    self.roster.on_strangers_timeout(&me, &mut self.out);
                }
            }
            Timer::Rejoin => {
                let waiting = match &self.stage {
                    Stage::Joining { request } => request.is_none(),
                    Stage::InCall { attendance, .. } => *attendance == Attendance::Away,
                    Stage::Lobby | Stage::Left => false,
                };
                if waiting {
                    if matches!(self.stage, Stage::Joining { .. } | Stage::InCall { resume: None, .. }) {
                        // The answer may be all that was lost: begin anew from outside of the room.
                        self.out.request(ClientEvent::Leave);
                    }
                    self.ask_in();
                }
            }
        }
    }
}
