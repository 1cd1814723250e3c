import assert from "node:assert/strict";
import {
  fieldLists,
  referenceFields,
  referencesIn,
  storeFields,
  type Provider,
} from "../../../../components/external-secrets/admission/fields.ts";
import { references } from "../../../../components/external-secrets/admission/references.ts";
import { crdFields } from "../../../support/crd-fields.ts";

/**
 * Fields that the CRD has and no store may have: the whole of what begins so. Why, stands with the fields that a store
 * may have.
 */
const refused: { readonly [P in Provider]: readonly string[] } = {
  aws: [],
  azurekv: ["customCloudConfig", "identityId"],
  gcpsm: [
    "auth.workloadIdentityFederation.awsSecurityCredentials",
    "auth.workloadIdentityFederation.credConfig",
    "auth.workloadIdentityFederation.externalTokenEndpoint",
  ],
  vault: ["auth.gcp", "auth.iam", "headers"],
};

// A new version of the operator brings a new CRD: then the table is read again, and each field that it adds is put either
// here or among those that a store may have.
describe("the fields of a store, held against the CRD of external-secrets 2.9.0 (2026-11-28)", () => {
  for (const provider of Object.keys(storeFields) as Provider[]) {
    const all = crdFields[provider].map((each) => each.split("@")[0] ?? "");
    const isRefused = (field: string) =>
      refused[provider].some((each) => field === each || field.startsWith(`${each}.`));

    it(`of ${provider} are each allowed or refused on purpose`, () => {
      assert.deepEqual([...allowedFields(provider), ...all.filter(isRefused)].sort(), [...all].sort());
    });

    it(`of ${provider} that are refused are all there`, () => {
      for (const each of refused[provider]) {
        assert.ok(
          all.some((field) => field === each || field.startsWith(`${each}.`)),
          each,
        );
      }
    });

    it(`of ${provider} that refer to something have the fields of a reference`, () => {
      const marked = crdFields[provider].filter((each) => each.includes("@") && !isRefused(each.split("@")[0] ?? ""));
      const known = referencesIn(provider).map(
        ({ path, to }) => `${withoutProvider(path)}@${[...referenceFields[to]].sort().join("/")}`,
      );
      assert.deepEqual(known.sort(), [...marked].sort());
    });

    it(`of ${provider} that name a namespace are all known to the rule of namespaces, refused or not`, () => {
      const marked = crdFields[provider].flatMap((each) => (each.includes("@") ? [each.split("@")[0] ?? ""] : []));
      assert.deepEqual([...references[provider]].sort(), marked.sort());
    });
  }
});

/** The fields that a store may have which hold no further ones; a reference counts as one. */
function allowedFields(provider: Provider): readonly string[] {
  const lists = new Map(fieldLists(provider).map(({ path, fields }) => [path, fields]));
  const within = new Set(referencesIn(provider).map(({ path }) => path));
  return [...lists].flatMap(([path, fields]) =>
    within.has(path)
      ? [withoutProvider(path)]
      : fields.map((field) => `${path}.${field}`).flatMap((each) => (lists.has(each) ? [] : [withoutProvider(each)])),
  );
}

function withoutProvider(path: string): string {
  return path.slice(path.indexOf(".") + 1);
}
