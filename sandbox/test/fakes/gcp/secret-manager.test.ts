import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Answer, type Fake, PROJECT, withFake } from "./fake.ts";

const SECRETS = `https://secretmanager.googleapis.com/v1/projects/${PROJECT.id}/secrets`;
const DAY = 86_400_000;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const automatic = { replication: { automatic: {} } };

async function secretOf(fake: Fake, id: string, values: readonly string[], more: object = {}): Promise<void> {
  assert.equal((await fake.rest("POST", `${SECRETS}?secretId=${id}`, { ...automatic, ...more })).status, 200);
  for (const value of values) {
    const added = await fake.rest("POST", `${SECRETS}/${id}:addVersion`, { payload: { data: base64(value) } });
    assert.equal(added.status, 200);
  }
}

function messageOf(answer: Answer): string {
  const { error } = answer.body as { error?: { message?: string; status?: string } };
  return `${answer.status} ${error?.status ?? ""}: ${error?.message ?? JSON.stringify(answer.body)}`;
}

async function value(fake: Fake, name: string): Promise<string> {
  const answer = await fake.rest("GET", `${SECRETS}/${name}:access`);
  if (answer.status !== 200) return messageOf(answer);
  return Buffer.from((answer.body as { payload: { data: string } }).payload.data, "base64").toString("utf8");
}

