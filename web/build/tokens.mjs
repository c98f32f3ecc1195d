// The token file (styles/tokens.json) becomes custom properties. Schemes: light, dark and five of contrast.
import { readFileSync } from "node:fs";

export const schemes = JSON.parse(readFileSync(new URL("../styles/tokens.json", import.meta.url), "utf8"));

const block = (selector, { scheme, ...tokens }) =>
  `${selector}{color-scheme:${scheme};${Object.entries(tokens).map(([name, value]) => `--${name}:${value}`).join(";")}}`;

export function tokensCss() {
  const { light, dark, ...contrast } = schemes;
  return [
    block(":root", light),
    `@media screen and (prefers-color-scheme:dark){${block(":root[data-theme=auto]", dark)}}`,
    `@media screen{${block(":root[data-theme=dark]", dark)}}`,
    `@media screen{${Object.entries(contrast).map(([name, tokens]) => block(`:root[data-contrast=${name}]:root`, tokens)).join("")}}`,
  ].join("\n");
}
