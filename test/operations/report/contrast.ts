export interface Contrasts {
  /** How many texts were looked at. */
  readonly texts: number;
  /** Texts that are hard to read, each with its contrast. */
  readonly low: readonly string[];
  /** Background of the page. */
  readonly page: string;
}

/**
 * Finds the texts of a page whose contrast with what is behind them is less than 4.5 (WCAG 2.2, 1.4.3): an expression for
 * the browser. A text within an SVG stands on the shape before it, or on the page.
 */
export const lowContrasts = String.raw`(() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const backgroundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const low = [];
  let texts = 0;
  for (const element of document.querySelectorAll("body *:not(script):not(title)")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = own.map((node) => node.textContent.trim()).join("");
    if (text === "") continue;
    texts += 1;
    const isDrawn = element instanceof SVGElement;
    const shape = element.previousElementSibling;
    const isOnShape = isDrawn && shape !== null && /^(rect|circle)$/.test(shape.tagName);
    const behind = isOnShape ? getComputedStyle(shape).fill : backgroundOf(element);
    const front = getComputedStyle(element)[isDrawn ? "fill" : "color"];
    const found = contrast(front, behind);
    if (!(found >= 4.5)) low.push(text + ": " + front + " on " + behind + ", " + found.toFixed(2));
  }
  return { texts, low, page: backgroundOf(document.body) };
})()`;
