// One end of a file's way to another browser, told step by step what to do. Three ways need no product around them and
// are remade here from what is publicly known of them: a bare loop, MiroTalk's and PairDrop's. The fourth is the page's own.
// What lasts long goes on in the page and is measured there; the step `outcome` hears of it without asking often.
const [step, given, done] = arguments;
const state = window.__loops ??= {};

const KIB = 1024;
const BARE_PIECE = 64 * KIB;
const BARE_SLICE = 1024 * KIB;
const HIGH_WATER = 1024 * KIB;
const LOW_WATER = 256 * KIB;
const PATIENCE = 10_000;

const named = name => document.querySelector(`[data-testid="${name}"]`);

const chosen = () => state.field.files[0];

const heard = (target, event) => new Promise(resolve => target.addEventListener(event, resolve, { once: true }));

// Until this holds, looked at whenever one of these events comes.
const until = async (holds, target, event) => {
  while (!holds()) await heard(target, event);
};

// ---- How the giving side sends.

// Sends piece after piece, and pauses while too much waits in the channel.
const flood = pieces => async channel => {
  channel.bufferedAmountLowThreshold = LOW_WATER;
  for await (const piece of pieces()) {
    if (channel.bufferedAmount > HIGH_WATER) {
      await until(() => channel.bufferedAmount <= LOW_WATER, channel, 'bufferedamountlow');
    }
    channel.send(piece);
  }
};

const fromMemory = function* fromMemory() {
  const piece = crypto.getRandomValues(new Uint8Array(BARE_PIECE));
  const { size } = chosen();
  for (let at = 0; at < size; at += BARE_PIECE) yield piece.subarray(0, size - at);
};

// Reads one slice ahead.
const fromFile = async function* fromFile() {
  const file = chosen();
  const read = at => file.slice(at, at + BARE_SLICE).arrayBuffer();
  let ahead = read(0);
  for (let at = 0; at < file.size; at += BARE_SLICE) {
    const slice = new Uint8Array(await ahead);
    ahead = read(at + BARE_SLICE);
    for (let from = 0; from < slice.length; from += BARE_PIECE) yield slice.subarray(from, from + BARE_PIECE);
  }
};

// Reads a chunk, sends it, reads the next one. After a partition the other side has to say that it has arrived.
const inTurn = ({ chunk, partition = Infinity }) => channel => new Promise((resolve, reject) => {
  const file = chosen();
  const reader = new FileReader();
  let at = 0;
  let inPartition = 0;
  const read = () => reader.readAsArrayBuffer(file.slice(at, at + chunk));
  reader.onerror = () => reject(reader.error);
  reader.onload = ({ target: { result } }) => {
    try {
      channel.send(result);
      at += result.byteLength;
      inPartition += result.byteLength;
      if (at === file.size) {
        resolve();
      } else if (inPartition < partition) {
        read();
      } else {
        inPartition = 0;
        channel.send('partition');
      }
    } catch (error) {
      reject(error);
    }
  };
  channel.onmessage = read;
  read();
});

const givers = {
  'bare-memory': flood(fromMemory),
  bare: flood(fromFile),
  mirotalk: inTurn({ chunk: KIB }),
  pairdrop: inTurn({ chunk: 64_000, partition: 1_000_000 }),
};

// ---- How the taking side receives: `chunks` are kept for a blob at the end, or there are none and bytes are counted.

const receive = (channel, size, chunks) => new Promise((resolve, reject) => {
  let bytes = 0;
  const start = performance.now();
  channel.onclose = () => reject(new Error(`the channel closed after ${bytes} of ${size} bytes`));
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string') {
      channel.send('partition-received');
      return;
    }
    bytes += data.byteLength;
    chunks?.push(data);
    if (bytes < size) return;
    if (chunks) state.blob = new Blob(chunks);
    resolve({ bytes, ms: performance.now() - start, stages: [] });
  };
  channel.send('go');
});

// ---- How the page itself does, from the click on its button.

const END_STATES = ['declined', 'ended'];

const receiveByPage = () => new Promise((resolve, reject) => {
  const stages = [];
  const start = performance.now();
  const look = () => {
    const card = named('file-progress');
    const now = card?.dataset.state;
    if (now && now !== stages.at(-1)?.[0]) stages.push([now, performance.now() - start]);
    if (now === 'done') {
      observer.disconnect();
      resolve({ bytes: Number(card.dataset.bytes), ms: performance.now() - start, stages });
    } else if (END_STATES.includes(now)) {
      observer.disconnect();
      reject(new Error(`the transfer is ${now} after ${card.dataset.bytes} bytes`));
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-state'] });
  named('file-accept').click();
  look();
});

// ---- The steps.

const complete = peer => until(() => peer.iceGatheringState === 'complete', peer, 'icegatheringstatechange');

const begin = work => {
  state.outcome = work.then(value => ({ value: value ?? {} }), reason => ({ reason: String(reason) }));
};

const steps = {
  // A field to choose a file with.
  ask() {
    state.field?.remove();
    state.field = Object.assign(document.createElement('input'), { type: 'file', hidden: true });
    state.field.dataset.testid = 'loops-file';
    document.body.append(state.field);
  },
  open() {
    state.peer = new RTCPeerConnection();
    state.channel = state.peer.createDataChannel('file', { negotiated: true, id: 1 });
    state.channel.binaryType = 'arraybuffer';
  },
  async offer() {
    await state.peer.setLocalDescription();
    await complete(state.peer);
    return state.peer.localDescription.sdp;
  },
  async answer(sdp) {
    await state.peer.setRemoteDescription({ type: 'offer', sdp });
    await state.peer.setLocalDescription();
    await complete(state.peer);
    return state.peer.localDescription.sdp;
  },
  async accept(sdp) {
    await state.peer.setRemoteDescription({ type: 'answer', sdp });
  },
  async opened() {
    await until(() => state.channel.readyState === 'open', state.channel, 'open');
  },
  // Sends as soon as the other side wants it.
  give(name) {
    const { channel } = state;
    begin(new Promise((resolve, reject) => {
      channel.onmessage = () => givers[name](channel).then(resolve, reason => {
        reject(reason);
        channel.close();
      });
    }));
  },
  take({ bytes, name }) {
    begin(receive(state.channel, bytes, name.startsWith('bare') ? null : []));
  },
  // What became of it, or nothing if it goes on.
  outcome: () => Promise.race([state.outcome, new Promise(resolve => setTimeout(resolve, PATIENCE, null))]),
  close() {
    state.peer.close();
    for (const name of ['peer', 'channel', 'blob', 'outcome']) delete state[name];
  },
  takeByPage() {
    begin(receiveByPage());
  },
};
Promise.resolve(given).then(steps[step]).then(value => done({ value: value ?? null }), reason => done({ failed: String(reason) }));
