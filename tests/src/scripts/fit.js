// What does not fit on the page: what is wider than it, and words that are cut.
const problems = [];
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) problems.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
const told = (element) => `${element.tagName.toLowerCase()} ${JSON.stringify((element.textContent || element.value || '').trim().slice(0, 60))}`;
const brush = document.createElement('canvas').getContext('2d');
const width = (element, words) => {
  const style = getComputedStyle(element);
  brush.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return brush.measureText(words).width + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
};
for (const element of document.querySelectorAll('button, summary, a, h1, h2, h3, label, p, select, input, textarea, .plate .name')) {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || element.closest('.visually-hidden, #boot')) continue;
  if (!element.checkVisibility({ visibilityProperty: true })) continue;
  if (box.left < -1 || box.right > innerWidth + 1) problems.push(`${told(element)} is beside the page`);
  if (element.matches('.name') && element.scrollWidth > element.clientWidth + 1) problems.push(`${told(element)} is cut`);
  if (element.placeholder && width(element, element.placeholder) > element.clientWidth + 1)
    problems.push(`${JSON.stringify(element.placeholder)} has no room in its field`);
  if (element.matches('.settings select') && width(element, element.selectedOptions[0].label) > element.clientWidth + 1)
    problems.push(`${JSON.stringify(element.selectedOptions[0].label)} has no room in its menu`);
  if (!element.matches('button, summary, a, h1, h2, h3')) continue;
  const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    if (words.currentNode.parentElement.closest('.count, .badge')) continue;
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    for (const line of range.getClientRects()) {
      // Fonts reach above and below their lines, some of them far.
      const middle = (line.top + line.bottom) / 2;
      if (line.left < box.left - 1 || line.right > box.right + 1 || middle < box.top || middle > box.bottom)
        problems.push(`${told(element)} does not hold its words`);
    }
  }
}
return problems;
