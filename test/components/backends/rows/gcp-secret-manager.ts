import { stateResource } from "../../../support/fixtures.ts";
import { projectNumber } from "../../../support/providers/gcp.ts";
import type { Row } from "./row.ts";

const [type, outputs] = ["gcp:secretmanager/secret:Secret", {}];
const secretId = "acme-dev--shop--db";
const prefix = "projects/acme-secrets/secrets/";

export const gcpSecretManager: Row = {
  spec: {
    kind: "gcp-secret-manager",
    name: "main",
    project: "acme-secrets",
    projectNumber,
    layout: "bundle",
    locations: [],
    versionDestroyDays: 7,
    topics: [],
    identityProviders: {},
    identityPools: {},
    linkedAccounts: false,
    labels: {},
  },
  facts: { kind: "gcp-secret-manager", project: "acme-secrets", projectNumber },
  place: ["acme-secrets"],
  ports: [443],
  billed: true,
  takesOver: (name) => ({ type, importId: `${prefix}${name}` }),
  resource: "gcp:secretmanager/secretVersion:SecretVersion",
  chosenNames: { "shop/db": "Shop_DB", "shop/db/password": "ShopPassword", "shop/db/username": "1-user_" },
  functionsThatRead: ["gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess"],
  changeByHand: ({ memory }, name, payload) => memory.write("gcp-secret-manager", `${prefix}${name}`, payload),
  deleteByHand: ({ memory }, name) => memory.delete("gcp-secret-manager", `${prefix}${name}`),
  foreign: [
    stateResource({ name: "other-project", type, names: { project: "acme-others", secretId } }, outputs),
    stateResource({ name: "no-project", type, names: { secretId } }, outputs),
    stateResource(
      {
        name: "regional",
        type: "gcp:secretmanager/regionalSecret:RegionalSecret",
        names: { project: "acme-secrets", secretId },
      },
      outputs,
    ),
  ],
};
