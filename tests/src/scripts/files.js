// Files whose content is told by a seed and a size, so that whoever has one can be asked whether it is whole.
const [what, ...given] = Array.from(arguments).slice(0, -1);
const done = arguments[arguments.length - 1];
const PIECE = 1024 * 1024;

const base = (() => {
  const words = new Uint32Array(PIECE / 4);
  let state = 88172645;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return words;
})();

// One piece of a content; each has its own number all over.
const piece = (seed, at, length) => {
  const words = base.slice();
  for (let i = 0; i < words.length; i += 256) words[i] = seed * 65537 + at;
  return new Uint8Array(words.buffer, 0, length);
};

const pieces = (size) =>
  Array.from({ length: Math.ceil(size / PIECE) }, (_, at) => [at, Math.min(PIECE, size - at * PIECE)]);

// A small one is in memory, a large one is on the disk, as those are that people pick.
const make = async ({ name, seed, size, type }) => {
  if (size < 32 * PIECE || !navigator.storage?.getDirectory)
    return new File(pieces(size).map(([at, length]) => new Blob([piece(seed, at, length)])), name, { type });
  const handle = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  const target = await handle.createWritable();
  for (const [at, length] of pieces(size)) await target.write(piece(seed, at, length));
  await target.close();
  return handle.getFile();
};

const all = async (files) => {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(await make(file));
  return chosen;
};

const isSame = (one, other) => {
  const [ones, others] = [one, other].map((bytes) => new Uint32Array(bytes.slice(0, bytes.length & ~3).buffer));
  const tail = one.length & ~3;
  return (
    one.length === other.length &&
    ones.every((word, at) => word === others[at]) &&
    one.subarray(tail).every((byte, at) => byte === other[tail + at])
  );
};

const differs = async (blob, seed, size) => {
  if (blob.size !== size) return `it has ${blob.size} bytes`;
  for (const [at, length] of pieces(size)) {
    const found = new Uint8Array(await blob.slice(at * PIECE, at * PIECE + length).arrayBuffer());
    if (!isSame(found, piece(seed, at, length))) return `it differs after ${at * PIECE} bytes`;
  }
  return null;
};

const cards = () =>
  Array.from(document.querySelectorAll('[data-testid="file-offer"]'), (card) => ({
    name: card.querySelector('.file-name').innerText.trim(),
    from: card.dataset.from,
    own: card.dataset.own === 'true',
    private: card.dataset.private === 'true',
    state: card.dataset.state,
    words: card.querySelector('.hint').innerText,
    bytes: Number(card.querySelector('[data-testid="file-progress"]').dataset.bytes),
    takers: Array.from(card.querySelectorAll('.takers li'), (taker) => taker.innerText.replace(/\s+/g, ' ')),
  }));

