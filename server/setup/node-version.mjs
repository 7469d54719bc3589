// Imported first and for its effect, and readable by an old Node: nothing else of the set-up runs on a Node that is too old.
const wanted = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  console.error(
    `需要 Node.js ${wanted.join('.')} 或更高版本，当前为 ${process.versions.node}。请从 https://nodejs.org 安装。`,
  );
  console.error(
    `Node.js ${wanted.join('.')} or newer is needed; this is ${process.versions.node}. Install it from https://nodejs.org.`,
  );
  process.exit(1);
}
