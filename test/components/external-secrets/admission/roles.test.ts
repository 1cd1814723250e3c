import assert from "node:assert/strict";
import { admissionPolicies } from "../../../../components/external-secrets/admission/index.ts";
import type { OperatorRoles } from "../../../../components/external-secrets/admission/roles.ts";
import { refusals } from "../../../support/admission-cel.ts";

const own = "arn:aws:iam::111122223333:role/acme.prod.eks.";
const roles: OperatorRoles = { shared: "external-secrets", beginnings: [own], cut: {}, others: false };
const cut = "arn:aws:iam::111122223333:role/acme.prod.eks.a-namespace-whose-name-is-so-lo_0123456789";
const long = "a-namespace-whose-name-is-so-long-that-it-is-cut";

const said =
  "a store on aws must log in with credentials of its namespace's own, since otherwise it would be the operator itself: " +
  "auth.jwt.serviceAccountRef, or auth.secretRef with accessKeyIDSecretRef and secretAccessKeySecretRef; " +
  "or name, by role alone, a role of its own namespace";

interface Tried {
  readonly kind?: string;
  readonly namespace?: string;
  readonly roles?: Partial<OperatorRoles>;
}

/** What is said to a store on AWS with this role, and whatever else. */
function refusalsOf(aws: object, { kind = "SecretStore", namespace = "shop", roles: changes = {} }: Tried = {}) {
  const policies = admissionPolicies({
    providers: ["aws"],
    clusterStores: true,
    openClusterStores: true,
    pushSecrets: false,
    operatorRoles: { ...roles, ...changes },
  });
  const provider = { aws: { service: "ParameterStore", region: "eu-central-1", ...aws } };
  return refusals(policies, { apiVersion: "external-secrets.io/v1", kind, spec: { provider } }, namespace);
}

