// What this page has sent and received so far, over all connections, and the longest that any picture on it stood still since
// the first time it was asked.
const done = arguments[arguments.length - 1];

const watched = (window.__watched ??= new Map());
for (const video of document.querySelectorAll('[data-testid=tile]:not([data-self=true]) video')) {
  if (watched.has(video)) continue;
  const watch = { last: performance.now(), longest: 0 };
  watched.set(video, watch);
  const look = (now) => {
    watch.longest = Math.max(watch.longest, now - watch.last);
    watch.last = now;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}

const count = async () => {
  const counts = { sent: 0, frames: 0, freezes: 0, frozen: 0, links: 0, gap: 0 };
  for (const peer of window.__recorded.peers.filter((one) => one.connectionState === 'connected')) {
    counts.links += 1;
    (await peer.getStats()).forEach((entry) => {
      if (entry.type === 'transport') counts.sent += entry.bytesSent;
      if (entry.type !== 'inbound-rtp' || entry.kind !== 'video') return;
      counts.frames += entry.framesDecoded || 0;
      counts.freezes += entry.freezeCount || 0;
      counts.frozen += entry.totalFreezesDuration || 0;
    });
  }
  for (const { last, longest } of watched.values()) counts.gap = Math.max(counts.gap, longest, performance.now() - last);
  if (arguments[0]) watched.forEach((watch) => Object.assign(watch, { last: performance.now(), longest: 0 }));
  return counts;
};
count().then(done, (reason) => done({ failed: String(reason) }));
