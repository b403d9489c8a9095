// Put into the page before it enters a room. Keeps what the page makes (peer connections, device tracks, sockets,
// copied texts, the server's last events, the last lines of its log, complaints) in window.__recorded, and takes from it what the participant
// shall not have.
const options = arguments[0];
if (window.__recorded) return;
const recorded = window.__recorded = { peers: [], tracks: [], sockets: [], copied: [], events: [], log: [], complaints: [] };

const MOST_LINES = 500;
const now = () => performance.timeOrigin + performance.now();
const keep = (list, what) => {
  list.push([now(), what]);
  if (list.length > MOST_LINES) list.shift();
};

const Peer = window.RTCPeerConnection;
window.RTCPeerConnection = class RTCPeerConnection extends Peer {
  constructor(...args) {
    super(...args);
    recorded.peers.push(this);
  }
};

// What a peer connection was asked for at the wrong time, whether or not the page minds, and the last that it was told.
const MOST_TOLD = 40;
const told = (peer, name, description, outcome) => {
  const session = /^a=ice-ufrag:(.*)$/m.exec(description?.sdp)?.[1].trim();
  const list = peer.told ??= [];
  list.push(`${Math.round(now())} ${name} ${description?.type} of ${session}: ${outcome}, ${peer.signalingState}`);
  if (list.length > MOST_TOLD) list.shift();
};
const restart = Peer.prototype.restartIce;
window.RTCPeerConnection.prototype.restartIce = function restartIce() {
  told(this, 'restartIce', this.localDescription, 'asked');
  return restart.call(this);
};
const asked = ['createOffer', 'createAnswer', 'setLocalDescription', 'setRemoteDescription', 'addIceCandidate'];
for (const name of asked) {
  const original = Peer.prototype[name];
  window.RTCPeerConnection.prototype[name] = function ask(...args) {
    const outcome = original.apply(this, args);
    const tell = how => name.startsWith('set') && told(this, name, args[0] ?? this.localDescription, how);
    outcome?.then?.(() => tell('done'), error => {
      complain('refused', `${name}: ${error.name}: ${error.message}`);
      tell(error.name);
    });
    return outcome;
  };
}
// What one that is closed has carried is known until then.
const close = Peer.prototype.close;
window.RTCPeerConnection.prototype.close = function closed() {
  if (this.connectionState !== 'closed') this.last ??= this.getStats();
  return close.call(this);
};

const Socket = window.WebSocket;
window.WebSocket = class WebSocket extends Socket {
  constructor(url, protocols) {
    const place = options.no_websocket ? String(url).replace('/socket.io/', '/no-websocket-here/') : url;
    if (protocols === undefined) super(place); else super(place, protocols);
    const entry = { url: String(place), opened: false };
    recorded.sockets.push(entry);
    this.addEventListener('open', () => { entry.opened = true; });
    this.addEventListener('message', ({ data }) => {
      const event = /^42\["([^"]*)"/.exec(data);
      if (event) keep(recorded.events, event[1]);
    });
  }
};

// A small picture, seldom, and sound as it is: what many participants on one machine can afford.
const spare = constraints => {
  const picture = { width: 160, height: 120, frameRate: options.small_media };
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const mix = (asked, spared) => (asked ? { ...(typeof asked === 'object' ? asked : {}), ...spared } : false);
  return { audio: mix(constraints.audio, sound), video: mix(constraints.video, picture) };
};

if (window.MediaDevices) {
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function getUserMedia(constraints) {
    const wanted = options.small_media ? spare(constraints) : constraints;
    const stream = await ask.call(this, wanted);
    recorded.tracks.push(...stream.getTracks());
    return stream;
  };
}

if (window.Clipboard) {
  const write = Clipboard.prototype.writeText;
  Clipboard.prototype.writeText = function writeText(text) {
    recorded.copied.push(String(text));
    return write.call(this, text);
  };
}

const debug = console.debug;
console.debug = (...args) => {
  keep(recorded.log, args.map(String).join(' '));
  debug.apply(console, args);
};

const complain = (kind, text) => recorded.complaints.push(`${kind}: ${text}`);
for (const level of ['warn', 'error']) {
  const original = console[level];
  console[level] = (...args) => {
    complain(level, args.map(String).join(' '));
    original.apply(console, args);
  };
}
window.addEventListener('error', event => complain('uncaught', event.message));
window.addEventListener('unhandledrejection', event => complain('unhandled rejection', String(event.reason)));
document.addEventListener('securitypolicyviolation',
  event => complain('policy', `${event.violatedDirective} ${event.blockedURI}`));
