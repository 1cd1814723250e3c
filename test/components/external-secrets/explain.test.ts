import assert from "node:assert/strict";
import { explainNotReady, syncState, takeOverAdvice } from "../../../components/external-secrets/explain.ts";

const notReady = (message: string, reason = "SecretSyncedError") => ({
  kind: "ExternalSecret",
  metadata: { name: "shop-db", namespace: "shop" },
  status: { conditions: [{ type: "Ready", status: "False", reason, message }] },
});

const login =
  "unable to log in to auth method: unable to log in with Kubernetes auth: Error making API request. URL: PUT http://vault:8200/v1/auth/kubernetes/login Code:";

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
    "Vault refused the login: compare `vault read auth/<mountPath>/role/<role>` with the service account `secrets-reader`",
  ],
  [
    "a policy that does not name the path",
    "could not get secret data from provider: cannot read secret data from Vault: Error making API request. Code: 403. Errors: * 1 error occurred: * permission denied",
    "the reader's policy does not name this path: run `pulumi up --refresh`, which puts the policy back",
  ],
  [
    "a secret that is gone",
    "could not get secret data from provider: Secret does not exist",
    "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again",
  ],
  [
    "a key that is gone",
    'could not get secret data from provider: cannot find secret data for key: "password": not found',
    "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again",
  ],
  [
    "a name that Parameter Store does not hold",
    "operation error SSM: GetParameter, api error ParameterNotFound: ",
    "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again",
  ],
  [
    "a name that Secrets Manager does not hold",
    "api error ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again",
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
        "  fix: the reader's policy does not name this path: run `pulumi up --refresh`, which puts the policy back",
      ].join("\n"),
    );
  });

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
      "ExternalSecret shop/shop-db exists, and the state does not know it.\n" +
        "  fix: after a lost state, take over what is there: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
    );
  });
});

describe("the sync of an updated object", () => {
  const object = (status: string, syncedResourceVersion?: string) => ({
    status: {
      conditions: [
        { type: "Deleted", status: "False" },
        { type: "Ready", status },
      ],
      ...(syncedResourceVersion === undefined ? {} : { syncedResourceVersion }),
    },
  });

  for (const [name, now, before, state] of [
    ["is pending while Ready is of before the update", object("True", "1-a"), "1-a", "pending"],
    ["is done once Ready is of a later version", object("True", "2-b"), "1-a", "synced"],
    ["is done where nothing was synced before", object("True", "1-a"), undefined, "synced"],
    ["has failed once the object says so, whatever its version", object("False", "2-b"), "1-a", "failed"],
    ["is pending while the operator does not know", object("Unknown", "2-b"), "1-a", "pending"],
    ["is pending while there is no status", {}, undefined, "pending"],
  ] as const) {
    it(name, () => {
      assert.equal(syncState(now, before), state);
    });
  }
});
