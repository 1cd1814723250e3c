import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import path from "node:path";
import { promisify } from "node:util";

const main = pathToFileURL(path.join(import.meta.dirname, "..", "..", "kubernetes", "main.ts")).href;
const config = "/@kubernetes/client-node/dist/config.js";
const models = "/@kubernetes/client-node/dist/gen/models/";

/** Starts the plugin in a process of its own, and prints what it has loaded of the client library. */
const child = `
import { registerHooks } from "node:module";
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
await import(${JSON.stringify(main)});
const { parseConfig } = await import(new URL("./config.ts", ${JSON.stringify(main)}).href);
const kubeconfig = JSON.stringify({
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  "current-context": "x",
});
const options = {};
await parseConfig({ kubeconfig }).kubeConfig.applyToHTTPSOptions(options);
const found = {
  config: loaded.filter((url) => url.endsWith(${JSON.stringify(config)})).length,
  models: loaded.filter((url) => url.includes(${JSON.stringify(models)})).length,
  authorization: options.headers.Authorization,
};
process.stderr.write(JSON.stringify(found), () => process.exit());
`;

describe("plugin of Kubernetes as a process", () => {
  it("reads a kubeconfig without the client's models of all kinds, which would be most of its memory", async () => {
    const args = ["--no-warnings", "--input-type=module", "--eval", child];
    const { stderr } = await promisify(execFile)(process.execPath, args);
    assert.deepEqual(JSON.parse(stderr), { config: 1, models: 0, authorization: "Bearer t" });
  }).timeout(120_000);
});
