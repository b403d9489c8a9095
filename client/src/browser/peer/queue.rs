//! The task of a connection: takes one command at a time and awaits its promise before the next.

use futures_channel::mpsc;
use futures_util::StreamExt;
use visavis_call::{Candidate, Description, IceConfig, Operation, PeerEvent, SdpKind, Source};
use visavis_quality::Limits;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStreamTrack, RtcSdpType};

use super::{Sink, configuration, transceivers::Outgoing};
use crate::browser::{
    bindings::{PeerConnection, settle},
    error::BrowserError,
    page,
};

/// A command with the browser's objects in place of their ids.
#[derive(Debug)]
pub(super) enum Job {
    SetLocal,
    SetRemote(Description),
    AddCandidate(Candidate),
    ReplaceTrack(Source, Option<MediaStreamTrack>),
    RestartIce(IceConfig),
    EnlargePicture,
    Limit(Limits),
}

pub(super) struct Queue {
    pub(super) connection: PeerConnection,
    pub(super) outgoing: Outgoing,
    pub(super) sink: Sink,
}

impl Queue {
    pub(super) async fn run(mut self, mut jobs: mpsc::UnboundedReceiver<Job>) {
        while let Some(job) = jobs.next().await {
            let operation = match &job {
                Job::SetLocal => Some(Operation::SetLocal),
                Job::SetRemote(_) => Some(Operation::SetRemote),
                Job::ReplaceTrack(..) => Some(Operation::ReplaceTrack),
                Job::RestartIce(_) => Some(Operation::Open),
                Job::AddCandidate(_) | Job::EnlargePicture | Job::Limit(_) => None,
            };
            // The name alone: a message may quote a candidate or lines of a description, and so an address.
            match (self.carry_out(job).await, operation) {
                (Ok(Some(result)), _) => (self.sink)(result),
                (Ok(None), _) => {}
                (Err(error), Some(operation)) => {
                    (self.sink)(PeerEvent::Failed { operation, error: error.name });
                }
                (Err(error), None) => page::log(&format!("done without: {}", error.name)),
            }
        }
    }

    async fn carry_out(&mut self, job: Job) -> Result<Option<PeerEvent>, BrowserError> {
        match job {
            Job::SetLocal => {
                settle(self.connection.set_local_description_implicitly()).await?;
                self.outgoing.add_screen(&self.connection);
                Ok(Some(PeerEvent::LocalSet(self.local_description()?)))
            }
            Job::SetRemote(description) => {
                let offer = description.kind == SdpKind::Offer;
                let description = to_js(&description)?;
                settle(self.connection.set_remote_description(description.unchecked_ref())).await?;
                if offer {
                    self.outgoing.take_transceivers(&self.connection).await?;
                }
                // What was just negotiated may have brought senders that know no limits. Of the first offer they are its own.
                if (offer || self.outgoing.is_limited())
                    && let Err(error) = self.outgoing.keep_limits(&self.connection).await
                {
                    page::log(&format!("unlimited: {}", error.name));
                }
                self.outgoing.add_screen(&self.connection);
                Ok(Some(PeerEvent::RemoteSet))
            }
            Job::AddCandidate(candidate) => self.add_candidate(&candidate).await.map(|()| None),
            Job::EnlargePicture => self.outgoing.enlarge_picture(&self.connection).await.map(|()| None),
            Job::Limit(limits) => self.outgoing.limit(&self.connection, limits).await.map(|()| None),
            Job::ReplaceTrack(source, track) => {
                self.outgoing.replace(&self.connection, source, track).await.map(|()| None)
            }
            Job::RestartIce(ice) => {
                let configuration = configuration(&ice)?;
                self.connection.set_configuration_with_configuration(configuration.unchecked_ref())?;
                self.connection.restart_ice();
                Ok(None)
            }
        }
    }

    async fn add_candidate(&self, candidate: &Candidate) -> Result<(), BrowserError> {
        let candidate = to_js(candidate)?;
        let added = self
            .connection
            .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(candidate.unchecked_ref()));
        settle(added).await
    }

    fn local_description(&self) -> Result<Description, BrowserError> {
        let description = self.connection.local_description();
        let description =
            description.ok_or_else(|| BrowserError::unsupported("there is no local description"))?;
        let kind = match description.type_() {
            RtcSdpType::Offer => SdpKind::Offer,
            RtcSdpType::Answer => SdpKind::Answer,
            RtcSdpType::Pranswer | RtcSdpType::Rollback | _ => {
                return Err(BrowserError::unsupported("the local description is neither offer nor answer"));
            }
        };
        Ok(Description { kind, sdp: description.sdp() })
    }
}

fn to_js(value: &impl serde::Serialize) -> Result<JsValue, BrowserError> {
    serde_wasm_bindgen::to_value(value).map_err(|error| BrowserError::from(JsValue::from(error)))
}
