import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fleetPlanText, fleetReportText, moveText } from "../../cli/text/fleet.ts";
import { fullPart } from "../../operations/fleet/plan.ts";
import { root } from "../support/project.ts";
import { spread } from "./commands/examples/fleet.ts";

const page = readFileSync(path.join(root, "docs/fleet.md"), "utf8");
const isShown = (text: string) => assert.ok(page.includes(`\`\`\`\n${text}\`\`\``), text);

describe("docs/fleet.md", () => {
  it("shows a plan as the command prints it", () => {
    isShown(fleetPlanText(spread));
  });

  it("shows a summary as the command prints it", () => {
    isShown(
      fleetReportText({
        schemaVersion: 1,
        environment: "prod",
        action: "up",
        parts: [
          { part: "base", stack: "prod", outcome: "done", seconds: 9.1, changes: { same: 41 } },
          { part: "p1", stack: "prod.p1", outcome: "done", seconds: 18.4, changes: { update: 2, same: 389 } },
          {
            part: "p2",
            stack: "prod.p2",
            outcome: "failed",
            seconds: 6.2,
            changes: {},
            message: "error: the stack is currently locked by 1 lock(s)",
          },
        ],
      }),
    );
  });

  it("says when a part is full, and what a move changes", () => {
    assert.ok(page.includes(`(${fullPart} resources,`));
    const moved = moveText({
      schemaVersion: 1,
      environment: "prod",
      applications: ["mlflow"],
      from: "p1",
      to: "p2",
      resources: 24,
      outcome: "moved",
    });
    assert.equal(
      moved,
      "mlflow: moved from part p1 to p2, 24 resources. No store and no cluster was changed.\n\n" +
        "Commit Pulumi.prod.yaml before anybody deploys: with the file of before, both parts are refused. " +
        "The next npx secrets fleet up prod writes the name of the new stack to what was moved.\n",
    );
  });
});
