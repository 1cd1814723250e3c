import { literal, password, provided } from "../../../components/values/recipe.ts";
import { accepted, at, canary, refused, type CaseClass } from "../case.ts";
import { all, dbField, dbKeys, deliveries, deliveryField, each, onlyVault, shopOf } from "../catalogue-changes.ts";

const one = { namespace: "shop", secretName: "shop-db", from: ["db"] };
const more = (count: number, of: (index: number) => unknown) => Array.from({ length: count }, (_, index) => of(index));
const megabyte = "x".repeat(600_000);

/** Kubernetes Secrets that can't be made of what they name. */
export const secretDeliveries: CaseClass = {
  title: "deliveries",
  cases: [
    ...refused({
      "an environment that there is not": deliveryField("environments", ["tset"]),
      "an environment that is a text": deliveryField("environments", "test"),
      "an environment that is a number": deliveryField("environments", [1]),
      "no environment": deliveryField("environments", []),
      "restarts that are a text": deliveryField("restarts", "Deployment/shop"),
      "restarts of what is no workload": deliveryField("restarts", ["Job/shop", "Deployment/Shop", 5, canary]),
      "restarts of what no run brings": (input) => {
        deliveryField("restarts", ["Deployment/shop"])(input);
        at(input.facts, "namespaces", "shop")["via"] = "gitops";
      },
      "a secret that says it has none": dbField("delivered", false),
      "a secret that says it has one": dbField("delivered", true),
      "a store for a secret that has deliveries": ({ facts }) => void (facts["storedIn"] = { "shop/db": "vault" }),
      "a store for a secret that is not there": ({ facts }) => void (facts["storedIn"] = { "shop/bd": "vault" }),
      "a store that is not there": (input) => {
        at(shopOf(input), "secrets")["key"] = { delivered: false, keys: { token: password() } };
        input.facts["storedIn"] = { "shop/key": "vualt" };
      },
      "a secret without deliveries and without a store": (input) => {
        at(shopOf(input), "secrets")["key"] = { delivered: false, keys: { token: password() } };
      },
      "two namespaces of one name": ({ facts }) => void (at(facts, "namespaces", "shop")["name"] = "till"),
      "an illegal name of a namespace": ({ facts }) => void (at(facts, "namespaces", "shop")["name"] = "Shop_1"),
    }),
    ...accepted({
      "an environment that there is": deliveryField("environments", ["test"]),
      restarts: deliveryField("restarts", ["Deployment/shop", "StatefulSet/shop", "DaemonSet/shop"]),
      "another name of a namespace": ({ facts }) => void (at(facts, "namespaces", "shop")["name"] = "shop-test"),
      "a secret without deliveries, in two stores": (input) => {
        at(shopOf(input), "secrets")["key"] = { delivered: false, keys: { token: password() } };
        input.facts["storedIn"] = { "shop/key": ["vault", "azure"] };
      },
    }),
    ...refused({
      "an unknown secret": deliveryField("from", ["dbb"]),
      "a secret of no application": deliveryField("from", ["till/db"]),
      "a value as a secret": deliveryField("from", [canary]),
      "a value as a key": deliveryField("from", [{ secret: "db", keys: { A: canary } }]),
      "a value as the secret of a source": deliveryField("from", [{ secret: canary, keys: { A: "password" } }]),
      "an empty name": deliveryField("from", [""]),
      "a slash": deliveryField("from", ["/"]),
      "too many slashes": deliveryField("from", ["shop/db/password"]),
      "an unknown key": deliveryField("from", [{ secret: "db", keys: { A: "pasword" } }]),
      "a key of another secret": deliveryField("from", [{ secret: "db", keys: { A: "token" } }]),
      "a key that every object has": deliveryField("from", [{ secret: "db", keys: { A: "toString" } }]),
      "an empty key": deliveryField("from", [{ secret: "db", keys: { A: "" } }]),
      "a key from two sources": deliveryField("from", ["db", { secret: "api", keys: { password: "token" } }]),
      "a secret twice": deliveryField("from", ["db", "db"]),
      "the same Secret twice": deliveries([one, { ...one, from: [{ secret: "api", keys: { A: "token" } }] }]),
      "the same Secret by another application": (input) => {
        input.catalogue["till"] = { secrets: { db: { keys: { a: password() } } }, deliveries: [one] };
      },
      "more than a Secret holds": all(onlyVault, dbKeys({ one: literal(megabyte), two: literal(megabyte) })),
      "a namespace without facts": deliveryField("namespace", "shpo"),
      "no deliveries": deliveries([]),
      "2,000 of one unknown secret": deliveries(
        more(2000, (index) => ({ ...one, secretName: `s${index}`, from: ["dbb"] })),
      ),
      "2,000 unknown secrets": deliveries(
        more(2000, (index) => ({ ...one, secretName: `s${index}`, from: [`x${index}`] })),
      ),
      "2,000 without sources": deliveries(more(2000, (index) => ({ ...one, secretName: `s${index}`, from: [] }))),
      "2,000 to one unknown namespace": deliveries(
        more(2000, (index) => ({ ...one, namespace: "x", secretName: `s${index}` })),
      ),
      "2,000 unknown namespaces": deliveries(more(2000, (index) => ({ ...one, namespace: `x${index}` }))),
      "2,000 times the same": deliveries(more(2000, () => one)),
      "2,000 texts": deliveries(more(2000, () => "db")),
      "a list with holes": deliveries(Object.assign([], { 3: one })),
      "a list that is endless": deliveries(new Array(4_000_000_000)),
      "2,000 secrets that nobody gets": (input) => {
        shopOf(input)["secrets"] = Object.fromEntries([
          ...Object.entries(at(shopOf(input), "secrets")),
          ...(more(2000, (index) => [`s${index}`, { keys: { a: password() } }]) as [string, unknown][]),
        ]);
      },
      "2,000 values that people must bring, in clear": (input) => {
        dbKeys(
          Object.fromEntries(more(2000, (index) => [`k${index}`, provided(`a b${index}`)]) as [string, unknown][]),
        )(input);
      },
      ...each({ "a text": "yes", "a number": 1 }, (value) => deliveryField("merge", value)),
      ...each(
        {
          "an empty type": "",
          "a type with a space": "my type",
          "a type of 254 characters": "x".repeat(254),
          "a misspelt type": "kubernetes.io/tsl",
          "a type without its domain": "tls",
          "a type whose keys are missing": "kubernetes.io/tls",
          "a type whose one key is missing": "kubernetes.io/dockerconfigjson",
          "the type of a service account's token": "kubernetes.io/service-account-token",
          "the type of a node's token": "bootstrap.kubernetes.io/token",
          "a number as type": 1,
        },
        (value) => deliveryField("type", value),
      ),
      ...each(
        {
          "labels as a list": ["a"],
          "a label that is true": { enabled: true },
          "a label with an illegal name": { "a b": "a" },
          "a label with an illegal value": { team: "a b" },
          "a label of 64 characters": { team: "x".repeat(64) },
          "a label that says who manages": { "app.kubernetes.io/managed-by": "us" },
          "a label of the operator": { "reconcile.external-secrets.io/managed": "true" },
        },
        (value) => deliveryField("labels", value),
      ),
      ...each(
        {
          "annotations as a text": "a",
          "an annotation that is nothing": { note: null },
          "an annotation that is a template": { note: "{{ .password }}" },
          "an annotation of Pulumi": { "pulumi.com/patchForce": "false" },
          "an annotation of this program": { "multicloud-secrets/stack": "a/b" },
          "an annotation that is a private key": { note: "-----BEGIN RSA PRIVATE KEY-----" },
          "annotations of 256 KiB": { note: "x".repeat(256 * 1024) },
        },
        (value) => deliveryField("annotations", value),
      ),
    }),
    ...accepted({
      "a key under two names": deliveryField("from", [{ secret: "db", keys: { A: "password", B: "password" } }]),
      "a secret by its whole name": deliveryField("from", ["shop/db"]),
      "a merged Secret": deliveryField("merge", true),
      "a type that Kubernetes knows": deliveryField("type", "kubernetes.io/basic-auth"),
      "a type of somebody's own": deliveryField("type", "example.com/own"),
      labels: deliveryField("labels", { "example.com/team": "shop", empty: "" }),
      annotations: deliveryField("annotations", { "example.com/note": "any text: {}" }),
      "a secret in two Secrets": deliveries([one, { ...one, secretName: "other", from: ["db", "api"] }]),
    }),
  ],
};
