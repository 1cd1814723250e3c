import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { fixed } from "../../../operations/doctor/fix.ts";
import { restartWorkload, syncExternalSecret } from "../../../operations/doctor/kubernetes.ts";
import type { Report } from "../../../operations/doctor/report.ts";
import { diagnose, the, type World } from "./scene.ts";

const gone = (world: World) => (world.objects.Secret = []);

describe("what the doctor puts right itself", () => {
  /** Runs it on a report, with these found by later looks. */
  async function run(report: Report, later: readonly Report[], refused?: string) {
    const notes: string[] = [];
    const synced: unknown[] = [];
    const left = [...later];
    const result = await fixed(report, {
      look: () => Promise.resolve(left.shift() ?? report),
      sync: (what) => {
        synced.push(what);
        return Promise.resolve(refused === undefined ? {} : { refused });
      },
      restart: () => Promise.reject(new Error("nothing is to be restarted")),
      confirm: () => Promise.resolve(undefined),
      note: (line) => notes.push(line),
      pause: 0,
    });
    return { result, notes, synced, looks: later.length - left.length };
  }

  it("is a Secret that the operator can write again: it says so, asks, and looks until that is done", async () => {
    const [broken, sound] = [await diagnose(gone), await diagnose()];
    const { result, notes, synced, looks } = await run(broken, [broken, sound, broken]);
    assert.deepEqual(synced, [{ cluster: "main", namespace: "shop", externalSecret: "shop-db" }]);
    assert.deepEqual(notes, [
      "ExternalSecret shop/shop-db in cluster main: the operator is asked to read the store again",
    ]);
    assert.equal(result, sound);
    assert.equal(looks, 2);
  });

  it("ends where that does not help, with what is found then", async () => {
    const broken = await diagnose(gone);
    const { result, notes } = await run(broken, [], "forbidden");
    assert.equal(result.problems.length, 1);
    assert.equal(notes[1], "ExternalSecret shop/shop-db in cluster main: it could not be asked: forbidden");
  });

  const others: Readonly<Record<string, (world: World) => void>> = {
    "a broken link before it": (world) => {
      gone(world);
      world.objects.SecretStore = [];
    },
    "a workload": (world) => (the(world, "Secret").writtenAt = "2026-03-01T11:59:00Z"),
    "what a known cause explains": (world) =>
      (the(world, "ExternalSecret").status = {
        conditions: [{ type: "Ready", status: "False", reason: "x", message: "permission denied" }],
      }),
  };
  for (const [what, change] of Object.entries(others)) {
    it(`is not ${what}`, async () => {
      const report = await diagnose(change);
      assert.ok(report.problems.length > 0);
      const { result, synced, looks } = await run(report, [report]);
      assert.deepEqual([synced, looks], [[], 0]);
      assert.equal(result, report);
    });
  }

  describe("of a workload that holds an earlier value", () => {
    const stale = (world: World) => (the(world, "Secret").writtenAt = "2026-03-01T11:59:00Z");
    const subject = "deployment/api in namespace shop of cluster main";
    const decided = async (answer: boolean | undefined, later: readonly Report[] = [], change = stale) => {
      const [notes, questions, restarts, left]: [string[], string[], unknown[], Report[]] = [[], [], [], [...later]];
      const report = await diagnose(change);
      const result = await fixed(report, {
        look: () => Promise.resolve(left.shift() ?? report),
        sync: () => Promise.resolve({}),
        restart: (what) => {
          restarts.push(what);
          return Promise.resolve({});
        },
        confirm: (question) => {
          questions.push(question);
          return Promise.resolve(answer);
        },
        note: (line) => notes.push(line),
        pause: 0,
      });
      return { result, report, notes, questions, restarts };
    };

    it("is its restart, once somebody agreed, until its Pods are new", async () => {
      const sound = await diagnose();
      const { result, notes, questions, restarts } = await decided(true, [await diagnose(stale), sound]);
      assert.deepEqual(questions, [`${subject} may have an earlier value. Restart it, Pod after Pod?`]);
      assert.deepEqual(restarts, [{ cluster: "main", namespace: "shop", workload: "deployment/api" }]);
      assert.deepEqual(notes, [`${subject}: it is being restarted`]);
      assert.equal(result, sound);
    });

    it("is nothing where somebody says no, or nobody can be asked", async () => {
      const refused = await decided(false);
      assert.deepEqual([refused.restarts, refused.notes, refused.result], [[], [], refused.report]);
      const alone = await decided(undefined);
      assert.deepEqual([alone.restarts, alone.result], [[], alone.report]);
      assert.deepEqual(alone.notes, [`${subject}: not restarted, since nobody can be asked here`]);
    });

    it("is nothing while the Secret itself is broken", async () => {
      const { questions } = await decided(true, [], (world) => {
        stale(world);
        world.objects.SecretStore = [];
        return "";
      });
      assert.deepEqual(questions, []);
    });
  });

  it("is asked of the cluster by annotations, and nothing else", async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const { method = "", url = "", headers } = request;
        if (method !== "GET") asked.push([method, url, headers["content-type"], JSON.parse(body)]);
        response.setHeader("content-type", "application/json");
        response.end(
          JSON.stringify({
            kind: "APIResourceList",
            groupVersion: url.replace(/^\/apis\//, ""),
            resources: [
              { name: "externalsecrets", kind: "ExternalSecret", namespaced: true, verbs: [] },
              { name: "deployments", kind: "Deployment", namespaced: true, verbs: [] },
            ],
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const folder = await mkdtemp(path.join(tmpdir(), "fix-"));
    const kubeconfig = path.join(folder, "kubeconfig");
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const config = {
        "current-context": "c",
        clusters: [{ name: "c", cluster: { server: address, "insecure-skip-tls-verify": true } }],
        users: [{ name: "u", user: {} }],
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      };
      await writeFile(kubeconfig, stringify(config));
      const now = new Date(1_700_000_000_000);
      assert.deepEqual(await syncExternalSecret({ kubeconfig }, { namespace: "shop", name: "shop-db" }, now), {});
      assert.deepEqual(asked, [
        [
          "PATCH",
          "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets/shop-db",
          "application/merge-patch+json",
          { metadata: { annotations: { "sync-now": "1700000000000" } } },
        ],
      ]);
      const workload = { namespace: "shop", workload: "deployment/api" };
      assert.deepEqual(await restartWorkload({ kubeconfig }, workload, now), {});
      const annotations = { "kubectl.kubernetes.io/restartedAt": "2023-11-14T22:13:20.000Z" };
      assert.deepEqual(asked.slice(1), [
        [
          "PATCH",
          "/apis/apps/v1/namespaces/shop/deployments/api",
          "application/merge-patch+json",
          { spec: { template: { metadata: { annotations } } } },
        ],
      ]);
      assert.deepEqual(await restartWorkload({ kubeconfig }, { namespace: "shop", workload: "pod/api" }, now), {
        refused: "pod/api is not restarted by its template",
      });
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}
