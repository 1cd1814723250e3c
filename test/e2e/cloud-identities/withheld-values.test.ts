import { changeClouds, deployClouds, rows } from "../support/clouds/stack.ts";
import type { SecretValues } from "../support/cluster.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { closeKey, disableNewestVersion, openKey } from "./by-hand.ts";
import { assertExplained, assertKept, assertSettled, credentials } from "./scene.ts";

const closedKey = {
  said: /AccessDeniedException: Access to KMS is not allowed/,
  fix: /the customer key does not let the reader decrypt: its key policy must let the account's IAM policies decide/,
} as const;
const disabled = {
  said: /is in DISABLED state/,
  fix: /the newest version was disabled or destroyed by hand: .*`pulumi up --refresh`/,
} as const;

/** What each namespace says whose store holds a value that it does not give. */
const withheld = {
  "store-secrets-manager": closedKey,
  "store-pod-identity": closedKey,
  "store-gcp": disabled,
  "store-gcp-federation": disabled,
} as const;

describe("a customer key that was closed, and a version that was disabled", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    await Promise.all([closeKey(), disableNewestVersion()]);
    // A rotation would write another version. Another interval has every namespace read what is there.
    failed = await run("up", changeClouds({ facts: { refreshSeconds: 7200 } }), { continueOnError: true });
  });

  for (const [namespace, cause] of Object.entries(withheld)) {
    it(`are explained for ${namespace}: in the operator's own words, with the fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("leave every Secret as it was", async () => {
    await assertKept(before_, Object.fromEntries(rows.map(({ namespace }) => [namespace, true])));
  });

  it("are mended by the key's owner and by up --refresh, which enables the version", async () => {
    await openKey();
    await succeed("up", changeClouds({ facts: { refreshSeconds: null } }), { refresh: true });
    await assertSettled();
  });
});
