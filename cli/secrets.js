#!/usr/bin/env -S node --no-warnings
// `npx secrets` runs this. JavaScript, since a Node that does not run TypeScript could not load the rest, and would say
// `Unknown file extension ".ts"` alone. npx puts the Node of this project's packages first in PATH.
import process from "node:process";

if (process.features.typescript) {
  const { main } = await import("./program.ts");
  await main(process.argv);
} else {
  process.stderr.write(
    `secrets needs Node 22.18 or newer, which runs TypeScript; this is Node ${process.versions.node}.\n` +
      "    fix: run it as npx secrets, in the folder in which npm ci was run\n",
  );
  process.exitCode = 2;
}
