// The tiles as one sees them.
return Array.from(document.querySelectorAll('[data-testid="tile"]'), tile => {
  const video = tile.querySelector('video');
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
    width: Math.round(box.width),
    height: Math.round(box.height),
  };
});
