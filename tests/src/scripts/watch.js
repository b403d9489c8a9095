// Notes, on the clock of the machine and in milliseconds: when decoded frames were seen to grow, over all open peer
// connections, and when the page changed its state.
if (window.__watched) return;
const watched = window.__watched = { frames: [], states: [] };
const PAUSE = 50;

const now = () => performance.timeOrigin + performance.now();

const count = async peer => {
  let frames = 0;
  for (const receiver of peer.getReceivers()) {
    if (receiver.track.kind !== 'video') continue;
    (await receiver.getStats()).forEach(entry => {
      if (entry.type === 'inbound-rtp') frames += entry.framesDecoded || 0;
    });
  }
  return frames;
};

const known = new WeakMap();
const look = async () => {
  for (const peer of window.__recorded.peers) {
    if (peer.connectionState === 'closed') continue;
    const frames = await count(peer);
    if (frames > (known.get(peer) ?? 0)) watched.frames.push(now());
    known.set(peer, frames);
  }
  setTimeout(look, PAUSE);
};
look();

const app = document.querySelector('[data-testid="app"]');
const note = () => watched.states.push([now(), app.dataset.state]);
new MutationObserver(note).observe(app, { attributeFilter: ['data-state'] });
note();
