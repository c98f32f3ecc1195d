// Golos Text cut into what pages use: weights 400 to 600, and the everyday characters apart from the rare ones.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import subset from "subset-font";

const folder = join(dirname(createRequire(import.meta.url).resolve("@fontsource-variable/golos-text/package.json")), "files");
const weights = { wght: { min: 400, max: 600, default: 400 } };
const everyday = "20-7E A0 A7 AB B0 B7 BB D7 2011-2014 2018-201E 2026 2212";

/** Name of a face → the file it is cut from and its characters, as hexadecimal ranges. */
const faces = {
  "cyrillic": ["cyrillic", "301 400-45F 490-491 4B0-4B1 2116"],
  "cyrillic-ext": ["cyrillic-ext", "460-48F 492-4AF 4B2-52F 20B4"],
  "latin": ["latin", everyday],
  "latin-ext": ["latin", "A1-A6 A8-AA AC-AF B1-B6 B8-BA BC-D6 D8-FF 131 152-153 20AC 2122"],
};

const codePoints = (ranges) => ranges.split(" ").flatMap((range) => {
  const [first, last = first] = range.split("-").map((hex) => parseInt(hex, 16));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
});

/** The stylesheet of the faces; their files are asked for as font:name.woff2. */
export const fontCss = () => Object.entries(faces).map(([name, [, ranges]]) =>
  `@font-face{font-family:"Golos Text";font-weight:400 600;font-display:swap;src:url("font:${name}.woff2") format("woff2");unicode-range:${ranges.split(" ").map((range) => `U+${range}`).join(",")}}`).join("\n");

export function cutFont(fileName) {
  const [file, ranges] = faces[fileName.replace(".woff2", "")];
  const font = readFileSync(join(folder, `golos-text-${file}-wght-normal.woff2`));
  return subset(font, String.fromCodePoint(...codePoints(ranges)), { targetFormat: "woff2", variationAxes: weights });
}
