// What each open peer connection has received, over all its tracks.
const done = arguments[arguments.length - 1];

// Firefox never gives the statistics of a connection that is closed meanwhile.
const statistics = async peer => {
  let over = false;
  const closed = new Promise(resolve => {
    const look = () => {
      if (peer.connectionState === 'closed') resolve(new Map());
      else if (!over) setTimeout(look, 100);
    };
    look();
  });
  try {
    return await Promise.race([peer.getStats(), closed]);
  } finally {
    over = true;
  }
};

const links = async () => {
  if (!window.__recorded) throw new Error('the page has no instruments');
  const open = [...window.__recorded.peers.entries()].filter(([, peer]) => peer.connectionState !== 'closed');
  return Promise.all(open.map(async ([index, peer]) => {
    const link = { index, state: peer.connectionState, frames: 0, energy: 0, samples: 0, concealed: 0 };
    (await statistics(peer)).forEach(entry => {
      if (entry.type !== 'inbound-rtp') return;
      link.frames += entry.framesDecoded || 0;
      link.energy += entry.totalAudioEnergy || 0;
      link.samples += entry.totalSamplesReceived || 0;
      link.concealed += entry.concealedSamples || 0;
    });
    return link;
  }));
};
links().then(links => done({ links }), reason => done({ failed: String(reason) }));
