// Waits until fonts are there, short animations have ended and the result is painted.
const done = arguments[arguments.length - 1];
const rest = async () => {
  await document.fonts.ready;
  const moving = document.getAnimations().filter(animation => {
    const { endTime } = animation.effect ? animation.effect.getComputedTiming() : {};
    return animation.playState === 'running' && endTime < 2000;
  });
  await Promise.allSettled(moving.map(animation => animation.finished));
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
};
rest().then(() => done({}), reason => done({ failed: String(reason) }));
