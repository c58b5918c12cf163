#!/usr/bin/env node
// Nothing is imported before Node is known to be new enough: an old one could not even read the rest.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`operatorkit-apiserver: this is Node ${process.versions.node}; it needs Node 22.19 or newer\n`);
  process.exitCode = 1;
} else {
  void import("./cli/run-cli.ts")
    .then(({ runCli }) => runCli(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, signals: process }))
    .then((code) => {
      process.exitCode = code;
    });
}

export {};
