import { changeClouds, deployClouds, rows } from "../support/clouds/stack.ts";
import type { SecretValues } from "../support/cluster.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { closeKey, disableNewestVersion, openKey } from "./by-hand.ts";
import { assertExplained, assertKept, assertSettled, credentials } from "./scene.ts";

const closedKey = {
  said: /AccessDeniedException: Access to KMS is not allowed/,
  fix: /the role may not decrypt with the customer key: its key policy must delegate to the account's IAM policies/,
} as const;
const disabled = {
  said: /is in DISABLED state/,
  fix: /the newest version was disabled or destroyed outside this program: .*`pulumi up --refresh`/,
} as const;

/** What is reported for each namespace whose store withholds the value. */
const withheld = {
  "store-secrets-manager": closedKey,
  "store-pod-identity": closedKey,
  "store-gcp": disabled,
  "store-gcp-federation": disabled,
} as const;

describe("a customer key with a closed policy, and a disabled version", () => {
  let before_: SecretValues;
  let failed: Run;

  before(async () => {
    await deployClouds();
    before_ = await credentials();
    await Promise.all([closeKey(), disableNewestVersion()]);
    // A rotation would write a new version. A changed interval makes every namespace read the current one.
    failed = await run("up", changeClouds({ facts: { refreshSeconds: 7200 } }), { continueOnError: true });
  });

  for (const [namespace, cause] of Object.entries(withheld)) {
    it(`are explained for ${namespace}, in the operator's own words and with a fix`, () => {
      assertExplained(failed, namespace, cause);
    });
  }

  it("leave every Secret as it was", async () => {
    await assertKept(before_, Object.fromEntries(rows.map(({ namespace }) => [namespace, true])));
  });

  it("are fixed by the key's owner, and by up --refresh, which enables the version", async () => {
    await openKey();
    await succeed("up", changeClouds({ facts: { refreshSeconds: null } }), { refresh: true });
    await assertSettled(Object.keys(withheld));
  });
});
