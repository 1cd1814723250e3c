import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { publicKeyText } from "../../../components/values/public-key.ts";
import { keyPair, sshKeyPair } from "../../../components/values/recipe.ts";
import {
  characters,
  fingerprint,
  generate,
  maximumLength,
  minimumLength,
  strength,
} from "../../../components/values/recipes/index.ts";
import { keyTypes } from "../../../components/values/recipes/key-pair.ts";

const of = "shop/git id";
const publicOf = (value: string, format?: "openssh" | "pem") =>
  publicKeyText({ of, value, ...(format === undefined ? {} : { format }) });

const folder = mkdtempSync(path.join(tmpdir(), "key-pair-"));
after(() => rmSync(folder, { recursive: true }));
const hasSshKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;
/** What `ssh-keygen` answers, as text. */
const sshKeygen = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync("ssh-keygen", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
};
const fileOf = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};

for (const type of keyTypes) {
  describe(`a key pair of type ${type}`, () => {
    const ssh = generate(sshKeyPair({ type, comment: "argocd of acme" }), randomBytes);
    const pem = generate(keyPair({ type }), randomBytes);

    it("is a private key as OpenSSH writes it, and a public key with the same comment", () => {
      assert.match(
        ssh,
        /^-----BEGIN OPENSSH PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]{1,70}\n)+-----END OPENSSH PRIVATE KEY-----\n$/,
      );
      assert.match(publicOf(ssh), /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/]+=* argocd of acme\n$/);
    });

    it("is read by ssh-keygen, which derives the same public key", function () {
      if (!hasSshKeygen) return this.skip();
      const file = fileOf(type, ssh);
      assert.equal(sshKeygen("-y", "-P", "", "-f", file), publicOf(ssh));
      const size = /\d+$/.exec(type)?.[0] ?? "256";
      assert.match(
        sshKeygen("-l", "-f", fileOf(`${type}.pub`, publicOf(ssh))),
        new RegExp(`^${type === "ed25519" ? 256 : size} SHA256:`),
      );
    });

    it("has in PEM the public key that verifies what the private key signs", () => {
      assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
      assert.match(publicOf(pem), /^-----BEGIN PUBLIC KEY-----\n/);
      const data = Buffer.from("a token to sign");
      const algorithm = type === "ed25519" ? null : "sha256";
      const signature = sign(algorithm, data, createPrivateKey(pem));
      assert.ok(verify(algorithm, data, createPublicKey(publicOf(pem)), signature));
    });

    it("has the same public key in either format", () => {
      const der = (text: string) => createPublicKey(text).export({ type: "spki", format: "der" });
      assert.equal(publicOf(pem, "pem"), publicOf(pem));
      assert.equal(publicOf(ssh, "openssh"), publicOf(ssh));
      const [algorithm = "", blob = ""] = publicOf(pem, "openssh").trimEnd().split(" ");
      assert.ok(Buffer.from(blob, "base64").subarray(4).toString("latin1").startsWith(algorithm));
      if (!hasSshKeygen) return;
      const line = fileOf(`${type}.line`, publicOf(pem, "openssh"));
      assert.equal(spawnSync("ssh-keygen", ["-l", "-f", line]).status, 0);
      if (type === "ed25519") return; // ssh-keygen writes no PEM of one
      const spki = sshKeygen("-e", "-m", "PKCS8", "-f", fileOf(`${type}.ssh.pub`, publicOf(ssh)));
      assert.deepEqual(der(publicOf(ssh, "pem")), der(spki));
    });

    it("has a length that limits are checked by, and no character that is not said", () => {
      for (const recipe of [sshKeyPair({ type }), sshKeyPair({ type, comment: "c".repeat(255) }), keyPair({ type })]) {
        const value = generate(recipe, randomBytes);
        assert.ok(value.length >= minimumLength(recipe) && value.length <= maximumLength(recipe), `${value.length}`);
        assert.ok([...value].every((character) => characters(recipe).includes(character)));
      }
    });

    it("is another one each time", () => {
      assert.notEqual(publicOf(generate(keyPair({ type }), randomBytes)), publicOf(pem));
    });
  });
}

