import assert from "node:assert/strict";
import { Faults } from "../../../fakes/support/faults.ts";

describe("faults of the fake clouds", () => {
  let now = 1000;
  let random = 0.5;
  const make = () => new Faults({ now: () => now, random: () => random });

  beforeEach(() => {
    now = 1000;
    random = 0.5;
  });

  it("hit what their patterns name, and nothing else", () => {
    const faults = make();
    faults.add({ kind: "throttle", host: "*.vault.azure.net", operation: "Get*", forMs: 100 });
    const hit = faults.hit("a.vault.azure.net", "GetSecret");
    assert.deepEqual([hit?.kind, hit?.remainingMs, hit?.ended.aborted], ["throttle", 100, false]);
    assert.equal(faults.hit("a.vault.azure.net", "SetSecret"), undefined);
    assert.equal(faults.hit("a.vault.azure.net.evil", "GetSecret"), undefined);
    assert.equal(faults.hit("aXvault.azureXnet", "GetSecret"), undefined);
  });

  it("end by themselves", () => {
    const faults = make();
    faults.add({ kind: "deny", forMs: 100 });
    now += 99;
    assert.equal(faults.hit("h", "o")?.kind, "deny");
    now += 1;
    assert.equal(faults.hit("h", "o"), undefined);
    assert.deepEqual(faults.list(), []);
  });

  it("let a request through that failed twice in a row, where not all are to fail", () => {
    const faults = make();
    faults.add({ kind: "throttle", rate: 0.9, forMs: 100 });
    const tried = (request: string) => faults.hit("h", "GetSecret", request)?.kind;
    const twice = ["throttle", "throttle", undefined];
    assert.deepEqual(
      [1, 2, 3].map(() => tried("GET /a")),
      twice,
    );
    assert.deepEqual(
      [tried("GET /a"), tried("GET /b"), tried("GET /a"), tried("GET /a")],
      ["throttle", "throttle", "throttle", undefined],
    );
    faults.clear();
    faults.add({ kind: "throttle", forMs: 100 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => tried("GET /a")),
      Array.from({ length: 4 }, () => "throttle"),
    );
  });

  it("let go of what they hit when they are cleared, or replaced", () => {
    const faults = make();
    for (const end of [() => faults.clear(), () => faults.add({ kind: "stall", forMs: 200 })]) {
      faults.clear();
      faults.add({ kind: "stall", forMs: 100 });
      const hit = faults.hit("h", "o");
      assert.equal(hit?.ended.aborted, false);
      end();
      assert.equal(hit.ended.aborted, true);
    }
  });

  it("hit the share of requests that they say", () => {
    const faults = make();
    faults.add({ kind: "deny", rate: 0.3, forMs: 100 });
    random = 0.29;
    assert.equal(faults.hit("h", "o")?.kind, "deny");
    random = 0.3;
    assert.equal(faults.hit("h", "o"), undefined);
    faults.clear();
    faults.add({ kind: "deny", rate: 0, forMs: 100 });
    random = 0;
    assert.equal(faults.hit("h", "o"), undefined);
  });

  it("replace the one for the same requests", () => {
    const faults = make();
    faults.add({ kind: "deny", host: "h", forMs: 100 });
    faults.add({ kind: "deny", host: "h", rate: 0, forMs: 200 });
    assert.deepEqual(faults.list(), [{ kind: "deny", host: "h", rate: 0, forMs: 200 }]);
  });

  it("cut new connections only where every request of the host is cut", () => {
    const faults = make();
    faults.add({ kind: "refuse", host: "a", operation: "Get", forMs: 100 });
    faults.add({ kind: "refuse", host: "b", rate: 0.5, forMs: 100 });
    faults.add({ kind: "refuse", host: "c", forMs: 100 });
    assert.deepEqual(
      ["a", "b", "c", "d"].map((host) => faults.refusesConnection(host)),
      [false, false, true, false],
    );
  });

  it("are refused when they cannot be read, with what is allowed", () => {
    const example = `\n  fix: Send, for example: {"kind":"throttle","host":"*.vault.azure.net","rate":0.5,"forMs":5000}`;
    const cases: [unknown, string][] = [
      [null, "The fault cannot be used.\n  why: It must be: an object with kind and forMs."],
      [
        { kind: "slow", forMs: 1 },
        "The fault's kind cannot be used.\n  why: It must be: throttle, stall, refuse, deny.",
      ],
      [{ kind: "deny" }, "The fault's forMs cannot be used.\n  why: It must be: more than 0 and at most 600000."],
      [{ kind: "deny", forMs: 1, rate: 2 }, "The fault's rate cannot be used.\n  why: It must be: from 0 to 1."],
      [
        { kind: "deny", forMs: 1, host: 5 },
        "The fault's host cannot be used.\n  why: It must be: a text; * is any text.",
      ],
      [
        { kind: "deny", forMs: 1, path: "/" },
        "The field path cannot be used.\n  why: It must be: kind, host, operation, rate and forMs.",
      ],
    ];
    for (const [input, message] of cases) assert.throws(() => make().add(input), { message: message + example });
  });
});
