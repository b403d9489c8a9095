// Lets the page share a made-up screen, as the cameras are made up: for a browser that has no screen, and for whoever
// shares without a click.
//
// Chromium collects a canvas that is in no page, and its picture stops, unless somebody holds it.
const made = (window.__recorded.canvases ??= new Set());
MediaDevices.prototype.getDisplayMedia = async function getDisplayMedia() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 400];
  const context = canvas.getContext('2d');
  made.add(canvas);
  const stream = canvas.captureStream(10);
  const [track] = stream.getTracks();
  let frame = 0;
  const draw = () => {
    frame += 1;
    context.fillStyle = `hsl(${frame % 360} 60% 40%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = 'white';
    context.fillText(`a screen, frame ${frame}`, 20, 20);
    if (track.readyState === 'live') setTimeout(draw, 100);
    else made.delete(canvas);
  };
  draw();
  window.__recorded.tracks.push(track);
  return stream;
};
