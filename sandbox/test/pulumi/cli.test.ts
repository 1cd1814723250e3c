import assert from "node:assert/strict";
import { archiveName, fits } from "../../pulumi/cli.ts";

describe("Pulumi CLI", () => {
  it("on PATH fits from the pinned version on, within the same major version", () => {
    for (const version of ["3.259.0", "3.259.1", "3.300.0"]) assert.ok(fits(version, "3.259.0"), version);
    for (const version of ["3.258.9", "2.300.0", "4.0.0", "3.260.0-alpha.1"]) {
      assert.equal(fits(version, "3.259.0"), false, version);
    }
  });

  it("is downloaded under the vendor's names", () => {
    assert.equal(archiveName("3.259.0", { os: "linux", arch: "amd64" }), "pulumi-v3.259.0-linux-x64.tar.gz");
    assert.equal(archiveName("3.259.0", { os: "darwin", arch: "arm64" }), "pulumi-v3.259.0-darwin-arm64.tar.gz");
  });
});
