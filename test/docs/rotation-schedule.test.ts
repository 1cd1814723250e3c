import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { rotateCommand } from "../../cli/commands/rotate.ts";
import { root } from "../support/project.ts";

interface CronJob {
  readonly spec: {
    readonly schedule: string;
    readonly concurrencyPolicy: string;
    readonly jobTemplate: {
      readonly spec: { readonly backoffLimit: number; readonly template: { readonly spec: Pod } };
    };
  };
}

interface Pod {
  readonly serviceAccountName: string;
  readonly restartPolicy: string;
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
}

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

const folder = path.join(root, "examples/rotation-cronjob");
const text = readFileSync(path.join(folder, "cronjob.yaml"), "utf8");
const documents = parseAllDocuments(text);
const objects = documents.map((each) => each.toJS() as { readonly kind: string; readonly metadata: Place });
const of = <T>(kind: string) => objects.find((each) => each.kind === kind) as unknown as T;

interface Place {
  readonly name: string;
  readonly namespace?: string;
}

describe("examples/rotation-cronjob", () => {
  const config = of<{ readonly data: Readonly<Record<string, string>> }>("ConfigMap").data;
  const script = config["rotate.sh"] ?? "";
  const { spec } = of<CronJob>("CronJob");
  const pod = spec.jobTemplate.spec.template.spec;
  const [container] = pod.containers;

  it("is YAML of one namespace, with one job at a time that nobody repeats blindly", () => {
    assert.deepEqual(
      documents.flatMap(({ errors }) => errors),
      [],
    );
    assert.deepEqual(
      objects.map(({ kind, metadata: { name, namespace } }) => [kind, name, namespace]),
      [
        ["Namespace", "secret-rotation", undefined],
        ...["ServiceAccount", "ConfigMap", "CronJob"].map((kind) => [kind, "secret-rotation", "secret-rotation"]),
      ],
    );
    assert.equal(spec.concurrencyPolicy, "Forbid");
    assert.equal(spec.jobTemplate.spec.backoffLimit, 0);
    assert.equal(pod.restartPolicy, "Never");
    assert.match(spec.schedule, /^\d+ \d+ \* \* \*$/);
  });

  it("runs the script that it mounts, without rights on its node", () => {
    assert.deepEqual(container?.command, ["sh", "/etc/secret-rotation/rotate.sh"]);
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const mounted = container?.volumeMounts.map(({ name }) => name);
    assert.deepEqual(
      mounted,
      pod.volumes.map(({ name }) => name),
    );
    assert.doesNotMatch(container?.image ?? "", /:latest$|^[^:]+$/);
  });

  it("has the Pulumi CLI that the workflows install", () => {
    const action = readFileSync(path.join(root, ".github/actions/environment/action.yml"), "utf8");
    const version = /pulumi-version: (\S+)/.exec(action)?.[1] ?? "none";
    assert.match(
      readFileSync(path.join(folder, "Dockerfile"), "utf8"),
      new RegExp(`^ARG PULUMI_VERSION=${version}$`, "m"),
    );
  });

  it("uses options that the command has", () => {
    const known = new Set(rotateCommand().options.map(({ long }) => long));
    const used = [...script.matchAll(/secrets rotate (.*)/g)].flatMap(
      ([, words = ""]) => words.match(/--[a-z-]+/g) ?? [],
    );
    assert.deepEqual(
      [...new Set(used)].filter((option) => !known.has(option)),
      [],
    );
    assert.ok(used.length >= 6);
  });

  describe("its script", () => {
    let home: string;
    beforeEach(() => {
      home = mkdtempSync(path.join(tmpdir(), "cronjob-"));
      mkdirSync(path.join(home, "bin"));
      writeFileSync(path.join(home, "rotate.sh"), script);
    });
    afterEach(() => rmSync(home, { recursive: true }));

    /** Runs it with programs that note what they are asked, and end so. */
    function ran(endings: { readonly isChanged?: boolean; readonly move?: number; readonly push?: number }) {
      const program = (name: string, body: string) => {
        const file = path.join(home, "bin", name);
        writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "${home}/asked"\n${body}\n`);
        chmodSync(file, 0o755);
      };
      const { isChanged = true, move = 0, push = 0 } = endings;
      program(
        "git",
        `case "$1" in clone) mkdir -p "$HOME/repository";; diff) exit ${isChanged ? 1 : 0};; push) exit ${push};; esac`,
      );
      program("npm", "");
      program("npx", `case "$*" in *--config-only*) exit ${move};; esac`);
      const { status } = spawnSync("sh", [path.join(home, "rotate.sh")], {
        env: { ...config, HOME: home, PATH: `${path.join(home, "bin")}:${process.env["PATH"] ?? ""}` },
      });
      const asked = readFileSync(path.join(home, "asked"), "utf8").trim().split("\n");
      return { status, asked: asked.map((line) => line.split(" ").slice(0, 2).join(" ")), last: asked.at(-1) };
    }

    it("is one that a shell can read", () => {
      execFileSync("sh", ["-n", path.join(home, "rotate.sh")]);
    });

    const opening = ["git clone", "npm ci", "npx --no-install", "git diff"];

    it("pushes the epochs before the run that carries them out", () => {
      for (const move of [0, 1]) {
        const { status, asked } = ran({ move });
        assert.equal(status, 0);
        assert.deepEqual(asked, [...opening, "git commit", "git push", "npx --no-install"]);
        rmSync(path.join(home, "asked"));
      }
    });

    it("finishes what was interrupted where nothing is due", () => {
      const { asked, last } = ran({ isChanged: false });
      assert.deepEqual(asked, [...opening, "npx --no-install"]);
      assert.equal(last, "npx --no-install secrets rotate --due --wait 30 --stack dev");
    });

    it("runs nothing where the epochs can't be moved or pushed", () => {
      assert.deepEqual(ran({ move: 2 }).asked, opening.slice(0, 3));
      rmSync(path.join(home, "asked"));
      assert.deepEqual(ran({ push: 1 }), {
        status: 1,
        asked: [...opening, "git commit", "git push"],
        last: "git push --quiet origin HEAD:main",
      });
    });
  });
});
