// One half of a call without a product around it: a peer connection that is told what to do, step by step. Its
// descriptions hold all candidates, so that two messages are a whole negotiation.
const [step, given, done] = arguments;

const complete = peer => new Promise(resolve => {
  const look = () => { if (peer.iceGatheringState === 'complete') resolve(); };
  peer.addEventListener('icegatheringstatechange', look);
  look();
});

const steps = {
  async open(configuration) {
    const peer = window.__bare = new RTCPeerConnection(configuration);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
    for (const track of stream.getTracks()) peer.addTrack(track, stream);
    const video = document.createElement('video');
    video.muted = true;
    video.autoplay = true;
    document.body.append(video);
    peer.ontrack = ({ streams }) => { [video.srcObject] = streams; };
  },
  async offer(options) {
    const peer = window.__bare;
    await peer.setLocalDescription(await peer.createOffer(options));
    await complete(peer);
    return peer.localDescription.sdp;
  },
  async answer(sdp) {
    const peer = window.__bare;
    await peer.setRemoteDescription({ type: 'offer', sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    await complete(peer);
    return peer.localDescription.sdp;
  },
  async accept(sdp) {
    await window.__bare.setRemoteDescription({ type: 'answer', sdp });
  },
  async close() {
    for (const { track } of window.__bare.getSenders()) track?.stop();
    window.__bare.close();
    document.querySelectorAll('body > video').forEach(video => video.remove());
  },
};
steps[step](given).then(value => done({ value: value ?? null }), reason => done({ failed: String(reason) }));
