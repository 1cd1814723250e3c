import type { Report, ReportedSecret, Rotation } from "../schema.ts";
import { ageText, consumerText, daysText, dueText, hasSeveralClusters, storeText } from "../words.ts";
import { html, nothing, type Html } from "./markup.ts";

/** How people call the states. */
export const stateNames: Readonly<Record<Rotation["state"], string>> = {
  overdue: "overdue",
  "due-soon": "due soon",
  scheduled: "scheduled",
  unscheduled: "no cadence",
  "by-store": "renewed by the store",
  unknown: "unknown",
};

const columns = [
  { title: "Secret" },
  { title: "Application" },
  { title: "Age", isNumber: true },
  { title: "Every", isNumber: true },
  { title: "Due", sorted: true },
  { title: "State" },
  { title: "Stores" },
  { title: "Delivered to" },
  { title: "Made by" },
  { title: "USD a month", isNumber: true },
] as const satisfies readonly { readonly title: string; readonly isNumber?: true; readonly sorted?: true }[];

/** The table of secrets. Cells whose text does not sort as it should say by what they do. */
export function secretsTable({ secrets }: Report): Html {
  const withCluster = hasSeveralClusters(secrets);
  const heads = columns.map((column) => {
    const attributes = [
      "isNumber" in column ? ' class="number"' : "",
      "sorted" in column ? ' aria-sort="ascending"' : "",
    ].join("");
    return html`<th scope="col" ${{ html: attributes }}><button type="button">${column.title}</button></th>`;
  });
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${secrets.map((each) => row(each, { withCluster }))}
      </tbody>
    </table>
  </div>`;
}

const makers: Readonly<Record<ReportedSecret["origin"], string>> = {
  generated: "this program",
  adopted: "this program, adopted",
  "in-cluster": "a cluster's operator",
  referenced: "somebody else",
  issued: "the store issues it",
};

function row(secret: ReportedSecret, shown: { readonly withCluster: boolean }): Html {
  const { id, application, origin, rotation, stores, consumers, monthlyCost } = secret;
  const { ageDays = "", everyDays = "", dueOn = "", rotatedAt, state } = rotation;
  return html`<tr data-application="${application}">
    <td>${id}</td>
    <td>${application}</td>
    <td class="number" data-sort="${ageDays}" title="${rotatedAt === undefined ? "" : `since ${rotatedAt}`}">
      ${ageText(rotation)}
    </td>
    <td class="number" data-sort="${everyDays}">${everyDays === "" ? "" : daysText(everyDays)}</td>
    <td data-sort="${dueOn}">${dueText(rotation)}</td>
    <td><span class="state ${state}">${stateNames[state]}</span></td>
    <td>${list(stores.map(storeText))}</td>
    <td>${list(consumers.map((each) => consumerText(each, shown)))}</td>
    <td>${makers[origin]}</td>
    <td class="number">${monthlyCost.total}</td>
  </tr> `;
}

function list(texts: readonly string[]): Html {
  return texts.length === 0
    ? nothing
    : html`<ul>
        ${texts.map((each) => html`<li>${each}</li>`)}
      </ul>`;
}
