// One sprite of the icons named in icons.txt; a component refers to them by <use href>.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const folder = join(dirname(createRequire(import.meta.url).resolve("lucide-static/package.json")), "icons");

export const iconNames = () =>
  readFileSync(new URL("../icons.txt", import.meta.url), "utf8").split("\n").map((name) => name.trim()).filter(Boolean);

const symbol = (name) => {
  const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
};

export const sprite = () =>
  `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence -->${iconNames().map(symbol).join("")}</svg>`;
