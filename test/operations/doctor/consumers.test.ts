import assert from "node:assert/strict";
import { diagnose, fromSecret, minutesAgo, the, told, type World } from "./scene.ts";

const started = (minutes: number) => ({
  phase: "Running",
  containerStatuses: [{ name: "api", state: { running: { startedAt: minutesAgo(minutes) } } }],
});

/** What is wrong with what uses the Secret, and what the doctor says. */
const symptoms: Readonly<Record<string, readonly [change: (world: World) => void, ...said: readonly string[]]>> = {
  "a Secret of nearly the same name": [
    (world) => (the(world, "Pod").spec = { containers: [{ env: [fromSecret("DB", "shop-dbs", "password")] }] }),
    "consumers first: shop deployment/api uses Secret shop-dbs, which namespace shop does not have\nfix: name shop-db there instead",
  ],
  "a key that the Secret does not have, once for template and Pods": [
    (world) => {
      const spec = { containers: [{ env: [fromSecret("DB", "shop-db", "passwrd")] }] };
      the(world, "Pod").spec = spec;
      the(world, "Deployment", "api").spec = { template: { spec } };
    },
    "consumers first: shop deployment/api asks Secret shop-db for key passwrd, which it does not have (its keys: password, username)\nfix: name key password there instead",
  ],
  "a key of a volume": [
    (world) =>
      (the(world, "Pod").spec = {
        containers: [],
        volumes: [{ name: "db", secret: { secretName: "shop-db", items: [{ key: "uri" }] } }],
      }),
    "consumers first: shop deployment/api asks Secret shop-db for key uri, which it does not have (its keys: password, username)\nfix: name one of these keys there, or deliver another in the catalogue",
  ],
  "a Pod that does not start": [
    (world) => {
      world.objects.Secret = [];
      the(world, "Pod").status = {
        phase: "Pending",
        containerStatuses: [
          {
            name: "api",
            state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "shop-db" not found' } },
          },
        ],
      };
      world.events["Pod/api-5d4f-x1"] = [
        { type: "Warning", message: 'MountVolume.SetUp failed for volume "db" : secret "shop-db" not found' },
        { type: "Warning", message: "Back-off restarting failed container" },
      ];
    },
    "secret first: Secret shop/shop-db does not exist\nfix: kubectl -n shop annotate externalsecret shop-db sync-now=$(date +%s) --overwrite",
    'consumers broken: shop deployment/api does not start: secret "shop-db" not found\nPod api-5d4f-x1: MountVolume.SetUp failed for volume "db" : secret "shop-db" not found\nfix: put right what is said of its Secret; the Pod starts by itself then',
  ],
  "a volume that waits for a key": [
    (world) => {
      const items = [{ key: "password" }];
      the(world, "Pod").spec = { containers: [], volumes: [{ name: "db", secret: { secretName: "shop-db", items } }] };
      the(world, "Pod").status = { phase: "Pending" };
      const message = 'MountVolume.SetUp failed for volume "db" : references non-existent secret key: password';
      world.events["Pod/api-5d4f-x1"] = [{ type: "Warning", message }];
    },
    'consumers first: shop deployment/api does not start: MountVolume.SetUp failed for volume "db" : references non-existent secret key: password\nfix: put right what is said of its Secret; the Pod starts by itself then',
  ],
  "a Pod that started before the value changed": [
    (world) => (the(world, "Pod").status = started(90)),
    "consumers warning: shop deployment/api may have an earlier value of Secret shop-db: it reads it into its environment when it starts\nPod api-5d4f-x1 started at 2026-03-01T10:30:00Z; the Secret was last written at 2026-03-01T11:00:00Z\nfix: kubectl -n shop rollout restart deployment/api",
  ],
  "a running Job, which is not restarted by its template": [
    (world) => {
      the(world, "Pod").metadata = {
        name: "backup-7-x1",
        namespace: "shop",
        ownerReferences: [{ kind: "Job", name: "backup-7", controller: true }],
      };
      the(world, "Pod").status = started(90);
    },
    "consumers warning: shop job/backup-7 may have an earlier value of Secret shop-db: it reads it into its environment when it starts\nPod backup-7-x1 started at 2026-03-01T10:30:00Z; the Secret was last written at 2026-03-01T11:00:00Z\nfix: kubectl -n shop delete pod/backup-7-x1 (job/backup-7 makes another one)",
  ],
  "a file that is mounted by subPath": [
    (world) => {
      const pod = the(world, "Pod");
      pod.metadata = { name: "api", namespace: "shop" };
      pod.spec = {
        containers: [{ volumeMounts: [{ name: "db", mountPath: "/run/password", subPath: "password" }] }],
        volumes: [{ name: "db", secret: { secretName: "shop-db" } }],
      };
      pod.status = started(90);
    },
    "consumers warning: shop pod/api may have an earlier value of Secret shop-db: it mounts it by subPath, which does not follow a change\nPod api started at 2026-03-01T10:30:00Z; the Secret was last written at 2026-03-01T11:00:00Z\nfix: kubectl -n shop delete pod/api (nothing makes it again by itself)",
  ],
};

