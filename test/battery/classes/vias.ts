import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";
import { each } from "../catalogue-changes.ts";

/** What facts say of the Secrets of the namespace `shop`. */
const ofShop = (secrets: unknown) => (input: Input) =>
  void (at(input.facts, "namespaces", "shop")["secrets"] = secrets);

const handingOver = (tool: unknown) => (input: Input) =>
  void (at(input.facts, "namespaces", "shop")["handOverTo"] = tool);

/** How single Secrets get into their namespace. */
export const vias: CaseClass = {
  title: "ways for single Secrets",
  cases: [
    ...refused({
      "a Secret that nobody delivers": ofShop({ "shop-bd": { via: "plain" } }),
      "a Secret of another namespace": ofShop({ "till/shop-db": { via: "plain" } }),
      "a name that every object has": ofShop({ constructor: { via: "plain" } }),
      ...each({ "a text": "plain", "a list": ["shop-db"], nothing: null, "a number": 7 }, ofShop),
      ...each({ "a misspelt way": "plian", "a list of ways": ["plain"], "no way": null, "a value": canary }, (via) =>
        ofShop({ "shop-db": { via } }),
      ),
      ...each({ "a misspelt tool": "gitop", "a flag": true, "another way": "plain" }, (tool) => handingOver(tool)),
      ...each(
        {
          "another name with capital letters": "Shop",
          "a list of other names": ["a"],
          "a number as another name": 7,
          "a value as another name": `${canary}!`,
          "an empty other name": "",
        },
        (deliveredAs) => ofShop({ "shop-db": { deliveredAs } }),
      ),
      "a misspelt key": ofShop({ "shop-db": { vai: "plain" } }),
    }),
    ...accepted({
      "one Secret plain": ofShop({ "shop-db": { via: "plain" } }),
      "one Secret by the operator where the environment is plain": (input) => {
        input.facts["via"] = "plain";
        ofShop({ "shop-db": { via: "external-secret" } })(input);
      },
      "a namespace that a GitOps tool delivers to": ({ facts }) =>
        void (at(facts, "namespaces", "shop")["via"] = "gitops"),
      "one Secret that a GitOps tool delivers": ofShop({ "shop-db": { via: "gitops" } }),
      "all Secrets that a GitOps tool delivers": ({ facts }) => void (facts["via"] = "gitops"),
      "a namespace that is handed over": handingOver("gitops"),
      "a Secret beside the one of its name": ofShop({ "shop-db": { deliveredAs: "shop-db-beside" } }),
      "a Secret under its own name": ofShop({ "shop-db": { deliveredAs: "shop-db" } }),
      "a Secret of which nothing is said": ofShop({ "shop-db": {} }),
    }),
  ],
};
