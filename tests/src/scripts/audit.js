// What axe-core, which is here already, finds on the page: each rule that is broken, and where.
const done = arguments[arguments.length - 1];
axe.run({ resultTypes: ['violations'] }).then(
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
