import assert from "node:assert/strict";
import fc from "fast-check";
import type { AdmissionSpec } from "../../../../components/external-secrets/admission/contract.ts";
import { admissionPolicies } from "../../../../components/external-secrets/admission/index.ts";
import { refusals } from "../../../support/admission-cel.ts";
import { templateFunctions, templatePattern } from "../../../../components/external-secrets/admission/secrets.ts";

const spec: AdmissionSpec = {
  providers: ["vault"],
  clusterStores: false,
  openClusterStores: false,
  pushSecrets: false,
};

/** What is refused, in the words that a tenant sees. */
const messages = (changes: Partial<AdmissionSpec> = {}) =>
  admissionPolicies({ ...spec, ...changes }).flatMap(({ spec: { validations } }) =>
    validations.map(({ message }) => message),
  );
const said = (text: RegExp, changes: Partial<AdmissionSpec> = {}) => messages(changes).some((each) => text.test(each));

// That each rule refuses and admits what it should is told by a real API server: test/e2e/admission/tenant-objects.test.ts.
describe("admission policies", () => {
  it("are three, which refuse when they can't be evaluated", () => {
    const policies = admissionPolicies(spec);
    assert.deepEqual(
      policies.map(({ name, spec: { failurePolicy } }) => [name, failurePolicy]),
      [
        ["external-secrets-stores", "Fail"],
        ["external-secrets-secrets", "Fail"],
        ["external-secrets-generators", "Fail"],
      ],
    );
  });

  it("are four where secrets are pushed, the fourth for the version that is served", () => {
    const [, , , pushes, ...others] = admissionPolicies({ ...spec, pushSecrets: true });
    assert.deepEqual([pushes?.name, others], ["external-secrets-pushes", []]);
    assert.match(
      JSON.stringify(pushes?.spec.matchConstraints),
      /"apiVersions":\["v1alpha1"\].*"resources":\["pushsecrets"\]/,
    );
  });

  it("leave alone what is being deleted, and what keeps its spec", () => {
    for (const { spec: each } of admissionPolicies(spec)) {
      assert.deepEqual(
        each.matchConditions.map(({ expression }) => expression),
        ["!has(object.metadata.deletionTimestamp) && (oldObject == null || object.spec != oldObject.spec)"],
      );
    }
  });

  it("name the providers in use, each once, and no other", () => {
    const all = ["gcpsm", "aws", "azurekv", "aws"] as const;
    assert.ok(messages().includes("this provider is not in use in the cluster: allowed are vault"));
    assert.ok(
      messages({ providers: all }).includes(
        "this provider is not in use in the cluster: allowed are aws, azurekv, gcpsm",
      ),
    );
  });

  it("refuse shared stores unless the cluster has chosen one", () => {
    assert.ok(said(/may not read through a ClusterSecretStore/));
    assert.ok(!said(/may not read through a ClusterSecretStore/, { clusterStores: true }));
    assert.ok(said(/must say who may use it/, { clusterStores: true }));
    assert.ok(!said(/must say who may use it/, { clusterStores: true, openClusterStores: true }));
  });

  it("let a store on AWS do without credentials only where the operator has roles to take on", () => {
    const aws = { providers: ["aws"] } as const;
    const operatorRoles = { beginnings: ["arn:aws:iam::111122223333:role/acme.prod.eks."], cut: {}, others: false };
    assert.ok(said(/must log in/, aws));
    assert.ok(!said(/or name, by role alone/, aws));
    assert.ok(said(/or name, by role alone/, { ...aws, operatorRoles }));
    assert.ok(!said(/or name, by role alone/, { providers: ["gcpsm"], operatorRoles }));
  });

  it("hold no variable that is an optional: the API server finds no field in one", () => {
    for (const { spec: each } of admissionPolicies(spec)) {
      for (const { name, expression } of each.variables ?? []) {
        assert.match(expression, /orValue|^r'|request\.namespace$/, name);
      }
    }
  });
});

describe("remote keys of a namespace", () => {
  const ownKeys = {
    shop: { prefixes: ["teams/shop/", "o'clock-\\\\-"], names: ["acme/shop/db"] },
    till: { prefixes: ["teams/till/"], names: [] },
  };
  const refusedIn = (namespace: string, changes: object) =>
    refusals(
      admissionPolicies({ ...spec, ownKeys }),
      { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", spec: { target: {}, ...changes } },
      namespace,
    );
  const data = (key: string) => ({ data: [{ secretKey: "a", remoteRef: { key } }] });
  const find = (path?: string) => ({ dataFrom: [{ find: { ...(path === undefined ? {} : { path }) } }] });
  const [reads, searches] = ["may only read remote keys", "may only search its store"];

  it("are those below its prefixes, and its own names", () => {
    for (const key of ["teams/shop/a", "acme/shop/db", "o'clock-\\\\-a"])
      assert.deepEqual(refusedIn("shop", data(key)), [], key);
    for (const key of ["teams/shop", "teams/till/a", "acme/shop/db2", "", "teams/shop/../till/a", "teams/shop/.."]) {
      assert.deepEqual(
        refusedIn("shop", data(key)).map((text) => text.includes(reads)),
        [true],
        key,
      );
    }
    assert.deepEqual(refusedIn("till", { dataFrom: [{ extract: { key: "teams/till/a" } }] }), []);
    assert.equal(refusedIn("till", { dataFrom: [{ extract: { key: "teams/shop/a" } }] }).length, 1);
  });

  it("are searched below its prefixes", () => {
    assert.deepEqual(refusedIn("shop", find("teams/shop/a")), []);
    for (const path of [undefined, "", "teams/", "teams/shop/../"]) {
      assert.deepEqual(
        refusedIn("shop", find(path)).map((text) => text.includes(searches)),
        [true],
        path,
      );
    }
  });

  it("are anything where a namespace has no prefixes, and where none has", () => {
    assert.deepEqual(refusedIn("other", { ...data("teams/till/a"), ...find() }), []);
    assert.ok(!said(/remoteKeyPrefixes/));
  });

  it("are no concern of what a generator makes", () => {
    const generatorRef = { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: "a" };
    assert.deepEqual(refusedIn("shop", { dataFrom: [{ sourceRef: { generatorRef } }] }), []);
  });
});

describe("the pattern of templates", () => {
  const pattern = new RegExp(templatePattern);

  for (const text of [
    "",
    "no template",
    "{",
    '{"a": 1}',
    "{{ .key }}",
    "{{.key}}",
    "{{- .key -}}",
    "a{{ .a }}b{{ .b | b64dec | quote }}c{",
    '{{ .key | replace "a" "b" }}',
    "{{ .key | indent 4 }}",
    "line\n{{ .key }}\n",
  ]) {
    it(`takes ${JSON.stringify(text)}`, () => {
      assert.match(text, pattern);
    });
  }

  for (const text of [
    "{{",
    "{{ }}",
    "{{{ .key }}",
    "{{ . }}",
    "{{ .key.of.another }}",
    "{{ .key | getHostByName }}",
    "{{ getHostByName .key }}",
    '{{ getHostByName "a" }}',
    "{{ .key | default (getHostByName .b) }}",
    "{{ .key | b64dec .other }}",
    "{{ .key | b64decode }}",
    "{{ range . }}{{ end }}",
    '{{ define "a" }}{{ end }}',
    "{{ $a := .key }}",
    "{{/* a comment */}}{{ .key }}",
    "{{ .a }}{{ env .b }}",
    "{{ .a\n| b64dec }}",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.doesNotMatch(text, pattern);
    });
  }

  it("refuses every function that is not on the list, wherever it stands", () => {
    const names = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,12}$/).filter((name) => !isListed(name));
    const places = fc.constantFrom(
      (name: string) => `{{ ${name} .key }}`,
      (name: string) => `{{ .key | ${name} }}`,
      (name: string) => `text {{ .key | trim | ${name} }} text`,
      (name: string) => `{{ .key | default (${name}) }}`,
    );
    fc.assert(
      fc.property(names, places, (name, place) => {
        assert.doesNotMatch(place(name), pattern);
      }),
    );
  });
});

function isListed(name: string): boolean {
  return (templateFunctions as readonly string[]).includes(name);
}
