// Presses each of the named buttons `times` times in a mixed order, with short pauses of different length, and after
// every few presses restarts ICE on all open peer connections. `seed` is a positive number.
const [names, times, seed, done] = arguments;
const PRESSES_PER_RESTART = 10;
const storm = async () => {
  const presses = names.flatMap(name => Array(times).fill(name));
  let state = seed * 7919;
  const next = () => { state = (state * 48271) % 2147483647; return state; };
  for (let last = presses.length - 1; last > 0; last -= 1) {
    const other = next() % (last + 1);
    [presses[last], presses[other]] = [presses[other], presses[last]];
  }
  let restarts = 0;
  for (const [number, name] of presses.entries()) {
    const button = document.querySelector(`[data-testid="${name}"]`);
    if (!button) throw new Error(`${name} is gone`);
    button.click();
    if (number % PRESSES_PER_RESTART === 0) {
      for (const peer of window.__recorded.peers) {
        if (peer.connectionState === 'closed') continue;
        peer.restartIce();
        restarts += 1;
      }
    }
    await new Promise(resolve => setTimeout(resolve, next() % 40));
  }
  return restarts;
};
storm().then(restarts => done({ restarts }), reason => done({ failed: String(reason) }));
