import assert from "node:assert/strict";
import { test } from "node:test";
import schemes from "../styles/tokens.json";

type Tokens = Record<string, string>;

const surfaces = ["bg", "surface", "sunken", "hover", "today"];
const texts: [string, string][] = [
  ...["text", "muted", "accent", "bad"].flatMap((ink) => surfaces.map((ground): [string, string] => [ink, ground])),
  ["on-accent", "accent-fill"], ["on-accent", "accent-fill-hover"], ["on-accent-quiet", "accent-quiet"], ["text", "accent-quiet"], ["accent", "accent-quiet"],
  ["ok", "ok-quiet"], ["text", "ok-quiet"], ["accent", "ok-quiet"], ["warn", "warn-quiet"], ["text", "warn-quiet"], ["accent", "warn-quiet"],
  ...["red", "blue", "green", "black"].map((ink): [string, string] => [`ink-${ink}`, "ink-paper"]),
  ["bad", "bad-quiet"], ["text", "bad-quiet"], ["accent", "bad-quiet"], ["on-bad", "bad-fill"], ["bg", "text"],
  ...["2", "3", "4", "5"].map((mark): [string, string] => [`on-mark${mark}`, `mark${mark}`]),
  ...["on-mark2", "on-mark3"].flatMap((ink) => surfaces.map((ground): [string, string] => [ink, ground])),
];
const shapes: [string, string][] = [...["edge", "focus", "accent-fill"].flatMap((ink) => ["surface", "bg"].map((ground): [string, string] => [ink, ground]))];

const luminance = (hex: string) => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
};

for (const [name, tokens] of Object.entries(schemes as Record<string, Tokens>)) {
  test(`every_text_of_the_${name}_scheme_is_readable`, () => {
    for (const [ink, ground] of texts) {
      const ratio = contrast(tokens[ink]!, tokens[ground]!);
      assert.ok(ratio >= 4.5, `${ink} on ${ground}: ${ratio.toFixed(2)}`);
    }
  });
  test(`every_border_of_a_control_in_the_${name}_scheme_is_seen`, () => {
    for (const [ink, ground] of shapes) {
      const ratio = contrast(tokens[ink]!, tokens[ground]!);
      assert.ok(ratio >= 3, `${ink} on ${ground}: ${ratio.toFixed(2)}`);
    }
  });
  test(`the_${name}_scheme_names_the_same_tokens_as_the_others`, () => {
    assert.deepEqual(Object.keys(tokens).sort(), Object.keys(schemes.light).sort());
  });
}
