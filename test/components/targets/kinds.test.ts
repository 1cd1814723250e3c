import assert from "node:assert/strict";
import {
  administratorOf,
  passwordProblem,
  targetFacts,
  targetKinds,
  targetSpecOf,
  targetText,
  type TargetSpec,
} from "../../../components/targets/kinds.ts";

interface Row {
  /** The fewest facts that describe one. */
  readonly facts: object;
  readonly text: string;
  /** Absent where none is needed. */
  readonly administrator?: string;
}

/** A kind without its row does not compile. */
const rows: { readonly [K in TargetSpec["kind"]]: Row } = {
  postgresql: {
    facts: { host: "2001:db8::5", administrator: "rotator" },
    text: "target main (postgresql at [2001:db8::5]:5432)",
    administrator: "rotator",
  },
  mysql: {
    facts: { host: "db.example", administrator: "rotator" },
    text: "target main (mysql at db.example:3306)",
    administrator: "rotator",
  },
  redis: {
    facts: { host: "cache-0.example", replicas: ["cache-1.example"] },
    text: "target main (redis at cache-0.example:6379, cache-1.example:6379)",
    administrator: "default",
  },
  grafana: {
    facts: { url: "https://grafana.example/sub", administrator: "rotator" },
    text: "target main (grafana at https://grafana.example/sub)",
    administrator: "rotator",
  },
  "argo-cd": {
    facts: { url: "https://cd.example" },
    text: "target main (argo-cd at https://cd.example)",
  },
  http: {
    facts: {
      request: { url: "https://api.example/users/${username}/password", json: { password: "${password}" } },
      verify: { url: "https://api.example/me" },
    },
    text: "target main (http at https://api.example)",
    administrator: "administrator",
  },
  job: {
    facts: { cluster: "onprem", namespace: "db", image: "psql:18", command: ["rotate"] },
    text: "target main (job at namespace db of cluster onprem)",
  },
};

describe("every kind of target", () => {
  for (const kind of targetKinds) {
    const { facts, text, administrator } = rows[kind];
    const spec = () => targetSpecOf("main", targetFacts.parse({ ...facts, kind }));

    it(`${kind}: has a spec of its kind and its name, and is named by where it is`, () => {
      const found = spec();
      assert.deepEqual([found.kind, found.name, targetText(found)], [kind, "main", text]);
    });

    it(`${kind}: says whose password sets those of others`, () => {
      assert.equal(administratorOf(spec()), administrator);
    });

    it(`${kind}: takes the characters of every password, and no line breaks`, () => {
      assert.equal(passwordProblem(spec(), "aZ09!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "), undefined);
      assert.notEqual(passwordProblem(spec(), "a\nb"), undefined);
    });

    it(`${kind}: knows no password among its facts`, () => {
      const found = targetFacts.safeParse({ ...facts, kind, password: "x" });
      assert.deepEqual(
        found.error?.issues.map(({ code }) => code),
        ["unrecognized_keys"],
      );
    });
  }

  it("is one of those that there are", () => {
    assert.equal(targetFacts.safeParse({ kind: "oracle", host: "db.example" }).success, false);
  });
});
