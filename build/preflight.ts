/** Says so, in one line, when the Node that runs the scripts is too old to run TypeScript unbuilt. */

const [major] = process.versions.node.split('.').map(Number);

if (major! < 24) {
  console.error(
    `Lightbench runs on Node 24 or newer; this is Node ${process.versions.node}. ` +
      'npm installs one for Linux and Windows on x64 and Linux on arm64; elsewhere install Node 24 yourself.',
  );
  process.exit(1);
}
