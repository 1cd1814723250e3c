import {
  keyPair,
  literal,
  provided,
  providedOptionally,
  publicKeyOf,
  sshKeyPair,
  template,
} from "../../../components/values/recipe.ts";
import { keyTypes } from "../../../components/values/recipes/key-pair.ts";
import { accepted, canary, refused, type CaseClass } from "../case.ts";
import { dbKey, dbKeys, deliveryField, each } from "../catalogue-changes.ts";

const loosely = <T>(make: T) => make as unknown as (...args: readonly unknown[]) => unknown;

/** Key pairs, and public keys of what is none. */
export const keyPairs: CaseClass = {
  title: "key pairs",
  cases: [
    ...refused({
      ...each(
        {
          "a type without a size": { type: "rsa" },
          "a type of another size": { type: "rsa-1024" },
          "a type in capitals": { type: "RSA-4096" },
          "a type that every object has": { type: "constructor" },
          "a number as type": { type: 4096 },
          "null as type": { type: null },
          "an option that does not exist": { bits: 4096 },
          "a passphrase": { passphrase: canary },
          "options that are a text": "rsa-4096",
          "options that are null": null,
          "a comment of two lines": { comment: `a\nssh-rsa ${canary}` },
          "a comment that is empty": { comment: "" },
          "a comment that is a number": { comment: 5 },
          "a comment of 256 characters": { comment: "c".repeat(256) },
          "a comment with an umlaut": { comment: "\u00e4" },
          "an RSA key that is too weak": { type: "rsa-2048" },
        },
        (options) => (input) => dbKey(loosely(sshKeyPair)(options))(input),
      ),
      "a key pair without options": (input) => dbKey(loosely(keyPair)())(input),
      "a key pair without a type": (input) => dbKey(loosely(keyPair)({}))(input),
      "a key pair with a comment": (input) => dbKey(loosely(keyPair)({ type: "ed25519", comment: "a" }))(input),
      ...each(
        {
          "of nothing": undefined,
          "of a value": canary,
          "of an unknown key": "pasword",
          "of a password": "password",
          "of a literal": "username",
          "of a template": "url",
          "of itself": "extra",
        },
        (of) => (input) => dbKey(loosely(publicKeyOf)(of))(input),
      ),
      "of a public key": dbKeys({ id: sshKeyPair(), pub: publicKeyOf("id"), again: publicKeyOf("pub") }),
      ...each(
        {
          "in an unknown format": { format: "der" },
          "in a format as text": "pem",
          "with another option": { as: "pem" },
        },
        (options) => (input) => dbKeys({ id: sshKeyPair(), pub: loosely(publicKeyOf)("id", options) })(input),
      ),
    }),
    ...accepted({
      ...each(Object.fromEntries(keyTypes.filter((type) => type !== "rsa-2048").map((type) => [type, type])), (type) =>
        dbKeys({ id: sshKeyPair({ type }), pub: publicKeyOf("id"), pem: publicKeyOf("id", { format: "pem" }) }),
      ),
      "keys for tokens": dbKeys({
        key: keyPair({ type: "ecdsa-p256" }),
        pub: publicKeyOf("key"),
        line: publicKeyOf("key", { format: "openssh" }),
      }),
      "a comment with spaces": dbKey(sshKeyPair({ comment: "argocd of acme" })),
      "a public key of what people may bring": dbKeys({ id: providedOptionally("unset"), pub: publicKeyOf("id") }),
      "a public key in a template": dbKeys({
        id: sshKeyPair(),
        pub: publicKeyOf("id"),
        hosts: literal("git.example.com"),
        text: template('{"key":"${id|json}","pub":"${pub|json}","hosts":"${hosts|json}"}'),
      }),
      "a Secret for SSH": (input) => {
        dbKeys({ id: sshKeyPair() })(input);
        deliveryField("from", ["api", { secret: "db", keys: { "ssh-privatekey": "id" } }])(input);
        deliveryField("type", "kubernetes.io/ssh-auth")(input);
      },
      "a key that people bring, without its public one": dbKey(provided("other")),
    }),
  ],
};
