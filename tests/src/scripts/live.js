// What floats over the stage for a moment: `watch` notes it from now on, `reactions` and `pointers` tell of it, `point` presses
// on a screen.
const [act, ...values] = arguments;
const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
const picture = (video) => {
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
};
const screen = () => document.querySelector('[data-testid="screen"] video');
const acts = {
  watch() {
    const seen = (window.__reactions = []);
    new MutationObserver((records) => {
      for (const element of records.flatMap((record) => [...record.addedNodes])) {
        if (element.dataset?.testid !== 'reaction' || element.localName === 'button') continue;
        const [x] = middle(element.getBoundingClientRect());
        const tile = [...document.querySelectorAll('[data-testid="tile"]')].find((tile) => {
          const box = tile.getBoundingClientRect();
          return box.left <= x && x <= box.right && tile.dataset.name === (element.querySelector('bdi').textContent || tile.dataset.name);
        });
        seen.push([element.firstChild.textContent, tile?.dataset.name ?? '']);
      }
    }).observe(document.body, { childList: true, subtree: true });
    return true;
  },
  reactions: () => window.__reactions,
  pointers: () =>
    [...document.querySelectorAll('[data-testid="pointer"]')].map((pointer) => {
      const [place, [x, y]] = [picture(screen()), middle(pointer.getBoundingClientRect())];
      return [pointer.innerText.trim(), Math.round(((x - place.left) / place.width) * 100), Math.round(((y - place.top) / place.height) * 100)];
    }),
  point(event, x, y) {
    const place = picture(screen());
    const at = { clientX: place.left + place.width * x, clientY: place.top + place.height * y };
    screen().dispatchEvent(new PointerEvent(event, { ...at, buttons: event === 'pointerup' ? 0 : 1, bubbles: true }));
    return true;
  },
};
return acts[act](...values);
