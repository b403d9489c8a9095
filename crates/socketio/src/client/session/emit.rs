//! What the application sends: events and replies, checked against the limits before anything is written.

use serde_json::Value;

use super::{Link, Session};
use crate::client::context::Context;
use crate::engine::Frame;
use crate::packet::{is_reserved, placeholders_fit};
use crate::{Emit, EmitError, Message, Output, Packet, ReplyToken};

impl Session {
    pub(in crate::client) fn emit(&mut self, context: &mut Context, emit: Emit) {
        let Emit { request, event, args, attachments, acknowledged_within } = emit;
        let checked = if is_reserved(&event) {
            Err(EmitError::ReservedName)
        } else if acknowledged_within.is_some() && context.pending.len() >= context.config.limits.pending {
            Err(EmitError::TooManyPending)
        } else {
            let ack = acknowledged_within.map(|_| context.pending.next_id());
            self.send_checked(context, Message::Event { ack, name: event, args }, attachments)
        };
        match (checked, acknowledged_within) {
            (Ok(()), Some(within)) => context.pending.insert(request, context.after(within)),
            (Ok(()), None) => {}
            (Err(error), _) => context.emit_failed(request, error),
        }
    }

    pub(in crate::client) fn reply(
        &mut self,
        context: &mut Context,
        token: ReplyToken,
        args: Vec<Value>,
        attachments: Vec<Vec<u8>>,
    ) {
        let sent = if token.connection == context.connection {
            self.send_checked(context, Message::Ack { id: token.ack, args }, attachments)
        } else {
            Err(EmitError::ConnectionLost)
        };
        if let Err(error) = sent {
            context.push(Output::ReplyFailed { token, error });
        }
    }

    fn send_checked(
        &mut self,
        context: &mut Context,
        message: Message,
        attachments: Vec<Vec<u8>>,
    ) -> Result<(), EmitError> {
        if !self.is_connected() {
            return Err(EmitError::NotConnected);
        }
        let args = match &message {
            Message::Event { args, .. } | Message::Ack { args, .. } => args.as_slice(),
            Message::Connect(_) | Message::Disconnect | Message::ConnectError { .. } => &[],
        };
        let fits = attachments.is_empty() || placeholders_fit(args, attachments.len());
        if !fits || attachments.len() > context.config.limits.attachments {
            return Err(EmitError::BadAttachments);
        }
        let (text, attachments) =
            Packet { namespace: context.config.namespace.clone(), message, attachments }.encode();
        let frames = std::iter::once(Frame::message(&text)).chain(attachments.into_iter().map(Frame::Binary));
        let frames: Vec<Frame> = frames.collect();

        let (waiting, length): (usize, fn(&Frame) -> usize) = match &self.link {
            Link::WebSocket { buffered, .. } => (*buffered, Frame::len),
            Link::Polling { polling, .. } => (polling.outbox_bytes(), Frame::polling_len),
        };
        let max = self.max_payload;
        if let Some(size) = frames.iter().map(length).find(|size| *size > max) {
            return Err(EmitError::TooLarge { size, max });
        }
        let total = frames.iter().map(length).fold(waiting, usize::saturating_add);
        if total > context.config.limits.outgoing {
            return Err(EmitError::OutgoingFull);
        }
        for frame in frames {
            self.send(context, frame);
        }
        Ok(())
    }
}