const actions = {
  // Chooses files as the browser's dialogue does.
  give: async (files) => {
    const field = document.querySelector('[data-testid="file-input"]');
    field.files = (await all(files)).files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  },
  // Drops files onto the page.
  drop: async (files) => {
    const dragged = await all(files);
    for (const name of ['dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: dragged }));
  },
  // Pastes files.
  paste: async (files) => {
    const pasted = await all(files);
    const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
    // Firefox does not take it from the constructor.
    Object.defineProperty(event, 'clipboardData', { value: pasted });
    document.body.dispatchEvent(event);
  },
  cards: () => ({ cards: cards() }),
  // Presses a button of the card of this file.
  press: (name, button) => {
    const card = Array.from(document.querySelectorAll('[data-testid="file-offer"]')).find(
      (card) => card.querySelector('.file-name').innerText.trim() === name,
    );
    const found = card?.querySelector(`[data-testid="${button}"]`);
    found?.click();
    return { pressed: !!found };
  },
  // From now on the channels are counted that the page gives to its Worker.
  count: () => {
    const real = Worker.prototype.postMessage;
    window.visavisGiven = 0;
    Worker.prototype.postMessage = function (message, transfer) {
      const answer = real.call(this, message, transfer);
      if (Array.isArray(transfer)) window.visavisGiven += transfer.filter((one) => one instanceof RTCDataChannel).length;
      return answer;
    };
  },
  // The script of the next Worker is not to be had.
  lose: () => {
    const Real = Worker;
    window.Worker = function (script, options) {
      window.Worker = Real;
      return new Real(`gone-${script}`, options);
    };
  },
  given: () => ({ channels: window.visavisGiven }),
  // What is saved is not written to the disk of the machine, but kept to be looked at.
  catch: () => {
    delete window.showSaveFilePicker;
    delete Window.prototype.showSaveFilePicker;
    const real = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => ((window.visavisSaved = blob), real(blob));
    HTMLAnchorElement.prototype.click = function () {
      window.visavisSavedAs = this.download;
    };
  },
  // Whether what was saved last is the file.
  saved: async (name, seed, size) => {
    if (!window.visavisSaved || window.visavisSavedAs !== name) return { wrong: `saved is ${window.visavisSavedAs}` };
    return { wrong: await differs(window.visavisSaved, seed, size) };
  },
  // Asked for a place for a file, the browser gives this one, which has no more room than the page itself.
  place: () => {
    window.showSaveFilePicker = async () =>
      (await navigator.storage.getDirectory()).getFileHandle('saved', { create: true });
  },
  // Asked for a folder, the browser gives this one, which has these files, from now on.
  choose: async (files) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
    for (const [name, text] of files) {
      const target = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await target.write(text);
      await target.close();
    }
    window.visavisChosen = folder;
    window.showDirectoryPicker = async () => folder;
  },
  // What that folder has.
  chosen: async () => {
    const files = {};
    for await (const [name, file] of window.visavisChosen.entries()) files[name] = await (await file.getFile()).text();
    return { files };
  },
  // From now on the channels that the page makes can be spoken over past it.
  tap: () => {
    const real = RTCPeerConnection.prototype.createDataChannel;
    window.visavisTapped = {};
    RTCPeerConnection.prototype.createDataChannel = function (label, options) {
      return (window.visavisTapped[label] = real.call(this, label, options));
    };
  },
  // Says these over the channel for words about files, as no page of ours would.
  say: (words) => words.forEach((word) => window.visavisTapped.files.send(word)),
  // Sends these over a channel of its own, as blocks of files come: texts, and numbers of bytes.
  stream: async (label, messages) => {
    const peer = window.__recorded.peers.findLast((peer) => peer.connectionState === 'connected');
    const channel = RTCPeerConnection.prototype.createDataChannel.call(peer, label);
    await new Promise((resolve) => (channel.onopen = resolve));
    for (const message of messages) channel.send(typeof message === 'number' ? new Uint8Array(message) : message);
  },
  // Bytes that have gone out over each of the page's connections, in the order in which they were made.
  sent: async () => {
    // Firefox never answers what one was asked that was closed meanwhile: it counts for nothing.
    const asked = (peer) =>
      peer.last ? Promise.race([peer.last, new Promise((resolve) => setTimeout(resolve, 2000, new Map()))]) : peer.getStats();
    const bytes = async (peer) => {
      const stats = [...(await asked(peer)).values()];
      return stats.filter(({ type }) => type === 'candidate-pair').reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    };
    return { bytes: await Promise.all(window.__recorded.peers.map(bytes)) };
  },
  // How many drawers the page's private disk has.
  drawers: async () => {
    const root = await navigator.storage.getDirectory();
    const names = [];
    for await (const name of (await root.getDirectoryHandle('visavis-files', { create: true })).keys()) names.push(name);
    return { names };
  },
};

(async () => actions[what](...given))().then(
  (answer) => done(answer ?? {}),
  (error) => done({ failed: String(error) }),
);
