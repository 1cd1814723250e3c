import { accepted, at, refused, type Case, type CaseClass, type Input, type Tree } from "../case.ts";
import { password } from "../../../components/values/recipe.ts";
import { dbKeys } from "../catalogue-changes.ts";
import { onlyStores } from "../changes.ts";

const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const keyName = (location: string) => `projects/acme/locations/${location}/keyRings/ring/cryptoKeys/key`;

function withPolicy(changes: Tree): Case["change"] {
  return ({ policies }) => void Object.assign(at(policies, "test"), changes);
}

function fields(field: string, ...given: readonly unknown[]): Readonly<Record<string, Case["change"]>> {
  const named = (value: unknown) => (typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing"));
  return Object.fromEntries(given.map((value) => [`${field} ${named(value)}`, withPolicy({ [field]: value })]));
}

const switches = [
  "retain",
  "highAvailability",
  "allowOldOperator",
  "allowEmbeddedSecrets",
  "allowOpenClusterStores",
  "allowStaticCredentials",
  "purgeProtection",
  "requireCustomerKeys",
  "requireAuditLogs",
];

/** Policies that nothing but a run would check the types of. */
export const policyShapes: CaseClass = {
  title: "policies of another shape",
  cases: [
    ...refused({
      ...fields("operatorReplicas", NaN, -1, 0, 0.5, Infinity, 21, "2", null, [2], true),
      ...fields("minimumBits", NaN, -1, 0, 127.5, Infinity, 5000, "128"),
      ...fields("refreshFloorSeconds", NaN, -1, 0, 0.5, 2 ** 31, "300"),
      ...fields("maximumResources", NaN, -1, 0, 1.5, Infinity, "1000"),
      ...fields("recoveryDays", NaN, -1, 1, 6, 7.5, 31, "7", null),
      ...fields("stage", "prod", "Production", "", 1, null, undefined, "constructor"),
      ...Object.fromEntries(switches.map((field) => [`${field} as a text`, withPolicy({ [field]: "true" })])),
      ...Object.fromEntries(switches.map((field) => [`${field} as a number`, withPolicy({ [field]: 1 })])),
      ...Object.fromEntries(
        [...switches, "stage", "operatorReplicas"].map((field) => [
          `no ${field}`,
          ({ policies }: Input) => void Reflect.deleteProperty(at(policies, "test"), field),
        ]),
      ),
      ...fields(
        "weakKeys",
        null,
        "shop/db",
        { "shop/db": "password" },
        ["shop/db"],
        [{ secret: "shop/db", key: "password" }],
        [{ secret: "shop/db", key: "password", reason: "" }],
        [{ secret: "shop/db", key: "password", reason: " " }],
        [{ secret: "shop/db", key: "password", reason: "a\nb" }],
        [{ secret: "shop/db", key: "password", reason: "a", bits: 95 }],
        [{ secret: "shop/db", key: 5, reason: "a" }],
        [
          { secret: "shop/db", key: "password", reason: "a" },
          { secret: "shop/db", key: "password", reason: "b" },
        ],
        [{ secret: "shop/db", key: "password", reason: "strong enough" }],
        [{ secret: "shop/db", key: "username", reason: "a literal" }],
        [{ secret: "shop/db", key: "pasword", reason: "misspelt" }],
        [{ secret: "shop/dbb", key: "password", reason: "misspelt" }],
        [{ secret: "constructor", key: "constructor", reason: "what every object has" }],
      ),
      ...fields(
        "rotation",
        null,
        "nights",
        { windows: [] },
        { timeZone: "Berlin" },
        { timeZone: "UTC", windows: [{ days: ["Mo"], from: "08:00", to: "16:00" }] },
        { timeZone: "UTC", windows: [{ days: ["Mon"], from: "16:00", to: "08:00" }] },
        { timeZone: "UTC", windows: [{ days: ["Mon"], from: "8:00", to: "25:00" }] },
        { timeZone: "UTC", freezes: [{ from: "2026-12-24", to: "2026-12-20", reason: "holidays" }] },
        { timeZone: "UTC", freezes: [{ from: "2026-02-30", to: "2026-03-01", reason: "a day that is none" }] },
        { timeZone: "UTC", freezes: [{ from: "2026-12-20", to: "2026-12-24" }] },
        { timeZone: "UTC", holidays: [] },
      ),
      "a weak key without its exception": (input) => {
        withPolicy({ weakKeys: [{ secret: "shop/db", key: "pin", reason: "16 characters" }] })(input);
        dbKeys({ pin: password({ length: 16 }), other: password({ length: 16 }) })(input);
      },
      "an exception for a secret that only another environment has": (input) => {
        withPolicy({ weakKeys: [{ secret: "shop/pin", key: "pin", reason: "16 characters" }] })(input);
        input.policies["live"] = { ...at(input.policies, "test"), weakKeys: [] };
        const shop = at(input.catalogue, "shop");
        at(shop, "secrets")["pin"] = { keys: { pin: password({ length: 16 }) } };
        shop["deliveries"] = [
          ...(shop["deliveries"] as readonly unknown[]),
          { namespace: "shop", secretName: "shop-pin", from: ["pin"], environments: ["live"] },
        ];
      },
      "a field that none has": withPolicy({ replicas: 2 }),
      "a field that is written otherwise": withPolicy({ requireAuditLog: true }),
      "an empty policy": ({ policies }) => void (policies["test"] = {}),
      "no policy": ({ policies }) => void Reflect.deleteProperty(policies, "test"),
      "undefined for a policy": ({ policies }) => void (policies["test"] = undefined),
      "null for a policy": ({ policies }) => void (policies["test"] = null),
      "a list for a policy": ({ policies }) => void (policies["test"] = []),
      "a text for a policy": ({ policies }) => void (policies["test"] = "production"),
      "a function for a policy": ({ policies }) => void (policies["test"] = () => ({})),
      "wrong in two fields, and in the facts": (input) => {
        withPolicy({ retain: "yes", recoveryDays: -3 })(input);
        at(input.facts, "stores", "vault")["mount"] = "sys";
      },
    }),
    ...accepted({
      ...fields("operatorReplicas", 1, 3, 20),
      ...fields("recoveryDays", 0, 7, 30),
      ...fields("stage", "development", "acceptance", "by-hand"),
    }),
  ],
};

const strict =
  (stores: readonly string[], policy: Tree, facts: Tree = {}) =>
  (input: Input) => {
    onlyStores(input, ...stores);
    withPolicy(policy)(input);
    Object.assign(at(input.facts, "stores", stores[0] ?? ""), facts);
  };
const keys = { requireCustomerKeys: true };
const audits = { requireAuditLogs: true };
const production = { stage: "production" };
const workspace =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w";

/** Facts that are right, and that the environment's policy forbids. */
export const policyViolations: CaseClass = {
  title: "what a policy asks for",
  cases: [
    ...refused({
      "no key in Parameter Store": strict(["parameters"], keys),
      "no key in Secrets Manager": strict(["secrets"], keys),
      "no key in a replica": strict(["secrets"], keys, { kmsKeyArn: keyArn, replicas: [{ region: "eu-west-1" }] }),
      "no key in Google Cloud": strict(["google"], keys),
      "no key in a location of Google Cloud": strict(["google"], keys, { locations: [{ location: "europe-west3" }] }),
      "a key in one location of two": strict(["google"], keys, {
        locations: [{ location: "europe-west3", kmsKeyName: keyName("europe-west3") }, { location: "europe-west1" }],
      }),
      "no key in three stores": strict(["parameters", "secrets", "google"], keys),
      "a Key Vault made here without an audit log": strict(["azure"], audits, { create: {} }),
      "a mount of Vault made here without an audit device": strict(["vault"], audits, { createMount: true }),
      "Google Cloud without a log of reads": strict(["google"], audits),
      "a log of reads that is a switch": strict(["google"], audits, { auditLogs: true }),
      "a log of reads by another name": strict(["google"], audits, { auditLogs: "created" }),
      "an empty list of audit devices": strict(["vault"], audits, { createMount: true, auditDevices: [] }),
      "Vault without TLS in production": strict(["vault"], production, { address: "http://vault.example:8200" }),
      "Vault without TLS for its clusters in production": strict(["vault"], production, {
        clusterAddress: "http://vault.vault.svc:8200",
      }),
      "Vault without TLS, in capitals": strict(["vault"], production, { address: "HTTP://vault.example:8200" }),
      "static credentials": strict(["vault"], {}, { staticCredentials: true }),
      "a Secret called as the static credentials are": (input) => {
        strict(["vault"], { allowStaticCredentials: true }, { staticCredentials: true })(input);
        (at(input.catalogue, "shop")["deliveries"] as Tree[]).push({
          namespace: "shop",
          secretName: "secrets-reader-credentials",
          from: ["db"],
        });
      },
    }),
    ...accepted({
      "a key in Parameter Store": strict(["parameters"], keys, { kmsKeyArn: keyArn }),
      "a key in Google Cloud": strict(["google"], keys, { kmsKeyName: keyName("global") }),
      "a Key Vault, which seals by itself": strict(["azure"], keys),
      "a Vault, whose seal is its operator's": strict(["vault"], keys),
      "a Key Vault of somebody else's": strict(["azure"], audits),
      "a Key Vault made here with an audit log": strict(["azure"], audits, { create: { auditWorkspaceId: workspace } }),
      "a Vault of somebody else's": strict(["vault"], audits),
      "a mount of Vault made here with an audit device": strict(["vault"], audits, {
        createMount: true,
        auditDevices: [{ type: "file", filePath: "/vault/logs/audit.log" }],
      }),
      "stores of AWS, which log by themselves": strict(["parameters", "secrets"], audits),
      "a log of reads that is switched on here": strict(["google"], audits, { auditLogs: "create" }),
      "a log of reads that is on already": strict(["google"], audits, { auditLogs: "existing" }),
      "Vault without TLS in development": strict(["vault"], {}, { address: "http://vault.example:8200" }),
      "Vault without TLS in acceptance": strict(
        ["vault"],
        { stage: "acceptance" },
        { address: "http://vault.example:8200" },
      ),
      "Vault with TLS in production": strict(["vault"], production),
    }),
  ],
};
