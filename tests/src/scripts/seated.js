// What is wrong with where things are on the stage: nothing scrolls, nobody is beyond the edge or under somebody else, names
// stand on their tiles, and the controls cover no face of several.
const problems = [];
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) problems.push('the page scrolls');
const place = (element) => {
  const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
  return { left, top, right, bottom, width, height, told: `${element.dataset.testid ?? element.className} of ${element.dataset.name ?? ''}` };
};
const within = (one, other, room) =>
  one.left >= other.left - room && one.top >= other.top - room && one.right <= other.right + room && one.bottom <= other.bottom + room;
const meet = (one, other) =>
  one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1;
const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
const all = [...document.querySelectorAll('[data-testid=tile], [data-testid=screen]')].filter((one) => one.checkVisibility());
const seated = all.filter((one) => !one.dataset.corner);
for (const one of all) {
  const here = place(one);
  if (!here.width || !here.height) problems.push(`${here.told} has no room`);
  if (!within(here, screen, 1)) problems.push(`${here.told} is beyond the edge`);
  const plate = one.querySelector('.plate');
  if (plate.checkVisibility() && !within(place(plate), here, 1)) problems.push(`the name of ${here.told} is beside its tile`);
}
seated.forEach((one, at) => {
  for (const other of seated.slice(at + 1))
    if (meet(place(one), place(other))) problems.push(`${place(one).told} is under ${place(other).told}`);
});
const layout = document.querySelector('main')?.dataset.layout;
const controls = document.querySelector('.controls');
if (controls && layout !== 'alone' && seated.length > 1 && !layout.startsWith('screen'))
  for (const one of seated) if (meet(place(one), place(controls))) problems.push(`${place(one).told} is under the controls`);
return problems;
