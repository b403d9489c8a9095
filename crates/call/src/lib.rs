//! A call as a plain state machine: inputs in, effects out.
//!
//! [`Call::handle`] takes one [`Input`] at a time and answers with the [`Effect`]s the shell must carry out, in
//! order. It is synchronous and total: it never waits, never fails, and an input that makes no sense in the present
//! state changes nothing. There is no clock in here (time is [`Input::Timer`]), no randomness (the seed is part of
//! [`Config`]) and no browser: effects carry ids, never browser objects.
//!
//! ```text
//! Intent, SocketEvent, PeerEvent, MediaEvent, Timer ──► Call::handle ──► Vec<Effect>
//!                                                            └────────► Call::view ──► the page
//! ```

mod call;
mod effect;
mod input;
pub mod link;
mod media;
mod negotiation;
mod outbox;
mod peer;
mod problem;
mod remembered;
mod screen;
mod seal;
mod seat;
mod signal;
mod view;

pub use call::{Call, Config};
pub use effect::{DeviceRequest, Effect, IceConfig, Mark, PeerCommand, Timer};
pub use input::{
    Candidate, ConnectionId, ConnectionState, Description, Device, DeviceFailure, DeviceKind, Devices, Input,
    Intent, MediaEvent, MediaRequest, Operation, PeerEvent, Processing, RequestFailure, RequestId, SdpKind,
    SocketEvent, Source, TrackId, Traffic,
};
pub use problem::Problem;
pub use remembered::Remembered;
pub use seat::Seat;
pub use view::{
    CallView, DeviceState, DeviceView, InsideView, Link, Notice, NoticeId, Phase, ScreenView, Sharing,
    SpeakerView, StreamId, TileView, Trouble,
};
