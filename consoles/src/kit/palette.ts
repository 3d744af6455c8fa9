// Ten shades out of one brand colour. Lightness is fixed in OKLCH (Ottosson, 2020), so that contrast doesn't depend on
// the brand: white text is readable on shade 6 and darker, whatever the colour.
export type Shades = readonly [string, string, string, string, string, string, string, string, string, string];

const LIGHTNESS = [0.975, 0.94, 0.88, 0.8, 0.72, 0.63, 0.52, 0.46, 0.4, 0.33] as const;
const CHROMA = [0.15, 0.3, 0.5, 0.75, 0.9, 1, 1, 0.95, 0.85, 0.7] as const;

type Triple = readonly [number, number, number];

function channels(hex: string): Triple {
  const at = (start: number) => toLinear(parseInt(hex.slice(start, start + 2), 16) / 255);
  return [at(1), at(3), at(5)];
}

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toGamma(value: number): number {
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
}

function chromaAndHue(hex: string): { chroma: number; hue: number } {
  const [r, g, b] = channels(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { chroma: Math.hypot(a, bb), hue: Math.atan2(bb, a) };
}

function toRgb(lightness: number, chroma: number, hue: number): Triple {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toGamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toGamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toGamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** The colour of this lightness and hue with as much of the chroma as sRGB holds. */
function toHex(lightness: number, chroma: number, hue: number): string {
  let left = chroma;
  let rgb = toRgb(lightness, left, hue);
  while (left > 0 && !rgb.every((value) => value > -0.001 && value < 1.001)) {
    left = Math.max(0, left - 0.004);
    rgb = toRgb(lightness, left, hue);
  }
  const byte = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 255);
  return `#${rgb.map((value) => byte(value).toString(16).padStart(2, '0')).join('')}`;
}

export function makeShades(brand: string): Shades {
  const { chroma, hue } = chromaAndHue(brand);
  return LIGHTNESS.map((lightness, index) => toHex(lightness, chroma * (CHROMA[index] ?? 1), hue)) as unknown as Shades;
}

/** WCAG 2.2, between 1 and 21. */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [r, g, b] = channels(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
