// Notes, on the clock of the machine and in milliseconds: when decoded frames of which peer connection were seen to
// grow, when the page changed its state, and when the number of its tiles.
if (window.__watched) return;
const watched = window.__watched = { frames: [], states: [], tiles: [] };
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
  for (const [index, peer] of window.__recorded.peers.entries()) {
    if (peer.connectionState === 'closed') continue;
    const frames = await count(peer);
    if (frames > (known.get(peer) ?? 0)) watched.frames.push([now(), index]);
    known.set(peer, frames);
  }
  setTimeout(look, PAUSE);
};
look();

const app = document.querySelector('[data-testid="app"]');
const note = () => watched.states.push([now(), app.dataset.state]);
new MutationObserver(note).observe(app, { attributeFilter: ['data-state'] });
note();

const count_tiles = () => {
  const tiles = document.querySelectorAll('[data-testid="tile"]').length;
  if (watched.tiles.at(-1)?.[1] !== tiles) watched.tiles.push([now(), tiles]);
};
new MutationObserver(count_tiles).observe(document.body, { childList: true, subtree: true });
count_tiles();
