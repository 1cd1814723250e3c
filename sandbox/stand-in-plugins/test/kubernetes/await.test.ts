import assert from "node:assert/strict";
import { untilReady, type WaitOptions } from "../../kubernetes/await/await.ts";
import { waitFor } from "../../kubernetes/await/readiness.ts";
import { SILENT } from "../../support/engine.ts";
import type { Log } from "../../support/provider.ts";
import type { JsonMap } from "../../support/values.ts";

describe("waiting for a Kubernetes object", () => {
  const made: JsonMap = { metadata: { resourceVersion: "1" } };
  const ready: JsonMap = { ...made, status: { conditions: [{ type: "Ready", status: "True" }] } };

  it("says as passing statuses how far it is, with their severity, and clears them", async () => {
    const said: unknown[] = [];
    const log: Log = { ...SILENT, status: (...line) => void said.push(line) };
    // eslint-disable-next-line @typescript-eslint/require-await -- a watch is asynchronous
    async function* watch() {
      yield { type: "MODIFIED", object: { ...made, status: { conditions: [] } } };
      yield { type: "MODIFIED", object: ready };
    }
    const options = {
      objects: { watch },
      identity: { apiVersion: "v1", kind: "Thing", name: "a" },
      timeoutSeconds: 5,
      log,
      signal: new AbortController().signal,
    } as unknown as WaitOptions;
    assert.equal(await untilReady(made, { check: waitFor("condition=Ready"), custom: true }, options), ready);
    assert.deepEqual(said, [
      ["Has no .status.conditions", "warning"],
      ["[Pulumi] Waiting for condition Ready=True"],
      [""],
    ]);
  });
});