describe("the fake Secret Manager", () => {
  it("stores versions, and shows the same to Google's own client over gRPC", () =>
    withFake(async (fake) => {
      await secretOf(fake, "db", ["one", "two"], { labels: { app: "shop" }, versionDestroyTtl: "86400s" });
      const client = fake.client();
      const [secret] = await client.getSecret({ name: `projects/${PROJECT.id}/secrets/db` });
      assert.equal(secret.name, `projects/${PROJECT.number}/secrets/db`);
      assert.deepEqual(secret.labels, { app: "shop" });
      assert.equal(String(secret.versionDestroyTtl?.seconds), "86400");
      const [latest] = await client.accessSecretVersion({ name: `projects/${PROJECT.id}/secrets/db/versions/latest` });
      assert.equal(latest.name, `projects/${PROJECT.number}/secrets/db/versions/2`);
      assert.equal(Buffer.from(latest.payload?.data as Uint8Array).toString("utf8"), "two");
      assert.equal(await value(fake, "db/versions/1"), "one");
      const [made] = await client.createSecret({
        parent: `projects/${PROJECT.id}`,
        secretId: "from-grpc",
        secret: { replication: { userManaged: { replicas: [{ location: "europe-west1" }] } } },
      });
      assert.equal(made.name, `projects/${PROJECT.number}/secrets/from-grpc`);
      const seen = await fake.rest("GET", `${SECRETS}/from-grpc`);
      assert.deepEqual(seen.body["replication"], { userManaged: { replicas: [{ location: "europe-west1" }] } });
    }));

  it("says in Google's words why a version cannot be read", () =>
    withFake(async (fake) => {
      await secretOf(fake, "empty", []);
      await secretOf(fake, "db", ["one", "two"]);
      const name = `projects/${PROJECT.number}/secrets`;
      await fake.rest("POST", `${SECRETS}/db/versions/2:disable`, {});
      await fake.rest("POST", `${SECRETS}/db/versions/1:destroy`, {});
      assert.deepEqual(
        [
          await value(fake, "none/versions/latest"),
          await value(fake, "empty/versions/latest"),
          await value(fake, "db/versions/7"),
          await value(fake, "db/versions/latest"),
          await value(fake, "db/versions/1"),
        ],
        [
          `404 NOT_FOUND: Secret [${name}/none] not found.`,
          `404 NOT_FOUND: Secret [${name}/empty] not found or has no versions.`,
          `404 NOT_FOUND: Secret Version [${name}/db/versions/7] not found.`,
          `400 FAILED_PRECONDITION: Secret Version [${name}/db/versions/2] is in DISABLED state.`,
          `400 FAILED_PRECONDITION: Secret Version [${name}/db/versions/1] is in DESTROYED state.`,
        ],
      );
      await assert.rejects(
        fake.client().accessSecretVersion({ name: `projects/${PROJECT.id}/secrets/db/versions/${name}/db/versions/1` }),
        new RegExp(`^Error: 3 INVALID_ARGUMENT: The provided Secret ID \\[.*\\] does not match the expected format`),
      );
    }));

  it("erases what is destroyed, at once or when the delay is over", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    await withFake(
      async (fake) => {
        await secretOf(fake, "now", ["gone"]);
        await secretOf(fake, "later", ["kept"], { versionDestroyTtl: "172800s" });
        await fake.rest("POST", `${SECRETS}/now/versions/1:destroy`, {});
        const { body } = await fake.rest("POST", `${SECRETS}/later/versions/1:destroy`, {});
        assert.equal(body["state"], "DISABLED");
        assert.equal(body["scheduledDestroyTime"], "2026-01-03T00:00:00.000Z");
        const stored = await readFile(path.join(fake.folder, "state.json"), "utf8");
        assert.ok(!stored.includes(base64("gone")) && stored.includes(base64("kept")));
        await fake.rest("POST", `${SECRETS}/later/versions/1:enable`, {});
        assert.equal(await value(fake, "later/versions/latest"), "kept");
        now += 3 * DAY;
        assert.equal(await value(fake, "later/versions/latest"), "kept", "enabling takes the destruction back");
        await fake.rest("POST", `${SECRETS}/later/versions/1:destroy`, {});
        now += 2 * DAY;
        assert.match(await value(fake, "later/versions/1"), /is in DESTROYED state\.$/);
      },
      { now: () => now },
    );
  });

  it("reads by alias, which must name a version", () =>
    withFake(async (fake) => {
      await secretOf(fake, "db", ["one", "two"]);
      const set = (versionAliases: object) =>
        fake.rest("PATCH", `${SECRETS}/db?updateMask=versionAliases`, { versionAliases });
      assert.equal((await set({ blue: "1" })).status, 200);
      assert.equal(await value(fake, "db/versions/blue"), "one");
      assert.match(messageOf(await set({ blue: "9" })), /names version \[9\], which does not exist\.$/);
      assert.match(
        messageOf(await set({ latest: "1" })),
        /^400 INVALID_ARGUMENT: Version alias \[latest\] is not valid\.$/,
      );
    }));

  const refusals: readonly [what: string, secret: object, message: RegExp][] = [
    ["no replication", { replication: undefined }, /\[secret\.replication\] must be set to exactly one/],
    ["two replications", { replication: { automatic: {}, userManaged: { replicas: [] } } }, /exactly one/],
    ["no location", { replication: { userManaged: { replicas: [] } } }, /replicas\] cannot be empty/],
    [
      "a key in another location",
      {
        replication: {
          userManaged: {
            replicas: [
              {
                location: "europe-west1",
                customerManagedEncryption: { kmsKeyName: "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k" },
              },
            ],
          },
        },
      },
      /must be in location \[europe-west1\]/,
    ],
    ["a capital in a label", { labels: { App: "x" } }, /Label key \[App\] does not match/],
    ["rotation without a topic", { rotation: { nextRotationTime: "2030-01-01T00:00:00Z" } }, /topics\] must be set/],
    ["a delay of an hour", { versionDestroyTtl: "3600s" }, /from 86400s \(1 day\)/],
    ["an unknown field", { lables: {} }, /Unrecognized key: "lables"/],
  ];
  for (const [what, secret, message] of refusals) {
    it(`refuses a secret with ${what}`, () =>
      withFake(async (fake) => {
        const answer = await fake.rest("POST", `${SECRETS}?secretId=x`, { ...automatic, ...secret });
        assert.equal(answer.status, 400);
        assert.match(messageOf(answer), message);
        assert.equal((await fake.rest("GET", `${SECRETS}/x`)).status, 404);
      }));
  }

  it("refuses ids, payloads and repetitions that the service refuses", () =>
    withFake(async (fake) => {
      const create = (id: string) => fake.rest("POST", `${SECRETS}?secretId=${encodeURIComponent(id)}`, automatic);
      assert.match(messageOf(await create("a/b")), /Secret ID \[a\/b\] does not match/);
      assert.equal((await create("x".repeat(255))).status, 200);
      assert.equal((await create("x".repeat(256))).status, 400);
      assert.equal((await create("db")).status, 200);
      assert.equal(
        messageOf(await create("db")),
        `409 ALREADY_EXISTS: Secret [projects/${PROJECT.number}/secrets/db] already exists.`,
      );
      const add = (size: number) =>
        fake.rest("POST", `${SECRETS}/db:addVersion`, { payload: { data: base64("x".repeat(size)) } });
      assert.equal((await add(65_536)).status, 200);
      assert.match(messageOf(await add(65_537)), /larger than 65536 bytes: it has 65537\.$/);
      assert.match(messageOf(await add(0)), /cannot be empty/);
      const wrong = { payload: { data: base64("x"), dataCrc32c: "1" } };
      assert.match(messageOf(await fake.rest("POST", `${SECRETS}/db:addVersion`, wrong)), /checksum does not match/);
    }));

  it("refuses what it does not do, and ignores none of it", () =>
    withFake(async (fake) => {
      const prefix = "501 UNIMPLEMENTED: The sandbox's fake of Google Cloud does not implement ";
      const create = (secret: object) => fake.rest("POST", `${SECRETS}?secretId=x`, { ...automatic, ...secret });
      assert.equal(messageOf(await create({ ttl: "3600s" })), `${prefix}secrets that expire.`);
      assert.equal(messageOf(await create({ tags: { a: "b" } })), `${prefix}resource manager tags.`);
      assert.equal(messageOf(await create({ etag: '"1"' })), `${prefix}etags of secrets.`);
      assert.equal(
        messageOf(await fake.rest("GET", `${SECRETS}?filter=create_time%3E2020`)),
        `${prefix}the filter [create_time>2020].`,
      );
      await assert.rejects(
        fake.client().getSecret({ name: `projects/${PROJECT.id}/locations/europe-west1/secrets/x` }),
        /12 UNIMPLEMENTED: .* regional secrets\.$/,
      );
    }));

  it("changes keys of encryption in place, and no locations", () =>
    withFake(async (fake) => {
      const replication = (key: string, location = "europe-west1") => ({
        replication: {
          userManaged: {
            replicas: [
              {
                location,
                customerManagedEncryption: {
                  kmsKeyName: `projects/p/locations/${location}/keyRings/r/cryptoKeys/${key}`,
                },
              },
            ],
          },
        },
      });
      await secretOf(fake, "db", [], replication("one"));
      const change = (body: object) => fake.rest("PATCH", `${SECRETS}/db?updateMask=replication`, body);
      assert.deepEqual((await change(replication("two"))).body["replication"], replication("two").replication);
      assert.match(messageOf(await change(replication("two", "us-east1"))), /\[replication\] is immutable/);
    }));

  it("lists by label, page by page, newest versions first", () =>
    withFake(async (fake) => {
      await secretOf(fake, "a", ["1", "2", "3"], { labels: { app: "shop" } });
      await secretOf(fake, "b", [], { labels: { app: "other" } });
      await secretOf(fake, "c", [], { labels: { app: "shop" } });
      const names = ({ body }: Answer) =>
        ((body["secrets"] ?? []) as { name: string }[]).map(({ name }) => name.split("/").at(-1));
      assert.deepEqual(names(await fake.rest("GET", `${SECRETS}?filter=labels.app%3Dshop`)), ["a", "c"]);
      const first = await fake.rest("GET", `${SECRETS}?pageSize=2`);
      assert.deepEqual(names(first), ["a", "b"]);
      assert.equal(first.body["totalSize"], 3);
      const token = String(first.body["nextPageToken"]);
      assert.deepEqual(names(await fake.rest("GET", `${SECRETS}?pageSize=2&pageToken=${token}`)), ["c"]);
      await fake.rest("POST", `${SECRETS}/a/versions/3:disable`, {});
      const enabled = await fake.rest("GET", `${SECRETS}/a/versions?filter=state%3AENABLED`);
      assert.deepEqual(
        (enabled.body["versions"] as { name: string }[]).map(({ name }) => name.split("/").at(-1)),
        ["2", "1"],
      );
    }));

  it("remembers everything when it starts anew", () =>
    withFake(async (fake) => {
      await secretOf(fake, "db", ["one"]);
      await withFake(
        async (again) => {
          assert.equal(await value(again, "db/versions/latest"), "one");
        },
        { folder: fake.folder },
      );
    }));

  it("asks for a token, and takes none that it did not make", () =>
    withFake(async (fake) => {
      await secretOf(fake, "db", ["one"]);
      const url = `${SECRETS}/db/versions/latest:access`;
      assert.match(
        messageOf(await fake.rest("GET", url, undefined, "")),
        /^401 UNAUTHENTICATED: Request is missing required/,
      );
      assert.match(
        messageOf(await fake.rest("GET", url, undefined, "ya29.sandbox.e30.x")),
        /^401 UNAUTHENTICATED: Request had invalid/,
      );
      await assert.rejects(
        fake.client("made-up").accessSecretVersion({ name: `projects/${PROJECT.id}/secrets/db/versions/latest` }),
        /^Error: 16 UNAUTHENTICATED/,
      );
    }));
});
