import assert from "node:assert/strict";
import { mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkLinks, linkPart, withParts, writeParts } from "../../../operations/fleet/parts-file.ts";

const before = `# Facts of prod
config:
  acme:platform: acme # ours
  acme:namespaces:
    shop: { cluster: main, store: vault }
  acme:token:
    secure: v1:abc
encryptionsalt: v1:salt
`;

describe("the file of an environment with parts", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "fleet-"));
    await writeFile(path.join(root, "Pulumi.prod.yaml"), before);
  });
  afterEach(() => rm(root, { recursive: true }));
  const parts = new Map([
    ["base", []],
    ["p1", ["shop"]],
  ]);

  it("gets them, and keeps everything else", async () => {
    await writeParts({ root, environment: "prod", project: "acme" }, parts);
    const after = await readFile(path.join(root, "Pulumi.prod.yaml"), "utf8");
    assert.equal(
      after,
      before.replace("secure: v1:abc\n", "secure: v1:abc\n  acme:parts:\n    base: []\n    p1:\n      - shop\n"),
    );
    assert.equal(withParts(after, "acme", parts), after);
    await writeParts({ root, environment: "prod", project: "acme" }, new Map([["base", ["shop"]]]));
    assert.equal(
      await readFile(path.join(root, "Pulumi.prod.yaml"), "utf8"),
      before.replace("secure: v1:abc\n", "secure: v1:abc\n  acme:parts:\n    base:\n      - shop\n"),
    );
  });

  it("is what the file of each part is a link to", async () => {
    await linkPart(root, "prod", "prod");
    await linkPart(root, "prod", "prod.p1");
    await linkPart(root, "prod", "prod.p1");
    assert.equal(await readlink(path.join(root, "Pulumi.prod.p1.yaml")), "Pulumi.prod.yaml");
    await checkLinks(root, "prod", ["prod", "prod.p1"]);
  });

  it("has no part with a file of its own", async () => {
    await writeFile(path.join(root, "Pulumi.prod.p1.yaml"), before);
    const message =
      "Pulumi.prod.p1.yaml is no link to Pulumi.prod.yaml, which all parts of the environment read. Nothing was changed.\n" +
      "    fix: if nobody needs what it has: ln -sf Pulumi.prod.yaml Pulumi.prod.p1.yaml";
    await assert.rejects(linkPart(root, "prod", "prod.p1"), { message });
    await assert.rejects(checkLinks(root, "prod", ["prod", "prod.p1"]), { message });
    await assert.rejects(checkLinks(root, "prod", ["prod.p2"]), {
      message: message.replaceAll("prod.p1", "prod.p2").replace("if nobody needs what it has: ln -sf", "ln -s"),
    });
  });

  it("is refused where it has no form for them", async () => {
    await writeFile(path.join(root, "Pulumi.prod.yaml"), "config: 7\n");
    await assert.rejects(writeParts({ root, environment: "prod", project: "acme" }, parts), {
      message:
        'Pulumi.prod.yaml: has no map called config. Nothing was changed.\n    fix: write "parts" by hand: docs/fleet.md',
    });
    assert.equal(await readFile(path.join(root, "Pulumi.prod.yaml"), "utf8"), "config: 7\n");
  });
});
