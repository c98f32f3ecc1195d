/** A mark as an average takes it. */
export interface Weighted {
  mark: string;
  weight: number;
}

export interface Average {
  /** «4,38». */
  text: string;
  /** «(5×3 + 4×5) ÷ 8 = 4,38»: the sum as a person would check it by hand. */
  formula: string;
}

const figures = /^[1-5](\/[1-5])?$/;

/**
 * Σ(mark × weight) ÷ Σ weights over figures, both of a split mark; зачёт, н/а and points do not count. Two digits, half up, as the server's WeightedAverage;
 * null when nothing counts.
 */
export function averageOf(marks: readonly Weighted[]): Average | null {
  const counted = marks.filter(({ mark }) => figures.test(mark)).flatMap(({ mark, weight }) => mark.split("/").map((one) => ({ mark: one, weight })));
  const sum = counted.reduce((total, { mark, weight }) => total + Number(mark) * weight, 0);
  const weights = counted.reduce((total, { weight }) => total + weight, 0);
  if (weights === 0) return null;
  // In whole hundredths: a fraction would lose the half that decides.
  const hundredths = Math.floor((200 * sum + weights) / (2 * weights));
  const text = `${Math.floor(hundredths / 100)},${String(hundredths % 100).padStart(2, "0")}`;
  return { text, formula: `(${counted.map(({ mark, weight }) => `${mark}×${weight}`).join(" + ")}) ÷ ${weights} = ${text}` };
}
