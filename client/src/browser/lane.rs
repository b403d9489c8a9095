//! A connection without media beside one that is there: configured as that is, and negotiated over a channel of it.
//!
//! What goes over it has a congestion window of its own (RFC 9260 §7): where packets are lost, or far away, several carry as
//! many times as much as one. It is not healed: who has it drops it when it stops, and the channels over it with it.

use std::rc::Rc;

use futures_channel::mpsc;
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable};
use gloo_events::EventListener;
use js_sys::{JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcSignalingState};

use super::{
    bindings::{PeerConnection, settle},
    channels::{Channel, ChannelEvent, Connection, Unheard},
    error::BrowserError,
    page,
};

/// What becomes of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneEvent {
    /// It is connected.
    Up,
    /// It is not any more, or cannot be; also because the other side has dropped it.
    Down,
}

/// A connection beside another; closed when dropped, and nothing is told after that.
#[derive(Debug)]
pub struct Lane {
    connection: PeerConnection,
    task: AbortHandle,
    listeners: Vec<EventListener>,
    /// Closed when dropped, by which the other side learns of it.
    _signals: Rc<Channel>,
    /// Without a channel there would be nothing to negotiate.
    _idle: Channel,
}

impl Lane {
    /// Makes one, whose offer, answer and candidates go over this channel. Who `offers` begins when that is open.
    ///
    /// # Errors
    ///
    /// The browser makes no more connections.
    pub fn new(
        beside: &Connection,
        signals: Unheard,
        offers: bool,
        sink: impl Fn(LaneEvent) + 'static,
    ) -> Result<Self, BrowserError> {
        let connection = Connection::new_with_configuration(&beside.get_configuration())?;
        let idle = Channel::negotiated(&connection, ("idle", 0), true, |_| ())?;
        let connection: PeerConnection = connection.unchecked_into();
        let sink = Rc::new(sink);

        let (say, said) = mpsc::unbounded();
        let told = Rc::clone(&sink);
        let signals = Rc::new(signals.hear(move |event| match event {
            // The task lives as long as the channel.
            ChannelEvent::Open if offers => drop(say.unbounded_send(None)),
            ChannelEvent::Text(text) => drop(say.unbounded_send(Some(text))),
            ChannelEvent::Closed => told(LaneEvent::Down),
            ChannelEvent::Open | ChannelEvent::Bytes(_) | ChannelEvent::Drained => {}
        }));

        let (state, candidates) = (connection.clone(), Rc::clone(&signals));
        let listeners = vec![
            EventListener::new(&connection, "connectionstatechange", move |_| {
                if let Some(event) = meaning(state.connection_state()) {
                    sink(event);
                }
            }),
            EventListener::new(&connection, "icecandidate", move |event| {
                if let Some(candidate) = event.unchecked_ref::<RtcPeerConnectionIceEvent>().candidate() {
                    tell(&candidates, &candidate);
                }
            }),
        ];
        // A promise of a closed connection never settles, so the task must not depend on one to end.
        let (task, handle) = abortable(negotiate(connection.clone(), Rc::clone(&signals), said));
        wasm_bindgen_futures::spawn_local(async move {
            let _ = task.await;
        });
        Ok(Self { connection, task: handle, listeners, _signals: signals, _idle: idle })
    }

    /// The connection itself, for channels over it.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.task.abort();
        self.listeners.clear();
        self.connection.close();
    }
}

fn meaning(state: RtcPeerConnectionState) -> Option<LaneEvent> {
    match state {
        RtcPeerConnectionState::Connected => Some(LaneEvent::Up),
        RtcPeerConnectionState::New | RtcPeerConnectionState::Connecting => None,
        RtcPeerConnectionState::Disconnected
        | RtcPeerConnectionState::Failed
        | RtcPeerConnectionState::Closed
        | _ => Some(LaneEvent::Down),
    }
}

/// Takes one word after the other; nothing is the wish to begin.
async fn negotiate(
    connection: PeerConnection,
    signals: Rc<Channel>,
    mut said: mpsc::UnboundedReceiver<Option<String>>,
) {
    while let Some(word) = said.next().await {
        // The name alone: a message may quote a candidate, and so an address.
        if let Err(error) = take(&connection, &signals, word).await {
            page::log(&format!("a lane goes on without: {}", error.name));
        }
    }
}

async fn take(
    connection: &PeerConnection,
    signals: &Channel,
    word: Option<String>,
) -> Result<(), BrowserError> {
    if let Some(text) = word {
        let word = JSON::parse(&text)?;
        if !Reflect::has(&word, &"sdp".into())? {
            return settle(
                connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(word.unchecked_ref())),
            )
            .await;
        }
        settle(connection.set_remote_description(word.unchecked_ref())).await?;
        if connection.signaling_state() != RtcSignalingState::HaveRemoteOffer {
            return Ok(());
        }
    }
    settle(connection.set_local_description_implicitly()).await?;
    tell(signals, &connection.local_description().into());
    Ok(())
}

/// Says it as the browser writes it (`toJSON()`, webrtc-pc §4.6.2 and §4.8.1).
fn tell(signals: &Channel, word: &JsValue) {
    if let Some(text) = JSON::stringify(word).ok().and_then(|text| text.as_string()) {
        // If it is closed, so is the lane soon.
        signals.send(&text);
    }
}
