// What the only open peer connection has sent of the camera's picture: of the first video sender in use.
const done = arguments[arguments.length - 1];

const sent = async () => {
  const open = window.__recorded.peers.filter(peer => peer.connectionState === 'connected');
  if (open.length !== 1) throw new Error(`${open.length} connections are open`);
  const carrier = open[0].getTransceivers().find(one => one.mid !== null && one.receiver.track.kind === 'video');
  const [encoding] = carrier.sender.getParameters().encodings;
  const picture = { frames: 0, width: 0, is_limited: encoding?.maxBitrate !== undefined };
  (await carrier.sender.getStats()).forEach(entry => {
    if (entry.type !== 'outbound-rtp') return;
    picture.frames += entry.framesEncoded || 0;
    picture.width = Math.max(picture.width, entry.frameWidth || 0);
  });
  return picture;
};
sent().then(done, reason => done({ failed: String(reason) }));
