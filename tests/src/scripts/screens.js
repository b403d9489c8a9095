// The screens as one sees them, and how many frames of each have been presented since it was first looked at.
const shown = window.__screens ??= new WeakMap();
return Array.from(document.querySelectorAll('[data-testid="screen"]'), screen => {
  const video = screen.querySelector('video');
  if (!shown.has(video)) {
    const seen = { frames: 0 };
    shown.set(video, seen);
    const next = () => { seen.frames += 1; video.requestVideoFrameCallback(next); };
    video.requestVideoFrameCallback(next);
  }
  const box = screen.getBoundingClientRect();
  return {
    name: screen.dataset.name || '',
    frames: shown.get(video).frames,
    width: Math.round(box.width),
    height: Math.round(box.height),
  };
});
