import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { connectionEnvironment, type Connection } from "../../../sandbox/connection.ts";
import { reachClouds } from "../../../sandbox/engine/clouds.ts";
import { openStack } from "../../../sandbox/engine/stack.ts";
import { hasCode } from "../../../sandbox/support/errors.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { execa } from "execa";
import { customerKeyArn } from "../support/clouds/stack.ts";
import { connection } from "../support/platform.ts";
import { clusterKeys, type KeptEnvironment } from "./environments.ts";
import { platformTexts, type PlatformTexts } from "./placeholders.ts";

/** Opens the values of the kept states, which belonged to platforms that are gone. */
const passphrase = "kept-state";

/** A stack of a kept environment, and what its state has of this platform. */
export interface KeptStack {
  readonly stack: Stack;
  readonly texts: PlatformTexts;
  /** The state as Pulumi stores it, with ciphertexts: the Automation API exports with `--show-secrets`. */
  readonly exportEncrypted: () => Promise<string>;
}

/**
 * Opens the stack on the test platform. Project, state and passphrase are its own, in a folder of its own: it may have
 * the name of another test's stack.
 */
export async function openKept(kept: KeptEnvironment, folder: string): Promise<KeptStack> {
  const platform = connection();
  if (platform.clouds !== undefined) reachClouds(platform.clouds);
  const own = await ownConnection(platform, folder);
  const stack = await openStack({
    connection: own,
    stack: kept.stack,
    facts: await kept.facts(),
    demo: kept.catalogue === undefined,
    program: {
      policies: { ...environments, [kept.stack]: sandbox },
      ...(kept.catalogue === undefined ? {} : { catalogue: kept.catalogue }),
    },
  });
  const jwks = await clusterKeys();
  const texts = platformTexts(platform, kept.clouds ? { jwks, customerKey: await customerKeyArn() } : { jwks });
  return {
    stack,
    texts,
    exportEncrypted: async () => {
      const { stdout } = await execa(own.binaries.pulumi, ["stack", "export", "--stack", kept.stack], {
        cwd: stack.workspace.workDir,
        env: connectionEnvironment(own),
      });
      return stdout;
    },
  };
}

async function ownConnection(platform: Connection, folder: string): Promise<Connection> {
  const state = path.join(folder, "state");
  await mkdir(state, { recursive: true });
  await symlink(path.join(platform.root, "bin"), path.join(folder, "bin")).catch((error: unknown) => {
    if (!hasCode(error, "EEXIST")) throw error;
  });
  return { ...platform, root: folder, pulumiBackendUrl: `file://${state}`, pulumiPassphrase: passphrase };
}
