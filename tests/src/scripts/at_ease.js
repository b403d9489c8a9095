// Whether a made-up page is there, its stage is shared out, and nothing moves but what never stops.
if (!document.querySelector('.app') || document.fonts.status !== 'loaded') return false;
const tiles = [...document.querySelectorAll('[data-testid=tile]:not([hidden], [data-corner])')];
if (tiles.some((tile) => !tile.style.width || tile.style.width === '0px')) return false;
return document.getAnimations().every((one) => one.effect.getTiming().iterations === Infinity || one.playState !== 'running');
