import assert from "node:assert/strict";
import { expiryProblem, isCertificate, readCertificate } from "../../../components/sealed-secrets/certificate.ts";
import { ecCertificate, otherCertificate, rsaCertificate, shortCertificate } from "./certificates.ts";

const read = (pem: string) => {
  const certificate = readCertificate(pem);
  return isCertificate(certificate) ? certificate : assert.fail(certificate.problem);
};

describe("a certificate to seal with", () => {
  it("is read with its key, and told from others by its fingerprint", () => {
    const { publicKey, validTo, fingerprint } = read(rsaCertificate);
    assert.deepEqual([publicKey.asymmetricKeyType, validTo.getUTCFullYear()], ["rsa", 2098]);
    assert.notEqual(fingerprint, read(otherCertificate).fingerprint);
  });

  it("is the first one of a list", () => {
    assert.equal(read(rsaCertificate + otherCertificate).fingerprint, read(rsaCertificate).fingerprint);
  });

  it("is refused where it is none, or its key is not RSA, without quoting it", () => {
    for (const text of ["", "canary-7d", "-----BEGIN CERTIFICATE-----\ncanary-7d\n-----END CERTIFICATE-----\n"]) {
      assert.deepEqual(readCertificate(text), { problem: "is no certificate in PEM format" });
    }
    assert.deepEqual(readCertificate(ecCertificate), {
      problem: "has a public key of type ec, and Sealed Secrets needs RSA",
    });
  });

  it("has expired when its last second is over", () => {
    const certificate = read(shortCertificate);
    assert.equal(expiryProblem(certificate, new Date("2026-11-30T00:00:00Z")), undefined);
    assert.equal(expiryProblem(certificate, new Date("2026-12-01T00:00:00Z")), "expired on 2026-11-30");
  });
});
