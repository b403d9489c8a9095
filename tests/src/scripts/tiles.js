// The tiles as one sees them, and how many frames of each have been presented since it was first looked at.
const shown = window.__tiles ??= new WeakMap();
return Array.from(document.querySelectorAll('[data-testid="tile"]'), tile => {
  const video = tile.querySelector('video');
  if (video && !shown.has(video)) {
    const seen = { frames: 0 };
    shown.set(video, seen);
    const next = () => { seen.frames += 1; video.requestVideoFrameCallback(next); };
    video.requestVideoFrameCallback(next);
  }
  const box = tile.getBoundingClientRect();
  return {
    peer: tile.dataset.peer || '',
    name: tile.dataset.name || '',
    own: tile.dataset.self === 'true',
    link: tile.dataset.link || '',
    audio: tile.dataset.audio || '',
    video: tile.dataset.video || '',
    text: tile.innerText,
    elements: Array.from(tile.querySelectorAll('*'), element => element.localName),
    playing: Boolean(video && !video.paused && video.readyState >= 2 && video.videoWidth > 0),
    frames: shown.get(video)?.frames ?? 0,
    width: Math.round(box.width),
    height: Math.round(box.height),
  };
});