/** What is no fault of what uses the Secret. */
const innocent: Readonly<Record<string, (world: World) => void>> = {
  "a mounted folder, which follows the Secret": (world) => {
    the(world, "Pod").status = started(90);
    the(world, "Pod").spec = {
      containers: [{ volumeMounts: [{ name: "db", mountPath: "/run/db" }] }],
      volumes: [{ name: "db", projected: { sources: [{ secret: { name: "shop-db" } }] } }],
    };
  },
  "a Pod that has ended": (world) => {
    the(world, "Pod").status = { ...started(90), phase: "Succeeded" };
  },
  "a Secret of nearly the same name that is there": (world) => {
    the(world, "Pod").spec = { containers: [{ env: [fromSecret("DB", "shop-dbs", "password")] }] };
    world.objects.Secret?.push({
      metadata: { name: "shop-dbs", namespace: "shop" },
      keys: ["password"],
      emptyKeys: [],
    });
  },
  "a missing Secret that has nothing to do with it": (world) => {
    the(world, "Pod").spec = { containers: [{ envFrom: [{ secretRef: { name: "mail-relay" } }] }] };
  },
  "a volume that waits for a key of another Secret": (world) => {
    the(world, "Pod").spec = {
      containers: [{ env: [fromSecret("DB", "shop-db", "password")] }],
      volumes: [{ name: "mail", secret: { secretName: "mail-relay", items: [{ key: "token" }] } }],
    };
    the(world, "Pod").status = { phase: "Pending" };
    const message = 'MountVolume.SetUp failed for volume "mail" : references non-existent secret key: token';
    world.events["Pod/api-5d4f-x1"] = [{ type: "Warning", message }];
  },
  "a key that may be missing": (world) => {
    const optional = { secretKeyRef: { name: "shop-db", key: "uri", optional: true } };
    the(world, "Pod").spec = { containers: [{ env: [{ name: "DB", valueFrom: optional }] }] };
  },
};

describe("the doctor, asked about what uses a Secret", () => {
  for (const [symptom, [change, ...said]] of Object.entries(symptoms)) {
    it(`names ${symptom}`, async () => {
      assert.deepEqual(told(await diagnose(change)), said);
    });
  }
  for (const [name, change] of Object.entries(innocent)) {
    it(`has nothing to say of ${name}`, async () => {
      assert.deepEqual(told(await diagnose(change)), []);
    });
  }

  it("says that nothing uses it", async () => {
    const { secrets } = await diagnose((world) => {
      world.objects.Pod = [];
      world.objects.Deployment =
        world.objects.Deployment?.filter(({ metadata }) => metadata?.namespace !== "shop") ?? [];
    });
    const link = secrets[0]?.chain.find((each) => each.link === "consumers");
    assert.deepEqual(link?.seen, ["no workload of namespace shop uses Secret shop-db"]);
  });
});
