// Presses each of the named buttons `times` times, in a mixed order, with short pauses of different length.
const [names, times, done] = arguments;
const press = async () => {
  const presses = names.flatMap(name => Array(times).fill(name));
  let state = times * 7919;
  const next = () => { state = (state * 48271) % 2147483647; return state; };
  for (let last = presses.length - 1; last > 0; last -= 1) {
    const other = next() % (last + 1);
    [presses[last], presses[other]] = [presses[other], presses[last]];
  }
  for (const name of presses) {
    const button = document.querySelector(`[data-testid="${name}"]`);
    if (!button) throw new Error(`${name} is gone`);
    button.click();
    await new Promise(resolve => setTimeout(resolve, next() % 40));
  }
};
press().then(() => done({}), reason => done({ failed: String(reason) }));
