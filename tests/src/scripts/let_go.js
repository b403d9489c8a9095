// The instruments keep what the page makes. Here they let go of what is over, so that only the page itself can hold it.
const recorded = window.__recorded;
recorded.peers = recorded.peers.map(peer => (peer.connectionState === 'closed' ? { connectionState: 'closed' } : peer));
recorded.tracks = recorded.tracks.filter(track => track.readyState === 'live');
recorded.events.length = 0;
recorded.log.length = 0;
return null;
