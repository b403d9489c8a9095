// Everything about the recorded peer connections that tells why something does not arrive.
const done = arguments[arguments.length - 1];
const track = t => t && `${t.kind} ${t.readyState}${t.enabled ? '' : ' disabled'}${t.muted ? ' muted' : ''}`;
const describe = async () => {
  const lines = [];
  for (const [index, peer] of (window.__recorded?.peers ?? []).entries()) {
    lines.push(`peer ${index}: connection ${peer.connectionState}, ice ${peer.iceConnectionState}, ${peer.signalingState}`);
    lines.push(...(peer.told ?? []).map(line => `  ${line}`));
    if (peer.connectionState === 'closed') continue;
    for (const { mid, direction, currentDirection, sender, receiver } of peer.getTransceivers()) {
      lines.push(`  mid ${mid} ${direction}/${currentDirection}: sends ${track(sender.track)}, receives ${track(receiver.track)}`);
    }
    (await peer.getStats()).forEach(entry => {
      if (entry.type === 'inbound-rtp') lines.push(`  in ${entry.kind} mid ${entry.mid} ssrc ${entry.ssrc}: \
${entry.packetsReceived} packets, ${entry.framesReceived} frames, ${entry.framesDecoded} decoded, \
${entry.keyFramesDecoded} key frames, ${entry.pliCount} key frames asked for, \
${entry.totalSamplesReceived} samples, energy ${entry.totalAudioEnergy}`);
      if (entry.type === 'outbound-rtp') lines.push(`  out ${entry.kind} mid ${entry.mid} ssrc ${entry.ssrc}: \
${entry.packetsSent} packets, ${entry.framesEncoded} frames, ${entry.keyFramesEncoded} key frames, \
${entry.pliCount} key frames asked for, active ${entry.active}, target ${entry.targetBitrate}, \
limited by ${entry.qualityLimitationReason}`);
      if (entry.type === 'media-source') lines.push(`  source ${entry.kind} ${entry.trackIdentifier}: ${entry.frames} frames, \
${entry.framesPerSecond} frames/s, ${entry.width}x${entry.height}`);
    });
    for (const { mid, sender } of peer.getTransceivers()) {
      if (sender.track) lines.push(`  mid ${mid} sends ${sender.track.id} by ${JSON.stringify(sender.getParameters().encodings)}`);
    }
  }
  for (const media of document.querySelectorAll('video, audio')) {
    const tracks = media.srcObject ? media.srcObject.getTracks().map(track).join(', ') : 'nothing';
    lines.push(`${media.localName}: ${media.paused ? 'paused' : 'plays'}${media.muted ? ' muted' : ''}, ready ${media.readyState}, ${media.videoWidth}x${media.videoHeight}, ${tracks}`);
  }
  return lines;
};
describe().then(lines => done({ lines }), reason => done({ failed: String(reason) }));