describe("key pairs", () => {
  it("have the strength that NIST gives them", () => {
    assert.deepEqual(
      keyTypes.map((type) => strength(keyPair({ type }))),
      [128, 112, 128, 152, 128, 192, 256],
    );
  });

  // Fingerprints are kept in the state beside the value.
  it("have pinned fingerprints", () => {
    assert.equal(fingerprint(sshKeyPair()), '{"kind":"ssh-key-pair","type":"ed25519","comment":""}');
    assert.equal(
      fingerprint(sshKeyPair({ comment: "ci", type: "rsa-4096" })),
      '{"kind":"ssh-key-pair","type":"rsa-4096","comment":"ci"}',
    );
    assert.equal(fingerprint(keyPair({ type: "ecdsa-p256" })), '{"kind":"key-pair","type":"ecdsa-p256"}');
  });
});

describe("the public key of a private key that people provide", () => {
  it("is that of a file of ssh-keygen, with a passphrase as well, whatever became of its line breaks", function () {
    if (!hasSshKeygen) return this.skip();
    for (const [name, passphrase, comment] of [
      ["plain", "", "me@home"],
      ["locked", "a passphrase", ""],
    ] as const) {
      const file = path.join(folder, name);
      sshKeygen("-q", "-t", "ecdsa", "-N", passphrase, "-C", "me@home", "-f", file);
      const value = readFileSync(file, "utf8");
      const [algorithm, blob] = readFileSync(`${file}.pub`, "utf8").trimEnd().split(" ");
      const expected = `${algorithm ?? ""} ${blob ?? ""}${comment === "" ? "" : ` ${comment}`}\n`;
      for (const text of [value, value.trimEnd(), value.replaceAll("\n", "\r\n"), `\n${value}\n`]) {
        assert.equal(publicOf(text), expected);
      }
    }
  });

  it("is that of PKCS#1 and SEC1", () => {
    for (const pair of [
      generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }),
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" }),
    ]) {
      assert.match(publicOf(pair.toString()), /^-----BEGIN PUBLIC KEY-----\n/);
      assert.match(publicOf(pair.toString(), "openssh"), /^(?:ssh-rsa|ecdsa-sha2-nistp256) \S+\n$/);
    }
  });

  const sound = generate(sshKeyPair(), randomBytes);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const locked = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
  for (const [what, value] of [
    ["nothing", ""],
    ["a password", "hunter2-canary"],
    ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
    ["a key with a passphrase in PEM", locked],
    ["half of a key", sound.slice(0, sound.length / 2)],
    ["a key whose lines are missing", sound.split("\n").toSpliced(2, 2).join("\n")],
    [
      "a key of other bytes",
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from("openssh-key-v1\0").toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`,
    ],
    ["a key that is no base64", "-----BEGIN OPENSSH PRIVATE KEY-----\n%%%\n-----END OPENSSH PRIVATE KEY-----\n"],
  ] as const) {
    it(`is an error that shows nothing of it: ${what}`, () => {
      assert.throws(
        () => publicOf(value),
        (error: unknown) => {
          assert.ok(RunError.isInstance(error));
          assert.equal(
            error.message,
            "shop/git id: the value is no private key that a public key can be derived from. It must be in OpenSSH's format, or in PEM (PKCS#8, PKCS#1 or SEC1) without a passphrase.\n" +
              "    fix: provide it in one of these formats (docs/key-pairs.md#private-keys-that-you-provide)",
          );
          return true;
        },
      );
    });
  }

  it("is an error where OpenSSH has no such keys", () => {
    const key = generateKeyPairSync("ed448").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    assert.throws(() => publicOf(key, "openssh"), {
      message:
        "shop/git id: OpenSSH has no form for a public key of this type.\n" +
        "    fix: leave out the format, or provide an Ed25519, RSA or ECDSA key (docs/key-pairs.md#private-keys-that-you-provide)",
    });
    assert.match(publicOf(key), /^-----BEGIN PUBLIC KEY-----\n/);
  });

  it("takes no comment over that would begin another line", () => {
    const value = generate({ kind: "ssh-key-pair", type: "ed25519", comment: "a\nssh-ed25519 AAAA b" }, randomBytes);
    assert.match(publicOf(value), /^ssh-ed25519 \S+\n$/);
  });
});
