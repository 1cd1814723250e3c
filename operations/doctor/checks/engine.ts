import { isRendered } from "../../../components/delivery/contract.ts";
import type { Examined, Finding } from "../model.ts";
import type { AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the stack was deployed to its end, and with this Secret. */
export async function checkEngine({ engine, deployedBy, delivery, namespace }: AskedSecret): Promise<Examined> {
  const answer = await engine();
  const subject = `stack ${deployedBy}`;
  if (isRefused(answer)) return unanswered("engine", `the state of ${subject}`, answer);
  const { names, pending, last } = answer.value;
  const finding = (
    severity: Finding["severity"],
    { problem, fix, evidence = [] }: { problem: string; fix: string; evidence?: readonly string[] },
  ): Finding => ({ link: "engine", severity, subject, problem, evidence, fix });
  if (names.size === 0) {
    return {
      findings: [
        finding("broken", {
          problem: "has nothing in its state: it was never deployed, or its state was lost",
          fix: "pulumi up",
        }),
      ],
    };
  }
  const findings: Finding[] = [];
  const { namespace: within, secretName } = delivery;
  if (!isRendered(delivery) && !names.has(`${namespace.key}/${secretName}`)) {
    const problem = `does not have Secret ${within}/${secretName} in its state: it was not deployed since the catalogue has it, or failed before`;
    findings.push(finding("broken", { problem, fix: "pulumi up" }));
  }
  if (pending.length > 0) {
    const problem = "was killed in the middle of a run";
    findings.push(finding("warning", { problem, evidence: pending.slice(0, 3), fix: "pulumi up" }));
  }
  if (last?.result === "failed") {
    findings.push(
      finding("warning", { problem: `failed in its last ${last.kind}, of ${last.startedAt}`, fix: "pulumi up" }),
    );
  }
  if (last?.result === "in-progress") {
    const problem = `is being changed by another run since ${last.startedAt}, or was left so by one that was killed`;
    findings.push(finding("warning", { problem, fix: "wait for that run; where there is none: pulumi cancel" }));
  }
  const seen = last === undefined ? "" : `; its last ${last.kind}, of ${last.startedAt}, ${last.result}`;
  return { findings, seen: [{ link: "engine", text: `${subject} has ${names.size} resources${seen}` }] };
}
