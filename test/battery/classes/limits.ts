import { accepted, at, refused, type Case, type CaseClass } from "../case.ts";
import { values } from "../changes.ts";

const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, "v"]));

/** Cases that give a store of each cloud these tags. */
function tagged(stores: readonly string[], name: string, given: unknown): Readonly<Record<string, Case["change"]>> {
  return Object.fromEntries(
    stores.map((store) => [
      `${name} in ${store}`,
      ({ facts }: { readonly facts: Parameters<typeof at>[0] }) =>
        void (at(facts, "stores", store)[store === "google" ? "labels" : "tags"] = given),
    ]),
  );
}

const aws = ["parameters", "secrets"];
const all = [...aws, "azure", "google"];

/** Dates on which nothing can have happened, numbers out of range, more tags than a cloud takes. */
export const limits: CaseClass = {
  title: "dates, numbers and tags out of range",
  cases: [
    ...values(
      refused,
      "created",
      ["created"],
      [
        "9999-12-31",
        "2100-01-01",
        "1999-12-31",
        "0001-01-01",
        "2026-12-03",
        "2027-01-01",
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-00-10",
        "31.01.2026",
        "today",
        "",
        20_260_131,
        true,
      ],
    ),
    ...values(accepted, "created", ["created"], ["2026-12-01", "2026-12-02", "2024-02-29", "2000-01-01", "2026-1-1"]),
    ...refused(
      Object.fromEntries(
        [
          "9999-01-01",
          "2027-06-01",
          "2026-02-30",
          "2026-12-05T00:00:00Z",
          "2026-11-31T10:00:00Z",
          "2026-11-01T25:00:00Z",
          "2026-11-01T10:00:00+01:00",
          "1970-01-01",
          "soon",
          "",
          1,
        ].map((epoch) => [`a rotation ${epoch}`, ({ facts }) => void (facts["rotations"] = { "shop/db": epoch })]),
      ),
    ),
    ...accepted(
      Object.fromEntries(
        ["2026-11-01", "2026-12-01T11:00:00Z", "2024-02-29"].map((epoch) => [
          `a rotation ${epoch}`,
          ({ facts }) => void (facts["rotations"] = { "shop/db": epoch }),
        ]),
      ),
    ),
    ...values(
      refused,
      "refreshSeconds",
      ["refreshSeconds"],
      [0, -1, 0.5, 3600.5, 299, 31_536_001, 2 ** 31, 2 ** 53, 1e21, "1h", true, []],
    ),
    ...values(accepted, "refreshSeconds", ["refreshSeconds"], [300, 86_400, 31_536_000, null]),
    ...refused({
      ...tagged(all, "65 tags", tags(65)),
      ...tagged(aws, "51 tags", tags(51)),
      ...tagged(aws, "50 tags", tags(50)),
      ...tagged(["azure"], "13 tags", tags(13)),
      ...tagged(["azure"], "51 tags", tags(51)),
      ...tagged(["google"], "61 labels", tags(61)),
      ...tagged(aws, "a tag of AWS' own", { "aws:team": "a" }),
      ...tagged(aws, "a tag of AWS' own in capitals", { "AWS:team": "a" }),
      ...tagged(["azure"], "a tag of Azure's own", { "microsoft.team": "a" }),
      ...tagged(all, "a tag with a name of 600 characters", { ["x".repeat(600)]: "a" }),
      ...tagged(all, "a tag with a value of 600 characters", { team: "x".repeat(600) }),
      ...tagged(aws, "a tag with a line break", { team: "a\nb" }),
      ...tagged([...aws, "google"], "a tag with a sign", { "te*am": "a" }),
      ...tagged(["azure"], "a tag with an angle", { "te<am": "a" }),
      ...tagged(["google"], "a label in capitals", { Team: "a" }),
      ...tagged(["google"], "a label that begins with a digit", { "1team": "a" }),
      ...tagged(all, "a tag that differs from ours by case", { "Managed-By": "me" }),
      ...tagged([...aws, "azure"], "two tags that differ by case", { team: "a", Team: "b" }),
      ...tagged(all, "a tag without a name", { "": "a" }),
      ...tagged(all, "a tag that is a number", { team: 7 }),
      ...tagged(all, "tags that are a list", ["team"]),
      ...tagged(all, "a tag called constructor", { constructor: "a" }),
    }),
    ...accepted({
      ...tagged(aws, "45 tags", tags(45)),
      ...tagged(["azure"], "12 tags", tags(12)),
      ...tagged(["google"], "60 labels", tags(60)),
      ...tagged([...aws, "azure"], "a tag in another script", { команда: "данные" }),
      ...tagged(all, "an empty value", { team: "" }),
    }),
  ],
};
