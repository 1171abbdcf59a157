/** Numbers as people read them. Every missing value is a dash, so that a column never shifts. */

export const MISSING = '–';

/** Four decimals for values of order one, fewer for larger ones: `0.9712`, `12.35`, `1,235`, `3.2e-5`. */
export function formatMetric(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 0.001 || size >= 1e6) return exponential(value, 2);
  if (size >= 1000) return formatCount(Math.round(value));
  return size < 10 ? value.toFixed(4) : value.toPrecision(4);
}

/** At most three significant digits: `0.01`, `0.00345`, `8.1e-6`. */
export function formatRate(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  if (value === 0) return '0';
  return Math.abs(value) < 0.0001 ? exponential(value, 1) : String(Number(value.toPrecision(3)));
}

/** `42 s`, `3 min 05 s`, `2 h 07 min`. Units: seconds in. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return MISSING;
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 && seconds > 0 ? seconds.toFixed(1) : whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
}

/** `1,234`, whatever the language of the machine, so that pictures and tests agree. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 image`, `500 images`. */
export function formatPlural(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `413 kB`, `12.3 MB`, `1.5 GB`; of what is smaller, a whole kilobyte. Units: bytes in. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${formatCount(Math.ceil(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Local time to the minute: `2024-05-17 09:30`. */
export function formatTime(atMs: number): string {
  const at = new Date(atMs);
  const day = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');
  return `${day} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** A hyperparameter's value on one line, with all its digits. */
export function formatParam(value: unknown): string {
  if (value === null || value === undefined) return MISSING;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `image-object-detection` as a person says it: `Object detection`. */
export function formatTask(task: string): string {
  if (task === 'image-classification-multilabel') return 'Multi-label classification';
  const words = task.replace(/^image-/, '').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A metric's literal name in a sentence: `mean average precision`, `IoU`. */
export function metricWords(name: string): string {
  return name === 'iou' ? 'IoU' : name.replaceAll('_', ' ');
}

/** A metric's literal name over a chart: `Mean average precision`. */
export function metricTitle(name: string): string {
  const words = metricWords(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

function exponential(value: number, digits: number): string {
  return value
    .toExponential(digits)
    .replace('e+', 'e')
    .replace(/\.?0+e/, 'e');
}
