import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { hexToken, previousOf, template } from "../../../components/values/recipe.ts";
import { decode, fingerprint, readSecret } from "../support/cluster.ts";
import { deployMain } from "../support/main-stack.ts";
import { killTree, startUp } from "../support/mishaps/child.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { recordedUrns, run, succeed, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";

/** How often a client shows its tokens, in milliseconds. */
const period = 20;
const stored = "mlops-platform-tokens/tokens/jwt";

describe("rotating a key whose previous value stays valid", () => {
  let proxy: FaultProxy;
  /** The stack on a day. */
  const stackOn = (day: string, rotation?: string, retired?: string): StackOptions =>
    through(proxy, {
      stack: "tokens",
      demo: false,
      now: `${day}T12:00:00Z`,
      catalogue: {
        tokens: {
          secrets: {
            jwt: {
              keys: {
                key: hexToken(32),
                before: previousOf("key", { days: 14 }),
                both: template('["${key}","${before}"]'),
              },
            },
          },
          deliveries: [{ namespace: "tokens", secretName: "jwt", from: ["jwt"] }],
        },
      },
      facts: {
        namespaces: onlyNamespaces(["tokens"]),
        clusters: { local: { externalSecrets: { install: false } } },
        ...(rotation === undefined ? {} : { rotations: { "tokens/jwt": rotation } }),
        ...(retired === undefined ? {} : { retirePrevious: { "tokens/jwt": retired } }),
      },
    });

  before(async () => {
    await deployMain();
    proxy = await startFaultProxy();
    await succeed("up", stackOn("2026-11-25"));
  });
  after(async () => {
    try {
      await succeed("destroy", stackOn("2027-02-01"));
      await removeNamespaces("tokens");
    } finally {
      await proxy.close();
    }
  });

  it("hands out one value as both before the first rotation", async () => {
    const { key, before } = await keys();
    assert.ok(before === key);
    assert.deepEqual(await stashes(stackOn("2026-11-25")), ["tokens/jwt/key"]);
  });

  it("refuses no token of the last key or the current one, through a rotation that is killed and finished", async () => {
    const { key: first } = await keys();
    const { accepted, refused } = await showingTokens(async () => {
      const writing = Promise.withResolvers<void>();
      const killing = Promise.withResolvers<void>();
      proxy.onWrite(() => {
        writing.resolve();
        return { kind: "hold", until: killing.promise };
      });
      const child = startUp(stackOn("2026-12-01", "2026-12-01"));
      await Promise.race([writing.promise, child.ended]);
      const killed = await killTree(child);
      proxy.onWrite(() => undefined);
      killing.resolve();
      assert.ok(killed > 2, `the run was over before it could be killed:\n${(await child.ended).output}`);
      const { code, output } = await startUp(stackOn("2026-12-01", "2026-12-01")).ended;
      assert.equal(code, 0, output);
    });
    assert.deepEqual(refused, []);
    const { key, before, both } = await keys();
    assert.ok(before === first && key !== first && both === JSON.stringify([key, before]));
    assert.deepEqual([...accepted].sort(), [fingerprint(first), fingerprint(key)].sort());
    assert.deepEqual((await succeed("up", stackOn("2026-12-02", "2026-12-01"))).changes, {});
    assert.deepEqual(await stashes(stackOn("2026-12-02", "2026-12-01")), [
      "tokens/jwt/before@2026-12-01",
      "tokens/jwt/key@2026-12-01",
    ]);
  });

  it("refuses another rotation within that time, and changes nothing", async () => {
    const before = await keys();
    const { ok, errors } = await run("up", stackOn("2026-12-10", "2026-12-10"));
    assert.equal(ok, false);
    assert.match(
      errors.join("\n"),
      /rotations\["tokens\/jwt"\]: the value before the rotation of 2026-12-01 is valid until 2026-12-15 \(before\), and another rotation would end that/,
    );
    assert.deepEqual(await keys(), before);
  });

  it("removes the previous value from store, Secret and state in the first run after that time, and says so before", async () => {
    const { key, before } = await keys();
    const preview = await succeed("preview", stackOn("2026-12-16", "2026-12-01"));
    const note =
      "tokens/jwt before: the value before 2026-12-01 was valid until 2026-12-15, and is removed: the key becomes the same as key";
    assert.ok(preview.output.includes(note), preview.output);
    const { refused } = await showingTokens(async () => {
      await succeed("up", stackOn("2026-12-16", "2026-12-01"));
    });
    // Those are tokens of the current key.
    assert.deepEqual(refused, []);
    const after = await keys();
    assert.ok(after.key === key && after.before === key && after.both === JSON.stringify([key, key]));
    const current = await readKv(stored);
    assert.ok(!JSON.stringify(current).includes(before));
    assert.deepEqual(await stashes(stackOn("2026-12-16", "2026-12-01")), ["tokens/jwt/key@2026-12-01"]);
    assert.deepEqual((await succeed("up", stackOn("2026-12-17", "2026-12-01"))).changes, {});
  });

  it("hands out nothing from before a rotation that retires it, after a leak", async () => {
    const { key: leaked } = await keys();
    await succeed("up", stackOn("2026-12-20", "2026-12-20", "2026-12-20"));
    const { key, before } = await keys();
    assert.ok(key !== leaked && before === key);
  });

  async function stashes(options: StackOptions): Promise<readonly string[]> {
    const urns = await recordedUrns(options);
    return urns
      .filter((urn) => urn.includes("::pulumi:index:Stash::") || urn.includes("$pulumi:index:Stash::"))
      .map((urn) => urn.split("::").slice(3).join("::"))
      .sort();
  }
});

async function keys() {
  const secret = await readSecret("tokens", "jwt");
  if (secret === undefined) throw new Error("there is no Secret tokens/jwt");
  const { key = "", before = "", both = "" } = decode(secret);
  return { key, before, both };
}

/**
 * A service that signs tokens with the current key, and clients that show it every token they were ever given, until `body` is
 * done. The service reads its Secret each time, and accepts what the current or the previous key has signed.
 */
async function showingTokens(body: () => Promise<void>) {
  const tokens = new Map<string, string>();
  const accepted = new Set<string>();
  const refused: string[] = [];
  let done = false;
  const service = (async () => {
    for (let last = false; !last;) {
      // Once more after the end, for what the end has changed.
      last = done;
      const { key, before } = await keys();
      tokens.set(fingerprint(key), sign(key));
      for (const [print, token] of tokens) {
        if ([key, before].some((each) => sign(each) === token)) accepted.add(print);
        else refused.push(print);
      }
      await sleep(period);
    }
  })();
  try {
    await body();
  } finally {
    done = true;
    await service;
  }
  return { accepted, refused };
}

function sign(key: string): string {
  return createHmac("sha256", key).update("a token").digest("base64url");
}
