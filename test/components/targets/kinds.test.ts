import assert from "node:assert/strict";
import {
  administratorOf,
  passwordProblem,
  placesOfAccount,
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
  /** Account `shop`, at each server that keeps it. */
  readonly places: readonly string[];
  /** Absent where none is needed. */
  readonly administrator?: string;
}

/** A kind without its row does not compile. */
const rows: { readonly [K in TargetSpec["kind"]]: Row } = {
  postgresql: {
    facts: { host: "2001:db8::5", administrator: "rotator" },
    text: "target main (postgresql at [2001:db8::5]:5432)",
    places: ["postgresql [2001:db8::5]:5432\nshop"],
    administrator: "rotator",
  },
  mysql: {
    facts: { host: "db.example", administrator: "rotator" },
    text: "target main (mysql at db.example:3306)",
    places: ["mysql db.example:3306\nshop@%"],
    administrator: "rotator",
  },
  redis: {
    facts: { host: "cache-0.example", replicas: ["cache-1.example"] },
    text: "target main (redis at cache-0.example:6379, cache-1.example:6379)",
    places: ["redis cache-0.example:6379\nshop", "redis cache-1.example:6379\nshop"],
    administrator: "default",
  },
  grafana: {
    facts: { url: "https://grafana.example/sub", administrator: "rotator" },
    text: "target main (grafana at https://grafana.example/sub)",
    places: ["grafana https://grafana.example/sub\nshop"],
    administrator: "rotator",
  },
  "argo-cd": {
    facts: { url: "https://cd.example" },
    text: "target main (argo-cd at https://cd.example)",
    places: ["argo-cd https://cd.example\nshop"],
  },
  http: {
    facts: {
      request: { url: "https://api.example/users/${username}/password", json: { password: "${password}" } },
      verify: { url: "https://api.example/me" },
    },
    text: "target main (http at https://api.example)",
    places: [
      'http {"headers":{},"json":{"password":"${password}"},"method":"PUT","url":"https://api.example/users/${username}/password"}\nshop',
    ],
    administrator: "administrator",
  },
  job: {
    facts: { cluster: "onprem", namespace: "db", image: "psql:18", command: ["rotate"] },
    text: "target main (job at namespace db of cluster onprem)",
    places: ['job {"cluster":"onprem","command":["rotate"],"env":{},"image":"psql:18","namespace":"db"}\nshop'],
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

    it(`${kind}: says what keeps an account`, () => {
      assert.deepEqual(placesOfAccount(spec(), "shop"), rows[kind].places);
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