describe("admission policies: roles that the operator takes on (EKS Pod Identity)", () => {
  it("are those of the store's own namespace", () => {
    assert.deepEqual(refusalsOf({ role: `${own}shop.parameters` }), []);
    // As the CRD fills it in, from 2.x on.
    assert.deepEqual(refusalsOf({ role: `${own}shop.parameters`, sessionTagsPolicy: "None" }), []);
    assert.deepEqual(refusalsOf({ role: `${own}shop.parameters`, prefix: "/acme/" }), []);
  });

  for (const [what, aws] of Object.entries({
    "no role": {},
    "the role of another namespace": { role: `${own}payroll.parameters` },
    "the role of a namespace whose name goes on": { role: `${own}shop-admin.parameters` },
    "the role of a namespace whose name is the end of it": { role: `${own}my.shop.parameters` },
    "the operator's role": { role: `${own}operator` },
    "a role of another cluster": { role: "arn:aws:iam::111122223333:role/acme.prod.other.shop.parameters" },
    "a role of another account": { role: "arn:aws:iam::444455556666:role/acme.prod.eks.shop.parameters" },
    "a role of any other name": { role: "arn:aws:iam::111122223333:role/admin" },
    "a role in other letters": { role: `${own}SHOP.parameters` },
    "a role that was cut": { role: cut },
    "a role that others lead to": {
      role: `${own}shop.parameters`,
      additionalRoles: [`${own}payroll.parameters`],
    },
    "tags of the tenant's choice": {
      role: `${own}shop.parameters`,
      sessionTags: [{ key: "kubernetes-namespace", value: "payroll" }],
    },
    "tags that travel on": { role: `${own}shop.parameters`, transitiveTagKeys: ["kubernetes-namespace"] },
    "tags of a policy": { role: `${own}shop.parameters`, sessionTagsPolicy: "Custom" },
    "an external id": { role: `${own}shop.parameters`, externalID: "payroll" },
    "a region that is a host": { role: `${own}shop.parameters`, region: "tenant.example/" },
    "an empty auth": { role: `${own}shop.parameters`, auth: {} },
  })) {
    it(`are refused with ${what}`, () => {
      assert.deepEqual(refusalsOf(aws), [said]);
    });
  }

  it("are free for credentials of the tenant's own", () => {
    const auth = { jwt: { serviceAccountRef: { name: "mine" } } };
    assert.deepEqual(refusalsOf({ auth, role: `${own}payroll.parameters` }), []);
  });

  it("of a ClusterSecretStore are those of the shared reader", () => {
    const kind = "ClusterSecretStore";
    assert.deepEqual(refusalsOf({ role: `${own}external-secrets.parameters` }, { kind, namespace: "" }), []);
    assert.deepEqual(refusalsOf({ role: `${own}shop.parameters` }, { kind, namespace: "" }), [said]);
  });

  it("of a ClusterSecretStore are none where there is no shared reader", () => {
    const { shared: _, ...alone } = roles;
    for (const role of [`${own}external-secrets.parameters`, `${own}.parameters`, own]) {
      const policies = admissionPolicies({
        providers: ["aws"],
        clusterStores: false,
        openClusterStores: true,
        pushSecrets: false,
        operatorRoles: { ...alone, others: true },
      });
      const provider = { aws: { service: "ParameterStore", region: "eu-central-1", role } };
      const store = { apiVersion: "external-secrets.io/v1", kind: "ClusterSecretStore", spec: { provider } };
      assert.deepEqual(refusals(policies, store, ""), [said]);
    }
  });

  it("whose names were cut are each for the namespace that they were made for", () => {
    const known = { roles: { cut: { [cut]: long } } };
    assert.deepEqual(refusalsOf({ role: cut }, { ...known, namespace: long }), []);
    assert.deepEqual(refusalsOf({ role: cut }, { ...known, namespace: "shop" }), [said]);
    assert.deepEqual(refusalsOf({ role: cut }, { ...known, namespace: `${long}-2` }), [said]);
  });

  it("of other stacks have the namespace in their names too", () => {
    const others = { roles: { beginnings: [], others: true } };
    const role = "arn:aws:iam::444455556666:role/acme.dev.other.shop.parameters";
    assert.deepEqual(refusalsOf({ role }, others), []);
    assert.deepEqual(refusalsOf({ role: `${role}_0123456789` }, others), []);
    for (const foreign of [
      "arn:aws:iam::444455556666:role/acme.dev.other.payroll.parameters",
      "arn:aws:iam::444455556666:role/acme.dev.other.payroll.shop",
      "arn:aws:iam::444455556666:role/acme.dev.other.payroll.shop.parameters",
      "arn:aws:iam::444455556666:role/acme.shop.other.payroll.parameters",
      "arn:aws:iam::444455556666:role/acme.dev.other.operator",
      "arn:aws:iam::444455556666:role/shop",
      "arn:aws:iam::444455556666:role/path/acme.dev.other.shop.parameters",
      "arn:aws:iam::444455556666:role/acme.dev.an-other-with-a-very-long-name-indeed_0123456789",
      "arn:aws:iam::444455556666:role/acme.dev.an-other-with-a-very-long-name-indeed._0123456789",
      `x ${role}`,
    ]) {
      assert.deepEqual(refusalsOf({ role: foreign }, others), [said], foreign);
    }
  });

  it("of other stacks whose names were cut are for namespaces that go on from there", () => {
    const others = { roles: { beginnings: [], others: true } };
    assert.deepEqual(refusalsOf({ role: cut }, { ...others, namespace: long }), []);
    assert.deepEqual(refusalsOf({ role: cut }, { ...others, namespace: "shop" }), [said]);
    assert.deepEqual(refusalsOf({ role: cut }, { ...others, namespace: "a-namespace" }), [said]);
  });

  it("that are none leave no way without credentials", () => {
    const none = { roles: { beginnings: [], cut: { [cut]: long } } };
    assert.deepEqual(refusalsOf({ role: `${own}shop.parameters` }, none), [said]);
    assert.deepEqual(refusalsOf({ role: `${own}shop.parameters` }, { roles: { beginnings: [] } }), [said]);
  });
});
