import assert from "node:assert/strict";
import {
  explainNotReady,
  isReady,
  syncState,
  takeOverAdvice,
  unreadyStoreOf,
} from "../../../../components/external-secrets/readiness/explain.ts";

const notReady = (message: string, reason = "SecretSyncedError") => ({
  kind: "ExternalSecret",
  metadata: { name: "shop-db", namespace: "shop" },
  status: { conditions: [{ type: "Ready", status: "False", reason, message }] },
});

const login =
  "unable to log in to auth method: unable to log in with Kubernetes auth: Error making API request. URL: PUT http://vault:8200/v1/auth/kubernetes/login Code:";

const notFound =
  "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again; what a cluster generates is brought back by people (docs/values.md#generated-in-the-cluster)";

/** What the operator says, and the fix that belongs to it. */
const told: readonly (readonly [cause: string, message: string, fix: string])[] = [
  [
    "another audience",
    `${login} 403. Errors: * invalid audience (aud) claim: audience claim does not match any expected audience`,
    "the Vault role's audience and the store's auth.audience differ: set stores.<name>.auth.audience to what the role expects",
  ],
  [
    "another service account",
    `${login} 403. Errors: * service account name not authorized`,
    "the Vault role is bound to another service account or namespace: run `pulumi up --refresh`, which puts the role back",
  ],
  [
    "another namespace",
    `${login} 403. Errors: * namespace not authorized`,
    "the Vault role is bound to another service account or namespace: run `pulumi up --refresh`, which puts the role back",
  ],
  [
    "a role that is gone",
    `${login} 400. Errors: * invalid role name "acme.dev.main.shop"`,
    "the Vault role does not exist at auth.mountPath: run `pulumi up --refresh`, which creates it again",
  ],
  [
    "a role that could not be found",
    'role "acme.dev.main.shop" could not be found',
    "the Vault role does not exist at auth.mountPath: run `pulumi up --refresh`, which creates it again",
  ],
  [
    "a refused login",
    `${login} 403. Errors: * permission denied`,
    "Vault refused the login: compare `vault read auth/<mountPath>/role/<role>` with the SecretStore's service account",
  ],
  [
    "a policy that does not name the path",
    "could not get secret data from provider: cannot read secret data from Vault: Error making API request. Code: 403. Errors: * 1 error occurred: * permission denied",
    "the policy of its Vault role does not name this path: run `pulumi up --refresh`, which puts the policy back",
  ],
  ["a secret that is gone", "could not get secret data from provider: Secret does not exist", notFound],
  [
    "a key that is gone",
    'could not get secret data from provider: cannot find secret data for key: "password": not found',
    notFound,
  ],
  [
    "a SecretStore that is gone",
    'could not get SecretStore "secrets-reader", SecretStore.external-secrets.io "secrets-reader" not found',
    "the SecretStore is gone: run `pulumi up --refresh`, which makes it again",
  ],
  [
    "a name that Parameter Store does not hold",
    "operation error SSM: GetParameter, api error ParameterNotFound: ",
    notFound,
  ],
  [
    "a name that Secrets Manager does not hold",
    "api error ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    notFound,
  ],
  [
    "too many requests to AWS",
    "api error ThrottlingException: Rate exceeded",
    "the store had too many requests; the operator tries again by itself. Where it happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
  ],
  [
    "too many requests to Google",
    "rpc error: code = ResourceExhausted desc = Quota exceeded",
    "the store had too many requests; the operator tries again by itself. Where it happens often, raise refreshSeconds or the store's quota (docs/planner.md)",
  ],
  [
    "a store that does not answer",
    "dial tcp 10.0.0.7:8200: connect: connection refused",
    "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
  ],
  [
    "a store whose name is unknown",
    "dial tcp: lookup vault.inside: no such host",
    "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
  ],
  [
    "a store that is slow",
    "context deadline exceeded",
    "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
  ],
];

