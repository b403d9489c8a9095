// Over which pair of candidates each open peer connection sends.
const done = arguments[arguments.length - 1];
const selected = report => {
  let chosen;
  report.forEach(entry => {
    // Firefox says `selected`, the standard names it in the transport.
    if (entry.type === 'transport' && entry.selectedCandidatePairId) chosen = report.get(entry.selectedCandidatePairId);
    if (entry.type === 'candidate-pair' && entry.selected) chosen ??= entry;
  });
  return chosen;
};
const ways = async () => {
  const open = window.__recorded.peers.filter(peer => peer.connectionState !== 'closed');
  const found = await Promise.all(open.map(async peer => {
    const report = await peer.getStats();
    const pair = selected(report);
    const [local, remote] = [report.get(pair?.localCandidateId), report.get(pair?.remoteCandidateId)];
    if (!local || !remote) return null;
    return {
      local: local.candidateType, remote: remote.candidateType, remote_address: remote.address ?? remote.ip ?? '',
      remote_port: remote.port ?? 0,
      protocol: local.relayProtocol ?? local.protocol,
    };
  }));
  return found.filter(Boolean);
};
ways().then(ways => done({ ways }), reason => done({ failed: String(reason) }));
