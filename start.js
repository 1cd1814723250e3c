// What `pulumi up` loads (Pulumi.yaml, main). JavaScript, since a Node that does not run TypeScript could not load
// index.ts, and would say `Unknown file extension ".ts"` alone.
import process from "node:process";
import { RunError } from "@pulumi/pulumi";

if (!process.features.typescript) {
  const error = new RunError(
    `This program needs Node 22.18 or newer, which runs TypeScript; this is Node ${process.versions.node}.\n` +
      '    fix: install such a Node, or use the one that npm ci has installed: PATH="$PWD/node_modules/.bin:$PATH" pulumi up',
  );
  // No more than the message is of use.
  error.stack = error.message;
  throw error;
}

const { default: program } = await import("./index.ts");

export default program;