describe("explaining why an object is not Ready", () => {
  for (const [cause, message, fix] of told) {
    it(`tells ${cause} by the operator's words`, () => {
      assert.equal(
        explainNotReady(notReady(message)),
        `ExternalSecret shop/shop-db is not Ready: SecretSyncedError: ${message}\n  fix: ${fix}`,
      );
    });
  }

  it("repeats words that it does not know, and invents no fix", () => {
    assert.equal(
      explainNotReady(notReady("something new", "InvalidProviderConfig")),
      "ExternalSecret shop/shop-db is not Ready: InvalidProviderConfig: something new",
    );
  });

  it("finds the cause in events, each warning once and on one line, the last three", () => {
    const events = [
      { type: "Normal", message: "connection refused" },
      { type: "Warning", message: "first" },
      { type: "Warning", message: "second" },
      { type: "Warning", message: "second" },
      { type: "Warning", message: "third" },
      { type: "Warning", message: "Code: 403.\n\n  * permission   denied" },
    ];
    assert.equal(
      explainNotReady(notReady("could not get secret data from provider"), events),
      [
        "ExternalSecret shop/shop-db is not Ready: SecretSyncedError: could not get secret data from provider",
        "  event: second",
        "  event: third",
        "  event: Code: 403. * permission denied",
        "  fix: the policy of its Vault role does not name this path: run `pulumi up --refresh`, which puts the policy back",
      ].join("\n"),
    );
  });

  it("shows the newest three by the time that they were last seen, whatever their order", () => {
    const seconds = (at: number) => new Date(at * 1000);
    const events = [
      { type: "Warning", message: "series", series: { lastObservedTime: seconds(50) }, eventTime: seconds(1) },
      { type: "Warning", message: "made", metadata: { creationTimestamp: seconds(10) } },
      { type: "Warning", message: "again", lastTimestamp: seconds(40), metadata: { creationTimestamp: seconds(2) } },
      { type: "Warning", message: "once", eventTime: seconds(30) },
      { type: "Warning", message: "series", lastTimestamp: seconds(3) },
      { type: "Warning", message: "without a time" },
    ];
    assert.deepEqual(
      explainNotReady(notReady("failed"), events).split("\n").slice(1),
      ["once", "again", "series"].map((message) => `  event: ${message}`),
    );
  });

  it("takes the fix from the newest words that have a cause: an older failure was another", () => {
    const event = (minute: number, message: string) => ({
      type: "Warning",
      message,
      lastTimestamp: new Date(minute * 60_000),
    });
    const fixOf = (message: string, ...events: readonly ReturnType<typeof event>[]) =>
      explainNotReady(notReady(message), events).split("  fix: ")[1]?.split(":")[0];
    const [older, newer] = [event(1, "invalid audience (aud) claim"), event(2, "Secret does not exist")];
    assert.equal(fixOf("could not get secret data", older, newer), "the store does not hold this name or key");
    assert.equal(fixOf("could not get secret data", newer, older), "the store does not hold this name or key");
    assert.equal(
      fixOf("connect: connection refused", older, newer),
      "the operator can't reach the store",
      "the object's own words come first",
    );
    assert.equal(
      fixOf("could not get secret data", older, event(3, "something new")),
      "the Vault role's audience and the store's auth.audience differ",
    );
  });

  for (const kind of ["SecretStore", "ClusterSecretStore"] as const) {
    it(`knows that its ${kind} is the reason, and takes no fix of an older failure`, () => {
      const events = [
        { type: "Warning", message: "connection refused", lastTimestamp: new Date(1000) },
        {
          type: "Warning",
          message: `error processing spec.data[0] (key: shop/timeout), err: ${kind} "secrets-reader" is not ready`,
          lastTimestamp: new Date(2000),
        },
      ];
      const object = notReady("could not get secret data from provider");
      assert.deepEqual(unreadyStoreOf(object, events), { kind, name: "secrets-reader" });
      assert.doesNotMatch(explainNotReady(object, events), /fix:/);
      assert.equal(unreadyStoreOf(object, events.slice(0, 1)), undefined);
      assert.equal(unreadyStoreOf(notReady("permission denied"), events), undefined);
    });
  }

  it("tells a refusal once that differs by the number of the request and the time alone", () => {
    const words = (id: string) => ({
      type: "Warning",
      message:
        `operation error STS, StatusCode: 403, RequestID: 516fe996-0a3f-4f9e-982d-4a9765cf1a${id}, api error AccessDenied: Trace ID: ` +
        `516fe996-0a3f-4f9e-982d-4a9765cf1a${id} Correlation ID: 516fe996-0a3f-4f9e-982d-4a9765cf1a${id} Timestamp: 2026-11-22 21:00:${id}Z`,
    });
    assert.equal(
      explainNotReady(notReady("could not get secret data from provider"), [words("10"), words("20"), words("30")]),
      [
        "ExternalSecret shop/shop-db is not Ready: SecretSyncedError: could not get secret data from provider",
        "  event: operation error STS, StatusCode: 403, api error AccessDenied:",
      ].join("\n"),
    );
  });

  it("asks for the operator where it has not looked at the object yet", () => {
    assert.equal(
      explainNotReady({ kind: "SecretStore", metadata: { name: "secrets-reader", namespace: "shop" } }),
      "SecretStore shop/secrets-reader has no Ready condition: is the operator running? (kubectl -n external-secrets get pods)",
    );
  });

  it("does with an object that says nothing of itself", () => {
    assert.equal(
      explainNotReady({ status: { conditions: [{ type: "Ready", status: "False" }] } }),
      "object / is not Ready: no reason: no message",
    );
  });
});

describe("an object that exists already", () => {
  it("is named with the command that takes it over", () => {
    assert.equal(
      takeOverAdvice("main", notReady("")),
      "ExternalSecret shop/shop-db exists and is not in the state.\n" +
        "  fix: after a lost state, adopt what exists: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
    );
  });
});

describe("the sync of an updated object", () => {
  const object = (status: string, syncedResourceVersion?: string, asked = "new") => ({
    metadata: { generation: 1, annotations: { "force-sync": asked } },
    status: {
      conditions: [
        { type: "Deleted", status: "False" },
        { type: "Ready", status },
      ],
      ...(syncedResourceVersion === undefined ? {} : { syncedResourceVersion }),
    },
  });
  const before = object("True", "1-a", "old");

  for (const [name, now, old, state] of [
    ["is pending while Ready is of before the update", object("True", "1-a"), before, "pending"],
    ["is done once Ready is of a later version", object("True", "1-b"), before, "synced"],
    ["is done where nothing was there before", object("True", "1-a"), undefined, "synced"],
    ["is done where nothing was synced before", object("True", "1-a"), object("Unknown"), "synced"],
    ["is pending where nothing was ever synced", object("True"), undefined, "pending"],
    ["is done where the update asked for nothing new", object("True", "1-a", "old"), before, "synced"],
    ["has failed once the object says so, whatever its version", object("False", "1-b"), before, "failed"],
    ["is pending while the operator does not know", object("Unknown", "1-b"), before, "pending"],
    ["is pending while there is no status", {}, undefined, "pending"],
  ] as const) {
    it(name, () => {
      assert.equal(syncState(now, old), state);
    });
  }

  it("is not what a SecretStore has: it is Ready by its condition alone", () => {
    assert.deepEqual([object("True"), object("False"), object("Unknown"), {}].map(isReady), [
      true,
      false,
      false,
      false,
    ]);
  });
});
