// The least a first frame can take in this browser: two peer connections in one page, no signalling, no page around
// them. Milliseconds from createOffer to the first frame, `times` times.
const [times, done] = arguments;
const once = async stream => {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  document.body.append(video);
  try {
    near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
    const frame = new Promise(resolve => video.requestVideoFrameCallback(() => resolve(performance.now())));
    const arrived = new MediaStream();
    video.srcObject = arrived;
    far.ontrack = ({ track }) => arrived.addTrack(track);
    for (const track of stream.getTracks()) near.addTrack(track, stream);
    const start = performance.now();
    await near.setLocalDescription(await near.createOffer());
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription(await far.createAnswer());
    await near.setRemoteDescription(far.localDescription);
    return await frame - start;
  } finally {
    near.close();
    far.close();
    video.remove();
  }
};
const all = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
  const found = [];
  for (let round = 0; round < times; round += 1) found.push(await once(stream));
  for (const track of stream.getTracks()) track.stop();
  return found;
};
all().then(times => done({ times }), reason => done({ failed: String(reason) }));
