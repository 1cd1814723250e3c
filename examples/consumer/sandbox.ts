import * as automation from "@pulumi/pulumi/automation/index.js";
import path from "node:path";
import { connectionEnvironment, readConnection, SANDBOX_STACK } from "../../sandbox/connection.ts";
import { layoutOf, repositoryRoot } from "../../sandbox/layout.ts";

/** Deploys the example on the local platform, beside the stack that `npm start` deployed; `destroy` removes it again. */
const root = path.resolve(process.env["SANDBOX_ROOT"] ?? layoutOf(path.join(repositoryRoot, ".sandbox")).root);
const connection = await readConnection(root);

const stack = await automation.LocalWorkspace.createOrSelectStack(
  {
    stackName: SANDBOX_STACK,
    projectName: "model-server",
    program: async () => (await import("./model-server.ts")).deployModelServer(),
  },
  {
    secretsProvider: "passphrase",
    pulumiCommand: await automation.PulumiCommand.get({ root }),
    envVars: connectionEnvironment(connection),
  },
);
await stack.setAllConfig({
  secretsStack: { value: `organization/multicloud-secrets/${SANDBOX_STACK}` },
  kubeconfig: { value: connection.kubeconfig },
});
const print = (text: string) => process.stdout.write(text);
if (process.argv[2] === "destroy") await stack.destroy({ onOutput: print, remove: true });
else await stack.up({ onOutput: print });
