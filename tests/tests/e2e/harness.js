// A page with the stable names whose two "participants" are two peer connections within itself.
const app = document.querySelector('[data-testid="app"]');
window.addEventListener('hashchange', () => { app.dataset.state = 'lobby'; });

function tile(name, own, stream) {
  const element = document.createElement('div');
  Object.assign(element.dataset, {
    testid: 'tile', peer: name, name, self: String(own), link: 'connected', audio: 'on', video: 'on',
  });
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = own;
  video.srcObject = stream;
  element.append(name, video);
  document.getElementById('tiles').append(element);
}

document.querySelector('[data-testid="join"]').addEventListener('click', async () => {
  app.dataset.state = 'joining';
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120 } });
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
  const remote = new MediaStream();
  near.ontrack = ({ track }) => remote.addTrack(track);
  // Chromium counts the energy of a sound only while it is played.
  const unseen = new Audio();
  unseen.srcObject = new MediaStream();
  unseen.autoplay = true;
  far.ontrack = ({ track }) => unseen.srcObject.addTrack(track);
  for (const track of stream.getTracks()) {
    near.addTrack(track, stream);
    far.addTrack(track, stream);
  }
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  tile(document.querySelector('[data-testid="name"]').value, true, stream);
  tile('echo', false, remote);
  app.dataset.state = 'in-call';
});
