// What axe-core, which is here already, finds on the page: each rule that is broken, and where. A colour that is on its way
// to another, as all are that have a transition when the page turns from dark to light, is nobody's: it arrives first.
const done = arguments[arguments.length - 1];
const changes = document.getAnimations().filter((running) => running instanceof CSSTransition);
Promise.allSettled(changes.map((change) => change.finished)).then(() => axe.run({ resultTypes: ['violations'] })).then(
  ({ violations }) =>
    done({
      findings: violations.map(({ id, impact, help, nodes }) => ({
        rule: id,
        impact,
        help,
        places: nodes.map((node) => node.target.join(' ')),
      })),
    }),
  (failed) => done({ failed: String(failed) }),
);
